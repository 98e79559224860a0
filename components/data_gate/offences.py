"""What is wrong with the values of one row, by the schema: names the rows behind an anomaly.

TFDV compares counts of whole splits with the schema, and knows no rows.
"""

import math
from collections.abc import Callable, Sequence, Set

from tensorflow_metadata.proto.v0 import schema_pb2

from components.data_gate import outcome, wording

# Says what is wrong with the values that a row has of a feature; empty if nothing is.
JudgeValues = Callable[[Sequence[outcome.Value]], str]


def judge(schema: schema_pb2.Schema, name: str) -> JudgeValues | None:
    """Makes a judge of a feature's values; None if the schema does not know the feature."""
    feature = _find(schema, name)
    if feature is None:
        return None
    rules = [_judge_count(feature), _judge_domain(domain(schema, name)), _judge_range(feature)]

    def judge_values(values: Sequence[outcome.Value]) -> str:
        return next(filter(None, (rule(values) for rule in rules)), "")

    return judge_values


def domain(schema: schema_pb2.Schema, name: str) -> Set[bytes] | None:
    """Reads the values that a text feature may have; None if it may have any."""
    feature = _find(schema, name)
    if feature is None:
        return None
    if feature.HasField("string_domain"):
        return {value.encode() for value in feature.string_domain.value}
    shared = {domain.name: domain.value for domain in schema.string_domain}
    is_listed = feature.HasField("domain") and feature.domain in shared
    return {value.encode() for value in shared[feature.domain]} if is_listed else None


def _find(schema: schema_pb2.Schema, name: str) -> schema_pb2.Feature | None:
    return next((feature for feature in schema.feature if feature.name == name), None)


def _judge_count(feature: schema_pb2.Feature) -> JudgeValues:
    """Counts the values: a shape or a value count says how many, a presence that there are any."""
    fewest, most = 0, math.inf
    if feature.HasField("shape"):
        fewest = most = math.prod(dim.size for dim in feature.shape.dim)
    elif feature.HasField("value_count"):
        fewest, most = feature.value_count.min, feature.value_count.max or math.inf
    is_required = bool(feature.presence.min_fraction or feature.presence.min_count)

    def judge_values(values: Sequence[outcome.Value]) -> str:
        if not values:
            return "no value" if is_required else ""
        return "" if fewest <= len(values) <= most else f"number of values {len(values)}"

    return judge_values


def _judge_domain(known: Set[bytes] | None) -> JudgeValues:
    """Looks for values that are not in the feature's list of them."""

    def judge_values(values: Sequence[outcome.Value]) -> str:
        unknown = () if known is None else (value for value in values if value not in known)
        return next((f"value {wording.shown(value)}" for value in unknown), "")

    return judge_values


def _judge_range(feature: schema_pb2.Feature) -> JudgeValues:
    """Looks for numbers below the least or above the greatest."""
    kind = feature.WhichOneof("domain_info")
    domain = getattr(feature, kind) if kind in ("int_domain", "float_domain") else None
    least = domain.min if domain is not None and domain.HasField("min") else -math.inf
    greatest = domain.max if domain is not None and domain.HasField("max") else math.inf

    def judge_values(values: Sequence[outcome.Value]) -> str:
        numbers = (value for value in values if not isinstance(value, bytes))
        outside = (value for value in numbers if not least <= value <= greatest)
        return next((f"value {wording.shown(value)}" for value in outside), "")

    return judge_values
