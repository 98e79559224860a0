"""What pre-training on the demo's texts is worth when only a tenth of the labels is known.

Usage: `python -m benchmarks.pretraining DIRECTORY [--seeds N] [--pretrainings N]`; about an hour on
2 cores. It goes on where it was stopped.

For each seed a masked language model (`pipeline/presets/masked_language_model.yaml`) learns from
the texts of the train split; with fewer `--pretrainings` than seeds, seeds share them. Then the
same transformer learns the sentiment of a tenth of the texts, twice: started from that model, and
from scratch with a vocabulary of its own. A text is of the tenth by its hash, in the train and the
eval split alike. Both are given the same rates to choose from, by the loss on their tenth of the
eval split, and both are judged once on the whole test split, whose texts neither the pre-training
nor they have seen.
"""

import argparse
import csv
import hashlib
import json
import pathlib
import re
import statistics
import sys
import time
from typing import NamedTuple

import tensorflow as tf

from benchmarks import local_runs

_PRESETS = local_runs.ROOT / "pipeline" / "presets"
_TABLE = local_runs.ROOT / "data" / "sentences.csv"
_RATES = (1e-3, 3e-4)
_ARMS = ("from scratch", "pre-trained")
_PART = 10  # one text in so many keeps its label
_TINY = [  # a tenth of the rows has a tenth of the steps, so there are more epochs
    *("train.epochs=20", "train.patience=5", "train.batch_size=32"),
    *("evaluate.floor={accuracy: 0.0}", "push.enabled=false"),
]
_BEST = re.compile(r"^ +\d+/\d+ +\S+ +(\d+\.\d+) .*best$", re.MULTILINE)


class Reached(NamedTuple):
    """What a training has come to.

    Attributes:
        rate: Its learning rate.
        eval_loss: Of the epoch that was kept.
        accuracy: On the test split.
    """

    rate: float
    eval_loss: float
    accuracy: float


def run(directory: pathlib.Path, preset: str, name: str, settings: list[str]) -> str:
    """Runs a preset under a name, and returns what it printed."""
    return local_runs.run(_PRESETS / f"{preset}.yaml", directory, [f"name={name}", *settings])


def texts(workspace: pathlib.Path, split: str) -> set[str]:
    """Reads the texts of a split that Ingest wrote."""
    newest = local_runs.newest(workspace / "artifacts/Ingest/examples")
    files = [str(path) for path in sorted((newest / f"Split-{split}").iterdir())]
    return {
        tf.train.Example.FromString(record.numpy())
        .features.feature["text"]
        .bytes_list.value[0]
        .decode()
        for record in tf.data.TFRecordDataset(files, compression_type="GZIP")
    }


def write_tables(workspace: pathlib.Path, directory: pathlib.Path) -> dict[str, int]:
    """Writes a table of each split of a run: a tenth of train and eval, all of test.

    Returns:
        How many rows each has.
    """
    with _TABLE.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows, header = list(reader), list(reader.fieldnames or ())
    counts = {}
    for split in ("train", "eval", "test"):
        of_split = texts(workspace, split)
        kept = [row for row in rows if row["text"] in of_split]
        if split != "test":
            kept = [row for row in kept if _is_of_the_tenth(row["text"])]
        with (directory / f"{split}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(kept)
        counts[split] = len(kept)
    return counts


def _is_of_the_tenth(text: str) -> bool:
    digest = hashlib.sha256(f"tenth {text}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _PART == 0


def arm(directory: pathlib.Path, workspace: str, seed: int, settings: list[str]) -> Reached:
    """Trains at every rate, and returns what the one with the least eval loss has reached.

    What was reached is kept beside the workspaces, and not computed again.
    """
    found = []
    for rate in _RATES:
        kept = directory / f"{workspace}-seed-{seed}-rate-{rate:g}.json"
        if not kept.exists():
            told = [f"train.seed={seed}", f"train.learning_rate={rate}", *_TINY, *settings]
            out = run(directory, "fine_tuning", workspace, told)
            losses = [float(loss) for loss in _BEST.findall(out)]
            reached = Reached(rate, losses[-1], local_runs.accuracy(directory / workspace))
            kept.write_text(json.dumps(reached._asdict()))
        found.append(Reached(**json.loads(kept.read_text())))
    return min(found, key=lambda reached: reached.eval_loss)


def main(directory: pathlib.Path, seeds: int, pretrainings: int) -> None:
    """Prints a row a seed, and means and standard deviations over them."""
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    reached: dict[str, list[float]] = {name: [] for name in _ARMS}
    for seed in range(1, seeds + 1):
        of_seed = 1 + (seed - 1) % pretrainings
        pretrained = f"pretraining-{of_seed}"
        run(directory, "masked_language_model", pretrained, [f"train.seed={of_seed}"])
        counts = write_tables(directory / pretrained, directory)
        if seed == 1:
            print(", ".join(f"{count:,} rows of {split}" for split, count in counts.items()))
        tables = ["data.path=null"]
        tables += [f"data.{split}={directory / split}.csv" for split in counts]
        scratch = ["model.init_from=null", "train.layer_decay=1.0"]
        started_from = [f"model.init_from={pretrained}"]
        for name, own in zip(_ARMS, (scratch, started_from), strict=True):
            # All that comes before a training is the same for every rate, and cached.
            workspace = name.replace(" ", "-") + (f"-{of_seed}" if own is started_from else "")
            best = arm(directory, workspace, seed, [*tables, *own])
            reached[name].append(best.accuracy)
            print(f"seed {seed}  {name:12}  accuracy {best.accuracy:.4f}  at rate {best.rate:g}")
            sys.stdout.flush()
    for name, values in reached.items():
        spread = f" ± {statistics.stdev(values):.4f}" if seeds > 1 else ""
        print(f"{name:12}  mean {statistics.mean(values):.4f}{spread} over {seeds} seeds")
    print(f"{(time.monotonic() - started) / 60:.0f} min")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--pretrainings", type=int, default=3)
    arguments = parser.parse_args()
    main(arguments.directory, arguments.seeds, arguments.pretrainings)
