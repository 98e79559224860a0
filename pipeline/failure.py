"""What to say of an error: one line, whatever it went through, and the details it brings."""

import re
from typing import NamedTuple

from pipeline import errors
from schemas import errors as data_errors

# Beam carries an error of a worker as the text of its traceback, and adds where it happened.
_BEAM_PLACE = re.compile(r"\s*\[while running '[^']*'\]")
# TensorFlow adds names of its graph, before, after and on lines of their own.
_GRAPH_NAMES = re.compile(r"\{\{function_node .*?\}\}\s*|\[\[\{\{node .*|\[Op:[^\]]*\]( name: )?")
_HINT = re.compile(r"^Hint: .*$", re.MULTILINE)
_NAMED = re.compile(r"[\w.]*(Error|Exception|Interrupt|Exit)\b")
_DATA_ERROR = re.compile(rf"^\S*\b{data_errors.DataError.__name__}: (?P<message>.+)$", re.MULTILINE)


class Failure(NamedTuple):
    """How a run failed.

    Attributes:
        status: The exit status.
        message: What went wrong, in one line.
        details: More lines, for data that was refused: what broke, where, what would accept it.
    """

    status: errors.ExitStatus
    message: str
    details: tuple[str, ...] = ()


def explain(error: BaseException) -> Failure:
    """Finds the error that started it all, and what to say of it."""
    chain = _chain(error)
    for link in chain:
        if isinstance(link, data_errors.DataError):
            return Failure(errors.ExitStatus.REFUSED, _one_line(str(link)), link.details)
    for link in chain:
        matches = list(_DATA_ERROR.finditer(str(link)))
        if matches:
            return Failure(errors.ExitStatus.REFUSED, _one_line(matches[-1]["message"]))
    return Failure(errors.ExitStatus.CRASHED, _crash(_chain(error, contexts=False)[-1]))


def _chain(error: BaseException, contexts: bool = True) -> list[BaseException]:
    """Lists the error and all that led to it, outermost first.

    Args:
        error: The error.
        contexts: Whether errors count that were only being handled when another was raised.
    """
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or (link.__context__ if contexts else None)
    return links


def _crash(error: BaseException) -> str:
    """Tells of an error that is nobody's fault in particular."""
    text = _HINT.sub("", _GRAPH_NAMES.sub("", _BEAM_PLACE.sub("", str(error))))
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    name = type(error).__name__
    if not lines:
        return name
    # The last line of a traceback names its error, and ours that are RuntimeErrors speak for
    # themselves.
    if isinstance(error, RuntimeError) or _NAMED.match(lines[-1]):
        return _one_line(lines[-1])
    return _one_line(f"{name}: {lines[-1]}")


def _one_line(message: str) -> str:
    return " ".join(_BEAM_PLACE.sub("", message).split())
