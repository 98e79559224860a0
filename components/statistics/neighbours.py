"""Finds texts that are nearly alike, by bands of their signatures.

Two texts are compared when at least one of 16 bands of 4 lanes is the same, and are near when at
least `NEAR_LANES` of all 64 lanes are: 0.70. With Jaccard similarity J of their word pairs, a lane
agrees with chance J. So a pair with J = 0.695 is found with a chance of 50 %, and one with J = 0.78
with 95 %; of pairs with J = 0.5, it is fewer than 1 in 1,000.

References:
    Leskovec, Rajaraman and Ullman 2014, "Mining of Massive Datasets", section 3.4, for the bands
"""

import numpy as np

from components.statistics import signatures

NEAR_LANES = 45
# Texts of a band that one text is compared with. In a crowd of texts that share a band, most are
# near one another, and a text that is near one of them shares other bands with it as well.
_TRIES = 4


def within(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Finds for each text another one that is near.

    Args:
        values: Signatures uint32 `(texts, BANDS)`.

    Returns:
        int64 `(texts,)`, the number of the other text, -1 if none was found; int64 `(texts,)`, how
        many lanes agree. Of several, the one with most lanes that agree, then the first.
    """
    best = _Best(len(values))
    for band in range(signatures.BANDS):
        shared = _shared(values[:, band])
        # Those that agree in the next band as well come to lie side by side.
        following = values[shared, (band + 1) % signatures.BANDS]
        order = shared[np.lexsort((following, values[shared, band]))]
        keys = values[order, band]
        firsts = np.searchsorted(keys, keys)
        places = np.arange(len(keys))
        offers = [*(firsts + step for step in range(_TRIES)), places - 1, places + 1]
        for offer in offers:
            fits = (offer >= 0) & (offer < len(keys)) & (offer != places)
            fits[fits] = keys[offer[fits]] == keys[fits]
            best.offer(values, order[fits], values, order[offer[fits]])
    return best.found()


def across(values: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Finds for each text one of others that is near.

    Args:
        values: Signatures uint32 `(texts, BANDS)`.
        others: Signatures uint32 `(others, BANDS)`.

    Returns:
        As `within`.
    """
    best = _Best(len(values))
    texts = np.arange(len(values))
    for band in range(signatures.BANDS):
        wanted = values[:, band]
        offered = np.flatnonzero(_counts(wanted, others[:, band]))
        order = offered[np.argsort(others[offered, band], kind="stable")]
        keys = others[order, band]
        firsts = np.searchsorted(keys, wanted)
        for step in range(_TRIES):
            offer = firsts + step
            fits = offer < len(keys)
            fits[fits] = keys[offer[fits]] == wanted[fits]
            best.offer(values, texts[fits], others, order[offer[fits]])
    return best.found()


def _shared(keys: np.ndarray) -> np.ndarray:
    """Lists the texts `(any,)` whose key another one has, too; and few others."""
    return np.flatnonzero(_counts(keys, keys) > 1)


def _counts(keys: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Counts how many keys are as each of those asked for, or more: it goes by their upper bits.

    Args:
        keys: uint32 `(any,)`, evenly spread.
        asked: uint32 `(asked,)`, the same.

    Returns:
        int64 `(asked,)`.
    """
    shift = np.uint32(32 - max(10, min(26, len(keys).bit_length() + 3)))
    buckets = np.bincount((keys >> shift).astype(np.int64), minlength=1 << (32 - int(shift)))
    return buckets[(asked >> shift).astype(np.int64)]


class _Best:
    """The best partner of each text so far."""

    def __init__(self, texts: int) -> None:
        self._partners = np.full(texts, -1)
        self._lanes = np.zeros(texts, np.int64)

    def offer(
        self, values: np.ndarray, texts: np.ndarray, others: np.ndarray, partners: np.ndarray
    ) -> None:
        """Compares each of some texts, none twice, with a partner `(pairs,)`."""
        lanes = signatures.similarity(values[texts], others[partners])
        old, old_lanes = self._partners[texts], self._lanes[texts]
        is_better = (lanes > old_lanes) | ((lanes == old_lanes) & (partners < old))
        is_better &= lanes >= NEAR_LANES
        self._partners[texts[is_better]] = partners[is_better]
        self._lanes[texts[is_better]] = lanes[is_better]

    def found(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns the partners, -1 for none, and the lanes that agree with each."""
        return self._partners, self._lanes
