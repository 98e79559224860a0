"""The check of words: whether texts still say what the latest blessed model learned to read."""

from collections.abc import Sequence

import numpy as np

from components.data_gate import chance, distances, divergence, outcome, wording
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
    found = between(old, new)
    if found.value <= check.limit + found.allowance:
        return ()
    message = (
        f"train's words are not those of the latest blessed model's ({found.detail}): "
        f"{found.kind} {found.value:.3f}"
    )
    return (
        outcome.Violation(
            message=f"{message}; {wording.distance_at_most(check.limit, found.allowance)}",
            remedy=wording.set_limit(name, found.value),
        ),
    )


def between(old: text_statistics.SplitText, new: text_statistics.SplitText) -> distances.Distance:
    """Computes how far the words of two splits are apart, which both have in as many buckets."""
    buckets = np.count_nonzero(np.add(old.unigrams, new.unigrams))
    return distances.Distance(
        feature="words",
        kind="Jensen-Shannon divergence",
        value=divergence.jensen_shannon(old.unigrams, new.unigrams),
        allowance=chance.of_words(int(buckets), sum(old.unigrams), sum(new.unigrams)),
        detail=", ".join(_moved(old, new)),
    )


def _moved(old: text_statistics.SplitText, new: text_statistics.SplitText) -> list[str]:
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
