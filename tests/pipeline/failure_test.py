"""One line for every error, by the ways on which errors really come."""

import itertools
import pathlib
import sys
from collections.abc import Callable

import apache_beam as beam
import pytest
import tensorflow as tf
from tfx.dsl.component.experimental import annotations, decorators
from tfx.dsl.components.base import base_node
from tfx.orchestration import metadata
from tfx.orchestration import pipeline as tfx_pipeline
from tfx.types import standard_artifacts

from pipeline import errors, execution, failure
from schemas import errors as data_errors
from schemas import tasks
from trainer import config, launch
from trainer import request as request_lib

_MESSAGE = "reviews.csv: row 3: `stars` must not be empty. Received: b''"


def _refuse(*_: object) -> None:
    raise data_errors.DataError(_MESSAGE)


def _look_up(*_: object) -> None:
    {}["text"]


def _fail_in_graph(*_: object) -> None:
    """Fails as the label map in the transform graph does at an unknown label."""
    to_number = tf.function(
        tf.strings.to_number, input_signature=[tf.TensorSpec([None], tf.string)]
    )
    to_number(tf.constant(["\nDataError: `label` must be one of 'é'. Received: 'ü'\n"]))


def _raised_by(action: Callable[..., object], *arguments: object) -> Exception:
    try:
        action(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
        return error
    raise AssertionError("nothing was raised")


def _in_beam(action: Callable[..., object], *options: str) -> Exception:
    def run() -> None:
        with beam.Pipeline(argv=list(options)) as pipeline:
            _ = pipeline | beam.Create([1]) | "Read[train][0]/Rows" >> beam.Map(action)

    return _raised_by(run)


def _caused(*chain: Exception) -> Exception:
    """Makes each error the cause of the one before it."""
    for error, cause in itertools.pairwise(chain):
        error.__cause__ = cause
    return chain[0]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("out of reach"), "ValueError: out of reach"),
        (KeyError("text"), "KeyError: 'text'"),
        (ZeroDivisionError(), "ZeroDivisionError"),
        (RuntimeError("The training process was killed."), "The training process was killed."),
        (RuntimeError("\n a\n\n  last  line \n\n"), "last line"),
        (
            RuntimeError('File "a.py"\nKeyError: "text [while running \'Map-ptransform-7\']"\n'),
            'KeyError: "text"',
        ),
        (_caused(execution.NodeError("Trainer"), RuntimeError("inner")), "inner"),
        (
            _caused(ValueError("a"), ValueError("b"), OSError(2, "No such file", "x")),
            "FileNotFoundError: [Errno 2] No such file: 'x'",
        ),
    ],
)
def test_a_crash(error: Exception, message: str) -> None:
    assert failure.explain(error)[:2] == (errors.ExitStatus.CRASHED, message)


def test_what_was_only_being_handled_is_not_what_happened() -> None:
    def replace() -> None:
        try:
            _look_up()
        except KeyError:
            raise ValueError("`text` must be a column")  # noqa: B904 - as many libraries do

    assert failure.explain(_raised_by(replace))[1] == "ValueError: `text` must be a column"


def test_a_chain_that_bites_its_tail_is_told() -> None:
    error = ValueError("round")
    error.__cause__ = RuntimeError("and round")
    error.__cause__.__cause__ = error
    assert failure.explain(error)[:2] == (errors.ExitStatus.CRASHED, "and round")


def test_tensorflows_errors_are_told_without_the_names_in_its_graph() -> None:
    add = tf.function(lambda a, b: a + b, input_signature=[tf.TensorSpec([None])] * 2)
    error = _raised_by(add, tf.zeros([2]), tf.zeros([3]))
    assert failure.explain(error)[:2] == (
        errors.ExitStatus.CRASHED,
        "InvalidArgumentError: Incompatible shapes: [2] vs. [3]",
    )


@pytest.mark.parametrize(
    "error",
    [
        data_errors.DataError(_MESSAGE),
        _caused(execution.NodeError("Ingest"), data_errors.DataError(_MESSAGE)),
        _caused(ValueError("a"), RuntimeError("b"), data_errors.DataError(_MESSAGE)),
        RuntimeError(f"Traceback:\n  File x\nschemas.errors.DataError: {_MESSAGE}\n\n"),
        RuntimeError(f"DataError: {_MESSAGE} [while running 'A[train][0]/B']"),
        _caused(execution.NodeError("Trainer"), RuntimeError(f"a\nDataError: {_MESSAGE}\nb")),
    ],
)
def test_data_that_is_refused(error: Exception) -> None:
    assert failure.explain(error)[:2] == (errors.ExitStatus.REFUSED, _MESSAGE)


def test_an_error_that_hides_a_data_error() -> None:
    def clean_up() -> None:
        try:
            _refuse()
        finally:
            raise OSError("the cleaning failed as well")

    assert failure.explain(_raised_by(clean_up))[:2] == (errors.ExitStatus.REFUSED, _MESSAGE)


def test_a_code_line_that_raises_is_no_message() -> None:
    error = RuntimeError('  raise errors.DataError(f"no {row}")\nOSError: gone')
    assert failure.explain(error)[:2] == (errors.ExitStatus.CRASHED, "OSError: gone")


@pytest.mark.parametrize(
    "options",
    [
        ("--direct_running_mode=in_memory",),
        ("--direct_running_mode=multi_threading", "--direct_num_workers=2"),
    ],
)
def test_through_beam(options: tuple[str, ...]) -> None:
    assert failure.explain(_in_beam(_refuse, *options))[:2] == (errors.ExitStatus.REFUSED, _MESSAGE)
    assert failure.explain(_in_beam(_look_up, *options))[:2] == (
        errors.ExitStatus.CRASHED,
        'KeyError: "text"',
    )
    assert failure.explain(_in_beam(_fail_in_graph, *options))[:2] == (
        errors.ExitStatus.REFUSED,
        "`label` must be one of 'é'. Received: 'ü'",
    )


@decorators.component
def Refuses(examples: annotations.OutputArtifact[standard_artifacts.Examples]) -> None:  # noqa: N802
    """A node that meets bad data."""
    examples.uri = ""
    _refuse()


@decorators.component
def Crashes(examples: annotations.OutputArtifact[standard_artifacts.Examples]) -> None:  # noqa: N802
    """A node with a bug."""
    examples.uri = ""
    _look_up()


@pytest.mark.parametrize(
    ("node", "status", "message"),
    [
        (Refuses, errors.ExitStatus.REFUSED, _MESSAGE),
        (Crashes, errors.ExitStatus.CRASHED, "KeyError: 'text'"),
    ],
)
def test_through_tfx(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    node: Callable[[], base_node.BaseNode],
    status: errors.ExitStatus,
    message: str,
) -> None:
    monkeypatch.setattr(sys, "argv", sys.argv[:1])
    pipeline = tfx_pipeline.Pipeline(
        pipeline_name="failing",
        pipeline_root=str(tmp_path / "artifacts"),
        components=[node()],
        metadata_connection_config=metadata.sqlite_metadata_connection_config(
            str(tmp_path / "metadata.db")
        ),
    )
    run = execution.run
    error = _raised_by(run, pipeline, lambda node_id: None, lambda node_run: None)
    assert failure.explain(error)[:2] == (status, message)


def _request(directory: pathlib.Path, **changes: object) -> request_lib.Request:
    """A training that cannot go well: there is no transform graph."""
    fields = {
        "task": tasks.Settings("classification"),
        "architecture": "transformer",
        "model": config.ModelConfig(),
        "train": config.TrainConfig(),
        "max_length": 8,
        "transform_output": str(directory / "nowhere"),
        "train_files": (),
        "eval_files": (),
        "serving_model_dir": str(directory / "model"),
        "logs_dir": str(directory / "logs"),
        "backup_dir": str(directory / "backup"),
    }
    return request_lib.Request(**{**fields, **changes})


def test_through_the_training_process(tmp_path: pathlib.Path) -> None:
    error = _raised_by(launch.run, _request(tmp_path), lambda event: None)
    status, message, _ = failure.explain(error)
    assert status == errors.ExitStatus.CRASHED
    assert "nowhere" in message
    assert "\n" not in message


def test_what_a_refusal_says_besides_is_kept() -> None:
    refused = data_errors.DataError(_MESSAGE, ["rows:", "  reviews.csv:3"])
    error = _caused(execution.NodeError("DataGate"), refused)
    assert failure.explain(error) == failure.Failure(
        errors.ExitStatus.REFUSED, _MESSAGE, ("rows:", "  reviews.csv:3")
    )
