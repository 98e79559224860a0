"""What an artifact tells of itself, as plain values."""

from tfx import types

_KINDS = ("int_value", "double_value", "string_value")


def of(artifact: types.Artifact) -> dict[str, str | int | float]:
    """Reads the properties of its type and the custom ones, but for those that hold structures."""
    told = artifact.mlmd_artifact
    both = sorted([*told.properties.items(), *told.custom_properties.items()])
    return {
        name: getattr(value, kind)
        for name, value in both
        if (kind := value.WhichOneof("value")) in _KINDS
    }
