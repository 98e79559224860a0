"""MinHash signatures estimate the Jaccard similarity of word pairs."""

import itertools

import numpy as np
import pytest

from components.statistics import hashing, signatures, words
from components.transform import config as config_lib


def _signatures(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    reader = words.Reader(config_lib.TokenizerConfig())
    read = reader.read(np.array([text.encode() for text in texts], object))
    return signatures.of_words(read.folded)


def _jaccard(one: str, other: str) -> float:
    pairs = [set(itertools.pairwise(text.split())) for text in (one, other)]
    return len(pairs[0] & pairs[1]) / len(pairs[0] | pairs[1])


def _pairs(count: int, changed: int, length: int = 40) -> list[tuple[str, str]]:
    """Makes pairs of texts of which some words differ, none next to another."""
    rng = np.random.default_rng(changed)
    pairs = []
    for number in range(count):
        one = [f"w{value}" for value in rng.integers(10**9, size=length)]
        other = list(one)
        for place in range(changed):
            other[1 + 2 * place] = f"x{number}y{place}"
        pairs.append((" ".join(one), " ".join(other)))
    return pairs


@pytest.mark.parametrize("changed", [0, 1, 3, 6, 12])
def test_the_share_of_lanes_that_agree_is_the_jaccard_similarity(changed: int) -> None:
    pairs = _pairs(400, changed)
    expected = _jaccard(*pairs[0])
    expected += (1 - expected) / 256  # by chance
    one, other = (_signatures(list(texts))[0] for texts in zip(*pairs, strict=True))
    lanes = signatures.similarity(one, other)
    # 400 pairs of 64 lanes: 25,600 coins.
    deviation = np.sqrt(expected * (1 - expected) / 25_600)
    assert lanes.mean() / signatures.LANES == pytest.approx(expected, abs=4 * deviation + 1e-12)
    # Lanes are coins of their own: as wide a spread as theirs, within 4 standard errors.
    spread = np.sqrt(64 * expected * (1 - expected))
    assert lanes.std() == pytest.approx(spread, abs=4 * spread / np.sqrt(800) + 1e-12)


def test_texts_that_share_nothing_agree_in_no_lane() -> None:
    values, _ = _signatures([f"a{i} b{i} c{i} d{i} e{i} f{i}" for i in range(500)])
    lanes = signatures.similarity(np.repeat(values, 500, axis=0), np.tile(values, (500, 1)))
    off_diagonal = lanes.reshape(500, 500)[~np.eye(500, dtype=bool)]
    assert off_diagonal.mean() == pytest.approx(64 / 256, rel=0.05)  # by chance
    assert off_diagonal.max() < 10


def test_short_texts_that_differ_in_a_word_are_not_alike() -> None:
    texts = [f"so very good {i}" for i in range(3000)]
    values, _ = _signatures(texts)
    # Every lane of every text, as a hash of its whole: two in the same place are few.
    assert len(np.unique(values)) > 3000 * signatures.BANDS - 10


def test_short_texts_whose_hashes_are_half_the_same_are_not_alike() -> None:
    values = np.arange(300_000, dtype=np.uint64)
    hashes = hashing.sequences(values, np.arange(300_001))
    _, first, counts = np.unique(hashes.astype(np.uint32), return_index=True, return_counts=True)
    one = first[counts > 1][0]
    half = hashes.astype(np.uint32)
    other = np.flatnonzero(half == half[one])[1]
    chosen = np.array([one, other])
    made = words.Words(
        unique=np.array([b"a", b"b"], object),
        hashes=values[chosen],
        buckets=np.zeros(2, np.int64),
        is_punctuation=np.zeros(2, bool),
        index=np.arange(2),
        splits=np.arange(3),
    )
    signs, _ = signatures.of_words(made)
    assert signatures.similarity(signs[:1], signs[1:])[0] < 42


def test_case_white_space_and_punctuation_make_no_difference() -> None:
    texts = ["Not good.", "not  GOOD!!", "A long enough text, it is.", "a LONG enough text it is"]
    values, depths = _signatures(texts)
    assert np.array_equal(values[0], values[1])
    assert np.array_equal(values[2], values[3])
    assert depths[0] == depths[1]
    assert depths[2] == depths[3]


def test_the_order_of_words_makes_a_difference() -> None:
    values, _ = _signatures(["one two three", "three two one"])
    assert signatures.similarity(values[:1], values[1:])[0] < 10


def test_texts_of_punctuation_alone_are_told_apart_and_those_without_words_are_the_same() -> None:
    values, _ = _signatures(["!!!", "...", "", " "])
    lanes = signatures.similarity(values[[0, 0, 2]], values[[1, 2, 3]])
    assert lanes[0] < 10
    assert lanes[1] < 10
    assert lanes[2] == signatures.LANES


def test_a_text_has_the_same_signature_beside_any_others() -> None:
    long = " ".join(f"w{i}" for i in range(70_000))  # more than fits into a chunk
    texts = ["a b c d e f g", long, "short", "h i j k l m n"]
    together, depths = _signatures(texts)
    for place, text in enumerate(texts):
        alone, depth = _signatures([text])
        assert np.array_equal(alone[0], together[place])
        assert depth[0] == depths[place]


def test_no_texts_have_no_signatures() -> None:
    values, depths = _signatures([])
    assert values.shape == (0, signatures.BANDS)
    assert depths.shape == (0,)


def test_texts_are_sampled_by_halves() -> None:
    _, depths = _signatures([f"a{i} b{i} c{i} d{i} e{i}" for i in range(20_000)])
    assert abs((depths >= 1).mean() - 0.5) < 0.02
    assert abs((depths >= 3).mean() - 0.125) < 0.012


def test_near_texts_are_mostly_sampled_together() -> None:
    pairs = _pairs(2000, changed=2)
    one, other = (_signatures(list(texts))[1] for texts in zip(*pairs, strict=True))
    together = (one >= 3) & (other >= 3)
    # They choose the same pair of words with a chance of 0.81, their similarity; if they did not
    # go together, an eighth of those that are sampled would be sampled twice.
    assert together.sum() / (one >= 3).sum() > 0.7
