"""A change of a schema in words. Imports no TFDV: who only compares two schemas need not wait."""

from collections.abc import Collection, Iterator, Mapping

from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

from components.schema import values

Statistics = Mapping[str, statistics_pb2.DatasetFeatureStatisticsList]

_MAX_SHOWN_VALUES = 10
_MAX_VALUE_CHARACTERS = 60
# Fields of a feature that are told in words of their own.
_TOLD = {"name", "type", "presence", "domain", "string_domain", "lifecycle_stage", "value_count"}
_TOLD |= {"shape"}


def describe(
    before: schema_pb2.Schema, after: schema_pb2.Schema, statistics: Statistics
) -> list[str]:
    """Tells what another schema allows or asks: a line a change, in the order of its features.

    Args:
        before: The schema to compare with.
        after: The other one, such as that which takes the data as it is.
        statistics: Split to TFDV's statistics of it, for the rows of new values; may be empty.
    """
    old = {feature.name: feature for feature in before.feature}
    lines: list[str] = []
    for feature in after.feature:
        if feature.name in old:
            lines += _changes(old[feature.name], feature, before, after, statistics)
        else:
            lines.append(f"`{feature.name}`: a new column, {_type(feature)}")
    kept = {feature.name for feature in after.feature}
    lines += [f"`{name}`: no longer a column" for name in old if name not in kept]
    return lines


def _changes(
    old: schema_pb2.Feature,
    new: schema_pb2.Feature,
    before: schema_pb2.Schema,
    after: schema_pb2.Schema,
    statistics: Statistics,
) -> Iterator[str]:
    """Yields what is new about one feature."""
    if old.lifecycle_stage != new.lifecycle_stage:
        if new.lifecycle_stage == schema_pb2.DEPRECATED:
            yield f"`{new.name}`: gone from the data; {_stage(new)} in the schema"
        else:
            yield f"`{new.name}`: {_stage(new)}, no longer {_stage(old)}"
        return
    if old.type != new.type:
        yield f"`{new.name}`: {_type(new)}, no longer {_type(old)}"
        return
    if old.presence != new.presence:
        yield f"`{new.name}`: {_presence(new)}, no longer {_presence(old)}"
    if _shape(old) != _shape(new):
        yield f"`{new.name}`: {_shape(new)}, no longer {_shape(old)}"
    yield from _values(new, _domain(old, before), _domain(new, after), statistics)
    for field in schema_pb2.Feature.DESCRIPTOR.fields:
        if field.name not in _TOLD and getattr(old, field.name) != getattr(new, field.name):
            yield f"`{new.name}`: {field.name} {_field(new, field.name)}, no longer " + _field(
                old, field.name
            )


def _values(
    feature: schema_pb2.Feature,
    old: Collection[str] | None,
    new: Collection[str] | None,
    statistics: Statistics,
) -> Iterator[str]:
    """Yields what is other about a feature's domain."""
    if old == new:
        return
    if old is None:
        yield f"`{feature.name}`: one of {len(new or ()):,} values, no longer any"
        return
    if new is None:
        yield f"`{feature.name}`: any value, no longer one of {len(old):,}"
        return
    added = [value for value in new if value not in set(old)]
    counts = {
        split: values.of_feature(of_split.datasets[0], feature.name)
        for split, of_split in statistics.items()
    }
    for value in added[:_MAX_SHOWN_VALUES]:
        rows = [f"{of[value]:,} in {split}" for split, of in counts.items() if of.get(value)]
        where = f" ({', '.join(rows)})" if rows else ""
        yield f"`{feature.name}`: a new value, {_shown(value)}{where}"
    if len(added) > _MAX_SHOWN_VALUES:
        yield f"`{feature.name}`: {len(added) - _MAX_SHOWN_VALUES:,} more new values"
    gone = [value for value in old if value not in set(new)]
    for value in gone[:_MAX_SHOWN_VALUES]:
        yield f"`{feature.name}`: no longer a value, {_shown(value)}"
    if len(gone) > _MAX_SHOWN_VALUES:
        yield f"`{feature.name}`: {len(gone) - _MAX_SHOWN_VALUES:,} more values no longer"


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
