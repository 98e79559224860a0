"""What is written of a preset, and what KerasHub will not load."""

import pathlib
import shutil

import h5py
import pytest
import tensorflow as tf

from schemas import errors
from trainer import exported
from trainer.checkpoints import convert, reading


def test_it_is_what_a_training_reads_of_an_export(converted):
    source, directory = converted("Bert")
    made = exported.Exported.from_json(pathlib.Path(directory, exported.FILE).read_text())
    assert made.architecture == "transformer"
    values = tf.train.load_checkpoint(f"{directory}/variables/variables")
    assert set(made.variables.values()) <= set(values.get_variable_to_shape_map())
    lines = pathlib.Path(directory, "assets", "token_vocabulary").read_text(encoding="utf-8")
    assert lines.splitlines() == list(reading.read(source).tokens.lines)


def test_weights_that_keras_hub_will_not_load_are_told_in_one_line(converted, tmp_path):
    copy = pathlib.Path(shutil.copytree(converted("Bert")[0], tmp_path / "preset"))
    with h5py.File(copy / "model.weights.h5", "a") as file:
        for name in list(file):
            del file[name]
    with pytest.raises(errors.DataError) as caught:
        convert.convert(str(copy), str(tmp_path / "converted"))
    message = str(caught.value)
    assert message.startswith("`model.init_from` must be a preset that KerasHub loads. Received: ")
    assert "\n" not in message
    assert not (tmp_path / "converted").exists()
