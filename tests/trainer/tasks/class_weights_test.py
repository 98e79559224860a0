import numpy as np
import pytest
import tensorflow as tf
from sklearn.utils import class_weight

from schemas import errors
from trainer.tasks import class_weights

_LABELS = ["bad", "good", "so-so"]


def _sets(rows):
    return tf.data.Dataset.from_tensor_slices(tf.constant(rows, tf.int64))


def _one_hot(ids):
    return _sets(np.eye(3, dtype=np.int64)[ids])


def test_balanced_is_as_scikit_learn_has_it():
    ids = np.random.default_rng(0).choice(3, 200, p=[0.7, 0.25, 0.05])
    expected = class_weight.compute_class_weight("balanced", classes=np.arange(3), y=ids)
    found = class_weights.of_classes("balanced", _LABELS, _one_hot(ids))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_balanced_weights_are_1_on_the_mean():
    ids = [0, 0, 0, 0, 1, 1, 2]
    found = class_weights.of_classes("balanced", _LABELS, _one_hot(ids)).numpy()
    assert found[ids].mean() == pytest.approx(1.0)


def test_a_label_that_train_lacks_does_not_count_among_them():
    found = class_weights.of_classes("balanced", _LABELS, _one_hot([0, 0, 0, 1])).numpy()
    np.testing.assert_allclose(found[:2], [4 / (2 * 3), 4 / (2 * 1)], rtol=1e-6)
    assert np.isfinite(found).all()


def test_of_several_labels_each_is_a_question_of_its_own():
    rows = np.array([[1, 0, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]])
    found = class_weights.of_labels("balanced", _LABELS, _sets(rows)).numpy()
    for i in (1, 2):
        expected = class_weight.compute_class_weight("balanced", classes=np.arange(2), y=rows[:, i])
        np.testing.assert_allclose(found[:, i], expected, rtol=1e-6)
    assert found[1, 0] == 1.0  # always yes: there is nothing to balance
    assert np.isfinite(found).all()


def test_given_weights_go_to_their_labels():
    given = {"so-so": 2.0, "bad": 0.5}
    assert class_weights.of_classes(given, _LABELS, _one_hot([])).numpy().tolist() == [0.5, 1, 2]
    of_labels = class_weights.of_labels(given, _LABELS, _sets(np.zeros((0, 3))))
    assert of_labels.numpy().tolist() == [[1, 1, 1], [0.5, 1, 2]]


def test_without_weights_all_count_alike():
    assert class_weights.of_classes(None, _LABELS, _one_hot([0])).numpy().tolist() == [1, 1, 1]
    assert (class_weights.of_labels(None, _LABELS, _one_hot([0])).numpy() == 1).all()


@pytest.mark.parametrize("weigh", [class_weights.of_classes, class_weights.of_labels])
def test_a_weight_of_no_label_is_refused(weigh):
    with pytest.raises(
        errors.DataError,
        match=r"`train\.class_weights` must name labels of the train split "
        r"\('bad', 'good', 'so-so'\)\. Received: 'Good'",
    ):
        weigh({"Good": 2.0}, _LABELS, _one_hot([0]))
