"""Units of length, area, volume, mass, temperature and time, as rows that `unit.py` reads.

    codes | symbol | name | factor to the kind's base unit | output by default | notes

Codes: as editors write them, the first is the unit's own; `ft2=ft²` has a symbol of its own, `meter(us)`
asks for American spelling. Symbol: `US gal ~ U.S. gal` differs in American spelling; `-` for units whose name
stands where others are abbreviated. Name: `foot;feet` has a plural that is not `-s`, `metre ~ meter` an
American form, and `%` marks where an SI prefix goes; a unit with `%` takes prefixes. Output: codes, or
`<10:a:b` for `a` below 10 and else `b`. Notes: see `unit.py`.

Codes, names, symbols and default outputs are those of English Wikipedia's Module:Convert/data (2026); factors
are the legal definitions (exact for inch, pound and gallon since 1959).
"""

ROWS = """
== length
m, metre, metres, meter(us), meters(us) | m | %metre ~ %meter | 1 | 0<3:ftin:ft
ft, feet | ft | foot;feet | .3048 | m | whole
foot | ft | foot;foot | .3048 | m
in, inch, inches | in | inch;inches | .0254 | mm | fine
inabbreviated | in | in;in | .0254 | mm
yd, yard, yards, yds | yd | yard | .9144 | m
mi | mi | mile | 1609.344 | km
mile, miles | - | mile | 1609.344 | km
smi | mi | statute mile | 1609.344 | km
rtmi | mi | route mile | 1609.344 | km
rtkm | km | route kilometre ~ route kilometer | 1000 | mi
100km | 100 km | 100 kilometres;100 kilometres ~ 100 kilometers;100 kilometers | 1e5 | mi
100mi, 100miles=100 miles | 100 mi | 100 miles;100 miles | 160934.4 | km
nmi | nmi | nautical mile | 1852 | km mi
NM | NM | nautical mile | 1852 | km mi
oldUKnmi, admiralty nmi | nmi | nautical mile | 1853.184 | km mi
oldUSnmi | nmi | nautical mile | 1853.24496 | km mi
admi | nmi (admiralty) | admiralty mile | 1853.184 | km mi
Brnmi | (Brit) nmi | British nautical mile | 1853.184 | km mi
pre1954USnmi, pre1954U.S.nmi(us) | (pre‑1954 US) nmi ~ (pre‑1954 U.S.) nmi | \
(pre-1954 US) nautical mile ~ (pre-1954 U.S.) nautical mile | 1853.24496 | km mi
chain, chainlk | - | chain | 20.1168 | ft m
ch, chlk | ch | chain | 20.1168 | ft m
rd, rod | rd | rod | 5.0292 | ft m
pole | - | pole | 5.0292 | ft m
perch | - | perch;perches | 5.0292 | ft m
furlong | - | furlong | 201.168 | ft m
fathom | - | fathom | 1.8288 | ft m
league | - | league | 4828.032 | km
hand, hands | h | hand | .1016 | in cm | hand
mil | - | mil | .0000254 | mm
thou | - | thou;thou | .0000254 | mm
μin, uin | μin | microinch;microinches | 2.54e-8 | nm
micron | μm | micrometre ~ micrometer | 1e-6 | μin
Å, angstrom | Å | ångström | 1e-10 | in
AU, au=au | AU | astronomical unit | 149597870700 | km mi
LD | LD | lunar distance | 384403000 | km mi
ly, light-year | ly | light-year | 9460730472580800 | AU
kly | kly | kilolight-year | 9.4607304725808e18 | pc
Mly | Mly | megalight-year | 9.4607304725808e21 | kpc
Gly | Gly | gigalight-year | 9.4607304725808e24 | Mpc
pc, parsec | pc | parsec | 3.0856775814671916e16 | ly
kpc | kpc | kiloparsec | 3.0856775814671916e19 | kly
Mpc | Mpc | megaparsec | 3.0856775814671916e22 | Mly
Gpc | Gpc | gigaparsec | 3.0856775814671916e25 | Gly
solar radius | R☉ | solar radius;solar radii | 695700000 | km
royal cubit | cu | royal cubit | .524 | mm
verst | - | verst | 1066.8 | km mi
shaku | - | shaku;shaku | 10/33 | m
sun | - | sun;sun | 1/33 | mm
bu | - | bu;bu | .1/33 | mm
sm, smoot | sm | smoot | 1.7018 | m
dpi | DPI | DPI;DPI | 39.370078740157481 | pitch | inverse
dpcm | dot/cm | dot/cm;dot/cm | 100 | dpi | inverse
pitch | μm | μm;μm | 1e-6 | dpi
Hz | Hz | %hertz;%hertz | 3.3356409519815204e-9 | m | inverse
rpm | rpm | revolution per minute;revolutions per minute | 5.5594015866358675e-11 | Hz | inverse

== area
m2, m², sqm | m² | square %metre ~ square %meter | 1 | sqft
ha | ha | hectare | 1e4 | acre
hectare | - | hectare | 1e4 | acre
a, are | a | %are | 100 | sqft
daa, decare | daa | decare | 1000 | km2 sqmi
acre, acres, acre-sing | - | acre | 4046.8564224 | ha
sqmi, mi2=mi² | sq mi | square mile | 2589988.110336 | km2
sqyd, yd2=yd² | sq yd | square yard | .83612736 | m2
sqft, ft2=ft² | sq ft | square foot;square feet | .09290304 | m2
sqfoot, foot2 | sq ft | square foot;square foot | .09290304 | m2
sqin, in2=in² | sq in | square inch;square inches | .00064516 | cm2
1000sqft | 1000 sq ft | thousand square feet;thousand square feet | 92.90304 | m2
sqnmi, nmi2 | sq nmi | square nautical mile | 3429904 | km2 sqmi
rood | - | rood | 1011.7141056 | sqft m2
sqperch | - | perch;perches | 25.29285264 | m2
arpent, sq arp | - | arpent | 3418.89 | ha
cda | cda | cuerda | 3930.395625 | ha acre
dunam | - | dunam | 1000 | km2 sqmi
dunum | - | dunum | 1000 | km2 sqmi
Irish acre | Irish acres | Irish acre | 6555.2385024 | ha
pondemaat, pond | pond | pondemaat;pondemaat | 3674.363358816 | m2
pyeong | - | pyeong;pyeong | 400/121 | m2
tsubo | - | tsubo;tsubo | 400/121 | m2
rai | rai | rai;rai | 1600 | m2
feddan | - | feddan | 4200 | m2
sqverst, square verst, verst2 | - | square verst | 1138062.24 | km2 sqmi

== volume
m3, m³ | m³ | cubic %metre ~ cubic %meter | 1 | cuft
L, litre, litres, liter(us), liters(us) | L | %litre ~ %liter | .001 | impgal USgal
l, ll | l | %litre ~ %liter | .001 | impgal USgal
cc | cc | cubic centimetre ~ cubic centimeter | 1e-6 | cuin
stere | - | stere | 1 | cuft
cuft, ft3=ft³ | cu ft | cubic foot;cubic feet | .028316846592 | m3
cufoot, foot3 | cu ft | cubic foot;cubic foot | .028316846592 | m3
cuin, in3=in³ | cu in | cubic inch;cubic inches | .000016387064 | cm3
CID, cid | cu in | cubic inch;cubic inches | .000016387064 | cc
cuyd, yd3=yd³ | cu yd | cubic yard | .764554857984 | m3
cumi, mi3=mi³ | cu mi | cubic mile | 4168181825.440579584 | km3
Bcuft | billion cu ft | billion cubic foot;billion cubic feet | 28316846.592 | Gl
tmcft | tmcft | tmcft;tmcft | 28316846.592 | km3
Tmcft | tmcft | thousand million cubic feet;thousand million cubic feet | 28316846.592 | km3
acre-ft, acre feet, acre ft, acre-feet, acre.ft, acre·ft, acre⋅ft, acreft | acre⋅ft | \
acre-foot;acre-feet | 1233.48183754752 | m3
acre-foot, acre foot, acre.foot | acre⋅ft | acre-foot;acre-foot | 1233.48183754752 | m3
bdft | bd ft | board foot;board feet | .0023597372167 | m3
board feet | - | board feet;board feet | .0023597372167 | m3
board foot | - | board foot;board foot | .0023597372167 | m3
cord | cord | cord | 3.624556363776 | m3
grt | grt | gross register ton | 2.8316846592 | m3
MTON | MTON | measurement ton | 1.13267386368 | m3
oilbbl | bbl | barrel | .158987294928 | m3
koilbbl | kbbl | thousand barrels;thousand barrels | 158.987294928 | <10/1.58987294928:m3:e3m3
Mbbl | Mbbl | thousand barrels;thousand barrels | 158.987294928 | <10/1.58987294928:e3m3:m3
Moilbbl | Mbbl | million barrels;million barrels | 158987.294928 | <10/1.58987294928:e3m3:e6m3
MMoilbbl | MMbbl | million barrels;million barrels | 158987.294928 | <10/1.58987294928:e3m3:e6m3
Goilbbl | Gbbl | billion barrels;billion barrels | 158987294.928 | <10/1.58987294928:e6m3:e9m3
Toilbbl | Tbbl | trillion barrels;trillion barrels | 158987294928 | <10/1.58987294928:e9m3:e12m3
impgal, Impgal | imp gal | imperial gallon | .00454609 | L USgal
impqt | imp qt | imperial quart | .0011365225 | ml USoz
imppt | imp pt | imperial pint | .00056826125 | L
impoz, impfloz | imp fl oz | imperial fluid ounce | .0000284130625 | ml USoz
impgi | gi | gill | .0001420653125 | ml USoz
impbbl | imp bbl | imperial barrel | .16365924 | L impgal USgal
impbsh | imp bsh | imperial bushel | .03636872 | L impgal USdrygal
impbu | imp bu | imperial bushel | .03636872 | m3
imppk | pk | imperial peck | .00909218 | L USdrygal
impkenning | kenning | imperial kenning | .01818436 | L USdrygal
firkin | - | firkin | .04091481 | L impgal USgal
kilderkin | - | kilderkin | .08182962 | L impgal USgal
USgal, U.S.gal(us), u.s.gal(us), usgal, USGAL, gal | US gal ~ U.S. gal | US gallon ~ U.S. gallon | \
.003785411784 | L impgal
USflgal, U.S.flgal(us) | US fl gal ~ U.S. fl gal | US gallon ~ U.S. gallon | .003785411784 | L impgal
MUSgal | million US gal ~ million U.S. gal | million US gallons;million US gallons ~ \
million U.S. gallons;million U.S. gallons | 3785.411784 | Ml
USqt, U.S.qt(us), usqt | US qt ~ U.S. qt | US quart ~ U.S. quart | .000946352946 | ml
USquart | US qt ~ U.S. qt | US quart ~ U.S. quart | .000946352946 | ml impoz
USpt, U.S.pt(us), uspt | US pt ~ U.S. pt | US pint ~ U.S. pint | .000473176473 | L imppt
USoz, USfloz, usfloz, usoz, U.S.oz(us), U.S.floz(us) | US fl oz ~ U.S. fl oz | \
US fluid ounce ~ U.S. fluid ounce | .0000295735295625 | ml
USgi, usgi, U.S.gi(us) | gi | gill | .0001182941183 | ml impoz
USmin | US min ~ U.S. min | US minim ~ U.S. minim | 6.1611519921875e-8 | ml
UStbsp | US tbsp ~ U.S. tbsp | US tablespoon ~ U.S. tablespoon | 1.478676478125e-5 | ml
AUtbsp | AU tbsp | Australian tablespoon | .00002 | ml
USbbl, usbbl, U.S.bbl(us) | US bbl ~ U.S. bbl | US barrel ~ U.S. barrel | .119240471196 | L USgal impgal
USbeerbbl, usbeerbbl, U.S.beerbbl(us) | US bbl ~ U.S. bbl | US beer barrel ~ U.S. beer barrel | \
.117347765304 | L USgal impgal
USbsh, usbsh, bushels, U.S.bsh(us) | US bsh ~ U.S. bsh | US bushel ~ U.S. bushel | .03523907016688 | \
L USdrygal impgal
USbu, usbu, U.S.bu(us) | US bu ~ U.S. bu | US bushel ~ U.S. bushel | .03523907016688 | L USdrygal impgal
USpk, uspk, U.S.pk(us) | US pk ~ U.S. pk | US peck ~ U.S. peck | .00880976754172 | L impgal
USkenning, uskenning, U.S.kenning(us) | US kenning ~ U.S. kenning | US kenning ~ U.S. kenning | \
.01761953508344 | L impgal
USdrybbl, usdrybbl, U.S.drybbl(us) | US dry bbl ~ U.S. dry bbl | US dry barrel ~ U.S. dry barrel | \
.11562819898508 | m3
USdrygal, usdrygal, U.S.drygal(us) | US dry gal ~ U.S. dry gal | US dry gallon ~ U.S. dry gallon | \
.00440488377086 | L
USdryqt, usdryqt, U.S.dryqt(us) | US dry qt ~ U.S. dry qt | US dry quart ~ U.S. dry quart | \
.001101220942715 | ml
USdrypt, usdrypt, U.S.drypt(us) | US dry pt ~ U.S. dry pt | US dry pint ~ U.S. dry pint | \
.0005506104713575 | ml
winecase | - | case | .009 | L
gr water | gr H2O | grains water;grains water | 6.479891e-8 | cm3

== mass
g | g | %gram | .001 | oz
kg, kilogram | kg | kilogram | 1 | lb
t, tonnes | t | tonne ~ metric ton | 1000 | LT ST
tonne | t | tonne ~ metric ton | 1000 | shton
MT | t | metric ton | 1000 | LT ST
metric ton | - | metric ton | 1000 | LT
kt, kilotonne | kt | kilotonne | 1e6 | LT ST
Mt | Mt | megatonne | 1e9 | LT ST
Gt | Gt | gigatonne | 1e12 | LT ST
lb, lbs | lb | pound | .45359237 | kg | whole
oz | oz | ounce | .028349523125 | g
st, stone | st | stone;stone | 6.35029318 | lb kg
gr, grain | gr | grain | .00006479891 | g
dwt | dwt | pennyweight | .00155517384 | oz g
drachm, dram | - | drachm ~ dram | .001771845195 | g
ozt | ozt | troy ounce | .0311034768 | oz g
troy pound, lbt | - | troy pound | .3732417216 | lb kg
carat | - | carat | .0002 | g
pdr | pdr | pounder | .45359237 | kg
LT, long ton | - | long ton | 1016.0469088 | t
lt | LT | long ton | 1016.0469088 | t
ST, short ton | - | short ton | 907.18474 | t
-ST | ST | short ton | 907.18474 | t
shtn | sh tn | short ton | 907.18474 | t
shton | - | ton | 907.18474 | t
Lcwt, lcwt | - | long hundredweight;long hundredweight | 50.80234544 | lb
Scwt, scwt | - | short hundredweight;short hundredweight | 45.359237 | lb
-Lcwt | cwt | hundredweight;hundredweight | 50.80234544 | lb
-Scwt | cwt | hundredweight;hundredweight | 45.359237 | lb
long cwt | long cwt | long hundredweight;long hundredweight | 50.80234544 | lb kg
short cwt | short cwt | short hundredweight;short hundredweight | 45.359237 | lb kg
qtr | qtr | quarter | 12.70058636 | lb kg
long qtr | long qtr | long quarter | 12.70058636 | lb kg
short qtr | short qtr | short quarter | 11.33980925 | lb kg
DWton | - | deadweight ton | 1016.0469088 | DWtonne
DWtonne | - | deadweight tonne ~ deadweight metric ton | 1000 | DWton
impgalh2o | imp gal H2O | imperial gallon of water;imperial gallons of water | 4.53592369999995 | lb kg
usgalh2o | US gal H2O | US gallon of water;US gallons of water ~ \
U.S. gallon of water;U.S. gallons of water | 3.7776215836051126 | lb kg
viss | viss | viss;viss | 1.632932532 | kg
Da, dalton | Da | %dalton | 1.66053906892e-27 | kg
solar mass | M☉ | solar mass;solar masses | 1.98855e30 | kg

== temperature
C, °C, Celsius | °C | degree Celsius;degrees Celsius | 1 | F | symbol offset=-273.15
F, °F | °F | degree Fahrenheit;degrees Fahrenheit | 5/9 | C | symbol offset=-459.67
K | K | %kelvin | 1 | C F | symbol offset=0
R, °R | °R | degree Rankine;degrees Rankine | 5/9 | K F C | symbol offset=0
keVT | keV | kiloelectronvolt | 11604518.121550081 | MK | plain offset=0

== temperature change
C-change, °C-change | °C | degree Celsius change;degrees Celsius change | 1 | F-change | symbol
F-change, °F-change | °F | degree Fahrenheit change;degrees Fahrenheit change | 5/9 | C-change | symbol
K-change | K | kelvin change;kelvins change | 1 | F-change | symbol

== time
s, sec, second, seconds | s | %second | 1 | <7200:min:h
min, minute, minutes | min | minute | 60 | s
h, hour, hours | h | hour | 3600 | ks
d, day, days | d | day | 86400 | ks
wk, week, weeks | - | week | 604800 | Ms
fortnight | - | fortnight | 1209600 | week
month, mth | - | month | 2629800 | Ms
months | mo | month | 2629800 | year
year, yr | a | year | 31557600 | Ms
years | yr | year | 31557600 | Ms
-year | year | year | 31557600 | Ms
annum | a | annum | 31557600 | Ms
dog year, dog yr | dog yr | dog year | 220903200 | years
decade | daa | decade | 315576000 | Ms
century | ha | century;centuries | 3155760000 | Gs
millennium, kyr, tyr | ka | millennium;millennia | 31557600000 | Gs
million year, Myr, myr | Ma | million years;million years | 31557600000000 | Ts
thousand million year, Gyr, kMyr, kmyr, tmyr | Ga | thousand million years;thousand million years | \
3.15576e16 | Ps
milliard year | Ga | milliard years;milliard years | 3.15576e16 | Ps
short billion year, byr | Ga | billion years;billion years | 3.15576e16 | Ps
short trillion year, tryr | Ta | trillion years;trillion years | 3.15576e19 | Es
long billion year, long byr | Ta | billion years;billion years | 3.15576e19 | Es
"""
