"""Pretrained: the model to start from as an artifact of this pipeline."""

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types import standard_artifacts
from tfx.types.component_spec import ChannelParameter, ExecutionParameter

from components.pretrained import executor


class PretrainedSpec(types.ComponentSpec):
    """Where the model lies, and a digest of it for the cache."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.SOURCE_KEY: ExecutionParameter(type=str),
        executor.DIGEST_KEY: ExecutionParameter(type=str),
    }
    INPUTS: dict[str, ChannelParameter] = {}  # noqa: RUF012 - as above
    OUTPUTS = {  # noqa: RUF012 - as above
        executor.MODEL_KEY: ChannelParameter(type=standard_artifacts.Model)
    }


class Pretrained(base_component.BaseComponent):
    """Copies a model, so that what was started from stands in the lineage for good.

    A KerasHub preset is converted into what an exported model would have: vocabulary, weights and
    what it tells of itself, but no graph, so it does not serve.

    Where it came from may be cleaned up any day. Another model, or another version, is another
    artifact, which nothing that was made of the old one is cached for.

    Outputs: `model` (Model; its properties tell the source, its kind and the digest).
    """

    SPEC_CLASS = PretrainedSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, source: str, digest: str) -> None:
        """Makes the node.

        Args:
            source: Directory of the SavedModel, or of the preset.
            digest: Digest of what it holds.
        """
        spec = PretrainedSpec(
            source=source, digest=digest, model=types.Channel(type=standard_artifacts.Model)
        )
        super().__init__(spec=spec)
