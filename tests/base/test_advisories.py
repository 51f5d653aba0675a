"""`make advisories`: what it says where its data is out of reach, and whose licence is which."""

from __future__ import annotations

from email.message import Message

import pytest

from dev.advisories import KNOWN, NOT_ASKED, audit, licence_of, licences


def package(name="one", **fields) -> Message:
    made = Message()
    made["Name"] = name
    for field, value in fields.items():
        for each in value if isinstance(value, list) else [value]:
            made[field.replace("_", "-")] = each
    return made


def test_a_licence_is_what_the_package_says_of_it():
    osi = "License :: OSI Approved :: MIT License"
    assert (
        licence_of(package(License_Expression="MIT OR Apache-2.0", License="x"))
        == "MIT OR Apache-2.0"
    )
    assert licence_of(package(Classifier=["Topic :: Text", osi], License="text")) == "MIT License"
    assert licence_of(package(License="BSD\nRedistribution and use")) == "BSD"
    assert licence_of(package()) == "not said"
    both = licences([package("b", License="BSD"), package("a", License="BSD"), package("c")])
    assert both == {"BSD": ["a", "b"], "not said": ["c"]}


@pytest.mark.parametrize(
    ("script", "code", "said"),
    [
        ("echo No known vulnerabilities found", 0, "No known vulnerabilities"),
        ("echo a: could not be audited", NOT_ASKED, "not known: of the packages"),
        ("echo Found 1 known vulnerability in 1 package; exit 1", KNOWN, "Found 1 known"),
        ("echo ConnectionError: no route >&2; exit 1", NOT_ASKED, "could not be asked (Connection"),
        (None, NOT_ASKED, "could not be asked"),
    ],
)
def test_nobody_asked_is_not_nothing_known(tmp_path, capsys, script, code, said):
    (tmp_path / "bin").mkdir()
    if script is not None:
        tool = tmp_path / "bin/pip-audit"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(0o755)
    assert audit(tmp_path) == code
    assert said in capsys.readouterr().out
