"""The image of the pipeline, made as its Dockerfile says, and a task of a compiled pipeline in it.

`make proof-images` runs it: it installs all packages anew, some 3 GB.
"""

import json
import pathlib
import subprocess

import pytest

from pipeline import config as config_lib
from pipeline.remote import compiling, request
from pipeline.spec_runner import invocation, tasks
from pipeline.spec_runner import job as job_lib
from tests.images import following


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> following.Image:
    dockerfile = following.PROJECT / "images" / "pipeline.Dockerfile"
    return following.Image(dockerfile, tmp_path_factory.mktemp("image"), "3.10")


@pytest.mark.parametrize("step", ["HEALTHCHECK", "CMD"])
def test_what_the_image_runs_by_itself_ends_well(image: following.Image, step: str) -> None:
    command = image.command(*image.told[step])
    done = subprocess.run(
        command, cwd=image.directory, env=image.environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_a_task_of_a_compiled_pipeline_runs_in_it(
    image: following.Image, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "pipeline.json"
    config = config_lib.load(config_lib.PRESETS / "sentiment.yaml")
    asked = request.Asked(request.VERTEX, "image", str(tmp_path / "root"), output)
    compiling.compile_pipeline(config, asked)
    task = job_lib.read(output).tasks["Schema"]
    # Its file is named below the working directory, which must be the image's.
    schema = json.loads(output.read_text())["pipelineSpec"]["root"]["dag"]["tasks"]["Schema"]
    path = schema["inputs"]["parameters"]["schema_file"]["runtimeValue"]["constant"]
    assert (image.directory / path).is_file()
    told = invocation.make(task, tmp_path, "run", {}, {})
    monkeypatch.setattr(tasks.sys, "executable", image.command("python")[0])
    monkeypatch.setattr(tasks.config_lib, "PROJECT", image.directory)
    tasks.Commands().run(told)
    [made] = told.outputs()["schema"]
    assert (
        pathlib.Path(made.uri, "schema.pbtxt").read_text() == (image.directory / path).read_text()
    )
