"""Inputs that fuzzers found, and those that they begin with: each is read, or is an error of ours."""

from __future__ import annotations

import contextlib

import pytest

from dev.fuzz.targets import CORPUS, TARGETS


def test_every_folder_of_found_inputs_is_a_reader_s():
    assert {path.name for path in CORPUS.iterdir()} <= {*TARGETS}


@pytest.mark.parametrize("name", TARGETS)
def test_an_input_is_read_or_is_an_error_of_ours(name):
    target = TARGETS[name]
    read = target.read()
    assert target.seeds
    for seed in target.seeds:
        with contextlib.suppress(*target.right):
            read(seed)
