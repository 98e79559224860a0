"""How fast rows become examples and statistics, beside TFX's stock components on the same file.

Usage: `python benchmarks/ingest.py [ROWS]`, 100,000 rows if it is not said.

Our Ingest and StatisticsGen, which counts texts as well, and TFX's CsvExampleGen and StatisticsGen
read one CSV file, made up from a seed: words of a Zipf distribution, about 100 bytes a row, and a
label. Each pair runs in a process of its own, one after the other, with the same options of Beam.
Times are those of the executors, without imports; on a busy machine, go by those of the CPU.
"""

import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time
from typing import Any

import numpy as np

_ROOT = pathlib.Path(__file__).resolve().parent.parent
_BEAM = ["--direct_running_mode=in_memory", "--direct_num_workers=1"]
_SPLIT = {"train": 8, "eval": 1, "test": 1}
_WORDS = 30_000
_LETTERS = np.array(list("etaoinshrdlucmfwypvbgk"))


def write_csv(path: pathlib.Path, rows: int) -> None:
    """Makes up a table of texts and labels, always the same one."""
    rng = np.random.default_rng(0)
    frequency = 1 / np.arange(1, len(_LETTERS) + 1)
    letters = rng.choice(_LETTERS, (_WORDS, 12), p=frequency / frequency.sum())
    lengths = rng.integers(2, 11, _WORDS)
    words = np.array(["".join(letters[i, : lengths[i]]) for i in range(_WORDS)])
    ranks = 1 / np.arange(1, _WORDS + 1)
    sizes = rng.integers(8, 25, rows)
    chosen = words[rng.choice(_WORDS, sizes.sum(), p=ranks / ranks.sum())]
    labels = rng.choice(["negative", "neutral", "positive"], rows)
    with path.open("w", encoding="utf-8") as file:
        file.write("text,label\n")
        for text, label in zip(np.split(chosen, np.cumsum(sizes)[:-1]), labels, strict=True):
            file.write(f"{' '.join(text)}.,{label}\n")


def run_ours(csv: pathlib.Path, directory: pathlib.Path) -> dict[str, float]:
    """Runs our two components; returns the seconds of each, by the clock and of CPU."""
    from components.ingest import columns, component, settings
    from components.statistics import component as statistics_component

    node = component.Ingest(
        {"all": str(csv)},
        settings.Settings(
            columns=columns.Columns(
                {"text": columns.Column("text"), "label": columns.Column("label")}
            ),
            dialect=settings.Dialect(),
            split=settings.Split(buckets=_SPLIT, content=("text",)),
            max_bad_fraction=0.0,
            quarantine_dir=str(directory / "quarantine"),
        ),
    )
    statistics = statistics_component.StatisticsGen(
        node.outputs["examples"], statistics_component.TextSettings(label_feature="label")
    )
    return _run(node, statistics, directory)


def run_stock(csv: pathlib.Path, directory: pathlib.Path) -> dict[str, float]:
    """Runs TFX's two components; returns the seconds of each, by the clock and of CPU."""
    from tfx.components import CsvExampleGen, StatisticsGen
    from tfx.proto import example_gen_pb2

    splits = [
        example_gen_pb2.SplitConfig.Split(name=name, hash_buckets=buckets)
        for name, buckets in _SPLIT.items()
    ]
    node = CsvExampleGen(
        input_base=str(csv.parent),
        output_config=example_gen_pb2.Output(
            split_config=example_gen_pb2.SplitConfig(splits=splits)
        ),
    )
    return _run(node, StatisticsGen(node.outputs["examples"]), directory)


def _run(ingest: Any, statistics: Any, directory: pathlib.Path) -> dict[str, float]:
    outputs: dict[str, Any] = {}
    seconds = {}
    for name, node in (("examples", ingest), ("statistics", statistics)):
        inputs = {key: outputs[key] for key in node.inputs if key in outputs}
        made = {key: [channel.type()] for key, channel in node.outputs.items()}
        for key, (artifact,) in made.items():
            artifact.uri = str(directory / key)
            (directory / key).mkdir()
        executor_class = node.executor_spec.executor_class
        context = executor_class.Context(
            beam_pipeline_args=_BEAM, tmp_dir=str(directory / "temp"), unique_id="1"
        )
        started, cpu_started = time.monotonic(), time.process_time()
        executor_class(context).Do(inputs, made, dict(node.exec_properties))
        seconds[name] = time.monotonic() - started
        seconds[f"{name}_cpu"] = time.process_time() - cpu_started
        outputs |= made
    return seconds


def measure(which: str, csv: pathlib.Path) -> dict[str, float]:
    """Runs one of the two in a process of its own.

    Returns:
        Seconds of `examples` and `statistics`, by the clock and of CPU (`_cpu`), and the process's
        `peak_mib`.
    """
    with tempfile.TemporaryDirectory() as directory:
        command = [sys.executable, __file__, "--child", which, str(csv), directory]
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def child(which: str, csv: str, directory: str) -> None:
    """Runs one of the two and prints what it took."""
    sys.path.insert(0, str(_ROOT))
    run = {"ours": run_ours, "stock": run_stock}[which]
    measured = run(pathlib.Path(csv), pathlib.Path(directory))
    measured["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(measured))


def main(rows: int) -> None:
    """Prints rows a second of both, step by step."""
    with tempfile.TemporaryDirectory() as directory:
        csv = pathlib.Path(directory) / "table.csv"
        write_csv(csv, rows)
        size = csv.stat().st_size
        ours, stock = measure("ours", csv), measure("stock", csv)
    print(f"{rows:,} rows, {size / rows:.0f} bytes each, {size / 1e6:.1f} MB; rows a second")
    print(f"{'':17}{'ours':>10}{'stock':>10}{'ratio':>8}")
    for measured in (ours, stock):
        for kind in ("", "_cpu"):
            measured[f"both{kind}"] = measured[f"examples{kind}"] + measured[f"statistics{kind}"]
    for kind, title in (("", "wall"), ("_cpu", "CPU")):
        for step in ("examples", "statistics", "both"):
            mine, theirs = ours[step + kind], stock[step + kind]
            print(
                f"{step:12}{title:5}{rows / mine:>10,.0f}{rows / theirs:>10,.0f}"
                f"{theirs / mine:>8.2f}"
            )
    print(f"{'peak, MiB':17}{ours['peak_mib']:>10,.0f}{stock['peak_mib']:>10,.0f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    elif len(sys.argv) <= 2:
        main(int(sys.argv[1]) if len(sys.argv) == 2 else 100_000)
    else:
        sys.exit("usage: python benchmarks/ingest.py [ROWS]")
