"""What another schema allows or asks, in words; what `accept` changes is told in change_test.py."""

import pytest
from google.protobuf import text_format
from tensorflow_metadata.proto.v0 import schema_pb2

from components.schema import wording

_LABEL = 'feature { name: "label" type: BYTES string_domain { value: "a" value: "b" } }'
_ANY_LABEL = 'feature { name: "label" type: BYTES }'


def _describe(before: str, after: str) -> list[str]:
    schemas = (text_format.Parse(text, schema_pb2.Schema()) for text in (before, after))
    return wording.describe(*schemas, {})


def test_equal_schemas_have_no_change() -> None:
    assert _describe(_LABEL, _LABEL) == []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (_LABEL, _ANY_LABEL, "`label`: any value, no longer one of 2"),
        (_ANY_LABEL, _LABEL, "`label`: one of 2 values, no longer any"),
        (_LABEL, _LABEL.replace('"b"', '"a"'), "`label`: no longer a value, b"),
        (_LABEL.replace('"b"', '"a"'), _LABEL, "`label`: a new value, b"),
        (_LABEL, "", "`label`: no longer a column"),
        ("", _LABEL, "`label`: a new column, text"),
        (
            'feature { name: "x" lifecycle_stage: DEPRECATED }',
            'feature { name: "x" lifecycle_stage: BETA }',
            "`x`: beta, no longer deprecated",
        ),
        (
            _ANY_LABEL,
            _ANY_LABEL.replace("}", 'not_in_environment: "SERVING" }'),
            "`label`: not_in_environment ['SERVING'], no longer []",
        ),
    ],
)
def test_each_change_is_a_line(before: str, after: str, line: str) -> None:
    assert _describe(before, after) == [line]


def test_values_that_are_gone_are_counted_where_they_are_many() -> None:
    values = " ".join(f'value: "v{i:02}"' for i in range(12))
    before = f'feature {{ name: "x" string_domain {{ value: "y" {values} }} }}'
    after = 'feature { name: "x" string_domain { value: "y" } }'
    lines = _describe(before, after)
    assert len(lines) == 11
    assert lines[0] == "`x`: no longer a value, v00"
    assert lines[-1] == "`x`: 2 more values no longer"
