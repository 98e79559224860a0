"""What a token costs that is written after so many others, with a cache and without one.

Usage: `python -m benchmarks.generation [--layers 4] [--hidden 128] [--batch 1]`.

A model with random weights writes 64, 256 and 1,024 tokens after one; both ways in one process, on
the same prompts, and greedily, so that the tokens must be the same, which is checked. The first
call of each, which traces the graph, is not timed. With the cache it also writes in parts of 16 and
of 1 token, as a server does that shows a text while it grows: it hands the state out and back. Then
the same model with a memory of 64 tokens writes as many, as one does whose texts are longer than
what it reads.
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
_PARTS = (16, 1)
_REPEATS = 3
_COUNT = tf.TensorSpec([], tf.int32)

# So many tokens after one.
Write = Callable[[int], tf.RaggedTensor]


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


def task_of(batch: int, count: tf.Tensor) -> loop.Task:
    """Makes what is to be written: so many tokens after one, the likeliest ones."""
    prompts = tf.RaggedTensor.from_tensor(tf.fill([batch, 1], len(tokens.RESERVED)))
    wishes = sampling.Wishes(
        temperature=tf.zeros([batch]),
        top_k=tf.zeros([batch], tf.int32),
        top_p=tf.ones([batch]),
        repetition_penalty=tf.fill([batch], 1.5),  # or the same token comes again and again
        seed=tf.zeros([batch], tf.int64),
    )

    return loop.Task(prompts, tf.fill([batch], count), wishes, tf.zeros([batch, 0], tf.string))


def writer(reader: readers.Reader, length: int, batch: int) -> Write:
    """Makes a graph that writes all at once."""
    writing = loop.Loop(reader, length, _TEXTS)

    @tf.function(input_signature=[_COUNT])
    def write(count: tf.Tensor) -> tf.RaggedTensor:
        return writing.write(task_of(batch, count)).token_ids

    return lambda count: write(tf.constant(count))


def writer_in_parts(reader: readers.Reader, length: int, batch: int, size: int) -> Write:
    """Makes graphs that write so many tokens at once, and hand their state out and back."""
    writing = loop.Loop(reader, length, _TEXTS)
    specs: list[loop.Turn] = []

    @tf.function(input_signature=[_COUNT])
    def begin(count: tf.Tensor) -> list[tf.Tensor]:
        turn = writing.begin(task_of(batch, count))
        specs[:] = [_specs(turn)]
        flat: list[tf.Tensor] = tf.nest.flatten(turn)
        return flat

    begin.get_concrete_function()

    @tf.function(input_signature=tf.nest.flatten(specs[0]))
    def go_on(*state: tf.Tensor) -> list[tf.Tensor]:
        turn = tf.nest.pack_sequence_as(specs[0], state)
        flat: list[tf.Tensor] = tf.nest.flatten(writing.go_on(turn, tf.constant(size)))
        return flat

    def write(count: int) -> tf.RaggedTensor:
        state = begin(tf.constant(count))
        for _ in range(0, count, size):
            # As a server has it between two calls.
            state = [tf.constant(tensor.numpy()) for tensor in go_on(*state)]
        turn: loop.Turn = tf.nest.pack_sequence_as(specs[0], state)
        return writing.written(turn, tf.zeros_like(turn.counts)).token_ids

    return write


def _specs(turn: loop.Turn) -> loop.Turn:
    specs: loop.Turn = tf.nest.map_structure(
        lambda tensor, shape: tf.TensorSpec(shape, tensor.dtype), turn, loop.shapes(turn)
    )
    return specs


def measure(write: Write, count: int) -> tuple[float, list[list[int]]]:
    """Returns milliseconds a token, the best of some tries, and the tokens."""
    best = float("inf")
    for _ in range(_REPEATS):
        started = time.perf_counter()
        written = write(count).to_list()
        best = min(best, time.perf_counter() - started)
    return 1e3 * best / count, written


def rows(arguments: argparse.Namespace) -> Iterator[str]:
    """Yields the lines of the table."""
    long, short = max(_COUNTS) + 2, 64
    model = model_of(arguments, long)
    cached = writer(readers.Cached(decoder, model), long, arguments.batch)
    uncached = writer(readers.Uncached(model), long, arguments.batch)
    windowed = writer(readers.Cached(decoder, model_of(arguments, short)), short, arguments.batch)
    parts = [
        writer_in_parts(readers.Cached(decoder, model), long, arguments.batch, size)
        for size in _PARTS
    ]
    for write in (cached, *parts, uncached, windowed):
        write(2)
    yield "| ms a token, of | cached | in parts of 16 | of 1 | uncached | memory of 64 |"
    yield "|---|---|---|---|---|---|"
    for count in _COUNTS:
        with_cache, one = measure(cached, count)
        in_parts, others = zip(*(measure(part, count) for part in parts), strict=True)
        without, other = measure(uncached, count)
        if any(one != another for another in (*others, other)):
            raise RuntimeError(f"All must write the same. Received: {one}, {others} and {other}")
        in_windows, _ = measure(windowed, count)
        figures = (with_cache, *in_parts, without, in_windows)
        yield f"| {count:,} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |"


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
