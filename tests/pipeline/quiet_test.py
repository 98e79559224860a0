"""Tests of `pipeline.quiet`, in processes of their own: they swap the standard descriptors."""

import logging
import os
import pathlib
import subprocess
import sys
import textwrap

import pytest

from pipeline import quiet

_NOISE = """
import logging, os, subprocess, sys, warnings
from absl import logging as absl_logging
from pipeline import quiet
import ctypes

def make_noise():
    print("from print")
    print("from stderr", file=sys.stderr)
    os.write(1, b"from descriptor 1\\n")
    os.write(2, b"from descriptor 2\\n")
    ctypes.CDLL(None).printf(b"from the C library\\n")
    subprocess.run([sys.executable, "-S", "-c", "print('from a child')"], check=True)
    logging.getLogger("some.library").info("from logging")
    absl_logging.info("from absl")
    warnings.warn("from warnings", stacklevel=1)
"""
_SOURCES = (
    "from print",
    "from stderr",
    "from descriptor 1",
    "from descriptor 2",
    "from the C library",
    "from a child",
    "INFO some.library: from logging",
    "INFO absl: from absl",
    "WARNING py.warnings: ",
    "UserWarning: from warnings",
)


def _run(
    script: str, log: pathlib.Path, shell_suffix: str = "2>&1"
) -> subprocess.CompletedProcess[str]:
    """Runs a script whose first argument is the log's path, through a shell."""
    source = textwrap.dedent(script) if script.startswith("\n    ") else script
    return subprocess.run(
        ["bash", "-c", f'"$0" -c "$1" "$2" {shell_suffix}', sys.executable, source, log],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )


def test_noise_of_every_source_lands_in_the_log_only(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "new" / "run.log"
    done = _run(
        _NOISE
        + """
with quiet.to_log(sys.argv[1]) as terminal:
    print("ours", file=terminal)
    make_noise()
""",
        log,
    )
    assert (done.returncode, done.stdout) == (0, "ours\n")
    text = log.read_text()
    assert [source for source in _SOURCES if source not in text] == []


def test_all_is_restored_after_an_exception(tmp_path: pathlib.Path) -> None:
    done = _run(
        _NOISE
        + """
before = (sys.stdout, sys.stdout.line_buffering, logging.root.level, logging.root.handlers[:],
          absl_logging.get_verbosity(), warnings.showwarning)
try:
    with quiet.to_log(sys.argv[1]):
        raise ValueError
except ValueError:
    pass
after = (sys.stdout, sys.stdout.line_buffering, logging.root.level, logging.root.handlers[:],
         absl_logging.get_verbosity(), warnings.showwarning)
print("restored" if before == after else (before, after), flush=True)
make_noise()
""",
        tmp_path / "run.log",
    )
    assert done.stdout.startswith("restored\n")
    shown = [source for source in _SOURCES[:6] if source in done.stdout]
    assert shown == list(_SOURCES[:6])
    assert "from absl" not in done.stdout  # below absl's own level again
    assert (tmp_path / "run.log").read_text() == ""


def test_the_log_keeps_what_it_held(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "run.log"
    log.write_text("first run\n")
    _run(
        """
    import sys
    from pipeline import quiet
    with quiet.to_log(sys.argv[1]):
        print("second run")
    """,
        log,
    )
    assert log.read_text() == "first run\nsecond run\n"


def test_python_and_other_output_keep_their_order_in_the_log(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "run.log"
    _run(
        """
    import os, sys
    from pipeline import quiet
    print("before")
    with quiet.to_log(sys.argv[1]):
        print("one")
        os.write(2, b"two\\n")
        print("three")
    """,
        log,
    )
    assert log.read_text() == "one\ntwo\nthree\n"


def test_buffers_are_emptied_to_where_they_were_meant(tmp_path: pathlib.Path) -> None:
    done = _run(
        """
    import ctypes, sys
    from pipeline import quiet
    libc = ctypes.CDLL(None)
    print("python before"); libc.printf(b"C before\\n")
    with quiet.to_log(sys.argv[1]):
        libc.printf(b"C inside\\n")
    print("python after"); libc.printf(b"C after\\n")
    """,
        tmp_path / "run.log",
    )
    assert sorted(done.stdout.splitlines()) == [
        "C after",
        "C before",
        "python after",
        "python before",
    ]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
def test_a_process_without_standard_descriptors_runs(tmp_path: pathlib.Path, closed: str) -> None:
    log = tmp_path / "run.log"
    done = _run(
        """
    import os, sys
    from pipeline import quiet
    with quiet.to_log(sys.argv[1]) as terminal:
        print("ours", file=terminal)
        print("noise")
        os.write(2, b"more noise\\n")
    """,
        log,
        shell_suffix=closed,
    )
    assert (done.returncode, log.read_text()) == (0, "noise\nmore noise\n")


def test_a_reader_that_leaves_does_not_end_the_run(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "run.log"
    done = _run(
        """
    import sys
    from pipeline import quiet
    with quiet.to_log(sys.argv[1]) as terminal:
        for number in range(20000):
            print("line", number, file=terminal)
        print("the end")
    """,
        log,
        shell_suffix="| head -n 1; exit ${PIPESTATUS[0]}",
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "line 0\n", "")
    assert log.read_text() == "the end\n"


def test_a_full_pipe_that_does_not_block_loses_nothing(tmp_path: pathlib.Path) -> None:
    done = _run(
        """
    import os, sys
    from pipeline import quiet
    os.set_blocking(1, False)
    with quiet.to_log(sys.argv[1]) as terminal:
        for number in range(30000):
            print(number, file=terminal)
    """,
        tmp_path / "run.log",
        shell_suffix="| (sleep 0.3; wc -l); exit ${PIPESTATUS[0]}",
    )
    assert (done.returncode, done.stdout.strip()) == (0, "30000")


def test_what_the_encoding_lacks_is_escaped(tmp_path: pathlib.Path) -> None:
    done = _run(
        """
    import sys
    from pipeline import quiet
    sys.stdout.reconfigure(encoding="ascii")
    with quiet.to_log(sys.argv[1]) as terminal:
        print("caf\\u00e9", file=terminal)
    """,
        tmp_path / "run.log",
    )
    assert done.stdout == "caf\\xe9\n"


def test_a_replaced_stdout_is_the_terminal(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "run.log"
    with quiet.to_log(log) as terminal:
        print("ours", file=terminal)
        sys.stdout.write("noise\n")
        os.write(2, b"more noise\n")
    sys.stdout.write("after\n")
    assert capsys.readouterr().out == "ours\nafter\n"
    assert log.read_text() == "noise\nmore noise\n"


def test_a_log_that_cannot_be_written_changes_nothing(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(IsADirectoryError), quiet.to_log(tmp_path):
        pass
    sys.stdout.write("still here\n")
    assert capsys.readouterr().out == "still here\n"


def test_records_do_not_say_secrets(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "log"
    with quiet.to_log(log, ("hunter2", "")):
        logging.getLogger("x").info('password: "%s"', "hunter2")
    assert 'INFO x: password: "***"\n' in log.read_text()
