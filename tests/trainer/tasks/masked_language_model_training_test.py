"""A masked language model is trained as any other, and goes on as if it had never stopped."""

import numpy as np
import tensorflow as tf
import tensorflow_transform as tft

from trainer import input as input_lib
from trainer import tasks


def _split(transformed_as):
    settings, transformed = transformed_as("masked")
    output = tft.TFTransformOutput(transformed.directory)
    task = tasks.get(settings)
    return input_lib.read("train", [transformed.train_files], output, task, 16, 32)


def _batches(dataset):
    return [
        {**{k: v.numpy() for k, v in inputs.items()}, **{k: v.numpy() for k, v in targets.items()}}
        for inputs, targets in dataset
    ]


def _same(first, second):
    return len(first) == len(second) and all(
        (a[key] == b[key]).all() if a[key].shape == b[key].shape else False
        for a, b in zip(first, second, strict=True)
        for key in a
    )


def test_an_epoch_that_is_gone_on_with_has_the_masks_of_one_that_was_not_stopped(transformed_as):
    split = _split(transformed_as)
    whole = _batches(split.shuffled(7, 2))
    assert _same(whole[5:], _batches(_split(transformed_as).shuffled(7, 2, skip=5)))
    assert not _same(whole, _batches(split.shuffled(7, 3)))


def _masked_texts(batches):
    """Maps each text as it was to what is shown of it."""
    found = {}
    for batch in batches:
        for ids, positions, originals in zip(
            batch["token_ids"], batch["masked_positions"], batch["masked_ids"], strict=True
        ):
            text = ids.copy()
            real = originals >= 0
            text[positions[real]] = originals[real]
            found[tuple(np.trim_zeros(text, "b"))] = tuple(np.trim_zeros(ids, "b"))
    return found


def test_each_epoch_masks_other_tokens_of_the_same_texts(transformed_as):
    split = _split(transformed_as)
    first, second = (_masked_texts(_batches(split.shuffled(7, epoch))) for epoch in (1, 2))
    assert first.keys() == second.keys()
    shown_twice = sum(first[text] == second[text] for text in first)
    assert shown_twice < len(first) / 2  # short texts have few ways to be masked


def test_what_is_judged_by_is_masked_alike_every_time(transformed_as):
    split = _split(transformed_as)
    assert _same(_batches(split.in_order()), _batches(split.in_order()))


def test_nothing_reserved_is_asked_for(transformed_as):
    for batch in _batches(_split(transformed_as).shuffled(1, 1)):
        asked = batch["masked_ids"][batch["masked_ids"] >= 0]
        assert asked.size
        assert (asked >= 5).all()
        assert tf.reduce_max(batch["masked_positions"]) < batch["token_ids"].shape[1]
