"""Transform as TFX runs it: analyze rows in Beam, write the graph, transform rows with it."""

import pytest
import tensorflow as tf
import tensorflow_transform as tft
import tensorflow_transform.beam as tft_beam
from tensorflow_transform.tf_metadata import dataset_metadata, schema_utils


@pytest.fixture(scope="session")
def run_transform(tmp_path_factory):
    """Gives `run(rows, preprocessing_fn, others=())`.

    It learns from `rows` and returns what rows and others became, and the `TFTransformOutput`.
    A row maps each feature's name to one value, a text or a float.
    """

    def run(rows, preprocessing_fn, others=()):
        directory = tmp_path_factory.mktemp("transform")
        types = {
            name: tf.float32 if isinstance(v, float) else tf.string for name, v in rows[0].items()
        }
        spec = {name: tf.io.FixedLenFeature([1], dtype) for name, dtype in types.items()}
        metadata = dataset_metadata.DatasetMetadata(schema_utils.schema_from_feature_spec(spec))
        learned_from, all_rows = (
            [{name: [value] for name, value in row.items()} for row in some]
            for some in (rows, [*rows, *others])
        )
        with tft_beam.Context(temp_dir=str(directory / "temp")):
            transform_fn = (learned_from, metadata) | tft_beam.AnalyzeDataset(preprocessing_fn)
            _ = transform_fn | tft_beam.WriteTransformFn(str(directory / "output"))
            dataset = ((all_rows, metadata), transform_fn) | tft_beam.TransformDataset()
        return dataset[0], tft.TFTransformOutput(str(directory / "output"))

    return run
