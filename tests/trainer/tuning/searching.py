"""Searches on an objective that is a formula rather than a training."""

import functools
import math

import keras_tuner

from trainer.tuning import config, oracles, record, tuner
from trainer.tuning import space as space_lib

METRIC = "accuracy"
EPOCHS = 9


def bowl(values, epochs):
    """Is highest, 1, at a rate of 1e-2 and a width of 3; each epoch brings it nearer."""
    distance = (math.log10(values["rate"]) + 2.0) ** 2 + 0.1 * (values["width"] - 3) ** 2
    curve = tuple(1.0 - distance - 0.5 / epoch for epoch in range(1, epochs + 1))
    return record.Trained(
        curve=curve,
        best_epoch=epochs,
        seconds=float(epochs),
        reason="all run",
        is_over=epochs == EPOCHS,
    )


SPACE = {
    "rate": {"min": 1e-4, "max": 1.0, "scale": "log"},
    "width": [1, 2, 3, 4, 5],
}
OWN = {"rate": 1e-3, "width": 5}


def search(directory, train=bowl, space=None, own=None, refuse=None, tell=None, **tune):
    """Makes a search; `tune` are fields of the section."""
    space = space or SPACE
    section = config.TuneConfig.model_validate({"metric": METRIC, **tune})
    domains = space_lib.read(space)
    make_oracle = functools.partial(
        oracles.build,
        section,
        domains,
        own or OWN,
        refuse or (lambda values: None),
        keras_tuner.Objective(METRIC, "max"),
        epochs=EPOCHS,
        seed=1,
    )
    return tuner.Tuner(
        make_oracle,
        train,
        EPOCHS,
        "transformer",
        space,
        section.method,
        str(directory),
        tell or (lambda event: None),
    )


def searched(directory, **settings):
    """Searches to the end, and gives what it has come to."""
    made = search(directory, **settings)
    made.search()
    return made.outcome()
