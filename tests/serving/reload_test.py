"""A file of settings that changes while its models are served."""

import functools
import os
import pathlib

from serving import command, reload


def test_a_change_is_handed_on_once_and_a_bad_one_never(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "models.yaml"
    taken: list[dict[str, int]] = []

    def write(text: str, time: int) -> None:
        file.write_text(text)
        os.utime(file, ns=(time, time))

    def look() -> list[dict[str, int]]:
        watch.look(lambda models: taken.append(dict(models[0].version_labels)))
        return taken

    labelled = "models: [{name: m, base_path: there, version_labels: {stable: %d}}]"
    write(labelled % 1, 1)
    watch = reload.Watch(file, functools.partial(command.read, None, {}, file=file))
    assert look() == []
    write(labelled % 2, 2)
    assert look() == look() == [{"stable": 2}]
    for time, torn in ((3, "models: ["), (4, "models: 5")):
        write(torn, time)
        assert look() == [{"stable": 2}]
    file.unlink()
    assert look() == [{"stable": 2}]
    write(labelled % 3, 5)
    assert look() == [{"stable": 2}, {"stable": 3}]
