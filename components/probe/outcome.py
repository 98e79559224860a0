"""All that a probe has found, as an artifact: `probe.json`, and requests for a server beside it."""

import dataclasses
import json
from typing import Any

from tfx.dsl.io import fileio
from tfx.utils import io_utils

FILE = "probe.json"
# What TensorFlow Serving reads in `assets.extra` before a version serves.
WARMUP_FILE = "tf_serving_warmup_requests"

ANSWERED, REFUSED, FAILED = "answered", "refused", "failed"


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that keeps a model from being pushed.

    Attributes:
        check: What looked: `load`, `rows`, `skew`, `hostile`, `latency`, `signatures`, `warmup`.
        message: The thing, the rule and the value, one line.
    """

    check: str
    message: str


@dataclasses.dataclass(frozen=True)
class Agreement:
    """How far the answers of one way to ask agree with those that they are held against.

    Attributes:
        signature: What was asked.
        batch_size: Rows of a call.
        reference: Whose answers they are held against.
        rows: How many.
        largest: The largest deviation, in the unit of the tolerance, of rows that agree.
        ties: Rows that differ because what decides is as good as equal.
        differences: Rows that differ.
    """

    signature: str
    batch_size: int
    reference: str
    rows: int
    largest: float
    ties: int
    differences: int


@dataclasses.dataclass(frozen=True)
class Hostile:
    """What came of a hostile row.

    Attributes:
        row: What is peculiar about it.
        signature: What was asked.
        came: `answered`, `refused` or `failed`.
        detail: What it was refused with, or how it failed.
    """

    row: str
    signature: str
    came: str
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class Latency:
    """Times of answers to one row.

    Attributes:
        calls: How many were timed.
        p50_seconds: Half of the calls took no longer.
        p95_seconds: 95 in 100 calls took no longer.
    """

    calls: int
    p50_seconds: float
    p95_seconds: float


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a probe has come to.

    Attributes:
        findings: What keeps the model from being pushed; empty if nothing does.
        rows: Rows of the test split that were asked.
        tolerance: How far two answers may be apart.
        load_seconds: Time that loading took, imports apart; None if it did not load.
        agreements: By signature and batch size.
        hostile: What came of hostile rows.
        latency: Of `serving_default`; None where it came to none.
        max_p95_ms: What was asked of it; None where nothing was.
        called: Further signatures that were called and held to their form alone.
        not_called: Further signatures that were not, as their inputs are not known.
        warmup: How many requests to warm a server up go with the model.
    """

    findings: tuple[Finding, ...]
    rows: int
    tolerance: float
    load_seconds: float | None = None
    agreements: tuple[Agreement, ...] = ()
    hostile: tuple[Hostile, ...] = ()
    latency: Latency | None = None
    max_p95_ms: float | None = None
    called: tuple[str, ...] = ()
    not_called: tuple[str, ...] = ()
    warmup: int = 0

    @property
    def passed(self) -> bool:
        """Whether the model may be pushed."""
        return not self.findings

    def to_json(self) -> str:
        """Renders the outcome as JSON for programs and people."""
        return json.dumps({"passed": self.passed, **dataclasses.asdict(self)}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "Outcome":
        """Reads an outcome back."""
        fields: dict[str, Any] = json.loads(text)
        del fields["passed"]
        for name, of in (("findings", Finding), ("agreements", Agreement), ("hostile", Hostile)):
            fields[name] = tuple(of(**each) for each in fields[name])
        fields["latency"] = fields["latency"] and Latency(**fields["latency"])
        fields["called"], fields["not_called"] = map(
            tuple, (fields["called"], fields["not_called"])
        )
        return cls(**fields)

    def _asked(self) -> str:
        ways = len(self.agreements)
        return f"{self.rows:,} rows asked {ways} way{'' if ways == 1 else 's'}"

    def summary(self) -> str:
        """Tells in one line what was tried and how it came out."""
        told = [self._asked()]
        if self.agreements and not any(each.differences for each in self.agreements):
            largest = max(each.largest for each in self.agreements)
            told.append(f"at most {largest:.1g} apart ({self.tolerance:g} allowed)")
        if self.hostile:
            refused = sum(each.came == REFUSED for each in self.hostile)
            told.append(f"{len(self.hostile)} hostile requests, {refused} refused")
        if self.latency:
            told.append(f"p95 {1000 * self.latency.p95_seconds:.1f} ms")
        return ", ".join(told)


def write(directory: str, found: Outcome) -> None:
    """Writes an outcome."""
    fileio.makedirs(directory)
    io_utils.write_string_file(f"{directory}/{FILE}", found.to_json())


def read(directory: str) -> Outcome:
    """Reads an outcome back."""
    return Outcome.from_json(io_utils.read_string_file(f"{directory}/{FILE}"))
