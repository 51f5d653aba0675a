"""Counts as people read them."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """`1 document`, `1,204 documents`, `0 documents`; of nouns whose plural is `-s`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
