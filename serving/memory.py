"""Memory of a process that loads and unloads models all its life."""

import ctypes
import gc
import sys


def freeze() -> None:
    """Takes what is there, imports above all, out of every later search for garbage.

    Else each such search would look through all of TensorFlow, and every client would wait for it.
    """
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Gives what a model held back to the system."""
    gc.collect()  # objects of a graph refer to each other in rings
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's alone
        if trim is not None:
            trim(0)
