"""Files of settings: YAML, JSON, or TensorFlow Serving's own `model_config_list`."""

import json
import pathlib
from typing import Any

import yaml
from google.protobuf import text_format
from tensorflow_serving.config import model_server_config_pb2

from serving import config

ConfigError = config.ConfigError
_OWN = (".yaml", ".yml", ".json")


def read(path: pathlib.Path) -> dict[str, Any]:
    """Reads the settings of a file.

    Args:
        path: What ends in `.yaml`, `.yml` or `.json` has the keys of `config.ServerConfig`; what
            ends in anything else is the text of a ModelServerConfig. Relative paths of models
            start from the file's directory.

    Raises:
        ConfigError: If it cannot be read.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    values = _of_yaml(path, text) if path.suffix in _OWN else _of_text(path, text)
    models = values.get("models")
    for model in models if isinstance(models, list) else ():
        if isinstance(model, dict) and isinstance(model.get("base_path"), str):
            model["base_path"] = str(path.parent.resolve() / model["base_path"])
    return values


def _of_yaml(path: pathlib.Path, text: str) -> dict[str, Any]:
    try:
        values = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be parsed: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: must hold `key: value` lines")
    return values


def _of_text(path: pathlib.Path, text: str) -> dict[str, Any]:
    try:
        proto = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    except text_format.ParseError as error:
        raise ConfigError(f"{path}: is no ModelServerConfig: {error}") from error
    return {"models": [_model(model) for model in proto.model_config_list.config]}


def models_of(proto: model_server_config_pb2.ModelServerConfig) -> tuple[config.ModelConfig, ...]:
    """Reads the models of a ModelServerConfig.

    Raises:
        ConfigError: If one breaks a rule, or there are none.
    """
    told = [_model(model) for model in proto.model_config_list.config]
    return config.build({"models": told}, "ModelServerConfig").models


def _model(proto: model_server_config_pb2.ModelConfig) -> dict[str, Any]:
    return {
        "name": proto.name,
        "base_path": proto.base_path,
        "version_policy": _policy(proto.model_version_policy),
        "version_labels": dict(proto.version_labels),
    }


def _policy(proto: Any) -> dict[str, Any]:
    kind = proto.WhichOneof("policy_choice") or "latest"
    if kind == "specific":
        return {kind: {"versions": list(proto.specific.versions)}}
    if kind == "latest":
        return {kind: {"num_versions": proto.latest.num_versions or 1}}
    return {kind: {}}
