import dataclasses

from schemas import tasks
from trainer import rivals
from trainer.tuning import defaults


@dataclasses.dataclass
class _Candidate:
    name: str
    rate: float

    def own(self, keys):
        return dict.fromkeys(keys, self.rate)


def test_the_rate_is_sought_around_the_candidates_own():
    found = defaults.space(_Candidate("transformer", 2e-5), "random")
    assert found["train.learning_rate"] == {"min": 4e-6, "max": 1e-4, "scale": "log"}


def test_a_rate_is_never_above_what_a_config_allows():
    highest = defaults.space(_Candidate("linear", 10.0), "grid")
    assert highest == {"learning_rate": [10.0, 3.33333]}


def test_every_rival_of_every_task_has_a_space_of_keys_that_it_has():
    for task in tasks.names():
        for rival in tasks.contract(task).rivals:
            settings = rivals.RivalSettings().of(rival)
            for method in ("grid", "random"):
                space = defaults.space(_Candidate(rival, settings.learning_rate), method)
                assert space
                assert set(space) <= set(type(settings).model_fields)
