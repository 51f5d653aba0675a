"""The tokenizer files of a Hugging Face folder, which make it split text as a build does.

``tokenizer.json`` is written for the tokenizers library (fast tokenizers load it as it stands): clean-up
of text by ``tokens.normalization``, SentencePiece's own character map, and the unigram vocabulary.
``spiece.model`` and ``tokenizer_config.json`` serve the slow ``AlbertTokenizer``, too.

Where the ids may differ from a build's (counted in docs/model.md): a number and a comma in one piece,
which the build splits again after the segmentation and here is kept from being chosen; what Unicode's
tables of two versions say; a capital sigma; the names of special pieces standing in a text.
"""

from __future__ import annotations

import base64
import json
import sys
import unicodedata
from functools import cache
from typing import Any

from albert_data.corpus.normalize import normalize_text
from albert_data.tokens.vocabulary import SPACE, Vocabulary, vocabulary_from

from .sentencepiece_model import BYTE, NORMAL, USER_DEFINED, SentencePieceModel, parse_model

USES = {"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]", "pad_token": "<pad>",
        "unk_token": "<unk>", "bos_token": "[CLS]", "eos_token": "[SEP]"}  # fmt: skip


def tokenizer_files(content: bytes, normalization: str, longest: int) -> dict[str, bytes]:
    """Files by name.

    Args:
        content: the SentencePiece model's bytes.
        normalization: str. ``tokens.normalization`` of the build.
        longest: int. Positions of the model, special pieces included.

    Without ``tokenizer.json`` where the model is no unigram one (BPE): transformers makes its own.
    """
    vocabulary, model = vocabulary_from(content, "vocabulary"), parse_model(content)
    files = {"spiece.model": content}
    if model.is_unigram:
        files["tokenizer.json"] = _json(_tokenizer(vocabulary, model, normalization))
    files["tokenizer_config.json"] = _json(_tokenizer_config(vocabulary, normalization, longest))
    files["special_tokens_map.json"] = _json(USES)
    return files


def normalization_of_pieces(vocabulary: Vocabulary) -> str:
    """What ``tokens.normalization`` the vocabulary was made for, by its pieces.

    A vocabulary of lower-cased text has no capital letter, one of text without accents no letter that
    the clean-up would change. Where its text had neither, the narrower one is taken.
    """
    texts = [vocabulary.pieces[i].strip(SPACE) for i in vocabulary.ordinary.tolist()]
    if any(normalize_text(text) != text for text in texts):
        return "none"
    return "albert" if all(text == text.lower() for text in texts) else "albert-cased"


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def _tokenizer_config(vocabulary: Vocabulary, normalization: str, longest: int) -> dict[str, Any]:
    return {
        **USES,
        "tokenizer_class": "AlbertTokenizer",
        "do_lower_case": normalization == "albert",
        "keep_accents": normalization == "none",
        "remove_space": True,
        "model_max_length": longest,
        "clean_up_tokenization_spaces": False,
        "added_tokens_decoder": {
            str(token.pop("id")): token for token in _special_tokens(vocabulary)
        },
    }


def _special_tokens(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    ids = vocabulary.identity().special_ids
    return [
        {"id": ids[name], "content": name, "single_word": False, "lstrip": name == "[MASK]",
         "rstrip": False, "normalized": False, "special": True}
        for name in sorted(ids, key=ids.__getitem__)
    ]  # fmt: skip


def _tokenizer(
    vocabulary: Vocabulary, model: SentencePieceModel, normalization: str
) -> dict[str, Any]:
    prefix = "first" if model.adds_space else "never"
    metaspace = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": prefix, "split": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": _special_tokens(vocabulary),
        "normalizer": {"type": "Sequence", "normalizers": _clean_up(model, normalization)},
        "pre_tokenizer": metaspace,
        "post_processor": _template(vocabulary),
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": vocabulary.unk,
            "vocab": [list(row) for row in _scored(vocabulary, model)],
            "byte_fallback": any(piece.kind == BYTE for piece in model.pieces),
        },
    }


def _scored(vocabulary: Vocabulary, model: SentencePieceModel) -> list[tuple[str, float]]:
    """Pieces and the scores by which the tokenizers library segments as SentencePiece does.

    SentencePiece ranks a user-defined piece above all others (the highest score for each of its
    characters) and never takes control pieces from a text; those and the pieces of
    ``vocabulary.resplit`` come below all that is known.
    """
    normal = [piece.score for piece in model.pieces if piece.kind == NORMAL]
    highest, lowest = max(normal), min(normal)

    def score(number: int) -> float:
        piece = model.pieces[number]
        if piece.kind == USER_DEFINED:
            return len(piece.text) * highest - 0.1
        may_be_chosen = piece.kind in (NORMAL, BYTE) and number not in vocabulary.resplit
        return piece.score if may_be_chosen else lowest - 9

    return [(piece.text, score(i)) for i, piece in enumerate(model.pieces)]


def _clean_up(model: SentencePieceModel, normalization: str) -> list[dict[str, Any]]:
    steps = [_replace(f"[{_white()}]+", " ")]
    if normalization != "none":
        steps += [{"type": "NFKD"}, _replace(f"[{_combining()}]+", "")]
    if normalization == "albert":
        # A capital sigma at the end of a word becomes another letter than one within.
        steps += [_replace(r"(?<=\p{L})Σ(?!\p{L})", "ς"), {"type": "Lowercase"}]
    if model.character_map:
        packed = base64.b64encode(model.character_map).decode()
        steps.append({"type": "Precompiled", "precompiled_charsmap": packed})
    steps.append(_replace(" {2,}", " "))
    return [*steps, {"type": "Strip", "strip_left": False, "strip_right": True}]


def _replace(pattern: str, content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"Regex": pattern}, "content": content}


@cache
def _white() -> str:
    """What Python's ``split`` takes for white space, as a class of characters."""
    return _class_of(lambda char: char.isspace())


@cache
def _combining() -> str:
    """What the clean-up drops after NFKD: characters with a combining class, not all that are marks."""
    return _class_of(lambda char: bool(unicodedata.combining(char)))


def _class_of(belongs: Any) -> str:
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if belongs(chr(code)):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in ranges)


def _template(vocabulary: Vocabulary) -> dict[str, Any]:
    """[CLS] A [SEP] B [SEP], segments 0 and 1."""
    special = {
        name: {"id": name, "ids": [number], "tokens": [name]}
        for name, number in (("[CLS]", vocabulary.cls), ("[SEP]", vocabulary.sep))
    }

    def mark(name: str, segment: int) -> dict[str, Any]:
        return {"SpecialToken": {"id": name, "type_id": segment}}

    def text(name: str, segment: int) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": segment}}

    single = [mark("[CLS]", 0), text("A", 0), mark("[SEP]", 0)]
    pair = [*single, text("B", 1), mark("[SEP]", 1)]
    return {
        "type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": special,
    }  # fmt: skip
