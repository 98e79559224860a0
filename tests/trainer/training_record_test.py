import subprocess
import sys

from trainer import training_record


def test_a_record_comes_back_from_its_json():
    record = training_record.TrainingRecord(
        seconds=1.5,
        peak_memory_bytes=7,
        parameters=3,
        replicas=1,
        precision="float32",
        resumed_step=0,
        reason="all 2 epochs run",
        best_epoch=2,
        epochs=[{"epoch": 1, "seconds": 0.5, "metrics": {"loss": 0.1}, "best": True}],
    )
    assert training_record.TrainingRecord.from_json(record.to_json()) == record


def test_memory_is_told_in_bytes():
    script = (
        "from trainer import training_record as t; before = t.peak_memory_bytes(); "
        "held = bytearray(b'x' * 200_000_000); print(t.peak_memory_bytes() - before, before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    grown, before = map(int, done.stdout.split())
    assert 150e6 < grown < 450e6
    assert 1e6 < before < 200e6


def test_the_memory_of_the_process_that_started_it_is_not_its_own():
    script = "from trainer import training_record as t; print(t.peak_memory_bytes())"
    starter = (
        "import subprocess, sys; held = bytearray(b'x' * 300_000_000); "
        "subprocess.run([sys.executable, '-c', sys.argv[1]], check=True)"
    )
    command = [sys.executable, "-c", starter, script]
    done = subprocess.run(command, capture_output=True, check=True)
    assert 1e6 < int(done.stdout) < 200e6
