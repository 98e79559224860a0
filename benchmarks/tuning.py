"""Runs the four methods of a search on the demo with one budget, and prints what each found.

    nice -n 5 .venv/bin/python -m benchmarks.tuning workspace/tuning

The first argument is where the runs go. All are in one workspace, so that what is before the Tuner
is done once. The grid is a factorial, every value of a key with every one of the other, which tells
what each key helps by itself.
"""

import json
import pathlib
import re
import statistics
import sys
from collections.abc import Sequence

from benchmarks import local_runs
from trainer.tuning import record

_PRESET = local_runs.ROOT / "pipeline" / "presets" / "sentiment.yaml"
# Of two epochs and a factor of 2 Hyperband has five trials to a whole round.
_BUDGET = {"trials": 5, "epochs": 2, "factor": 2}
_SPACE = {
    "train.learning_rate": {"min": 2e-4, "max": 4e-3, "scale": "log"},
    "model.token_dropout": {"min": 0.0, "max": 0.5, "step": 0.1},
}
_GRID = {"train.learning_rate": [5e-4, 2e-3], "model.token_dropout": [0.1, 0.2]}
_METHODS = ("grid", "random", "bayesian", "hyperband")
_NODE = re.compile(r"^✓ Tuner +(.+?)  (?:MISS|HIT)$", re.MULTILINE)


def main(directory: str) -> None:
    """Runs all, and prints a table in Markdown."""
    root = pathlib.Path(directory)
    rows, searches = [], []
    for method in _METHODS:
        space = _GRID if method == "grid" else _SPACE
        search, time, test = _run(root, {"method": method, **_BUDGET, "space": space})
        searches.append(search)
        rows.append(_row(search, time, test))
        print(rows[-1], flush=True)
    print("\n| method | trials | epochs | time | config's own | best | its values | on test |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join([*rows, "", *_effects(searches[0])]))


def _effects(search: record.Search) -> list[str]:
    """Tells by how much each key's last value is better than its first, over all others of a grid.

    Every value of a key meets every value of the others, so their means differ by the key alone.
    """
    points = [
        trial
        for trial in search.trials
        if all(trial.values[key] in values for key, values in search.space.items())
    ]
    lines = []
    for key, (before, *_, after) in search.space.items():
        means = [
            statistics.fmean(t.value for t in points if t.values[key] == value)
            for value in (before, after)
        ]
        lines.append(f"{key}, {before:g} to {after:g}: {means[1] - means[0]:+.4f}")
    return lines


def _run(root: pathlib.Path, tune: dict) -> tuple[record.Search, str, float]:
    """Runs the demo with a search; gives the search, its time, and the accuracy on test."""
    printed = local_runs.run(_PRESET, root, [f"tune={json.dumps(tune)}", "trial.ratings=null"])
    workspace = root / "sentiment"
    search = local_runs.newest(workspace / "artifacts" / "Tuner" / "search") / record.FILE
    [time] = _NODE.findall(printed[: printed.index("\nsentiment ")])
    return record.Search.from_json(search.read_text()), time, local_runs.accuracy(workspace)


def _row(search: record.Search, time: str, test: float) -> str:
    trials, best = search.trials, search.ranked()[0]
    epochs = sum(len(t.curve) - _before(trials, t) for t in trials)
    values = ", ".join(f"{key} {value:.3g}" for key, value in best.values.items())
    found = f"{best.value:.4f} (trial {best.number})"
    cells = (
        search.method,
        len(trials),
        epochs,
        time,
        f"{search.own.value:.4f}" if search.own else "failed",
        found,
        values,
        f"{test:.4f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _before(trials: Sequence[record.Trial], trial: record.Trial) -> int:
    """Counts the epochs that an earlier rung had trained already."""
    return next((len(t.curve) for t in trials if t.number == trial.goes_on_with), 0)


if __name__ == "__main__":
    main(sys.argv[1])
