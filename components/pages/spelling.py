"""How values are shown on the page: texts inert and readable, numbers spelled for people.

Texts come from files of anyone. Jinja escapes what HTML would read; here what people could not see,
or what would turn the text around it, is made visible: control characters, signs that set the
direction of writing, characters without width, halves of surrogate pairs (which no UTF-8 file can
hold). The joiners of emoji and of Indic scripts stay.
"""

import math
import re

import markupsafe

MAX_CHARACTERS = 240  # of a text on the page

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_ESCAPED = markupsafe.Markup('<span class="unseen">{}</span>')
_MORE = markupsafe.Markup('<span class="more">… {} more characters</span>')


def inert(value: object) -> object:
    """Replaces unseen characters of a text by escapes; leaves markup and other values.

    The environment applies it to whatever the template prints, so that no place can be forgotten.
    """
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return _UNSEEN.sub(lambda found: _escape(found.group()), value)


def text(value: str, limit: int = MAX_CHARACTERS) -> markupsafe.Markup:
    """Renders a text of anyone: escaped, unseen characters marked, cut after `limit` characters."""
    shown, position = markupsafe.Markup(), 0
    for found in _UNSEEN.finditer(value[:limit]):
        shown += value[position : found.start()] + _ESCAPED.format(_escape(found.group()))
        position = found.end()
    shown += value[position:limit]
    return shown + _MORE.format(count(len(value) - limit)) if len(value) > limit else shown


def lines(value: str) -> markupsafe.Markup:
    """Renders a text of many lines for `<pre>`, uncut."""
    return markupsafe.Markup("\n").join(text(line, limit=len(line)) for line in value.split("\n"))


def count(value: float) -> str:
    """Spells a whole number: `18,908`."""
    return f"{value:,.0f}"


def number(value: float) -> str:
    """Spells a number with 4 significant digits, and never fewer than its whole ones: `-0.04812`.

    From a thousand million on, and below a ten-thousandth, with an exponent.
    """
    size = abs(value)
    if not math.isfinite(value) or size >= 1e9 or 0 < size < 1e-4:
        return f"{value:.4g}"
    decimals = max(0, 3 - math.floor(math.log10(size))) if size else 0
    spelled = f"{value:,.{decimals}f}"
    return spelled.rstrip("0").rstrip(".") if "." in spelled else spelled


def percent(fraction: float) -> str:
    """Spells a share: `6.4 %`; a share that is neither none nor all is never shown as either.

    The space is one at which no line breaks.
    """
    percents = fraction * 100
    if 0 < percents < 0.01:
        spelled = "<0.01"
    elif 99.95 <= percents < 100:
        spelled = ">99.9"
    elif percents in (0, 100):
        spelled = f"{percents:.0f}"
    else:
        spelled = f"{percents:.{2 if percents < 1 else 1}f}"
    return f"{spelled}\u00a0%"


def plural(value: int, one: str, many: str = "") -> str:
    """Spells how many: `1 row`, `18,908 rows`."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def _escape(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"
