"""What a worker does for itself: where it writes, and what it says of the others."""

import pathlib
import time

import pytest
import tensorflow as tf

from schemas import tasks
from trainer import cluster, config, multi_worker, request


@pytest.fixture
def asked():
    """A request, of which the places count."""
    return request.Request(
        task=tasks.Settings("classification"),
        architecture="transformer",
        model=config.ModelConfig(),
        train=config.TrainConfig(),
        max_length=8,
        transform_output="/graph",
        train_files=("/train/*",),
        eval_files=("/eval/*",),
        serving_model_dir="/model",
        logs_dir="/logs",
        backup_dir="/backups",
    )


@pytest.mark.parametrize("workers", [cluster.ALONE, cluster.Cluster(("a:1", "b:2"), 0)])
def test_who_is_alone_or_the_chief_writes_where_it_is_asked_to(asked, workers):
    with multi_worker.places(asked, workers) as own:
        assert own is asked


def test_another_worker_writes_to_be_forgotten_and_trains_the_same(asked):
    with multi_worker.places(asked, cluster.Cluster(("a:1", "b:2"), 1)) as own:
        places = [pathlib.Path(d) for d in (own.serving_model_dir, own.logs_dir, own.backup_dir)]
        for place in places:
            place.mkdir()
        assert len({place.parent for place in places}) == 1
        assert not own.exports
        assert own.key() == asked.key()
    assert not places[0].parent.exists()


def test_a_lost_worker_is_told_in_one_line():
    message = (
        "Graph execution error:\n\nDetected at node adamw/CollectiveReduceV2\n"
        "Collective ops is aborted by: Connection reset by peer\n"
        "The error could be from a previous operation."
    )
    error = multi_worker.lost(tf.errors.UnavailableError(None, None, message))
    assert str(error) == (
        "Another worker is gone (Collective ops is aborted by: Connection reset by peer). "
        "A new run of all goes on from the backup."
    )


class _Two:
    """A strategy in which another worker has another number."""

    def run(self, function):
        return function()

    def experimental_local_results(self, value):
        return [tf.concat([value, value + 1], axis=0)]


def test_workers_that_differ_are_told_in_what():
    with pytest.raises(multi_worker.WorkersDifferError) as differ:
        multi_worker.agree(_Two(), "backup", 7)
    assert str(differ.value) == (
        "All workers must have the same backup. Received: 7 here, another elsewhere"
    )


def test_workers_that_have_the_same_go_on():
    multi_worker.agree(tf.distribute.MirroredStrategy(["/cpu:0"]), "backup", 7)


def test_a_worker_does_not_wait_for_ever_for_the_others(monkeypatch):
    ended = []
    monkeypatch.setattr(multi_worker, "_CONNECT_SECONDS", 0.01)
    monkeypatch.setattr(multi_worker.os, "_exit", ended.append)

    def meet():
        while not ended:
            time.sleep(0.01)

    monkeypatch.setattr(tf.distribute, "MultiWorkerMirroredStrategy", meet)
    multi_worker.connect()
    assert ended == [cluster.LOST_STATUS]
