"""Archives of one stream or several: all text or an error, never less text in silence."""

import bz2
import gzip
import io
import lzma

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

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
