"""No byte of the shards, and no place of a record, changes unnoticed."""

from __future__ import annotations

import json
import re

import pytest

from tests.golden import builds
from tests.shared import ROOT

CONFIGURATIONS = builds.configurations()
HASHES = json.loads(builds.HASHES.read_text())


def test_every_build_is_frozen():
    assert list(HASHES) == list(CONFIGURATIONS)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_build_is_as_it_was(name, tmp_path):
    assert builds.build(tmp_path, CONFIGURATIONS[name]) == HASHES[name]


def test_a_change_of_data_is_told_in_the_change_log():
    sections = re.split(r"^(?=#+ )", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    told = [section for section in sections if section.startswith("### Data changed\n")]
    quoted = re.findall(r"^- Golden: (.*)$", "\n".join(told), re.MULTILINE)
    # The newest section comes first, and its last line is of what holds now.
    assert quoted[:1] == [builds.version()], (
        "tests/golden/hashes.json changed: say under `### Data changed` of CHANGELOG.md what data"
        f" change for whom, and the line `- Golden: {builds.version()}`"
    )
