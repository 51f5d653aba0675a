"""Pretraining examples by others' rules, and the files they are written to.

Documents are of topics with words of their own; a word is one to three WordPieces. `examples` follows
google-research/albert (`ngrams`: n-grams of whole words at random places, which may touch) or BERT
(single pieces), with the labels of `objective`, and with the reference's defects where `defects`.
"""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.insight.foreign.records import write_tfrecord

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNK, CLS, SEP, MASK = range(5)
TOPICS, WORDS = 40, 60
# Of each word of a topic: a piece that begins it and one that goes on with it.
PIECES = SPECIAL + [
    f"{mark}t{topic}w{word}"
    for topic in range(TOPICS)
    for word in range(WORDS)
    for mark in ("", "##")
]
LENGTH, MOST = 96, 14


@dataclass
class Example:
    """An example before it is written: `tokens` are masked."""

    tokens: list[int]
    middle: int
    positions: list[int]
    labels: list[int]
    label: int


def examples(
    number: int,
    seed: int = 0,
    objective: Literal["sop", "nsp"] = "sop",
    masking: Literal["ngrams", "pieces"] = "ngrams",
    one_sentence: float = 0.0,
) -> list[Example]:
    """With a share of chunks of one sentence, whose x2 and label 1 the reference makes up."""
    draw = random.Random(seed)
    return [_example(draw, objective, masking, one_sentence) for _ in range(number)]


def _example(draw: random.Random, objective: str, masking: str, one_sentence: float) -> Example:
    topic = draw.randrange(TOPICS)
    length = LENGTH if draw.random() < 0.9 else draw.randint(24, LENGTH)
    half = (length - 3) // 2
    x1, x2 = _text(draw, topic, half), _text(draw, topic, length - 3 - half)
    label = int(draw.random() < 0.5)
    if draw.random() < one_sentence:
        label = 1
        x2 = _text(draw, (topic + draw.randrange(1, TOPICS)) % TOPICS, len(x2))
    elif label and objective == "nsp":
        x2 = _text(draw, (topic + draw.randrange(1, TOPICS)) % TOPICS, len(x2))
    elif label:
        x1, x2 = x2, x1
    tokens = [CLS, *x1, SEP, *x2, SEP]
    return _masked(draw, tokens, len(x1) + 1, label, masking)


def _text(draw: random.Random, topic: int, pieces: int) -> list[int]:
    text: list[int] = []
    while len(text) < pieces:
        of = topic if draw.random() < 0.5 else 0  # half of the words are everybody's
        first = 5 + 2 * (of * WORDS + draw.randrange(WORDS))
        text += [first, *[first + 1] * draw.choice((0, 0, 1, 2))]
    return text[:pieces]


def _masked(
    draw: random.Random, tokens: list[int], middle: int, label: int, masking: str
) -> Example:
    words: list[list[int]] = []
    for place, piece in enumerate(tokens):
        if piece in (CLS, SEP):
            continue
        joins = PIECES[piece].startswith("##") and tokens[place - 1] not in (CLS, SEP)
        if masking == "ngrams" and joins:
            words[-1].append(place)
        else:
            words.append([place])
    budget = min(MOST, max(1, round(len(tokens) * 0.15)))
    covered: set[int] = set()
    order = list(range(len(words)))
    draw.shuffle(order)
    for at in order:
        n = min(draw.choices((1, 2, 3), (6, 3, 2))[0], len(words) - at)
        n = n if masking == "ngrams" else 1
        while n and len(covered) + sum(map(len, words[at : at + n])) > budget:
            n -= 1
        places = sum(words[at : at + n], [])
        if not covered & set(places):
            covered |= set(places)
    positions = sorted(covered)
    shown = list(tokens)
    for place in positions:
        kind = draw.random()
        if kind < 0.8:
            shown[place] = MASK
        elif kind < 0.9:
            shown[place] = draw.randrange(len(PIECES))  # all ids, special ones too
    return Example(shown, middle, positions, [tokens[place] for place in positions], label)


def arrays(made: list[Example]) -> dict[str, np.ndarray]:
    """Under the reference's names, padded."""
    n = len(made)
    out = {
        "input_ids": np.full((n, LENGTH), PAD, np.int64),
        "input_mask": np.zeros((n, LENGTH), np.int64),
        "segment_ids": np.zeros((n, LENGTH), np.int64),
        "masked_lm_positions": np.zeros((n, MOST), np.int64),
        "masked_lm_ids": np.zeros((n, MOST), np.int64),
        "masked_lm_weights": np.zeros((n, MOST), np.float32),
        "next_sentence_labels": np.array([[one.label] for one in made], np.int64),
    }
    for row, one in enumerate(made):
        size, used = len(one.tokens), len(one.positions)
        out["input_ids"][row, :size] = one.tokens
        out["input_mask"][row, :size] = 1
        out["segment_ids"][row, one.middle + 1 : size] = 1
        out["masked_lm_positions"][row, :used] = one.positions
        out["masked_lm_ids"][row, :used] = one.labels
        out["masked_lm_weights"][row, :used] = 1
    return out


def vocabulary(folder: Path) -> Path:
    """As WordPiece's vocab.txt."""
    path = folder / "vocab.txt"
    path.write_text("\n".join(PIECES) + "\n")
    return path


def tfrecord(path: Path, made: list[Example], v2: bool = False) -> Path:
    """As BERT writes it, or with tensorflow/models' names."""
    named = arrays(made)
    if v2:
        named["input_word_ids"] = named.pop("input_ids")
        named["input_type_ids"] = named.pop("segment_ids")
    return write_tfrecord(path, named)


def hdf5(path: Path, made: list[Example]) -> Path:
    """As NVIDIA writes it: no weights, small integers, a label a record."""
    named = arrays(made)
    del named["masked_lm_weights"]
    with h5py.File(path, "w") as file:
        for name, values in named.items():
            small = name in ("input_mask", "segment_ids", "next_sentence_labels")
            values = values[:, 0] if name == "next_sentence_labels" else values
            file.create_dataset(
                name, data=values, dtype="i1" if small else "i4", compression="gzip"
            )
    return path


def lddl(path: Path, made: list[Example], masked: bool = True) -> Path:
    """As LDDL writes it: texts of pieces; without `masked` as for masks drawn in training."""
    columns: dict[str, list] = {"A": [], "B": [], "is_random_next": [], "num_tokens": []}
    if masked:
        columns |= {"masked_lm_positions": [], "masked_lm_labels": []}
    for one in made:
        tokens = list(one.tokens)
        if masked:
            saved = io.BytesIO()
            np.save(saved, np.array(one.positions, np.uint16))
            columns["masked_lm_positions"].append(saved.getvalue())
            columns["masked_lm_labels"].append(" ".join(PIECES[i] for i in one.labels))
        else:
            for place, piece in zip(one.positions, one.labels, strict=True):
                tokens[place] = piece
        pieces = [PIECES[i] for i in tokens]
        columns["A"].append(" ".join(pieces[1 : one.middle]))
        columns["B"].append(" ".join(pieces[one.middle + 1 : -1]))
        columns["is_random_next"].append(bool(one.label))
        columns["num_tokens"].append(len(tokens))
    pq.write_table(pa.table(columns), path)
    return path


def hugging_face(path: Path, made: list[Example], padded: bool = False) -> Path:
    """Lists with labels of -100, as long as the record or as the longest."""
    named = arrays(made)
    labels = np.full((len(made), LENGTH), -100, np.int64)
    for row, one in enumerate(made):
        labels[row, one.positions] = one.labels
    ends = [LENGTH if padded else len(one.tokens) for one in made]
    lists = {
        "input_ids": named["input_ids"],
        "attention_mask": named["input_mask"],
        "token_type_ids": named["segment_ids"],
        "labels": labels,
    }
    columns: dict[str, list] = {
        name: [row[:end].tolist() for row, end in zip(values, ends, strict=True)]
        for name, values in lists.items()
    }
    columns["next_sentence_label"] = [one.label for one in made]
    pq.write_table(pa.table(columns), path, row_group_size=500)
    return path
