"""What to say of an error: one line, whatever it went through."""

import re

from pipeline import errors
from schemas import errors as data_errors

# Beam carries an error of a worker as the text of its traceback, and adds where it happened.
_BEAM_PLACE = re.compile(r"\s*\[while running [^\]]*\](?:\[?[^\]]*\])?$")
_DATA_ERROR = re.compile(rf"^\S*\b{data_errors.DataError.__name__}: (?P<message>.+)$", re.MULTILINE)


def explain(error: BaseException) -> tuple[errors.ExitStatus, str]:
    """Finds the error that started it all, its exit status, and its message in one line."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, data_errors.DataError):
            return errors.ExitStatus.REFUSED, _one_line(str(link))
    for link in chain:
        matches = list(_DATA_ERROR.finditer(str(link)))
        if matches:
            return errors.ExitStatus.REFUSED, _one_line(matches[-1]["message"])
    root = chain[-1]
    last_line = (str(root).strip() or type(root).__name__).splitlines()[-1]
    return errors.ExitStatus.CRASHED, _one_line(last_line)


def _chain(error: BaseException) -> list[BaseException]:
    """Lists the error and its causes, outermost first."""
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links


def _one_line(message: str) -> str:
    return " ".join(_BEAM_PLACE.sub("", message.strip()).split())
