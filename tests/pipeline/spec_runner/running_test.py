"""Graphs of small programs, run."""

import ast
import pathlib
import time
from collections.abc import Callable
from concurrent import futures
from typing import Any

import pytest

from pipeline import errors, failure, lineage, workspace
from pipeline.spec_runner import job as job_lib
from pipeline.spec_runner import records, running
from tests.pipeline.spec_runner import jobs as jobs_lib
from tests.pipeline.spec_runner import recorded

Ended = dict[str, running.TaskRun]


class _Watcher:
    """Keeps what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def started(self, name: str) -> None:
        self.told.append(f"{name} starts")

    def ended(self, task: running.TaskRun) -> None:
        self.told.append(f"{task.name} {task.state}")


@pytest.fixture
def jobs(tmp_path: pathlib.Path) -> jobs_lib.Jobs:
    return jobs_lib.Jobs(tmp_path / "root")


@pytest.fixture
def run(tmp_path: pathlib.Path) -> Callable[..., Ended]:
    numbers = iter(range(1, 9))

    def run(jobs: jobs_lib.Jobs, parallel: int = 1, watcher: Any = None, **values: Any) -> Ended:
        job = job_lib.read(jobs.write(tmp_path / "job.json"))
        name = f"run-{next(numbers)}"
        directory = jobs.root / name
        directory.mkdir(parents=True)
        asked = running.Asked(name, directory, values, parallel)
        kept = records.Records(jobs.root / "metadata.db", job.name, name)
        return running.run(job, asked, kept, watcher or _Watcher())

    return run


def _text(ended: Ended, task: str, key: str) -> str:
    [artifact] = ended[task].outputs[key]
    return pathlib.Path(artifact.uri, "text").read_text()


def test_what_one_task_puts_out_another_takes_with_its_type_and_metadata(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    jobs.program("A", "put('rows', 'some', count=3)", outputs={"rows": "tfx.Examples"})
    jobs.program(
        "B",
        "[given] = artifacts['data']\n"
        "title = given['type']['instanceSchema'].splitlines()[0]\n"
        "put('out', f\"{text('data')} {given['metadata']['count']:.0f} {title} {given['name']}\")",
        inputs={"data": ("A", "rows")},
        outputs={"out": "tfx.Model"},
    )
    ended = run(jobs)
    assert _text(ended, "B", "out") == "some 3 title: tfx.Examples run-1/A/rows"


def test_parameters_are_values_of_the_file_and_those_of_the_run(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    jobs.parameters = {"epochs": {"parameterType": "NUMBER_INTEGER"}}
    parameters = {"fixed": "a \"b\" 'c'\n", "epochs": "$epochs"}
    jobs.program(
        "A",
        "put('out', repr(values))",
        outputs={"out": "tfx.Model"},
        parameters=parameters,
    )
    ended = run(jobs, epochs=7)
    assert ast.literal_eval(_text(ended, "A", "out")) == {"epochs": 7, "fixed": "a \"b\" 'c'\n"}


def test_what_a_hook_tells_the_command_is_told(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    hook = (
        "written = {'parameterValues': {'span': 4}, 'artifacts': "
        "{'out': {'artifacts': [{'metadata': {'version': 2}}]}}}\n"
        "output_file.write_text(json.dumps(written))"
    )
    body = "put('out', f\"{values['span']:.0f} {outputs['out']['metadata']['version']:.0f}\")"
    jobs.program("A", body, hook, outputs={"out": "tfx.Model"})
    ended = run(jobs)
    assert _text(ended, "A", "out") == "4 2"


def test_a_failure_stops_what_depends_on_it_and_nothing_else(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    jobs.program("A", "sys.exit('it broke')")
    jobs.program("B", "", after=("A",))
    jobs.program("C", "", after=("B",))
    jobs.program("D", "put('out', 'fine')", outputs={"out": "tfx.Model"})
    watcher = _Watcher()
    ended = run(jobs, watcher=watcher)
    assert {name: task.state for name, task in ended.items()} == {
        **dict.fromkeys("BC", running.NOT_RUN),
        **{"A": running.FAILED, "D": running.DONE},
    }
    assert ended["A"].why == failure.Failure(errors.ExitStatus.CRASHED, "it broke")
    assert set(watcher.told) == {
        *("A starts", "A failed", "D starts", "D done", "B not run", "C not run"),
    }
    assert recorded.states(jobs.root / "metadata.db") == {"A": "FAILED", "D": "COMPLETE"}


# Waits for the other, which it can only see if both run at one time.
_MEET = """
place = pathlib.Path(values["place"])
(place / values["me"]).touch()
for _ in range(600):
    if len(list(place.iterdir())) == 2:
        break
    time.sleep(0.05)
else:
    sys.exit("alone")
"""


def test_tasks_run_beside_each_other_where_the_graph_allows(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended], tmp_path: pathlib.Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    for name in "AB":
        jobs.program(name, _MEET, parameters={"place": str(place), "me": name})
    ended = run(jobs, parallel=2)
    assert {task.state for task in ended.values()} == {running.DONE}


def _with_baseline(jobs: jobs_lib.Jobs, blessed: int) -> None:
    """A pipeline that judges a model beside the latest blessed one, resolved as TFX compiles it."""
    model = (
        'schema_title="tfx.Model" AND state=LIVE AND '
        "name=\"{{$.inputs.artifacts['input'].metadata['current_model_id']}}\""
    )
    blessing = 'schema_title="tfx.ModelBlessing" AND state=LIVE AND metadata.blessed.number_value=1'
    resolvers = {"blessing": ("model_blessing", blessing), "model": ("model", model)}
    for name, (key, filter_) in resolvers.items():
        jobs.task(
            f"latest-{name}",
            {"resolver": {"outputArtifactQueries": {key: {"filter": filter_}}}},
            inputs={"input": ("latest-blessing", "model_blessing")} if name == "model" else None,
            outputs={key: "tfx.Model" if name == "model" else "tfx.ModelBlessing"},
        )
    jobs.program(
        "Trainer", "put('model', told['outputs']['outputFile'])", outputs={"model": "tfx.Model"}
    )
    jobs.program(
        "Evaluator",
        "found = artifacts.get('baseline', [])\n"
        "name = artifacts['model'][0]['name']\n"
        "put('blessing', str([each['name'] for each in found]), "
        f"blessed={blessed}, current_model_id=name)",
        inputs={"model": ("Trainer", "model"), "baseline": ("latest-model", "model")},
        outputs={"blessing": "tfx.ModelBlessing"},
    )


def test_a_second_run_finds_the_first_ones_blessed_model(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    _with_baseline(jobs, blessed=1)
    assert _text(run(jobs), "Evaluator", "blessing") == "[]"
    assert _text(run(jobs), "Evaluator", "blessing") == "['run-1/Trainer/model']"
    assert _text(run(jobs), "Evaluator", "blessing") == "['run-2/Trainer/model']"


def test_a_model_that_was_not_blessed_is_none_to_beat(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    _with_baseline(jobs, blessed=0)
    run(jobs)
    assert _text(run(jobs), "Evaluator", "blessing") == "[]"


def test_of_older_runs_what_is_no_blessed_models_may_go(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    _with_baseline(jobs, blessed=0)
    run(jobs)
    run(jobs)
    place = workspace.Workspace(jobs.root)
    plan = lineage.garbage.of(place, lineage.read(place), keep=1)
    assert {each.path for each in plan.goes} == {
        str(jobs.root / "run-1" / name) for name in ("Trainer/model", "Evaluator/blessing")
    }
    for each in plan.goes:
        lineage.garbage.delete(each)
    _with_baseline(jobs, blessed=1)
    run(jobs)
    assert _text(run(jobs), "Evaluator", "blessing") == "['run-3/Trainer/model']"
    assert not {
        each.path for each in lineage.garbage.of(place, lineage.read(place), keep=1).goes
    } & {str(jobs.root / "run-3" / "Trainer/model")}


def test_files_are_imported_once_unless_that_is_asked_for(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended], tmp_path: pathlib.Path
) -> None:
    for name, again in (("Once", False), ("Again", True)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text").write_text("a schema")
        importer = {
            "artifactUri": {"constant": str(tmp_path / name)},
            "typeSchema": jobs_lib.schema("tfx.Schema"),
            "metadata": {"kind": "curated"},
            "reimport": again,
        }
        jobs.task(name, {"importer": importer}, outputs={"result": "tfx.Schema"})
    jobs.program(
        "Reads",
        "put('out', text('schema') + artifacts['schema'][0]['metadata']['kind'])",
        inputs={"schema": ("Once", "result")},
        outputs={"out": "tfx.Model"},
    )
    assert _text(run(jobs), "Reads", "out") == "a schemacurated"
    second = run(jobs)
    assert second["Once"].outputs["result"][0].name == "run-1/Once/result"
    assert second["Again"].outputs["result"][0].name == "run-2/Again/result"


def test_an_interruption_ends_what_runs(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended], tmp_path: pathlib.Path
) -> None:
    beats = tmp_path / "beats"
    body = f"while True:\n    open({str(beats)!r}, 'a').write('.')\n    time.sleep(0.05)"
    jobs.program("A", body)
    jobs.program("B", f"while not pathlib.Path({str(beats)!r}).exists(): time.sleep(0.05)")

    class Interrupting(_Watcher):
        """Somebody presses Ctrl-C when B has ended."""

        def ended(self, task: running.TaskRun) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(jobs, parallel=2, watcher=Interrupting())
    size = beats.stat().st_size
    time.sleep(0.3)
    assert beats.stat().st_size == size
    assert recorded.states(jobs.root / "metadata.db") == {"A": "CANCELED", "B": "COMPLETE"}


def test_a_resolver_that_asks_what_is_not_understood_fails_and_says_so(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    queries = {"model": {"filter": "size>3"}}
    resolver = {"resolver": {"outputArtifactQueries": queries}}
    jobs.task("latest", resolver, outputs={"model": "tfx.Model"})
    jobs.program("A", "", inputs={"model": ("latest", "model")})
    ended = run(jobs)
    assert ended["A"].state == running.NOT_RUN
    told = "QueryError: A resolver's filter must be comparisons by `=`. Received: size>3"
    assert ended["latest"].why == failure.Failure(errors.ExitStatus.CRASHED, told)
    assert recorded.states(jobs.root / "metadata.db") == {"latest": "FAILED"}


def test_an_artifact_that_is_given_twice_is_recorded_under_both_keys(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    jobs.program("A", "put('rows', 'some')", outputs={"rows": "tfx.Model"})
    jobs.program("B", "", inputs={"model": ("A", "rows"), "baseline_model": ("A", "rows")})
    assert run(jobs)["B"].state == running.DONE
    [recorded_run] = lineage.read(workspace.Workspace(jobs.root)).runs
    taken = recorded_run.execution("B")
    assert taken is not None
    assert taken.inputs["model"] == taken.inputs["baseline_model"] != ()


def test_the_lineage_knows_two_runs_side_by_side(
    jobs: jobs_lib.Jobs, run: Callable[..., Ended]
) -> None:
    jobs.program("Ingest", "put('examples', 'some')", outputs={"examples": "tfx.Examples"})
    jobs.program(
        "Trainer",
        "put('model', text('data'))",
        inputs={"data": ("Ingest", "examples")},
        outputs={"model": "tfx.Model"},
    )
    jobs.program("Pusher", "sys.exit('no room')", after=("Trainer",))
    with futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: run(jobs), range(2)))
    history = lineage.read(workspace.Workspace(jobs.root))
    assert {each.id for each in history.runs} == {"run-1", "run-2"}
    for each in history.runs:
        states = {execution.node: execution.state.value for execution in each.executions}
        assert states == {"Ingest": "done", "Trainer": "done", "Pusher": "failed"}
        assert each.state is lineage.State.FAILED
        model = each.output("Trainer", "model")
        assert model is not None
        assert f"/{each.id}/" in model.uri
        trainer = each.execution("Trainer")
        assert trainer is not None
        assert [given.id for given in trainer.inputs["data"]] == [
            made.id for made in each.execution("Ingest").outputs["examples"]
        ]
        assert lineage.why.of(history, each).error.splitlines()[0] == "no room"
