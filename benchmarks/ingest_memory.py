"""How much memory Ingest takes, and how fast it is, as its file grows.

Usage: `python benchmarks/ingest_memory.py [ROWS ...]`; without rows 100,000 and 2,000,000.

Each size is ingested by a process of its own from a csv file of rows of about 100 bytes, made for
it. The peak is the process's largest resident set, TensorFlow, TFX and Beam included; what the rows
themselves take is what it grows by between sizes.
"""

import json
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

_SIZES = (100_000, 2_000_000)
_WORDS = 16  # a row, of 5 letters on average
_VOCABULARY = 20_000
_LETTERS = "etaoinshrdlucmfwypvbgkqjxz"


def write_table(path: pathlib.Path, rows: int) -> None:
    """Writes a table of texts with labels; the same one for the same number of rows."""
    made = random.Random(rows)  # noqa: S311 - no secret
    words = ["".join(made.choices(_LETTERS, k=made.randint(3, 7))) for _ in range(_VOCABULARY)]
    # Zipf's law: the n-th word is n times as rare as the first.
    weights = [1 / (rank + 1) for rank in range(_VOCABULARY)]
    cumulative = [sum(weights[:1])]
    for weight in weights[1:]:
        cumulative.append(cumulative[-1] + weight)
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        for _ in range(rows):
            text = " ".join(made.choices(words, cum_weights=cumulative, k=_WORDS))
            file.write(f"{text},{'positive' if made.random() < 0.5 else 'negative'}\n")


def ingest(table: str, directory: str) -> None:
    """Ingests a table in this process and prints what it took as JSON."""
    from tfx.dsl.components.base import base_beam_executor
    from tfx.types import standard_artifacts

    from components import artifacts
    from components.ingest import columns, component, executor, settings

    given = settings.Settings(
        columns.Columns({name: columns.Column(name) for name in ("text", "label")}),
        settings.Dialect(),
        settings.Split({"train": 8, "eval": 1, "test": 1}, ("text",)),
        max_bad_fraction=0.0,
        quarantine_dir=f"{directory}/put aside",
    )
    node = component.Ingest({"all": table}, given)
    examples, quarantine = standard_artifacts.Examples(), artifacts.Quarantine()
    examples.uri, quarantine.uri = f"{directory}/examples", f"{directory}/quarantine"
    # The image is never used; its name keeps TFX from packaging itself for workers elsewhere.
    beam = ["--direct_running_mode=in_memory", "--direct_num_workers=1"]
    context = base_beam_executor.BaseBeamExecutor.Context(
        beam_pipeline_args=[*beam, "--sdk_container_image=none"], tmp_dir=directory, unique_id="1"
    )
    made = executor.Executor(context)
    before, started = _peak(), time.monotonic()
    made.Do({}, {"examples": [examples], "quarantine": [quarantine]}, dict(node.exec_properties))
    seconds = time.monotonic() - started
    rows = quarantine.rows_out
    print(json.dumps({"before": before, "peak": _peak(), "seconds": seconds, "rows": rows}))


def _peak() -> float:
    """The largest resident set of this process so far, in MB; Linux counts it in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main(sizes: list[int]) -> None:
    """Prints a line for each size."""
    print(f"{'rows':>12} {'file':>10} {'imports':>10} {'peak':>10} {'seconds':>9} {'rows/s':>10}")
    peaks = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as directory:
            table = pathlib.Path(directory) / "table.csv"
            write_table(table, rows)
            command = [sys.executable, __file__, "--child", str(table), directory]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            took = json.loads(done.stdout.splitlines()[-1])
            size = table.stat().st_size / 1e6
        if took["rows"] != rows:
            sys.exit(f"{took['rows']:,} of {rows:,} rows came out")
        peaks.append(took["peak"])
        print(
            f"{rows:12,} {size:7,.0f} MB {took['before']:7,.0f} MB {took['peak']:7,.0f} MB "
            f"{took['seconds']:9.1f} {rows / took['seconds']:10,.0f}"
        )
    print(f"from the first to the last size the peak grew by {peaks[-1] - peaks[0]:,.0f} MB")


if __name__ == "__main__":
    # The file stands beside the rooms, not in one of them.
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
    if sys.argv[1:2] == ["--child"]:
        ingest(*sys.argv[2:])
    else:
        main([int(rows) for rows in sys.argv[1:]] or list(_SIZES))
