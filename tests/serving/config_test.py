"""Settings: what is refused, and in which words."""

from typing import Any

import pytest

from serving import config

_MODEL = {"name": "m", "base_path": "/models/m"}


def test_the_defaults_are_those_of_the_contract() -> None:
    server = config.build({"models": [_MODEL]}, "file")
    assert (server.host, server.port, server.grpc_port) == ("127.0.0.1", 8501, 8500)
    assert server.models[0].version_policy.latest == config.Latest(num_versions=1)
    assert (server.loading.poll_seconds, server.loading.max_num_load_retries) == (1.0, 5)
    assert server.loading.max_warmup_records == 1000
    assert server.limits.timeout_seconds == 30.0


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"models": []}, "file: `models`: .*at least 1"),
        ({"models": [_MODEL, _MODEL]}, "names of `models` must differ"),
        ({"models": [{**_MODEL, "name": "a/b"}]}, r"`models\.0\.name`: .*pattern.*'a/b'"),
        ({"models": [_MODEL], "port": 70000}, "`port`: .*65535.*70000"),
        ({"models": [_MODEL], "batchings": {}}, "`batchings`: "),
        (
            {"models": [{**_MODEL, "version_policy": {"latest": {}, "all": {}}}]},
            "must be one of latest, all, specific",
        ),
        (
            {"models": [_MODEL], "batching": {"allowed_batch_sizes": [1, 2], "max_batch_size": 4}},
            "`allowed_batch_sizes` must rise, and end with `max_batch_size`",
        ),
        ({"models": [{**_MODEL, "version_labels": {"stable": -1}}]}, "stable.*greater than"),
    ],
)
def test_what_breaks_a_rule_is_told(values: dict[str, Any], message: str) -> None:
    with pytest.raises(config.ConfigError, match=message):
        config.build(values, "file")
