"""Equal arrays are stored once, come back as copies of their own, and still count against the limit."""

import numpy as np
import pytest

from course_utils.checks import codec


def test_many_equal_arrays_take_the_room_of_one():
    one = codec.dump({"numbers": [np.zeros(1000)]})
    many = codec.dump({"numbers": [np.zeros(1000)] * 200})
    assert len(many) < len(one) + 1500


def test_arrays_that_differ_in_value_dtype_or_shape_are_kept_apart():
    arrays = [np.zeros(2), np.ones(2), np.zeros(2, np.float32), np.zeros((2, 1)), np.zeros(2, np.int64)]
    back = codec.load(codec.dump(arrays))
    for before, after in zip(arrays, back, strict=True):
        assert (before.dtype, before.shape) == (after.dtype, after.shape)
        assert np.array_equal(before, after)


def test_each_comes_back_as_a_copy_of_its_own():
    first, second = codec.load(codec.dump([np.zeros(3), np.zeros(3)]))
    first += 1
    assert not second.any()


def test_one_array_named_many_times_counts_each_time(monkeypatch):
    data = codec.dump([np.zeros(1000)] * 50)
    monkeypatch.setattr(codec, "MAX_BYTES", 40 * 8000)
    with pytest.raises(codec.CodecError, match="unpacks to more"):
        codec.load(data)
