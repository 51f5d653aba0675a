"""Units of speed, force, pressure, energy, power and the like, as rows that `unit.py` reads.

The columns are those of `everyday.py`. Units that are one unit per another (`kg/m3`, `m3/s`, `mi/USgal`) are
made of their parts: `composed.py`.
"""

ROWS = """
== speed
mph, mi/h | mph | mile per hour;miles per hour | .44704 | km/h
km/h, kph, kmh | km/h | kilometre per hour;kilometres per hour ~ \
kilometer per hour;kilometers per hour | 1/3.6 | mph
kn, knot, knots | kn | knot | 1852/3600 | km/h mph
Mach | Mach | Mach;Mach | 1 | km/h mph | mach
isp | s | second | 9.80665 | km/s
Ns/kg | N‑s/kg | N‑s/kg;N‑s/kg | 1 | isp
kNs/kg | kN‑s/kg | kN‑s/kg;kN‑s/kg | 1000 | isp
tsfc | lb/(lbf⋅h) | lb/(lbf⋅h);lb/(lbf⋅h) | 2.832545036049801e-5 | si tsfc | inverse
si tsfc | g/(kN⋅s) | g/(kN⋅s);g/(kN⋅s) | 9.999962862137924e-7 | tsfc | inverse
furlong per fortnight | - | furlong per fortnight;furlongs per fortnight | 201.168/1209600 | km/h mph

== acceleration
m/s2 | m/s² | metre per second squared;metres per second squared ~ \
meter per second squared;meters per second squared | 1 | ft/s2
cm/s2 | cm/s² | centimetre per second squared;centimetres per second squared ~ \
centimeter per second squared;centimeters per second squared | .01 | ft/s2
km/s2 | km/s² | kilometre per second squared;kilometres per second squared ~ \
kilometer per second squared;kilometers per second squared | 1000 | mph/s
ft/s2 | ft/s² | foot per second squared;feet per second squared | .3048 | m/s2
g0, standard gravity | g0 | standard gravity;standard gravities | 9.80665 | m/s2
g-force | g | g;g | 9.80665 | m/s2
km/hs, km/h/s | km/(h⋅s) | kilometre per hour per second;kilometres per hour per second ~ \
kilometer per hour per second;kilometers per hour per second | 1/3.6 | mph/s
mph/s | mph/s | mile per hour per second;miles per hour per second | .44704 | km/hs

== force
N, newtons | N | %newton | 1 | lbf
lbf, lb-f, pound-force | lbf | pound-force;pounds-force | 4.4482216152605 | N
lb(f) | lb | pound | 4.4482216152605 | N
ozf, oz-f | ozf | ounce-force;ounces-force | .2780138203095378125 | mN
grf, gr-f | grf | grain-force;grains-force | .0006354602307515 | μN
kgf, kg-f | kgf | kilogram-force;kilograms-force | 9.80665 | N lbf
gf, g-f | gf | gram-force;grams-force | .00980665 | mN ozf
mgf, mg-f | mgf | milligram-force;milligrams-force | .00000980665 | μN grf
tf, t-f, tonne-force | tf | tonne-force;tonnes-force | 9806.65 | kN LTf STf
LTf | - | long ton-force;long tons-force | 9964.01641818352 | kN
-LTf, LT-f | LTf | long ton-force;long tons-force | 9964.01641818352 | kN
L/Tf, L/T-f | L/Tf | long ton-force;long tons-force | 9964.01641818352 | kN
STf | - | short ton-force;short tons-force | 8896.443230521 | kN
-STf, ST-f | STf | short ton-force;short tons-force | 8896.443230521 | kN
S/Tf, S/T-f | S/Tf | short ton-force;short tons-force | 8896.443230521 | kN
p | p | %pond | .00980665 | mN ozf
pdl, poundal | pdl | poundal | .138254954376 | N
dyn, dyne | dyn | %dyne | .00001 | grf

== pressure
Pa | Pa | %pascal | 1 | psi
kN/m2 | kPa | kilopascal | 1000 | psi
bar | bar | bar | 1e5 | kPa
dbar | dbar | decibar | 1e4 | kPa
mbar, mb=mb | mbar | millibar | 100 | hPa
psi | psi | pound per square inch;pounds per square inch | 6894.757293168361 | kPa
-lb/in2 | lb/in² | pound per square inch;pounds per square inch | 6894.757293168361 | kPa kgf/cm2
ksi | ksi | kilopound per square inch;kilopounds per square inch | 6894757.293168361 | MPa
psf | psf | pound per square foot;pounds per square foot | 47.88025898033584 | kPa
atm | atm | standard atmosphere | 101325 | kPa
Torr, torr | Torr | torr | 101325/760 | kPa
mmHg | mmHg | millimetre of mercury;millimetres of mercury ~ \
millimeter of mercury;millimeters of mercury | 133.322387415 | kPa
inHg | inHg | inch of mercury;inches of mercury | 3386.388640341 | kPa
Ba | Ba | %barye | .1 | Pa

== energy
J | J | %joule | 1 | cal
Wh | Wh | %watt-hour | 3600 | kJ
W.h, W-h, W·h, W⋅h | W⋅h | %watt-hour | 3600 | kJ
eV | eV | %electronvolt | 1.602176634e-19 | aJ
cal | cal | %calorie | 4.184 | J
Cal, Calorie | Cal | calorie | 4184 | kJ
cal-15, g-cal-15 | cal15 | calorie (15°C);calories (15°C) | 4.1858 | J
Cal-15, kg-cal-15 | Cal15 | Calorie (15°C);Calories (15°C) | 4185.8 | kJ
cal-IT, g-cal-IT | calIT | calorie (International Steam Table);calories (International Steam Table) | \
4.1868 | J
Cal-IT, kg-cal-IT | CalIT | Calorie (International Steam Table);Calories (International Steam Table) | \
4186.8 | kJ
cal-th, g-cal-th | calth | calorie (thermochemical);calories (thermochemical) | 4.184 | J
Cal-th, kg-cal-th | Calth | Calorie (thermochemical);Calories (thermochemical) | 4184 | kJ
th | th | thermie | 4186800 | MJ
BTU, btu | BTU | British thermal unit | 1055.05585262 | kJ
Btu | Btu | British thermal unit | 1055.05585262 | kJ
MMBtu | MMBtu | million British thermal units;million British thermal units | 1055055852.62 | GJ
quad | quad | quadrillion British thermal units;quadrillion British thermal units | 1.054804e18 | EJ
BTU-IT, Btu-IT | BTUIT | British thermal unit (IT);British thermal units (IT) | 1055.05585262 | kJ
BTU-ISO, Btu-ISO | BTUISO | British thermal unit (ISO);British thermal units (ISO) | 1055.056 | kJ
BTU-th, Btu-th | BTUth | British thermal unit (thermochemical);British thermal units (thermochemical) | \
1054.35026444 | kJ
BTU-mean, Btu-mean | BTUmean | British thermal unit (mean);British thermal units (mean) | 1055.87 | kJ
BTU-39F, Btu-39F | BTU39°F | British thermal unit (39°F);British thermal units (39°F) | 1059.67 | kJ
BTU-59F, Btu-59F | BTU59°F | British thermal unit (59°F);British thermal units (59°F) | 1054.804 | kJ
BTU-60F, Btu-60F | BTU60°F | British thermal unit (60°F);British thermal units (60°F) | 1054.68 | kJ
BTU-63F, Btu-63F | BTU63°F | British thermal unit (63°F);British thermal units (63°F) | 1054.6 | kJ
CHU-IT | CHUIT | Celsius heat unit (International Table);Celsius heat units (International Table) | \
1899.100534716 | kJ
thm-EC | thm (EC) | therm (EC);therms (EC) | 105506000 | MJ
thm-UK | thm (UK) | therm (UK);therms (UK) | 105505585.257348 | MJ
thm-US | thm (US) ~ thm (U.S.) | therm (US);therms (US) ~ therm (U.S.);therms (U.S.) | 105480400 | MJ
B.O.T.U. | B.O.T.U. | Board of Trade Unit | 3600000 | MJ
hph, hp.h | hp⋅h | horsepower-hour | 2684519.5376961728 | kWh
PSh | PSh | Pferdestärkenstunde | 2647795.5 | kWh
ftlb | ft⋅lb | foot-pound | 1.3558179483314004 | J | also=torque
ftlbf, ft.lbf, ft·lbf | ft⋅lbf | foot-pound force;foot-pounds force | 1.3558179483314004 | J | also=torque
ftlb-f | ft⋅lbf | foot-pound force;foot-pounds force | 1.3558179483314004 | J | also=torque
inlb | in⋅lb | inch-pound | .1129848290276167 | mJ | also=torque
inlbf, in.lbf, inlb-f, in.lb-f | in⋅lbf | inch-pound force;inch-pounds force | .1129848290276167 | mJ | \
also=torque
inozf, in.ozf, inoz-f, in.oz-f | in⋅ozf | inch-ounce force;inch-ounces force | .00706155181422604 | mJ | \
also=torque
ftpdl | ft⋅pdl | foot-poundal | .0421401100938048 | J
erg | erg | %erg | 1e-7 | μJ
foe | foe | foe | 1e44 | YJ
Eh, Hartree | Eh | Hartree | 4.35974417e-18 | eV
Ry | Ry | rydberg | 2.1798741e-18 | eV
BOE | BOE | barrel of oil equivalent;barrels of oil equivalent | 6117863200 | GJ
bboe | bboe | barrel of oil equivalent;barrels of oil equivalent | 6117863200 | GJ
kBOE, kbboe=kbboe | kBOE | kilo barrel of oil equivalent;kilo barrels of oil equivalent | 6.1178632e12 | TJ
toe | toe | %tonne of oil equivalent;%tonnes of oil equivalent | 41868000000 | GJ
cuftnaturalgas | - | cubic foot of natural gas;cubic feet of natural gas | 1055055.85262 | MJ
cufootnaturalgas | - | cubic foot of natural gas;cubic foot of natural gas | 1055055.85262 | MJ
scf | scf | standard cubic foot;standard cubic feet | 2869.2044809344 | kJ
scfoot | scf | standard cubic foot;standard cubic foot | 2869.2044809344 | kJ
gTNT | - | %gram of TNT;%grams of TNT | 4184 | kJ
tTNT | - | %tonne of TNT;%tonnes of TNT | 4184000000 | GJ
tonTNT | - | %ton of TNT;%tons of TNT | 4184000000 | GJ
ktonTNT | kt | kiloton of TNT;kilotons of TNT | 4.184e12 | TJ
MtonTNT | Mt | megaton of TNT;megatons of TNT | 4.184e15 | PJ
t(TNT) | t | tonne ~ ton | 4184000000 | GJ
kt(TNT) | kt | kilotonne ~ kiloton | 4.184e12 | TJ
Mt(TNT) | Mt | megatonne ~ megaton | 4.184e15 | PJ

== torque
Nm, N.m, N·m, N⋅m | N⋅m | %newton-metre ~ %newton-meter | 1 | lbfft | also=energy
lbft | lb⋅ft | pound-foot;pound-feet | 1.3558179483314004 | Nm
lb.ft, lb·ft, lb⋅ft | lb⋅ft | pound force-foot;pound force-feet | 1.3558179483314004 | Nm
lbfft, lbf.ft, lbf·ft, lbf⋅ft | lbf⋅ft | pound force-foot;pound force-feet | 1.3558179483314004 | Nm
lb-fft, lb-f.ft | ft⋅lbf | pound force-foot;pound force-feet | 1.3558179483314004 | Nm
lb.in | lb⋅in | pound force-inch | .1129848290276167 | mN.m
kg.m | kg⋅m | kilogram metre ~ kilogram meter | 9.80665 | Nm lbft
kgm | kg⋅m | kilogram metre ~ kilogram meter | 9.80665 | Nm lbfft
kgf.m | kgf⋅m | kilogram force-metre ~ kilogram force-meter | 9.80665 | Nm lbfft
kpm | kp⋅m | kilopond metre ~ kilopond meter | 9.80665 | Nm lbft
m.kgf, mkgf, m.kg-f, mkg-f | m⋅kgf | metre kilogram-force;metre kilograms-force ~ \
meter kilogram-force;meter kilograms-force | 9.80665 | Nm lbfft

== power
W | W | %watt | 1 | hp
hp, HP, Hp, hp-mechanical, whp | hp | horsepower;horsepower | 745.6998715822702 | kW
bhp, BHP | bhp | brake horsepower;brake horsepower | 745.6998715822702 | kW
ihp, IHP | ihp | indicated horsepower;indicated horsepower | 745.6998715822702 | kW
shp, SHP | shp | shaft horsepower;shaft horsepower | 745.6998715822702 | kW
hp-electric | hp | electric horsepower;electric horsepower | 746 | kW
hp-electrical | hp | electrical horsepower;electrical horsepower | 746 | kW
hp-metric | hp | metric horsepower;metric horsepower | 735.49875 | kW
PS | PS | metric horsepower;metric horsepower | 735.49875 | kW
CV | CV | metric horsepower;metric horsepower | 735.49875 | kW
hk | hk | metric horsepower;metric horsepower | 735.49875 | kW
Cal/d | Cal/d | large calorie per day;large calories per day | 4184/86400 | kJ/d
Cal/h | Cal/h | large calorie per hour;large calories per hour | 4184/3600 | kJ/h

== energy per unit length
mpge, mpg-e | mpg‑e | mile per gallon gasoline equivalent;miles per gallon gasoline equivalent | \
1.3263314048360777e-5 | kWh/100 mi | inverse

== energy per chemical amount
eVpar | eV | %electronvolt | 96485.332123310014 | kcal/mol

== chemical amount
mol | mol | %mole | 1 | lbmol
g-mol | g‑mol | gram-mole | 1 | lbmol
gmol | gmol | gram-mole | 1 | lbmol
lb-mol | lb‑mol | pound-mole | 453.59237 | mol
lbmol | lbmol | pound-mole | 453.59237 | mol

== linear density
dtex | dtex | decitex;decitex | 1e-7 | lb/yd

== exhaust emission per length
gCO2 | g(CO2) | gram of CO2;grams of CO2 | .001 | ozCO2
kgCO2 | kg(CO2) | kilogram of CO2;kilograms of CO2 | 1 | lbCO2
ozCO2 | oz(CO2) | ounce of CO2;ounces of CO2 | .028349523125 | gCO2
lbCO2 | lb(CO2) | pound of CO2;pounds of CO2 | .45359237 | kgCO2

== absorbed radiation dose
Gy | Gy | %gray | 1 | rad
rad | rad | %rad | .01 | Gy

== equivalent radiation dose
Sv | Sv | %sievert | 1 | rem
rem | rem | %rem | .01 | Sv

== radioactivity
Bq | Bq | %becquerel | 1 | pCi
Ci | Ci | %curie | 3.7e10 | GBq
Rd | Rd | %rutherford | 1e6 | MBq

== magnetic field strength
T | T | %tesla | 1 | G
G | G | %gauss;%gauss | .0001 | T

== magnetizing field
A/m | A/m | %ampere per metre;%amperes per metre ~ %ampere per meter;%amperes per meter | 1 | Oe
Oe | Oe | %oersted | 79.5774715 | kA/m

== charge
coulomb | C | %coulomb | 1 | e
A.h | A⋅h | ampere hour | 3600 | coulomb
e | e | elementary charge | 1.602176634e-19 | coulomb

== transportation
tkm | tkm | tonne-kilometre ~ tonne-kilometer | 1 | ton-mile
ton-mile | - | ton-mile | 1.4599723182105602 | tkm

== cent
cent, ¢ | ¢ | cent | 1 | cent

== count
PD, pd | | inhabitant | 1 | PD
"""
