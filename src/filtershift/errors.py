"""The one exception a user is meant to read."""


class FiltershiftError(Exception):
    """Bad input, said in one line.

    The message names the file, the row or key, what is wrong with it and what would be right.
    Scripts print it without a stack trace and exit with status 1.
    """
