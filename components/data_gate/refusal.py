"""Refuses data with errors, and says all that is needed to mend or to accept it."""

from collections.abc import Iterator

from components.data_gate import findings as findings_lib
from components.data_gate import wording
from components.statistics import text_statistics
from schemas import errors

_MAX_ROWS = 5  # named of each error; the page has more
_MAX_TEXT = 80  # characters shown of a row


def raise_errors(findings: findings_lib.Findings, page_path: str, aside: int = 0) -> None:
    """Raises if there are errors among the findings.

    Args:
        findings: What the gate found.
        page_path: Where the page of the data lies.
        aside: Rows that Ingest has put aside.

    Raises:
        DataError: With a line of details for what broke, its rows, and what would accept it.
    """
    if not findings.errors:
        return
    # One check may have several findings; keys of a dict keep their order.
    checks = dict.fromkeys(finding.check for finding in findings.errors)
    raise errors.DataError(
        f"the data gate refused: {', '.join(checks)}", tuple(_details(findings, page_path, aside))
    )


def _details(findings: findings_lib.Findings, page_path: str, aside: int) -> Iterator[str]:
    for i, finding in enumerate(findings.errors):
        yield f"{finding.check}: {finding.message}"
        for row in finding.rows[:_MAX_ROWS]:
            yield f"  {spell(row)}"
        # Said once of findings in a row that it accepts together.
        if finding.remedy not in [next.remedy for next in findings.errors[i + 1 : i + 2]]:
            yield f"  to accept it: {finding.remedy}"
    if warnings := len(findings.warnings):
        yield f"and {warnings} warning{'s'[: warnings > 1]}"
    if aside:
        rows = (
            "row that could not be used was" if aside == 1 else "rows that could not be used were"
        )
        yield f"{aside:,} {rows} put aside"
    yield f"the page of the data: {page_path}"


def spell(row: text_statistics.RowExample) -> str:
    """Spells a row in one line: reviews.csv:17: its text… (note)."""
    text = wording.line(row.text)
    text = text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
    note = f" ({wording.line(row.note)})" if row.note else ""
    return f"{wording.line(row.origin)}: {text}{note}"
