"""Runs the four methods of a search on the demo with one budget, and prints what each found.

    nice -n 5 .venv/bin/python benchmarks/tuning.py workspace/tuning

The first argument is where the runs go. All are in one workspace, so that what is before the Tuner
is done once. Last comes a factorial of the best values against the config's own, every combination
of them, which tells what each key helped by itself.
"""

import json
import pathlib
import re
import subprocess
import sys

_PROJECT = pathlib.Path(__file__).resolve().parents[1]
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
    print("\n".join(rows))
    _factorial(root, max(searches, key=lambda search: _best(search)["value"]))


def _factorial(root: pathlib.Path, search: dict) -> None:
    """Trains every combination of best and own values, and prints what each key helps."""
    own, best = search["trials"][0]["values"], _best(search)["values"]
    space = {key: [own[key], best[key]] for key in own if own[key] != best[key]}
    if not space:
        print("\nThe config's own values were the best.")
        return
    tune = {"method": "grid", "epochs": _BUDGET["epochs"], "trials": 2 ** len(space)}
    done, _, _ = _run(root, {**tune, "space": space})
    for key, (before, after) in space.items():
        means = []
        for value in (before, after):
            of_value = [t["value"] for t in done["trials"] if t["values"][key] == value]
            means.append(sum(of_value) / len(of_value))
        print(f"{key}: {before:.3g} to {after:.3g} helps by {means[1] - means[0]:+.4f}")


def _run(root: pathlib.Path, tune: dict) -> tuple[dict, str, float]:
    """Runs the demo with a search; gives the search, its time, and the accuracy on test."""
    command = [sys.executable, str(_PROJECT / "local_runner.py"), "--workspace", str(root)]
    settings = [f"tune={json.dumps(tune)}", "trial.ratings=null"]
    arguments = [argument for setting in settings for argument in ("--set", setting)]
    done = subprocess.run([*command, *arguments], capture_output=True, encoding="utf-8")
    if done.returncode not in (0, 3):
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    artifacts = root / "sentiment" / "artifacts"
    search = _newest(artifacts / "Tuner" / "search") / "search.json"
    verdict = _newest(artifacts / "Evaluator" / "evaluation") / "verdict.json"
    [accuracy] = [
        value["value"]
        for value in json.loads(verdict.read_text())["values"]
        if value["metric"] == "accuracy" and value["slice"] == "all rows"
    ]
    [time] = _NODE.findall(done.stdout[: done.stdout.index("\nsentiment ")])
    return json.loads(search.read_text()), time, accuracy


def _newest(directory: pathlib.Path) -> pathlib.Path:
    return max(directory.iterdir(), key=lambda path: int(path.name))


def _best(search: dict) -> dict:
    [best] = [trial for trial in search["trials"] if trial["number"] == search["best"]]
    return best


def _row(search: dict, time: str, test: float) -> str:
    trials, best = search["trials"], _best(search)
    epochs = sum(len(t["curve"]) - _before(trials, t) for t in trials)
    values = ", ".join(f"{key} {value:.3g}" for key, value in best["values"].items())
    # Of Hyperband the rung that the config's own values came to.
    own = [t["value"] for t in trials if t["values"] == trials[0]["values"]][-1]
    found = f"{best['value']:.4f} (trial {best['number']})"
    cells = (
        search["method"],
        len(trials),
        epochs,
        time,
        f"{own:.4f}",
        found,
        values,
        f"{test:.4f}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _before(trials: list[dict], trial: dict) -> int:
    """Counts the epochs that an earlier rung had trained already."""
    return next((len(t["curve"]) for t in trials if t["number"] == trial["goes_on_with"]), 0)


if __name__ == "__main__":
    main(sys.argv[1])
