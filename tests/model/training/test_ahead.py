"""Batches made ahead in a thread: order, end, failures."""

import threading

import pytest

from albert_data.base.errors import DataError
from model.training.ahead import AHEAD, Ahead


def sent(batch):
    return ("sent", batch)


def test_batches_come_in_order_as_they_were_sent_and_end():
    batches = Ahead(iter(range(7)), sent)
    assert list(batches) == [("sent", number) for number in range(7)]
    assert next(batches, None) is None
    batches.close()


def test_only_some_batches_are_made_ahead_and_close_ends_the_thread():
    made, running = [], threading.active_count()
    batches = Ahead((made.append(number) or number for number in range(100)), sent)
    next(batches)
    batches.close()
    assert len(made) <= AHEAD + 3 and threading.active_count() == running


@pytest.mark.parametrize("where", ["made", "sent"])
def test_what_fails_in_the_thread_is_raised_in_its_place_and_again(where):
    def numbers():
        yield 1
        if where == "made":
            raise DataError("record 5 is damaged")
        yield 2

    def send(number):
        if number == 2:
            raise DataError("record 5 is damaged")
        return number

    batches = Ahead(numbers(), send)
    assert next(batches) == 1
    for _ in range(2):
        with pytest.raises(DataError, match="record 5 is damaged"):
            next(batches)
    batches.close()
