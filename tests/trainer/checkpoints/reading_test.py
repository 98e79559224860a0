"""What can be started from, and how what cannot is told."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

from schemas import errors
from tests import keras_hub_presets
from trainer.checkpoints import preset, reading


@pytest.fixture
def copy(converted, tmp_path) -> pathlib.Path:
    """A preset of one's own to break."""
    return pathlib.Path(shutil.copytree(converted("Bert")[0], tmp_path / "preset"))


def _refused(directory: pathlib.Path) -> str:
    with pytest.raises(errors.DataError) as caught:
        reading.read(directory)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("`model.init_from` must be ")
    return message.removeprefix("`model.init_from` must be ")


def _edit(path: pathlib.Path, **fields: object) -> None:
    """Changes fields of `config`, and `class_name`, in a JSON file."""
    read = json.loads(path.read_text())
    for key, value in fields.items():
        (read if key == "class_name" else read["config"])[key] = value
    path.write_text(json.dumps(read))


def test_the_shape_is_told(converted):
    found = reading.read(converted("Bert")[0])
    assert (found.backbone, found.architecture) == ("BertBackbone", "transformer")
    assert found.max_length == keras_hub_presets.MAX_LENGTH
    shape = found.model
    assert (shape.num_layers, shape.hidden_dim, shape.num_heads) == (2, 16, 2)
    assert (shape.intermediate_dim, shape.norm_epsilon) == (24, 1e-12)
    assert (shape.activation, shape.embedding_norm, shape.embedding_scale) == (
        "gelu_tanh",
        True,
        False,
    )
    assert reading.read(converted("DistilBert")[0]).model.activation == "gelu"


def test_the_tokenizer_is_told(converted, copy):
    _edit(copy / "tokenizer.json", lowercase=False, strip_accents=True)
    told = [
        reading.read(directory).exported({}).tokenizer for directory in (converted("Bert")[0], copy)
    ]
    size = len(keras_hub_presets.BERT_VOCABULARY)
    common = {"kind": "wordpiece", "pretokenizer": "bert", "vocabulary_size": size}
    common |= {"max_length": 24}
    assert told[0] == {**common, "lowercase": True, "strip_accents": False}
    assert told[1] == {**common, "lowercase": False, "strip_accents": True}


def test_reading_takes_neither_tensorflow_nor_keras(converted):
    code = (
        "import sys, pathlib; from trainer.checkpoints import reading; "
        "reading.read(pathlib.Path(sys.argv[1])); "
        "print({'tensorflow', 'keras', 'keras_hub'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(converted("Bert")[0])]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_another_backbone_is_named_with_those_that_are_known(copy):
    _edit(copy / "config.json", class_name="AlbertBackbone")
    assert _refused(copy) == (
        "a preset whose backbone is one of BertBackbone, DistilBertBackbone, GPT2Backbone. "
        "Received: AlbertBackbone"
    )


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.weights.h5"])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    assert _refused(copy).startswith(f"a preset with {name}")
    assert _refused(copy).endswith(f"Received: {copy}")


def test_a_missing_vocabulary_is_named(copy):
    (copy / "assets" / "tokenizer" / "vocabulary.txt").unlink()
    assert _refused(copy) == f"a preset with assets/tokenizer/vocabulary.txt. Received: {copy}"


def test_torn_weights_are_seen_before_anything_runs(copy):
    weights = copy / "model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert _refused(copy) == f"a preset whose model.weights.h5 is whole. Received: {weights}"


def test_weights_in_several_files_are_all_looked_for(copy):
    (copy / "model.weights.h5").rename(copy / "model_00000.weights.h5")
    shards = {"a": "model_00000.weights.h5", "b": ["model_00000.weights.h5", "model_00001.h5"]}
    (copy / "model.weights.json").write_text(json.dumps({"weight_map": shards}))
    assert _refused(copy) == f"a preset with model_00001.h5. Received: {copy}"
    shutil.copy(copy / "model_00000.weights.h5", copy / "model_00001.h5")
    assert reading.read(copy).backbone == "BertBackbone"


@pytest.mark.parametrize("text", ["", "[]", '{"class_name": "BertBackbone"}'])
def test_json_that_tells_nothing_is_named(copy, text):
    (copy / "tokenizer.json").write_text(text)
    assert _refused(copy).startswith("a preset with tokenizer.json, as KerasHub saves it")


@pytest.mark.parametrize(
    "fields", [{"num_heads": 3}, {"max_sequence_length": None}, {"num_layers": "many"}]
)
def test_a_shape_that_cannot_be_is_told(copy, fields):
    _edit(copy / "config.json", **fields)
    assert _refused(copy).startswith("a preset with the shape of a BertBackbone in config.json")


def test_an_embedding_with_too_few_rows_is_told(copy):
    _edit(copy / "config.json", vocabulary_size=50)
    entries = len(keras_hub_presets.BERT_VOCABULARY)
    assert _refused(copy) == (
        "a preset with a row of its embedding for each entry of its vocabulary. "
        f"Received: 50 rows, {entries} entries"
    )


def test_a_tokenizer_that_ours_is_not_is_told(copy):
    _edit(copy / "tokenizer.json", special_tokens_in_strings=True)
    assert _refused(copy) == (
        "a preset whose tokenizer has special_tokens_in_strings=false. Received: true"
    )
    _edit(copy / "tokenizer.json", class_name="AlbertTokenizer")
    assert (
        _refused(copy) == "a preset whose tokenizer is a BertTokenizer. Received: AlbertTokenizer"
    )


def test_a_vocabulary_without_a_reserved_token_is_told(copy):
    path = copy / "assets" / "tokenizer" / "vocabulary.txt"
    path.write_text(path.read_text().replace("[MASK]\n", ""))
    assert _refused(copy) == f"a preset whose vocabulary.txt has [MASK]. Received: {copy}"


def test_a_vocabulary_with_an_entry_twice_is_told(copy):
    path = copy / "assets" / "tokenizer" / "vocabulary.txt"
    path.write_text(path.read_text() + "film \n")  # as KerasHub reads it, an entry's end is cut
    assert _refused(copy) == (f"a preset whose vocabulary.txt has no entry twice. Received: {copy}")


def test_a_preset_is_known_by_its_config(copy, tmp_path):
    assert preset.is_preset(copy)
    (copy / "config.json").write_text('{"model_type": "bert"}')
    assert not preset.is_preset(copy)
    assert not preset.is_preset(tmp_path)
