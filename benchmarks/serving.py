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
    cpu_before = time.process_time()
    until, times = time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        times.append(call())
    times.sort()
    told = {f"p{p}": 1e3 * times[int(len(times) * p / 100)] for p in (50, 95, 99)}
    cpu = 1e3 * (time.process_time() - cpu_before) / len(times)
    return {**told, "cpu": cpu, "rate": len(times) / sum(times)}


@contextlib.contextmanager
def _server(directory: pathlib.Path, *arguments: str) -> Iterator[tuple[int, int]]:
    """Runs the server; gives its process and its port once the model is available."""
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
            yield process.pid, port
        finally:
            process.terminate()
            process.communicate()


def _load(process: int, port: int, clients: int, seconds: float) -> dict[str, float]:
    """Loads the server; with what its own threads took of the processors for each request."""
    body = json.dumps({"instances": [TEXT]})
    arguments = [str(port), "/v1/models/model:predict", body, str(clients)]
    command = [sys.executable, str(HERE / "http_load.py"), *arguments]
    subprocess.run([*command, "1"], check=True, capture_output=True)  # warm-up
    before = _cpu_seconds(process)
    done = subprocess.run([*command, str(seconds)], check=True, capture_output=True, text=True)
    seen: dict[str, float] = json.loads(done.stdout)
    return {**seen, "cpu": 1e3 * (_cpu_seconds(process) - before) / seen["requests"]}


def _cpu_seconds(process: int) -> float:
    """Reads what a process has taken of the processors (proc(5), fields 14 and 15 of stat)."""
    stat = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _tell(name: str, seen: dict[str, float]) -> None:
    times = " ".join(f"{seen[key]:8.2f}" for key in ("p50", "p95", "p99", "cpu"))
    print(f"{name:24} {times} {seen['rate']:10,.0f}", flush=True)


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
    heads = " ".join(f"{head:>8}" for head in ("p50 ms", "p95 ms", "p99 ms", "CPU ms"))
    print(f"{'':24} {heads} {'requests/s':>10}")
    _tell("direct call, 1 text", _floor(version, given.seconds))
    for name, arguments in (("batching", ()), ("no batching", ("--no-batching",))):
        with _server(version, *arguments) as (process, port):
            for clients in CLIENTS:
                seen = _load(process, port, clients, given.seconds)
                _tell(f"{name}, {clients} clients", seen)


if __name__ == "__main__":
    main()
