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


def test_what_was_searched_and_validated_is_told(searched):
    assert (
        "Its settings are the best of 3 trials by accuracy on the eval split (random): "
        "learning_rate 0.002, widths [2]."
    ) in _sentences(searched, "How it was made")
    # s^2 = 0.010833, and (1/3 + 1/2) of it; t of 2 degrees of freedom is 4.3027.
    told = "accuracy: 0.7333 over 3 folds of the train split, 95% interval 0.3245 to 1.1421."
    assert told in _sentences(searched, "Quality")
