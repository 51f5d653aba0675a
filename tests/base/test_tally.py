"""Counting what is read, kept and dropped: totals in any order, and nothing lost."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.base.tally import (
    LONGEST_NAME,
    NAMES_PER_GROUP,
    OTHER_NAMES,
    SAMPLES_PER_REASON,
    Counted,
    Tally,
    with_frequent_names,
)
from albert_data.storage.sealed import plain

steps = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.sampled_from(["page", "row"]), st.integers(1, 9)),
        st.tuples(st.just("keep"), st.sampled_from(["page", "row"]), st.integers(1, 9)),
        st.tuples(
            st.just("drop"),
            st.sampled_from(["page", "row"]),
            st.sampled_from(["redirect", "empty"]),
            st.text("abc", max_size=2),
        ),
        st.tuples(st.just("count"), st.sampled_from(["template/x", "byte"]), st.integers(1, 9)),
    ),
    max_size=15,
)


def tally_of(parts: list[tuple]) -> Tally:
    tally = Tally()
    for name, *arguments in parts:
        getattr(tally, name)(*arguments)
    return tally


def merged(*tallies: Tally) -> Counted:
    total = Tally()
    for tally in tallies:
        total.merge(Tally.of(tally.counted()))
    return total.counted()


def test_counts_and_samples_are_kept_by_reason():
    tally = Tally()
    tally.read("page", 3)
    tally.keep("page")
    tally.drop("page", "redirect", "Ox (page 7)")
    tally.drop("page", "redirect")
    tally.drop("page", "empty", "Gnu (page 9)", n=4)
    tally.count("template/cite", 12)
    assert vars(tally.counted()) == {
        "counts": {
            "dropped/page/empty": 4,
            "dropped/page/redirect": 2,
            "kept/page": 1,
            "read/page": 3,
            "template/cite": 12,
        },
        "samples": {
            "dropped/page/empty": ["Gnu (page 9)"],
            "dropped/page/redirect": ["Ox (page 7)"],
        },
    }
    assert tally.dropped("page") == {"empty": 4, "redirect": 2}
    assert tally.dropped("row") == {}


def test_a_few_samples_are_kept_of_many():
    tally = Tally()
    for number in range(100):
        tally.drop("row", "empty", f"row {number:02}")
    assert tally.samples["dropped/row/empty"] == [f"row 0{n}" for n in range(SAMPLES_PER_REASON)]
    assert tally.counts["dropped/row/empty"] == 100


@given(st.lists(steps, max_size=4), st.randoms())
def test_merging_does_not_depend_on_the_order(parts, random):
    tallies = [tally_of(part) for part in parts]
    total = merged(*tallies)
    random.shuffle(tallies)
    assert merged(*tallies) == total
    if len(tallies) > 2:
        first, *rest = tallies
        grouped = Tally.of(merged(*rest))
        assert merged(first, grouped) == merged(grouped, first) == total


@given(steps)
def test_a_tally_survives_json(parts):
    value = tally_of(parts).counted()
    again = msgspec.convert(json.loads(json.dumps(plain(value))), Counted)
    assert Tally.of(again).counted() == value


def test_merging_leaves_the_other_tally_alone():
    other = Tally()
    other.drop("row", "empty", "row 1")
    total = Tally()
    total.merge(other)
    total.drop("row", "empty", "row 2")
    assert other.samples == {"dropped/row/empty": ["row 1"]}


def test_a_balance_holds_when_every_item_is_kept_or_dropped():
    tally = Tally({"read/page": 5, "kept/page": 2, "dropped/page/empty": 3, "other": 9})
    tally.check_balance()
    Tally().check_balance()


@pytest.mark.parametrize("name", ["read/page", "kept/page", "dropped/page/empty"])
def test_an_item_too_many_or_too_few_is_an_error(name):
    for difference in (-1, 1):
        tally = Tally({"read/page": 5, "kept/page": 2, "dropped/page/empty": 3})
        tally.counts[name] += difference
        with pytest.raises(DataError, match="pages do not balance"):
            tally.check_balance()


def test_an_imbalance_is_told_in_numbers():
    with pytest.raises(DataError) as caught:
        Tally({"read/row": 5, "kept/row": 3, "dropped/row/empty": 1}).check_balance()
    assert caught.value.problem == "rows do not balance: 5 read, 3 kept, 1 dropped"


def test_names_of_a_group_are_counted_most_frequent_first():
    tally = Tally()
    for name in ("b", "a/c", "b", "x" * 99):
        tally.name("template", name)
    tally.name("tag", "b")
    assert tally.names("template") == {"b": 2, "a/c": 1, "x" * LONGEST_NAME: 1}
    assert [*tally.names("template")][0] == "b"
    tally.check_balance()


def test_of_very_many_names_some_are_counted_together():
    tally = Tally()
    for number in range(NAMES_PER_GROUP + 3):
        tally.name("template", f"t{number}")
    tally.name("template", "t1")
    tally.name("tag", "b")
    names = tally.names("template")
    assert len(names) == NAMES_PER_GROUP + 1
    assert (names["t1"], names[OTHER_NAMES]) == (2, 3)
    assert tally.names("tag") == {"b": 1}


def test_the_most_frequent_names_stand_for_all_in_a_stored_file():
    counts = {
        "named/a/x": 3,
        "named/a/y": 2,
        "named/a/z": 2,
        f"named/a/{OTHER_NAMES}": 9,
        "named/b/x": 1,
    }
    found = with_frequent_names(Counted({**counts, "read/row": 1}, {"s": ["t"]}), 2)
    assert found.samples == {"s": ["t"]}
    assert found.counts == {
        "named/a/x": 3, "named/a/y": 2, f"named/a/{OTHER_NAMES}": 11, "named/b/x": 1, "read/row": 1
    }  # fmt: skip
    assert [*found.counts] == sorted(found.counts)
