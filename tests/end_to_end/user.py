"""Somebody who has a table and runs `local_runner.py` on it, in processes of its own."""

import csv
import dataclasses
import os
import pathlib
import random
import re
import signal
import subprocess
import sys

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "local_runner.py"
COMPONENTS = [
    *(
        "Config",
        "Ingest",
        "StatisticsGen",
        "Schema",
        "ExampleValidator",
        "latest_blessed",
        "DataGate",
    ),
    *("Transform", "Trainer", "Evaluator", "Probe", "Report", "Pusher"),
]
LABELS = {
    "négatif": ["awful", "dull", "broken", "sad"],
    "neutre": ["plain", "usual", "average", "grey"],
    "positif": ["lovely", "bright", "superb", "warm"],
}
_FILLERS = ["the", "a", "film", "phone", "was", "it", "and", "very", "for", "us", "today", "shop"]
ROWS = 500
# One has too few fields, the other no label.
BAD_ROWS = "500,a row that was cut short\n501,a row that nobody has rated,,Rome\n"
SETTINGS = [
    "evaluate.slices=[shop]",
    "evaluate.max_drop=0.0",
    "model={num_layers: 1, hidden_dim: 32, intermediate_dim: 32}",
    "tokenizer={max_length: 24, vocabulary_size: 200}",
    "train={batch_size: 16, epochs: 12, patience: 12}",
    "trial.bootstrap=200",  # 10,000 take seconds
]
TIMEOUT_SECONDS = 600
# What a user's shell has, and not what `make test` adds to keep TensorFlow quiet.
ENVIRONMENT = {**os.environ, "PYTHONIOENCODING": "utf-8"}
ENVIRONMENT.pop("TF_CPP_MIN_LOG_LEVEL", None)


def sentence(rng: random.Random, label: str) -> str:
    words = rng.choices(_FILLERS, k=rng.randint(2, 12)) + rng.choices(LABELS[label], k=2)
    rng.shuffle(words)
    return " ".join(words) + rng.choice([".", "!", ""])


def write_table(path: pathlib.Path) -> None:
    """Writes sentences whose words tell the label; one label in twenty is wrong.

    The last two rows cannot be used.
    """
    rng = random.Random(7)  # noqa: S311 - not for secrets
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "review", "stars", "shop"])
        for i in range(ROWS):
            label = rng.choice(list(LABELS))
            text = sentence(rng, label)
            stars = rng.choice(list(LABELS)) if rng.random() < 0.05 else label
            writer.writerow([i, text, stars, rng.choice(["Köln", "Rome"])])
        file.write(BAD_ROWS)


@dataclasses.dataclass(frozen=True)
class Run:
    """How a run ended.

    Attributes:
        status: Exit status.
        out: What stood on the screen.
        err: What stood on the screen past standard output.
    """

    status: int
    out: str
    err: str

    @property
    def states(self) -> dict[str, str]:
        """Component to HIT, MISS or FAILED, as the lines of the run tell it."""
        lines = re.findall(r"^[✓✗] (\w+) .* ([A-Z]+)$", self.out, re.MULTILINE)
        return dict(lines)

    @property
    def log(self) -> str:
        """What the log file holds that the screen names."""
        [path] = re.findall(r"^[Ll]og:? +(/.+)$", self.out, re.MULTILINE)
        return pathlib.Path(path).read_text(encoding="utf-8")

    @property
    def pushed(self) -> str:
        """The directory that the summary names as pushed."""
        [pushed] = re.findall(r"^Pushed +(.+)$", self.out, re.MULTILINE)
        return pushed


class User:
    """Somebody with a table and a workspace."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.root = directory / "workspace" / "reviews"
        write_table(directory / "reviews.csv")

    def start(self, *settings: str, data: str = "reviews.csv") -> subprocess.Popen:
        """Starts a run on a table."""
        command = ["--data", data, "--text", "review", "--label", "stars"]
        return self.command(str(SCRIPT), *command, *_set(*SETTINGS, *settings))

    def command(self, *arguments: str) -> subprocess.Popen:
        """Starts a command of Python that works in the user's workspace."""
        return self.python(*arguments, "--workspace", "workspace")

    def python(self, *arguments: str) -> subprocess.Popen:
        """Starts a command of Python."""
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.directory,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
            # Of a shell's background job Ctrl-C is ignored, and by its children, unless they ask.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *settings: str, data: str = "reviews.csv") -> Run:
        """Runs to the end."""
        return ended(self.start(*settings, data=data))


def ended(process: subprocess.Popen) -> Run:
    """Waits for the end of what was started."""
    with process:
        out, err = process.communicate(timeout=TIMEOUT_SECONDS)
    return Run(process.returncode, out, err)


def _set(*settings: str) -> list[str]:
    return [argument for setting in settings for argument in ("--set", setting)]
