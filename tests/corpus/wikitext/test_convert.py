"""{{convert}} as English Wikipedia shows it: literal calls and what a reader sees there.

Spaces that do not break are plain spaces here, powers of ten are `×10^6`, and a fraction is `1/2`, as
elsewhere in extracted text. One judgement is ours: where Wikipedia goes on in thousands of an output that was
not asked for (`210×10^3 m3`), the number is written out (`210,000 m³`).
"""

import pytest

from albert_data.base.tally import Tally
from albert_data.corpus.leave_out import HOLE
from albert_data.corpus.wikitext.convert import convert, cvt
from albert_data.corpus.wikitext.extract import extract

NAMES = {
    "5|mi|km": "5 miles (8.0 km)",
    "1|mi": "1 mile (1.6 km)",
    "5|mi|km|abbr=on": "5 mi (8.0 km)",
    "5|mi|km|abbr=off": "5 miles (8.0 kilometres)",
    "5|mi|km|abbr=in": "5 mi (8.0 kilometres)",
    "5|mi|km|abbr=none": "5 miles (8.0 kilometres)",
    "5|mi|km|abbr=values": "5 (8.0)",
    "5|mi|km|abbr=~": "5 miles [mi] (8.0 km)",
    "5|miles|km|abbr=on": "5 miles (8.0 km)",
    "40|km|mi|abbr=off": "40 kilometres (25 miles)",
    "300|m|ft|sp=us": "300 meters (980 ft)",
    "300|meters|ft": "300 meters (980 ft)",
    "2|L|USpt|sp=us|abbr=off": "2 liters (4.2 U.S. pints)",
    "5|dam|sp=us|abbr=off": "5 dekameters (160 feet)",
    "1|ft|in": "1 foot (12 in)",
    "9|acre|m2": "9 acres (36,000 m²)",
    "9|acre|m2|abbr=on": "9 acres (36,000 m²)",
    "40|lb|st|abbr=off": "40 pounds (2.9 stone)",
    "0.5|nmi|m": "0.5 nautical miles (930 m)",
    "0.5|mi|km|adj=1": "0.5 mile (0.80 km)",
    "142000|km2": "142,000 square kilometres (55,000 sq mi)",
    "15|km|mi|lk=on": "15 kilometres (9.3 mi)",
}
ADJECTIVES = {
    "18|in|mm|adj=on": "18-inch (460 mm)",
    "1000|ft|m|sing=on": "1,000-foot (300 m)",
    "13.5|ft|m|adj=on|abbr=off|sp=us": "13.5-foot (4.1-meter)",
    "4000|ha|acre|adj=on": "4,000-hectare (9,900-acre)",
    "100|nmi|km|sigfig=3|adj=on": "100-nautical-mile (185 km)",
    "4|ft|8+1/2|in|mm|adj=on": "4-foot-8 1/2-inch (1,435 mm)",
    "193.3|by|69.5|mi|km|adj=on": "193.3-by-69.5-mile (311.1 by 111.8 km)",
    "5|to|10|mi|adj=on": "5-to-10-mile (8.0 to 16.1 km)",
    "5|mi|km|adj=mid|-long": "5-mile-long (8.0 km)",
    "5|mi|km|adj=pre|nautical": "5 nautical miles (8.0 km)",
    "2|BTU-IT|J|adj=on": "2-British-thermal-unit (IT) (2,100 J)",
    "3|e6acre|adj=on": "3-million-acre (12,000 km²)",
}
PRECISION = {
    # Feet and pounds of whole numbers: as precise as the number, not as its zeros.
    "93|m|ft": "93 metres (305 ft)",
    "3200|m|ft": "3,200 metres (10,500 ft)",
    "601|m": "601 metres (1,972 ft)",
    "575|m|ft": "575 metres (1,886 ft)",
    "93|kg|lb": "93 kilograms (205 lb)",
    "93.0|m|ft": "93.0 metres (305.1 ft)",
    "400|m|yd": "400 metres (440 yd)",
    "1200|mi": "1,200 miles (1,900 km)",
    "1234|km": "1,234 kilometres (767 mi)",
    "0.001|m|in": "0.001 metres (0.039 in)",
    "4000.|m|ft": "4,000 metres (13,123 ft)",
    "7.7|mm": "7.7 millimetres (0.30 in)",
    "98.6|F": "98.6 °F (37.0 °C)",
    "-40|C": "−40 °C (−40 °F)",
    "3|K": "3 K (−270.15 °C; −454.27 °F)",
    "60|mi|km|-1": "60 miles (100 km)",
    "35|ft|m|1": "35 feet (10.7 m)",
    "5|km|2": "5 kilometres (3.11 mi)",
    "-54|C|sigfig=2": "−54 °C (−65 °F)",
    "6000|ft|m|round=25": "6,000 feet (1,825 m)",
    "100|to|200|ft|m|round=5": "100 to 200 feet (30 to 60 m)",
    "25,000|km|mi": "25,000 kilometres (16,000 mi)",
    "10.126|m|ft|adj=ri1": "10.1 metres (33.22 ft)",
    "0|m|ft": "0 metres (0 ft)",
}
RANGES = {
    "10|to|30|km|mi": "10 to 30 kilometres (6.2 to 18.6 mi)",
    "8|-|12|km|mi": "8–12 kilometres (5.0–7.5 mi)",
    "8|–|12|km|mi": "8–12 kilometres (5.0–7.5 mi)",
    "8-12|km|mi": "8–12 kilometres (5.0–7.5 mi)",
    "8 to 12|km|mi": "8 to 12 kilometres (5.0 to 7.5 mi)",
    "2|and|5|km|mi": "2 and 5 kilometres (1.2 and 3.1 mi)",
    "2|or|5|km|mi": "2 or 5 kilometres (1.2 or 3.1 mi)",
    "60|and(-)|80|kg": "60 and 80 kilograms (130–180 lb)",
    "20|by|30|cm": "20 by 30 centimetres (7.9 by 11.8 in)",
    "20|x|30|cm": "20 by 30 centimetres (7.9 in × 11.8 in)",
    "20|x|30|cm|abbr=on": "20 cm × 30 cm (7.9 in × 11.8 in)",
    "2|×|4|×|8|in|cm|abbr=on": "2 in × 4 in × 8 in (5.1 cm × 10.2 cm × 20.3 cm)",
    "20|xx|30|cm": "20 × 30 centimetres (7.9 × 11.8 in)",
    "1|to|10|m|ft|round=each": "1 to 10 metres (3.3 to 33 ft)",
    "20|+/-|5|C": "20 ± 5 °C (68 ± 9 °F)",
    "-5|-|-3|C": "−5 – −3 °C (23–27 °F)",
    "1.5|-|1.8|m|ftin": "1.5–1.8 metres (4 ft 11 in – 5 ft 11 in)",
    "1|,|2|, and|3|km": "1, 2, and 3 kilometres (0.62, 1.24, and 1.86 mi)",
    "1000|tonocomma|2000|m": "1000 to 2000 metres (3300 to 6600 ft)",
    "0.99|by|0.92|AU|Gm|lk=on|adj=on": "0.99-by-0.92-astronomical-unit (148 by 138 Gm)",
}
SEVERAL_UNITS = {
    "5|ft|6|in": "5 feet 6 inches (1.68 m)",
    "6|ft|4|in|cm|0": "6 feet 4 inches (193 cm)",
    "6|ft|1|in|abbr=on": "6 ft 1 in (1.85 m)",
    "5|ft|6|in|order=flip": "1.68 metres (5 ft 6 in)",
    "11|st|4|lb": "11 stone 4 pounds (72 kg; 158 lb)",
    "6|lb|3|oz": "6 pounds 3 ounces (2.8 kg)",
    "3|mi|40|ch|km": "3 miles 40 chains (5.6 km)",
    "1|mi|200|yd": "1 mile 200 yards (1.792 km)",
    "3|LT|5|Lcwt|kg": "3 long tons 5 hundredweight (3,300 kg)",
    "1.8|m": "1.8 metres (5 ft 11 in)",
    "3|m": "3 metres (9.8 ft)",
    "72|kg|stlb lb": "72 kilograms (11 st 5 lb; 159 lb)",
    "72|kg|stlb|abbr=off": "72 kilograms (11 stone 5 pounds)",
    "3|kg|lboz": "3 kilograms (6 lb 10 oz)",
    "20|km|mich": "20 kilometres (12 mi 34 ch)",
    "860|nmi|km mi|-1": "860 nautical miles (1,590 km; 990 mi)",
    "8605|m|fathom ft": "8,605 metres (4,705 fathoms; 28,232 ft)",
    "1000000|t": "1,000,000 tonnes (980,000 long tons; 1,100,000 short tons)",
    "1|km|m+mi": "1 kilometre (1,000 m; 0.62 mi)",
    "15.2|hand": "15.2 hands (62 inches; 157 cm)",
    "160|cm|hand": "160 centimetres (15.3 hands)",
}
LARGE = {
    "22|e6acre|km2": "22 million acres (89,000 km²)",
    "22|million acres|km2": "22 million acres (89,000 km²)",
    "87|e6acre|e6ha|abbr=off": "87 million acres (35 million hectares)",
    "3|e6km": "3 million kilometres (1.9×10^6 mi)",
    "3|e6km|abbr=on": "3×10^6 km (1.9×10^6 mi)",
    "3|e6km|abbr=unit": "3 million km (1.9 million mi)",
    "160|Tcuft": "160 trillion cubic feet (4.5×10^12 m³)",
    "85.4|Tcuft|km3": "85.4 trillion cubic feet (2,420 km³)",
    "15|Mcuft/d": "15 million cubic feet per day (420,000 m³/d)",
    "11|MUSgal|Ml": "11 million US gallons (42 Ml)",
    "11|MUSgal|Ml|abbr=off|sp=us": "11 million U.S. gallons (42 megaliters)",
    "3|e6USgal": "3 million US gallons (11 Ml)",
    "1.3|Moilbbl": "1.3 million barrels (210,000 m³)",
    "1.3|Moilbbl|abbr=on": "1.3 Mbbl (210,000 m³)",
    "166|Goilbbl": "166 billion barrels (26.4×10^9 m³)",
    "2.3|Moilbbl/d": "2.3 million barrels per day (370,000 m³/d)",
    "400000|oilbbl/d|m3/d": "400,000 barrels per day (64,000 m³/d)",
    "3|e6carat|kg": "3 million carats (600 kg)",
    "1.2|e6acre.ft": "1.2 million acre-feet (1.5×10^9 m³)",
    "4.2e9|km|AU": "4.2×10^9 kilometres (28 AU)",
    "2.5e-3|m|mm": "2.5×10^−3 metres (2.5 mm)",
    "1|TW": "1 terawatt (1.3×10^9 hp)",
    "10|nm|in": "10 nanometres (3.9×10^−7 in)",
}
KINDS = {
    "2|C-change": "2 °C (3.6 °F)",
    "5|mpgus|L/100 km": "5 miles per US gallon (47 L/100 km)",
    "30|mpgimp|L/100 km mpgus|abbr=on": "30 mpg‑imp (9.4 L/100 km; 25 mpg‑US)",
    "30|mpgus": "30 miles per US gallon (7.8 L/100 km; 36 mpg‑imp)",
    "10|L/100 km": "10 litres per 100 kilometres (28 mpg‑imp; 24 mpg‑US)",
    "20|km/L|mpgus": "20 kilometres per litre (47 mpg‑US)",
    "100|mpge": "100 miles per gallon gasoline equivalent (34 kW⋅h/100 mi)",
    "5|$/mi": "$5 per mile ($3.1/km)",
    "1500|$/acre|$/ha|0": "$1,500 per acre ($3,707/ha)",
    "10|$/ha|$=€": "€10 per hectare (€4.0/acre)",
    "60|mi/h|km/h|abbr=on": "60 mph (97 km/h)",
    "25|kn": "25 knots (46 km/h; 29 mph)",
    "3990|ft/s|m/s|abbr=on": "3,990 ft/s (1,220 m/s)",
    "2|Mach": "Mach 2 (2,500 km/h; 1,500 mph)",
    "1000|cuft/s": "1,000 cubic feet per second (28 m³/s)",
    "500|USgal/min": "500 US gallons per minute (0.032 m³/s)",
    "1013|hPa|inHg": "1,013 hectopascals (29.9 inHg)",
    "15|psi|bar": "15 pounds per square inch (1.0 bar)",
    "300|lbft|Nm|abbr=on": "300 lb⋅ft (410 N⋅m)",
    "5|kN": "5 kilonewtons (1,100 lbf)",
    "150|hp|kW|0": "150 horsepower (112 kW)",
    "5|kWh": "5 kilowatt-hours (18 MJ)",
    "20|ktonTNT": "20 kilotons of TNT (84 TJ)",
    "240|kcal|kJ": "240 kilocalories (1,000 kJ)",
    "100|Nm|ftlb": "100 newton-metres (74 ft⋅lb)",
    "0.72|g/cm3": "0.72 grams per cubic centimetre (0.026 lb/cu in)",
    "50|lb/sqft": "50 pounds per square foot (240 kg/m²)",
    "5|t/ha": "5 tonnes per hectare (2.0 long ton/acre; 2.2 short ton/acre)",
    "10|W/m2": "10 watts per square metre (0.0012 hp/sq ft)",
    "200|PD/km2": "200 inhabitants per square kilometre (520/sq mi)",
    "15|/sqmi": "15 per square mile (5.8/km²)",
    "12|USfloz|ml": "12 US fluid ounces (350 ml)",
    "12|impoz": "12 imperial fluid ounces (340 ml; 12 US fl oz)",
    "10|U.S.gal": "10 U.S. gallons (38 L; 8.3 imp gal)",
    "60|Hz": "60 hertz (5,000,000 m)",
    "2|MeV|J": "2 megaelectronvolts (3.2×10^−13 J)",
    "2|wk|d": "2 weeks (14 d)",
}
LAYOUT = {
    "8|mi|km|disp=or": "8 miles or 13 kilometres",
    "8|mi|km|disp=or|abbr=on": "8 mi or 13 km",
    "8|mi|km|disp=sqbr": "8 miles [13 km]",
    "8|mi|km|disp=comma": "8 miles, 13 km",
    "8|mi|km|disp=b": "8 miles (13 km)",
    "8|mi|km|disp=br": "8 miles 13 kilometres",
    "8|mi|km|disp=br()": "8 miles (13 kilometres)",
    "8|mi|km m|disp=(or)": "8 miles (13 km or 13,000 m)",
    "8|mi|km|disp=flip": "13 kilometres (8 mi)",
    "8|mi|km|order=flip|abbr=in": "13 km (8 miles)",
    "8|mi|km m|order=out": "13 kilometres (13,000 m)",
    "8|mi|km|disp=out": "13 km",
    "8|mi|km|disp=number": "13",
    "8|mi|km|disp=unit": "miles",
    "8|mi|km|disp=unit2": "km",
    "8|mi|km|disp=x|, that is |": "8 miles, that is 13 km",
    "8|mi|km|disp=preunit|nautical |": "8 nautical miles (13 nautical km)",
    # Two cells of a table on Wikipedia.
    "800|oilbbl|0|disp=table": "800 127",
    "8|mi|km|disp=tablecen|abbr=on": "8 mi 13 km",
    "12345|m|comma=off": "12345 metres (40502 ft)",
    "1234|m|comma=5": "1234 metres (4049 ft)",
    "8|mi|km|sortable=on|nonsense=yes|abbre=on": "8 miles (13 km)",
    "1/2|mi": "1/2 mile (0.80 km)",
    "2+1/2|in|mm": "2 1/2 inches (64 mm)",
    "2+1//2|in|mm": "2 1/2 inches (64 mm)",
    "-2-1/2|in|mm": "−2 1/2 inches (−64 mm)",
    "1|m|in|frac=4": "1 metre (39 1/4 in)",
    "3|m|ftin|frac=8": "3 metres (9 ft 10 1/8 in)",
    "3|mi|spell=in": "three miles (4.8 km)",
    "3|mi|spell=In": "Three miles (4.8 km)",
    "3|mi|spell=In|disp=unit2": "km",
    "3|mi|spell=On|order=flip": "Four point eight kilometres (three miles)",
    "3|mi|spell=on": "three miles (four point eight kilometres)",
    "103|m|spell=in": "one hundred and three metres (338 ft)",
    "103|m|spell=in|sp=us": "one hundred three meters (338 ft)",
    "6|mi|spell=in|adj=on": "six-mile (9.7 km)",
    "2+1/2|in|mm|spell=in": "two and a half inches (64 mm)",
    "3/4|in|mm|spell=in|sp=us": "three-fourths inch (19 mm)",
}
CALLS = {**NAMES, **ADJECTIVES, **PRECISION, **RANGES, **SEVERAL_UNITS, **LARGE, **KINDS, **LAYOUT}


def arguments(call: str) -> dict[str, str]:
    named = dict(part.split("=", 1) for part in call.split("|") if "=" in part)
    places = [part for part in call.split("|") if "=" not in part]
    return {str(n): place for n, place in enumerate(places, 1)} | named


@pytest.mark.parametrize("call", CALLS)
def test_a_conversion_reads_as_on_wikipedia(call):
    assert convert(arguments(call)) == CALLS[call]


@pytest.mark.parametrize(
    "call, text",
    {
        "10|-|12|lb|oz": "10–12 lb (160–190 oz)",
        "5|mi|km|abbr=off": "5 miles (8.0 kilometres)",
        "5|ft|6|in": "5 ft 6 in (1.68 m)",
    }.items(),
)
def test_cvt_abbreviates_what_is_not_asked_otherwise(call, text):
    assert cvt(arguments(call)) == text


@pytest.mark.parametrize(
    "call",
    [
        "5|parsnip",
        "5|kV|km",
        "5|mpg",
        "5|pt|L",
        "five|km",
        "|km",
        "5",
        "",
        "1/0|km",
        "1e999|km",
        "٣|km",
    ],
)
def test_what_has_no_number_or_known_unit_is_not_understood(call):
    assert convert(arguments(call)) is None


def test_a_template_that_is_not_understood_leaves_no_code_and_is_counted():
    tally = Tally()
    assert extract("It has {{convert|5|e6parsnip|turnip}} of it there.", tally=tally) == [
        f"It has {HOLE} of it there."
    ]
    assert tally.counts["named/template not understood in a sentence/convert"] == 1


# Wikipedia shows the input and, beside it, an error that is no text.
@pytest.mark.parametrize("call", ["5|km|parsnip", "5|km|kg", "5|km|mi parsnip"])
def test_where_only_the_output_is_unknown_the_input_stands_alone(call):
    assert convert(arguments(call)) == "5 kilometres"


def test_a_placeholder_of_an_infobox_is_no_text():
    assert convert({"1": "NNN", "2": "km"}) == ""


def test_entities_read_as_the_characters_they_stand_for():
    assert convert(arguments("&minus;5|&ndash;|8&nbsp;|&deg;C|&deg;F")) == "−5–8 °C (23–46 °F)"


def test_conversions_read_on_in_the_sentence():
    page = (
        "The pump used {{cvt|30|mpgimp|L/100 km mpgus}} on its {{convert|5|mi|km|adj=on}} way, and"
        " the field gives {{convert | 1500000 | oilbbl/d | m3/d }} of oil."
    )
    assert extract(page) == [
        "The pump used 30 mpg‑imp (9.4 L/100 km; 25 mpg‑US) on its 5-mile (8.0 km) way, and the"
        " field gives 1,500,000 barrels per day (240,000 m³/d) of oil."
    ]
