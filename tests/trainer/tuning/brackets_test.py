import keras_tuner
import pytest

from trainer.tuning import brackets


@pytest.mark.parametrize(
    ("epochs", "factor", "sizes"),
    [
        # Worked out by hand: of 9 epochs and 3 there are 3 brackets, which end in 3 trials among
        # them: 9 of 1 epoch, 3 of 3 and 1 of 9; 5 of 3 and 2 of 9; 3 of 9.
        (9, 3, [[9, 3, 1], [5, 2], [3]]),
        (3, 3, [[3, 1], [2]]),
        (2, 2, [[2, 1], [2]]),
        (1, 3, [[1]]),
    ],
)
def test_the_rungs_of_each_bracket(epochs, factor, sizes):
    count = brackets.count(epochs, factor)
    assert [brackets.rungs(b, epochs, factor) for b in reversed(range(count))] == sizes
    assert brackets.first_size(epochs, factor) == sum(sizes[0])


@pytest.mark.parametrize(("epochs", "factor"), [(9, 3), (4, 3), (10, 3), (10, 4), (2, 2), (81, 3)])
def test_they_are_those_that_keras_tuner_deals_out(epochs, factor):
    oracle = keras_tuner.oracles.HyperbandOracle(
        objective=keras_tuner.Objective("accuracy", "max"), max_epochs=epochs, factor=factor
    )
    assert brackets.count(epochs, factor) == oracle._get_num_brackets()
    for bracket in range(brackets.count(epochs, factor)):
        dealt = [oracle._get_size(bracket, rung) for rung in range(bracket + 1)]
        assert brackets.rungs(bracket, epochs, factor) == dealt
