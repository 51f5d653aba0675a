"""Repeated documents: which are found, over several files, and that the first one stays."""

from __future__ import annotations

import json
import random

import numpy as np
import pyarrow as pa
import pytest

from albert_data.config.settings import TokenSettings
from albert_data.tokens.dedup import (
    BANDS,
    ROWS,
    _shingles,
    first_of_each,
    sign_file,
    signature_path,
)
from albert_data.tokens.token_file import write_token_file
from tests.command_line import albert_data, content, succeeds

STARTS = np.ones(10_000, np.bool_)
RANDOM = random.Random(5)
LONG = [RANDOM.randrange(10_000) for _ in range(600)]


def sign(folder, method, files):
    """Token files of documents, given as lists of pieces, with their signatures."""
    paths = []
    for number, documents in enumerate(files):
        table = pa.table(
            {
                "id": [str(n) for n in range(len(documents))],
                "title": ["" for _ in documents],
                "source": ["text:a" for _ in documents],
                "key": pa.array(range(len(documents)), pa.uint64()),
                "sentence_lengths": pa.array([[len(d)] for d in documents], pa.list_(pa.uint32())),
                "pieces": pa.array(documents, pa.list_(pa.uint16())),
            }
        )
        paths.append(folder / f"{number}.parquet")
        sign_file(paths[-1], write_token_file(paths[-1], [table]).crc32c, STARTS, method)
    return paths


def changed(pieces, every):
    """A copy with each n-th piece replaced: a run of five words is left alone with (1 - 1/n)^5."""
    return [(p + 1) % 10_000 if i % every == 0 else p for i, p in enumerate(pieces)]


def repeats(paths, **settings):
    return [rows.tolist() for rows in first_of_each(paths, TokenSettings(**settings))]


def test_exact_leaves_the_first_of_equal_documents_across_files(tmp_path):
    files = [[[1, 2, 3], [4], [1, 2, 3]], [[4], [1, 2], [1, 2, 3]]]
    paths = sign(tmp_path, "exact", files)
    assert repeats(paths, dedup="exact") == [[False, False, True], [True, False, True]]
    assert np.load(signature_path(paths[0])).shape == (1, 3, 4)


def test_minhash_finds_near_duplicates_and_leaves_other_documents(tmp_path):
    other = [RANDOM.randrange(10_000) for _ in range(600)]
    files = [[other, LONG], [changed(LONG, 200), changed(LONG, 8)], [other[:300] + LONG[:300]]]
    paths = sign(tmp_path, "minhash", files)
    # 1/200 changed: similarity 0.95; 1/8: 0.2; half of each of two others: 1/3.
    assert repeats(paths, dedup="minhash") == [[False, False], [True, False], [False]]
    assert repeats(paths, dedup="minhash", dedup_threshold=0.99) == [
        [False, False],
        [False, False],
        [False],
    ]
    assert np.load(signature_path(paths[1])).shape == (BANDS, 2, ROWS)


def test_a_chain_of_near_duplicates_keeps_its_first_document_only(tmp_path):
    chain = [LONG]
    for shift in range(6):
        pieces = list(chain[-1])
        pieces[100 * shift] = 9_999 - pieces[100 * shift]
        chain.append(pieces)
    assert repeats(sign(tmp_path, "minhash", [chain]), dedup="minhash") == [[False] + [True] * 6]


def test_runs_of_words_are_the_same_wherever_they_stand():
    starts = np.array([True, True, True, True, False])  # 4 continues a word
    ids = np.array([0, 4, 1, 2, 3, 9, 0, 4, 1, 2, 3, 3][:5] + [1, 0, 4, 1, 2], np.int32)
    hashes, offsets = _shingles(ids, np.array([0, 5, 10]), starts, 3)
    # [0 4] 1 2 | 1 2 3, and 1 [0 4] 1 | [0 4] 1 2
    assert offsets.tolist() == [0, 2, 4]
    assert hashes[0] == hashes[3] and len(set(hashes.tolist())) == 3
    short, offsets = _shingles(ids[:3], np.array([0, 2, 3]), starts, 3)
    assert offsets.tolist() == [0, 1, 2] and short[0] != short[1]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve documents; 3 is 1 again, 9 nearly so, 11 is 5 in capitals."""
    folder = tmp_path_factory.mktemp("corpus")
    words = [
        "river",
        "stone",
        "bread",
        "lamp",
        "winter",
        "clock",
        "garden",
        "letter",
        "road",
        "salt",
    ]
    documents = []
    for _ in range(12):
        documents.append(
            [" ".join(RANDOM.choices(words, k=12)).capitalize() + "." for _ in range(40)]
        )
    documents[3] = documents[1]
    documents[9] = [*documents[1][:20], "One other sentence.", *documents[1][21:]]
    documents[11] = [sentence.upper() for sentence in documents[5]]
    for number, document in enumerate(documents):
        (folder / f"{number:02d}.txt").write_text("\n".join(document))
    return f"--source=text:{folder}"


@pytest.mark.parametrize(
    ("method", "reason", "dropped"), [("exact", "duplicate", 2), ("minhash", "near duplicate", 3)]
)
def test_repeats_are_left_out_of_a_build_and_counted(
    tmp_path, corpus, vocabulary_file, method, reason, dropped
):
    made = []
    for workers, folder in ((1, tmp_path / "one"), (2, tmp_path / "two")):
        result = albert_data(
            "build", corpus, "--vocab", vocabulary_file, "--output", folder, "--config=tiny.yaml",
            "--sentences=lines", f"--set=tokens.dedup={method}", "--set=sources.unit_bytes=8000",
            f"--workers={workers}",
        )  # fmt: skip
        succeeds(result)
        made.append(folder)
    assert content(made[0]) == content(made[1])
    reading = json.loads((made[0] / "manifest.json").read_text())["reading"]
    assert reading["counts"][f"dropped/document/{reason}"] == dropped
    assert reading["counts"]["kept/document"] == 12 - dropped
    samples = reading["samples"][f"dropped/document/{reason}"]
    assert [s.split()[0] for s in samples] == [
        f"text:{n}.txt" for n in (("03", "11") if method == "exact" else ("03", "09", "11"))
    ]
    succeeds(albert_data("verify", made[0]))
