"""Models whose speed is known, measured in processes of their own."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

from components.trial import latency


class _Model(tf.Module):
    """Multiplies a matrix by itself some times, once for each row of the batch."""

    def __init__(self, times: int):
        super().__init__()
        self._times = times
        self.weights = tf.Variable(tf.eye(300), name="weights")
        self.seed = tf.Variable([1, 2], dtype=tf.int64)

    def answer(self, examples: tf.Tensor) -> dict[str, tf.Tensor]:
        def of_row(example: tf.Tensor) -> tf.Tensor:
            product = self.weights + tf.cast(tf.strings.length(example), tf.float32)
            for _ in range(self._times):
                product = tf.linalg.matmul(product, self.weights)
            return product[0, 0]

        return {"value": tf.map_fn(of_row, examples, fn_output_signature=tf.float32)}

    def save(self, directory: pathlib.Path) -> str:
        examples = tf.TensorSpec([None], tf.string, name="examples")
        signatures = {"ask": tf.function(self.answer).get_concrete_function(examples)}
        tf.saved_model.save(self, str(directory), signatures=signatures)
        return str(directory)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return {name: _Model(times).save(root / name) for name, times in (("fast", 1), ("slow", 40))}


@pytest.fixture(scope="module")
def measured(models):
    told = []
    probes = [latency.Probe("one", [b"a", b"b", b"c"], 1), latency.Probe("many", [b"a"], 8)]
    found = latency.measure(models, "ask", probes, 2.0, told.append)
    return found, told


def test_the_slower_model_is_measured_to_be_slower(measured):
    fast, slow = (measured[0][name].timings for name in ("fast", "slow"))
    for probe in ("one", "many"):
        assert slow[probe].p50_seconds > 3 * fast[probe].p50_seconds
        assert slow[probe].cpu_seconds_per_row > 3 * fast[probe].cpu_seconds_per_row
        assert fast[probe].rows_per_second > 3 * slow[probe].rows_per_second
    assert slow["many"].p50_seconds > 3 * slow["one"].p50_seconds


def test_what_a_model_has_learned_is_counted(measured):
    assert measured[0]["fast"].parameters == 300 * 300  # the seed is nothing that is learned


def test_memory_is_that_of_a_process_of_its_own(measured):
    for found in measured[0].values():
        assert 50e6 < found.peak_memory_bytes < 4e9
        assert found.load_seconds > 0


def test_models_take_turns_and_progress_is_told(measured):
    assert measured[1] == [f"{p}, round {n} of 3" for n in (1, 2, 3) for p in ("one", "many")]
    calls = [timing.calls for timing in measured[0]["fast"].timings.values()]
    assert all(3 <= number <= 600 for number in calls)


def test_a_timing_by_hand():
    replies = [
        {"latencies": [0.1] * 19, "cpu_seconds": 2.0, "peak_memory_bytes": 7},
        {"latencies": [0.3], "cpu_seconds": 2.0, "peak_memory_bytes": 9},
    ]
    timing = latency._timing(replies, batch_size=4)
    assert (timing.calls, timing.p50_seconds) == (20, 0.1)
    # 95 % of the way over 20 values is place 18.05 from 0: the 19th, and a twentieth of the step.
    assert timing.p95_seconds == pytest.approx(0.1 + 0.05 * 0.2)
    assert timing.rows_per_second == pytest.approx(80 / 2.2)
    assert timing.cpu_seconds_per_row == pytest.approx(4.0 / 80)
    whole = latency._measured({"parameters": 1, "load_seconds": 1.0}, {"p": replies}, {"p": 4})
    assert whole.peak_memory_bytes == 9


def test_a_process_that_ends_early_is_an_error(tmp_path):
    probes = [latency.Probe("one", [b"a"], 1)]
    with pytest.raises(RuntimeError, match="ended before it had answered"):
        latency.measure({"none": str(tmp_path / "none")}, "ask", probes, 1.0)


def test_the_median_of_many_is_numpys():
    values = np.random.default_rng(0).exponential(1.0, 101)
    reply = {"latencies": values.tolist(), "cpu_seconds": 1.0, "peak_memory_bytes": 1}
    assert latency._timing([reply], 1).p50_seconds == pytest.approx(np.median(values))
