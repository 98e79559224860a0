"""What is wrong with a row's values, by the schema."""

from collections.abc import Sequence

import pytest
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from components.data_gate import offences, outcome

_SCHEMA = text_format.Parse(
    """
    feature { name: "domain" type: BYTES domain: "domains" presence { min_count: 1 } }
    feature { name: "size" type: BYTES string_domain { value: "S" value: "Ü" } }
    feature { name: "stars" type: FLOAT float_domain { min: 1 max: 5 }
              presence { min_fraction: 1.0 } shape { dim { size: 1 } } }
    feature { name: "year" type: INT int_domain { min: 1900 } value_count { min: 1 max: 2 } }
    feature { name: "pair" type: FLOAT shape { dim { size: 2 } } }
    feature { name: "free" type: BYTES }
    string_domain { name: "domains" value: "movies" value: "tweets" }
    """,
    schema_pb2.Schema(),
)


@pytest.mark.parametrize(
    ("name", "values", "offence"),
    [
        ("domain", [b"movies"], ""),
        ("domain", [b"blog"], "value `blog`"),
        ("domain", [b"tweets", b"x", b"y"], "value `x`"),
        ("domain", [], "no value"),
        ("size", ["Ü".encode()], ""),
        ("size", ["Ö".encode()], "value `Ö`"),
        ("size", [], ""),
        ("stars", [1.0], ""),
        ("stars", [5.0], ""),
        ("stars", [5.5], "value `5.5`"),
        ("stars", [0.5], "value `0.5`"),
        ("stars", [float("nan")], "value `nan`"),
        ("stars", [1.0, 2.0], "number of values 2"),
        ("stars", [], "no value"),
        ("year", [1900, 10**9], ""),
        ("year", [1899], "value `1899`"),
        ("year", [1900, 1901, 1902], "number of values 3"),
        ("pair", [1.0, 2.0], ""),
        ("pair", [1.0], "number of values 1"),
        ("free", [b"anything"], ""),
        ("free", [], ""),
    ],
)
def test_values_are_judged_by_the_schema(
    name: str, values: Sequence[outcome.Value], offence: str
) -> None:
    judge = offences.judge(_SCHEMA, name)
    assert judge is not None
    assert judge(values) == offence


def test_an_unknown_feature_has_no_judge() -> None:
    assert offences.judge(_SCHEMA, "none") is None


def test_domains_are_read_wherever_they_stand() -> None:
    assert offences.domain(_SCHEMA, "domain") == {b"movies", b"tweets"}
    assert offences.domain(_SCHEMA, "size") == {b"S", "Ü".encode()}
    assert offences.domain(_SCHEMA, "free") is None
    assert offences.domain(_SCHEMA, "none") is None
