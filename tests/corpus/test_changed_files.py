"""Files that change between the plan and the reading: always an error that names them."""

import bz2
import gzip
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from albert_data.base.errors import DataError
from albert_data.config.settings import Config, SourceSettings
from albert_data.corpus import exclude_list
from albert_data.corpus.plan import plan_all, read_split
from albert_data.corpus.source_protocol import ReadContext
from albert_data.tokens.cache import cache_identity, open_cache, plan_units
from albert_data.tokens.unit import tokenize_unit
from albert_data.tokens.vocabulary import load_vocabulary
from tests.command_line import fails, finish, go_on, start, stop_at, stopped_in

PROSE = [f"The goose number {n} ran home. The rain fell all day." for n in range(60)]
PAGE = (
    "<page><title>{0}</title><ns>0</ns><id>{0}</id><revision><text>{1}</text></revision></page>\n"
)
SPACE = '<siteinfo><namespaces><namespace key="0" /></namespaces></siteinfo>'


def text(prose: list[str]) -> bytes:
    return "\n\n".join(prose).encode()


def jsonl(prose: list[str]) -> bytes:
    return "".join(json.dumps({"id": one, "text": one}) + "\n" for one in prose).encode()


def dump(prose: list[str]) -> bytes:
    pages = "".join(PAGE.format(n, one) for n, one in enumerate(prose))
    return f"<mediawiki>{SPACE}{pages}</mediawiki>\n".encode()


def squad(prose: list[str]) -> bytes:
    articles = [{"title": "A", "paragraphs": [{"context": one}]} for one in prose]
    return json.dumps({"data": articles}).encode()


def parquet(prose: list[str]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"id": list(map(str, prose)), "text": prose}), file, row_group_size=7)
    return file.getvalue()


FILES: dict[str, Callable[[list[str]], bytes]] = {
    "text:a.txt": text,
    "text:a.txt.gz": lambda prose: gzip.compress(text(prose)),
    "text:a.txt.bz2": lambda prose: bz2.compress(text(prose)),
    "books:a.txt": text,
    "jsonl:a.jsonl": jsonl,
    "parquet:a.parquet": parquet,
    "huggingface:.": parquet,
    "wikipedia:a.xml": dump,
    "wikipedia:a.xml.bz2": lambda prose: b"".join(map(bz2.compress, [*_cut(dump(prose))])),
    "squad:a.json": squad,
    "race:a.txt": lambda prose: jsonl(prose).replace(b'"text"', b'"article"'),
}


def _cut(data: bytes) -> list[bytes]:
    return [data[i : i + 900] for i in range(0, len(data), 900)]


def shrink(path: Path, make) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def grow(path: Path, make) -> None:
    path.write_bytes(path.read_bytes() * 2)


def rewrite(path: Path, make) -> None:
    """Other text of the same size, as an editor writes it."""
    data = make([one.replace("goose", "moose") for one in PROSE])
    size = path.stat().st_size
    path.write_bytes(data[:size].ljust(size, b"\0" if path.suffix in (".gz", ".bz2") else b"\n"))
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 10**9))


def put_in_place(path: Path, make) -> None:
    path.with_name("new").write_bytes(make(PROSE[:20]))
    os.replace(path.with_name("new"), path)


def remove(path: Path, make) -> None:
    path.unlink()


CHANGES = [shrink, grow, rewrite, put_in_place, remove]
either = pytest.mark.parametrize("bad_input", ["fail", "drop"])


def write(folder: Path, spec: str) -> tuple[str, Path]:
    """The source of a file in `folder` (a spec's target), and the file."""
    kind, _, name = spec.partition(":")
    path = folder / ("data/train.parquet" if kind == "huggingface" else name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(FILES[spec](PROSE))
    return f"{kind}:{folder if kind == 'huggingface' else path}", path


def check(error: DataError, path: Path, change) -> None:
    assert error.where == str(path)
    assert "is gone" in error.problem if change is remove else "file changed since" in error.problem
    assert error.fix.endswith("then run the same command again")


@either
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("spec", FILES)
def test_a_file_that_changed_before_it_is_read_is_named(tmp_path, spec, change, bad_input) -> None:
    source, path = write(tmp_path, spec)
    settings = SourceSettings(bad_input=bad_input, unit_bytes=1200)
    splits = plan_all([source], settings)
    found = [document for s in splits for document in read_split(s, ReadContext(settings))]
    assert len(found) == (1 if spec.startswith("books") else len(PROSE))
    change(path, FILES[spec])
    for split in splits:
        with pytest.raises(DataError) as caught:
            next(read_split(split, ReadContext(settings)))
        check(caught.value, path, change)


@either
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("spec", FILES)
def test_a_file_that_changes_while_it_is_read_is_named(tmp_path, spec, change, bad_input) -> None:
    source, path = write(tmp_path, spec)
    settings = SourceSettings(bad_input=bad_input)
    (split,) = plan_all([source], settings)
    documents = read_split(split, ReadContext(settings))
    next(documents)
    change(path, FILES[spec])
    with pytest.raises(DataError) as caught:
        list(documents)
    check(caught.value, path, change)


def test_sizes_before_and_after_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 30)
    (split,) = plan_all([f"text:{path}"], SourceSettings())
    path.write_bytes(b"x" * 10)
    with pytest.raises(DataError, match=r"planned \(it had 30 bytes, now 10\)"):
        list(read_split(split, ReadContext(SourceSettings())))
    path.write_bytes(b"y" * 30)
    os.utime(path, ns=(0, 1))
    with pytest.raises(DataError, match=r"\(it had 30 bytes as now, but was written again\)"):
        list(read_split(split, ReadContext(SourceSettings())))


@either
def test_a_unit_of_a_changed_file_is_not_finished(tmp_path, vocabulary_file, bad_input) -> None:
    source, path = write(tmp_path, "text:a.txt.bz2")
    config = Config(sources=SourceSettings(bad_input=bad_input))
    vocabulary = load_vocabulary(vocabulary_file)
    (unit,) = plan_units([source], config, vocabulary)
    (tmp_path / "tokens").mkdir()
    identity = cache_identity([unit], config, vocabulary)
    open_cache(tmp_path / "tokens", identity, vocabulary_file, exclude_list.NOTHING, config)
    shrink(path, text)
    with pytest.raises(DataError, match="a.txt.bz2: the file changed since this was planned"):
        tokenize_unit(unit, tmp_path / "tokens", config, vocabulary, lambda **counts: None)
    assert list((tmp_path / "tokens/units").iterdir()) == []


def test_a_vocabulary_that_changed_since_the_plan_is_refused(tmp_path, vocabulary_file) -> None:
    source, _ = write(tmp_path, "text:a.txt")
    model = tmp_path / "my.model"
    model.write_bytes(vocabulary_file.read_bytes())
    config, vocabulary = Config(), load_vocabulary(model)
    units = plan_units([source], config, vocabulary)
    identity = cache_identity(units, config, vocabulary)
    model.write_bytes(other_model(vocabulary_file))
    with pytest.raises(DataError, match="my.model: the vocabulary changed since"):
        open_cache(tmp_path / "tokens", identity, model, exclude_list.NOTHING, config)
    assert not (tmp_path / "tokens").exists()


def other_model(vocabulary_file: Path) -> bytes:
    """A vocabulary whose bytes differ, with as many pieces."""
    model = vocabulary_file.read_bytes()
    changed = model.replace("▁the".encode(), "▁teh".encode(), 1)
    assert changed != model
    return changed


def test_a_build_whose_input_changes_under_it_ends_in_an_error(tmp_path, jobs) -> None:
    source, path = write(tmp_path, "jsonl:a.jsonl")
    command = jobs(tmp_path / "out", "--workers=1", "--set=sources.bad_input=drop")
    moment = stop_at(tmp_path, "wait after", "/tokens/identity.json", 1)
    process = start(*command, f"--source={source}", **moment)
    stopped_in(tmp_path, process)
    shrink(path, jsonl)
    go_on(tmp_path)
    fails(finish(process), f"error: {path}: the file ", "run the same command again", code=1)
    assert not (tmp_path / "out/manifest.json").exists()
