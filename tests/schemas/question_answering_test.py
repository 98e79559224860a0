import pytest

from schemas import question_answering, tasks

_SETTINGS = tasks.Settings("question_answering", texts=("text", "text_pair"))
_COLUMNS = {"text": "q", "text_pair": "passage", "label": "span", "answer_start": "at"}


def _fault(context, answer, start, settings=_SETTINGS):
    values = {"text": b"?", "text_pair": context.encode(), "label": answer.encode()}
    values["answer_start"] = start.encode()
    return question_answering.CONTRACT.fault(settings, values, _COLUMNS)


@pytest.mark.parametrize(
    ("context", "answer", "start"),
    [
        ("Ann met Bob.", "Ann", "0"),
        ("Ann met Bob.", "Bob.", "8"),
        ("👩\u200d🚀 İsa met Bob\r\n", "Bob", "12"),  # code points, not bytes nor UTF-16
        ("Ann met Bob.", "Bob", "008"),
    ],
)
def test_an_answer_that_stands_where_it_is_said_to_is_no_fault(context, answer, start):
    assert _fault(context, answer, start) is None


@pytest.mark.parametrize(
    ("answer", "start", "expected"),
    [
        (
            "Bob",
            "7",
            "`span` must stand in `passage` at `at`, in code points. "
            "Received: 'Bob' at 7, where ' Bo' stands",
        ),
        (
            "bob",
            "8",
            "`span` must stand in `passage` at `at`, in code points. "
            "Received: 'bob' at 8, where 'Bob' stands",
        ),
        (
            "Bob",
            "99",
            "`span` must stand in `passage` at `at`, in code points. "
            "Received: 'Bob' at 99, where '' stands",
        ),
        ("Bob", "-4", "`at` must be a whole number from 0. Received: '-4'"),
        ("Bob", "8.0", "`at` must be a whole number from 0. Received: '8.0'"),
        ("Bob", "٨", "`at` must be a whole number from 0. Received: '٨'"),
        (" ", "3", "`span` must not be empty. Received: ' '"),
    ],
)
def test_a_fault_names_the_columns_the_rule_and_the_values(answer, start, expected):
    assert _fault("Ann met Bob.", answer, start) == expected


def test_each_of_several_answers_has_its_start():
    settings = tasks.Settings(**{**vars(_SETTINGS), "options": {"separator": "|"}})
    assert _fault("Ann met Bob.", "Bob|met Bob", "8|4", settings) is None
    expected = "`at` must have a number for each answer. Received: 1 for 2"
    assert _fault("Ann met Bob.", "Bob|met Bob", "8", settings) == expected
    assert "'Bob' at 4, where 'met' stands" in _fault("Ann met Bob.", "Ann|Bob", "0|4", settings)


def test_questions_on_one_context_stay_together():
    assert question_answering.CONTRACT.split_by(_SETTINGS) == ("text_pair",)


def test_starts_are_read_as_text_beside_the_answer():
    features = question_answering.CONTRACT.training_features(_SETTINGS)
    assert features == {"label": "text", "answer_start": "text"}
