"""The list of documents that no pair was made of."""

from __future__ import annotations

import pyarrow as pa

from albert_data.shards.without_pairs import NO_PARTNER, ONE_SENTENCE, list_without_pairs
from albert_data.tokens.hold_out import limit_of
from albert_data.tokens.left_out_file import read_left_out
from albert_data.tokens.source_patterns import Choice
from albert_data.tokens.token_file import arrow_schema, write_token_file


def test_one_sentence_is_told_from_no_partner_among_the_chosen_documents(tmp_path, vocabulary):
    pieces = vocabulary.processor.encode("the cat and the dog")
    documents = [("books:a", "1", 1), ("text:b", "2", 1), ("text:b", "3", 2), ("text:b", "4", 1)]
    rows = [
        {
            "id": name,
            "title": "" if name == "4" else f"T{name}",
            "source": source,
            "key": int(name),
            "sentence_lengths": [len(pieces)] * sentences,
            "pieces": pieces * sentences,
        }
        for source, name, sentences in documents
    ]
    table = pa.Table.from_pylist(rows, arrow_schema(vocabulary.size))
    write_token_file(tmp_path / "t.parquet", [table])
    choice = Choice("text:*", limit_of("1", [table["key"].to_numpy()]))
    held = [key for key in (1, 2, 3, 4) if key == _first_by_hash()]
    left = [name for source, name, _ in documents if source == "text:b" and int(name) not in held]
    path = tmp_path / "list" / "a.left_out.parquet"
    list_without_pairs(path, tmp_path / "t.parquet", range(len(left)), vocabulary, choice)
    found = [row for batch in read_left_out(path) for row in batch.to_pylist()]
    assert [row["id"] for row in found] == left
    sentences = {name: n for _, name, n in documents}
    assert [row["reason"] for row in found] == [
        ONE_SENTENCE if sentences[name] == 1 else NO_PARTNER for name in left
    ]
    assert {row["first_words"] for row in found} <= {
        "the cat and the dog", "the cat and the dog the cat and the dog"
    }  # fmt: skip


def _first_by_hash() -> int:
    import numpy as np

    from albert_data.tokens.hold_out import hashes

    keys = np.array([1, 2, 3, 4], np.uint64)
    return int(keys[np.argmin(hashes(keys))])
