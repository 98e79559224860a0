"""A tiny transformed data set, made once by the real Transform code."""

import dataclasses
import pathlib
import random

import pytest

_WORDS = {
    "bad": ["awful", "dull", "broken", "sad"],
    "good": ["lovely", "warm", "bright", "superb"],
}
_FILLERS = ["the", "film", "was", "a", "really", "so", "and", "plot", "with", "scenes"]
MAX_LENGTH = 32


@dataclasses.dataclass(frozen=True)
class Transformed:
    """Where the transformed splits and the transform graph lie.

    Attributes:
        directory: The transform output.
        train_files: Pattern of the train split.
        eval_files: Pattern of the eval split.
        texts: A few raw texts of the eval split.
        labels: Their labels.
    """

    directory: str
    train_files: str
    eval_files: str
    texts: tuple[str, ...]
    labels: tuple[str, ...]


def _rows(count: int, seed: int) -> list[dict[str, list[str]]]:
    """Makes texts of 1 to 40 words whose one telling word decides the label."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    rows = []
    for _ in range(count):
        label = rng.choice(["bad", "good"])
        words = rng.choices(_FILLERS, k=rng.choice([0, 2, 5, 6, 9, 17, 39]))
        words.insert(rng.randint(0, len(words)), rng.choice(_WORDS[label]))
        # A column to slice by: the model must not ask for it.
        rows.append({"text": [" ".join(words)], "label": [label], "shop": ["Rome"]})
    return rows


@pytest.fixture(scope="session")
def transformed(tmp_path_factory) -> Transformed:
    """Two transformed splits of 333 and 90 rows: neither is a multiple of a batch."""
    import tensorflow as tf
    import tensorflow_transform as tft
    from tensorflow_transform import beam as tft_beam
    from tensorflow_transform.tf_metadata import metadata_io

    from components.transform import preprocessing
    from schemas import tasks

    root = pathlib.Path(tmp_path_factory.mktemp("transformed"))
    settings = {
        "task": tasks.Settings("classification").to_fields(),
        "tokenizer": {"vocabulary_size": 120, "max_length": MAX_LENGTH},
        "labels": None,
    }
    spec = {name: tf.io.FixedLenFeature([1], tf.string) for name in ("text", "label", "shop")}
    metadata = tft.DatasetMetadata.from_feature_spec(spec)
    splits = {"train": _rows(333, seed=1), "eval": _rows(90, seed=2)}
    with tft_beam.Context(temp_dir=str(root / "temp")):
        (train, transformed_metadata), transform_fn = (
            splits["train"],
            metadata,
        ) | tft_beam.AnalyzeAndTransformDataset(
            lambda inputs: preprocessing.preprocessing_fn(inputs, settings)
        )
        evaluation, _ = ((splits["eval"], metadata), transform_fn) | tft_beam.TransformDataset()
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
    shown = splits["eval"][:40]
    return Transformed(
        directory=str(root / "graph"),
        train_files=str(root / "train" / "*"),
        eval_files=str(root / "eval" / "*"),
        texts=tuple(row["text"][0] for row in shown),
        labels=tuple(row["label"][0] for row in shown),
    )
