"""What a linear model reaches on the split of a run.

Usage: `python benchmarks/linear_baseline.py WORKSPACE`.

TF-IDF of words and pairs of words, logistic regression, both scikit-learn's; learned from the train
split, its strength of regularisation chosen on the eval split, judged once on the test split. Needs
a workspace of a finished run, such as `workspace/sentiment`.
"""

import pathlib
import sys
import time

import tensorflow as tf
from sklearn import feature_extraction, linear_model

_STRENGTHS = (0.3, 1.0, 3.0, 10.0)


def read(split_dir: pathlib.Path) -> tuple[list[str], list[str]]:
    """Reads the texts and labels of a split that Ingest wrote."""
    texts, labels = [], []
    for record in tf.data.TFRecordDataset(
        [str(path) for path in sorted(split_dir.iterdir())], compression_type="GZIP"
    ):
        feature = tf.train.Example.FromString(record.numpy()).features.feature
        texts.append(feature["text"].bytes_list.value[0].decode())
        labels.append(feature["label"].bytes_list.value[0].decode())
    return texts, labels


def main(workspace: str) -> None:
    """Prints the accuracy of the strength that is best on eval."""
    examples = pathlib.Path(workspace) / "artifacts" / "Ingest" / "examples"
    newest = max(examples.iterdir(), key=lambda path: int(path.name))
    splits = {name: read(newest / f"Split-{name}") for name in ("train", "eval", "test")}

    started = time.monotonic()
    vectorizer = feature_extraction.text.TfidfVectorizer(
        ngram_range=(1, 2), sublinear_tf=True, min_df=2
    )
    train = vectorizer.fit_transform(splits["train"][0])
    models = [
        linear_model.LogisticRegression(C=strength, max_iter=1000).fit(train, splits["train"][1])
        for strength in _STRENGTHS
    ]

    def accuracy(model: linear_model.LogisticRegression, split: str) -> float:
        texts, labels = splits[split]
        return model.score(vectorizer.transform(texts), labels)

    best = max(models, key=lambda model: accuracy(model, "eval"))
    print(f"strength of regularisation C={best.C:g}, chosen on eval: {accuracy(best, 'eval'):.4f}")
    print(f"accuracy on {len(splits['test'][0]):,} test examples: {accuracy(best, 'test'):.4f}")
    print(f"{time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/linear_baseline.py WORKSPACE")
    main(sys.argv[1])
