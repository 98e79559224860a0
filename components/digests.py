"""Digests of files, a block at a time."""

import hashlib
from typing import Any

_BLOCK_BYTES = 1 << 20


def of_stream(file: Any) -> str:
    """Computes the SHA-256 of all that is left in a file that was opened for bytes, in hex.

    Like `hashlib.file_digest` of Python 3.11, and of files of TFX's file systems as well.
    """
    digest = hashlib.sha256()
    while block := file.read(_BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()
