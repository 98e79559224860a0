import collections
import os
import subprocess
import sys

import hypothesis
from hypothesis import strategies

from components.transform import learner

# The corpus of Sennrich et al. 2016. With `##`, its pairs are counted as
#   (##e ##s) 9  (##s ##t) 9  (##w ##e) 8  (l ##o) 7  (##o ##w) 7  (n ##e) 6  (##e ##w) 6
#   (w ##i) 3  (##i ##d) 3  (##d ##e) 3  (##e ##r) 2
CORPUS = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
# How often each is seen; then, at 0, the forms that are not seen.
ALPHABET = ["##e", "##w", "##s", "##t", "##o", "l", "n", "##d", "##i", "w", "##r"]
UNSEEN = ["##l", "##n", "d", "e", "i", "o", "r", "s", "t"]
MERGED = [
    "##es",  # 9, before (##s ##t) by code point
    "##est",  # 9
    "##ow",  # 7, before (l ##o): `#` comes before letters
    "low",  # 7
    "##ew",  # 6, before (##w ##est) and (n ##e)
    "##ewest",  # 6, before (n ##ew)
    "newest",  # 6
    "##dest",  # 3, before (##i ##d) and (w ##i)
    "##idest",  # 3
    "widest",  # 3
    "##er",  # 2, before (low ##e)
    "lower",  # 2
]

corpora = strategies.dictionaries(
    strategies.text("abc", min_size=1, max_size=6), strategies.integers(1, 5), max_size=8
)


def test_learn_merges_the_most_frequent_pair_first_and_breaks_ties_by_code_point():
    assert learner.learn(CORPUS, 1000) == [*ALPHABET, *UNSEEN, *MERGED]


def test_learn_stops_at_the_size():
    assert learner.learn(CORPUS, 28) == [*ALPHABET, *UNSEEN, *MERGED[:8]]


def test_learn_does_not_merge_what_occurs_once():
    assert learner.learn({"ab": 1}, 1000) == ["##b", "a", "##a", "b"]
    assert "ab" in learner.learn({"ab": 2}, 1000)


def test_characters_leave_a_quarter_to_merged_pieces():
    words = {"ab": 9, "cd": 8, **dict.fromkeys("!?.,", 1)}
    # The characters are ##b a ##d c ! , . ? and, unseen, ##a ##c b d: six of them for a size of 8.
    assert learner.learn(words, 8) == ["##b", "a", "##d", "c", "!", ",", "ab", "cd"]


def test_characters_take_what_merging_leaves_over():
    assert learner.learn({"ab": 1, "!": 1, "?": 1, ".": 1}, 6) == ["!", "##b", ".", "?", "a", "##a"]


def test_characters_that_always_stand_alone_get_no_continuation():
    assert learner.learn({"!": 2, "文": 1}, 1000) == ["!", "文"]


def test_overlapping_pairs_join_from_the_left():
    # c ##a ##a ##a -> c ##aa ##a; pairs (##aa ##a) and (c ##aa) are left, both 2.
    assert learner.learn({"caaa": 2}, 1000)[4:] == ["##aa", "##aaa", "caaa"]


def test_learn_takes_no_notice_of_the_order_of_the_words():
    backwards = dict(reversed(CORPUS.items()))
    assert learner.learn(backwards, 1000) == learner.learn(CORPUS, 1000)


def test_learn_gives_the_same_in_every_process():
    code = (
        "from components.transform import learner;"
        "words = {f'{i * 7919 % 1000}x{i % 17}': i % 5 + 1 for i in range(500)};"
        "print(learner.learn(words, 200))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


@hypothesis.settings(deadline=None)
@hypothesis.given(corpora)
def test_kept_counts_give_what_counting_anew_gives(counts):
    assert learner.learn(counts, 1000) == _learn_by_counting_anew(counts)


@hypothesis.settings(deadline=None)
@hypothesis.given(corpora, strategies.integers(0, 40))
def test_pieces_are_distinct_and_within_the_size(counts, size):
    pieces = learner.learn(counts, size)
    assert len(pieces) == len(set(pieces)) <= size


@hypothesis.settings(deadline=None)
@hypothesis.given(corpora, strategies.text("abc", min_size=1))
def test_every_word_over_the_alphabet_is_made_of_pieces(counts, new_word):
    seen = {character for word in counts if len(word) > 1 for character in word}
    pieces = set(learner.learn(counts, 1000))
    for word in [*counts, *([new_word] if set(new_word) <= seen else [])]:
        assert _longest_first(word, pieces), word


def _learn_by_counting_anew(counts):
    """The definition, without any bookkeeping between merges."""
    words = {word: [word[0], *("##" + c for c in word[1:])] for word in counts}
    forms = collections.Counter()
    for word, count in counts.items():
        for piece in words[word]:
            forms[piece] += count
    for character in {c for word in counts if len(word) > 1 for c in word}:
        forms[character] += 0
        forms["##" + character] += 0
    pieces = sorted(forms, key=lambda piece: (-forms[piece], piece))
    while True:
        pairs = collections.Counter()
        for word, count in counts.items():
            for pair in zip(words[word], words[word][1:], strict=False):
                pairs[pair] += count
        if not pairs or max(pairs.values()) < 2:
            return pieces
        left, right = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merged = left + right[2:]
        if merged not in pieces:
            pieces.append(merged)
        for split in words.values():
            position = 0
            while position < len(split) - 1:
                if (split[position], split[position + 1]) == (left, right):
                    split[position : position + 2] = [merged]
                position += 1


def _longest_first(word, pieces):
    """WordPiece's lookup; None if the word is unknown."""
    found = []
    while word:
        prefix = "##" if found else ""
        for end in range(len(word), 0, -1):
            if prefix + word[:end] in pieces:
                found.append(prefix + word[:end])
                word = word[end:]
                break
        else:
            return None
    return found
