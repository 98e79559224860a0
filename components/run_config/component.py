"""Config: the resolved config, versions and digests of the code as an artifact of each run."""

from tfx import types
from tfx.dsl.components.base import base_component, executor_spec
from tfx.types.component_spec import ChannelParameter, ExecutionParameter

from components import artifacts
from components.run_config import executor
from components.run_config import settings as settings_lib


class ConfigSpec(types.ComponentSpec):
    """What is noted."""

    PARAMETERS = {  # noqa: RUF012 - TFX's name, read by its metaclass
        executor.SETTINGS_KEY: ExecutionParameter(type=str),
        executor.DIGEST_KEY: ExecutionParameter(type=str),
    }
    INPUTS: dict[str, ChannelParameter] = {}  # noqa: RUF012 - as above
    OUTPUTS = {  # noqa: RUF012 - as above
        executor.CONFIG_KEY: ChannelParameter(type=artifacts.RunConfig)
    }


class Config(base_component.BaseComponent):
    """Notes what the run was told, and what it runs on.

    No node takes its output: a changed word in the config would else run everything anew. It runs
    first, so that a run that fails or is refused has it, too.

    Outputs: `config` (RunConfig; `config.yaml` and `environment.json`).
    """

    SPEC_CLASS = ConfigSpec
    EXECUTOR_SPEC = executor_spec.ExecutorClassSpec(executor.Executor)

    def __init__(self, settings: settings_lib.Settings, digest: str) -> None:
        """Makes the node.

        Args:
            settings: What is noted.
            digest: Digest of the versions here, which the cache compares.
        """
        spec = ConfigSpec(
            settings=settings.to_json(),
            digest=digest,
            config=types.Channel(type=artifacts.RunConfig),
        )
        super().__init__(spec=spec)
