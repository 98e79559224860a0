"""The names by which artifact types are found."""

import inspect

import pytest
from tfx.orchestration.kubeflow.v2 import compiler_utils
from tfx.types import artifact
from tfx.utils import import_utils

import components
from components import artifacts

_TYPES = [
    each
    for _, each in inspect.getmembers(artifacts, inspect.isclass)
    if issubclass(each, artifact.Artifact)
]


@pytest.mark.parametrize("type_", _TYPES)
def test_a_type_is_imported_by_its_name(type_: type[artifact.Artifact]) -> None:
    assert import_utils.import_class_by_path(type_.TYPE_NAME) is type_


@pytest.mark.parametrize("type_", _TYPES)
def test_a_type_has_a_name_that_a_compiled_pipeline_may_have(
    type_: type[artifact.Artifact],
) -> None:
    assert f"title: {type_.TYPE_NAME}\n" in compiler_utils.get_artifact_schema(type_)


def test_nothing_else_is_found_in_the_package() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = components.Nothing
    with pytest.raises(AttributeError, match="no attribute '__wrapped__'"):
        _ = components.__wrapped__
