"""What libraries say becomes one line that a terminal takes as text."""

from filtershift.errors import one_line


def test_lines_are_joined_and_what_does_not_print_is_escaped():
    assert (
        one_line(ValueError("two\n  lines of Ω:\t\x1b[31m\x00 \u2028 \ud800"))
        == "two lines of Ω: \\x1b[31m\\x00 \\ud800"
    )


def test_long_messages_are_cut():
    assert one_line(ValueError("a" * 1000)) == "a" * 200
