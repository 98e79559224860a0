"""How much the server adds to the model, and what batching gives: latency and requests a second.

`python benchmarks/serving.py workspace/sentiment/serving/sentiment [--seconds 5]`

The floor is a direct call of the same SavedModel in a process: `tf.saved_model.load`, the
signature, and its outputs as NumPy. The server runs once with batching and once without
(`--no-batching`); the load comes over loopback from a process of its own (`http_load.py`).
"""

import argparse
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Iterator

HERE = pathlib.Path(__file__).resolve().parent
TEXT = "A film of rare warmth, with a plot that keeps its promises to the end."
CLIENTS = (1, 8, 64)


def _floor(version: pathlib.Path, seconds: float) -> dict[str, float]:
    """Calls the signature directly, one text after the other."""
    from serving import quiet

    quiet.tensorflow()
    import tensorflow as tf
    import tensorflow_text  # noqa: F401 - registers the ops of text models

    signature = tf.saved_model.load(str(version)).signatures["serving_default"]

    def call() -> float:
        began = time.perf_counter()
        outputs = signature(text=tf.constant([TEXT]))
        for value in outputs.values():
            value.numpy()
        return time.perf_counter() - began

    for _ in range(50):
        call()
    until, times = time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        times.append(call())
    times.sort()
    told = {f"p{p}": 1e3 * times[int(len(times) * p / 100)] for p in (50, 95, 99)}
    return {**told, "rate": len(times) / sum(times)}


@contextlib.contextmanager
def _server(directory: pathlib.Path, *arguments: str) -> Iterator[int]:
    """Runs the server; gives its port once the model is available."""
    command = [sys.executable, "-m", "serving", str(directory), "--model-name", "model"]
    with subprocess.Popen(
        [*command, "--port", "0", "--grpc-port", "0", *arguments],
        cwd=HERE.parent,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        port = 0
        for line in process.stderr or ():
            if "REST on" in line:
                port = int(line.rsplit(":", 1)[1])
            if "is available" in line:
                break
        try:
            yield port
        finally:
            process.terminate()
            process.communicate()


def _load(port: int, clients: int, seconds: float) -> dict[str, float]:
    body = json.dumps({"instances": [TEXT]})
    arguments = [str(port), "/v1/models/model:predict", body, str(clients)]
    command = [sys.executable, str(HERE / "http_load.py"), *arguments]
    subprocess.run([*command, "1"], check=True, capture_output=True)  # warm-up
    done = subprocess.run([*command, str(seconds)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _tell(name: str, seen: dict[str, float]) -> None:
    print(
        f"{name:32} {seen['p50']:8.2f} {seen['p95']:8.2f} {seen['p99']:8.2f} {seen['rate']:10,.0f}",
        flush=True,
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=5.0)
    given = parser.parse_args()
    sys.path.insert(0, str(HERE.parent))
    from serving import versions

    version = versions.latest(given.directory)
    print(f"{version}, {os.cpu_count()} cores\n")
    print(f"{'':32} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'requests/s':>10}")
    _tell("direct call, 1 text", _floor(version, given.seconds))
    for name, arguments in (("batching", ()), ("no batching", ("--no-batching",))):
        with _server(version, *arguments) as port:
            for clients in CLIENTS:
                _tell(f"{name}, {clients} clients", _load(port, clients, given.seconds))


if __name__ == "__main__":
    main()
