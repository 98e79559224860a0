"""Questions are answered by parts of texts, from the table to the pushed model."""

import json
import pathlib
import random
import re
import shlex
import subprocess

import pytest
import yaml

from tests.end_to_end import user as user_lib

_ROWS = 400
_NAMES = ["Zoë", "Zoe\u0308", "İpek", "Weiß", "ﬁona", "Ann", "Bob", "O'Hara"]
_THINGS = ["tea", "maps", "jazz", "rain", "chess", "owls", "rope", "snow"]
_CONFIG = {
    "name": "who",
    "task": "question_answering",
    "data": {
        "path": "who.jsonl",
        "text": ["question", "passage"],
        "label": "span",
        "answer_start": "at",
    },
    "tokenizer": {
        **{"kind": "words", "max_length": 24, "stride": 8},
        **{"vocabulary_size": 64, "max_answer_tokens": 4},
    },
    "model": {
        **{"num_layers": 2, "hidden_dim": 32, "num_heads": 2, "intermediate_dim": 64},
        **{"dropout": 0.0, "positions": "rotary"},
    },
    "train": {"epochs": 12, "batch_size": 16, "learning_rate": 5e-3, "patience": 12},
    "trial": {"bootstrap": 200},
}


def _row(rng: random.Random) -> dict[str, str | int]:
    names, things = (rng.sample(some, 6) for some in (_NAMES, _THINGS))
    sentences = [f"{n} likes {t}." for n, t in zip(names, things, strict=True)]
    asked, space = rng.randrange(6), rng.choice([" ", "\u00a0", "\r\n"])
    return {
        "question": f"Who likes {things[asked]}?",
        "passage": space.join(sentences),
        "span": names[asked],
        "at": sum(len(sentence) + len(space) for sentence in sentences[:asked]),
    }


def _write(path: pathlib.Path) -> None:
    """Writes rows, of which the last but one says a wrong place."""
    rng = random.Random(5)  # noqa: S311 - not for secrets
    rows = [_row(rng) for _ in range(_ROWS)]
    rows[-2]["at"] = int(rows[-2]["at"]) + 1
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    made = user_lib.User(tmp_path_factory.mktemp("user"))
    _write(made.directory / "who.jsonl")
    path = made.directory / "who.yaml"
    path.write_text(yaml.safe_dump(_CONFIG), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def run(user: user_lib.User) -> user_lib.Run:
    return user_lib.ended(user.command(str(user_lib.SCRIPT), "who.yaml"))


def test_a_model_that_learned_is_pushed(run: user_lib.Run) -> None:
    assert run.err == ""
    assert run.status == 0, run.out
    [exact] = re.findall(r"^  exact_match +(\d\.\d+)", run.out, re.MULTILINE)
    [f1] = re.findall(r"^  f1 +(\d\.\d+)  pass  floor 0.1$", run.out, re.MULTILINE)
    assert float(f1) >= float(exact) > 0.6


def test_an_answer_out_of_place_is_put_aside(user: user_lib.User, run: user_lib.Run) -> None:
    assert run.status == 0
    path = user.directory / "workspace" / "who" / "quarantine" / "rows.jsonl"
    [bad] = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert (bad["file"], bad["line"]) == ("who.jsonl", _ROWS - 1)
    assert bad["reason"].startswith("`span` must stand in `passage` at `at`, in code points. ")


def test_the_pushed_model_answers_with_the_very_signs_of_the_passage(
    user: user_lib.User, run: user_lib.Run
) -> None:
    [command] = re.findall(r"^Next +(.+)$", run.out, re.MULTILINE)
    passage = "Bob likes owls. Zoe\u0308 likes rain.\r\nﬁona likes tea. İpek likes snow."
    words = [*shlex.split(command)[:4], "Who likes tea?", passage, "Who likes rain?", passage]
    done = subprocess.run(
        words, cwd=user.directory, env=user_lib.ENVIRONMENT, capture_output=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for answer in answers:
        assert passage[answer["start"] : answer["end"]] == answer["answer"]
    assert [answer["answer"] for answer in answers] == ["ﬁona", "Zoe\u0308"]
