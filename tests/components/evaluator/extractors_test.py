"""What TFMA is given to extract, as TFX asks for it."""

import pathlib

import apache_beam as beam
import numpy as np
import pytest
import tensorflow_model_analysis as tfma

from components.evaluator import extractors, predictions


@pytest.mark.parametrize("has_baseline", [False, True])
def test_after_all_else_the_predictions_of_the_new_model_are_kept(
    tmp_path: pathlib.Path, has_baseline: bool
) -> None:
    spec = {"signature_name": "serving_examples", "prediction_key": "score"}
    specs = [tfma.ModelSpec(name="candidate" if has_baseline else "", **spec)]
    if has_baseline:
        specs.append(tfma.ModelSpec(name="baseline", is_baseline=True, **spec))
    with predictions.kept_in(str(tmp_path)):
        *own, last = extractors.extractors(None, tfma.EvalConfig(model_specs=specs), None)
    assert "Unbatch" in " ".join(each.stage_name for each in own)
    old, new = np.array([0.25], np.float32), np.array([0.75], np.float32)
    row = {
        tfma.INPUT_KEY: np.array([b"a row"], object),
        tfma.PREDICTIONS_KEY: {"candidate": new, "baseline": old} if has_baseline else new,
    }
    with beam.Pipeline(runner="DirectRunner") as pipeline:
        _ = pipeline | beam.Create([row]) | last.ptransform
    [kept] = predictions.read(str(tmp_path))
    assert kept.answer["score"].tolist() == [0.75]


def test_outside_of_an_evaluation_there_is_no_place_for_them() -> None:
    with pytest.raises(LookupError):
        predictions.directory()
