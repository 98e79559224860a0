"""Hostile rows: each is answered or refused in good form, and no other row's answer changes."""

from collections.abc import Iterator, Sequence

from components.probe import (
    agreement,
    client,
    comparison,
    form,
    hostile,
    outcome,
    requests,
    session,
    settings,
    ties,
)

Came = outcome.Hostile | outcome.Finding


def check(
    asked: settings.Settings,
    opened: session.Session,
    good: requests.Row,
    progress: agreement.Progress,
) -> Iterator[Came]:
    """Yields what came of each hostile row, and what keeps the model from being pushed.

    A row whose process ends is named, and the next is asked of another.

    Args:
        asked: What is asked.
        opened: The model.
        good: A row that is answered, to stand beside hostile ones.
        progress: Told what is done.

    Raises:
        Ended: If another process does not load the model.
    """
    bad = hostile.rows(good)
    for signature in (session.RAW, session.EXAMPLES):
        progress(f"hostile rows by {signature}")
        trial = _Trial(asked, opened, signature, good)
        rows = [*bad, *hostile.no_rows(good)] if signature == session.EXAMPLES else bad
        yield from trial.of_nothing()
        harmless = []
        for row in rows:
            came = list(trial.of(row))
            harmless += [row] if _is_answered(came) else []
            yield from came
        # What crashes alone, or is refused, tells nothing among others.
        yield from trial.of_all(harmless)


class _Trial:
    """Asks one signature."""

    def __init__(
        self,
        asked: settings.Settings,
        opened: session.Session,
        signature: str,
        good: requests.Row,
    ) -> None:
        self._opened = opened
        self._signature = signature
        self._spec = opened.signatures[signature]
        self._good = good
        self._tolerance = asked.probe.tolerance
        self._is_tie = ties.of(asked.task, asked.probe.tolerance)
        self._wanted = agreement.ask(opened, (signature, agreement.ALONE), [good])

    def of_nothing(self) -> Iterator[Came]:
        """Asks a batch of no rows."""
        inputs = {name: value[:0] for name, value in self._inputs([self._good]).items()}
        yield from self._came("a batch of no rows", inputs, 0, beside=False)

    def of(self, row: requests.Row) -> Iterator[Came]:
        """Asks a row alone, then beside a good one."""
        alone = list(self._came(row.name, self._inputs([row]), 1, beside=False))
        yield from alone
        if _is_answered(alone):
            both = self._inputs([self._good, row])
            beside = self._came(row.name, both, 2, beside=True)
            yield from (each for each in beside if isinstance(each, outcome.Finding))

    def of_all(self, rows: Sequence[requests.Row]) -> Iterator[Came]:
        """Asks all of them in one batch, a good one before them."""
        inputs = self._inputs([self._good, *rows])
        yield from self._came("all that were answered", inputs, 1 + len(rows), beside=True)

    def _inputs(self, rows: Sequence[requests.Row]) -> client.Tensors:
        inputs = requests.inputs(self._spec, rows)
        if inputs is None:
            raise RuntimeError(f"`{self._signature}` takes what real rows have not.")
        return inputs

    def _came(self, name: str, inputs: client.Tensors, count: int, beside: bool) -> Iterator[Came]:
        who = f"`{self._signature}`"
        where = f"{name}, beside a good row" if beside else name
        try:
            reply = self._opened.ask(self._signature, inputs)
        except client.Ended as ended:
            yield outcome.Hostile(name, self._signature, outcome.FAILED, str(ended))
            rule = f"{who} must answer or refuse {where}, and go on serving"
            yield outcome.Finding("hostile", f"{rule}. Received: the process {ended}")
            return
        if reply.error:
            yield outcome.Hostile(name, self._signature, outcome.REFUSED, reply.error)
            if beside:  # alone it was answered, and the good row is refused with it
                rule = f"{who} must answer a good row beside {name}, as it does alone"
                yield outcome.Finding("hostile", f"{rule}. Received: {reply.error}")
            return
        for fault in form.faults(reply.outputs, self._spec, count):
            yield outcome.Hostile(name, self._signature, outcome.FAILED, fault)
            yield outcome.Finding("hostile", f"{who}, asked {where}: {fault}")
            return
        if beside:
            yield from self._unmoved(name, reply.outputs)
        yield outcome.Hostile(name, self._signature, outcome.ANSWERED)

    def _unmoved(self, name: str, outputs: client.Tensors) -> Iterator[Came]:
        """Looks whether the good row, the first of a batch, has the answer that it has alone."""
        got = comparison.rows_of(outputs, 1)
        found = comparison.compare(self._wanted, got, self._tolerance, self._is_tie)
        for each in found.differences:
            yield outcome.Finding(
                "hostile",
                f"`{self._signature}` must answer a good row beside {name} as it does alone. "
                f"Received: {each.output} {each.got} rather than {each.wanted}",
            )


def _is_answered(came: Sequence[Came]) -> bool:
    return all(isinstance(e, outcome.Hostile) and e.came == outcome.ANSWERED for e in came)
