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
    whole = 0
    for folder, _, files in fileio.walk(directory):
        for name in files:
            path = f"{_text(folder)}/{_text(name)}"
            with fileio.open(path, "rb") as file:
                while block := file.read(1 << 20):
                    whole += len(block)
    return whole


def _text(path: bytes | str) -> str:
    return path.decode() if isinstance(path, bytes) else path
