"""Where a report came from."""

from tfx.types import standard_artifacts

from components.report import provenance


def test_artifacts_have_their_ids(tried):
    model = standard_artifacts.Model()
    model.id, model.uri = 31, "/w/model"
    [listed] = provenance.artifacts({"model": [model]})
    assert (listed.key, listed.type, listed.id, listed.uri) == ("model", "Model", 31, "/w/model")
    assert "execution 12" in provenance.lineage(tried.lineage).caption
