"""How many trials Hyperband has, as KerasTuner deals them out. Imports no TensorFlow.

Li et al. 2018, Algorithm 1, arXiv:1603.06560: a bracket begins with many trials of few epochs, and
each rung goes on with one in `factor` of them for `factor` times the epochs.
"""

import math


def count(epochs: int, factor: int) -> int:
    """Counts the brackets: as often as the epochs can be divided before less than one is left."""
    brackets, left = 0, float(epochs)
    while left >= 1.0:
        left /= factor
        brackets += 1
    return brackets


def rungs(bracket: int, epochs: int, factor: int) -> list[int]:
    """Lists how many trials each rung of a bracket has, of which the last has all the epochs.

    Args:
        bracket: Its number; that of the last one is 0, which has a single rung.
        epochs: Of a trial at most.
        factor: Of how many trials one goes on.
    """
    of_last = math.ceil(1 + math.log(epochs, factor))
    ends = of_last / (bracket + 1)
    return [math.ceil(ends * factor ** (bracket - rung)) for rung in range(bracket + 1)]


def first_size(epochs: int, factor: int) -> int:
    """Counts the trials of the first bracket, all of its rungs."""
    return sum(rungs(count(epochs, factor) - 1, epochs, factor))


def whole_size(epochs: int, factor: int) -> int:
    """Counts the trials of all brackets."""
    return sum(sum(rungs(b, epochs, factor)) for b in range(count(epochs, factor)))
