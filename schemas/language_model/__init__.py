"""Language model: what comes next in a text, token by token, learned from texts alone."""

import types
from collections.abc import Mapping

from schemas import metrics, tasks

# Option: what texts are cut into, one of `schemas.tokens.UNITS`.
UNITS = "units"

METRICS = {
    "cross_entropy": metrics.Metric(False, None, "mean of -log p(right token), in nats a token"),
    "perplexity": metrics.Metric(
        False, None, "its exponential: tokens that it is as hard to choose from", minimum=1.0
    ),
    "bits_per_character": metrics.Metric(
        False, None, "bits that a text takes, end and all, for each of its characters"
    ),
    "accuracy": metrics.Metric(
        True, 1.0, "share of tokens that are the likeliest after those before"
    ),
    "explained": metrics.Metric(
        True, 1.0, "share of the tokens' entropy that the text before them explains", minimum=None
    ),
}


class Contract(tasks.Contract):
    """There are texts, and no labels."""

    max_targets = 0
    needless_checks = ("truncation",)  # nothing is cut off
    options = (UNITS,)
    train_keys = ("epoch_batches",)
    architecture = "decoder"
    rivals: Mapping[str, str] = types.MappingProxyType({"ngram": "n_gram", "lstm": "lstm_decoder"})

    def metrics(self, settings: tasks.Settings) -> Mapping[str, metrics.Metric]:
        """Lists the metrics."""
        return METRICS

    def watched(self, settings: tasks.Settings) -> Mapping[str, bool]:
        """Watches the likeliest tokens, bits for each character, and the perplexity."""
        return {"accuracy": True, "bits_per_character": False, "perplexity": False}

    def bounds(self, settings: tasks.Settings) -> tasks.Bounds:
        """Asks for more than one gets who knows how frequent tokens are and no more.

        Bits a character can be compared across vocabularies, as perplexity cannot.
        """
        return tasks.Bounds(floor={"explained": 0.0}, metric="bits_per_character")


CONTRACT = Contract()
