"""Heat maps: a picture with a dot a cell, stretched, and the names of its rows and columns.

Not by Vega, which draws an element a cell: 16 heads of 32 tokens would be 1.5 MB, and are 10 kB as
pictures. What they show is in the alpha channel, so that the page's ground is that of the map.
"""

import base64
import struct
import zlib
from collections.abc import Sequence

import markupsafe
import numpy as np

from components.pages import spelling

# Seen on white and on black: mid blue, and mid orange for what is below 0.
ABOVE, BELOW = (62, 134, 212), (222, 124, 50)

_IMAGE = markupsafe.Markup(
    '<img class="heat" alt="{}" width="{}" height="{}" src="data:image/png;base64,{}">'
)
_MAP = markupsafe.Markup(
    '<svg class="map" width="{w}" height="{h}" role="img" aria-label="{label}">{names}'
    '<image class="heat" x="{x}" y="{y}" width="{size}" height="{tall}" preserveAspectRatio="none"'
    ' href="data:image/png;base64,{png}"/></svg>'
)
_NAME = markupsafe.Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}"{}>{}</text>')
_TURNED = markupsafe.Markup(' transform="rotate(-55 {:.1f} {:.1f})"')
_CELL = 15.0
_MARGIN = 84.0
_MAX_NAME = 14  # characters


def image(values: np.ndarray, label: str) -> markupsafe.Markup:
    """Draws values alone, small.

    Args:
        values: `(rows, columns)`, -1 to 1; 0 is not seen.
        label: What they are.
    """
    rows, columns = values.shape
    return _IMAGE.format(spelling.inert(label), columns, rows, _png(values))


def named(values: np.ndarray, names: Sequence[str], label: str) -> markupsafe.Markup:
    """Draws how much each of some things has to do with each other one.

    Args:
        values: `(things, things)`, 0 to 1.
        names: Of the things.
        label: What it shows.
    """
    side = _CELL * len(names)
    texts = []
    for i, name in enumerate(map(_short, names)):
        at = _MARGIN + _CELL * (i + 0.5)
        texts.append(_NAME.format(_MARGIN - 4, at + 3.8, "end", "", name))
        turned = _TURNED.format(at + 3, _MARGIN - 4)
        texts.append(_NAME.format(at + 3, _MARGIN - 4, "start", turned, name))
    whole = _MARGIN + side
    return _MAP.format(
        w=f"{whole + 46:.0f}",
        h=f"{whole + 2:.0f}",
        label=spelling.inert(label),
        names=markupsafe.Markup().join(texts),
        x=_MARGIN,
        y=_MARGIN,
        size=f"{side:.0f}",
        tall=f"{side:.0f}",
        png=_png(values),
    )


def _short(name: str) -> str:
    whole = str(spelling.inert(name))
    return whole if len(whole) <= _MAX_NAME else whole[: _MAX_NAME - 1] + "…"


def _png(values: np.ndarray) -> str:
    """Makes a PNG of colours whose opacity is the value, in base64.

    References:
        W3C 2003, "Portable Network Graphics (PNG) Specification", sec. 5 and 11
    """
    strength = np.clip(np.round(np.abs(values) * 255), 0, 255).astype(np.uint8)
    pixels = np.empty((*values.shape, 4), np.uint8)
    pixels[..., :3] = np.where(values[..., None] < 0, BELOW, ABOVE)
    pixels[..., 3] = strength
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)  # each begins with its filter, none
    height, width = values.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits of RGBA
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    file = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)
    return base64.b64encode(file).decode()


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
