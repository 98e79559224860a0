"""Asks a pushed model: `python -m serving.ask DIR TEXT [TEXT ...]`.

DIR is a serving directory or one of its versions. Prints one line of JSON for each text, with the
names of the model's outputs.
"""

import json
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from serving import versions

_USAGE = "usage: python -m serving.ask DIR TEXT [TEXT ...]"


def ask(directory: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    """Answers texts with the newest version's `serving_default` signature.

    Returns:
        For each text, output name to value.

    Raises:
        FileNotFoundError: If the directory holds no version.
        OSError, ValueError: If the version cannot be read.
    """
    path = versions.latest(directory)
    # An answer is all that one wants to see: TensorFlow and its plug-ins greet on standard error.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore", category=FutureWarning, module="google")
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops of the model's preprocessing

    signature = tf.saved_model.load(str(path)).signatures["serving_default"]
    [name] = signature.structured_input_signature[1]
    answers = signature(**{name: tf.constant(list(texts))})
    outputs = {key: _plain(value.numpy().tolist()) for key, value in answers.items()}
    return [{key: values[row] for key, values in outputs.items()} for row in range(len(texts))]


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
