"""Specs of nodes that have inputs whose names only a run knows, one for each candidate."""

from collections.abc import Iterable

from tfx import types
from tfx.types.component_spec import ChannelParameter


def with_inputs(
    spec: type[types.ComponentSpec], keys: Iterable[str], of: type[types.Artifact]
) -> type[types.ComponentSpec]:
    """Makes a spec of the same name that takes more; TFX reads inputs off the class.

    Args:
        spec: What every such node takes.
        keys: Names of what this one takes besides.
        of: What they are.
    """
    more = {key: ChannelParameter(type=of) for key in keys}
    return type(spec.__name__, (spec,), {"INPUTS": {**spec.INPUTS, **more}})
