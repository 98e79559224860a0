"""A search as a user has it, killed after its first trial and gone on with; and folds after it."""

import json
import os
import pathlib
import re
import signal
import threading

import pytest

from components.cross_validation import outcome
from tests.end_to_end import user as user_lib
from trainer.tuning import record

_SETTINGS = (
    "tune={method: random, trials: 2, space: {train.learning_rate: [1e-3, 1e-2]}}",
    "train={batch_size: 32, epochs: 1}",
    "evaluate={floor: {auc: 0.0}, folds: 2}",
)
_TRIAL = re.compile(r"^ +(\d)/2 +[01]\.\d{4} +([01]\.\d{4}) .* train\.learning_rate ([\d.]+)", re.M)


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    return user_lib.User(tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module")
def killed(user: user_lib.User) -> str:
    """Somebody pulls the plug when the first trial is done."""
    lines = []
    with user.start(*_SETTINGS) as process:
        watchdog = threading.Timer(user_lib.TIMEOUT_SECONDS, process.kill)
        watchdog.daemon = True
        watchdog.start()
        for line in process.stdout:
            lines.append(line)
            if _TRIAL.match(line):
                break
        os.killpg(process.pid, signal.SIGKILL)
        watchdog.cancel()
    return "".join(lines)


@pytest.fixture(scope="module")
def run(user: user_lib.User, killed: str) -> user_lib.Run:
    """The same command again, to its end."""
    assert _TRIAL.findall(killed)[0][0] == "1"
    return user.run(*_SETTINGS)


@pytest.fixture(scope="module")
def search(user: user_lib.User, run: user_lib.Run) -> record.Search:
    assert run.status == 0, run.out + run.err
    [path] = (user.root / "artifacts" / "Tuner" / "search").glob("*/search.json")
    return record.Search.from_json(path.read_text(encoding="utf-8"))


def test_the_search_goes_on_with_the_trial_after_the_last(
    killed: str, run: user_lib.Run, search: record.Search
) -> None:
    # A kill may tear the state of the search: then what is done is told again, and not done again.
    assert [number for number, _, _ in _TRIAL.findall(run.out)] in (["2"], ["1", "2"])
    assert f"{search.trials[0].seconds:.1f} s" in killed
    assert [trial.status for trial in search.trials] == ["done", "done"]
    assert [trial.values for trial in search.trials] == [
        {"train.learning_rate": 1e-3},  # the config's own
        {"train.learning_rate": 1e-2},
    ]
    [(_, told, _)] = _TRIAL.findall(killed)
    assert f"{search.trials[0].value:.4f}" == told


def test_the_best_values_are_trained_with(run: user_lib.Run, search: record.Search) -> None:
    [best] = [trial for trial in search.trials if trial.number == search.best]
    # One epoch, as each trial had, from the same seed: the very same training.
    training = json.loads(
        pathlib.Path(run.pushed, "assets.extra", "training.json").read_text(encoding="utf-8")
    )
    metrics = training["epochs"][0]["metrics"]
    assert metrics["eval_accuracy"] == pytest.approx(best.value)


def test_every_row_of_the_train_split_is_held_out_once(
    user: user_lib.User, run: user_lib.Run, search: record.Search
) -> None:
    [directory] = (user.root / "artifacts" / "CrossValidation" / "folds").iterdir()
    found = outcome.read(str(directory))
    [rows] = re.findall(r"^  train +(\d+)$", run.out, re.MULTILINE)
    assert sum(fold.rows for fold in found.folds) == int(rows)
    assert {fold.learned_from + fold.rows for fold in found.folds} == {int(rows)}
    assert abs(found.folds[0].rows - found.folds[1].rows) < 20  # twins stay together
    # They are trained with the best values too, on half of the rows.
    assert all(0.5 < value <= 1.0 for value in found.values("transformer"))
    mean = found.mean("transformer")
    interval = f"{mean.low:.4f} to {mean.high:.4f}"
    summary = run.out[run.out.index("\nreviews  ") :]
    assert re.search(rf"^  transformer +{mean.mean:.4f}  {interval}$", summary, re.MULTILINE)
    page = (user.root / "report" / "index.html").read_text(encoding="utf-8")
    assert "Mean accuracy over 2 folds, with its interval" in page


def test_nothing_is_left_to_go_on_from(user: user_lib.User, run: user_lib.Run) -> None:
    assert run.status == 0
    assert list((user.root / "backups").glob("*")) == []


def test_the_summary_and_the_page_tell_of_the_search(
    user: user_lib.User, run: user_lib.Run, search: record.Search
) -> None:
    summary = run.out[run.out.index("\nreviews  ") :]
    assert "\nSearch  random, accuracy on the eval split\n" in summary
    own, best = search.trials[0].value, search.ranked()[0].value
    assert re.search(rf"^  transformer +2  {own:.4f} +[01]\.\d{{4}}  {best:.4f} ", summary, re.M)
    page = (user.root / "report" / "index.html").read_text(encoding="utf-8")
    assert "Search for better settings" in page
    assert "Values of transformer: a line a trial" in page
