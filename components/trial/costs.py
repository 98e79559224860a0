"""What a model costs: its size, and the price of its predictions."""

from tfx.dsl.io import fileio

PREDICTIONS = 1_000_000
_SECONDS_OF_AN_HOUR = 3600


def of_predictions(cpu_seconds_per_row: float, price_per_core_hour: float) -> float:
    """Computes the price of a million predictions.

    Args:
        cpu_seconds_per_row: Time that a prediction takes of all cores together.
        price_per_core_hour: Of one core, in any currency.
    """
    return PREDICTIONS * cpu_seconds_per_row / _SECONDS_OF_AN_HOUR * price_per_core_hour


def export_bytes(directory: str) -> int:
    """Sums the sizes of all files of an exported model."""
    return sum(
        fileio.stat(f"{_text(folder)}/{_text(name)}").length
        for folder, _, files in fileio.walk(directory)
        for name in files
    )


def _text(path: bytes | str) -> str:
    return path.decode() if isinstance(path, bytes) else path
