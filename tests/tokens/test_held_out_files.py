"""Token files in two parts: every document in one of them, and the counts of both add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from albert_data.base.tally import Counted
from albert_data.schema import CacheSettings, IndexedFile, TokenIndex, VocabularyIdentity
from albert_data.tokens.dedup import first_that_agrees, minhash
from albert_data.tokens.held_out_files import gather, groups_of, part_of, repeated_in, signatures_of
from albert_data.tokens.hold_out import is_held_out, limit_of
from albert_data.tokens.source_patterns import Choice
from albert_data.tokens.token_file import arrow_schema, read_documents, write_token_file

RANDOM = np.random.default_rng(3)
STARTS = np.ones(500, np.bool_)  # every piece is a word
UNK = 1


def token_file(folder: Path, number: int, documents: int) -> IndexedFile:
    rows = []
    for _ in range(documents):
        lengths = RANDOM.integers(1, 9, int(RANDOM.integers(1, 6))).tolist()
        rows.append(
            {
                "id": "x",
                "title": "",
                "source": f"text:{RANDOM.integers(3)}",
                "key": int(RANDOM.integers(0, 2**64, dtype=np.uint64)),
                "sentence_lengths": lengths,
                "pieces": RANDOM.integers(0, 30, sum(lengths)).tolist(),
            }
        )
    table = pa.Table.from_pylist(rows, arrow_schema(500))
    made = write_token_file(folder / f"f{number}.parquet", [table], UNK)
    return IndexedFile(**vars(made), unit=number)


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> tuple[Path, TokenIndex]:
    folder = tmp_path_factory.mktemp("parts")
    files = [token_file(folder, n, size) for n, size in enumerate([40, 1, 7, 90, 2, 60])]
    settings = CacheSettings({}, {}, {}, {}, VocabularyIdentity("", 500, {}), 2)
    names = sorted({source for file in files for source in file.sources})
    return folder, TokenIndex(settings, names, files, Counted({}, {}))


@pytest.mark.parametrize("wish", ["1", "17", "30%", "90%", "199"])
def test_each_document_is_in_one_part_and_counts_are_those_of_what_is_read(tmp_path, index, wish):
    folder, whole = index
    keys = [read_documents(folder / file.path).keys for file in whole.files]
    below = limit_of(wish, keys)
    gathered = [
        gather(folder, number, files, below, tmp_path, UNK)
        for number, files in enumerate(groups_of(whole.files, below))
    ]
    training, held = (
        part_of(whole, gathered[::-1], wish, below, 0, side) for side in (False, True)
    )
    read = {
        "training": [read_documents(folder / f.path, f.crc32c, Choice("*", below)) for f in training.files],
        "held-out": [read_documents(tmp_path / f.path, f.crc32c) for f in held.files],
    }  # fmt: skip
    found = {side: np.concatenate([d.keys for d in own]) for side, own in read.items()}
    assert sorted(np.concatenate([*found.values()])) == sorted(np.concatenate(keys))
    assert is_held_out(found["held-out"], below).all()
    assert not is_held_out(found["training"], below).any()
    for part in (training, held):
        for file, documents in zip(part.files, read[part.hold_out.part], strict=True):
            assert (file.documents, file.tokens) == (len(documents.keys), len(documents.ids))
            assert file.sentences == len(documents.sentence_offsets) - 1
            sums = np.sum([*file.sources.values()], axis=0).tolist()
            assert sums == [file.documents, file.sentences, file.tokens]
            assert sum(file.unknown.values()) == int((documents.ids == UNK).sum())
        assert part.hold_out.documents == len(found["held-out"])
        assert part.hold_out.of == 200
    changed = {file.content for file in training.files} - {file.content for file in whole.files}
    assert len(changed) == sum(0 < int(is_held_out(own, below).sum()) < len(own) for own in keys)


@pytest.mark.parametrize("share", ["0.1%", "1%", "10%", "50%", "99%"])
@pytest.mark.parametrize("number", [1, 2, 7, 300, 1000])
def test_groups_are_all_files_in_order_and_hold_out_about_a_file_each(index, share, number):
    files = [index[1].files[0]] * number
    below = limit_of(share, [])
    groups = groups_of(files, below)
    assert sum(map(len, groups)) == number and min(map(len, groups)) >= 1
    assert max(map(len, groups)) <= 256
    if number <= 256:
        assert len(groups) <= max(1, number * below / 2**64)


def documents_of(*texts: list[int]) -> tuple[np.ndarray, np.ndarray]:
    ids = np.concatenate([np.array(text, np.int32) for text in texts])
    return ids, np.cumsum([0, *map(len, texts)])


def test_a_document_is_repeated_where_enough_of_its_words_are():
    text = RANDOM.integers(0, 500, 400).tolist()
    near, half = [*text[:390], *RANDOM.integers(0, 500, 10).tolist()], text[:200]
    other = RANDOM.integers(0, 500, 400).tolist()
    own = minhash(*documents_of(text, other, half), STARTS)
    assert first_that_agrees(own, minhash(*documents_of(near), STARTS), 0.8).tolist() == [
        True, False, False,
    ]  # fmt: skip
    nothing = own[:, :0]
    assert not first_that_agrees(own, nothing, 0.8).any()


def test_documents_that_are_held_out_themselves_repeat_nothing(tmp_path):
    text = RANDOM.integers(0, 500, 100).tolist()
    rows = [
        {"id": "", "title": "", "source": "a:b", "key": key, "sentence_lengths": [100], "pieces": text}
        for key in (1, 2, 3)
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, arrow_schema(500))
    file = write_token_file(tmp_path / "a.parquet", [table])
    own = signatures_of(tmp_path / "a.parquet", file.crc32c, STARTS)
    keys = table["key"].to_numpy()
    for wish, expected in (("1", [0, 1, 2]), ("2", [0, 1, 2])):
        below = limit_of(wish, [keys])
        found = repeated_in(tmp_path / "a.parquet", file.crc32c, STARTS, below, own, 0.8)
        assert found.tolist() == expected
    assert repeated_in(tmp_path / "a.parquet", file.crc32c, STARTS, 2**64 - 1, own, 0.8).size == 0
