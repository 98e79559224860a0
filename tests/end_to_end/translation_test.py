"""Texts are translated, from the table to the pushed model."""

import json
import pathlib
import random
import re
import shlex
import subprocess

import pytest
import yaml

from tests.end_to_end import user as user_lib

_ROWS = 700
_NAMES = ["Ann", "Bob", "Zoë", "İpek", "Ms. Weiß", "O'Hara"]
_VERBS = {"sees": "sieht", "paints": "malt", "wants": "will", "sells": "verkauft"}
_ADJECTIVES = {"red": "roten", "old": "alten", "big": "großen", "new": "neuen"}
_NOUNS = {"ball": "Ball", "dog": "Hund", "tree": "Baum", "car": "Wagen", "hat": "Hut"}
_CONFIG = {
    "name": "verb-last",
    "task": "translation",
    "data": {"path": "pairs.tsv", "text": "en", "label": "de"},
    "tokenizer": {"kind": "bytes_bpe", "max_length": 24, "vocabulary_size": 320},
    "model": {
        **{"num_layers": 1, "hidden_dim": 48, "num_heads": 4, "intermediate_dim": 64},
        **{"dropout": 0.0},
    },
    "train": {"epochs": 12, "batch_size": 16, "learning_rate": 5e-3, "patience": 12},
    "serve": {"beam_size": 3},
    "trial": {"bootstrap": 200},
    "evaluate": {"slices": ["kind"]},
}


def _pair(name: str, verb: str, adjective: str, noun: str) -> tuple[str, str]:
    """Makes a sentence and its translation, where the verb stands last."""
    source = f"{name} {verb} the {adjective} {noun}."
    target = f"{name} den {_ADJECTIVES[adjective]} {_NOUNS[noun]} {_VERBS[verb]}."
    return source, target


def _write(path: pathlib.Path) -> None:
    """Writes rows, of which the last has no translation."""
    rng = random.Random(5)  # noqa: S311 - not for secrets
    lines = ["en\tde\tkind"]
    for _ in range(_ROWS):
        verb = rng.choice(list(_VERBS))
        noun = rng.choice(list(_NOUNS))
        pair = _pair(rng.choice(_NAMES), verb, rng.choice(list(_ADJECTIVES)), noun)
        lines.append("\t".join([*pair, "animal" if noun == "dog" else "thing"]))
    lines.append("Bob sees nothing.\t\tthing")
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> user_lib.User:
    made = user_lib.User(tmp_path_factory.mktemp("user"))
    _write(made.directory / "pairs.tsv")
    path = made.directory / "translation.yaml"
    path.write_text(yaml.safe_dump(_CONFIG), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def run(user: user_lib.User) -> user_lib.Run:
    return user_lib.ended(user.command(str(user_lib.SCRIPT), "translation.yaml"))


def test_a_model_that_learned_is_pushed(run: user_lib.Run) -> None:
    assert run.err == ""
    assert run.status == 0, run.out
    [bleu] = re.findall(r"^  bleu +([\d.]+)  pass  floor 5$", run.out, re.MULTILINE)
    assert float(bleu) > 60.0
    # The same of each slice; whichever sentence is translated best, none is far from its length.
    assert re.search(r"^  (animal|thing) +\d+ +[\d.]+", run.out, re.MULTILINE)
    [ratio] = re.findall(r"^  length_ratio +([\d.]+)", run.out, re.MULTILINE)
    assert 0.9 < float(ratio) < 1.1


def test_a_row_without_translation_is_put_aside(user: user_lib.User, run: user_lib.Run) -> None:
    assert run.status == 0
    path = user.directory / "workspace" / "verb-last" / "quarantine" / "rows.jsonl"
    [bad] = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    assert (bad["file"], bad["line"]) == ("pairs.tsv", _ROWS + 2)


def test_the_pushed_model_translates(user: user_lib.User, run: user_lib.Run) -> None:
    [command] = re.findall(r"^Next +(.+)$", run.out, re.MULTILINE)
    pairs = [_pair("Zoë", "sees", "old", "dog"), _pair("Ms. Weiß", "sells", "red", "hat")]
    words = [*shlex.split(command)[:4], *(source for source, _ in pairs)]
    done = subprocess.run(
        words, cwd=user.directory, env=user_lib.ENVIRONMENT, capture_output=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [answer["translation"] for answer in answers] == [target for _, target in pairs]
    assert all(answer["score"] <= 0.0 for answer in answers)
