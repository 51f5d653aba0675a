"""Text of strangers, a medium each: what commands is spelled out, all other text stays as it is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base import neutral

ANYTHING = st.text(st.characters(), max_size=40)  # lone surrogates, too


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]8;;http://a.b\x1b\\click", "\\x1b]8;;http://a.b\\x1b\\click"),
        ("\x9b2J", "\\x9b2J"),
        ("over\rwritten\b", "over\\x0dwritten\\x08"),
        ("evil\u202egpj.exe", "evil\\u202egpj.exe"),
        ("\u2066a\u2069", "\\u2066a\\u2069"),
        ("half \ud800", "half \\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("a\tb\nc é 漢 ‌ی 👩‍🚀 ﻿", "a\tb\nc é 漢 ‌ی 👩‍🚀 ﻿"),
    ],
)
def test_what_commands_a_terminal_is_spelled_out(text, shown):
    assert neutral.plain(text) == shown


@given(ANYTHING)
def test_nothing_that_commands_is_left_and_once_is_enough(text):
    plain = neutral.plain(text)
    left = {unicodedata.category(one) for one in plain if one not in "\t\n"}
    assert left.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    bidirectional = {unicodedata.bidirectional(one) for one in plain}
    embed = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert bidirectional.isdisjoint(embed)
    assert neutral.plain(plain) == plain
    plain.encode()


@given(ANYTHING)
def test_html_has_no_tag_and_no_end_of_an_attribute(text):
    assert not set("<>\"'") & set(neutral.escape(text))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[free](javascript:alert(1))", r"\[free\](javascript:alert(1))"),
        ("![x](http://a.b/c.png)", r"!\[x\](http\://a.b/c.png)"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("<javascript:alert(1)>", r"\<javascript:alert(1)\>"),
        ("see https://a.b or www.a.b", r"see https\://a.b or www\.a.b"),
        ("a | b `code` \\", r"a \| b \`code\` \\"),
        ("a\n\n# title\x1b[0m", r"a # title\\x1b\[0m"),
        ("snake_case 2 * 3, it's “so”.", "snake_case 2 * 3, it's “so”."),
    ],
)
def test_a_line_of_markdown_shows_what_stands_there(text, written):
    assert neutral.markdown(text) == written


@given(ANYTHING)
def test_markdown_is_one_line_in_which_every_mark_is_escaped(text):
    line = neutral.markdown(text)
    assert "\n" not in line
    left = line.replace("\\\\", "")
    for mark in "`[]<>|":
        assert left.count(mark) == left.count("\\" + mark)


@pytest.mark.parametrize("first", "=+-@")
def test_a_cell_holds_no_formula(first):
    formula = f'{first}HYPERLINK("http://a.b","x")'
    assert neutral.cell(formula) == f"'{formula}"
    assert neutral.cell(f" \t\n{formula}") == f"'{formula}"
    assert neutral.cell(f"1 {formula}\ta") == f"1 {formula} a"
