"""Any part of a bzip2 archive by its blocks: none is lost, given twice or read wrong, and damage is told."""

import bz2
import io
import random
import re
from itertools import pairwise, takewhile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from albert_data.corpus.file_formats.bzip2_blocks import MOST_BLOCK, marks, texts
from albert_data.corpus.source_protocol import BrokenFile
from tests.corpus.file_formats.bzip2_streams import (
    BLOCK,
    END,
    bits_of,
    block_of,
    block_of_codes,
    bytes_of,
    stream_of,
)

WORDS = [b"and", b"of", b"the", b"Alice", b"rabbit", b"hole", b"down", b"a", b"aaaaaaaa"]
RUNS = st.builds(bytes.__mul__, st.binary(min_size=1, max_size=2), st.integers(1, 700))
TEXTS = st.binary(min_size=1, max_size=40) | RUNS
STREAMS = st.lists(st.lists(TEXTS, max_size=5), min_size=1, max_size=4)


def prose(count: int, seed: int = 0) -> bytes:
    return b" ".join(random.Random(seed).choices(WORDS, k=count))


def read(data: bytes, start: int = 0, end: int | None = None) -> list[tuple[int, bytes]]:
    return list(texts(io.BytesIO(data), "a.bz2", start, end))


def part(data: bytes, start: int, end: int | None) -> list[bytes]:
    """The texts of the blocks that begin between two bytes."""
    blocks = texts(io.BytesIO(data), "a.bz2", start, end)
    return [text for _, text in takewhile(lambda block: end is None or block[0] < end, blocks)]


@given(st.binary(max_size=40), st.sampled_from([BLOCK, END]), st.integers(0, 7), st.binary())
@example(b"", BLOCK, 0, b"")
@example(b"", END, 7, b"")
def test_a_magic_is_found_at_any_bit(before, magic, shift, behind):
    bits = bits_of(before) + "0" * shift + f"{magic:048b}"
    found = marks(bytes_of(bits) + behind)
    assert (8 * len(before) + shift, magic == END) in found
    everywhere = bits_of(bytes_of(bits) + behind)
    assert found == [
        (m.start(), m[1] == f"{END:048b}")
        for m in re.finditer(f"(?=({BLOCK:048b}|{END:048b}))", everywhere)
    ]


@given(STREAMS, st.lists(st.integers(1, 2000), max_size=6), st.integers(0, 3))
def test_every_block_is_in_one_part_whatever_the_cuts(streams, cuts, padding):
    packed = [stream_of(map(block_of, blocks)) + bytes(padding) for blocks in streams]
    data = b"".join(packed)
    blocks = [block for blocks in streams for block in blocks]
    assert b"".join(map(bz2.decompress, packed)) == b"".join(blocks)
    assert [text for _, text in read(data)] == blocks
    bounds = [0, *sorted({cut for cut in cuts if cut < len(data)}), None]
    assert [text for start, end in pairwise(bounds) for text in part(data, start, end)] == blocks


@pytest.mark.parametrize("level", [1, 9])
def test_parts_of_what_bzip2_packed_are_its_text(level):
    text = prose(400_000)
    data = bz2.compress(text, level)
    for count in (2, 3, 7):
        bounds = [*(len(data) * i // count for i in range(count)), None]
        assert b"".join(t for a, b in pairwise(bounds) for t in part(data, a, b)) == text
    assert len(read(data)) == (3 if level == 9 else 19)


def looking_like_magics() -> tuple[list[str], list[bytes]]:
    """Blocks, some of which have magics in their data, at several bits of a byte, and their texts."""
    draw = random.Random(1)
    made = []
    for magic in (BLOCK, END, BLOCK, BLOCK):
        codes = [draw.randrange(254) for _ in range(60)]
        for at in (10, 17, 40):
            codes[at : at + 6] = magic.to_bytes(6, "big")
        made.append(block_of_codes(codes))
        text = draw.randbytes(draw.randrange(1, 30))
        made.append((block_of(text), text))
    return [bits for bits, _ in made], [text for _, text in made]


def test_from_every_byte_on_come_the_blocks_that_begin_there_whatever_looks_like_a_magic():
    bits, blocks = looking_like_magics()
    data = stream_of(bits) + stream_of(bits[:3])
    assert bz2.decompress(data) == b"".join(blocks + blocks[:3])
    assert len(marks(data)) == 11 + 2 + 3 * (4 + 2)  # blocks, ends of streams, and what looks so
    every = read(data)
    assert [text for _, text in every] == blocks + blocks[:3]
    for start in range(1, len(data)):
        assert read(data, start) == [block for block in every if block[0] >= start]
        assert read(data, start, start + 1) == read(data, start) * any(b == start for b, _ in every)


def test_a_thousand_magics_in_the_data_of_a_block_are_read_past_at_once():
    """Each bit goes to a decompressor once; anew for each magic, this would take minutes."""
    codes = [code for _ in range(5000) for code in (*BLOCK.to_bytes(6, "big"), 7)]
    bits, text = block_of_codes(codes)
    data = stream_of([bits, block_of(b"the end")])
    assert [block for _, block in read(data)] == [text, b"the end"]


def test_a_damaged_block_is_named_and_those_before_it_are_given():
    data = bz2.compress(prose(400_000), 1)
    blocks = read(data)
    begin, _ = blocks[3]
    damaged = bytearray(data)
    damaged[begin + 5000] ^= 1
    found = []
    with pytest.raises(BrokenFile) as caught:
        for block in texts(io.BytesIO(damaged), "a.bz2"):
            found.append(block)
    assert found == blocks[:3]
    assert caught.value.problem == "the bzip2 archive is damaged"
    place = re.fullmatch(r"a\.bz2, bytes (\d+) to (\d+)", caught.value.where)
    assert place and int(place[1]) == begin
    assert begin + 5000 < int(place[2]) <= blocks[4][0] + 10
    # A part that begins before it comes upon it, one behind it does not, nor one that begins with it.
    with pytest.raises(BrokenFile, match="damaged"):
        read(bytes(damaged), blocks[1][0])
    assert read(bytes(damaged), begin) == read(bytes(damaged), begin + 1) == blocks[4:]


def test_a_changed_bit_is_seen_wherever_bzip2_itself_sees_it():
    data = stream_of([block_of(b"down the rabbit hole"), block_of(b"and then")])
    seen = 0
    for place in range(4 * 8, len(data) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        try:
            text = bz2.decompress(changed)
        except (OSError, ValueError):
            seen += 1
            with pytest.raises(BrokenFile, match="damaged|truncated"):
                read(bytes(changed))
        else:  # tables that no symbol needs, and the like
            assert b"".join(t for _, t in read(bytes(changed))) == text == bz2.decompress(data)
    assert seen > 0.9 * 8 * len(data)


def test_an_archive_cut_off_anywhere_is_truncated():
    one = stream_of([block_of(b"down the rabbit hole"), block_of(b"and then")])
    data = one + one
    for size in range(len(one) + 1, len(data)):
        with pytest.raises(BrokenFile) as caught:
            read(data[:size])
        assert "truncated: it ends in the middle of its data" in caught.value.problem
        assert caught.value.where == f"a.bz2, byte {size}"
    assert len(read(data[: len(one)])) == 2


def test_the_checksum_of_a_whole_stream_is_checked_by_who_reads_its_first_block():
    blocks = [block_of(text) for text in (b"one", b"two", b"three")]
    whole, lacking = (bits_of(stream_of(own)) for own in (blocks, blocks[::2]))
    end = f"{END:048b}"
    lacks_one = bytes_of(lacking[: lacking.rindex(end)] + whole[whole.rindex(end) :])
    with pytest.raises(BrokenFile, match="damaged"):
        read(lacks_one)
    assert [text for _, text in read(lacks_one, 5)] == [b"three"]


@pytest.mark.parametrize("behind", [b"x" * 99, b"\0\0x", b"BZh0", b"BZh9" + b"x" * 20])
def test_what_follows_the_streams_and_is_none_is_an_error(behind):
    data = bz2.compress(b"down the rabbit hole")
    with pytest.raises(BrokenFile) as caught:
        read(data + behind)
    byte = len(data) + len(behind) - len(behind.lstrip(b"\0"))
    assert caught.value.problem == "the bzip2 archive is damaged: no bzip2 stream begins here"
    assert caught.value.where == f"a.bz2, byte {byte}"


def test_streams_without_a_block_hold_nothing():
    assert read(bz2.compress(b"") * 3) == []
    assert [t for _, t in read(bz2.compress(b"") + bz2.compress(b"a") + bytes(5000))] == [b"a"]


def test_no_more_is_read_behind_a_damage_than_a_block_may_have():
    draw = random.Random(2)
    good = bz2.compress(prose(1000))
    file = io.BytesIO(good[:200] + draw.randbytes(4 * MOST_BLOCK))
    with pytest.raises(BrokenFile, match="damaged"):
        list(texts(file, "a.bz2"))
    assert file.tell() <= MOST_BLOCK + 2**21
    # The same of a part in which no block begins, which is not unpacked at all.
    assert list(texts(file, "a.bz2", 300, 2 * MOST_BLOCK)) == []
    assert file.tell() <= 2 * MOST_BLOCK + 2**21
