"""What is searched of a candidate whose space nobody has stated. Imports no TensorFlow."""

from collections.abc import Sequence
from typing import Any, Protocol

from trainer import rivals
from trainer.tuning import space as space_lib

# The rate that a model learns at matters most of all (Goodfellow et al. 2016, section 11.4), and
# what keeps it from learning texts by heart next; of each candidate that is one more key.
_RATES = {rivals.TRANSFORMER: "train.learning_rate"}
_DROPOUTS = {
    rivals.TRANSFORMER: "model.dropout",
    "linear": "token_dropout",
    "embeddings": "token_dropout",
    "cnn": "dropout",
    "lstm": "dropout",
}
_DROPOUT = {"min": 0.0, "max": 0.5, "step": 0.1}
_WIDER = 5.0  # the rate is sought up to so many times as much, and as little
_GRID = 3.0  # the same of a grid, which has three rates
_COUNTED = {"order": [2, 3, 4, 5, 6]}  # of n-grams, which learn at no rate
_HIGHEST = 10.0


class Candidate(Protocol):
    """Whose settings are searched."""

    @property
    def name(self) -> str:
        """`transformer`, or the rival's."""

    def own(self, keys: Sequence[str]) -> space_lib.Values:
        """Lists the config's own values of keys."""


def space(candidate: Candidate, method: str) -> dict[str, Any]:
    """Gives the rate that a candidate learns at, around its own, and its dropout.

    Args:
        candidate: Whose settings are searched.
        method: Of the search; a grid has the rate alone.
    """
    if candidate.name == "ngram":
        return dict(_COUNTED)
    rate = _RATES.get(candidate.name, "learning_rate")
    own = float(candidate.own([rate])[rate])
    if method == "grid":
        return {rate: list(dict.fromkeys((own, _round(own / _GRID), _round(own * _GRID))))}
    ends = {"min": _round(own / _WIDER), "max": _round(own * _WIDER)}
    return {rate: {**ends, "scale": "log"}, _DROPOUTS[candidate.name]: dict(_DROPOUT)}


def _round(rate: float) -> float:
    return min(float(f"{rate:.6g}"), _HIGHEST)
