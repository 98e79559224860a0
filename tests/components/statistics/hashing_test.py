"""Hashes: spread, sensitive to order and length, and sampled by halves."""

import numpy as np

from components.statistics import hashing


def test_mix_is_one_to_one_and_turns_half_of_the_bits_for_each_bit_turned() -> None:
    values = np.arange(1000, dtype=np.uint64)
    mixed = hashing.mix(values)
    assert len(np.unique(mixed)) == 1000
    turned = mixed ^ hashing.mix(values ^ np.uint64(1))
    bits = np.unpackbits(turned.view(np.uint8).reshape(1000, 8), axis=1).sum(axis=1)
    assert abs(bits.mean() - 32) < 1  # 4 bits of deviation each: 8 standard errors


def test_mix_is_splitmix64s() -> None:
    # The first outputs of SplitMix64 from seed 1234567, as its reference code prints them.
    golden = 0x9E3779B97F4A7C15
    states = np.array([(1234567 + i * golden) % 2**64 for i in range(3)], np.uint64)
    expected = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert hashing.mix(states).tolist() == expected


def test_a_sequence_is_known_by_its_values_their_order_and_their_number() -> None:
    rows = [[], [1], [1, 1], [1, 2], [2, 1], [1, 2, 0], [0, 1, 2], [3], [1, 2]]
    values = np.array([value for row in rows for value in row], np.uint64)
    splits = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    hashes = hashing.sequences(values, splits).tolist()
    assert hashes[8] == hashes[3]
    assert len(set(hashes)) == 8


def test_a_sequence_has_the_same_hash_beside_any_others() -> None:
    alone = hashing.sequences(np.array([5, 6], np.uint64), np.array([0, 2]))
    beside = hashing.sequences(np.array([9, 9, 9, 5, 6, 7], np.uint64), np.array([0, 3, 5, 6]))
    assert alone[0] == beside[1]


def test_no_sequences_have_no_hashes() -> None:
    assert hashing.sequences(np.empty(0, np.uint64), np.array([0])).shape == (0,)


def test_depths_are_leading_zero_bits() -> None:
    hashes = [2**64 - 2**12, 2**63, 2**62, 2**62 + 1, 5, 1, 0]
    depths = hashing.depths(np.array(hashes, np.uint64))
    assert depths.tolist() == [64 - value.bit_length() for value in hashes]


def test_half_of_all_hashes_are_at_the_next_depth() -> None:
    depths = hashing.depths(hashing.mix(np.arange(100_000, dtype=np.uint64)))
    for depth in range(5):
        share = (depths >= depth).mean()
        assert abs(share - 2.0**-depth) < 0.008  # 5 standard deviations at one half
