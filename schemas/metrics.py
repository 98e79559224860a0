"""The metrics that a verdict may rest on, by task: each name spelled once, with its direction."""

import dataclasses
import types
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Metric:
    """What one needs to know of a metric to set a bound on it.

    Attributes:
        higher_is_better: A floor bounds it; otherwise a ceiling does.
        maximum: The largest value it can take; None where there is none. The smallest is 0.
        meaning: One line for people.
    """

    higher_is_better: bool
    maximum: float | None
    meaning: str


CLASSIFICATION: Mapping[str, Metric] = types.MappingProxyType(
    {
        "accuracy": Metric(True, 1.0, "share of examples whose likeliest label is the right one"),
        "precision": Metric(True, 1.0, "share right of what is given a label; mean over labels"),
        "recall": Metric(True, 1.0, "share found of what has a label; mean over labels"),
        "f1": Metric(True, 1.0, "harmonic mean of precision and recall; mean over labels"),
        "auc": Metric(True, 1.0, "chance that a label's example outranks another's; mean"),
        "cross_entropy": Metric(False, None, "mean of -log p(right label), in nats"),
        "calibration_error": Metric(False, 1.0, "mean gap between confidence and accuracy"),
    }
)

BY_TASK: Mapping[str, Mapping[str, Metric]] = types.MappingProxyType(
    {"classification": CLASSIFICATION}
)
