"""Tests of `pipeline.console`, as text, as a screen, and on a real pseudo-terminal."""

import fcntl
import io
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
import time

import pytest

from pipeline import console as console_lib
from trainer import progress

_STARTED = progress.Started(
    epochs=2,
    steps_per_epoch=100,
    parameters=4_321,
    replicas=1,
    precision="float32",
    resumed_step=0,
)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class _Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hides what the tester's own terminal asks for."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def _show_a_run(console: console_lib.Console) -> None:
    """Tells of a short run with one cached component, and of one that fails."""
    with console.busy("starting"):
        pass
    console.component_started("Ingest")
    console.component_finished("Ingest", 2.04, cached=True)
    console.component_started("Trainer")
    console.training_event(_STARTED)
    console.training_event(progress.Step(epoch=1, step=50, loss=0.5))
    console.training_event(
        progress.EpochEnd(1, 12.3, {"loss": 0.4, "eval_loss": 0.35, "eval_accuracy": 0.9}, True)
    )
    console.training_event(progress.Step(epoch=2, step=50, loss=0.3))
    console.training_event(progress.Finished("all 2 epochs run", best_epoch=1, seconds=30.0))
    console.component_finished("Trainer", 31.5, cached=False)
    console.component_started("Evaluator")
    console.component_failed("Evaluator", 125.0)
    console.error("`value` must be finite.\nReceived: nan")
    console.line("log: /a/b c/run.log")


_LINES = """\
✓ Ingest                     2.0 s  HIT
  Trainer: 4,321 weights in float32, at most 2 epochs of 100 steps
  epoch    loss  eval loss  eval accuracy     time
    1/2  0.4000     0.3500         0.9000   12.3 s  best
  all 2 epochs run; kept epoch 1
✓ Trainer                   31.5 s  MISS
✗ Evaluator             2 min 05 s  FAILED
error: `value` must be finite. Received: nan
log: /a/b c/run.log
"""


def _screen(output: str) -> str:
    """Plays what was written on a terminal that never scrolls, and reads the screen."""
    rows, row, column = [""], 0, 0
    for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", output):
        if piece == "\n":
            row, column = row + 1, 0
            rows += [""] * (row + 1 - len(rows))
        elif piece == "\r":
            column = 0
        elif match := re.fullmatch(r"\x1b\[(\d*)A", piece):
            row -= int(match[1] or 1)
        elif piece == "\x1b[2K":
            rows[row] = ""
        elif not piece.startswith("\x1b"):
            rows[row] = rows[row][:column].ljust(column) + piece + rows[row][column + len(piece) :]
            column += len(piece)
    return "\n".join(line.rstrip() for line in rows)


def test_a_pipe_gets_plain_lines() -> None:
    stream = io.StringIO()
    with console_lib.Console(stream) as console:
        _show_a_run(console)
    assert stream.getvalue() == _LINES


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = _Terminal()
    with console_lib.Console(stream) as console:
        _show_a_run(console)
    assert stream.getvalue() == _LINES


def test_colour_forced_through_a_pipe_moves_no_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    stream = io.StringIO()
    with console_lib.Console(stream) as console:
        _show_a_run(console)
    assert "\x1b[32m" in stream.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()) == _LINES


def test_a_terminal_ends_with_the_same_lines_and_nothing_else() -> None:
    stream = _Terminal()
    with console_lib.Console(stream, width=80) as console:
        _show_a_run(console)
    assert _screen(stream.getvalue()) == _LINES


def test_a_terminal_shows_what_runs() -> None:
    stream, now = _Terminal(), [100.0]
    with console_lib.Console(stream, width=80, clock=lambda: now[0]) as console:
        console.component_started("Trainer")
        console.training_event(_STARTED)
        console.training_event(progress.Step(epoch=1, step=10, loss=0.5))
        now[0] = 112.0
        console.training_event(progress.Step(epoch=1, step=50, loss=0.5))
        console.line("a line above")
        screen = _screen(stream.getvalue())
    assert screen.splitlines()[-3:] == [
        "a line above",
        "⠋ Trainer                     12 s",
        "  epoch 1/2  ━━━━━━━━━━━━────────────   50/100  loss 0.5000  at most 45 s left",
    ]


def test_a_new_component_does_not_inherit_the_bar() -> None:
    stream = _Terminal()
    with console_lib.Console(stream, width=80) as console:
        console.component_started("Trainer")
        console.training_event(_STARTED)
        console.training_event(progress.Step(epoch=1, step=10, loss=0.5))
        console.component_finished("Trainer", 1.0, cached=False)
        console.component_started("Evaluator")
        console.line()
        screen = _screen(stream.getvalue())
    assert "Evaluator" in screen
    assert "epoch 1/2" not in screen


def test_what_runs_moves_without_being_told() -> None:
    stream = _Terminal()
    with console_lib.Console(stream, width=80) as console:
        console.component_started("Transform")
        drawn = len(stream.getvalue())
        deadline = time.monotonic() + 5
        while len(stream.getvalue()) == drawn and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(stream.getvalue()) > drawn


def test_busy_shows_on_a_terminal_and_leaves_nothing() -> None:
    stream = _Terminal()
    with (
        console_lib.Console(stream, width=80) as console,
        console.busy("starting TensorFlow"),
    ):
        assert "starting TensorFlow" in _screen(stream.getvalue())
    assert _screen(stream.getvalue()).strip() == ""


def test_no_color_keeps_the_bar_and_drops_the_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = _Terminal()
    with console_lib.Console(stream, width=80) as console:
        _show_a_run(console)
    assert "━" in stream.getvalue()
    assert re.findall(r"\x1b\[(?:\d+;)*[349]\d(?:;\d+)*m", stream.getvalue()) == []


def test_an_exception_gives_the_cursor_back() -> None:
    stream = _Terminal()
    with pytest.raises(KeyError), console_lib.Console(stream, width=80) as console:
        console.component_started("Transform")
        raise KeyError
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")
    assert _screen(stream.getvalue()).strip() == ""


def test_lines_are_still_shown_after_close() -> None:
    stream = _Terminal()
    console = console_lib.Console(stream, width=80)
    console.component_started("Transform")
    console.close()
    console.line("the end")
    assert _screen(stream.getvalue()) == "the end\n"


def test_sixty_columns_are_enough() -> None:
    stream = _Terminal()
    with console_lib.Console(stream, width=60) as console:
        _show_a_run(console)
        console.error("word " * 30)
        console.component_started("Node" * 30)
    lines = _ESCAPES.sub("", stream.getvalue()).replace("\r", "\n").splitlines()
    assert max(map(len, lines)) <= 60


def test_a_path_is_never_broken() -> None:
    stream = _Terminal()
    path = "/long" * 40
    with console_lib.Console(stream, width=60) as console:
        console.line(f"log: {path}")
        console.error(f"cannot read {path} today")
    assert stream.getvalue().count(path) == 2


@pytest.mark.parametrize("animated", [False, True])
def test_an_ascii_stream_gets_ascii(animated: bool) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    with console_lib.Console(stream, animated=animated, width=80) as console:
        _show_a_run(console)
        console.line("süß")
    stream.flush()
    output = _screen(raw.getvalue().decode("ascii"))
    assert output == _LINES.replace("✓", "+").replace("✗", "x") + "s\\xfc\\xdf\n"


def test_hostile_text_is_shown_not_obeyed() -> None:
    stream = io.StringIO()
    with console_lib.Console(stream) as console:
        console.line("[bold]\x1b[2J :smile:\none more")
        console.error("\x1b]0;title\x07")
    assert stream.getvalue() == ("[bold]\\x1b[2J :smile:\none more\nerror: \\x1b]0;title\\x07\n")


def test_threads_may_all_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_lib, "_FRAMES_PER_SECOND", 5000)
    stream = _Terminal()

    def speak(name: int) -> None:
        console.component_started(f"Node{name}")
        for number in range(50):
            console.line(f"{name}:{number}")
            console.training_event(progress.Step(epoch=1, step=number, loss=0.5))
        console.component_finished(f"Node{name}", 1.0, cached=False)

    with console_lib.Console(stream, width=80) as console:
        console.training_event(_STARTED)
        threads = [threading.Thread(target=speak, args=[n], daemon=True) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        assert not any(thread.is_alive() for thread in threads)
    lines = _screen(stream.getvalue()).splitlines()
    expected = [f"{name}:{number}" for name in range(6) for number in range(50)]
    assert sorted(line for line in lines if ":" in line[:2]) == sorted(expected)
    assert len(lines) == 1 + len(expected) + 6


_ON_A_TERMINAL = """
import os, sys, time
from pipeline import console as console_lib, quiet
from trainer import progress
with quiet.to_log(sys.argv[1]) as terminal, console_lib.Console(terminal) as console:
    console.component_started("Trainer")
    console.training_event(progress.Started(2, 100, 4321, 1, "float32", 0))
    console.training_event(progress.Step(1, 50, 0.5))
    os.write(2, b"noise from below\\n")
    print("noise from above")
    time.sleep(0.3)
    console.component_finished("Trainer", 1.0, cached=False)
"""


def test_a_real_terminal_shows_the_bar_and_not_the_noise(tmp_path: pathlib.Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 50, 0, 0))
    log = tmp_path / "run.log"
    process = subprocess.Popen(
        [sys.executable, "-c", _ON_A_TERMINAL, log],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    os.close(theirs)
    output = b""
    while chunk := _read(ours):
        output += chunk
    assert process.wait() == 0
    shown = output.decode()
    bars = [line for line in re.split(r"[\r\n]", _ESCAPES.sub("", shown)) if "━" in line]
    assert bars
    assert {len(bar) for bar in bars} <= set(range(40, 51))  # this terminal's width, not 80
    assert "✓ Trainer" in _screen(shown)
    assert "epoch" not in _screen(shown).replace("epochs", "")
    assert "noise" not in shown
    assert log.read_text() == "noise from below\nnoise from above\n"


def _read(descriptor: int) -> bytes:
    """Reads what is there, or nothing once the other side is closed."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from pipeline import console, quiet, summary; "
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'tfx', 'apache_beam')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
