"""Reads the space of a search as a config has it: what each key may be, as what the key takes."""

import dataclasses
import typing
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pydantic

from pipeline import config_errors
from schemas import tasks
from trainer import config as trainer_config
from trainer.tuning import config as tuning_config
from trainer.tuning import space as space_lib


@dataclasses.dataclass(frozen=True)
class Candidate:
    """A model whose settings are searched.

    Attributes:
        name: `transformer`, or the rival's.
        place: The key of the config that has its space.
        architecture: A name in `trainer/models`.
        sections: Prefix of its keys, such as `train.`, to the section that they are of.
    """

    name: str
    place: str
    architecture: str
    sections: Mapping[str, trainer_config.Section]

    @property
    def model(self) -> dict[str, Any]:
        """The fields of its shape, as the config has them."""
        return _plain(self.sections["model." if "model." in self.sections else ""])

    def own(self, keys: Sequence[str]) -> space_lib.Values:
        """Lists the config's own values of keys."""
        fields = {prefix: _plain(section) for prefix, section in self.sections.items()}
        return {key: fields[prefix][name] for key in keys for prefix, name in [_parted(key, self)]}


class Problems(Exception):  # noqa: N818 - several in one
    """All that is wrong with a section.

    Attributes:
        lines: A line each.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def read(
    candidate: Candidate, written: Mapping[str, Any], settings: tasks.Settings, method: str
) -> tuple[list[str], dict[str, Any]]:
    """Reads a space; gives what is wrong with it, and what it is."""
    if not written:
        return [f"`{candidate.place}` must not be empty. Received: {{}}"], {}
    problems: list[str] = []
    space: dict[str, Any] = {}
    for key, domain in _flat(written, candidate).items():
        refused = _refusal(candidate, key, settings)
        if refused:
            problems.append(refused)
            continue
        try:
            space[key] = _domain(candidate, key, domain)
        except Problems as error:
            problems += error.lines
            continue
        if method == "grid" and space_lib.read({key: space[key]})[key].points() is None:
            problems.append(
                f"`{candidate.place}.{key}` must be a list or have a `step` for the method grid. "
                f"Received: {config_errors.show(domain)}"
            )
    return problems, space


def _flat(written: Mapping[str, Any], candidate: Candidate) -> dict[str, Any]:
    """Writes `{train: {learning_rate: ...}}` as `{train.learning_rate: ...}`."""
    flat: dict[str, Any] = {}
    for key, domain in written.items():
        nested = f"{key}." in candidate.sections and isinstance(domain, Mapping)
        flat |= {f"{key}.{k}": v for k, v in domain.items()} if nested else {key: domain}
    return flat


def _parted(key: str, candidate: Candidate) -> tuple[str, str]:
    prefix = next((p for p in candidate.sections if p and key.startswith(p)), "")
    return prefix, key.removeprefix(prefix)


def _refusal(candidate: Candidate, key: str, settings: tasks.Settings) -> str | None:
    """Says why a key cannot be searched; None where it can."""
    prefix, name = _parted(key, candidate)
    known = [
        known_prefix + field
        for known_prefix, section in candidate.sections.items()
        for field in type(section).model_fields
        if known_prefix + field not in tuning_config.NOT_TUNED
    ]
    if key in tuning_config.NOT_TUNED:
        return (
            f"`{candidate.place}` must leave every trial one budget and one chance. Received: {key}"
        )
    if key not in known:
        meant = config_errors.nearest(key, known)
        hint = f"Did you mean `{meant}`?" if meant else f"Known keys: {', '.join(known)}"
        return f"`{candidate.place}.{key}` is not a known key. {hint}"
    contract = tasks.contract(settings.name)
    if key in ("train.label_smoothing", "train.class_weights") and name not in contract.train_keys:
        return f"`{candidate.place}.{key}` must be left out for {settings.name}"
    start = candidate.sections.get("model.")
    starts = isinstance(start, trainer_config.ModelConfig) and start.init_from is not None
    if starts and prefix == "model." and name in trainer_config.ENCODER_KEYS:
        return f"`{candidate.place}.{key}` must be left out, as `model.init_from` decides it"
    if key == "train.freeze" and not starts:
        return f"`{candidate.place}.{key}` must be left out without `model.init_from`"
    return None


def _domain(candidate: Candidate, key: str, written: Any) -> Any:
    """Reads a list of values or a range.

    Raises:
        Problems: If anything is wrong with it.
    """
    place = f"{candidate.place}.{key}"
    prefix, name = _parted(key, candidate)
    section = candidate.sections[prefix]
    if isinstance(written, Mapping):
        return _range(place, section, name, written)
    if not isinstance(written, list | tuple) or not written:
        raise Problems(
            [
                f"`{place}` must be a list of values, or a range such as {{min: 1, max: 4}}. "
                f"Received: {config_errors.show(written)}"
            ]
        )
    values = [_typed(f"{place}[{i}]", section, name, value) for i, value in enumerate(written)]
    for i, value in enumerate(values):
        if value in values[:i]:
            raise Problems(
                [f"`{place}` must not hold anything twice. Received: {config_errors.show(value)}"]
            )
    return values


def _range(
    place: str, section: trainer_config.Section, name: str, written: Mapping[str, Any]
) -> dict[str, Any]:
    try:
        read = tuning_config.RangeConfig.model_validate(dict(written))
    except pydantic.ValidationError as error:
        raise Problems([_range_problem(place, details) for details in error.errors()]) from error
    kinds = {*_kinds(type(section), name)} - {type(None)}
    if kinds not in ({int}, {float}):
        raise Problems([f"`{place}` must be a list of values. Received: a range"])
    low, high = (_typed(f"{place}.{end}", section, name, written[end]) for end in ("min", "max"))
    ends = f"min={low}, max={high}"
    if low is None or high is None or low >= high:
        raise Problems([f"`{place}.min` must be below `{place}.max`. Received: {ends}"])
    if read.scale == "log" and low <= 0:
        raise Problems([f"`{place}.min` must be above 0 on a logarithmic scale. Received: {low}"])
    step = read.step
    if step is not None:
        whole = kinds == {int}
        most, least = (high / low, 1.0) if read.scale == "log" else (high - low, 0.0)
        if not least < step <= most or (whole and step != int(step)):
            rule = f"{'a whole number ' if whole else ''}above {least:g} and at most {most:g}"
            raise Problems([f"`{place}.step` must be {rule}. Received: {step:g}"])
        step = int(step) if whole else step
    optional = {"step": step, "scale": read.scale if read.scale == "log" else None}
    return {"min": low, "max": high, **{k: v for k, v in optional.items() if v is not None}}


def _range_problem(place: str, details: Any) -> str:
    key = ".".join([place, *map(str, details["loc"])])
    if details["type"] == "extra_forbidden":
        return f"`{key}` is not a known key. Known keys: min, max, step, scale"
    received = config_errors.show(details["input"])
    given = "" if details["type"] == "missing" else f". Received: {received}"
    return f"`{key}` {config_errors.rule(details)}{given}"


def _kinds(section: type[trainer_config.Section], name: str) -> tuple[Any, ...]:
    annotation = section.model_fields[name].annotation
    return typing.get_args(annotation) or (annotation,)


def _plain(section: trainer_config.Section) -> dict[str, Any]:
    """Lists the values of a section as JSON has them."""
    return section.model_dump(mode="json")


def _typed(place: str, section: trainer_config.Section, name: str, value: Any) -> Any:
    """Reads a value as what the key takes, as JSON has it.

    Raises:
        Problems: If the key does not take it.
    """
    try:
        return _plain(type(section).model_validate({name: value}))[name]
    except pydantic.ValidationError as error:
        own = [each for each in error.errors() if each["loc"][:1] == (name,)]
    if own:
        message = own[0].get("ctx", {}).get("error")
        rule = f"{config_errors.rule(own[0])}. Received: {config_errors.show(value)}"
        raise Problems([str(message) if message else f"`{place}` {rule}"])
    # Wrong only together with what the others usually are, which is for each trial to see.
    field = type(section).model_fields[name]
    kind: Any = Annotated[field.annotation, field]
    adapter: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(kind)
    return adapter.dump_python(adapter.validate_python(value), mode="json")
