"""Follows the steps of a Dockerfile in a directory and an environment of its own.

There need be no Docker. What is put into the image is what git tracks, as on a fresh clone;
packages are installed by uv, from the very requirements and with their hashes, and users are not
made.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator

PROJECT = pathlib.Path(__file__).resolve().parents[2]
_UV = PROJECT / ".tools" / "uv" / "bin" / "uv"
_HANDLED = {"FROM", "ARG", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE"}
_TOLD = {"HEALTHCHECK", "ENTRYPOINT", "CMD"}


def steps(dockerfile: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Yields each instruction with what it is told."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text(encoding="utf-8"), flags=re.M)
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, " ".join(rest.split())


class Image:
    """A place that is made as a Dockerfile says."""

    def __init__(self, dockerfile: pathlib.Path, root: pathlib.Path, python: str) -> None:
        """Follows all steps.

        Args:
            dockerfile: Names what to do.
            root: An empty directory, which stands for the image's `/`.
            python: The Python to make the environment with.
        """
        self._root = root
        self._venv = root / "venv"
        self._variables: dict[str, str] = {}
        self._directory = root
        self.told: dict[str, list[str]] = {}
        subprocess.run([_UV, "venv", "--quiet", "--python", python, self._venv], check=True)
        for word, rest in steps(dockerfile):
            if word in _TOLD:
                self.told[word] = json.loads(rest[rest.index("[") :])
            elif word not in _HANDLED:
                raise ValueError(f"{word} is not known here")
            else:
                getattr(self, f"_{word.lower()}", lambda _: None)(rest)

    def command(self, *arguments: str) -> list[str]:
        """Names a command by its program in the image."""
        found = shutil.which(arguments[0], path=str(self._venv / "bin"))
        return [found or arguments[0], *arguments[1:]]

    @property
    def environment(self) -> dict[str, str]:
        """What a process in the image has."""
        path = f"{self._venv / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {"HOME": "/nonexistent", **self._variables, "PATH": path}

    @property
    def directory(self) -> pathlib.Path:
        """The working directory."""
        return self._directory

    def _arg(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        self._variables[name] = value

    def _env(self, rest: str) -> None:
        for pair in shlex.split(rest):
            self._arg(pair)

    def _workdir(self, rest: str) -> None:
        self._directory = self._root / rest.lstrip("/")
        self._directory.mkdir(parents=True)

    def _copy(self, rest: str) -> None:
        source, target = shlex.split(rest)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", source],
            cwd=PROJECT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        names = [name for name in listed.split("\0") if name and (PROJECT / name).is_file()]
        if not names:
            raise ValueError(f"There must be something to copy. Received: {source}")
        for name in names:
            below = pathlib.PurePath(name).relative_to(source)
            copied = self._directory / target / below
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / name, copied)

    def _run(self, rest: str) -> None:
        for command in rest.split(" && "):
            words = [self._filled(word) for word in shlex.split(command)]
            if words[0] == "useradd":
                continue
            if words[:2] != ["pip", "install"]:
                raise ValueError(f"{command} is not known here")
            install = [str(_UV), "pip", "install", "--quiet", "--python", str(self._venv)]
            subprocess.run([*install, *words[2:]], cwd=self._directory, check=True)

    def _filled(self, word: str) -> str:
        return re.sub(r"\$\{(\w+)\}", lambda match: self._variables[match[1]], word)
