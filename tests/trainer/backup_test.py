"""What is saved comes back, and a torn or foreign backup is not taken for one's own."""

import pytest
import tensorflow as tf

from trainer import backup


def _backup(directory, weight, best):
    return backup.Backup(str(directory), [weight], [best])


def test_variables_and_state_come_back(tmp_path):
    weight, best = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    state = backup.State(
        epoch=3,
        step=7,
        loss_sum=0.1,
        weight_sum=11.5,
        best_loss=0.5,
        best_epoch=2,
        seconds=4.5,
        ended=[{"epoch": 1, "metrics": {"loss": 0.25}}],
    )
    _backup(tmp_path, weight, best).save(state)

    weight, best = tf.Variable([0.0, 0.0]), tf.Variable([0.0, 0.0])
    assert _backup(tmp_path, weight, best).restore() == state
    assert weight.numpy().tolist() == [1.0, 2.0]
    assert best.numpy().tolist() == [3.0, 4.0]


def test_a_state_before_any_epoch_comes_back(tmp_path):
    _backup(tmp_path, tf.Variable(1.0), tf.Variable(1.0)).save(backup.State(step=2))
    restored = _backup(tmp_path, tf.Variable(0.0), tf.Variable(0.0)).restore()
    assert restored.best_loss == float("inf")


def test_the_newest_state_counts_and_only_it_is_kept(tmp_path):
    weight = tf.Variable(1.0)
    kept = _backup(tmp_path, weight, tf.Variable(1.0))
    for step in range(4):
        weight.assign(float(step))
        kept.save(backup.State(step=step))
    assert len(list(tmp_path.glob("*.index"))) == 1

    again = tf.Variable(9.0)
    assert _backup(tmp_path, again, tf.Variable(0.0)).restore().step == 3
    assert float(again) == 3.0


def test_what_another_wrote_is_taken_up_and_left_as_it_is(tmp_path):
    _backup(tmp_path / "chiefs", tf.Variable(2.0), tf.Variable(1.0)).save(backup.State(step=3))

    weight = tf.Variable(0.0)
    own = _backup(tmp_path / "own", weight, tf.Variable(0.0))
    assert own.restore(str(tmp_path / "chiefs")) == backup.State(step=3)
    assert float(weight) == 2.0
    own.save(backup.State(step=4))

    again = _backup(tmp_path / "chiefs", tf.Variable(0.0), tf.Variable(0.0))
    assert again.restore() == backup.State(step=3)


def test_no_backup_is_none(tmp_path):
    assert _backup(tmp_path / "none", tf.Variable(1.0), tf.Variable(1.0)).restore() is None


def test_a_backup_of_another_shape_is_refused(tmp_path):
    _backup(tmp_path, tf.Variable([1.0, 2.0]), tf.Variable(1.0)).save(backup.State())
    with pytest.raises(ValueError, match="shape"):
        _backup(tmp_path, tf.Variable([1.0, 2.0, 3.0]), tf.Variable(1.0)).restore()


def test_discarding_twice_is_no_error(tmp_path):
    kept = _backup(tmp_path / "kept", tf.Variable(1.0), tf.Variable(1.0))
    kept.save(backup.State())
    kept.discard()
    kept.discard()
    assert not (tmp_path / "kept").exists()
