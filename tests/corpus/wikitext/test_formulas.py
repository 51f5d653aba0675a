"""Formulas of one line as text, and those that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.wikitext.extract import extract
from albert_data.corpus.wikitext.tex import chemical_text, tex_text

SIMPLE = {
    r"w_1, \ldots, w_n": "w_1, …, w_n",
    r"\bar{w}": "w̄",
    r"v_i-\hat{v}": "v_i − v̂",
    r"\sum (w_i - 1) = 0": "∑(w_i − 1) = 0",
    r"\pi r^2": "πr^2",
    r"A = \frac{1}{2}bh": "A = 1/2 bh",
    r"\frac{a+b}{2c}": "(a + b)/2c",
    r"\left(\frac{a}{b}\right)^2": "(a/b)^2",
    r"x_{i+1}^{n-1}": "x_(i+1)^(n−1)",
    r"e^{i\pi}+1=0": "e^(iπ) + 1 = 0",
    r"2^{10}, x^{-1}": "2^10, x^−1",
    r"v_{\mathrm{max}}": "v_max",
    r"-5 < x \le 3": "−5 < x ≤ 3",
    r"\sin x + \cos(y)": "sin x + cos(y)",
    r"f'(x) \in \mathbb{R}": "f′(x) ∈ ℝ",
    r"\sqrt{x+1} \to \infty": "√(x + 1) → ∞",
    r"90^\circ \pm 5\,\mathrm{cm}": "90° ± 5 cm",
    r"O(n \log n)": "O(n log n)",
    r"\{a, b\} \cup \emptyset": "{a, b} ∪ ∅",
    r"n = 1,000,000": "n = 1,000,000",
    r"\text{if } n": "if n",
    "x + 1": "x + 1",
    "": "",
}
NOT_SIMPLE = [
    r"\begin{matrix} 1 \end{matrix}", r"\sum_{i=0}^n i", r"\lim_{x \to 0} f", r"a \\ b", r"a & b",
    r"\overset{a}{b}", r"\unknown", r"\frac{a}", "{", "}", "_", "x_", "^2", r"\left", r"\text{", r"\hat{ab}",
    "{" * 50 + "x" + "}" * 50, "x + " * 200, r"\sqrt[3]{x}", "\\",
]  # fmt: skip
CHEMICAL = {
    "H2SO4": "H2SO4", "SO4^2-": "SO4^2-", "H_2O": "H2O", "2H2 + O2 -> 2H2O": "2H2 + O2 → 2H2O",
    "A <=> B": "A ⇌ B", "A <=>> B": "A ⇌ B", "A <<=> B": "A ⇌ B", "CuSO4*5H2O": "CuSO4·5H2O",
}  # fmt: skip


@pytest.mark.parametrize("tex", SIMPLE)
def test_a_simple_formula_is_text(tex):
    assert tex_text(tex) == SIMPLE[tex]


@pytest.mark.parametrize("tex", NOT_SIMPLE)
def test_a_formula_of_two_dimensions_is_not_read(tex):
    assert tex_text(tex) is None


@pytest.mark.parametrize("source", CHEMICAL)
def test_a_simple_chemical_formula_is_text(source):
    assert chemical_text(source) == CHEMICAL[source]


@pytest.mark.parametrize("source", ["^{14}_6C", r"A ->[\Delta] B", r"\bond{-}"])
def test_other_chemistry_is_not_read(source):
    assert chemical_text(source) is None


@given(
    st.lists(
        st.sampled_from([*r"\frac \sqrt { } _ ^ ' x 1 2, + \, \left ( ) \text \bar".split(), " "])
    )
)
def test_any_formula_is_text_or_none(parts):
    text = tex_text("".join(parts))
    assert text is None or ("\\" not in text and text == " ".join(text.split()))


def test_formulas_stand_in_their_sentence():
    page = (
        "Lye, <chem>NaOH</chem>, and <ce>CO2</ce> have <math>x^2</math>, not {{tmath|\\alpha_1}}."
    )
    assert extract(page) == ["Lye, NaOH, and CO2 have x^2, not α_1."]
    assert extract("The sum <math>\\sum_i^n i</math> grows.") == [f"The sum {HOLE} grows."]


def test_signs_of_a_formula_are_no_markup():
    assert extract("So <math>a<b</math> and <math>|x|=[y]</math> hold.") == [
        "So a < b and |x| = [y] hold."
    ]


def test_a_formula_on_its_own_line_belongs_to_the_sentence_around_it():
    shown = "The size is\n:<math>A = bh</math>\nwhere ''b'' is the base.\n\nThe next one is here."
    assert extract(shown) == ["The size is A = bh where b is the base.", "The next one is here."]
    apart = shown.replace("\n:", "\n\n:").replace("\nwhere", "\n\nwhere")
    assert extract(apart) == extract(shown)
    block = "The size is\n<math display=\"block\">A = bh</math>\nwhere ''b'' is the base."
    assert extract(block) == ["The size is A = bh where b is the base."]
    for template in ("{{NumBlk|:|<math>A = bh</math>|1}}", "{{block indent|<math>A = bh</math>}}"):
        assert extract(f"The size is\n{template}\nwhere ''b'' is the base.") == extract(block)
    for formula in ('<math display="block">A = bh</math>', "{{block indent|<math>A = bh</math>}}"):
        assert extract(f"The size is {formula} where ''b'' is the base.") == extract(block)
    assert extract(shown.replace("\nwhere", "\n:where")) == extract(shown)
    entry = shown.replace("\nwhere", "\n* where")
    assert extract(entry)[0] == "where b is the base."  # an entry of a list stands apart
    left_out = shown.replace("A = bh", "\\begin{x}")
    assert extract(left_out) == [
        f"The size is {HOLE} where b is the base.",
        "The next one is here.",
    ]
