"""The readers that are fuzzed: a row each, of what it does with bytes, what it may raise, and seeds.

A reader takes text or settings of anyone, so all that it may do is return, or raise an error of ours that
says what is wrong. Files lie in memory (`/dev/shm`), for readers take paths.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from backports import zstd

from albert_data.base.errors import DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus.source_protocol import ReadContext, Source, Split

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).with_name("corpus")
_MEMORY = Path("/dev/shm" if os.path.isdir("/dev/shm") else "/tmp")
FOLDER = _MEMORY / f"albert-fuzz-{os.getpid()}"
FOLDER.mkdir(exist_ok=True)


class Target(NamedTuple):
    """A reader.

    Attributes:
        read: makes the function on bytes; imports what it needs.
        seeds: inputs to begin with.
        right: errors that it may raise.
        most_bytes: of an input.
    """

    read: Callable[[], Callable[[bytes], Any]]
    seeds: Sequence[bytes]
    right: tuple[type[BaseException], ...] = (DataError,)
    most_bytes: int = 4096


def file_of(name: str, data: bytes) -> str:
    """The path of a file in memory with these bytes."""
    path = f"{FOLDER}/{name}"
    with open(path, "wb", buffering=0) as stream:
        stream.write(data)
    return path


def _documents(source: Source, name: str, **settings: Any) -> Callable[[bytes], Any]:
    """Reads a file of one kind of source: its documents, broken ones an error or counted.

    Planning is as dear as reading: one input in 16 is planned, too.
    """
    strict = SourceSettings(**settings)
    lenient = SourceSettings(bad_input="drop", **settings)

    def read(data: bytes) -> None:
        path = file_of(name, data)
        chosen = lenient if len(data) % 2 else strict
        with suppress(DataError):
            whole = [Split(source.kind, name, path)]
            for split in whole if len(data) % 16 else source.plan(path, chosen):
                _ = source.language(split)
                for _ in source.read(split, ReadContext(chosen, Tally())):
                    pass

    return read


def _jsonl() -> Callable[[bytes], Any]:
    from albert_data.corpus.sources.jsonl import SOURCE

    return _documents(SOURCE, "rows.jsonl")


def _squad() -> Callable[[bytes], Any]:
    from albert_data.corpus.sources.squad import SOURCE

    return _documents(SOURCE, "train.json")


def _race() -> Callable[[bytes], Any]:
    from albert_data.corpus.sources.race import SOURCE

    return _documents(SOURCE, "1.txt")


def _books() -> Callable[[bytes], Any]:
    from albert_data.corpus.sources.books import SOURCE

    return _documents(SOURCE, "book.txt")


def _dump() -> Callable[[bytes], Any]:
    from albert_data.corpus.sources.wikipedia import SOURCE

    return _documents(SOURCE, "pages.xml", unit_bytes=512)


def _parquet_rows() -> Callable[[bytes], Any]:
    from albert_data.corpus.sources.parquet import SOURCE

    return _documents(SOURCE, "rows.parquet")


def _wikitext() -> Callable[[bytes], Any]:
    from albert_data.corpus.wikitext.extract import extract
    from albert_data.corpus.wikitext.page import PageContext, Site

    pages = [PageContext(), PageContext("Page", Site("en")), PageContext("Seite", Site("de"))]

    def read(data: bytes) -> None:
        extract(data.decode("utf-8", "replace"), page=pages[len(data) % 3], tally=Tally())

    return read


def _evaluation(kind: str) -> Callable[[], Callable[[bytes], Any]]:
    def made() -> Callable[[bytes], Any]:
        from albert_data.insight.contamination.evaluation import read_sets

        return lambda data: read_sets([f"{kind}:{file_of(f'{kind}.txt', data)}"])

    return made


def _table(task: str, split: str) -> Callable[[], Callable[[bytes], Any]]:
    """A file of a fine-tuning task."""

    def made() -> Callable[[bytes], Any]:
        from albert_model.tasks.readers.find import read_task
        from albert_model.tasks.table import TASKS

        return lambda data: read_task(file_of("task.tsv", data), TASKS[task], split)

    return made


def _race_task() -> Callable[[bytes], Any]:
    from albert_model.tasks.readers.race import read_race

    for group in ("middle", "high"):
        (FOLDER / "race" / group).mkdir(parents=True, exist_ok=True)

    def read(data: bytes) -> None:
        for group in ("middle", "high"):
            file_of(f"race/{group}/1.txt", data)
        read_race(str(FOLDER / "race"))

    return read


def _token_file() -> Callable[[bytes], Any]:
    import google_crc32c

    from albert_data.tokens.token_file import read_documents

    return lambda data: read_documents(
        Path(file_of("tokens.parquet", data)), google_crc32c.value(data)
    )


def _provenance() -> Callable[[bytes], Any]:
    from albert_data.shards.provenance import read_provenance

    return lambda data: read_provenance(Path(file_of("provenance.parquet", data)))


def _records() -> Callable[[bytes], Any]:
    from albert_data.records.features import features_of, table_of
    from albert_data.records.parse import parse_features
    from albert_data.records.tfrecord import add_checksums, find_frames, find_records

    tables = [
        (features, table_of(features, 16, 4, mode == "dynamic"))
        for mode in ("static", "dynamic")
        for features in [features_of(mode)]
    ]

    def read(data: bytes) -> None:
        buffer = np.frombuffer(data, np.uint8)
        with suppress(DataError):
            find_frames(buffer, "file")
        with suppress(DataError):
            find_records(buffer, "file")
        if len(data) > 16:  # as a record whose checksums fit
            framed = buffer.copy()
            framed[:8] = np.frombuffer((len(data) - 16).to_bytes(8, "little"), np.uint8)
            add_checksums(framed, np.array([len(framed)], np.uint32))
            begins, ends = find_records(framed, "file")
            features, table = tables[len(data) % 2]
            parse_features(framed, begins, ends, features, table, "file", 0)

    return read


def _sealed(kind: str) -> Callable[[], Callable[[bytes], Any]]:
    """A stored JSON file, as it is and with a seal that fits."""

    def made() -> Callable[[bytes], Any]:
        from albert_data import schema
        from albert_data.shards.manifest import parse_manifest
        from albert_data.storage.sealed import SEAL, parse_sealed, seal_of

        record = getattr(schema, kind)

        def parse(data: bytes) -> None:
            if kind == "Manifest":
                parse_manifest(data, FOLDER)
            else:
                parse_sealed(data, record, "file")

        def read(data: bytes) -> None:
            try:
                content = json.loads(data)
                content[SEAL] = seal_of(content, kind)
                sealed = json.dumps(content).encode()
            except (ValueError, TypeError, RecursionError, AttributeError):
                sealed = data
            parse(sealed)

        return read

    return made


def _settings() -> Callable[[bytes], Any]:
    from albert_data.config.load import read_file

    return lambda data: read_file(Path(file_of("config.yaml", data))).to_dict()


def _grid() -> Callable[[bytes], Any]:
    from albert_data.config.grid import load_grid

    return lambda data: load_grid(file_of("grid.yaml", data))


def _pairs() -> Callable[[bytes], Any]:
    """What stands behind `--set`."""
    from albert_data.config.load import override
    from albert_data.config.settings import Config

    usual = Config()
    return lambda data: override(usual, data.decode("utf-8", "replace").split("\n"))


def _tokenizer() -> Callable[[bytes], Any]:
    from albert_model.tasks.features.word_pieces import WordPieceTokenizer

    def read(data: bytes) -> None:
        file_of("tokenizer.json", data)
        WordPieceTokenizer(str(FOLDER)).pieces(["a text of words"])

    return read


def _vocabulary() -> Callable[[bytes], Any]:
    from albert_data.tokens.model_file import read_model

    return read_model


def _sentencepiece() -> Callable[[bytes], Any]:
    from albert_model.convert.sentencepiece_model import parse_model

    return parse_model


def _hugging_face_config() -> Callable[[bytes], Any]:
    from albert_model.convert.config_files import (
        read_bert_config,
        read_hugging_face_config,
        read_reference_config,
    )

    def read(data: bytes) -> None:
        path = file_of("config.json", data)
        for reader, place in (
            (read_hugging_face_config, str(FOLDER)),
            (read_reference_config, path),
            (read_bert_config, path),
        ):
            with suppress(DataError):
                reader(place)

    return read


def _safetensors() -> Callable[[bytes], Any]:
    from albert_model.convert.safetensors_file import Tensors
    from albert_model.state_file import read_arrays

    def read(data: bytes) -> None:
        # The header's length fits, so that what is changed is the header.
        header = len(data).to_bytes(8, "little") + data + bytes(64)
        for content in (data, header):
            path = file_of("model.safetensors", content)
            with suppress(DataError):
                for _ in Tensors(path).values():
                    pass
            with suppress(DataError):
                read_arrays(path)

    return read


def _run_file() -> Callable[[bytes], Any]:
    from albert_model.run_folder import read_run

    def read(data: bytes) -> None:
        file_of("model.json", data)
        read_run(str(FOLDER))

    return read


def _exclude() -> Callable[[bytes], Any]:
    from albert_data.corpus.exclude_list import read_list

    return lambda data: read_list(Path(file_of("exclude.txt", data)))


def _archive(name: str) -> Callable[[], Callable[[bytes], Any]]:
    """Text in a packed file."""

    def made() -> Callable[[bytes], Any]:
        from albert_data.corpus.sources.jsonl import SOURCE

        return _documents(SOURCE, f"rows.jsonl{name}", max_document_bytes=2**16)

    return made


_PAGE = (
    b'<mediawiki xml:lang="en"><siteinfo><sitename>Wikipedia</sitename><namespaces><namespace key="0" />'
    b'<namespace key="1">Talk</namespace></namespaces></siteinfo><page><title>One</title><ns>0</ns><id>7</id>'
    b"<revision><id>8</id><timestamp>2024-01-01T00:00:00Z</timestamp><model>wikitext</model>"
    b"<text>'''One''' is a [[number|numeral]]. It is &lt;b&gt;small&lt;/b&gt;.</text></revision></page>\n"
    b"</mediawiki>"
)
_MARKUP = (
    "'''Bold''' [[link|text]] {{convert|12|km|mi}} <ref name=a>b</ref> {{lang|fr|mot}} [http://a.b c]",
    "{| class=wikitable\n! a\n|-\n| b || c\n|}\n== Head ==\n* item\n# one\n: indent\n<nowiki>'''</nowiki>",
    "{{birth date|1879|3|14}} {{#if: a | b | c }} {{plural:2|one|two}} -{zh-hans:a}- <math>x</math>",
    "{{frac|1|2}} {{val|1.2e3|u=km}} {{cvt|5|ft|in|m|1}} {{ISBN|123}} {{efn|note}} [[File:a.jpg|thumb|text]]",
)
_SQUAD = (
    b'{"data": [{"title": "A_b", "paragraphs": [{"context": "One two three.", "qas": [{"id": "q1",'
    b'"question": "What?", "answers": [{"text": "two", "answer_start": 4}], "is_impossible": false}]}]}]}'
)
_RACE = (
    b'{"id": "r1", "article": "One two.", "questions": ["What _ ?"], "options": [["a", "b", "c", "d"]],'
    b' "answers": ["A"]}'
)
_ROW = b'{"id": 1, "title": "T", "text": "One two three. Four five."}\n{"text": "Six."}\n'
_YAML = (
    b"seed: 1\npairs: {objective: sop, max_length: 64, dupe_factor: 2}\nmasking:\n  max_predictions: 10\n"
    b"  ngram_law: uniform\nshards: {count: 4}\nhold_out: 10%\nsources: {bad_input: drop, unit_bytes: 4000}\n"
)
_GRID = b"base: {config: tiny}\nvariants:\n  one: {masking.max_ngram: 1}\n  two: {seed: 7}\n"
_ALBERT = (
    b'{"model_type": "albert", "hidden_size": 64, "num_attention_heads": 4, "vocab_size": 100}'
)


def _kept(name: str) -> list[bytes]:
    """Inputs of the committed corpus."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]


TARGETS: dict[str, Target] = {}


def _add(name: str, read: Callable[[], Callable[[bytes], Any]], *seeds: bytes, **more: Any) -> None:
    TARGETS[name] = Target(read, [*seeds, *_kept(name)], **more)


def _add_all() -> None:
    from albert_data.corpus.wikitext.structure import NestedTooDeep

    markup = [text.encode() for text in _MARKUP]
    _add("wikitext", _wikitext, *markup, right=(NestedTooDeep,))
    _add("dump", _dump, _PAGE)
    _add("jsonl", _jsonl, _ROW)
    packed = {"gz": gzip.compress, "bz2": bz2.compress, "zst": zstd.compress, "xz": lzma.compress}
    for suffix, pack in packed.items():
        _add(f"jsonl-{suffix}", _archive(f".{suffix}"), pack(_ROW), most_bytes=1024)
    _add(
        "books",
        _books,
        b"CHAPTER I\n\nOne two three.\n\n*** START OF THE PROJECT GUTENBERG EBOOK\n",
    )
    _add("squad", _squad, _SQUAD)
    _add("race", _race, _RACE)
    _add("glue-texts", _evaluation("glue"), b"index\tsentence\tlabel\n0\tOne two.\t1\n")
    _add("squad-texts", _evaluation("squad"), _SQUAD)
    _add("race-texts", _evaluation("race"), _RACE)
    _add("glue-task", _table("sst-2", "dev"), b"sentence\tlabel\nOne two.\t1\n")
    _add("stsb-task", _table("sts-b", "dev"), b"index\tsentence1\tsentence2\tscore\n0\ta\tb\t2.5\n")
    _add("squad-task", _table("squad2", "dev"), _SQUAD)
    _add("race-task", _race_task, _RACE)
    _add("tokens", _token_file)
    _add("provenance", _provenance)
    _add("parquet", _parquet_rows)
    _add("records", _records)
    _add("manifest", _sealed("Manifest"), most_bytes=16384)
    _add("index", _sealed("TokenIndex"), most_bytes=16384)
    _add("settings", _settings, _YAML)
    _add("grid", _grid, _GRID)
    _add("set", _pairs, b"pairs.max_length=64\nmasking.ngram_law=[1, 2]\nhold_out=10%")
    _add("tokenizer", _tokenizer, most_bytes=16384)
    _add("vocabulary", _vocabulary, right=(ValueError,), most_bytes=16384)
    _add("sentencepiece", _sentencepiece, most_bytes=16384)
    _add("model-config", _hugging_face_config, _ALBERT)
    _add(
        "checkpoint",
        _safetensors,
        b'{"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}',
    )
    _add("run", _run_file, b'{"model": {"hidden_size": 64}, "train": {"steps": 3}, "data": "x"}')
    _add("exclude", _exclude, b"books:one.txt\nwikipedia:12\n# note\n")


_add_all()
