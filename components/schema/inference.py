"""A schema made of statistics, of which a first-time user's honest data breaks no rule."""

from collections.abc import Collection

import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.schema import values
from schemas import features

TRAINING = "TRAINING"
SERVING = "SERVING"


def infer(
    statistics: statistics_pb2.DatasetFeatureStatisticsList,
    request_features: Collection[str],
    label_feature: str | None = features.LABEL,
) -> schema_pb2.Schema:
    """Infers a schema from the statistics of one split.

    Every feature has one value in each row, as Ingest sees to it. The label alone has a domain,
    since what else train happens to hold is nobody's rule: a shop that opens tomorrow is no
    anomaly. In the environment SERVING there are the features of a request and no others.

    Args:
        statistics: TFDV's statistics, one dataset.
        request_features: Features that a request carries.
        label_feature: The feature whose values are the labels; None where there is none.
    """
    # TFDV's own domains go by the number of distinct values, so they are left out.
    schema = tfdv.infer_schema(statistics, infer_feature_shape=True, max_string_domain_size=0)
    del schema.string_domain[:]
    for feature in schema.feature:
        _require(feature)
        _clear_domain(feature)
        if feature.name not in request_features:
            feature.not_in_environment.append(SERVING)
        if feature.name == label_feature:
            _list_values(schema, feature, statistics.datasets[0])
    schema.default_environment.extend([TRAINING, SERVING])
    return schema


def _require(feature: schema_pb2.Feature) -> None:
    """Makes one value in each row the rule."""
    feature.presence.min_fraction = 1.0
    feature.presence.min_count = 1
    feature.ClearField("value_count")
    feature.shape.CopyFrom(schema_pb2.FixedShape(dim=[schema_pb2.FixedShape.Dim(size=1)]))


def _clear_domain(feature: schema_pb2.Feature) -> None:
    kind = feature.WhichOneof("domain_info")
    if kind:
        feature.ClearField(kind)


def _list_values(
    schema: schema_pb2.Schema,
    feature: schema_pb2.Feature,
    dataset: statistics_pb2.DatasetFeatureStatistics,
) -> None:
    """Gives the feature a domain of the values that it has."""
    known = values.of_feature(dataset, feature.name)
    if known:
        feature.domain = feature.name
        schema.string_domain.add(name=feature.name, value=sorted(known))
