"""Parsing records: TensorFlow as the witness, any order of the features, damage of every kind."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.config.settings import MaskSettings
from albert_data.records.parse import Examples, parse_examples, parse_unmasked
from albert_data.records.tfrecord import find_records
from tests import corpora

LENGTH, PREDICTIONS = 24, 4


@pytest.fixture(scope="module")
def records() -> list[bytes]:
    documents = corpora.random_documents(5, 6, 40_000)
    masking = MaskSettings(max_predictions=PREDICTIONS)
    return corpora.encode(documents, corpora.tables_of(documents, 40_000), LENGTH, masking)[0]


def parse(records: list[bytes], length=LENGTH, predictions=PREDICTIONS, guard=b"") -> Examples:
    """Parses records that lie one after the other with guard bytes around each."""
    data = guard + guard.join(records) + guard
    sizes = np.array([len(r) for r in records], np.int64)
    begins = np.cumsum(sizes + len(guard)) - sizes
    buffer = np.frombuffer(data, np.uint8)
    return parse_examples(buffer, begins, begins + sizes, length, predictions, "some-shard")


def fields_at(examples: Examples, row: int) -> dict[str, list]:
    return {name: np.atleast_1d(column[row]).tolist() for name, column in vars(examples).items()}


def entry(name: str, feature: tf.train.Feature) -> bytes:
    """One entry of the feature map, as TensorFlow serialises it."""
    return tf.train.Features(feature={name: feature}).SerializeToString()


def example_in_order(record: bytes, names: list[str]) -> bytes:
    """The record with its features in the given order (left out where not named)."""
    feature = tf.train.Example.FromString(record).features.feature
    entries = b"".join(entry(name, feature[name]) for name in names)
    example = tf.train.Example.FromString(entry_of_features(entries))
    assert sorted(example.features.feature) == sorted(set(names))
    return entry_of_features(entries)


def entry_of_features(entries: bytes) -> bytes:
    """The `features` field of a tf.Example around serialised entries."""
    size, varint = len(entries), b""
    while size >= 128:
        varint += bytes([size & 127 | 128])
        size >>= 7
    return b"\x0a" + varint + bytes([size]) + entries


def test_parsing_gives_tensorflows_values(records):
    parsed = parse(records)
    for row, record in enumerate(records):
        assert fields_at(parsed, row) == corpora.fields_of(record)
    assert parsed.masked_lm_weights.dtype == np.float32
    assert parsed.next_sentence_labels.shape == (len(records),)
    assert parsed.input_ids.shape == (len(records), LENGTH)


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {
            name: st.lists(
                st.floats(width=32)
                if kind == "float_list"
                else st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300),
                min_size={"max_length": 5, "max_predictions": 3, "one": 1}[length],
                max_size={"max_length": 5, "max_predictions": 3, "one": 1}[length],
            )
            for name, (kind, length) in corpora.REFERENCE_FEATURES.items()
        }
    )
)
def test_any_values_are_read_as_tensorflow_wrote_them(fields):
    parsed = fields_at(parse([corpora.example_of(fields).SerializeToString()], 5, 3), 0)
    floats, theirs = parsed.pop("masked_lm_weights"), fields.pop("masked_lm_weights")
    assert np.array(floats, np.float32).tobytes() == np.array(theirs, np.float32).tobytes()
    assert parsed == fields


@settings(max_examples=30)
@given(order=st.permutations(list(corpora.REFERENCE_FEATURES)))
def test_features_may_come_in_any_order(records, order):
    shuffled = [example_in_order(record, order) for record in records[:3]]
    for row, fields in enumerate(map(corpora.fields_of, records[:3])):
        assert fields_at(parse(shuffled), row) == fields


def test_a_file_written_by_tensorflow_in_the_references_order_is_read(records, tmp_path):
    path = tmp_path / "reference.tfrecord"
    order = list(corpora.REFERENCE_FEATURES)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(example_in_order(record, order))
            writer.write(tf.train.Example.FromString(record).SerializeToString())
    buffer = np.frombuffer(path.read_bytes(), np.uint8)
    parsed = parse_examples(buffer, *find_records(buffer, "x"), LENGTH, PREDICTIONS, "x")
    for row, record in enumerate(records):
        assert fields_at(parsed, 2 * row) == corpora.fields_of(record)
        assert fields_at(parsed, 2 * row + 1) == corpora.fields_of(record)


def test_other_features_are_passed_over(records):
    example = tf.train.Example.FromString(records[0])
    example.features.feature["url"].bytes_list.value.append(b"\x0a\x0a\x0a")
    example.features.feature["a"].int64_list.value.extend([1, 2])
    example.features.feature["b"].SetInParent()  # a value of no kind
    assert fields_at(parse([example.SerializeToString()]), 0) == corpora.fields_of(records[0])


@pytest.mark.parametrize("name", corpora.REFERENCE_FEATURES)
def test_a_missing_feature_is_refused_by_name(records, name):
    rest = [other for other in corpora.REFERENCE_FEATURES if other != name]
    size = len(corpora.fields_of(records[0])[name])
    problem = f"some-shard: record 2 has no feature {name} of {size} values"
    with pytest.raises(DataError, match=problem):
        parse([*records[:2], example_in_order(records[2], rest)])


@pytest.mark.parametrize("name", corpora.REFERENCE_FEATURES)
@pytest.mark.parametrize("change", [-1, 1])
def test_a_feature_of_another_length_is_refused_by_name(records, name, change):
    fields = corpora.fields_of(records[0])
    fields[name] = fields[name][:-1] if change < 0 else [*fields[name], 0]
    with pytest.raises(DataError, match=f"record 0 has no feature {name} of"):
        parse([corpora.example_of(fields).SerializeToString()])


def test_a_feature_of_another_type_is_refused_by_name(records):
    example = tf.train.Example.FromString(records[0])
    example.features.feature["input_ids"].float_list.value.extend([0.0] * LENGTH)
    with pytest.raises(DataError, match="has no feature input_ids of 24 values"):
        parse([example.SerializeToString()])


def test_a_list_in_two_parts_is_refused(records):
    # Protocol Buffers would join them to 25 values; nobody writes such lists.
    value = tf.train.Feature(int64_list=tf.train.Int64List(value=[1] * LENGTH)).SerializeToString()
    twice = value[:1] + bytes([value[1] + 3]) + value[2:] + b"\x0a\x01\x07"
    assert len(tf.train.Feature.FromString(twice).int64_list.value) == LENGTH + 1
    one = example_in_order(records[0], [n for n in corpora.REFERENCE_FEATURES if n != "input_mask"])
    name = b"\x0a\x0ainput_mask"
    body = name + b"\x12" + bytes([len(twice)]) + twice
    features = one[3:] + b"\x0a" + bytes([len(body)]) + body
    record = entry_of_features(features)
    assert len(corpora.fields_of(record)["input_mask"]) == LENGTH + 1
    with pytest.raises(DataError, match="has no feature input_mask"):
        parse([record])


def field(tag: int, content: bytes) -> bytes:
    """A length-delimited field of fewer than 128 bytes."""
    return bytes([tag, len(content)]) + content


# Entries of the feature map, each with the fault that is found in it.
NAMED_A, VALUE = field(0x0A, b"a"), field(0x12, field(0x1A, field(0x0A, b"\x01")))
ODD_ENTRIES = {
    "nothing": b"",
    "a name alone": NAMED_A,
    "no name": VALUE,
    "a value before the name": VALUE + NAMED_A,
    "bytes after the value": NAMED_A + VALUE + b"\x1a\x00",
    "two values": NAMED_A + VALUE + VALUE,
    "a name that is longer than the entry": b"\x0a\x09a" + VALUE,
    "a value that is longer than the entry": NAMED_A + b"\x12\x09" + VALUE[2:],
    "a value without its size": NAMED_A + b"\x12",
}


@pytest.mark.parametrize("case", ODD_ENTRIES)
@pytest.mark.parametrize("last", [False, True])
def test_an_entry_of_another_form_is_refused_wherever_it_stands(records, case, last):
    whole = records[0][3:]
    odd = field(0x0A, ODD_ENTRIES[case])
    record = entry_of_features(whole + odd if last else odd + whole)
    for guard in (b"", b"\x12" * 30):  # at the end of the buffer, too
        with pytest.raises(DataError, match="some-shard: record 0 is not a tf.Example"):
            parse([record], guard=guard)


def test_a_field_that_no_byte_of_the_record_begins_is_refused():
    # A name of another tag; the buffer's last and first bytes would read as a value of ten bytes.
    record = field(0x0A, field(0x0A, bytes(6) + b"\x12"))
    with pytest.raises(DataError, match="record 0 is not a tf.Example"):
        parse([record])


def test_a_name_that_ends_before_it_begins_is_refused(records):
    # Of -15 bytes: it would end at the `12 0d` of the entry before, a value up to this one's end.
    before = field(0x0A, NAMED_A + field(0x12, b"\x12\x0d"))
    backwards = field(0x0A, b"\x0a\xf1" + b"\xff" * 8 + b"\x01")
    assert fields_at(parse([entry_of_features(records[0][3:] + before)]), 0)
    with pytest.raises(DataError, match="record 0 is not a tf.Example"):
        parse([entry_of_features(records[0][3:] + before + backwards)])


@pytest.mark.parametrize("extra", [b"\x12\x00", b"\x1a\x00", b"\x22\x00", b"\x00"])
def test_a_value_of_two_lists_is_refused(records, extra):
    rest = [n for n in corpora.REFERENCE_FEATURES if n != "next_sentence_labels"]
    labels = field(0x0A, b"next_sentence_labels")
    value = field(0x1A, field(0x0A, b"\x01")) + extra
    record = example_in_order(records[0], rest)[3:] + field(0x0A, labels + field(0x12, value))
    with pytest.raises(DataError, match="has no feature next_sentence_labels of 1 values"):
        parse([entry_of_features(record)])


@pytest.mark.parametrize(("first", "number"), [((), 1), ((4096,), 4097)])
def test_errors_count_records_from_the_first_one(records, first, number):
    lacking = example_in_order(records[1], ["segment_ids", "input_ids"])
    for second, fault in (
        (b"\x0b" + records[1], "is not a tf.Example"),
        (lacking, "has no feature input_mask of 24 values"),
    ):
        data = np.frombuffer(records[0] + second, np.uint8)
        begins, ends = np.array([0, len(records[0])]), np.array([len(records[0]), len(data)])
        with pytest.raises(DataError) as caught:
            parse_examples(data, begins, ends, LENGTH, PREDICTIONS, "x", *first)
        assert str(caught.value) == f"x: record {number} {fault}"
        with pytest.raises(DataError) as caught:
            parse_unmasked(data, begins, ends, LENGTH, "y", *first)
        fault = "has no feature mask_stream of 4 values"  # the first record is a masked one
        assert str(caught.value) == f"y: record {number - 1} {fault}"


def test_no_records_give_empty_arrays():
    none = np.zeros(0, np.int64)
    parsed = parse_examples(np.frombuffer(b"", np.uint8), none, none, LENGTH, PREDICTIONS, "x")
    assert parsed.input_ids.shape == (0, LENGTH)


def outcome(record: bytes, guard: bytes) -> dict[str, list] | str:
    try:
        return fields_at(parse([record], guard=guard), 0)
    except DataError as error:
        return error.problem


def assert_safe(record: bytes) -> bool:
    """Whether it was parsed. What lies around a record must not matter; TensorFlow must agree."""
    outcomes = [outcome(record, byte * 64) for byte in (b"\x00", b"\x01", b"\x0a", b"\xff")]
    repeated = [repr(o) for o in outcomes]  # by text: a NaN is not equal to itself
    assert len(set(repeated)) == 1, "bytes outside the record were read"
    if isinstance(outcomes[0], str):
        return False
    try:
        theirs = {name: corpora.fields_of(record)[name] for name in outcomes[0]}
    except DecodeError:  # a feature's name that is not UTF-8
        return True
    assert repeated[0] == repr(theirs)
    return True


@settings(max_examples=150)
@given(
    changes=st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.sampled_from(["set", "insert", "delete", "cut"]),
            st.binary(min_size=1, max_size=12),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_changed_record_is_parsed_as_tensorflow_does_or_refused(records, changes):
    record = bytearray(records[0])
    for share, kind, data in changes:
        place = int(share * len(record))
        if kind == "set":
            record[place : place + len(data)] = data
        elif kind == "insert":
            record[place:place] = data
        elif kind == "delete":
            del record[place : place + len(data)]
        else:
            del record[place:]
    assert_safe(bytes(record))


def test_thousands_of_changed_records_never_make_the_parser_leave_the_record(records):
    rng = np.random.default_rng(6)
    structure = [i for i, byte in enumerate(records[0]) if byte in (0x0A, 0x12, 0x1A)]
    parsed = 0
    for _ in range(1_500):
        record = bytearray(records[0])
        near = int(rng.choice(structure)) + int(rng.integers(0, 2))  # tags and sizes
        place = min(near, len(record) - 1) if rng.random() < 0.7 else rng.integers(len(record))
        record[place] = rng.choice([0x00, 0x0A, 0x12, 0x1A, 0x7F, 0x80, 0xFF, rng.integers(256)])
        parsed += assert_safe(bytes(record))
    assert 50 < parsed < 1_400


@pytest.mark.parametrize("depth", range(6))
@pytest.mark.parametrize("size", [2**63 - 1, 2**63 - 40, 2**64 - 1, 2**63, 2**40, 2**31])
def test_a_size_of_any_field_near_the_largest_number_is_refused(records, depth, size):
    record = records[0]
    # The sizes of features, entry, name, value, list and packed values: place and bytes.
    at, bytes_ = [(1, 2), (4, 1), (6, 1), (17, 1), (19, 1), (21, 1)][depth]
    varint = b""
    rest = size
    while rest >= 128:
        varint += bytes([rest & 127 | 128])
        rest >>= 7
    assert not assert_safe(record[:at] + varint + bytes([rest]) + record[at + bytes_ :] + bytes(30))
