"""The trial on data sets of several kinds, as a table.

Usage: `python -m benchmarks.trials DATA DIRECTORY [NAME ...]`; two to three hours on 2 cores for
all of them. It goes on where it was stopped: what is finished is answered by the cache.

DATA holds the files that the configs in `benchmarks/trials/` name; each says in its first line what
its data is. DIRECTORY takes the workspaces. Where there is a NAME, only those configs are run.
"""

import argparse
import pathlib
from collections.abc import Sequence

from benchmarks import local_runs
from components.trial import comparison, outcome, settings

_CONFIGS = local_runs.ROOT / "benchmarks" / "trials"


def rows(name: str, found: outcome.Outcome) -> list[str]:
    """Writes a trial as rows of a Markdown table, the transformer's first.

    Returns:
        Data, candidate, its metric, by how much the transformer is better with the interval,
        corrected p, wall time of the training, price of a million predictions.
    """
    values = found.compared.values_of(found.metric)
    differences = found.compared.differences_in(found.metric)
    _, test_rows = found.compared.slices[comparison.ALL_ROWS]
    written = []
    for each in found.candidates:
        first = f"**{name}**, {test_rows:,} test rows, {found.metric}"
        cells = [
            first if each.name == settings.TRANSFORMER else "",
            each.name,
            _number(values[each.name]),
            *_difference(differences.get(each.name)),
            _time(sum(t.seconds for t in each.trainings) / len(each.trainings)),
            f"{each.cost_of_a_million:.4f}",
        ]
        written.append(f"| {' | '.join(cells)} |")
    return written


def _difference(found: comparison.Difference | None) -> tuple[str, str]:
    if found is None or found.low is None or found.high is None:
        return "", ""
    told = f"{_signed(found.value)} ({_signed(found.low)} to {_signed(found.high)})"
    return told, _number(found.corrected_p)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _signed(value: float | None) -> str:
    return "" if value is None else f"{value:+.4f}".replace("-", "−")


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def main(data: pathlib.Path, directory: pathlib.Path, names: Sequence[str]) -> None:
    """Runs the trials, and prints each one's rows and verdict as it ends."""
    for name in names or sorted(path.stem for path in _CONFIGS.glob("*.yaml")):
        local_runs.run(_CONFIGS / f"{name}.yaml", directory, ["push.enabled=false"], cwd=data)
        trial = local_runs.newest(directory / name / "artifacts" / "Trial" / "trial")
        found = outcome.read(str(trial))
        print("\n".join(rows(name, found)), flush=True)
        reasons = "; ".join(found.verdict.reasons)
        print(f"| | *{found.verdict.decision}*: {reasons} | | | | | |\n", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    main(arguments.data, arguments.directory, arguments.names)
