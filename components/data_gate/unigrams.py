"""The check of words: whether texts still say what the latest blessed model learned to read."""

from collections.abc import Sequence

import numpy as np

from components.data_gate import chance, divergence, outcome, wording
from components.data_gate import config as config_lib
from components.statistics import text_statistics
from schemas import features

_NAMED = 5  # words told


def drift(name: str, data: outcome.Data, check: config_lib.FractionCheck) -> outcome.Outcome:
    """Judges how far the words of train are from those that the latest blessed model learned."""
    if isinstance(data.baseline, str):
        return outcome.NotChecked(data.baseline)
    old = data.baseline.text.splits.get(features.TRAIN_SPLIT)
    new = data.text.splits.get(features.TRAIN_SPLIT)
    if old is None or new is None or not sum(old.unigrams) or not sum(new.unigrams):
        return outcome.NotChecked(f"one of the {features.TRAIN_SPLIT} splits has no words")
    if len(old.unigrams) != len(new.unigrams):
        return outcome.NotChecked("the latest blessed model's words were counted in other buckets")
    value = divergence.jensen_shannon(old.unigrams, new.unigrams)
    buckets = np.count_nonzero(np.add(old.unigrams, new.unigrams))
    allowance = chance.of_words(int(buckets), sum(old.unigrams), sum(new.unigrams))
    if value <= check.limit + allowance:
        return ()
    message = (
        "train's words are not those of the latest blessed model's "
        f"({', '.join(moved(old, new))}): Jensen-Shannon divergence {value:.3f}"
    )
    return (
        outcome.Violation(
            message=f"{message}; {wording.distance_at_most(check.limit, allowance)}",
            remedy=wording.set_limit(name, value),
        ),
    )


def moved(old: text_statistics.SplitText, new: text_statistics.SplitText) -> list[str]:
    """Names the words that add most to the divergence, with their shares then and now."""
    words = sorted(old.top_words.keys() | new.top_words.keys())
    was, now = (_shares(split, words) for split in (old, new))
    most = np.argsort(-divergence.terms(was, now), kind="stable")[:_NAMED]
    return [
        f"{wording.shown(words[i])} {wording.percent(was[i])} → {wording.percent(now[i])}"
        for i in most
        if was[i] != now[i]
    ]


def _shares(split: text_statistics.SplitText, words: Sequence[str]) -> np.ndarray:
    """Computes the shares of words, `(words,)`.

    A word beyond a full list of the most frequent ones counts as its last: no word shall seem to
    have moved because it is not listed.
    """
    counts = split.top_words
    is_full = len(counts) >= text_statistics.MAX_TOP_WORDS
    unlisted = min(counts.values()) if is_full else 0
    return np.array([counts.get(word, unlisted) for word in words]) / sum(split.unigrams)
