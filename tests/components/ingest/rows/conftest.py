"""Proof that nothing of a file is lost, for the formats that have lines."""

import re
from collections.abc import Callable, Iterable

import pytest

from components.ingest.rows import lines, row

Output = list[row.Row | row.BadRow]


def _account(
    content: bytes, output: Output, first_line: int, parse: Callable[[bytes], Iterable[object]]
) -> None:
    """Checks that each line is of a good row, of a bad one, or blank, and none is of two.

    Args:
        content: The file.
        output: What was read of it.
        first_line: The first line that is not of the header.
        parse: Reads a good row's raw bytes again, by other means, into its features' values.
    """
    content = content.removeprefix(lines.BOM)
    all_lines = re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", content)
    assert b"".join(all_lines) == content
    begins = [*(read.line for read in output), len(all_lines) + 1]
    assert not b"".join(all_lines[first_line - 1 : begins[0] - 1]).strip()
    for read, end in zip(output, begins[1:], strict=True):
        assert first_line <= read.line < end
        raw = all_lines[read.line - 1 : end - 1]
        if isinstance(read, row.BadRow):
            count = len(re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", read.raw))
            assert read.raw == b"".join(raw[:count])
            assert not b"".join(raw[count:]).strip()
        else:
            assert list(parse(b"".join(raw))) == list(read.values.values())


@pytest.fixture(scope="session")
def account() -> Callable[..., None]:
    """Gives `account(content, output, first_line, parse)`, which checks that nothing is lost."""
    return _account
