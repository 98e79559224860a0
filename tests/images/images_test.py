"""The images: linted, and that of the server made as its Dockerfile says."""

import contextlib
import http.client
import json
import pathlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.images import following
from tests.serving import tiny

_IMAGES = following.PROJECT / "images"
_DOCKERFILES = sorted(_IMAGES.glob("*.Dockerfile"))


def test_hadolint_finds_nothing() -> None:
    hadolint = pathlib.Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, *_DOCKERFILES], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("dockerfile", _DOCKERFILES, ids=lambda path: path.name)
def test_an_image_is_pinned_runs_as_nobody_in_particular_and_tells_its_health(
    dockerfile: pathlib.Path,
) -> None:
    found = list(following.steps(dockerfile))
    words = [word for word, _ in found]
    assert "HEALTHCHECK" in words
    [user] = [rest for word, rest in found if word == "USER"]
    assert int(user) > 0
    installs = [rest for word, rest in found if word == "RUN" and "--requirement" in rest]
    assert len(installs) == 1
    assert "--require-hashes --requirement requirements/${REQUIREMENTS}.txt" in installs[0]
    [usual] = [rest.partition("=")[2] for word, rest in found if word == "ARG"]
    version = (following.PROJECT / ".python-version").read_text().strip()
    assert found[0] == ("FROM", f"python:{version}-slim-bookworm")
    for name in (usual, {"runtime": "gpu", "serving": "serving-gpu"}[usual]):
        assert (following.PROJECT / "requirements" / f"{name}.txt").is_file()


def test_what_is_not_tracked_stays_out_of_images() -> None:
    ignored = set((following.PROJECT / ".dockerignore").read_text().splitlines())
    for line in (following.PROJECT / ".gitignore").read_text().splitlines():
        name = line.strip("/")
        assert ignored & {name, f"**/{name}"} or (name.startswith(".") and ".*_cache" in ignored)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> following.Image:
    root = tmp_path_factory.mktemp("image")
    return following.Image(_IMAGES / "serving.Dockerfile", root, "3.10")


@pytest.fixture(scope="module")
def port(image: following.Image, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server of a tiny model, started as the image starts it."""
    models = tmp_path_factory.mktemp("models")
    tiny.save(models / "tiny" / "1", 1.0)
    ports = []
    for _ in range(2):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ports.append(listener.getsockname()[1])
    command = image.command(*image.told["ENTRYPOINT"], str(models / "tiny"))
    process = subprocess.Popen(
        [*command, "--port", str(ports[0]), "--grpc-port", str(ports[1])],
        cwd=image.directory,
        env=image.environment,
    )
    try:
        yield ports[0]
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0


def _get(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path)
    return connection.getresponse()


def test_the_server_answers_in_its_image(image: following.Image, port: int) -> None:
    for _ in range(600):
        with contextlib.suppress(ConnectionError):
            if _get(port, "/readyz").status == http.HTTPStatus.OK:
                break
        time.sleep(0.1)
    [status] = json.load(_get(port, "/v1/models/tiny"))["model_version_status"]
    assert (status["version"], status["state"]) == ("1", "AVAILABLE")
    check = [part.replace(":8501", f":{port}") for part in image.told["HEALTHCHECK"]]
    subprocess.run(image.command(*check), env=image.environment, check=True)


def test_the_image_has_nothing_of_tfx(image: following.Image) -> None:
    code = (
        "import importlib.util as u; print([n for n in ('tfx', 'apache_beam') if u.find_spec(n)])"
    )
    done = subprocess.run(
        image.command("python", "-c", code),
        env=image.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
