"""What the model card tells."""

import dataclasses

from components.report import model_card
from tests.components.report import conftest


def _sentences(found, heading: str) -> str:
    [part] = [part for part in model_card.build(found).parts if part.heading == heading]
    return "\n".join(part.sentences)


def test_it_tells_use_data_quality_limits_and_making(tried):
    headings = [part.heading for part in model_card.build(tried).parts]
    assert headings == ["Intended use", "Data", "Quality", "Limits", "How it was made"]
    assert "2 labels: negative, positive" in _sentences(tried, "Intended use")
    assert "train 3,200, eval 400, test 400" in _sentences(tried, "Data")
    assert "a transformer is not warranted" in _sentences(tried, "Quality")
    assert "model 7" in _sentences(tried, "How it was made")


def test_the_weakest_slice_is_named(tried):
    values = [v for v in tried.values if v.candidate == "linear" and v.metric == "accuracy"]
    worst = min((v for v in values if v.slice != "all rows"), key=lambda v: v.value)
    assert f"weakest on {worst.slice}: accuracy {worst.value:.4f}" in _sentences(tried, "Limits")


def test_a_model_that_was_not_blessed_is_not_meant_to_serve(tried):
    judgement = dataclasses.replace(tried.judgement, blessed=False)
    found = dataclasses.replace(tried, judgement=judgement)
    assert "not meant to serve" in _sentences(found, "Intended use")


def test_a_model_that_failed_its_probe_is_not_meant_to_serve(tried):
    assert "Probed before it was pushed: 100 rows asked 4 ways" in _sentences(
        tried, "How it was made"
    )
    found = dataclasses.replace(tried, probe=conftest.probed("They differ."))
    assert "failed its probe, and is not meant to serve" in _sentences(found, "Intended use")
    assert "Probed" not in _sentences(found, "How it was made")


def test_markdown_escapes_what_names_hold_of_its_signs(tried):
    answers = dataclasses.replace(tried.answers, labels=("[a](x)", "<b>\n# c"))
    card = model_card.markdown(model_card.build(dataclasses.replace(tried, answers=answers)))
    assert r"\[a\](x), \<b\>\\n\# c." in card
    assert card.startswith("# Model card of reviews\n\n## Intended use\n\n- Task: classification")
