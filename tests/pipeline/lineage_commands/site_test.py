"""`meritline lineage site` on the command line."""

import json
import pathlib
import subprocess
import sys

from pipeline.lineage.site import scripts
from tests.pipeline.lineage import stores, world
from tests.pipeline.lineage_commands import conftest


def test_it_writes_the_page_and_names_it(made: world.World, ask: conftest.Ask) -> None:
    told = ask("site", "--workspace", ".")
    page = made.store.workspace.root / "lineage" / "index.html"
    assert (told.exit_code, told.output) == (0, f"{page}\n")
    assert page.is_file()


def test_a_program_is_told_how_many_runs_there_are(made: world.World, ask: conftest.Ask) -> None:
    page = made.store.workspace.root / "lineage" / "index.html"
    assert json.loads(ask("site", "--workspace", ".", "--json").output) == {
        "page": str(page),
        "runs": 1,
        "written": 1,
    }
    assert json.loads(ask("site", "--workspace", ".", "--json").output)["written"] == 0


def test_nothing_to_write_of_is_one_line(ask: conftest.Ask) -> None:
    told = ask("site", "--workspace", ".")
    assert told.exit_code == 2
    assert "`--workspace` must hold a run" in told.output


def test_what_has_been_deleted_has_no_link(made: world.World, ask: conftest.Ask) -> None:
    report = made.store.artifact("components.RunReport")
    made.store.put("second", "Report", outputs={"report": [report]}, started=stores.STARTED + 9)
    pathlib.Path(report.uri).mkdir(parents=True)
    (pathlib.Path(report.uri) / "index.html").touch()
    made.store.put("third", "Ingest", started=stores.STARTED + 99)
    ask("site", "--workspace", ".")
    files = list((made.store.workspace.root / "lineage" / "runs").glob("second-*"))
    [before] = scripts.read(files[0])["artifacts"].values()
    assert before["page"].startswith("../artifacts/Report/")
    told = ask("gc", "--workspace", ".", "--keep", "1", "--delete")
    assert (told.exit_code, pathlib.Path(report.uri).exists()) == (0, False)
    [after] = scripts.read(files[0])["artifacts"].values()
    assert (after["page"], after["gone"]) == (None, True)


def test_it_imports_no_tensorflow() -> None:
    code = (
        "import sys\nfrom pipeline.lineage_commands import group\n"
        "from pipeline.lineage.site import writing\n"
        "print(sorted({'tensorflow', 'tfx', 'apache_beam'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
