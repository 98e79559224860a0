"""What a schema would have to become to take the data as it is, and that change in words."""

from collections.abc import Collection, Iterator, Mapping

import tensorflow_data_validation as tfdv
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.schema import inference
from schemas import features

Statistics = Mapping[str, statistics_pb2.DatasetFeatureStatisticsList]

# TFDV drops a domain that would grow beyond this; a label's must stay, however long it is.
_MAX_DOMAIN = 1_000_000
_MAX_SHOWN_VALUES = 10
_MAX_VALUE_CHARACTERS = 60
# Fields of a feature that are told in words of their own.
_TOLD = {"name", "type", "presence", "domain", "string_domain", "lifecycle_stage", "value_count"}
_TOLD |= {"shape"}


def accept(
    schema: schema_pb2.Schema,
    statistics: Statistics,
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


def describe(
    before: schema_pb2.Schema, after: schema_pb2.Schema, statistics: Statistics
) -> list[str]:
    """Tells what `accept` has changed: a line a change, in the order of the features.

    Args:
        before: The schema in use.
        after: The schema that takes the data as it is.
        statistics: Split to TFDV's statistics of it, for the rows of new values.
    """
    old = {feature.name: feature for feature in before.feature}
    lines: list[str] = []
    for feature in after.feature:
        if feature.name in old:
            lines += _changes(old[feature.name], feature, before, after, statistics)
        else:
            lines.append(f"`{feature.name}`: a new column, {_type(feature)}")
    return lines


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


def _changes(
    old: schema_pb2.Feature,
    new: schema_pb2.Feature,
    before: schema_pb2.Schema,
    after: schema_pb2.Schema,
    statistics: Statistics,
) -> Iterator[str]:
    """Yields what is new about one feature."""
    if old.lifecycle_stage != new.lifecycle_stage:
        yield f"`{new.name}`: gone from the data; {_stage(new)} in the schema"
        return
    if old.type != new.type:
        yield f"`{new.name}`: {_type(new)}, no longer {_type(old)}"
        return
    if old.presence != new.presence:
        yield f"`{new.name}`: {_presence(new)}, no longer {_presence(old)}"
    if _shape(old) != _shape(new):
        yield f"`{new.name}`: {_shape(new)}, no longer {_shape(old)}"
    yield from _new_values(new, _domain(old, before), _domain(new, after), statistics)
    for field in schema_pb2.Feature.DESCRIPTOR.fields:
        if field.name not in _TOLD and getattr(old, field.name) != getattr(new, field.name):
            yield f"`{new.name}`: {field.name} {_field(new, field.name)}, no longer " + _field(
                old, field.name
            )


def _new_values(
    feature: schema_pb2.Feature,
    old: Collection[str] | None,
    new: Collection[str] | None,
    statistics: Statistics,
) -> Iterator[str]:
    """Yields what is new about a feature's domain."""
    if old is None or old == new:
        return
    if new is None:
        yield f"`{feature.name}`: any value, no longer one of {len(old):,}"
        return
    added = [value for value in new if value not in set(old)]
    counts = {
        split: inference.values(of_split.datasets[0], feature.name)
        for split, of_split in statistics.items()
    }
    for value in added[:_MAX_SHOWN_VALUES]:
        rows = [f"{of[value]:,} in {split}" for split, of in counts.items() if of.get(value)]
        where = f" ({', '.join(rows)})" if rows else ""
        yield f"`{feature.name}`: a new value, {_shown(value)}{where}"
    if len(added) > _MAX_SHOWN_VALUES:
        yield f"`{feature.name}`: {len(added) - _MAX_SHOWN_VALUES:,} more new values"


def _domain(feature: schema_pb2.Feature, schema: schema_pb2.Schema) -> list[str] | None:
    """Lists the values that a feature may have; None where it may have any."""
    if feature.WhichOneof("domain_info") == "string_domain":
        return list(feature.string_domain.value)
    if feature.domain:
        return next((list(d.value) for d in schema.string_domain if d.name == feature.domain), None)
    return None


def _presence(feature: schema_pb2.Feature) -> str:
    fraction = feature.presence.min_fraction
    if fraction >= 1.0:
        return "in every row"
    return f"in {100 * fraction:.4g} % of the rows" if fraction else "in any share of the rows"


def _shape(feature: schema_pb2.Feature) -> str:
    kind = feature.WhichOneof("shape_type")
    if kind == "shape":
        size = "x".join(str(dim.size) for dim in feature.shape.dim) or "1"
        return "exactly one value" if size == "1" else f"exactly {size} values"
    if kind == "value_count":
        low, high = feature.value_count.min, feature.value_count.max
        return f"{low} to {high} values" if high else f"at least {low} values"
    return "any number of values"


def _type(feature: schema_pb2.Feature) -> str:
    names = {schema_pb2.BYTES: "text", schema_pb2.FLOAT: "numbers", schema_pb2.INT: "whole numbers"}
    return names.get(feature.type, schema_pb2.FeatureType.Name(feature.type).lower())


def _stage(feature: schema_pb2.Feature) -> str:
    return schema_pb2.LifecycleStage.Name(feature.lifecycle_stage).lower()


def _field(feature: schema_pb2.Feature, name: str) -> str:
    value = getattr(feature, name)
    if hasattr(value, "DESCRIPTOR"):
        return f"{{{text_format.MessageToString(value, as_one_line=True)}}}"
    return str(value)


def _shown(value: str) -> str:
    shown = value if value.isprintable() else ascii(value)
    if len(shown) > _MAX_VALUE_CHARACTERS:
        shown = f"{shown[: _MAX_VALUE_CHARACTERS - 1]}…"
    return shown
