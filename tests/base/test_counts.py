import pytest

from albert_data.base.counts import count_of


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1204, "1,204 files")]
)
def test_one_thing_is_no_plural(number, shown):
    assert count_of(number, "file") == shown
