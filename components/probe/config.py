"""What a user may set about the probe, the section `probe:`. Imports no TensorFlow."""

import pydantic

from components.evaluator import config as evaluator_config
from trainer import config as trainer_config


class ProbeConfig(trainer_config.Section):
    """How a model is tried before it is pushed.

    Attributes:
        enabled: Whether it is; without, a blessed model is pushed untried.
        rows: Rows of the test split that are asked.
        tolerance: How far two answers to a row may be apart, as a share of the number or of the
            spread of such numbers over the rows, whichever is larger.
        max_p95_ms: 95 in 100 answers to one row must take no longer, in milliseconds. Null: times
            are told alone.
        load_timeout_seconds: Time that the process may take to load the model, imports included.
        timeout_seconds: Time that an answer may take.
        warmup: Whether requests that warm a server up go with the model.
    """

    enabled: bool = True
    rows: int = pydantic.Field(100, ge=1, le=evaluator_config.MAX_PREDICTIONS)
    tolerance: float = pydantic.Field(1e-4, gt=0.0, lt=1.0)
    max_p95_ms: pydantic.FiniteFloat | None = pydantic.Field(None, gt=0.0)
    load_timeout_seconds: float = pydantic.Field(300.0, gt=0.0, le=3600.0)
    timeout_seconds: float = pydantic.Field(60.0, gt=0.0, le=3600.0)
    warmup: bool = True
