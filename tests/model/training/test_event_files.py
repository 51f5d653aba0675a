"""Event files against TensorFlow's own reader and writer."""

import struct

import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from model.training.event_files import EventFile, cut_event_files


def scalars(folder):
    """(step, name, value) of all files of a folder, as TensorFlow reads them."""
    found = []
    for path in sorted(folder.iterdir()):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                assert value.metadata.data_class == 1
                found.append((event.step, value.tag, float(tf.make_ndarray(value.tensor))))
    return found


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2**40),
            st.dictionaries(st.text(min_size=1, max_size=200), st.floats(width=32), max_size=4),
        ),
        max_size=4,
    )
)
def test_tensorflow_reads_what_is_written(tmp_path_factory, events):
    folder = tmp_path_factory.mktemp("events")
    file = EventFile(str(folder))
    expected = []
    for step, values in events:
        file.write(step, values)
        expected += [(step, name, number) for name, number in values.items()]
    found = scalars(folder)
    assert [part[:2] for part in found] == [part[:2] for part in expected]
    pack = lambda rows: [struct.pack("<f", row[2]) for row in rows]  # noqa: E731
    assert pack(found) == pack(expected)


def test_events_of_later_steps_go_and_those_before_stay_byte_by_byte(tmp_path):
    file = EventFile(str(tmp_path))
    for step in (1, 2):
        file.write(step, {"loss": 1.0 / step})
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    file.write(300, {"loss": 0.0})
    cut_event_files(str(tmp_path), 2)
    assert path.read_bytes() == before
    cut_event_files(str(tmp_path), 2)
    assert path.read_bytes() == before


@pytest.mark.parametrize("lost", [1, 4, 5, 20, 40])
def test_an_event_that_a_kill_cut_short_goes(tmp_path, lost):
    file = EventFile(str(tmp_path))
    file.write(1, {"loss": 1.0})
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    file.write(2, {"loss": 2.0})
    path.write_bytes(path.read_bytes()[:-lost])
    cut_event_files(str(tmp_path), 9)
    assert path.read_bytes() == before


def test_a_changed_byte_ends_what_is_kept(tmp_path):
    file = EventFile(str(tmp_path))
    file.write(1, {"loss": 1.0})
    (path,) = tmp_path.iterdir()
    before = path.read_bytes()
    file.write(2, {"loss": 2.0})
    content = bytearray(path.read_bytes())
    content[len(before) + 20] ^= 1
    path.write_bytes(content)
    cut_event_files(str(tmp_path), 9)
    assert path.read_bytes() == before


def test_files_that_tensorflow_wrote_are_cut_too(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        for step in (1, 2, 3):
            tf.summary.write("loss", float(step), step=step)
    writer.close()
    cut_event_files(str(tmp_path), 2)
    (path,) = tmp_path.iterdir()
    events = list(tf.compat.v1.train.summary_iterator(str(path)))
    assert [event.step for event in events] == [0, 1, 2]
    assert events[0].file_version == "brain.Event:2"


def test_other_files_beside_them_are_left_alone(tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "notes").write_text("mine")
    cut_event_files(str(tmp_path), 0)
    assert (tmp_path / "notes").read_text() == "mine"
