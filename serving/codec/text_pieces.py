"""A text that comes in pieces: what of it is sure, up to whole characters and before any stop."""

import codecs
from collections.abc import Sequence


class TextPieces:
    """Puts pieces together to text, as soon as nothing that follows can change it.

    The end of what has come is held back while a stop, or a character, may begin there.

    Args:
        stops: At which the text ends, without them; empty ones are none.

    Attributes:
        is_stopped: Whether a stop has come.
    """

    def __init__(self, stops: Sequence[bytes]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = b""
        self.is_stopped = False

    def add(self, piece: bytes) -> str:
        """Takes the next piece; returns what is sure now, which may be nothing."""
        text = self._held + piece
        places = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        self.is_stopped = bool(places)
        sure = min(places) if places else len(text) - self._unsure(text)
        self._held = b"" if places else text[sure:]
        return self._decoder.decode(text[:sure])

    def finish(self) -> str:
        """Returns what was held back, since nothing follows; half a character is U+FFFD."""
        held, self._held = self._held, b""
        return self._decoder.decode(held, final=True)

    def _unsure(self, text: bytes) -> int:
        """Counts the bytes at the end with which a stop may begin."""
        longest = max(map(len, self._stops), default=1) - 1
        return next(
            count
            for count in range(min(longest, len(text)), -1, -1)
            if not count or any(stop.startswith(text[-count:]) for stop in self._stops)
        )
