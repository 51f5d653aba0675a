"""How codes are put together: prefixes, other spellings, several units at once."""

# Other spellings of codes with a prefix.
ALIASES = """
kcuft e3cuft, Mcuft e6cuft, Gcuft e9cuft, Tcuft e12cuft, Pcuft e15cuft, Mft3 e6cuft, Tft3 e12cuft
kcum e3m3, Mcum e6m3, micrometre μm, mcg μg, sqkm km2, km² km2, km³ km3, hm³ hm3, dam³ dam3
"""
# Words before a unit, as in `million acres`.
WORDS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "quadrillion": 15}

PREFIXES = """
Q quetta 30, R ronna 27, Y yotta 24, Z zetta 21, E exa 18, P peta 15, T tera 12, G giga 9, M mega 6, k kilo 3
h hecto 2, da deca 1, d deci -1, c centi -2, m milli -3, μ micro -6, u micro -6, n nano -9, p pico -12
f femto -15, a atto -18, z zepto -21, y yocto -24, r ronto -27, q quecto -30
"""

# Outputs of several units at once, largest first, with how many of each make one of the next larger.
MULTIPLES = """
ftin ft in 12, footin foot in 12, ydft yd ft 3, ydftin yd ft 3 in 12, mift mi ft 5280, miyd mi yd 1760
miydftin mi yd 1760 ft 3 in 12, mich mi ch 80, michlk mi ch 80, michainlk mi chain 80, handin hand in 4
lboz lb oz 16, stlb st lb 14, stlboz st lb 14 oz 16
"""
# Outputs side by side that show units otherwise than a list of the same codes would.
COMBINATIONS = {
    "st and lb": "stlb",
    "t LT ST": "t lt -ST",
    "t ST LT": "t -ST lt",
    "LT ST t": "lt -ST t",
    "LT t ST": "lt t -ST",
    "ST LT t": "-ST lt t",
    "ST t LT": "-ST t lt",
    "ton": "LT ST",
    "floz": "impoz USoz",
    "kPa lb/in2": "kPa -lb/in2",
}

# Values in two units, as 5 ft 6 in: the larger, the smaller, the output by default, and the unit that is
# shown for the smaller where it is another.
SUBDIVISIONS = """
ft in m, foot in m, yd ft m, mi yd km, mi ft km, mi ch km, mi chain km, mi furlong km, mile yd km, mile ft km
mile furlong km, mile chain km, smi chain km, ch yd m, ch ft m, chain yd m, chain ft m, acre rood ha
acre sqperch ha, rood sqperch m2, lb oz kg, st lb kg+lb, qtr lb kg, long_cwt qtr kg, Lcwt qtr kg, Lcwt st kg
LT Lcwt t -Lcwt, lt Lcwt t -Lcwt, ST Scwt t -Scwt
"""
