"""A file that is no UTF-8 text is named for what it is, with what to do."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.file_formats import encodings
from albert_data.corpus.plan import plan_all, read_split
from albert_data.corpus.source_protocol import Document, ReadContext

ENGLISH = "The goose ran home.\nThe rain fell all day.\n\nThe café was full.\n"
CHINESE = "这座城市位于河的左岸，游客每年都来参观。\n老桥是用石头建成的。\n"
JAPANESE = "この町は川の左岸にあり、観光客が毎年訪れます。\n水車は今も使われている。\n"
RUSSIAN = "Мельница стоит у воды.\nСтарый мост был построен из камня.\n"
FRENCH = "Le vieux pont était construit en pierre.\nLes élèves étudient à l'école, ça coûte.\n"
KOREAN = "이 도시는 강의 왼쪽에 있으며 관광객이 매년 방문합니다.\n다리는 돌로 지어졌습니다.\n"
GREEK = "Ο μύλος στέκεται δίπλα στο νερό.\nΗ παλιά γέφυρα ήταν χτισμένη από πέτρα.\n"


def packed(pack: type, mode: str) -> bytes:
    stream = io.BytesIO()
    if pack is zipfile.ZipFile:
        with zipfile.ZipFile(stream, mode) as archive:
            archive.writestr("a.txt", ENGLISH)
    else:
        with tarfile.open(fileobj=stream, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    return stream.getvalue()


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"text": [ENGLISH]}), stream)
    return stream.getvalue()


BINARIES = {
    "a gzip archive": gzip.compress(ENGLISH.encode()),
    "a bzip2 archive": bz2.compress(ENGLISH.encode()),
    "an xz archive": lzma.compress(ENGLISH.encode()),
    "a zstd archive": b"\x28\xb5\x2f\xfd" + bytes(range(200)),
    "a 7z archive": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(range(100)),
    "a zip archive": packed(zipfile.ZipFile, "w"),
    "a tar archive": packed(tarfile.TarFile, "w"),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n",
    "a picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
    "a Parquet file": parquet(),
}


def documents(path: Path, kind: str, **settings: str) -> tuple[list[Document], ReadContext]:
    context = ReadContext(SourceSettings(**settings))  # type: ignore[arg-type]
    splits = plan_all([f"{kind}:{path}"], context.settings)
    return [document for split in splits for document in read_split(split, context)], context


@pytest.mark.parametrize("kind", ["text", "books", "jsonl", "squad", "race"])
@pytest.mark.parametrize("name", BINARIES)
def test_a_binary_file_is_named_by_its_magic_number(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(BINARIES[name])
    with pytest.raises(DataError) as caught:
        documents(path, kind)
    assert caught.value.problem.startswith(f"not read here: this is {name}")
    assert caught.value.where == str(path) and "latin1" not in caught.value.fix
    found, context = documents(path, kind, bad_input="drop")
    assert found == [] and context.tally.dropped("document") == {"another form": 1}


def test_every_part_of_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(ENGLISH.encode("utf-16") * 40)
    context = ReadContext(SourceSettings(bad_input="drop", unit_bytes=1000))
    splits = plan_all([f"text:{path}"], context.settings)
    assert len(splits) > 1
    assert [d for split in splits for d in read_split(split, context)] == []
    assert context.tally.dropped("document") == {"undecodable": 1}


@pytest.mark.parametrize("text", [ENGLISH, RUSSIAN, GREEK, FRENCH])
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize("width", ["16", "32"])
@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize("kind", ["text", "books"])
def test_wide_encodings_are_known_with_or_without_a_mark(
    tmp_path: Path, text: str, order: str, width: str, marked: bool, kind: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes((("\ufeff" if marked else "") + text * 4).encode(f"utf-{width}-{order}"))
    with pytest.raises(DataError) as caught:
        documents(path, kind)
    assert caught.value.problem == f"not UTF-8: UTF-{width}"
    command = caught.value.fix.partition("; or")[0].partition(": ")[2].split(" FILE")[0].split()
    converted = subprocess.run([*command, str(path)], capture_output=True, check=True).stdout
    assert converted.decode("utf-8-sig") == text * 4


def test_utf16_that_was_taken_for_latin1_is_known(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(ENGLISH.encode("utf-16").decode("latin1").encode())
    with pytest.raises(DataError, match="UTF-16 that was converted as latin1"):
        documents(path, "text")


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, "utf-16-le", "utf-16le"),
        (JAPANESE, "shift_jis", "cp932"),
        ("この町は川の左岸にあり、観光客が毎年訪れます。\n", "shift_jis", "cp932"),
        (
            "この町は川の左岸にあり、観光客が毎年訪れます。\n古い橋は石でできています。\n",
            "shift_jis",
            "cp932",
        ),
        (JAPANESE, "euc_jp", "euc-jp"),
        (KOREAN, "euc_kr", "cp949"),
        ("這座城市位於河的左岸，遊客每年都來參觀。\n", "big5", "big5"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "cp866", "cp866"),
        (GREEK, "iso8859_7", "windows-1253"),
        (FRENCH, "latin1", "windows-1252"),
        (ENGLISH, "cp1252", "windows-1252"),
    ],
)
@pytest.mark.parametrize("kind", ["text", "books", "jsonl"])
def test_the_most_likely_encoding_is_named(tmp_path, text, encoding, named, kind) -> None:
    path = tmp_path / "a.txt"
    if kind == "jsonl":
        if encoding.startswith("utf"):
            pytest.skip("JSON lines in UTF-16 show zero bytes")
        row = json.dumps({"id": "1", "text": text * 3}, ensure_ascii=False)
        path.write_bytes(f"{row}\n".encode(encoding))
    else:
        path.write_bytes((text * 3).encode(encoding))
    with pytest.raises(DataError, match="not valid UTF-8") as caught:
        documents(path, kind)
    assert f"iconv -f {named} -t utf-8 FILE > NEW" in caught.value.fix


def test_one_broken_byte_in_utf8_is_no_reason_to_convert_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Ünïcödé stood in the tëxt, ".encode() + b"but one byt\xe9 is off.\n")
    with pytest.raises(DataError, match="the text around it is UTF-8: mend it there"):
        documents(path, "text")


@given(st.text(max_size=60))
@example("\b0\b")
def test_utf8_with_a_stray_nul_is_text(text: str) -> None:
    encodings.refuse_wide(f"The {text.replace(chr(0), '')} mi\0ll.".encode(), "a")


@given(st.binary(max_size=300))
def test_any_bytes_get_an_advice(data: bytes) -> None:
    assert encodings.advice(data)
