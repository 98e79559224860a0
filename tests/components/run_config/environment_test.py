"""What a run runs on."""

import platform

from components.run_config import environment


def test_versions_are_those_that_run() -> None:
    found = environment.versions()
    assert found["python"] == platform.python_version()
    assert {"tfx", "tensorflow", "keras"} <= found.keys()


def test_the_machine_is_named() -> None:
    found = environment.machine()
    assert int(found["cores"]) > 0
    assert found["memory"].endswith(" GiB")
    assert found["processor"]
