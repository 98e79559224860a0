"""What answering each question with a whole sentence reaches on the test split of a run.

Usage: `python benchmarks/question_answering_baseline.py WORKSPACE`.

The answer is the sentence of the context that shares most words with the question; of equal ones,
the first. F1 and exact match are those that judge the model. Beside it, the best that any one
sentence could reach: that which shares most with the answer; and what the whole context does. Needs
a workspace whose Ingest has run.
"""

import collections
import pathlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence

import tensorflow as tf

from schemas import features
from trainer.tasks import question_answering_counts as counts_lib

# After a sign that ends a sentence, and quotes or brackets that close, at white space.
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+")
_WORD = re.compile(r"\w+")

Row = tuple[str, str, str]  # question, context, answer
Answer = Callable[[str, str, str], str]


def read(split_dir: pathlib.Path) -> Iterator[Row]:
    """Yields the questions, contexts and answers of a split that Ingest wrote."""
    files = [str(path) for path in sorted(split_dir.iterdir())]
    for record in tf.data.TFRecordDataset(files, compression_type="GZIP"):
        feature = tf.train.Example.FromString(record.numpy()).features.feature
        question, context, answer = (
            feature[name].bytes_list.value[0].decode()
            for name in (features.TEXT, features.TEXT_PAIR, features.LABEL)
        )
        yield question, context, answer


def best_overlap(question: str, context: str, answer: str) -> str:
    """Takes the sentence that shares most words with the question."""
    del answer
    wanted = collections.Counter(_WORD.findall(question.lower()))
    return max(_sentences(context), key=lambda sentence: _shared(wanted, sentence))


def best_possible(question: str, context: str, answer: str) -> str:
    """Takes the sentence whose F1 with the answer is best."""
    del question
    return max(_sentences(context), key=lambda sentence: counts_lib.f1(sentence, [answer]))


def _sentences(context: str) -> Sequence[str]:
    return _SENTENCE_END.split(context)


def _shared(wanted: collections.Counter[str], sentence: str) -> int:
    return sum((wanted & collections.Counter(_WORD.findall(sentence.lower()))).values())


def _judge(rows: Sequence[Row], answer: Answer) -> tuple[float, float]:
    """Computes exact match and F1."""
    answers = [(answer(*row), row[2]) for row in rows]
    exact = sum(counts_lib.exact_match(given, [right]) for given, right in answers)
    return exact / len(rows), sum(counts_lib.f1(g, [right]) for g, right in answers) / len(rows)


def main(workspace: str) -> None:
    """Prints what both reach."""
    examples = pathlib.Path(workspace) / "artifacts" / "Ingest" / "examples"
    newest = max(examples.iterdir(), key=lambda path: int(path.name))
    rows = list(read(newest / f"Split-{features.TEST_SPLIT}"))
    print(f"{len(rows):,} questions of the test split")
    for name, answer in (
        ("sentence with most of the question's words", best_overlap),
        ("sentence nearest to the answer", best_possible),
        ("whole context", lambda question, context, answer: context),
    ):
        exact, f1 = _judge(rows, answer)
        print(f"{name}: exact match {exact:.4f}, F1 {f1:.4f}")


if __name__ == "__main__":
    main(sys.argv[1])
