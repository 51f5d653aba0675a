"""The documents that a shard set has no pair of, as a list of what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc

from albert_data.corpus.left_out_list import row_of
from albert_data.tokens.about_documents import about_documents
from albert_data.tokens.left_out_file import left_out_writer
from albert_data.tokens.source_patterns import Choice
from albert_data.tokens.token_file import read_columns
from albert_data.tokens.vocabulary import Vocabulary

ONE_SENTENCE = "one sentence"
NO_PARTNER = "no other document in its token file"  # nsp


def list_without_pairs(
    path: Path, tokens: Path, rows: Sequence[int], vocabulary: Vocabulary, choice: Choice
) -> None:
    """Writes the list of one token file.

    Args:
        tokens: the token file.
        rows: of documents among the chosen ones, in order.
    """
    lengths = read_columns(tokens, ["sentence_lengths"], choice)["sentence_lengths"]
    sentences = pc.list_value_length(lengths.take(list(rows))).to_pylist()
    path.parent.mkdir(parents=True, exist_ok=True)
    with left_out_writer(path) as writer:
        known = about_documents(tokens, rows, vocabulary, choice)
        for count, about in zip(sentences, known, strict=True):
            reason = ONE_SENTENCE if count < 2 else NO_PARTNER
            name = " ".join(filter(None, [about.source, about.id, about.title]))
            writer.add(row_of("document", reason, name, 1, about))
