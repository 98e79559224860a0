"""The whole, as a user has it, run after run.

One workspace goes through several runs; each is a fixture that needs the one before it.
"""

import dataclasses
import json
import os
import pathlib
import random
import re
import shlex
import signal
import subprocess
import threading

import pytest

from pipeline import lineage, workspace
from tests.end_to_end import told
from tests.end_to_end import user as user_lib


@dataclasses.dataclass(frozen=True)
class _Interrupted:
    """A run that was interrupted in its training, and one that was started beside it.

    Attributes:
        run: The interrupted one.
        beside: The other.
        alive: Whether a process of it was still there when it had ended.
    """

    run: user_lib.Run
    beside: user_lib.Run
    alive: bool


def _is_alive(process_group: int) -> bool:
    try:
        os.killpg(process_group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    return user_lib.User(tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module")
def interrupted(user: user_lib.User) -> _Interrupted:
    """Somebody stops it after the first epoch."""
    lines = []
    with user.start() as process:
        watchdog = threading.Timer(user_lib.TIMEOUT_SECONDS, process.kill)
        watchdog.daemon = True
        watchdog.start()
        for line in process.stdout:
            lines.append(line)
            if line.startswith("✓ Ingest"):
                # Held until the other has come and gone, however long that takes.
                os.killpg(process.pid, signal.SIGSTOP)
                beside = user.run()
                os.killpg(process.pid, signal.SIGCONT)
            if re.match(r" +1/12 ", line):
                break
        process.send_signal(signal.SIGINT)
        lines += process.stdout
        err = process.stderr.read()
    run = user_lib.Run(process.returncode, "".join(lines), err)
    return _Interrupted(run, beside, _is_alive(process.pid))


@pytest.fixture(scope="module")
def first(user: user_lib.User, interrupted: _Interrupted) -> user_lib.Run:
    """The same command again, to its end."""
    assert interrupted.run.status == 130
    return user.run()


@pytest.fixture(scope="module")
def second(user: user_lib.User, first: user_lib.Run) -> user_lib.Run:
    assert first.status == 0
    return user.run()


@pytest.fixture(scope="module")
def third(user: user_lib.User, second: user_lib.Run) -> user_lib.Run:
    assert second.status == 0
    return user.run()


@pytest.fixture(scope="module")
def out_of_reach(user: user_lib.User, third: user_lib.Run) -> user_lib.Run:
    """A ceiling that no model keeps to: it would have to be sure of everything, and right."""
    assert third.status == 0
    return user.run("evaluate.ceiling={cross_entropy: 0.0}", "probe.enabled=false")


@pytest.fixture(scope="module")
def too_slow(user: user_lib.User, out_of_reach: user_lib.Run) -> user_lib.Run:
    """A budget that no model keeps to; last, since it takes the model out of those to beat."""
    assert out_of_reach.status == 3
    return user.run("probe.max_p95_ms=0.001")


@pytest.fixture(scope="module")
def diverged(user: user_lib.User, third: user_lib.Run) -> user_lib.Run:
    """Each step multiplies the weights by about -99."""
    return user.run("train.learning_rate=10.0", "train.weight_decay=10.0", "train.clip_norm=null")


def test_an_interrupted_run_says_so_and_leaves_no_process(interrupted: _Interrupted) -> None:
    assert interrupted.run.status == 130
    lines = interrupted.run.out.splitlines()
    assert lines[-1] == "interrupted; the same command goes on where this one stopped"
    assert interrupted.run.err == ""
    assert not interrupted.alive


def test_a_fresh_run_has_nothing_cached(interrupted: _Interrupted) -> None:
    states = interrupted.run.states
    assert set(states.values()) == {"MISS"}
    assert set(states) >= {"Ingest", "StatisticsGen", "Schema", "Transform"}
    assert "Trainer" not in states


def test_a_second_run_beside_the_first_is_turned_away(
    user: user_lib.User, interrupted: _Interrupted
) -> None:
    error = (
        "error: `--workspace` must not be in use by another run, nor by `meritline lineage gc`. "
        f"Received: {user.root}\n"
    )
    assert interrupted.beside == user_lib.Run(2, "", error)


def test_the_same_command_goes_on_where_it_stopped(
    user: user_lib.User, first: user_lib.Run
) -> None:
    assert first.status == 0
    [steps_done] = re.findall(r"steps, resumed at step (\d+)$", first.out, re.MULTILINE)
    [steps_per_epoch] = re.findall(r"at most 12 epochs of (\d+) steps", first.out)
    assert int(steps_done) >= int(steps_per_epoch)
    assert not re.search(r"^ +1/12 ", first.out, re.MULTILINE)
    assert re.search(r"^ +12/12 ", first.out, re.MULTILINE)
    assert first.states["Transform"] == "HIT"
    assert first.states["Trainer"] == "MISS"
    assert list((user.root / "backups").glob("*")) == []  # no longer needed


def test_the_summary_names_everything(user: user_lib.User, first: user_lib.Run) -> None:
    assert set(first.states) == set(user_lib.COMPONENTS)
    summary = first.out[first.out.index("\nreviews  ") :]
    for name in user_lib.COMPONENTS:
        assert re.search(rf"^✓ {name} .* (HIT|MISS)$", summary, re.MULTILINE)
    rows = {s: int(n) for s, n in re.findall(r"^  (train|eval|test) +(\d+)$", summary, re.M)}
    assert sum(rows.values()) == user_lib.ROWS
    assert f"{rows['test']} examples of the test split" in summary
    assert re.search(r"^  accuracy +[01]\.\d{4}$", summary, re.MULTILINE)
    assert re.search(r"^  auc +[01]\.\d{4}  pass  floor 0.5$", summary, re.MULTILINE)
    assert re.search(r"^  shop +examples +accuracy", summary, re.MULTILINE)
    assert re.search(r"^  Köln +\d+ +[01]\.\d{4}", summary, re.MULTILINE)
    assert "\nBlessed\n  all bounds hold (1 checked)\n" in summary
    assert pathlib.Path(first.pushed).parent == user.root / "serving" / "reviews"


def test_the_next_command_works_as_it_stands(user: user_lib.User, first: user_lib.Run) -> None:
    [command] = re.findall(r"^Next +(.+)$", first.out, re.MULTILINE)
    done = subprocess.run(
        shlex.split(command),
        cwd=user.directory,
        env=user_lib.ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["label"] in user_lib.LABELS


def test_a_screen_without_noise_or_control_characters(
    first: user_lib.Run,
    out_of_reach: user_lib.Run,
    too_slow: user_lib.Run,
    diverged: user_lib.Run,
) -> None:
    for run in (first, out_of_reach, too_slow, diverged):
        assert run.err == ""
        assert all(sign == "\n" or sign.isprintable() for sign in run.out)
        assert not re.search("tensorflow/|Warning|INFO|absl|Traceback", run.out)


def test_the_log_has_what_the_screen_has_not(first: user_lib.Run, diverged: user_lib.Run) -> None:
    assert "tensorflow/core" in first.log
    assert "INFO absl" in first.log
    assert "Traceback (most recent call last)" in diverged.log


def test_the_second_run_judges_again_since_there_is_a_baseline_now(second: user_lib.Run) -> None:
    assert second.status == 0
    ran = {name for name, state in second.states.items() if state == "MISS"}
    assert ran == {"latest_blessed", "DataGate", "Evaluator", "Probe", "Report", "Pusher"}
    assert re.search(
        r"^  accuracy +[01]\.\d+  pass  baseline [01]\.\d+, may drop 0$", second.out, re.M
    )
    assert "all bounds hold (2 checked)" in second.out


def test_the_third_run_is_answered_by_the_cache(second: user_lib.Run, third: user_lib.Run) -> None:
    assert third.status == 0
    assert {name for name, state in third.states.items() if state == "MISS"} == {"latest_blessed"}
    assert third.pushed == second.pushed
    assert pathlib.Path(third.pushed, "saved_model.pb").is_file()


def test_a_bound_out_of_reach_pushes_nothing_and_says_why(
    third: user_lib.Run, out_of_reach: user_lib.Run
) -> None:
    assert out_of_reach.status == 3
    assert out_of_reach.pushed == "nothing"
    assert max(pathlib.Path(third.pushed).parent.iterdir()) == pathlib.Path(third.pushed)
    assert re.search(r"^  cross_entropy +\d\.\d+  FAIL  ceiling 0;", out_of_reach.out, re.MULTILINE)
    assert re.search(
        r"\nNot blessed, exit status 3\n"
        r"  cross_entropy on all rows is \d\.\d+, above its ceiling of 0\.0+\n",
        out_of_reach.out,
    )


def test_a_model_that_fails_its_probe_is_blessed_and_not_pushed(
    third: user_lib.Run, too_slow: user_lib.Run
) -> None:
    assert too_slow.status == 3
    assert too_slow.pushed == "nothing"
    assert max(pathlib.Path(third.pushed).parent.iterdir()) == pathlib.Path(third.pushed)
    ran = {name for name, state in too_slow.states.items() if state == "MISS"}
    assert ran == {"Config", "latest_blessed", "Probe", "Report", "Pusher"}
    assert re.search(
        r"\nProbe failed, exit status 3\n"
        r"  `serving_default` must answer 95 in 100 rows within `probe.max_p95_ms`, 0.001. "
        r"Received: \d+\.\d ms\n",
        too_slow.out,
    )


def test_a_probe_is_told_of_and_its_requests_are_pushed(
    user: user_lib.User, first: user_lib.Run
) -> None:
    assert re.search(
        r"\nProbe\n  \d+ rows asked 4 ways, at most \de-\d+ apart \(0.0001 allowed\), "
        r"26 hostile requests, 2 refused, p95 \d+\.\d ms\n",
        first.out,
    )
    beside = {path.name for path in pathlib.Path(first.pushed, "assets.extra").iterdir()}
    assert beside >= {"model_card.md", "tf_serving_warmup_requests", "model.json"}


def test_a_crash_in_training_is_one_line(diverged: user_lib.Run) -> None:
    assert diverged.status == 1
    assert diverged.states["Trainer"] == "FAILED"
    [error] = [line for line in diverged.out.splitlines() if "error" in line]
    assert error.startswith("error: ArithmeticError: The training loss must be finite. Received: ")
    assert diverged.out.splitlines()[-2] == error
    assert diverged.out.splitlines()[-1].startswith("log: /")


def test_rows_of_no_use_are_put_aside_and_counted(user: user_lib.User, first: user_lib.Run) -> None:
    assert re.search(rf"\n  quarantined +2  {user.root}/quarantine\n", first.out)
    lines = (user.root / "quarantine" / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["file"], row["line"]) for row in rows] == [
        ("reviews.csv", user_lib.ROWS + 2),
        ("reviews.csv", user_lib.ROWS + 3),
    ]
    assert "".join(row["raw"] for row in rows) == user_lib.BAD_ROWS
    split_rows = re.findall(r"^  (?:train|eval|test) +(\d+)$", first.out, re.MULTILINE)
    assert sum(map(int, split_rows)) == user_lib.ROWS


@pytest.fixture(scope="module")
def history(
    user: user_lib.User, out_of_reach: user_lib.Run, too_slow: user_lib.Run, diverged: user_lib.Run
) -> lineage.History:
    """What is recorded of all of them."""
    assert (out_of_reach.status, too_slow.status, diverged.status) == (3, 3, 1)
    return lineage.read(workspace.Workspace(user.root))


def test_the_lineage_tells_what_became_of_each_run(
    history: lineage.History, third: user_lib.Run
) -> None:
    told.became(history, pathlib.Path(third.pushed).name)


def test_the_lineage_tells_why(history: lineage.History, diverged: user_lib.Run) -> None:
    told.why(history, diverged.out)


def test_the_lineage_leads_from_a_version_to_the_table(
    user: user_lib.User, history: lineage.History, third: user_lib.Run
) -> None:
    told.table(history, pathlib.Path(third.pushed).name, user.directory / "reviews.csv")


def test_a_version_carries_its_lineage(history: lineage.History, third: user_lib.Run) -> None:
    told.version(history, pathlib.Path(third.pushed))


_TEXTS = [
    "The film was awful, dull and very SAD!",
    "usual, plain",
    "a lovely and superb phone, it was warm and bright for us today",
    "it was the",
]


@pytest.fixture(scope="module")
def signatures(first: user_lib.Run):
    """The signatures of the pushed model, loaded without any code of ours."""
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops of the model's preprocessing

    return tf.saved_model.load(first.pushed).signatures


def _ask(signatures, texts: list[str]) -> dict:
    import tensorflow as tf

    answers = signatures["serving_default"](text=tf.constant(texts))
    return {name: value.numpy() for name, value in answers.items()}


def test_the_pushed_model_answers_raw_text(signatures) -> None:
    answers = _ask(signatures, _TEXTS)
    assert [label.decode() for label in answers["label"][:3]] == ["négatif", "neutre", "positif"]
    assert [label.decode() for label in answers["labels"][0]] == sorted(user_lib.LABELS)
    assert answers["probabilities"].shape == (len(_TEXTS), 3)
    assert answers["probabilities"].sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert answers["probability"] == pytest.approx(answers["probabilities"].max(axis=1))


def test_the_pushed_model_learned_its_task(signatures) -> None:
    rng = random.Random(8)  # noqa: S311 - not for secrets
    wanted = [rng.choice(list(user_lib.LABELS)) for _ in range(60)]
    answers = _ask(signatures, [user_lib.sentence(rng, label) for label in wanted])
    hits = [a.decode() == label for a, label in zip(answers["label"], wanted, strict=True)]
    assert sum(hits) >= 48


def test_examples_get_the_answers_of_raw_text(signatures) -> None:
    import tensorflow as tf

    examples = []
    for text in _TEXTS:
        example = tf.train.Example()
        example.features.feature["text"].bytes_list.value.append(text.encode())
        examples.append(example.SerializeToString())
    of_examples = signatures["serving_examples"](examples=tf.constant(examples))
    of_texts = _ask(signatures, _TEXTS)
    assert of_examples.keys() == of_texts.keys()
    for name, value in of_examples.items():
        assert value.numpy().tolist() == of_texts[name].tolist()


def test_an_answer_does_not_depend_on_what_else_is_asked(signatures) -> None:
    together = _ask(signatures, _TEXTS)["probabilities"]
    for text, answer in zip(_TEXTS, together, strict=True):
        [alone] = _ask(signatures, [text])["probabilities"]
        assert alone == pytest.approx(answer, abs=1e-6)
