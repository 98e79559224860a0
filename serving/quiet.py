"""Quiet: TensorFlow and its plug-ins greet on standard error, where only our own lines belong."""

import logging
import os
import warnings


def tensorflow() -> None:
    """Keeps TensorFlow from greeting; call it before TensorFlow is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore", category=FutureWarning, module="google")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
