"""Every way to fail, by a model that has the fault, in a process of its own."""

import pathlib

import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from components.evaluator import predictions
from components.probe import outcome, probing
from tests.components.probe import conftest as models

Seen = list[predictions.Prediction]


class _Hostile(models.Model):
    """Breaks at some texts, each in a way of its own; the examples' signature is sound."""

    def served(self, texts: tf.Tensor) -> tf.Tensor:
        scores = self.score(texts)
        has_nul = tf.strings.regex_full_match(texts, b"(?s).*\\x00.*")
        scores = tf.where(has_nul, tf.math.log(scores - 1.0), scores)
        is_arabic = tf.reduce_any(tf.strings.regex_full_match(texts, ".*\u0645.*"))
        is_emoji = tf.reduce_any(tf.strings.regex_full_match(texts, ".*\U0001f44d.*"))
        # Whoever stands beside a long text is padded as far, and read otherwise.
        long = tf.reduce_any(tf.strings.length(texts) > 1000)
        scores += tf.where(long & (tf.size(texts) > 1), 0.0625, 0.0)
        with tf.control_dependencies([self._hang(is_arabic), self._abort(is_emoji)]):
            return tf.identity(scores)

    @staticmethod
    def _hang(when: tf.Tensor) -> tf.Tensor:
        [turns] = tf.while_loop(lambda i: when, lambda i: [(i + 1) % 7], [0])
        return turns

    @staticmethod
    def _abort(when: tf.Tensor) -> tf.Tensor:
        def die() -> tf.Tensor:
            with tf.control_dependencies([tf.raw_ops.Abort(error_msg="planted")]):
                return tf.constant(0)

        return tf.cond(when, die, lambda: tf.constant(0))


@pytest.fixture(scope="module")
def hostile(seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> outcome.Outcome:
    directory = models.saved(_Hostile(), tmp_path_factory.mktemp("hostile"))
    return probing.Probing(models.asked(timeout_seconds=2.0), seen).run(directory)


def _of(found: outcome.Outcome, row: str) -> list[str]:
    return [each.message for each in found.findings if row in each.message]


def test_a_crash_names_the_row(hostile: outcome.Outcome) -> None:
    assert _of(hostile, "emoji") == [
        "`serving_default` must answer or refuse emoji, and go on serving. Received: the process "
        "was killed by signal 6 (SIGABRT)"
    ]


def test_a_hang_names_the_row(hostile: outcome.Outcome) -> None:
    assert _of(hostile, "right-to-left") == [
        "`serving_default` must answer or refuse right-to-left text, and go on serving. Received: "
        "the process did not answer within 2 s"
    ]


def test_what_is_no_number_names_the_row(hostile: outcome.Outcome) -> None:
    assert _of(hostile, "NUL") == [
        "`serving_default`, asked a NUL: `probabilities` must be finite. Received: nan"
    ]


def test_a_row_that_changes_another_is_named(hostile: outcome.Outcome) -> None:
    in_words, in_one = _of(hostile, "as it does alone")
    assert in_words == (
        "`serving_default` must answer a good row beside 100,000 characters in words as it does "
        "alone. Received: probabilities[1] 0.4625 rather than 0.4"
    )
    assert "in one word" in in_one


def test_rows_after_a_crash_are_asked_all_the_same(hostile: outcome.Outcome) -> None:
    assert {finding.check for finding in hostile.findings} == {"hostile"}
    came = {(each.signature, each.row): each.came for each in hostile.hostile}
    assert came["serving_default", "marks of the vocabulary"] == outcome.ANSWERED
    assert came["serving_default", "emoji"] == outcome.FAILED
    assert came["serving_examples", "emoji"] == outcome.ANSWERED
    assert came["serving_examples", "bytes that are no tf.Example"] == outcome.REFUSED
    assert came["serving_examples", "a tf.Example without features"] == outcome.REFUSED


def test_real_rows_agree_before_hostile_ones_are_asked(hostile: outcome.Outcome) -> None:
    ways = [(each.signature, each.batch_size) for each in hostile.agreements]
    assert ways == [
        *(("serving_default", 1), ("serving_default", 32)),
        *(("serving_examples", 1), ("serving_examples", 32)),
    ]
    assert all(each.reference == "the Evaluator" for each in hostile.agreements)
    assert [each.differences for each in hostile.agreements] == [0, 0, 0, 0]
    assert max(each.largest for each in hostile.agreements) <= 1e-6


def test_a_model_that_does_not_load(seen: Seen, tmp_path: pathlib.Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"no graph")
    tried = probing.Probing(models.asked(), seen)
    [finding] = tried.run(str(tmp_path)).findings
    assert finding.check == "load"
    assert finding.message.startswith(
        "The model must load in a process without this project. Received: the process ended with "
        "status 1: OSError: Cannot parse file"
    )
    assert tried.records == []


class _Skewed(models.Model):
    """Reads something into raw texts that examples do not have."""

    def served(self, texts: tf.Tensor) -> tf.Tensor:
        return self.score(tf.strings.join([texts, " oo"]))


def _asked_here(model: tf.Module, seen: Seen, **probe: object) -> probing.Probing:
    tried = probing.Probing(models.asked(**probe), seen)
    tried.ask(models.InProcess(model))
    return tried


def test_skew_names_what_differs_from_what_the_evaluator_saw(seen: Seen) -> None:
    found = _asked_here(_Skewed(), seen).so_far
    first, second = found.findings
    # Of "good" 2 in 1 + 4, of "good oo" 4 in 1 + 7.
    assert first == outcome.Finding(
        "skew",
        "`serving_default` at batch 1 must answer as the Evaluator saw, within 0.0001. Received: "
        "probabilities[1] 0.5 rather than 0.4 for a.csv:2; 4 of 4 rows differ",
    )
    assert second.message.startswith("`serving_default` at batch 32 must answer")
    assert [each.differences for each in found.agreements] == [4, 4, 0, 0]


def test_a_sound_model_passes(seen: Seen) -> None:
    tried = _asked_here(models.Model(), seen)
    found = tried.so_far
    assert found.passed
    assert found.rows == 4
    assert found.latency == outcome.Latency(200, 0.001, 0.001)
    assert found.warmup == len(tried.records) == 10  # 3 lengths and 2 batches of 2 signatures
    assert found.summary() == (
        "4 rows asked 4 ways, at most 0 apart (0.0001 allowed), 26 hostile requests, 2 refused, "
        "p95 1.0 ms"
    )


def test_a_model_that_is_too_slow(seen: Seen) -> None:
    found = _asked_here(models.Model(), seen, max_p95_ms=0.5).so_far
    assert [finding.message for finding in found.findings] == [
        "`serving_default` must answer 95 in 100 rows within `probe.max_p95_ms`, 0.5. "
        "Received: 1.0 ms"
    ]


def test_a_model_that_is_just_fast_enough(seen: Seen) -> None:
    assert _asked_here(models.Model(), seen, max_p95_ms=1.0).so_far.passed


def test_no_more_rows_are_asked_than_the_config_has(seen: Seen) -> None:
    assert _asked_here(models.Model(), seen, rows=3).so_far.rows == 3


def test_without_rows_nothing_is_pushed() -> None:
    [finding] = _asked_here(models.Model(), []).so_far.findings
    assert finding.message == "The test split must have rows to ask. Received: 0"


class _Refusing(models.Model):
    """Refuses texts with a blank."""

    def served(self, texts: tf.Tensor) -> tf.Tensor:
        tf.debugging.Assert(~tf.reduce_any(tf.strings.regex_full_match(texts, ".* .*")), ["no"])
        return self.score(texts)


def test_a_real_row_that_is_refused(seen: Seen) -> None:
    found = _asked_here(_Refusing(), seen).so_far
    [finding] = found.findings
    assert finding.check == "rows"
    assert finding.message.startswith("`serving_default` must answer real rows. Received: Invalid")
    assert finding.message.endswith(", for a.csv:3")
    assert found.latency is None
    assert found.hostile == ()


class _Writing(models.Model):
    """Has a signature that writes, and one that asks for what nobody knows."""

    def signatures(self) -> dict:
        text = tf.TensorSpec([None], tf.string, name="text")
        seed = tf.TensorSpec([None], tf.int64, name="seed")
        image = tf.TensorSpec([None], tf.string, name="image")
        return {
            **super().signatures(),
            "generate": tf.function(self.write).get_concrete_function(text=text, seed=seed),
            "look": tf.function(lambda image: {"text": image}).get_concrete_function(image=image),
        }

    def write(self, text: tf.Tensor, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        return {"text": tf.strings.join([text, tf.strings.as_string(tf.broadcast_to(seed, [2]))])}


def test_signatures_that_write_are_called_as_far_as_their_inputs_are_known(seen: Seen) -> None:
    found = _asked_here(_Writing(), seen).so_far
    assert found.called == ("generate",)
    assert found.not_called == ("look",)
    # It answers two rows whatever is asked: warm-up requests have one, and more.
    assert {finding.check for finding in found.findings} == {"warmup"}


class _Classifying(models.Model):
    """Answers TensorFlow Serving's classify as well, and shows what it looked at."""

    def signatures(self) -> dict:
        inputs = tf.TensorSpec([None], tf.string, name="inputs")
        text = tf.TensorSpec([None], tf.string, name="text")
        look = tf.function(lambda text: {"tokens": text}).get_concrete_function(text=text)
        classify = tf.function(self.examples).get_concrete_function(inputs)
        shown = dict.fromkeys(("attention", "cross_attention"), look)
        return {**super().signatures(), "classify": classify, **shown}


def test_what_clients_ask_often_is_warmed_up(seen: Seen) -> None:
    tried = _asked_here(_Classifying(), seen)
    assert tried.so_far.passed
    assert tried.so_far.called == ("attention", "classify", "cross_attention")
    logs = [prediction_log_pb2.PredictionLog.FromString(record) for record in tried.records]
    assert {log.predict_log.request.model_spec.signature_name for log in logs} == {
        *("serving_default", "serving_examples", "classify"),
    }


class _Silent(models.Model):
    """Lacks the signature of texts."""

    def signatures(self) -> dict:
        return {"serving_examples": super().signatures()["serving_examples"]}


def test_a_model_without_a_signature_that_clients_call(seen: Seen) -> None:
    [finding] = _asked_here(_Silent(), seen).so_far.findings
    assert finding.message == (
        "The model must have the signature `serving_default`. Received: serving_examples"
    )
