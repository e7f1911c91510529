"""What libraries say becomes one line that a terminal takes as text."""

from pathlib import Path

import pytest

from filtershift.errors import FiltershiftError, about_file, did_you_mean, nearest_first, one_line


def test_lines_are_joined_and_what_does_not_print_is_escaped():
    assert (
        one_line(ValueError("two\n  lines of Ω:\t\x1b[31m\x00 \u2028 \ud800"))
        == "two lines of Ω: \\x1b[31m\\x00 \\ud800"
    )


def test_long_messages_are_cut():
    assert one_line(ValueError("a" * 1000)) == "a" * 200


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("my net.pt is empty", "runs/my net.pt is empty"),
        ("my net.ptx is empty", "runs/my net.pt: my net.ptx is empty"),
        ("the graph has a cycle", "runs/my net.pt: the graph has a cycle"),
    ],
)
def test_a_file_is_named_with_its_folder(message: str, said: str) -> None:
    with pytest.raises(FiltershiftError) as error, about_file(Path("runs/my net.pt")):
        raise FiltershiftError(message)
    assert str(error.value) == said


def test_the_word_that_was_meant():
    assert did_you_mean("taks", ["Task", "Name"]) == ", did you mean 'Task'?"
    assert did_you_mean("colour", ["Task", "Name"]) == ""
    assert did_you_mean("nope", ["op_set"]) == ""


def test_like_words_come_first():
    words = ["Name", "Visual Category", "task_natural", "Task"]
    assert nearest_first("taks", words)[:2] == ["Task", "task_natural"]
    assert sorted(nearest_first("taks", words)) == sorted(words)
