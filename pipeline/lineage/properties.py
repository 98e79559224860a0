"""Properties of an artifact or an execution, turned into plain values when they are asked for."""

from collections.abc import Iterator, Mapping

from google.protobuf import json_format
from ml_metadata import proto

Value = str | int | float | bool | Mapping[str, object] | None
# Names of the orchestrator's own start so.
_OWN = "__"


class Properties(Mapping[str, Value]):
    """The properties of a type and the custom ones, in one mapping.

    A question is about a few of them; to turn all those of 500 runs takes longer than to read them.
    """

    def __init__(self, told: "proto.Artifact | proto.Execution") -> None:
        """Wraps what ML Metadata has told."""
        self._told = told

    def __getitem__(self, name: str) -> Value:
        """Turns one value."""
        if not name.startswith(_OWN):
            for of in (self._told.custom_properties, self._told.properties):
                if name in of:
                    return _value(of[name])
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Yields the names, in order."""
        names = {*self._told.properties, *self._told.custom_properties}
        return iter(sorted(name for name in names if not name.startswith(_OWN)))

    def __len__(self) -> int:
        """Counts them."""
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        """Spells all."""
        return repr(dict(self))


def _value(told: "proto.Value") -> Value:
    kind = told.WhichOneof("value")
    if kind == "struct_value":
        found: Mapping[str, object] = json_format.MessageToDict(told.struct_value)
        return found
    if kind not in ("int_value", "double_value", "string_value", "bool_value"):
        return None
    value: Value = getattr(told, kind)
    return value
