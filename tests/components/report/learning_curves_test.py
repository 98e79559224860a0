"""How trainings went."""

import dataclasses

from components.report import learning_curves


def test_losses_and_what_is_watched_have_a_plot_each(tried):
    losses, accuracy = learning_curves.build(tried.trainings)
    # At the kept epoch 3: 0.6 / 3 + 0.3, and 0.6 + 0.15 - 0.09.
    assert "linear 0.5000 at epoch 3" in losses.drawing
    assert "linear 0.6600 at epoch 3" in accuracy.drawing
    assert [name for name, _ in losses.legend] == list(tried.trainings)


def test_a_training_without_an_epoch_has_no_plot(tried):
    record = dataclasses.replace(tried.trainings["cnn"], epochs=[])
    assert learning_curves.build({"cnn": record}) == ()


def test_the_table_tells_how_each_ended(tried):
    rows = {row[0]: row for row in learning_curves.table(tried.trainings).rows}
    assert rows["transformer"][1:3] == ("3 of 5", "2 min 5 s")
    assert rows["cnn"][-1] == "no better for 2 epochs"
