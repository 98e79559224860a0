"""What a server is told: models, batching, limits, addresses. Imports no TensorFlow.

A file has the same keys, in YAML or JSON; the words are TensorFlow Serving's where it has one:

```yaml
models:
  - name: sentiment
    base_path: workspace/sentiment/serving/sentiment
    version_policy: {latest: {num_versions: 2}}
    version_labels: {stable: 1795512292}
batching: {max_batch_size: 64, batch_timeout_micros: 1000}
limits: {max_body_bytes: 1000000}
```
"""

import pathlib
from typing import Annotated, Any

import pydantic

MAX_INT64 = 2**63 - 1

VersionNumber = Annotated[int, pydantic.Field(ge=0, le=MAX_INT64)]
# What may stand between `/models/` and the next `/` or `:`.
Name = Annotated[str, pydantic.Field(pattern=r"^[^/:]+$")]


class ConfigError(Exception):
    """A setting, or a file of settings, that cannot be used."""


class _Section(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Latest(_Section):
    """The newest versions.

    Attributes:
        num_versions: How many of them.
    """

    num_versions: Annotated[int, pydantic.Field(ge=1)] = 1


class All(_Section):
    """Every version."""


class Specific(_Section):
    """Versions by number.

    Attributes:
        versions: Their numbers.
    """

    versions: Annotated[tuple[VersionNumber, ...], pydantic.Field(min_length=1)]


class VersionPolicy(_Section):
    """Which versions are served: exactly one of the three is told."""

    latest: Latest | None = None
    all: All | None = None
    specific: Specific | None = None

    @pydantic.model_validator(mode="after")
    def _one(self) -> "VersionPolicy":
        told = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(told) != 1:
            raise ValueError(f"must be one of latest, all, specific. Received: {told}")
        return self


class ModelConfig(_Section):
    """A model.

    Attributes:
        name: As clients call it.
        base_path: The directory of its versions.
        version_policy: Which of them are served.
        version_labels: Further names of versions.
    """

    name: Name
    base_path: pathlib.Path
    version_policy: VersionPolicy = VersionPolicy(latest=Latest())
    version_labels: dict[Name, VersionNumber] = {}


class BatchingConfig(_Section):
    """How requests are put together.

    Attributes:
        enabled: Whether they are; without, each is answered alone, one after the other.
        max_batch_size: Rows of a batch.
        batch_timeout_micros: How long a batch waits for more rows. At 0 it waits for none: what
            has come while the batch before it was computed goes together.
        max_enqueued_batches: Full batches that may wait; what comes then is refused at once.
        num_batch_threads: Batches of one signature that are computed at once.
        allowed_batch_sizes: Sizes that batches are padded to; none for any size.
        pad_variable_length_inputs: Whether inputs that differ in length are padded, and put
            together; without, only those of one length are.
    """

    enabled: bool = True
    max_batch_size: Annotated[int, pydantic.Field(ge=1)] = 64
    batch_timeout_micros: Annotated[int, pydantic.Field(ge=0)] = 0
    max_enqueued_batches: Annotated[int, pydantic.Field(ge=1)] = 16
    num_batch_threads: Annotated[int, pydantic.Field(ge=1)] = 1
    allowed_batch_sizes: tuple[Annotated[int, pydantic.Field(ge=1)], ...] = ()
    pad_variable_length_inputs: bool = False

    @pydantic.model_validator(mode="after")
    def _sizes(self) -> "BatchingConfig":
        sizes = self.allowed_batch_sizes
        if sizes and (list(sizes) != sorted(set(sizes)) or sizes[-1] != self.max_batch_size):
            raise ValueError(
                "`allowed_batch_sizes` must rise, and end with `max_batch_size`. "
                f"Received: {list(sizes)}, max_batch_size={self.max_batch_size}"
            )
        return self


class Limits(_Section):
    """What a request may cost.

    Attributes:
        max_body_bytes: Size of a request.
        max_rows: Rows of a request.
        max_text_bytes: All texts of a request together, in UTF-8.
        timeout_seconds: Until an answer is given up.
        max_connections: Connections that are open at once.
        max_streams: Texts that are written on at once; each holds what was read of it in memory.
    """

    max_body_bytes: Annotated[int, pydantic.Field(ge=1)] = 8 * 2**20
    max_rows: Annotated[int, pydantic.Field(ge=1)] = 1024
    max_text_bytes: Annotated[int, pydantic.Field(ge=1)] = 2**20
    timeout_seconds: Annotated[float, pydantic.Field(gt=0)] = 30.0
    max_connections: Annotated[int, pydantic.Field(ge=1)] = 1024
    max_streams: Annotated[int, pydantic.Field(ge=1)] = 64


class Loading(_Section):
    """How versions are found and loaded.

    Attributes:
        poll_seconds: How often directories are looked at.
        settle_seconds: How long nothing in a version's directory must have changed before it is
            taken as whole.
        max_num_load_retries: How often loading is tried again after it has failed.
        retry_seconds: Before the first of those; each later one waits twice as long.
        max_warmup_records: Records of a warm-up file that are replayed.
    """

    poll_seconds: Annotated[float, pydantic.Field(gt=0)] = 1.0
    settle_seconds: Annotated[float, pydantic.Field(ge=0)] = 1.0
    max_num_load_retries: Annotated[int, pydantic.Field(ge=0)] = 5
    retry_seconds: Annotated[float, pydantic.Field(ge=0)] = 1.0
    max_warmup_records: Annotated[int, pydantic.Field(ge=0)] = 1000


class ServerConfig(_Section):
    """All of it.

    Attributes:
        models: What is served.
        batching: How requests are put together.
        limits: What a request may cost.
        loading: How versions are found and loaded.
        host: Address to listen on; only this machine by default.
        port: Of REST; 0 takes any free one.
        grpc_port: Of gRPC; 0 takes any free one, None opens none.
        api_key: What clients must show; None for nothing.
        drain_seconds: How long a stopping server waits for requests in flight.
        health_route: A further path that tells whether it is ready.
        predict_route: A further path that predicts with the first model.
        page: Whether there is a page for people at `/`.
    """

    models: Annotated[tuple[ModelConfig, ...], pydantic.Field(min_length=1)]
    batching: BatchingConfig = BatchingConfig()
    limits: Limits = Limits()
    loading: Loading = Loading()
    host: str = "127.0.0.1"
    port: Annotated[int, pydantic.Field(ge=0, le=65535)] = 8501
    grpc_port: Annotated[int, pydantic.Field(ge=0, le=65535)] | None = 8500
    api_key: pydantic.SecretStr | None = None
    drain_seconds: Annotated[float, pydantic.Field(ge=0)] = 30.0
    health_route: str | None = None
    predict_route: str | None = None
    page: bool = True

    @pydantic.model_validator(mode="after")
    def _names(self) -> "ServerConfig":
        names = [model.name for model in self.models]
        if len(set(names)) != len(names):
            raise ValueError(f"names of `models` must differ. Received: {names}")
        return self


def build(values: dict[str, Any], source: str) -> ServerConfig:
    """Checks values from a file or the command line.

    Raises:
        ConfigError: With a line for each that breaks a rule.
    """
    try:
        return ServerConfig.model_validate(values)
    except pydantic.ValidationError as error:
        problems = (
            f"{source}: `{'.'.join(map(str, problem['loc'])) or 'models'}`: {problem['msg']}. "
            f"Received: {problem['input']!r}"
            for problem in error.errors()
        )
        raise ConfigError("\n".join(problems)) from None
