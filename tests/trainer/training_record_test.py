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
