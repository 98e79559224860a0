"""What a user may set about the trial, the section `trial:`. Imports no TensorFlow."""

from typing import Literal

import pydantic

from trainer import config as trainer_config


class TrialConfig(trainer_config.Section):
    """How the transformer and its rivals are compared, and which of them goes on.

    Attributes:
        policy: Who goes on to the Evaluator: `advise` takes the transformer whatever the verdict,
            `cheapest` the cheapest candidate that is not worse than the best by more than the
            tolerance for sure, `best` the best.
        tolerance: The smallest difference in `evaluate.metric` that matters.
        alpha: Chance of a wrong decision; intervals hold with a chance of 1 - alpha.
        price_per_core_hour: What an hour of one core costs, in any currency.
        seeds: Trainings of each candidate, each with another seed.
        bootstrap: Draws of the test rows.
        ratings: Column of `data.keep` with what several people said of a row, apart by anything
            that is no part of a number: `[2, 3, -1]`. Null: people are not compared.
        measure_seconds: Time that measuring speed takes at most, all candidates together.
    """

    policy: Literal["advise", "cheapest", "best"] = "advise"
    tolerance: pydantic.FiniteFloat = pydantic.Field(0.01, ge=0.0)
    alpha: float = pydantic.Field(0.05, gt=0.0, lt=0.5)
    price_per_core_hour: pydantic.FiniteFloat = pydantic.Field(0.05, ge=0.0)
    seeds: int = pydantic.Field(1, ge=1, le=100)
    bootstrap: int = pydantic.Field(10_000, ge=100, le=1_000_000)
    ratings: str | None = pydantic.Field(None, min_length=1)
    measure_seconds: float = pydantic.Field(60.0, gt=0.0, le=3600.0)
