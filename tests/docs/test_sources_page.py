"""docs/sources.md says what is read and what is left out: its tables are held against the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from albert_data.base.code import PACKAGE
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import compressed, forms, known_rows, names
from albert_data.corpus.source_protocol import BrokenFile
from albert_data.corpus.sources import SOURCES, hugging_face, wikipedia
from albert_data.corpus.wikitext import extracted
from albert_data.schema import LEFT_OUT_ROW, PROSE_ROW
from tests.shared import ROOT

BROKEN_FILE = BrokenFile("any").reason
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
CELLS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line[:1] == "|"
]


def strings(node: ast.AST | None, constants: dict[str, str]) -> Iterator[str]:
    """The texts that an expression may give: literals, names of constants, both arms of a condition."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in constants:
            yield constants[name]
        case ast.IfExp(body=first, orelse=second):
            yield from strings(first, constants)
            yield from strings(second, constants)


def reasons() -> set[str]:
    """What the code of sources counts as a reason for leaving something out."""
    trees = {path: ast.parse(path.read_text()) for path in (PACKAGE / "corpus").rglob("*.py")}
    constants = {
        target.id: node.value.value
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }  # fmt: skip
    found = {leave_out.EXCLUDED, *leave_out.REPEATS.values(), *wikipedia.NEVER, BROKEN_FILE}
    found |= {names.BESIDE, names.NO_FILE, names.FOLDER, names.NO_SUFFIX, *names.NO_INPUT}
    found |= {hugging_face.OTHER_SPLIT, extracted.TITLE, extracted.APPENDIX, extracted.NO_SENTENCE}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="Flaw"), args=[reason, *_]):
                    found.update(strings(reason, constants))
                case ast.Call(func=ast.Attribute(attr="drop"), args=[_, reason, *_]):
                    found.update(strings(reason, constants))
                case ast.Call(keywords=keywords):
                    for keyword in keywords:
                        if keyword.arg == "reason":
                            found.update(strings(keyword.value, constants))
                case ast.Return(value=value) if path.name == "leave_out.py":
                    found.update(strings(value, constants))
    return found - {""}


def test_the_code_is_looked_through() -> None:
    assert {
        "redirect",
        "too short",
        "duplicate",
        "heading",
        "undecodable",
        "broken file",
    } <= reasons()
    assert {"hidden", "index of a dump", "another form", "index line of a bulk file"} <= reasons()


@pytest.mark.parametrize("reason", sorted(reasons()))
def test_each_reason_is_in_the_table_of_what_is_left_out(reason: str) -> None:
    assert any(len(row) == 3 and f"`{reason}`" in row[1] for row in CELLS), reason


@pytest.mark.parametrize("kind", SOURCES)
def test_each_kind_is_there_with_the_suffixes_that_it_reads(kind: str) -> None:
    (row,) = [row for row in CELLS if row[0] == f"`{kind}:`"]
    plain = {compressed.without_suffix(suffix) for suffix in SOURCES[kind].suffixes}
    assert set(re.findall(r"`(\.\w+)`", row[1])) == plain


def test_each_packing_and_each_other_form_is_named() -> None:
    for kind, packing in compressed.PACKINGS.items():
        assert [kind, f"`{packing.suffix}`"] in [row[:2] for row in CELLS]
    said = {row[0] for row in CELLS}
    for known in (*forms.FORMS, *known_rows.KNOWN):
        assert known.what in said, known.what


def test_rows_of_both_files_are_described() -> None:
    for column in (*PROSE_ROW, *LEFT_OUT_ROW):
        assert [f"`{column.name}`", column.type, column.meaning] in CELLS
