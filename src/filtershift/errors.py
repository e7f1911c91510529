"""The one exception whose message is written for users."""

from collections.abc import Iterator
from contextlib import contextmanager


class FiltershiftError(Exception):
    """Bad input, explained in one line.

    The message names the file, the row or key, what is wrong with it and what was expected.
    Scripts print it without a stack trace and exit with status 1.
    """


def one_line(error: BaseException) -> str:
    """The message of an exception as one line of at most 200 characters, unprintable ones escaped."""
    line = " ".join(str(error).split())[:200]
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in line)


@contextmanager
def about(name: str) -> Iterator[None]:
    """Put a name before the message of a FiltershiftError that is raised inside."""
    try:
        yield
    except FiltershiftError as error:
        raise FiltershiftError(f"{name}: {error}") from None
