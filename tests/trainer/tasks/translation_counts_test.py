"""Metrics of translations, held against sacrebleu over whole corpora and worked out by hand."""

import math

import numpy as np
import pytest
import sacrebleu

from schemas import translation
from trainer.tasks import translation_counts

_PAIRS = [
    ("Ein Mann schläft auf einem Sofa.", "Ein Mann schläft in einem grünen Raum auf einem Sofa."),
    ("Zwei Hunde spielen im Schnee.", "Zwei Hunde spielen im Schnee."),
    ("Eine Frau liest, während sie isst.", "Eine Frau liest ein Buch, während sie isst!"),
    ("", "Ein Kind lacht."),
    ("Kinder im Park beim Spielen mit einem roten Ball", "Kinder spielen im Park mit einem Ball"),
]


def _counted(pairs):
    counts = translation_counts.Counts()
    for answer, reference in pairs:
        counts.add(np.array([reference.encode()]), np.array([answer.encode()]), 1.0)
    return counts


def test_bleu_is_that_of_sacrebleu_over_the_whole_corpus():
    answers, references = map(list, zip(*_PAIRS, strict=True))
    expected = sacrebleu.corpus_bleu(answers, [references]).score
    assert 10.0 < expected < 90.0
    assert _counted(_PAIRS).metrics()["bleu"] == pytest.approx(expected, abs=1e-9)


def test_bleu_is_that_of_sacrebleu_where_no_long_n_gram_is_right():
    answers, references = ["der Hund am See", "ein roter Ball"], ["der Hund ist da", "ein Ball"]
    expected = sacrebleu.corpus_bleu(answers, [references]).score
    counted = _counted(zip(answers, references, strict=True))
    assert counted.metrics()["bleu"] == pytest.approx(expected, abs=1e-9)


def test_bleu_worked_out_by_hand():
    # 4 of 5 words, 3 of 4 pairs, 2 of 3 triples and 1 of 2 fours are right; 6 words were wanted.
    counted = _counted([("a b c d x", "a b c d e f")])
    precision = (4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25
    assert counted.metrics()["bleu"] == pytest.approx(100 * precision * math.exp(1 - 6 / 5))


def test_the_signature_is_that_of_sacrebleu():
    bleu = sacrebleu.metrics.BLEU()
    bleu.corpus_score(["a"], [["a"]])
    assert str(bleu.get_signature()).startswith(translation.BLEU_SIGNATURE)


def test_chrf_is_the_mean_of_the_sentences():
    each = [sacrebleu.sentence_chrf(answer, [reference]).score for answer, reference in _PAIRS]
    assert _counted(_PAIRS).metrics()["sentence_chrf"] == pytest.approx(np.mean(each))


def test_case_counts():
    assert _counted([("Ein Hund rennt schnell", "ein hund rennt schnell")]).metrics()["bleu"] < 100


def test_matches_and_lengths():
    found = _counted(_PAIRS[:2]).metrics()
    assert found["exact_match"] == 0.5
    # Words and punctuation: 7 and 6 of 11 and 6.
    assert found["length_ratio"] == pytest.approx(13 / 17)


def test_parts_add_up():
    whole, one, other = _counted(_PAIRS), _counted(_PAIRS[:2]), _counted(_PAIRS[2:])
    one.merge(other)
    assert one.metrics() == pytest.approx(whole.metrics())


def test_a_row_counts_as_often_as_it_weighs():
    heavy = translation_counts.Counts()
    for answer, reference in _PAIRS[:3]:
        heavy.add(np.array([reference]), np.array([answer]), 2.0)
    assert heavy.metrics() == pytest.approx(_counted([*_PAIRS[:3], *_PAIRS[:3]]).metrics())


def test_nothing_seen_is_undefined():
    found = translation_counts.Counts().metrics()
    assert list(found) == list(translation.METRICS)
    assert all(math.isnan(value) for value in found.values())
