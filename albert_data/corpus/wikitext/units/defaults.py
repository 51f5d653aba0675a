"""Default outputs of units with a prefix, where they are not those of the unit without one."""

# Units, and behind them what they convert to.
DEFAULTS = """
km mi, hm dam ft, dm cm mm μm nm pm fm am zm ym in, Mm Gm Tm Pm Em Zm Ym mi
e3km e3mi, e6km e6mi, e9km AU, e12km e12mi, e3mi e3km, e6mi e6km, e9mi e9km, e12mi e12km, e3AU ly
km2 sqmi, hm2 acre, dm2 cm2 mm2 sqin
e3acre e6acre km2, e6ha e6acre, e6km2 e6sqmi, e6sqmi e6km2, e3m2 e6m2 e6sqft
km3 cumi, dm3 cm3 mm3 cuin, cL cl dL dl mL ml impoz+USoz, μL μl cuin, kL kl GL Gl cuft, TL Tl cumi, e6L USgal
mg μg ng gr, Mg LT+ST, Gg lb, e3t e6t e9t LT+ST, e6carat t, e6ozt lb+kg, e6ST Mt
mN ozf, μN nN grf, mdyn grf, kdyn ozf, Mdyn lbf, mp μN+grf, kp N+lbf, Mp kN+LTf+STf
MJ GJ TJ PJ EJ ZJ YJ kWh, aJ eV, fJ keV, pJ MeV, zJ meV, yJ μeV
eV aJ, keV fJ, MeV pJ, GeV nJ, TeV μJ, PeV mJ, meV zJ, μeV neV peV feV yJ
kWh kW.h MJ, MWh MW.h GJ, GWh GW.h TJ, TWh TW.h PJ, mWh mW.h J, μWh μW.h mJ
kcal kJ, Mcal MJ, mcal mJ, kerg mJ, Merg J, merg μJ, μerg nJ, e3BTU MJ, e6BTU GJ
ktoe TJ, Mtoe PJ, Gtoe EJ, kgTNT mtTNT mtonTNT MJ, ktTNT TJ, MtTNT PJ, GtTNT GtonTNT EJ, TtTNT TtonTNT ZJ
kBa hPa, kA/m MA/m kOe, mBq fCi, kBq nCi, MBq μCi, GBq mCi, TBq Ci, PBq EBq kCi, fCi mBq, pCi nCi Bq
μCi kBq, mCi MBq, kCi TBq, MCi PBq, MK keVT
ns μs, μs ms, ms s, ks h, Ms week, Gs decade, Ts millennium, Ps million_year, Es thousand_million_year
e9cuft/a m3/a, e15m3 e15cuft
"""

# Amounts of 10^3, 10^6, … of a unit convert to one of two next each other, by the value: `e6cuft` below the
# limit to the second of its line and else to the third, `e3cuft` to the first or second.
LADDERS = """
cuft | 100/2.8316846592 | m3 e3m3 e6m3 e9m3 e12m3 e15m3
cuft/a | 100/2.8316846592 | m3/a e3m3/a e6m3/a e9m3/a e12m3/a
cuft/d | 100/2.8316846592 | m3/d e3m3/d e6m3/d e9m3/d e12m3/d
cuft/s | 100/2.8316846592 | m3/s e3m3/s e6m3/s e9m3/s
m3 | 28.316846592 | e3cuft e6cuft e9cuft e12cuft e15cuft
m3/a | 28.316846592 | e3cuft/a e6cuft/a e9cuft/a e12cuft/a e15cuft/a
m3/d | 28.316846592 | e3cuft/d e6cuft/d e9cuft/d e12cuft/d e15cuft/d
m3/s | 28.316846592 | e3cuft/s e6cuft/s e9cuft/s e12cuft/s
sqft | 100/9.290304 | m2 e3m2 e6m2 e9m2
cuyd | 10/7.64554857984 | m3 e3m3 e6m3 e9m3
bdft | 100/.23597372167 | m3 e3m3 e6m3 e9m3
USgal | 1000/3.785411784 | kl Ml Gl Tl Pl
U.S.gal | 1000/3.785411784 | kl Ml Gl Tl Pl
impgal | 1000/4.54609 | kl Ml Gl Tl Pl
USgal/a | 1000/3.785411784 | m3/a e3m3/a e6m3/a e9m3/a
lb | 10/4.5359237 | kg t kt Mt Gt
ozt | 10/.311034768 | kg t
"""
LITRES = "<28.316846592:e3cuft:e6cuft"  # default output of Ml and ML
