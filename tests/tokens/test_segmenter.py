"""Words of Chinese from a segmenter: on their pieces, in token files, and in the masks made from these."""

from __future__ import annotations

import importlib.metadata
import io
import json
import re
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.segmenter import Segmenter, segmenter_id
from albert_data.tokens.token_file import read_documents
from albert_data.tokens.vocabulary import SPACE, Vocabulary, load_vocabulary, vocabulary_from
from albert_data.tokens.words import with_word_starts
from tests import corpora
from tests.command_line import albert_data, fails, succeeds

rjieba = pytest.importorskip("rjieba", reason="words of Chinese need rjieba (albert-data[chinese])")

TEXTS = [
    "这座城市位于河的左岸，游客每年都来参观。",
    "老桥是用石头建成的，价格并不便宜。",
    "学生们在大学里学习历史，他说：明天再来。",
    "国王在冬天来到 python 这里，计算机产业发展很快 2019, 年。",
]


def train(**options: Any) -> bytes:
    model = io.BytesIO()
    usual: dict[str, Any] = {
        "pad_id": 0, "unk_id": 1, "bos_id": -1, "eos_id": -1, "pad_piece": "<pad>",
        "control_symbols": ["[CLS]", "[SEP]", "[MASK]"], "minloglevel": 9,
        "hard_vocab_limit": False, "character_coverage": 1.0, "vocab_size": 300,
    }  # fmt: skip
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS * 20), model_writer=model, **usual | options
    )
    return model.getvalue()


VOCABULARIES = {
    "pieces": {},
    "characters": {"model_type": "char"},
    "bytes": {"model_type": "char", "byte_fallback": True, "character_coverage": 0.98},
    "unknown": {"model_type": "char", "character_coverage": 0.98},
    "space behind": {"treat_whitespace_as_suffix": True},
}


@pytest.fixture(scope="module")
def vocabularies() -> dict[str, Vocabulary]:
    return {name: vocabulary_from(train(**options), name) for name, options in VOCABULARIES.items()}


def words(vocabulary: Vocabulary, *texts: str) -> list[list[str]]:
    """The pieces of each word."""
    ids, lengths = Encoder(vocabulary).encode(list(texts))
    starts = Segmenter(vocabulary).starts(list(texts), ids, lengths)
    assert len(starts) == len(ids)
    found: list[list[str]] = []
    for number, begins in zip(ids.tolist(), starts.tolist(), strict=True):
        if begins:
            found.append([])
        found[-1].append(vocabulary.processor.id_to_piece(number))
    return found


def joined(found: list[list[str]]) -> list[str]:
    return [text for own in found if (text := "".join(own).replace(SPACE, ""))]


def test_words_of_single_characters_are_those_of_the_segmenter(vocabularies) -> None:
    for text in TEXTS[:3]:
        expected = rjieba.cut(vocabularies["characters"].processor.normalize(text)[1:])
        assert joined(words(vocabularies["characters"], text)) == expected
    several = joined(words(vocabularies["characters"], *TEXTS[:2]))
    assert several == [
        w for text in TEXTS[:2] for w in joined(words(vocabularies["characters"], text))
    ]


def test_a_piece_that_crosses_two_words_belongs_to_the_first() -> None:
    special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    own = [*special, "▁", "这", "座城", "市位", "于", "河", "的左", "岸", "的", "左", ","]
    vocabulary = vocabulary_from(corpora.model_of(own), "here")
    assert rjieba.cut("这座城市位于河的左岸") == ["这座", "城市", "位于", "河", "的", "左岸"]
    assert words(vocabulary, "这座城市位于河的左岸,") == [
        ["▁", "这", "座城"], ["市位"], ["于"], ["河"], ["的左"], ["岸"], [","],
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["pieces", "space behind"])
def test_words_of_another_script_go_by_the_text(vocabularies, name) -> None:
    found = joined(words(vocabularies[name], TEXTS[3]))
    assert [word for word in found if word.isascii()] == ["python", ",", "2019", ","]


def spelled(own: list[str]) -> str:
    """The text of pieces of which some are bytes."""
    text = "".join(own).replace(SPACE, "")
    parts = re.split(r"((?:<0x..>)+)", text)
    return "".join(
        bytes.fromhex(re.sub("<0x|>", "", part)).decode() if part.startswith("<0x") else part
        for part in parts
    )


def test_unknown_and_spelled_out_characters_keep_their_place(vocabularies) -> None:
    for text in TEXTS[:3]:
        text = text.replace("，", ",").replace("：", ":")
        assert "".join(map(spelled, words(vocabularies["bytes"], text))) == text
        assert list(map(spelled, words(vocabularies["bytes"], text))) == rjieba.cut(text)
    found = words(vocabularies["unknown"], "龘龘学习历史，龘明天再来。", TEXTS[0])
    assert ["历", "史"] in found and ["城", "市"] in found


CHARACTERS = st.sampled_from([*"学生们在大学里习历史。，,明天再来龘 a1é的かな", "🙂"])


@pytest.mark.parametrize("name", VOCABULARIES)
@given(texts=st.lists(st.text(CHARACTERS, max_size=15), max_size=5))
def test_any_text_has_a_word_at_each_beginning_and_none_is_lost(vocabularies, name, texts) -> None:
    vocabulary = vocabularies[name]
    texts = [" ".join(text.split()) for text in texts]
    ids, lengths = Encoder(vocabulary).encode(texts)
    starts = Segmenter(vocabulary).starts(texts, ids, lengths)
    begins = (np.cumsum(lengths) - lengths)[lengths > 0]
    assert starts[begins].all()
    alone = [Segmenter(vocabulary).starts([t], *Encoder(vocabulary).encode([t])) for t in texts]
    assert starts.tolist() == (np.concatenate(alone).tolist() if alone else [])


def test_the_package_and_its_version_are_what_words_depend_on(monkeypatch) -> None:
    assert segmenter_id("none") == {}
    version = importlib.metadata.version("rjieba")
    assert segmenter_id("jieba") == {"segmenter": "jieba", "package": "rjieba", "version": version}

    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(ConfigError, match="needs the package rjieba") as caught:
        segmenter_id("jieba")
    assert "albert-data[chinese]" in caught.value.fix


def test_masks_are_made_of_stored_words_without_the_text(tmp_path) -> None:
    (tmp_path / "a.model").write_bytes(train(model_type="char"))
    rows = [{"id": n, "text": "\n".join(TEXTS * 3)} for n in range(20)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    command = [
        "build", f"--source=jsonl:{tmp_path / 'a.jsonl'}", f"--vocab={tmp_path / 'a.model'}",
        "--config=tiny", "--workers=1", "--sentences=lines", "--set=masking.max_ngram=1",
        "--set=masking.random_probability=0", "--set=masking.mask_probability=0.9",
    ]  # fmt: skip
    own = [*command, "--set=tokens.word_segmenter=jieba"]
    succeeds(albert_data(*own, f"--output={tmp_path / 'own'}"))
    succeeds(albert_data(*command, f"--output={tmp_path / 'none'}"))
    manifest = json.loads((tmp_path / "own/manifest.json").read_text())
    assert manifest["segmenter"] == segmenter_id("jieba")
    assert "rjieba" in (tmp_path / "own/README.md").read_text()
    (file,) = (tmp_path / "own/tokens/parts").glob("*.parquet")
    (other,) = (tmp_path / "none/tokens/parts").glob("*.parquet")
    table, plain = pq.read_table(file), pq.read_table(other)
    assert table.drop_columns("word_starts") == plain
    vocabulary = load_vocabulary(tmp_path / "a.model")
    documents = read_documents(file)
    assert with_word_starts(documents, vocabulary, "unicode") is documents
    ids, lengths = Encoder(vocabulary).encode(TEXTS * 3)
    expected = Segmenter(vocabulary).starts(TEXTS * 3, ids, lengths)
    assert documents.starts[: len(ids)].tolist() == expected.tolist()
    assert len(read_documents(other).starts) == 0
    shown = succeeds(albert_data("inspect", tmp_path / "own", "--count=40")).out
    assert "[MASK: 城][MASK: 市]⟩" in shown
    succeeds(albert_data("verify", tmp_path / "own"))
    succeeds(albert_data("remask", tmp_path / "own/tokens", f"--output={tmp_path / 'again'}",
                         *command[3:4], "--workers=1"))  # fmt: skip
    fails(albert_data("build", *own[1:], f"--output={tmp_path / 'none'}"), "word_segmenter")
