"""64-bit hashes of whole arrays: mixing, sequences, and the depth by which texts are sampled."""

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(values: np.ndarray) -> np.ndarray:
    """Scatters uint64 values over all 64 bits, one to one, shape kept.

    References:
        Steele et al. 2014, "Fast splittable pseudorandom number generators", the finalizer
        `mix64variant13` of David Stafford, which SplitMix64 uses
    """
    values = values + _GOLDEN
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def sequences(values: np.ndarray, splits: np.ndarray) -> np.ndarray:
    """Hashes rows of hashes; the order within a row counts.

    Args:
        values: uint64 `(values,)`, row after row.
        splits: int64 `(rows + 1,)`; row i is `values[splits[i]:splits[i + 1]]`.

    Returns:
        uint64 `(rows,)`; rows without values share one hash.
    """
    lengths = np.diff(splits)
    places = np.arange(len(values)) - np.repeat(splits[:-1], lengths)
    placed = mix(values ^ mix(places.astype(np.uint64)))
    # Sums of uint64 wrap around, and so do their differences.
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(placed, dtype=np.uint64)])
    return mix(sums[splits[1:]] - sums[splits[:-1]])


def depths(hashes: np.ndarray) -> np.ndarray:
    """Counts the leading zero bits of hashes.

    Half of all hashes have depth 0, a quarter depth 1: those of depth d or more are a sample of
    1 in 2^d, and that of d + 1 is a part of it.

    Args:
        hashes: uint64 `(any,)`, evenly spread.

    Returns:
        uint8 `(any,)`, 0 to 64.
    """
    # The exponent of the nearest double. Hashes in the last 2^-53 below a power of two round up to
    # it: which depth they get is of no matter, as long as it is always the same.
    return (64 - np.minimum(np.frexp(hashes.astype(np.float64))[1], 64)).astype(np.uint8)
