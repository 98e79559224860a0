"""What a schema would have to become to take the data as it is."""

from collections.abc import Collection

import tensorflow_data_validation as tfdv
from tensorflow_metadata.proto.v0 import schema_pb2

from components.schema import inference, wording
from schemas import features

# TFDV drops a domain that would grow beyond this; a label's must stay, however long it is.
_MAX_DOMAIN = 1_000_000


def accept(
    schema: schema_pb2.Schema,
    statistics: wording.Statistics,
    request_features: Collection[str],
    label_feature: str | None = features.LABEL,
) -> schema_pb2.Schema:
    """Relaxes a schema as far as the data breaks it, and no further.

    Environments stay as they are. A column that the data no longer has is marked as deprecated. A
    column that is new, or has another type now, is described as an inferred schema would.

    Args:
        schema: The schema; it is left as it is.
        statistics: Split to TFDV's statistics of it (one dataset each).
        request_features: Features that a serving request carries.
        label_feature: The feature whose values are the labels; None where there is none.
    """
    accepted = schema_pb2.Schema()
    accepted.CopyFrom(schema)
    for of_split in statistics.values():
        if of_split.datasets[0].num_examples:  # of no rows, TFDV says that all columns are missing
            inferred = inference.infer(of_split, request_features, label_feature)
            for feature in inferred.feature:
                _take_in(accepted, feature, inferred)
            accepted = tfdv.update_schema(accepted, of_split, max_string_domain_size=_MAX_DOMAIN)
    return accepted


def _take_in(
    schema: schema_pb2.Schema, inferred: schema_pb2.Feature, source: schema_pb2.Schema
) -> None:
    """Puts an inferred feature into the schema where it is new or has another type there."""
    known = next((feature for feature in schema.feature if feature.name == inferred.name), None)
    if known is not None and known.type == inferred.type:
        return
    domain = next((d for d in source.string_domain if d.name == inferred.domain), None)
    if domain is not None and all(d.name != domain.name for d in schema.string_domain):
        schema.string_domain.add().CopyFrom(domain)
    if known is None:
        schema.feature.add().CopyFrom(inferred)
    elif known.lifecycle_stage != schema_pb2.DEPRECATED:
        environments = list(known.not_in_environment)
        known.CopyFrom(inferred)
        known.not_in_environment[:] = environments
