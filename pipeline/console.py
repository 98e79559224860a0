"""What a run shows while it works: a line a component, and life in what is still running."""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO

import rich.console
import rich.live
import rich.text

from pipeline import console_folds, console_text, console_training, console_tuning
from trainer import progress

HIT, MISS, FAILED = "HIT", "MISS", "FAILED"
DONE = ""  # it ran, and there is no cache
_STYLES = {HIT: "dim", MISS: "", DONE: ""}
_NAME_WIDTH = 20
_TIME_WIDTH = 10
_FRAMES_PER_SECOND = 10


class Console:
    """Tells people of a run, on a terminal or through a pipe.

    On a terminal, what runs has a spinner with its seconds, and a training a bar; both go away
    when it ends, and its line stays. Through a pipe, and where `TERM` is `dumb`, there are only the
    lines that stay, whole and without control characters. Methods may be called from any thread.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        animated: bool | None = None,
        width: int | None = None,
        names: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Writes to the stream.

        Args:
            stream: Where people look.
            animated: Whether it can move the cursor; None asks the stream and the environment.
            width: In columns, where it is animated; None asks the terminal, each time anew.
            names: Of all components, where the columns are to fit long ones.
            clock: In seconds.
        """
        self._rich = rich.console.Console(
            file=stream,
            force_terminal=animated or None,
            force_interactive=animated,
            force_jupyter=False,
            legacy_windows=False,
        )
        self._stream = stream
        self._fixed_width = width
        self.name_width = max([_NAME_WIDTH, *map(len, names)])
        self._clock = clock
        if animated is None:
            animated = self._rich.is_interactive and stream.isatty()
        self._animated = animated
        self._encoding = self._rich.encoding
        self.symbols = console_text.symbols(self._encoding)
        self._running: dict[str, float] = {}  # since when on the clock, in order
        self._training: console_training.Training | None = None
        self._search: str | None = None  # whose settings are searched
        self._trial: progress.TrialStarted | None = None  # the one under way
        self._validates = False  # whether folds have been told of
        self._fold: progress.FoldStarted | None = None  # the one under way
        self._live: rich.live.Live | None = None
        self._lock = threading.RLock()

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def width(self) -> int | None:
        """Columns of the terminal; None where lines may be as long as they are."""
        if not self._animated:
            return None
        if self._fixed_width is not None:
            return self._fixed_width
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    @contextlib.contextmanager
    def busy(self, what: str) -> Iterator[None]:
        """Shows what is being done while no component runs yet, on a terminal only."""
        with self._lock:
            self._start(what)
        try:
            yield
        finally:
            with self._lock:
                self._end(what)

    def component_started(self, node_id: str) -> None:
        """Shows that a component runs."""
        with self._lock:
            self._start(node_id)

    def component_finished(self, node_id: str, seconds: float, cached: bool | None) -> None:
        """Leaves the line of a component that has ended well.

        Args:
            node_id: Its id in the pipeline.
            seconds: Wall time.
            cached: Whether the cache answered; None where there is no cache.
        """
        self._component_ended(node_id, seconds, {True: HIT, False: MISS, None: DONE}[cached])

    def component_failed(self, node_id: str, seconds: float) -> None:
        """Leaves the line of a component that has failed."""
        self._component_ended(node_id, seconds, FAILED)

    def training_event(self, event: progress.Event) -> None:
        """Shows what a training tells; it belongs to the component that was started last.

        Of a training for a trial or a fold only the bar is shown, and a line when that has ended.
        """
        now = self._clock()
        with self._lock:
            for line in self._lines_of(event, now):
                self.line(line)
            self._animate()

    def _lines_of(self, event: progress.Event, now: float) -> list[rich.text.Text]:
        """Moves on to an event, and gives the lines that stay of it."""
        lines: list[rich.text.Text] = []
        if isinstance(event, progress.TrialStarted):
            return self._trial_started(event)
        if isinstance(event, progress.TrialEnded):
            return self._trial_ended(event)
        if isinstance(event, progress.FoldStarted | progress.FoldEnded):
            return self._fold_lines(event)
        if isinstance(event, progress.Started):
            self._training = console_training.Training.begin(event)
            owner = next(reversed(self._running), "Training")
            opening = console_training.opening(owner, event)
            lines = self._paragraph(opening, indent="  ")
        elif isinstance(event, progress.Finished):
            self._training = None
            lines = [rich.text.Text(self.printable(console_training.closing(event)))]
        elif isinstance(event, progress.Failed):
            self._training = None
        elif self._training and isinstance(event, progress.Step):
            self._training = self._training.at_step(event, now)
        elif self._training and isinstance(event, progress.EpochEnd):
            self._training, lines = self._training.at_epoch_end(event, now, self.width)
        return [] if self._trial or self._fold else lines

    def _fold_lines(self, event: progress.FoldStarted | progress.FoldEnded) -> list[rich.text.Text]:
        if isinstance(event, progress.FoldStarted):
            begins, self._validates, self._fold = not self._validates, True, event
            return [console_folds.head(event)] if begins else []
        fold, self._fold, self._training = self._fold, None, None
        return [console_folds.line(event, fold)] if fold else []

    def _trial_started(self, event: progress.TrialStarted) -> list[rich.text.Text]:
        begins = self._search != event.candidate
        self._search, self._trial = event.candidate, event
        return [console_tuning.head(event, self.width)] if begins else []

    def _trial_ended(self, event: progress.TrialEnded) -> list[rich.text.Text]:
        trial, self._trial, self._training = self._trial, None, None
        if trial is None:
            return []
        return [
            rich.text.Text(self.printable(line.plain), style=line.style)
            for line in console_tuning.lines(event, trial, self.width)
        ]

    def line(self, text: str | rich.text.Text = "") -> None:
        """Leaves a line, or several, never wrapped by us: a path in it can be copied whole.

        Args:
            text: A plain string is made printable; a styled one has to be.
        """
        if isinstance(text, str):
            text = rich.text.Text("\n").join(
                rich.text.Text(self.printable(part)) for part in text.split("\n")
            )
        with self._lock:
            self._rich.print(text, soft_wrap=True)

    def error(self, message: str) -> None:
        """Leaves an error, in one line."""
        self._wrapped(f"error: {self.printable(' '.join(message.split()))}", label="error:")

    def detail(self, text: str) -> None:
        """Leaves a line that belongs to the error above it."""
        self._wrapped(self.printable(text), indent="  ")

    def printable(self, text: str) -> str:
        """Escapes in text that comes from data what this stream should not be sent."""
        return console_text.printable(text, self._encoding)

    def close(self) -> None:
        """Takes away what moves; the lines stay. Whatever comes later is still shown."""
        with self._lock:
            self._running.clear()
            self._training = self._trial = self._fold = None
            self._animate()

    def _component_ended(self, node_id: str, seconds: float, state: str) -> None:
        with self._lock:
            self._end(node_id)
            self.line(component_line(self, node_id, seconds, state))

    def _start(self, name: str) -> None:
        self._running[name] = self._clock()
        self._animate()

    def _end(self, name: str) -> None:
        self._running.pop(name, None)
        self._training = self._trial = self._search = self._fold = None
        self._validates = False
        self._animate()

    def _animate(self) -> None:
        """Draws what moves while something runs, and takes it away when nothing does."""
        self._fit()
        if self._live and not self._running:
            self._live.stop()
            self._live = None
        elif self._animated and self._running and not self._live:
            self._live = rich.live.Live(
                console=self._rich,
                get_renderable=self._draw,
                auto_refresh=False,  # rich's thread would not wait for the lines that we leave
                transient=True,
                redirect_stdout=False,  # what others print is not ours to show
                redirect_stderr=False,
            )
            self._live.start(refresh=True)
            threading.Thread(target=self._keep_drawing, args=[self._live], daemon=True).start()
        elif self._live:
            self._live.refresh()

    def _keep_drawing(self, live: rich.live.Live) -> None:
        """Draws what moves again and again, until it is taken away."""
        while True:
            time.sleep(1 / _FRAMES_PER_SECOND)
            with self._lock:
                if self._live is not live:
                    return
                self._fit()
                live.refresh()

    def _draw(self) -> rich.text.Text:
        """Draws what moves as it is now."""
        now = self._clock()
        frame = self.symbols.spinner[int(now * _FRAMES_PER_SECOND) % len(self.symbols.spinner)]
        lines = [
            rich.text.Text.assemble(
                (frame, "cyan"),
                f" {self.printable(name):<{self.name_width}}",
                f"  {console_text.elapsed(now - since):>{_TIME_WIDTH}}",
            )
            for name, since in self._running.items()
        ]
        training = self._training
        if training:
            lines.append(console_training.bar(training, now, self.symbols, self.width or 80))
        return rich.text.Text("\n", no_wrap=True, overflow="ellipsis").join(lines)

    def _fit(self) -> None:
        """Tells rich the width of our own stream; it would ask descriptors 0 to 2."""
        if self.width is not None:
            self._rich.width = self.width

    def _wrapped(self, text: str, indent: str = "", label: str = "") -> None:
        """Leaves one line through a pipe, and one wrapped between words on a terminal."""
        for line in self._paragraph(text, indent, label):
            self.line(line)

    def _paragraph(self, text: str, indent: str = "", label: str = "") -> list[rich.text.Text]:
        lines = console_text.wrapped(text, self.width, indent, hanging="    ")
        styled = rich.text.Text("\n".join(lines))
        styled.stylize("bold red", 0, len(label))
        return [styled]


def component_line(console: Console, node_id: str, seconds: float, state: str) -> rich.text.Text:
    """Tells of a component that has ended.

    Args:
        console: Where the line is to be shown.
        node_id: Its id in the pipeline.
        seconds: Wall time.
        state: `HIT` if the cache answered, `MISS` if it ran, `DONE` if it ran and there is no
            cache; whatever else is a failure.
    """
    failed = state not in _STYLES
    sign = console.symbols.failed if failed else console.symbols.done
    return rich.text.Text.assemble(
        (f"{sign} ", "red" if failed else "green"),
        f"{console.printable(node_id):<{console.name_width}}",
        f"  {console_text.duration(seconds):>{_TIME_WIDTH}}  {state.upper()}".rstrip(),
        style=_STYLES.get(state, "red"),
    )
