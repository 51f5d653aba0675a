"""Units made of two others of `everyday.py` and `technical.py`.

`x/y` is made of `x` and `y` and reads `xs per y`; COMPOSED names those with a default output, a symbol or
parts of their own. The defaults are those of English Wikipedia's Module:Convert/data.
"""

# codes | parts, where they are not what stands around the last "/" | default output | symbol
COMPOSED = """
cm/s | | in/s
cm/h | | in/h
mm/s | | in/s
mm/h | | in/h
km/d | | mi/d
km/s | | mi/s
m/s | | ft/s
m/min | | ft/min
ft/s | | m/s
foot/s | | m/s
ft/min | | m/min
in/s | | cm/s
in/h | | cm/h
mi/d | | km/d
mi/s | | km/s
cm/year, cm/y, cm/yr | cm, -year | in/year
in/year, in/y, in/yr | in, -year | cm/year
mm/year, mm/y, mm/yr | mm, -year | in/year
cuft/a, ft3/a | cuft, annum | m3/a
cuft/d, ft3/d | | m3/d
cuft/h, ft3/h | | m3/h
cuft/min | | m3/min
cuft/s, ft3/s, cfs | cuft, s | m3/s
cumi/a | cumi, annum | km3/a
cuyd/h | | m3/h
cuyd/s | | m3/s
km3/a | km3, annum | cumi/a
km3/d | | cuft/d
m3/a | m3, annum | cuft/a
m3/d | | cuft/d
m3/h | | cuft/h
m3/min | | cuft/min
m3/s, m³/s | m3, s | cuft/s
L/h | | impgal/h USgal/h
L/min | | impgal/min USgal/min
L/s | | cuft/s
l/s | | cuft/s
impgal/h | | m3/h
impgal/min | | m3/s
impgal/s | | m3/s
USgal/a | USgal, year | m3/s
USgal/d | | m3/s
USgal/h | | m3/h
USgal/min, usgal/min | | m3/s
USgal/s | | m3/s
U.S.gal/d | | m3/s
U.S.gal/h | | m3/h
U.S.gal/min, u.s.gal/min | | m3/s
oilbbl/a | oilbbl, year | m3/a
oilbbl/d | | m3/d
koilbbl/a | koilbbl, year | <10/1.58987294928:m3/a:e3m3/a
koilbbl/d | | <10/1.58987294928:m3/d:e3m3/d
Moilbbl/a | Moilbbl, year | <10/1.58987294928:e3m3/a:e6m3/a
Moilbbl/d | | <10/1.58987294928:e3m3/d:e6m3/d
Goilbbl/a | Goilbbl, year | <10/1.58987294928:e6m3/a:e9m3/a
Toilbbl/a | Toilbbl, year | <10/1.58987294928:e9m3/a:e12m3/a
g/dm3 | | kg/m3
g/L | | lb/cuin
g/mL | | lb/cuin
g/ml | | lb/cuin
g/cm3 | | lb/cuin
g/m3 | | lb/cuyd
mg/L | | lb/cuin
mg/l | | oz/cuin
μg/l | | oz/cuin
μg/dL, mcg/dL | μg, dL | lb/cuin
kg/dm3 | | lb/cuft
kg/L | | lb/USgal
kg/l | | lb/USgal
kg/m3 | | lb/cuyd
Mg/m3 | | lb/cuft
lb/cuft, lb/ft3 | lb, cuft | g/cm3
lb/cuin, lb/in3, lbm/cuin, lbm/in3 | lb, cuin | g/cm3
lb/cuyd, lb/yd3 | lb, cuyd | kg/m3
lb/impgal | | kg/L
lb/USgal | | kg/L
lb/U.S.gal | | kg/L
lb/USbu | | kg/m3
oz/cuin, oz/in3 | oz, cuin | g/cm3
kg/cm | | lb/yd
kg/m | | lb/yd
lb/ft | | kg/m
lb/yd | | kg/m
g/km | | oz/mi
g/mi | | g/km
kg/km | | lb/mi
lb/mi | | kg/km
oz/mi | | g/km
gCO2/km | | ozCO2/mi
gCO2/mi | | gCO2/km
kgCO2/km | | lbCO2/mi
lbCO2/mi | | kgCO2/km
ozCO2/mi | | gCO2/km
kgCO2/L | | lbCO2/USgal
lbCO2/USgal | | kgCO2/L
oz/lb | | mg/kg
mg/kg | | oz/lb
m2/ha | | sqft/acre
sqft/acre | | m2/ha
kgf/cm2, kg-f/cm2, kgfpsqcm | kgf, cm2 | psi
kg/cm2, kgpsqcm | kg, cm2 | psi
lbf/in2, lb/in2 | lbf, in2 | kPa kgf/cm2
N/cm2 | | psi
N/m2 | | psi
g/cm2 | | lb/sqft
g/m2 | | lb/sqft
kg/ha | | lb/acre
kg/m2 | | lb/sqft
lb/1000sqft | | g/m2
lb/acre | | kg/ha
lb/sqft | | kg/m2
lb/sqyd | | kg/m2
oz/sqft | | g/m2
oz/sqyd | | g/m2
LT/acre | | t/ha
ST/acre | | t/ha
MT/ha | | LT/acre ST/acre
t/ha | | LT/acre ST/acre
tonne/acre | | tonne/ha
tonne/ha | | tonne/acre
kPa/m | | psi/ft
psi/ft | | kPa/m
kN/m | | lbf/in
lbf/in | | kN/m
kg/h | | lb/h
lb/h | | kg/h
kg/kW | | lb/hp
lb/hp | | kg/kW
kW/kg | | hp/lb
kW/t | | PS/t
kW/tonne | kW, t | PS/t | kW/tonne
PS/t | | kW/t
hp/t | | kW/t
hp/tonne | hp, t | kW/tonne | hp/tonne
hp/lb | | kW/kg
shp/lb | | kW/kg
hp/LT | hp, lt | kW/t
hp/ST | hp, -ST | kW/t
BTU/h, btu/h | BTU, h | W
Btu/h | | W
cal/h | | W
kcal/h | | kW
kJ/d | | Cal/d
kJ/h | | W
BTU/lb | | kJ/kg
cal/g | | J/g
Cal/g | | kJ/g
J/g | | kcal/g
kcal/g | | kJ/g
kJ/g | | kcal/g
kJ/kg | | BTU/lb
GJ/kg | | ktTNT/t
TJ/kg | | MtTNT/t
ktonTNT/MT | | GJ/kg
ktTNT/t | | GJ/kg
MtonTNT/MT | | TJ/kg
MtTNT/t, MtTNT/MT | MtTNT, t | TJ/kg
BTU/cuft | | kJ/L
Cal/USoz | | kJ/ml
kJ/L | | BTU/cuft
kJ/l | | BTU/cuft
kJ/ml | | Cal/USoz
MJ/m3 | | BTU/cuft
kcal/mol | | kJ/mol
kJ/mol | | kcal/mol
BTU/mi | | <1525.0000000001:kJ/km:MJ/km
kJ/km | | BTU/mi
MJ/km | | BTU/mi
kWh/km | kW.h, km | MJ/km kWh/mi
kWh/mi | kW.h, mi | kWh/km MJ/km
kWh/100 km, kWh/100km | kW.h, 100km | MJ/km kWh/mi
kWh/100 mi, kWh/100mi | kW.h, 100mi | mpge
MJ/100 km, MJ/100km | MJ, 100km | BTU/mi
cm/km | | ft/mi
m/km | | ft/mi
mm/km | | in/mi
mm/m | | in/ft
ft/mi | | <5.28:cm/km:m/km
ft/nmi | | <6.076:cm/km:m/km
in/ft | | mm/m
in/mi | | <0.6336:mm/km:cm/km
cuft/sqmi | | m3/km2
m3/km2 | | cuft/sqmi
m3/ha | | USbu/acre
USbu/acre | | m3/ha
USgal/acre | | m3/km2
U.S.gal/acre | | m3/km2
cuyd/mi | | m3/km
m3/km | | cuyd/mi
g-mol/s | | lb-mol/min
gmol/s | | lbmol/min
mol/s | | lb-mol/min
mol/d | | μmol/s
mol/h | | mmol/s
mmol/s | | lb-mol/d
μmol/s | | lb-mol/d
kmol/s | | lb-mol/s
kmol/h | | mol/s
lb-mol/s | | kmol/s
lb-mol/min | | mol/s
lb-mol/h | | mol/s
lb-mol/d | | mmol/s
/acre | | /ha
/ha | | /acre
/sqcm, /cm2 | , cm2 | /sqin
/sqin, /in2 | , in2 | /sqcm
/sqkm, /km2, /km² | , km2 | /sqmi
/sqmi, /mi2 | , sqmi | /sqkm
PD/acre, pd/acre | PD, acre | PD/ha
PD/ha, pd/ha | PD, ha | PD/acre
PD/sqkm, PD/km2, PD/km², pd/km2, pd/sqkm | PD, km2 | PD/sqmi
PD/sqmi, PD/mi2, pd/sqmi | PD, sqmi | PD/sqkm
/L | | /USgal
/l | | /USgal
/USgal, /usgal | | /L | /gal
L/100 km, L/100km | L, 100km | mpgimp mpgus
l/100 km, l/100km | l, 100km | mpgimp mpgus
L/km | | mpgimp mpgus
l/km | | mpgimp mpgus
km/L | | mpgimp mpgus
km/l | | mpgimp mpgus
mi/impqt | | km/L
mi/USqt, mi/usqt | | km/L
mi/U.S.qt | | km/L
mpgimp | mi, impgal | L/100 km+mpgus | mpg‑imp
mpgus, mpgUS | mi, USgal | L/100 km+mpgimp | mpg‑US
mpgU.S.(us), mpgu.s.(us) | mi, USgal | L/100 km+mpgimp | mpg‑U.S.
impgal/mi | | L/km USgal/mi
USgal/mi, usgal/mi | | L/km impgal/mi
U.S.gal/mi | | L/km impgal/mi
"""

# What a unit per another measures; without a line, it converts to its own like only. A mass on an area counts
# as the pressure of its weight, as it does where both are quoted for snow or for tyres.
KINDS = {
    ("", "area"): "per unit area",
    ("count", "area"): "per unit area",
    ("length", "length"): "gradient",
    ("length", "time"): "speed",
    ("speed", "time"): "acceleration",
    ("force", "area"): "pressure",
    ("mass", "area"): "pressure",
    ("mass", "length"): "linear density",
    ("energy", "time"): "power",
    ("energy", "length"): "energy per unit length",
    ("energy", "chemical amount"): "energy per chemical amount",
    ("length", "volume"): "fuel economy",
    ("volume", "length"): "fuel economy",
}
GRAVITY = 9.80665
