"""How much the server adds to the model, and what batching gives: latency and requests a second.

`python -m benchmarks.serving workspace/sentiment/serving/sentiment [--seconds 3] [--rounds 5]`

The floor is a direct call of the same SavedModel in a process: `tf.saved_model.load`, the
signature, and its outputs as NumPy. One server runs with batching and one without
(`--no-batching`); the load comes over loopback from a process of its own (`http_load.py`).
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks import server_process
from serving import quiet, versions

HERE = pathlib.Path(__file__).resolve().parent
TEXT = "A film of rare warmth, with a plot that keeps its promises to the end."
CLIENTS = (1, 8, 64)
_DIRECT = "direct call, 1 text"


def _floor(version: pathlib.Path) -> None:
    """Calls the signature directly, one text after the other, for as long as each line says."""
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
    for line in sys.stdin:
        cpu_before = time.process_time()
        until, times = time.perf_counter() + float(line), []
        while time.perf_counter() < until:
            times.append(call())
        times.sort()
        told = {f"p{p}": 1e3 * times[int(len(times) * p / 100)] for p in (50, 95, 99)}
        cpu = 1e3 * (time.process_time() - cpu_before) / len(times)
        print(json.dumps({**told, "cpu": cpu, "rate": len(times) / sum(times)}), flush=True)


@contextlib.contextmanager
def _floor_process(version: pathlib.Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.serving", "--floor", str(version)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        yield process
        process.communicate()


def _ask_floor(process: subprocess.Popen[str], seconds: float) -> dict[str, float]:
    process.stdin.write(f"{seconds}\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


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


def _measure(version: pathlib.Path, seconds: float, rounds: int) -> dict[str, list[dict]]:
    """Measures all in turn, again and again, so that other work on the machine falls on each."""
    seen: dict[str, list[dict]] = {}
    with contextlib.ExitStack() as servers:
        started = {
            "batching": servers.enter_context(server_process.served(version)),
            "no batching": servers.enter_context(server_process.served(version, "--no-batching")),
        }
        floor = servers.enter_context(_floor_process(version))
        for _ in range(rounds):
            seen.setdefault(_DIRECT, []).append(_ask_floor(floor, seconds))
            for name, (process, port) in started.items():
                for clients in CLIENTS:
                    load = _load(process.pid, port, clients, seconds)
                    seen.setdefault(f"{name}, {clients} clients", []).append(load)
    return seen


def main() -> None:
    """Prints the table: medians over the rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    version = versions.latest(given.directory)
    print(f"{version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    heads = " ".join(f"{head:>8}" for head in ("p50 ms", "p95 ms", "p99 ms", "CPU ms"))
    print(f"{'':24} {heads} {'requests/s':>10}")
    middle = {
        name: {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        for name, rounds in _measure(version, given.seconds, given.rounds).items()
    }
    for name, one in middle.items():
        times = " ".join(f"{one[key]:8.2f}" for key in ("p50", "p95", "p99", "cpu"))
        print(f"{name:24} {times} {one['rate']:10,.0f}")
    _judge(middle)


def _judge(middle: dict[str, dict[str, float]]) -> None:
    """Prints how what was measured stands to its bounds."""
    direct, served = middle[_DIRECT]["p50"], middle["batching, 1 clients"]["p50"]
    print(f"\n1 client: p50 {served:.2f} ms; the bound is {1.5 * direct + 1.0:.2f} ms")
    rates = [
        middle[f"{kind}, {CLIENTS[-1]} clients"]["rate"] for kind in ("batching", "no batching")
    ]
    print(f"{CLIENTS[-1]} clients: {rates[0] / rates[1]:.1f} times as many answers; the bound is 4")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--floor"]:
        _floor(pathlib.Path(sys.argv[2]))
    else:
        main()
