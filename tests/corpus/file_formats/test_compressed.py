"""Archives of one stream or several: all text or an error, never less text in silence."""

import bz2
import gzip
import io
import lzma

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.corpus.file_formats import compressed, input_files
from albert_data.corpus.source_protocol import BrokenFile

PARTS = [b"The goose ran home.\n" * 9, b"", b"The rain fell all day.\n" * 5, b"So it was.\n"]
TEXT = b"".join(PARTS)
WITH_CHECKSUM = {zstd.CompressionParameter.checksum_flag: 1}
PACK = {
    "gzip": lambda part: gzip.compress(part, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": lambda part: zstd.compress(part, options=WITH_CHECKSUM),
}
SUFFIX = {"gzip": ".gz", "bzip2": ".bz2", "xz": ".xz", "zstd": ".zst"}
FIRST_BYTES = tuple(magic[:1] for p in compressed.PACKINGS.values() for magic in p.magics)
each = pytest.mark.parametrize("kind", PACK)


def unpack(archive: bytes, kind: str) -> bytes:
    return b"".join(text for _, text in compressed.texts(io.BytesIO(archive), kind, "a"))


def joined(kind: str) -> tuple[bytes, list[int]]:
    """An archive of several streams, and the bytes at which they end."""
    streams = [PACK[kind](part) for part in PARTS]
    return b"".join(streams), [sum(map(len, streams[: n + 1])) for n in range(len(streams))]


@each
def test_the_text_of_all_streams_is_read_and_padding_is_none(kind: str) -> None:
    archive, ends = joined(kind)
    assert unpack(archive, kind) == TEXT
    assert unpack(archive + b"\0" * 20_000, kind) == TEXT
    assert unpack(archive[: ends[0]] + b"\0" * 512 + archive[ends[0] :], kind) == TEXT


@each
def test_each_text_comes_with_the_byte_at_which_its_stream_begins(kind: str) -> None:
    archive, ends = joined(kind)
    found = list(compressed.texts(io.BytesIO(archive), kind, "a"))
    assert found == [(0, PARTS[0]), (ends[1], PARTS[2]), (ends[2], PARTS[3])]


@each
@pytest.mark.parametrize("change", [0x01, 0x20, 0x80, 0xFF])
def test_one_changed_byte_anywhere_is_an_error_or_changes_nothing(tmp_path, kind, change) -> None:
    archive, _ = joined(kind)
    path = tmp_path / f"a{SUFFIX[kind]}"
    refused = 0
    for at in range(len(archive)):
        path.write_bytes(archive[:at] + bytes([archive[at] ^ change]) + archive[at + 1 :])
        try:
            with input_files.open_binary(str(path)) as stream:
                assert stream.read() == TEXT, at
        except BrokenFile as error:
            assert error.where.startswith(f"{path}, byte")
            refused += 1
    assert refused > len(archive) * 0.6  # the rest are unused bytes of heads, and sizes of blocks


@each
@given(data=st.data())
def test_what_follows_the_streams_is_a_stream_padding_or_an_error(kind: str, data) -> None:
    archive, ends = joined(kind)
    place = data.draw(st.sampled_from(ends))
    junk = data.draw(st.binary(min_size=1, max_size=40).filter(lambda more: more.strip(b"\0")))
    with pytest.raises(BrokenFile) as caught:
        unpack(archive[:place] + junk + archive[place:], kind)
    begin = place + len(junk) - len(junk.lstrip(b"\0"))
    if not junk.lstrip(b"\0").startswith(FIRST_BYTES):
        assert caught.value.where == f"a, byte {begin}"
        problem = f"the {kind} archive is damaged: no {kind} stream begins here"
        assert caught.value.problem == problem


@each
def test_an_archive_that_ends_within_a_stream_is_truncated(kind: str) -> None:
    archive, ends = joined(kind)
    for size in set(range(len(archive))) - set(ends):
        with pytest.raises(BrokenFile, match=f"a, byte {size}: the {kind} archive is truncated"):
            unpack(archive[:size], kind)
    # What ends between two streams looks whole: nothing in the archive tells how many there were.
    assert unpack(archive[: ends[0]], kind) == PARTS[0]


@each
def test_text_before_a_break_is_read_before_the_error(tmp_path, kind: str) -> None:
    archive, ends = joined(kind)
    path = tmp_path / f"a{SUFFIX[kind]}"
    path.write_bytes(archive[: ends[2]] + b"X" + archive[ends[2] + 1 :])
    with input_files.open_binary(str(path)) as stream:
        assert stream.read1() + stream.read1() == PARTS[0] + PARTS[2]
        with pytest.raises(BrokenFile, match=f", byte {ends[2]}: the {kind} archive is damaged"):
            stream.read1()


@each
def test_a_long_text_of_few_bytes_comes_in_pieces(kind: str) -> None:
    archive = PACK[kind](bytes(5 * 2**20))
    sizes = [len(text) for _, text in compressed.texts(io.BytesIO(archive), kind, "a")]
    assert sum(sizes) == 5 * 2**20 and max(sizes) <= compressed.MOST_TEXT


def stream_of(text: bytes, **parameters: int) -> bytes:
    """A Zstandard frame that does not say how long its text is, as programs write to a pipe."""
    stream = io.BytesIO()
    options = {zstd.CompressionParameter[name]: n for name, n in parameters.items()}
    with zstd.ZstdFile(stream, "w", options=options) as file:
        file.write(text)
    return stream.getvalue()


def test_frames_to_skip_hold_no_text_wherever_they_stand() -> None:
    frame = PACK["zstd"](TEXT)
    for size, first in ((0, 0x50), (5, 0x5A), (70_000, 0x5F)):
        skipped = bytes([first]) + b"\x2a\x4d\x18" + size.to_bytes(4, "little") + b"x" * size
        for archive in (skipped + frame, frame + skipped, frame + skipped + frame):
            assert unpack(archive, "zstd") == TEXT * archive.count(frame)
        assert compressed.kind_of(skipped[:6]) == "zstd"
        with pytest.raises(BrokenFile, match="the zstd archive is truncated"):
            unpack(frame + skipped[:-1], "zstd")


def test_a_frame_without_checksum_or_length_cannot_be_cut_off() -> None:
    archive = stream_of(TEXT * 200)
    assert unpack(archive, "zstd") == TEXT * 200
    for size in range(1, len(archive)):
        with pytest.raises(BrokenFile, match="the zstd archive is truncated"):
            unpack(archive[:size], "zstd")


def test_a_stream_that_needs_too_much_memory_is_refused_with_the_fix() -> None:
    assert unpack(stream_of(TEXT, window_log=27), "zstd") == TEXT
    big = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**29}]
    for kind, archive in (
        ("zstd", stream_of(TEXT, window_log=31)),
        ("xz", lzma.compress(TEXT, filters=big)),
    ):
        with pytest.raises(BrokenFile) as caught:
            unpack(archive, kind)
        assert (
            caught.value.problem
            == f"the {kind} archive needs more memory than 128 MiB to be unpacked"
        )
        assert "zstd -dc --long=31 FILE" in caught.value.fix


def test_a_frame_that_needs_a_dictionary_says_so() -> None:
    dictionary = zstd.train_dict(
        [f"The goose number {n} ran home.".encode() for n in range(500)], 500
    )
    with pytest.raises(BrokenFile, match="packed with a dictionary, which lies in another file"):
        unpack(zstd.compress(TEXT, zstd_dict=dictionary), "zstd")


@given(st.lists(st.binary(max_size=300), max_size=6), st.integers(1, 400))
@each
def test_any_text_in_any_streams_is_read_as_it_was(kind: str, parts, chunk: int) -> None:
    archive = b"".join(map(PACK[kind], parts)) or PACK[kind](b"")
    stream = io.BufferedReader(compressed.TextOf(io.BytesIO(archive), kind, "a"), chunk)
    assert stream.read() == b"".join(parts)


@each
def test_what_is_written_as_an_archive_is_one_and_always_the_same(tmp_path, kind: str) -> None:
    paths = [tmp_path / f"{name}.jsonl{SUFFIX[kind]}" for name in ("a", "b")]
    for path in paths:
        with compressed.writer(path) as stream:
            stream.write(TEXT)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert unpack(paths[0].read_bytes(), kind) == TEXT
    with compressed.writer(tmp_path / "c.jsonl") as stream:
        stream.write(TEXT)
    assert (tmp_path / "c.jsonl").read_bytes() == TEXT


@each
def test_a_bomb_is_refused_where_it_bursts_and_its_limit_is_a_setting(kind, tmp_path, monkeypatch):
    """80 MiB of blanks: gzip packs them at best 1,030 : 1, the others much smaller."""
    path = tmp_path / f"bomb.txt{compressed.PACKINGS[kind].suffix}"
    with compressed.writer(path) as file:
        for _ in range(80):
            file.write(b" " * 2**20)
    monkeypatch.setenv(compressed.RATIO, "900")
    given = 0
    with open(path, "rb") as file, pytest.raises(BrokenFile) as caught:
        for _, text in compressed.texts(file, kind, str(path)):
            given += len(text)
    assert "unpacks to more than 900 times its size" in caught.value.problem
    assert caught.value.where == str(path) and compressed.RATIO in caught.value.fix
    assert given <= 65 * 2**20  # no more than the first that is too much
    monkeypatch.setenv(compressed.RATIO, "1e9")
    with open(path, "rb") as file:
        assert sum(len(text) for _, text in compressed.texts(file, kind, str(path))) == 80 * 2**20


@pytest.mark.parametrize("said", ["", "1000"])
def test_the_usual_limit_of_a_bomb(said, monkeypatch):
    monkeypatch.setenv(compressed.RATIO, said)
    assert compressed.most_ratio() == 1000


@pytest.mark.parametrize("said", ["nan", "0", "-1", "many"])
def test_a_limit_that_is_none_is_refused(said, monkeypatch):
    monkeypatch.setenv(compressed.RATIO, said)
    with pytest.raises(ConfigError, match="no number of 1 or more"):
        compressed.most_ratio()
