"""The one exception whose message is written for users."""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


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


@contextmanager
def about_file(path: Path) -> Iterator[None]:
    """Let the message of a FiltershiftError that is raised inside begin with a path, of which it may have the name."""
    try:
        yield
    except FiltershiftError as error:
        after_name = str(error).removeprefix(f"{path.name} ")
        named = after_name != str(error)
        raise FiltershiftError(f"{path} {after_name}" if named else f"{path}: {error}") from None


def nearest_first(word: str, known: Iterable[str]) -> list[str]:
    """Words in the order of their likeness to another, whatever the case of letters; equally like ones keep theirs."""
    compared = difflib.SequenceMatcher(b=word.casefold())

    def likeness(other: str) -> float:
        compared.set_seq1(other.casefold())
        return compared.ratio()

    return sorted(known, key=likeness, reverse=True)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: the known word that is like it, if there is one."""
    by_text = {text.casefold(): text for text in known}
    close = difflib.get_close_matches(word.casefold(), by_text, n=1, cutoff=0.65)  # 0.6 takes nope for op_set
    return f", did you mean {by_text[close[0]]!r}?" if close else ""
