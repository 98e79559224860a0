"""What TF_CONFIG may say, and what is said of one that says anything else."""

import json

import pytest

from trainer import cluster, config


def _environment(jobs, task):
    return {"TF_CONFIG": json.dumps({"cluster": jobs, "task": task})}


def _read(environment, batch_size=8):
    train = config.TrainConfig(strategy="multi_worker", batch_size=batch_size)
    return cluster.of(train, environment)


def _refusal(text, batch_size=8):
    with pytest.raises(cluster.ClusterError) as refused:
        _read({"TF_CONFIG": text}, batch_size)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("environment", [{}, {"TF_CONFIG": " "}, {"TF_CONFIG": '{"task": {}}'}])
def test_without_others_a_worker_is_alone(environment):
    alone = _read(environment, batch_size=1)
    assert (alone.workers, alone.is_chief) == (1, True)


@pytest.mark.parametrize("strategy", ["mirrored", "tpu", "none"])
def test_by_another_strategy_nobody_looks_for_others(strategy):
    train = config.TrainConfig(strategy=strategy)
    assert cluster.of(train, {"TF_CONFIG": "{cluster"}) is cluster.ALONE


@pytest.mark.parametrize("index", [1, "1"])
def test_the_first_worker_is_the_chief(index):
    jobs = {"worker": ["a:1", "b:2"]}
    chief = _read(_environment(jobs, {"type": "worker", "index": 0}))
    other = _read(_environment(jobs, {"type": "worker", "index": index}))
    assert (chief, chief.is_chief) == (cluster.Cluster(("a:1", "b:2"), 0), True)
    assert (other, other.is_chief) == (cluster.Cluster(("a:1", "b:2"), 1), False)


def test_a_job_for_the_chief_comes_before_the_workers():
    jobs = {"worker": ["b:2", "c:3"], "chief": ["a:1"]}
    chief = _read(_environment(jobs, {"type": "chief", "index": 0}))
    last = _read(_environment(jobs, {"type": "worker", "index": 1}))
    assert (chief.addresses, chief.index, last.index) == (("a:1", "b:2", "c:3"), 0, 2)


def test_what_is_spelled_is_read_again():
    of_two = cluster.on_this_machine(2)
    assert [_read({"TF_CONFIG": each.to_text()}) for each in of_two] == of_two
    assert [each.index for each in of_two] == [0, 1]
    assert len(set(of_two[0].addresses)) == 2


_TWO = '"cluster": {"worker": ["a:1", "b:2"]}'


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{cluster", "TF_CONFIG must be JSON. Received: {cluster (Expecting"),
        ("[1]", "TF_CONFIG must be an object of JSON. Received: [1]"),
        ('{"cluster": ["a:1"]}', "must have jobs 'chief' and 'worker' alone. Received: [\"a:1\"]"),
        ('{"cluster": {"worker": ["a:1"], "ps": ["b:2"]}}', "jobs 'chief' and 'worker' alone"),
        (
            '{"cluster": {"worker": "a:1"}}',
            "must have a list of addresses for each job. Received: {",
        ),
        (
            '{"cluster": {"chief": ["a:1", "b:2"]}}',
            "`cluster` of TF_CONFIG must have one `chief` at most",
        ),
        ('{"cluster": {"worker": ["a"]}}', 'must have addresses host:port. Received: "a"'),
        (
            '{"cluster": {"worker": ["a:1", "a:1"]}}',
            'must have each address once. Received: ["a:1", "a:1"]',
        ),
        (f"{{{_TWO}}}", "a `type` that is a job of `cluster` (worker). Received: null"),
        (f'{{{_TWO}, "task": {{"type": "chief", "index": 0}}}}', "`cluster` (worker). Received: {"),
        (f'{{{_TWO}, "task": {{"type": "worker"}}}}', "`index` from 0 to 1. Received: null"),
        (f'{{{_TWO}, "task": {{"type": "worker", "index": 2}}}}', "from 0 to 1. Received: 2"),
        (f'{{{_TWO}, "task": {{"type": "worker", "index": -1}}}}', "from 0 to 1. Received: -1"),
    ],
)
def test_what_tensorflow_would_not_understand_is_one_line(text, rule):
    assert rule in _refusal(text)


def test_each_worker_has_a_row_of_a_batch():
    text = cluster.Cluster(("a:1", "b:2", "c:3"), 2).to_text()
    assert _read({"TF_CONFIG": text}, batch_size=3).workers == 3
    assert _refusal(text, batch_size=2) == (
        "TF_CONFIG must not name more workers than a batch has rows (`train.batch_size`: 2). "
        "Received: 3 workers"
    )
