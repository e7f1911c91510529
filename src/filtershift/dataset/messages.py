"""What libraries say of bad input, fit for a line of ours."""


def one_line(error: BaseException) -> str:
    """The message of an exception as one line of at most 200 characters; those that do not print are escaped."""
    line = " ".join(str(error).split())[:200]
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in line)
