"""Show the claims of the papers with their verdicts on one page."""

from pathlib import Path

from filtershift.command import run


def tell(claims: Path, page: Path) -> None:
    """The judged claims -> one page."""
    from filtershift.files import read_table, whole_file
    from filtershift.report.claims import claims_page

    with whole_file(page) as beside:
        beside.write_text(claims_page(page.parent, read_table(claims, text=("reason", "rests_on"))))


if __name__ == "__main__":
    run(tell)
