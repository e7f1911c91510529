"""Show the claims of the papers with their verdicts on one page."""

from pathlib import Path

from filtershift.command import run


def tell(claims: Path, findings: Path, page: Path) -> None:
    """The judged claims, and what the papers do not say -> one page."""
    from filtershift.files import read_table, whole_file
    from filtershift.report.claims import claims_page

    tables = (read_table(file, text=("reason", "rests_on", "means")) for file in (claims, findings))
    with whole_file(page) as beside:
        beside.write_text(claims_page(page.parent, *tables))


if __name__ == "__main__":
    run(tell)
