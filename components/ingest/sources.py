"""Which files a source names: a file, a glob or a directory. Imports nothing heavy.

A path that exists always means itself, whatever characters it has. Otherwise `*`, `?` and `[...]`
make it a glob within one directory level each. A directory means the files in it, but for hidden
ones; its subdirectories are not looked into.
"""

import collections
import errno
import glob
import itertools
import os
import pathlib
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence

from components.ingest import formats

# A source to the key of the config that names its files.
KEYS: Mapping[str, str] = {
    "all": "data.path",
    "train": "data.train",
    "eval": "data.eval",
    "test": "data.test",
}
_MAGIC = "*?["
# The files of a directory that are not hidden, as `formats.is_hidden` has it.
_NOT_HIDDEN = "[!._]*"
_MAX_SHOWN = 200  # characters of a path
_LISTED = ", ".join(extension for extension in formats.EXTENSIONS if not extension.endswith(".gz"))


class SourceError(ValueError):
    """Files that can't be a source.

    Attributes:
        problems: One line each; the first is the error's own text.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems[0])
        self.problems = tuple(problems)


def is_remote(path: str) -> bool:
    """Tells whether a path is a URI such as `gs://bucket/file.csv`, which only TFX can look at."""
    return "://" in path


def to_pattern(path: str) -> str:
    """Makes the absolute pattern that TFX matches: exactly the files that the path means.

    A URI stays as it is, but that one which ends in `/` means the files of that directory.
    """
    if is_remote(path):
        return f"{path}{_NOT_HIDDEN}" if path.endswith("/") else path
    absolute = str(pathlib.Path(path).absolute())
    if not os.path.lexists(absolute):
        # TFX takes a backslash for an escape, and `{SPAN}` for a name of its own.
        return absolute.replace("\\", "\\\\").replace("{", "[{]")
    literal = "".join(f"[{c}]" if c in "*?[{" else c for c in absolute.replace("\\", "\\\\"))
    return f"{literal}/{_NOT_HIDDEN}" if pathlib.Path(absolute).is_dir() else literal


def visible(pattern: str, matches: Iterable[str]) -> list[str]:
    """Sorts what TFX's glob matches, without hidden names that the shell's globs leave out."""
    parts = pattern.split("/")
    return sorted(
        match
        for match in matches
        if not any(
            name.startswith(".") and part.startswith(tuple(_MAGIC))
            for name, part in zip(match.split("/"), parts, strict=False)
        )
    )


def common_base(patterns: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Parts patterns into their longest common directory and what is below it.

    Args:
        patterns: Source to its absolute pattern.

    Returns:
        The directory, itself a pattern that matches one directory only, and source to the rest.

    Raises:
        SourceError: If they share no file system.
    """
    parts = [pattern.split("/") for pattern in patterns.values()]
    # The last part is a file's; no glob may be in the base.
    fixed = [_until_glob(split[:-1]) for split in parts]
    shared = _common(fixed)
    if not shared:
        shown = " and ".join(patterns.values())
        raise SourceError([f"the files must lie on one file system. Received: {shown}"])
    base = "/".join(shared) or "/"
    return f"{base}/" if base.endswith(":/") else base, {
        source: "/".join(split[len(shared) :])
        for source, split in zip(patterns, parts, strict=True)
    }


def origin_names(files: Sequence[str]) -> list[str]:
    """Names files for people: below their longest common directory, on one line each."""
    parts = [file.split("/") for file in files]
    shared = len(_common([split[:-1] for split in parts]))
    return [_printable("/".join(split[shared:])) for split in parts]


def _common(lists: Sequence[Sequence[str]]) -> list[str]:
    """The longest beginning that all lists have."""
    same = itertools.takewhile(lambda of: len(set(of)) == 1, zip(*lists, strict=False))
    return [parts[0] for parts in same]


def _until_glob(parts: Sequence[str]) -> list[str]:
    """Cuts a pattern's parts before the first that could match several names."""
    fixed = []
    for part in parts:
        plain = part
        for escaped in ("[*]", "[?]", "[[]", "[{]"):
            plain = plain.replace(escaped, "")
        if any(c in plain for c in _MAGIC):
            break
        fixed.append(part)
    return fixed


def list_files(key: str, path: str, format_: formats.Format | None = None) -> list[str]:
    """Lists the files that a local path means, in order.

    Args:
        key: The setting that names the path, such as `data.path`, for messages.
        path: A file, a glob or a directory.
        format_: The format that the files are said to have; None goes by their names.

    Raises:
        SourceError: If there are none, or any of them can't be read or is none of a table's.
    """
    found, problems = _find(key, path)
    if not problems:
        problems = [*_readability_problems(key, found), *name_problems(key, found, format_)]
    if problems:
        raise SourceError(problems)
    return found


def name_problems(key: str, files: Sequence[str], format_: formats.Format | None) -> Iterator[str]:
    """Yields what is wrong with the names of a source's files: no known format, or several."""
    if format_ is not None:
        return
    by_format = collections.defaultdict(list)
    for file in files:
        by_format[formats.of_name(file)].append(file)
    strays = by_format.pop(None, [])
    if strays:
        among = f" among {len(files):,} files" if len(files) > 1 else ""
        yield (
            f"`{key}` must name files of a known format ({_LISTED}; each also with .gz), or "
            f"`data.format` must say it. Received: {_show(_name(strays[0]))}{among}"
        )
    if len(by_format) > 1:
        kinds = " and ".join(f"{_show(_name(of[0]))} ({kind})" for kind, of in by_format.items())
        yield f"`{key}` must name files of one format. Received: {kinds}"


def _find(key: str, path: str) -> tuple[list[str], list[str]]:
    """Finds the files that a path means; returns problems beside them."""
    try:
        if _exists(path):
            is_dir = stat.S_ISDIR(os.stat(path).st_mode)  # noqa: PTH116 - tells loops from absence
            return _in_directory(key, path) if is_dir else ([path], [])
    except OSError as error:
        return [], [_os_problem(key, path, error)]
    if not any(c in path for c in _MAGIC):
        return [], [f"`{key}` must be a file that exists. Received: {_show(path)}"]
    if "**" in path:
        return [], [f"`{key}` must not use `**`: `*` matches names. Received: {_show(path)}"]
    found = sorted(glob.glob(path))  # noqa: PTH207 - keeps the path as it was written
    if not found:
        return [], [f"`{key}` must match files. Received: {_show(path)}, which matches none"]
    return found, []


def _exists(path: str) -> bool:
    """Tells whether there is such a name, if only a link to nothing.

    Raises:
        OSError: If that can't be told, such as for want of permission.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a NUL is a ValueError
        return False
    return True


def _in_directory(key: str, path: str) -> tuple[list[str], list[str]]:
    entries = sorted(str(entry) for entry in pathlib.Path(path).iterdir())
    files = [entry for entry in entries if not formats.is_hidden(entry)]
    if not files:
        return [], [f"`{key}` must be a directory with files. Received: {_show(path)}, empty"]
    return files, []


def _readability_problems(key: str, files: Iterable[str]) -> Iterator[str]:
    """Yields a line for each file that can't be opened as a regular file."""
    for file in files:
        try:
            kind = os.stat(file).st_mode  # noqa: PTH116 - not through a loop of links
            if stat.S_ISDIR(kind):
                yield (
                    f"`{key}` must name files only; subdirectories are not looked into. "
                    f"Received: {_show(file)}, a directory"
                )
            elif not stat.S_ISREG(kind):
                yield f"`{key}` must name regular files. Received: {_show(file)}, {_kind(kind)}"
            else:
                with pathlib.Path(file).open("rb"):  # root may read what its mode denies
                    _name(file).encode("utf-8")
        except OSError as error:
            yield _os_problem(key, file, error)
        except UnicodeEncodeError:
            shown = _show(os.fsencode(_name(file)).decode("utf-8", "backslashreplace"))
            yield f"`{key}` must name files whose names are UTF-8. Received: {shown}"


def _os_problem(key: str, path: str, error: OSError) -> str:
    if error.errno == errno.ELOOP:
        rule = "must not be a loop of symbolic links"
    elif error.errno == errno.ENOENT:
        rule = "must be a file that exists, not a link to none"
    else:
        rule = "must be files that can be read"
    reason = "" if error.errno in (errno.ELOOP, errno.ENOENT) else f" ({error.strerror})"
    return f"`{key}` {rule}. Received: {_show(path)}{reason}"


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def _name(path: str) -> str:
    return pathlib.PurePath(path).name


def _show(path: str) -> str:
    shown = _printable(path)
    return shown if len(shown) <= _MAX_SHOWN else f"{shown[: _MAX_SHOWN - 1]}…"


def _printable(path: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in path)
