"""Wikitext extraction on random markup: nothing forbidden survives, and the time is linear."""

import contextlib
import random
import re
import statistics
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.structure import NestedTooDeep
from albert_data.corpus.wikitext.templates import FUNCTIONS, RULES

FORBIDDEN = re.compile(
    r"\[\[|\]\]|\{\{|\}\}|\{\||\|\}|\|\||<ref|</?(?:div|br|math|table|nowiki|b|s)(?:\s[^<>]*)?/?>|thumb\||Category:"
    r"|^[|!*#:;=]|\n|[\ufdd1-\ufdef]",
    re.IGNORECASE,
)
PIECES = (
    "[[ ]] {{ }} {| |} | || |- ! = == === ' '' ''' * # : ; < > & &amp; &lt; &#91; <ref> </ref>"
    " <ref/> <!-- --> <nowiki> </nowiki> <math> </math> <div> </div> <br> <table> </table>"
    " <gallery> [http://a.b {{lang|fr| {{convert|1|km}} {{{ }}} [[File: [[Category: thumb| __TOC__"
    " {{gts|x}} {{mdashb}} <math>x_1</math> <math>\\\\matrix</math> {{quote|a.}} {{{x|y}}} {{#if:1|a|b}}"
    ' \ufdd0 \ufdd1 <s a=">"> ( ) , . [ ] { } a Some words of prose here. 12 ² ٣ - http://a.b/c?d=e&f'
).split(" ")
soup = st.lists(st.sampled_from([*PIECES, "\n", "\n\n", " "]), max_size=60).map("".join)
argument = st.sampled_from(
    ["", "1", "²", "-", "x", "12,5", "9" * 50, "1e99", "km", "C", "=", "4=", "df=y"]
)


@settings(max_examples=400)
@given(soup)
def test_no_markup_survives(markup):
    for paragraph in extract(markup):
        assert not FORBIDDEN.search(paragraph), paragraph
        assert paragraph == paragraph.strip() and "  " not in paragraph


@settings(max_examples=300)
@given(st.sampled_from([*RULES, *(f"{f}:" for f in FUNCTIONS)]), st.lists(argument, max_size=8))
def test_every_template_takes_any_arguments(name, arguments):
    extract("{{" + "|".join([name, *arguments]) + "}}")


@pytest.mark.parametrize(
    "unit",
    [
        "[[", "{{", "{{a|", "[[a|b ", "\n{|", "]]", "}}", "<!--", "<ref>", "<ref", "<ref name=a>x",
        "<math>", "<nowiki>", "</", "<", "''", "'''", "'", "[http://a ", "[", "(", "( ", "(,", ";",
        "\n=a=", "=", "\n= =", "&", "&amp;", "__A", "{{a}}", "[[a]]", "[[a|b]]", "<div></div>",
        "{{nowrap|a}}", "{{quote|a.}}", " ", "\n", "\n ", "a", "a ", "|", "\n|", "{", "{{{a}}}",
        "{{disambig", "[[File:a|", "<table>", "&lt;ref", ". ", " ,", "(pronounced ", "($ a", "<a",
        "{{gts}}", "({{gts}}", "{{gts}} ", "\n* {{gts}};", "\n:<math>x</math>", "&lt;ref&gt;", "A. ",
        "a:\n* b\n",
        "<s a=\"", "<s a='", "<li>", " )", "\n''a''", "<ref/>", "(<ref/>", "{{{", "{{{a|",
        "<math>\\frac</math>",
    ],
)  # fmt: skip
def test_time_is_linear_in_the_length(unit):
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        try:
            extract(text)
        except NestedTooDeep:
            return 0.0
        return time.process_time() - start

    def is_linear() -> bool:
        short, long = seconds(20_000), seconds(160_000)
        return long < 0.05 or long < 32 * short  # 8 times the length; quadratic time would be 64

    assert any(is_linear() for _ in range(4))


UNITS = (
    "{{ [[ {| <ref <!-- ''' & = * <nowiki> [http://a ]] }} |} </ref> --> '' ; | ( ) < </ <b <ref/> a<ref/>"
    ' Aa- A. , {{a| {{nowrap| [[a| [[a|b]] {{a}} <s␣a=" <ref␣name=" <math>x</math> {{{a| &lt;ref &#1 __A'
    " -{a| }- thumb| File: ␣ \u00a0 é 漢 a␣ .␣ \n \n* \n: \n= \n=a= \n{| \n|- \n|}"
).split(" ")
BEGINNINGS = [
    "",
    "(",
    "[",
    "(<ref/>",
    "\n* ",
    "\n* x y z w. ",
    "{{a|",
    "{{nowrap|",
    "[[a|",
    "Aa, A. ",
    "''",
    "<s a=",
]
ENDINGS = ["", ".", " x.", ")", "}}", "]]", ">", " (1999)", ": Aa, 1999."]


def drawn(seed: int) -> Callable[[int], str]:
    """Markup of some kinds mixed, by its length: in turn, or at random."""
    draw = random.Random(seed)
    units = [u.replace("␣", " ") for u in draw.sample(UNITS, draw.randint(1, 4))]
    begins, ends, in_turn = draw.choice(BEGINNINGS), draw.choice(ENDINGS), draw.random() < 0.7

    def of_length(length: int) -> str:
        count = length // max(map(len, units)) + 1
        body = (
            units * (count // len(units))
            if in_turn
            else random.Random(seed).choices(units, k=count)
        )
        return f"{begins}{''.join(body)}{ends}"

    return of_length


def same_time_a_byte(of_length: Callable[[int], str], length: int) -> bool:
    """Whether twice the length takes no more than 2.6 times as long; below 40 ms nothing is told."""

    def seconds(text: str) -> float:
        began = time.process_time()
        with contextlib.suppress(NestedTooDeep):
            extract(text)
        return time.process_time() - began

    short, long = of_length(length), of_length(2 * length)
    times = [(seconds(short), seconds(long)) for _ in range(3)]
    once, twice = (statistics.median(column) for column in zip(*times, strict=True))
    return twice < 0.04 or twice < 2.6 * once


@pytest.mark.parametrize("seed", range(60))
def test_mixed_markup_takes_the_same_time_a_byte(seed):
    assert any(same_time_a_byte(drawn(seed), 12_000) for _ in range(4))


@pytest.mark.parametrize(
    ("begins", "unit", "ends"),
    [
        ("(", "a<ref/>", ""), ("(<ref/>", "<ref/>a", "x"), ("* x y z w ", "Aa-", "."),
        ("* x y z w. ", "Aa", "."), ("* Aa, ", "A. ", "x y z w."), ("x", " ", "x y z."),
        ("{{", " ", "x"), ("x ", "<ref/>", "y z w."), ("x y z.", "\"", "w"), ("{{nowrap|", "{{a}}", "}}"),
    ],
)  # fmt: skip
def test_one_long_construct_takes_the_same_time_a_byte(begins, unit, ends):
    def of_length(length: int) -> str:
        return begins + unit * (length // len(unit)) + ends

    assert any(same_time_a_byte(of_length, 30_000) for _ in range(4))
