"""Asks a pushed model: `python -m serving.ask DIR TEXT [TEXT ...]`.

DIR is a serving directory or one of its versions. Prints one line of JSON for each text, with the
names of the model's outputs. A model of pairs takes two texts for each answer.
"""

import json
import pathlib
import sys
from collections.abc import Collection, Sequence
from typing import Any

from serving import quiet, versions

_USAGE = "usage: python -m serving.ask DIR TEXT [TEXT ...]"


def ask(directory: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Answers texts with the newest version's `serving_default` signature.

    Args:
        directory: A serving directory or one of its versions.
        texts: A text for each answer; for a model of pairs two, one after the other.

    Returns:
        For each text, or pair, output name to value.

    Raises:
        FileNotFoundError: If the directory holds no version.
        OSError: If the version cannot be read.
        ValueError: If the version cannot be read, or a text of a pair is missing.
    """
    path = versions.latest(directory)
    quiet.tensorflow()
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops of the model's preprocessing

    signature = tf.saved_model.load(str(path)).signatures["serving_default"]
    names = _in_order(path, signature.structured_input_signature[1])
    if len(texts) % len(names):
        raise ValueError(
            f"The model must get {len(names)} texts for each answer ({', '.join(names)}). "
            f"Received: {len(texts)}"
        )
    inputs = {name: tf.constant(list(texts[i :: len(names)])) for i, name in enumerate(names)}
    answers = signature(**inputs)
    outputs = {key: _plain(value.numpy().tolist()) for key, value in answers.items()}
    rows = range(len(texts) // len(names))
    return [{key: values[row] for key, values in outputs.items()} for row in rows]


def _in_order(path: pathlib.Path, names: Collection[str]) -> list[str]:
    """Puts the names of inputs in the order that the model tells; else in that of the alphabet."""
    told = path / "assets.extra" / "task.json"
    first = json.loads(told.read_text())["texts"] if told.is_file() else []
    return sorted(
        names, key=lambda name: (first.index(name) if name in first else len(first), name)
    )


def _plain(value: Any) -> Any:
    """Turns bytes into text, in lists too."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def main(arguments: Sequence[str]) -> int:
    """Runs the command; returns its exit status."""
    if len(arguments) < 2:
        print(_USAGE, file=sys.stderr)  # noqa: T201
        return 2
    try:
        answers = ask(arguments[0], arguments[1:])
    except (OSError, ValueError) as error:  # TensorFlow tells a torn file by either
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
