"""What must not happen to a server under load: a swap, broken versions and an end lose nothing.

`python -m benchmarks.serving_proof workspace/sentiment/serving/sentiment [--seconds 10]`

A copy of the newest version of a model that knows labels is served by a process of its own to 64
clients. A second copy is put beside it, whose labels are other ones, then broken ones; then hostile
bytes are sent, and requests made of the OpenAPI document; at last the process gets SIGTERM while
all clients ask. Each answer tells by its label which version's model made it. What is found amiss
is an error; the rest is printed. `tests/serving` runs the same loads in short on a tiny model.
"""

import argparse
import asyncio
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable

from benchmarks import server_process, serving_fuzz, serving_load
from serving import quiet, versions

TEXT = "A film of rare warmth, with a plot that keeps its promises to the end."
SLOWER = 2.0  # times the usual p99, while another version is loaded
GROWN_MB = 20.0  # what a server may have more after all hostile requests: noise of the allocator
_GRAPH = "saved_model.pb"
_DATA = "variables/variables.data-00000-of-00001"


class ProofError(Exception):
    """Something happened that must not."""


def states(port: int) -> dict[int, str]:
    """Asks a server for the state of each version."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/v1/models/model")
        told = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return {int(one["version"]): one["state"] for one in told["model_version_status"]}


async def wait_for(port: int, number: int, state: str) -> None:
    """Waits until a version is in some state."""
    while (await asyncio.to_thread(states, port)).get(number) != state:
        await asyncio.sleep(0.05)


def put(
    version: pathlib.Path,
    directory: pathlib.Path,
    number: int,
    spoil: Callable[[pathlib.Path], None] = lambda target: None,
) -> None:
    """Copies a version beside others, file by file, so that it is there once its graph is.

    Args:
        version: What is copied.
        directory: Of the versions.
        number: Of the copy.
        spoil: Changes files of the copy, but for which it is the same.
    """
    with tempfile.TemporaryDirectory() as kept:
        spoiled = pathlib.Path(shutil.copytree(version, pathlib.Path(kept) / "version"))
        spoil(spoiled)
        target = directory / str(number)
        shutil.copytree(spoiled, target, ignore=shutil.ignore_patterns(_GRAPH))
        shutil.copy(spoiled / _GRAPH, target / _GRAPH)


def tear(name: str) -> Callable[[pathlib.Path], None]:
    """Makes what leaves half of a file."""

    def spoil(version: pathlib.Path) -> None:
        file = version / name
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return spoil


def flip(version: pathlib.Path) -> None:
    """Changes a byte in the midst of the variables."""
    data = bytearray((version / _DATA).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (version / _DATA).write_bytes(data)


def mark(number: int) -> Callable[[pathlib.Path], None]:
    """Makes what puts a version's number behind each label, wherever the graph has it."""
    quiet.tensorflow()
    from tensorflow.core.framework import types_pb2
    from tensorflow.core.protobuf import saved_model_pb2

    def spoil(version: pathlib.Path) -> None:
        labels = set((version / "assets" / "label_vocabulary").read_bytes().splitlines())
        saved = saved_model_pb2.SavedModel.FromString((version / _GRAPH).read_bytes())
        graph = saved.meta_graphs[0].graph_def
        for nodes in (graph.node, *(function.node_def for function in graph.library.function)):
            for node in nodes:
                tensor = node.attr["value"].tensor if node.op == "Const" else None
                if tensor is None or tensor.dtype != types_pb2.DT_STRING:
                    continue
                if labels.issuperset(tensor.string_val):
                    tensor.string_val[:] = [b"%b %d" % (one, number) for one in tensor.string_val]
        (version / _GRAPH).write_bytes(saved.SerializeToString())

    return spoil


def marked(body: bytes) -> int:
    """Reads the number behind the label of an answer."""
    [row] = json.loads(body)["predictions"]
    return int(row["label"].rpartition(" ")[2])


BROKEN: dict[str, Callable[[pathlib.Path], None]] = {
    "half a graph": tear(_GRAPH),
    "half of the variables": tear(_DATA),
    "a wrong byte in the variables": flip,
}


class _Run:
    """A proof of one server.

    Args:
        version: What is copied.
        directory: What the server serves.
        process: The server.
        port: Its port.
        given: The command line's options.
    """

    def __init__(
        self,
        version: pathlib.Path,
        directory: pathlib.Path,
        process: subprocess.Popen[bytes],
        port: int,
        given: argparse.Namespace,
    ) -> None:
        self._version, self._directory = version, directory
        self._process, self._port, self._given = process, port, given
        self._body = json.dumps({"instances": [TEXT]}).encode()
        self._slow: list[str] = []

    async def prove(self) -> None:
        """Does all of it in turn.

        Raises:
            ProofError: If an answer took too long while another version was loaded.
        """
        await self._swap()
        for number, (name, spoil) in enumerate(BROKEN.items(), 3):
            await self._break(number, name, spoil)
        await asyncio.to_thread(self._fuzz, self._given.requests)
        await self._end()
        if self._slow:
            raise ProofError(f"p99 more than {SLOWER:g} times as long: {', '.join(self._slow)}")

    async def _swap(self) -> None:
        async def act() -> None:
            await asyncio.to_thread(put, self._version, self._directory, 2, mark(2))
            await wait_for(self._port, 1, "END")

        proof, answers = await self._load(act, 1)
        answers.judge_swap(1, 2, proof)
        await self._tell("a new version", proof)

    async def _break(self, number: int, name: str, spoil: Callable[[pathlib.Path], None]) -> None:
        async def act() -> None:
            await asyncio.to_thread(put, self._version, self._directory, number, spoil)
            await wait_for(self._port, number, "END")
            await asyncio.sleep(self._given.seconds)

        proof, answers = await self._load(act, 2)
        answers.judge_none_changed(2)
        await self._tell(name, proof)

    async def _load(self, act: Callable, number: int) -> tuple:
        answers = serving_load.Answers(marked)
        seconds = self._given.seconds
        proof = await serving_load.under_load(self._port, self._body, seconds, act, answers, number)
        return proof, answers

    async def _tell(self, name: str, proof: serving_load.Proof) -> None:
        before, meanwhile, after = proof.times()
        print(f"{name}: {len(proof.load.seconds):,} requests, none lost, none by a wrong version")
        print(f"  p99 {before:.1f} ms before, {meanwhile:.1f} ms meanwhile, {after:.1f} ms after")
        print(f"  then {await asyncio.to_thread(states, self._port)}", flush=True)
        if meanwhile > SLOWER * before:
            self._slow.append(name)

    def _fuzz(self, requests: int) -> None:
        serving_fuzz.fuzz(self._port, TEXT, requests // 10)  # what is made once is there then
        before = self._resident_mb()
        serving_fuzz.fuzz(self._port, TEXT, requests, 2)
        after = self._resident_mb()
        print(f"{requests:,} hostile requests: no 5xx; {before:.0f} MB before, {after:.0f} after")
        each = requests // 30
        tried = serving_fuzz.fuzz_openapi(self._port, each, lambda label: True)
        at_last = self._resident_mb()
        print(f"{len(tried)} operations of the OpenAPI document, {each} requests of each:")
        print(f"  no error 5xx; {at_last:.0f} MB after", flush=True)
        if max(after, at_last) > before + GROWN_MB:
            raise ProofError(f"memory has grown: {before:.0f}, {after:.0f}, {at_last:.0f} MB")

    def _resident_mb(self) -> float:
        pages = int(pathlib.Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    async def _end(self) -> None:
        async def act() -> None:
            self._process.send_signal(signal.SIGTERM)

        proof, answers = await self._load(act, 2)
        answers.judge_none_changed(2)
        print(f"SIGTERM: {len(proof.load.seconds):,} requests, none lost")


def main() -> None:
    """Runs all of it, and prints what was seen."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--requests", type=int, default=3000, help="hostile ones")
    given = parser.parse_args()
    version = versions.latest(given.directory)
    with tempfile.TemporaryDirectory() as kept:
        directory = pathlib.Path(kept)
        put(version, directory, 1, mark(1))
        with server_process.served(directory) as (process, port):
            asyncio.run(_Run(version, directory, process, port, given).prove())
        if process.returncode != 0:
            raise ProofError(f"the server ended with {process.returncode}")


if __name__ == "__main__":
    main()
