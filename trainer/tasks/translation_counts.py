"""How far translations agree with their references, and the sums from which the metrics follow.

Plain Python: those of several batches, slices or workers add up.
"""

import dataclasses

import numpy as np
from sacrebleu import metrics

_ORDERS = 4  # of n-grams, in words
# Case is kept, words are cut off as mteval-v13a does: `schemas.translation.BLEU_SIGNATURE`.
_BLEU = metrics.BLEU(tokenize="13a", smooth_method="exp", max_ngram_order=_ORDERS)
_CHRF = metrics.CHRF()


@dataclasses.dataclass
class Counts:
    """What has been seen of the translations.

    Attributes:
        weight: Rows seen.
        correct: N-grams of 1 to 4 words that are the reference's, by their length: float64 `(4,)`.
        total: All n-grams of the translations, likewise.
        lengths: Words of the translations and of the references: float64 `(2,)`.
        chrf: Summed chrF of the rows.
        exact: How many translations are the reference.
    """

    weight: float = 0.0
    correct: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(_ORDERS))
    total: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(_ORDERS))
    lengths: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(2))
    chrf: float = 0.0
    exact: float = 0.0

    def add(self, truth: np.ndarray, prediction: np.ndarray, weight: float) -> None:
        """Counts one row: its reference `(1,)` and its translation `(1,)`."""
        reference, translation = _text(truth[0]), _text(prediction[0])
        # A corpus of one row, as the score of a sentence warns of its use.
        of_row = _BLEU.corpus_score([translation], [[reference]])
        self.weight += weight
        self.correct = self.correct + weight * np.array(of_row.counts, np.float64)
        self.total = self.total + weight * np.array(of_row.totals, np.float64)
        self.lengths = self.lengths + weight * np.array([of_row.sys_len, of_row.ref_len])
        self.chrf += weight * _CHRF.sentence_score(translation, [reference]).score
        self.exact += weight * float(translation == reference)

    def merge(self, other: "Counts") -> None:
        """Adds what another part of the data has counted."""
        self.weight += other.weight
        self.correct = self.correct + other.correct
        self.total = self.total + other.total
        self.lengths = self.lengths + other.lengths
        self.chrf += other.chrf
        self.exact += other.exact

    def metrics(self) -> dict[str, float]:
        """Computes those of `schemas.translation`; NaN where nothing was seen.

        References:
            Papineni et al. 2002, sec. 2.3, doi:10.3115/1073083.1073135 (BLEU);
            Post 2018, arXiv:1804.08771, for one way to compute it;
            Popović 2015, doi:10.18653/v1/W15-3049 (chrF)
        """
        nothing = float("nan")
        translated, wanted = self.lengths.tolist()
        return {
            "bleu": self._bleu() if self.weight else nothing,
            "sentence_chrf": self.chrf / self.weight if self.weight else nothing,
            "exact_match": self.exact / self.weight if self.weight else nothing,
            "length_ratio": translated / wanted if wanted else nothing,
        }

    def _bleu(self) -> float:
        translated, wanted = (round(length) for length in self.lengths.tolist())
        score = metrics.BLEU.compute_bleu(
            self.correct.tolist(), self.total.tolist(), translated, wanted, smooth_method="exp"
        ).score
        return min(float(score), 100.0)  # rounding may lift it above


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
