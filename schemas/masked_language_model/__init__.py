"""Masked language model: which tokens stood where some were masked, learned from texts alone."""

from collections.abc import Mapping

from schemas import metrics, tasks

# What stands in a request for what the model is to tell.
MASK = "[MASK]"

# Features that are drawn of a text: where tokens are masked, and which stood there.
MASKED_POSITIONS = "masked_positions"
MASKED_IDS = "masked_ids"

METRICS = {
    "cross_entropy": metrics.Metric(
        False, None, "mean of -log p(right token) where one is masked, in nats"
    ),
    "pseudo_perplexity": metrics.Metric(
        False, None, "its exponential: tokens that it is as hard to choose from", minimum=1.0
    ),
    "accuracy": metrics.Metric(True, 1.0, "share of masked tokens that are the likeliest"),
    "explained": metrics.Metric(
        True, 1.0, "share of the masked tokens' entropy that their text explains", minimum=None
    ),
}


class Contract(tasks.Contract):
    """There are texts, and no labels."""

    max_targets = 0

    def metrics(self, settings: tasks.Settings) -> Mapping[str, metrics.Metric]:
        """Lists the metrics."""
        return METRICS

    def watched(self, settings: tasks.Settings) -> Mapping[str, bool]:
        """Watches the share of masked tokens that are the likeliest."""
        return {"accuracy": True}

    def bounds(self, settings: tasks.Settings) -> tasks.Bounds:
        """Asks for more than one gets who knows how frequent tokens are and no more.

        Whatever is answered alike everywhere has a cross-entropy of at least the entropy of the
        masked tokens.
        """
        return tasks.Bounds(floor={"explained": 0.0}, metric="cross_entropy")


CONTRACT = Contract()
