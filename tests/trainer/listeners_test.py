"""Who listens, and for how long."""

import logging

import pytest

from trainer import listeners, progress

_EPOCH = progress.EpochEnd(1, 2.5, {"loss": 0.7}, True)


def test_all_listeners_are_told_while_they_listen():
    first, second = [], []
    with listeners.listening(first.append):
        with listeners.listening(second.append):
            listeners.tell(_EPOCH)
        listeners.tell(_EPOCH)
    listeners.tell(_EPOCH)
    assert (len(first), len(second)) == (2, 1)


def test_an_error_ends_the_listening():
    heard = []
    with pytest.raises(RuntimeError), listeners.listening(heard.append):
        raise RuntimeError
    listeners.tell(_EPOCH)
    assert heard == []


def test_epochs_are_logged_and_steps_are_not(caplog):
    with caplog.at_level(logging.INFO):
        listeners.tell(_EPOCH)
        listeners.tell(progress.Step(1, 5, 0.7))
    assert len(caplog.records) == 1
