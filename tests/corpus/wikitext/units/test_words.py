import pytest

from albert_data.corpus.wikitext.units.words import spell_fraction, spell_number


@pytest.mark.parametrize(
    "number, words",
    {
        "0": "zero",
        "-7": "negative seven",
        "−0.5": "negative zero point five",
        "13": "thirteen",
        "40": "forty",
        "42": "forty-two",
        "100": "one hundred",
        "101": "one hundred and one",
        "1000": "one thousand",
        "1001": "one thousand and one",
        "1250": "one thousand two hundred and fifty",
        "12.05": "twelve point zero five",
        "000": "zero",
        "2500000000": "two billion five hundred million",
        "1234567": "one million two hundred thirty-four thousand five hundred and sixty-seven",
        "": None,
        "1e5": None,
        "1" + "0" * 60: None,
    }.items(),
)
def test_a_number_in_words(number, words):
    assert spell_number(number) == words


def test_american_english_has_no_and():
    assert spell_number("1101", american=True) == "one thousand one hundred one"
    assert spell_fraction("", "3", "4", american=True) == "three-fourths"


@pytest.mark.parametrize(
    "places, words",
    {
        ("", "1", "2"): "one-half",
        ("2", "1", "2"): "two and a half",
        ("2", "1", "8"): "two and an eighth",
        ("2", "3", "4"): "two and three-quarters",
        ("-2", "3", "4"): "negative two and three-quarters",
        ("", "5", "16"): "five-sixteenths",
        ("", "3", "2"): "three-halves",
        ("1", "1", "7"): None,
        ("", "0", "2"): None,
    }.items(),
)
def test_a_fraction_in_words(places, words):
    assert spell_fraction(*places) == words
