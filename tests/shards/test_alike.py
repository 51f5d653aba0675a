"""Equal records are found wherever they lie, from a sample of bounded size."""

import itertools
import random

import numpy as np

from albert_data.shards import alike as module
from albert_data.shards.alike import NO_RECORDS, alike, checksums_of, together


def framed(checksums: list[int], size: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Records that end in their checksums, and where they end."""
    records = [bytes(size - 4) + n.to_bytes(4, "little") for n in checksums]
    ends = np.cumsum([len(record) for record in records]).astype(np.int64)
    return np.frombuffer(b"".join(records), np.uint8), ends


def test_copies_are_counted():
    assert alike(checksums_of(*framed([7, 3, 2**32 - 1, 3, 3]))) == [[3, 7, 2**32 - 1], [3, 1, 1]]
    assert alike(checksums_of(*framed([]))) == NO_RECORDS == together([])


def test_the_sample_is_the_same_however_the_records_are_cut(monkeypatch):
    monkeypatch.setattr(module, "SAMPLE", 8)
    draw = random.Random(1)
    records = [draw.randrange(40) for _ in range(200)]
    whole = alike(checksums_of(*framed(records)))
    smallest = sorted(set(records))[:8]
    assert whole == [smallest, [records.count(n) for n in smallest]]
    for seed in range(5):
        cuts = sorted(random.Random(seed).sample(range(201), 6))
        parts = [
            alike(checksums_of(*framed(records[a:b])))
            for a, b in itertools.pairwise([0, *cuts, 200])
        ]
        random.Random(seed).shuffle(parts)
        assert together([together(parts[:3]), *parts[3:]]) == whole
