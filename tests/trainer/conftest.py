"""Tiny transformed data sets, made by the real Transform code."""

import contextlib
import dataclasses
import fcntl
import functools
import os
import pathlib
import random
import types
from collections.abc import Iterator

import keras
import pytest

from tests.trainer import fork_server
from trainer import launch

_WORDS = {
    "bad": ["awful", "dull", "broken", "sad"],
    "good": ["lovely", "warm", "bright", "superb"],
}
_FILLERS = ["the", "film", "was", "a", "really", "so", "and", "plot", "with", "scenes"]
MAX_LENGTH = 32
# Neither is a multiple of a batch.
_COUNTS = {"train": 333, "eval": 90}


@pytest.fixture(scope="module", autouse=True)
def _same_weights_for_each_file() -> None:
    """Draws the weights that a file's fixtures start from as in any other run."""
    keras.utils.set_random_seed(17)


@pytest.fixture(autouse=True)
def _same_weights_for_each_test(_same_weights_for_each_file: None) -> None:
    """Draws the weights that a test starts from as if it ran alone.

    Keras draws their seeds by `random`. To seed TensorFlow as well would throw away all that it has
    compiled, so that a function that several tests share would be compiled again in each.
    """
    random.seed(17)


@pytest.fixture(scope="session")
def _fork_server() -> Iterator[fork_server.Server]:
    server = fork_server.Server()
    yield server
    server.close()


@pytest.fixture(scope="module")
def forked(_fork_server: fork_server.Server) -> Iterator[None]:
    """Lets the trainings of a file be forks of one process, so that none imports TensorFlow."""
    with pytest.MonkeyPatch.context() as patches:
        started = types.SimpleNamespace(Popen=_fork_server.popen)
        patches.setattr(launch, "subprocess", started)
        yield


@dataclasses.dataclass(frozen=True)
class Transformed:
    """Where the transformed splits and the transform graph lie.

    Attributes:
        directory: The transform output.
        train_files: Pattern of the train split.
        eval_files: Pattern of the eval split.
        rows: Raw rows of the eval split, feature to value.
    """

    directory: str
    train_files: str
    eval_files: str
    rows: tuple[dict, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """A few raw texts of the eval split."""
        return tuple(row["text"] for row in self.rows[:40])

    @property
    def labels(self) -> tuple[str, ...]:
        """Their labels."""
        return tuple(row["label"] for row in self.rows[:40])


def _text(rng: random.Random, label: str) -> str:
    """Makes a text of 1 to 40 words of which one telling word is the label's."""
    words = rng.choices(_FILLERS, k=rng.choice([0, 2, 5, 6, 9, 17, 39]))
    words.insert(rng.randint(0, len(words)), rng.choice(_WORDS[label]))
    return " ".join(words)


def _one_label(rng: random.Random) -> dict:
    label = rng.choice(["bad", "good"])
    # A column to slice by: the model must not ask for it.
    return {"text": _text(rng, label), "label": label, "shop": "Rome"}


def _rare_label(rng: random.Random) -> dict:
    label = "bad" if rng.random() < 0.1 else "good"
    return {"text": _text(rng, label), "label": label}


def _pair(rng: random.Random) -> dict:
    """The label tells whether the second text is better than the first, so order counts."""
    first, second = rng.choice([("bad", "good"), ("good", "bad")])
    label = "better" if second == "good" else "worse"
    return {"text": _text(rng, first), "text_pair": _text(rng, second), "label": label}


def _label_set(rng: random.Random) -> dict:
    """Any of the labels, none as well; each has a word of its own."""
    labels = [label for label in _WORDS if rng.random() < 0.5]
    text = " ".join(["film", *(_text(rng, label) for label in labels)])
    return {"text": text, "label": "|".join(labels) or "|"}


def _numbers(rng: random.Random) -> dict:
    """Two targets on scales far apart: one told by a word, one by the number of words."""
    label = rng.choice(["bad", "good"])
    text = _text(rng, label)
    votes = 1000.0 if label == "good" else 200.0
    return {"text": text, "votes": votes + rng.random(), "share": 1e-3 * len(text.split())}


def _text_alone(rng: random.Random) -> dict:
    return {"text": _text(rng, rng.choice(["bad", "good"]))}


_NAMES = ["Zoë", "Zoe\u0308", "İpek", "Weiß", "ﬁona", "Ann Lee", "Bob", "👩\u200d🚀", "O'Hara"]
_THINGS = ["tea", "maps", "jazz", "rain", "chess", "owls", "rope", "snow", "dust"]


def _answer(rng: random.Random) -> dict:
    """Who likes a thing stands in one of several sentences, not all of which fit in a window."""
    names, things = (rng.sample(some, len(some)) for some in (_NAMES, _THINGS))
    asked, context = rng.randrange(len(names)), ""
    for i, (name, thing) in enumerate(zip(names, things, strict=True)):
        if i == asked:
            found = len(context)
        context += f"{name} likes {thing}.{rng.choice([' ', chr(0xA0), chr(13) + chr(10)])}"
    again = context.index(names[asked])  # the first of two right answers is learned from
    return {
        "text": f"Who likes {things[asked]}?",
        "text_pair": context,
        "label": f"{names[asked]}|{names[asked]}",
        "answer_start": f"{found}|{again}",
    }


_SPELLED = {"the": "das", "film": "Film", "was": "war", "a": "ein", "really": "wirklich"}


def _translation(rng: random.Random) -> dict:
    """Word by word, from the last to the first, in other letters."""
    words = _text(rng, rng.choice(["bad", "good"])).split()
    return {
        "text": " ".join(words),
        "label": " ".join(_SPELLED.get(word, word.upper()) for word in reversed(words)),
    }


def _settings_and_rows(kind: str):
    from schemas import tasks

    return {
        "one_label": (tasks.Settings("classification"), _one_label),
        "rare_label": (tasks.Settings("classification"), _rare_label),
        "pair": (tasks.Settings("classification", texts=("text", "text_pair")), _pair),
        "label_set": (tasks.Settings("classification", options={"separator": "|"}), _label_set),
        "masked": (tasks.Settings("masked_language_model", targets=()), _text_alone),
        "running": (
            tasks.Settings("language_model", targets=(), options={"units": "characters"}),
            _text_alone,
        ),
        "answer": (
            tasks.Settings(
                "question_answering",
                texts=("text", "text_pair"),
                options={"separator": "|", "max_answer_tokens": 8},
            ),
            _answer,
        ),
        "translated": (
            tasks.Settings(
                "translation",
                options={"units": "words", "beam_size": 2, "length_penalty": 0.6},
            ),
            _translation,
        ),
        "numbers": (
            tasks.Settings(
                "regression", targets=("votes", "share"), options={"names": ["votes", "share"]}
            ),
            _numbers,
        ),
    }[kind]


def _transform(
    root: pathlib.Path, settings, splits: dict[str, list[dict]], **given: object
) -> None:
    """Runs Transform as TFX does, over rows that map each feature to its value.

    What is `given` stands above the usual values of `custom_config`.
    """
    import tensorflow as tf
    import tensorflow_transform as tft
    from tensorflow_transform import beam as tft_beam
    from tensorflow_transform.tf_metadata import metadata_io

    from components.transform import preprocessing

    custom_config = {
        "task": settings.to_fields(),
        "tokenizer": {
            "kind": settings.options.get("units", "wordpiece"),
            "vocabulary_size": 120,
            "max_length": MAX_LENGTH,
        },
        "labels": None,
        **given,
    }
    of_values = {str: tf.string, float: tf.float32}
    spec = {
        name: tf.io.FixedLenFeature([1], of_values[type(value)])
        for name, value in splits["train"][0].items()
    }
    metadata = tft.DatasetMetadata.from_feature_spec(spec)
    columns = {
        split: [{name: [value] for name, value in row.items()} for row in rows]
        for split, rows in splits.items()
    }
    with tft_beam.Context(temp_dir=str(root / "temp")):
        (train, transformed_metadata), transform_fn = (
            columns["train"],
            metadata,
        ) | tft_beam.AnalyzeAndTransformDataset(
            lambda inputs: preprocessing.preprocessing_fn(inputs, custom_config)
        )
        evaluation, _ = ((columns["eval"], metadata), transform_fn) | tft_beam.TransformDataset()
        transform_fn | tft_beam.WriteTransformFn(str(root / "graph"))
    # TFX's Transform writes the raw features' metadata as well.
    metadata_io.write_metadata(metadata, str(root / "graph" / "metadata"))
    coder = tft.coders.ExampleProtoCoder(transformed_metadata.schema)
    options = tf.io.TFRecordOptions(compression_type="GZIP")
    for name, rows in (("train", train), ("eval", evaluation)):
        (root / name).mkdir()
        with tf.io.TFRecordWriter(str(root / name / "part-0.gz"), options) as writer:
            for row in rows:
                writer.write(coder.encode(row))


def _transformed(root: pathlib.Path, splits: dict[str, list[dict]]) -> Transformed:
    return Transformed(
        directory=str(root / "graph"),
        train_files=str(root / "train" / "*"),
        eval_files=str(root / "eval" / "*"),
        rows=tuple(splits["eval"]),
    )


@contextlib.contextmanager
def _for_one_process_at_a_time(path: pathlib.Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def transformed_as(tmp_path_factory):
    """Gives `made(kind)`, the settings of the task and its transformed splits, made once each.

    Once for all processes that the tests are dealt out to.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    @functools.cache
    def make(kind):
        settings, make_row = _settings_and_rows(kind)
        splits = {}
        for seed, (split, count) in enumerate(_COUNTS.items(), start=1):
            rng = random.Random(seed)  # noqa: S311 - not for secrets
            splits[split] = [make_row(rng) for _ in range(count)]
        root = shared / f"transformed_{kind}"
        with _for_one_process_at_a_time(shared / f"transformed_{kind}.lock"):
            if not (root / "made").exists():
                root.mkdir()
                _transform(root, settings, splits)
                (root / "made").touch()
        return settings, _transformed(root, splits)

    return make


@pytest.fixture(scope="session")
def transformed_with(tmp_path_factory):
    """Gives `made(kind, **given)`, as `transformed_as`, with what is `given` to the tokenizer."""

    def make(kind, **given):
        settings, make_row = _settings_and_rows(kind)
        rng = random.Random(1)  # noqa: S311 - not for secrets
        splits = {split: [make_row(rng) for _ in range(20)] for split in _COUNTS}
        root = pathlib.Path(tmp_path_factory.mktemp("transformed"))
        _transform(root, settings, splits, **given)
        return settings, _transformed(root, splits)

    return make


@pytest.fixture(scope="session")
def transformed(transformed_as) -> Transformed:
    """Texts that are good or bad, in one split of 333 rows and one of 90."""
    return transformed_as("one_label")[1]
