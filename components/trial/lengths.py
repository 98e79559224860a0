"""Texts of given lengths in tokens, made of the words of real rows."""

import bisect
import itertools
from collections.abc import Callable, Sequence

import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, tasks
from trainer import transform_graph

_SHORTEST = 16
_MOST = 6  # lengths; each doubles the one before it


def lengths(max_length: int) -> list[int]:
    """Lists the lengths to measure: doubled from one to the next, up to `max_length` itself."""
    shorter = itertools.takewhile(lambda n: n < max_length, (_SHORTEST << i for i in range(32)))
    return [*shorter, max_length][-_MOST:]


def of_length(
    examples: Sequence[bytes],
    feature: str,
    length: int,
    count: Callable[[Sequence[bytes]], Sequence[int]],
) -> bytes:
    """Makes an example whose text has a number of tokens, or the fewest above it.

    Args:
        examples: Serialized examples of real rows; their words make the text, in their order, from
            the first again after the last. All other features are the first one's.
        feature: The raw feature that holds the text.
        length: In tokens, marks included.
        count: Counts the tokens of examples.
    """
    parsed = [tf.train.Example.FromString(each) for each in examples]
    texts = [each.features.feature[feature].bytes_list.value[0] for each in parsed]
    words = [word for text in texts for word in text.split()]

    def made(number: int) -> bytes:
        example = tf.train.Example.FromString(examples[0])
        value = example.features.feature[feature].bytes_list.value
        value[0] = b" ".join(itertools.islice(itertools.cycle(words), number))
        return example.SerializeToString()

    # A word has a token at least, but for those that a tokenizer leaves out.
    numbers = range(1, 2 * length + 2)
    place = bisect.bisect_left(numbers, length, key=lambda number: count([made(number)])[0])
    return made(numbers[min(place, len(numbers) - 1)])


def counter(
    transform_output: str, settings: tasks.Settings
) -> Callable[[Sequence[bytes]], Sequence[int]]:
    """Makes what counts tokens as the models see them: by the transform graph itself.

    Args:
        transform_output: Directory of the transform graph.
        settings: What the task is told of the data.

    Returns:
        Takes serialized examples, gives the tokens of each; of one that is read in windows those of
        the longest. A task without token ids has its words counted.
    """
    output = tft.TFTransformOutput(transform_output)
    layer, known = transform_graph.TransformGraph(output), output.raw_feature_spec()
    request = tasks.contract(settings.name).request_features(settings)
    spec = {name: known[name] for name in request}

    @tf.function(input_signature=[tf.TensorSpec([], tf.string)], autograph=False)
    def tokens(example: tf.Tensor) -> tf.Tensor:
        found = layer(tf.io.parse_example(example[None], spec))
        if features.TOKEN_IDS in found:
            return tf.shape(found[features.TOKEN_IDS], tf.int64)[1]
        [*_, text] = tf.io.parse_example(example[None], spec).values()
        return tf.cast(tf.size(tf.strings.split(tf.reshape(text, [-1])).flat_values), tf.int64)

    return lambda examples: [int(tokens(tf.constant(each))) for each in examples]
