"""The templates that are made of {{convert}}."""

import pytest

from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.wikitext.extract import extract

TEXTS = {
    "{{height|ft=5|in=11}}": "5 ft 11 in (1.80 m)",
    "{{height|ft=6}}": "6 ft 0 in (1.83 m)",
    "{{height|ft=5|in=11+1/2}}": "5 ft 11 1/2 in (1.816 m)",
    "{{height|m=1.83}}": "1.83 m (6 ft 0 in)",
    "{{height|cm=183}}": "183 cm (6 ft 0 in)",
    "{{height|cm=183|frac=2}}": "183 cm (6 ft 0 in)",
    "{{height|m=1.75|precision=1|abbr=off}}": "1.75 metres (5 feet 8.9 inches)",
    "{{height|in=70}}": "70 in (180 cm)",
    # The density is rounded where it is shown, and converted as it is: 5.695 on a km² is 14.75.
    "{{Pop density|3645257|640081.87|km2|sqmi|prec=1}}": "5.7/km² (14.7/sq mi)",
    "{{pop density|1,234,567|2,345|km2|mi2}}": "526/km² (1,364/sq mi)",
    "{{pop density|100|50|sqmi|km2|prec=2}}": "2.00/sq mi (0.77/km²)",
    "{{convinfobox|12|km||mi}}": "12 km (7.5 mi)",
    "{{convinfobox||km|5|mi}}": "5 mi (8.0 km)",
    "{{ft to m|10}}": "10 feet (3.0 m)",
    "{{km to mi|10|abbr=yes|precision=2}}": "10 km (6.21 mi)",
    "{{ftin to m|5|6}}": "5 feet 6 inches (1.68 m)",
    "{{F to C|98.6}}": "98.6 °F (37.0 °C)",
    "{{Conv|3|mi}}": "3 miles (4.8 km)",
}


@pytest.mark.parametrize("markup", TEXTS)
def test_a_conversion_by_another_name_reads_as_on_wikipedia(markup):
    assert extract(f"It is {markup} as they said.") == [f"It is {TEXTS[markup]} as they said."]


@pytest.mark.parametrize(
    "markup",
    [
        "{{height}}",
        "{{height|m=tall}}",
        "{{pop density|5|0}}",
        "{{pop density||9}}",
    ],
)
def test_a_hole_stands_for_what_says_no_number(markup):
    assert extract(f"It is {markup} so they said.") == [f"It is {HOLE} so they said."]


def test_a_row_of_an_infobox_without_a_value_shows_nothing():
    assert extract("It is {{convinfobox||km||mi}} so they said.") == ["It is so they said."]
