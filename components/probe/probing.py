"""A probe from a model and what the Evaluator saw of it to its outcome."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from components.evaluator import predictions
from components.probe import (
    abuse,
    agreement,
    client,
    form,
    latency,
    outcome,
    requests,
    session,
    settings,
    warmup,
)

_OTHERS_ROWS = 2
T = TypeVar("T")


class Probing:
    """One probe, step by step; what it finds adds up.

    Args:
        asked: What is asked.
        kept: What the Evaluator saw, a row each.
        progress: Told what is done.

    Attributes:
        findings: What keeps the model from being pushed.
        found: All else that is known of it.
        records: Requests that warm a server up.
    """

    def __init__(
        self,
        asked: settings.Settings,
        kept: Sequence[predictions.Prediction],
        progress: agreement.Progress = lambda what: None,
    ) -> None:
        self._asked = asked
        self._kept = kept[: asked.probe.rows]
        self._rows = [requests.row(each.example, asked.task.texts) for each in self._kept]
        self._progress = progress
        self.findings: list[outcome.Finding] = []
        self.records: list[bytes] = []
        self.found = outcome.Outcome(
            findings=(),
            rows=len(self._kept),
            tolerance=asked.probe.tolerance,
            max_p95_ms=asked.probe.max_p95_ms,
        )

    def run(self, directory: str) -> outcome.Outcome:
        """Loads the model and tries it; what cannot be tried any more is left out."""
        self._progress("loading the model")
        try:
            with session.of(directory, self._asked.probe) as opened:
                self._note(load_seconds=opened.load_seconds)
                self.ask(opened)
        except client.Ended as ended:
            rule = "The model must load in a process without this project"
            self._find("load", f"{rule}. Received: the process {ended}")
        return self.so_far

    @property
    def so_far(self) -> outcome.Outcome:
        """What is known up to now."""
        return dataclasses.replace(self.found, findings=tuple(self.findings))

    def ask(self, opened: session.Session) -> None:
        """Tries a model that is loaded: real rows first, and what may end the process last."""
        missing = [n for n in (session.RAW, session.EXAMPLES) if n not in opened.signatures]
        if missing:
            told = ", ".join(opened.signatures) or "none"
            self._find(
                "load", f"The model must have the signature `{missing[0]}`. Received: {told}"
            )
        elif not self._rows:
            self._find("rows", "The test split must have rows to ask. Received: 0")
        elif self._is_alive("rows", lambda: self._ask_rows(opened)):
            steps: Sequence[tuple[str, Callable[[], None]]] = (
                ("latency", lambda: self._measure(opened)),
                ("signatures", lambda: self._call_others(opened)),
                ("warmup", lambda: self._warm_up(opened)),
                ("hostile", lambda: self._abuse(opened)),
            )
            for name, step in steps:
                self._is_alive(name, step)

    def _ask_rows(self, opened: session.Session) -> None:
        came = agreement.check(self._asked, opened, self._kept, self._progress)
        self._note(agreements=self._sorted(came, outcome.Agreement))

    def _abuse(self, opened: session.Session) -> None:
        if self._answers_rows:
            came = abuse.check(self._asked, opened, self._rows[0], self._progress)
            self._note(hostile=self._sorted(came, outcome.Hostile))

    def _measure(self, opened: session.Session) -> None:
        if not self._answers_rows:
            return
        self._progress("timing answers")
        measured = latency.measure(opened, self._rows)
        self._note(latency=measured)
        limit, p95 = self._asked.probe.max_p95_ms, 1000.0 * measured.p95_seconds
        if limit is not None and p95 > limit:
            rule = (
                f"`{session.RAW}` must answer 95 in 100 rows within `probe.max_p95_ms`, {limit:g}"
            )
            self._find("latency", f"{rule}. Received: {p95:.1f} ms")

    def _call_others(self, opened: session.Session) -> None:
        """Calls what else clients may call: it writes by chance, or has nothing to compare with."""
        shortest = sorted(self._rows, key=lambda row: len(row.example))[:_OTHERS_ROWS]
        for name in self._others(opened):
            self._progress(f"calling {name}")
            spec = opened.signatures[name]
            inputs = requests.inputs(spec, shortest)
            if inputs is None:
                self._note(not_called=(*self.found.not_called, name))
                continue
            self._note(called=(*self.found.called, name))
            reply = opened.ask(name, inputs)
            faults = (
                [reply.error] if reply.error else form.faults(reply.outputs, spec, len(shortest))
            )
            for fault in faults:
                self._find("signatures", f"`{name}` must answer real rows. Received: {fault}")

    def _warm_up(self, opened: session.Session) -> None:
        if not self._asked.probe.warmup or not self._answers_rows:
            return
        self._progress("trying warm-up requests")
        called = [name for name in self.found.called if name not in session.SHOWING]
        names = (session.RAW, session.EXAMPLES, *called)
        made = warmup.records(self._asked.name, opened, self._rows, names)
        faults = list(warmup.faults(opened, made))
        self.findings += faults
        if not faults:
            self.records = made
            self._note(warmup=len(made))

    def _others(self, opened: session.Session) -> list[str]:
        known = (session.RAW, session.EXAMPLES, *session.OF_EVALUATOR)
        return sorted(name for name in opened.signatures if name not in known)

    @property
    def _answers_rows(self) -> bool:
        """Whether real rows were answered at all; else what is wrong has been told."""
        return not any(finding.check == "rows" for finding in self.findings)

    def _is_alive(self, name: str, step: Callable[[], None]) -> bool:
        """Takes a step; an end of the process is a finding."""
        try:
            step()
        except client.Ended as ended:
            self._find(name, f"The model must go on serving. Received: the process {ended}")
            return False
        return True

    def _sorted(self, came: Iterable[T | outcome.Finding], kind: type[T]) -> tuple[T, ...]:
        """Keeps findings, and gives the rest."""
        rest = []
        for each in came:
            if isinstance(each, kind):
                rest.append(each)
            elif isinstance(each, outcome.Finding):
                self.findings.append(each)
        return tuple(rest)

    def _note(self, **fields: object) -> None:
        self.found = dataclasses.replace(self.found, **fields)  # type: ignore[arg-type]

    def _find(self, check: str, message: str) -> None:
        self.findings.append(outcome.Finding(check, message))
