"""Where a report came from."""

import platform

from tfx.types import standard_artifacts

from components.report import provenance


def test_versions_are_those_that_run():
    found = provenance.versions()
    assert found["python"] == platform.python_version()
    assert {"tfx", "tensorflow", "keras"} <= found.keys()


def test_the_machine_is_named():
    found = provenance.machine()
    assert int(found["cores"]) > 0
    assert found["memory"].endswith(" GiB")
    assert found["processor"]


def test_artifacts_have_their_ids(tried):
    model = standard_artifacts.Model()
    model.id, model.uri = 31, "/w/model"
    [listed] = provenance.artifacts({"model": [model]})
    assert (listed.key, listed.type, listed.id, listed.uri) == ("model", "Model", 31, "/w/model")
    assert "execution 12" in provenance.lineage(tried.lineage).caption
