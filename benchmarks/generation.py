"""What a token costs that is written after so many others, with a cache and without one.

Usage: `python -m benchmarks.generation [--layers 4] [--hidden 128] [--batch 1]`.

A model with random weights writes 64, 256 and 1,024 tokens after one; both ways in one process, on
the same prompts, and greedily, so that the tokens must be the same, which is checked. The first
call of each, which traces the graph, is not timed. Then the same model with a memory of 64 tokens
writes as many, as one does whose texts are longer than what it reads.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from schemas import tokens
from trainer import config
from trainer.generation import loop, readers, sampling
from trainer.models import decoder

_COUNTS = (64, 256, 1024)
_TEXTS = [b""] * len(tokens.RESERVED) + [bytes([i]) for i in range(32, 127)]
_REPEATS = 3

Write = Callable[[int], loop.Written]


def model_of(arguments: argparse.Namespace, length: int) -> keras.Model:
    """Makes a model with random weights that reads `length` tokens at most and never ends."""
    keras.utils.set_random_seed(1)
    model_config = config.ModelConfig.model_validate(
        {
            "num_layers": arguments.layers,
            "hidden_dim": arguments.hidden,
            "num_heads": 4,
            "intermediate_dim": 4 * arguments.hidden,
            "positions": "rotary",
        }
    )
    head = keras.layers.Dense(len(_TEXTS), name="head")
    model = decoder.build(model_config, len(_TEXTS), length, head)
    head.bias.assign(-100.0 * tf.one_hot(tokens.SEP_ID, len(_TEXTS)))
    return model


def writer(reader: readers.Reader, length: int, batch: int) -> Write:
    """Makes a graph that writes so many tokens after one."""
    writing = loop.Loop(reader, length, _TEXTS)
    prompts = tf.RaggedTensor.from_tensor(tf.fill([batch, 1], len(tokens.RESERVED)))
    wishes = sampling.Wishes(
        temperature=tf.zeros([batch]),
        top_k=tf.zeros([batch], tf.int32),
        top_p=tf.ones([batch]),
        repetition_penalty=tf.fill([batch], 1.5),  # or the same token comes again and again
        seed=tf.zeros([batch], tf.int64),
    )

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32)])
    def write(count: tf.Tensor) -> loop.Written:
        stops = tf.zeros([batch, 0], tf.string)
        return writing.write(loop.Task(prompts, tf.fill([batch], count), wishes, stops))

    return lambda count: write(tf.constant(count))


def measure(write: Write, count: int) -> tuple[float, list[list[int]]]:
    """Returns milliseconds a token, the best of some tries, and the tokens."""
    best = float("inf")
    for _ in range(_REPEATS):
        started = time.perf_counter()
        written = write(count).token_ids.to_list()
        best = min(best, time.perf_counter() - started)
    return 1e3 * best / count, written


def rows(arguments: argparse.Namespace) -> Iterator[str]:
    """Yields the lines of the table."""
    long, short = max(_COUNTS) + 2, 64
    model = model_of(arguments, long)
    cached = writer(readers.Cached(decoder, model), long, arguments.batch)
    uncached = writer(readers.Uncached(model), long, arguments.batch)
    windowed = writer(readers.Cached(decoder, model_of(arguments, short)), short, arguments.batch)
    for write in (cached, uncached, windowed):
        write(2)
    yield "| tokens | cached, ms a token | uncached, ms a token | memory of 64, ms a token |"
    yield "|---|---|---|---|"
    for count in _COUNTS:
        with_cache, one = measure(cached, count)
        without, other = measure(uncached, count)
        if one != other:
            raise RuntimeError(f"Both must write the same. Received: {one} and {other}")
        in_windows, _ = measure(windowed, count)
        yield f"| {count:,} | {with_cache:.2f} | {without:.2f} | {in_windows:.2f} |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--batch", type=int, default=1)
    for row in rows(parser.parse_args()):
        print(row, flush=True)


if __name__ == "__main__":
    main()
