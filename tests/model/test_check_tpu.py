"""The part of the TPU check that needs no TPU compiler."""

from model.check_tpu import largest_batch


def test_largest_batch_lies_on_the_line_through_two_measured_ones():
    # 1 GiB and half a GiB an example: 30 examples take the 16 GiB of a core.
    assert largest_batch((8, 5.0), (16, 9.0)) == 30
    assert largest_batch((8, 5.0), (16, 9.0), limit=15.9) == 29
