"""Translation: a text in another language, learned from pairs of a text and its translation."""

import types
from collections.abc import Mapping

from schemas import metrics, tasks

# Option: what texts are cut into, one of `schemas.tokens.UNITS`.
UNITS = "units"
# Options of `Contract.serving`: beginnings of a translation that are kept alive, and how much
# longer ones are favoured.
BEAM_SIZE = "beam_size"
LENGTH_PENALTY = "length_penalty"

# What is reported beside BLEU, so that others can compute the same.
BLEU_SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp"

METRICS = {
    "bleu": metrics.Metric(
        True, 100.0, "n-grams of 1 to 4 words that are the reference's, of the whole split"
    ),
    "sentence_chrf": metrics.Metric(
        True,
        100.0,
        "n-grams of 1 to 6 characters that are the reference's; mean of rows",
        mean_of_rows=True,
    ),
    "exact_match": metrics.Metric(
        True, 1.0, "share of translations that are the reference", mean_of_rows=True
    ),
    "length_ratio": metrics.Metric(
        True, None, "words of the translations for each of the reference"
    ),
}


class Contract(tasks.Contract):
    """A text, and as its target another one; nothing lists what that may be."""

    options = (UNITS, BEAM_SIZE, LENGTH_PENALTY)
    serving: Mapping[str, float] = types.MappingProxyType({BEAM_SIZE: 4, LENGTH_PENALTY: 0.6})
    train_keys = ("label_smoothing",)
    may_start = False  # there are two vocabularies, and no model has both to give
    architecture = "encoder_decoder"

    def metrics(self, settings: tasks.Settings) -> Mapping[str, metrics.Metric]:
        """Lists the metrics."""
        return METRICS

    def watched(self, settings: tasks.Settings) -> Mapping[str, bool]:
        """Watches the likeliest tokens after the right ones before, and the perplexity."""
        return {"accuracy": True, "perplexity": False}

    def bounds(self, settings: tasks.Settings) -> tasks.Bounds:
        """Asks for more than one gets who answers every text with the same sentence."""
        return tasks.Bounds(floor={"bleu": 5.0}, metric="bleu")


CONTRACT = Contract()
