"""A server of the tiny model, and who asks it."""

import pathlib
from collections.abc import Iterator

import pytest

from tests.serving import tiny


@pytest.fixture(scope="module")
def client(base_path: pathlib.Path) -> Iterator[tiny.Client]:
    """Asks a server of the tiny model as version 123, labelled `stable`."""
    model = {
        "name": "tiny",
        "base_path": str(base_path),
        "version_labels": {"stable": 123, "gone": 7},
    }
    limits = {"max_body_bytes": 4000, "max_rows": 8, "max_text_bytes": 500}
    with tiny.serving(tiny.settings(base_path, models=[model], limits=limits)) as server:
        client = tiny.Client(server.port)
        yield client
        client.close()
