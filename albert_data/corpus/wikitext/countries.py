"""Countries by the codes with which `{{flag|FRA}}` and `{{FRA}}` name them (ISO 3166 and IOC)."""

COUNTRIES = dict(
    pair.strip().split("=")
    for pair in """
    afg=Afghanistan, alb=Albania, alg=Algeria, dza=Algeria, and=Andorra, ang=Angola, ago=Angola,
    arg=Argentina, arm=Armenia, aus=Australia, aut=Austria, aze=Azerbaijan, bah=Bahamas, brn=Bahrain,
    ban=Bangladesh, bgd=Bangladesh, bar=Barbados, blr=Belarus, bel=Belgium, bol=Bolivia,
    bih=Bosnia and Herzegovina, bot=Botswana, bra=Brazil, bul=Bulgaria, bgr=Bulgaria, cam=Cambodia,
    khm=Cambodia, cmr=Cameroon, can=Canada, chi=Chile, chl=Chile, chn=China, prc=China, col=Colombia,
    cod=Democratic Republic of the Congo, crc=Costa Rica, cri=Costa Rica, cro=Croatia, hrv=Croatia,
    cub=Cuba, cyp=Cyprus, cze=Czech Republic, den=Denmark, dnk=Denmark, dom=Dominican Republic,
    ecu=Ecuador, egy=Egypt, eng=England, esa=El Salvador, est=Estonia, eth=Ethiopia, fij=Fiji,
    fin=Finland, fra=France, geo=Georgia, ger=Germany, deu=Germany, gha=Ghana, gbr=United Kingdom,
    gre=Greece, grc=Greece, gua=Guatemala, hai=Haiti, hon=Honduras, hkg=Hong Kong, hun=Hungary,
    isl=Iceland, ind=India, ina=Indonesia, idn=Indonesia, iri=Iran, irn=Iran, irq=Iraq, irl=Ireland,
    isr=Israel, ita=Italy, civ=Ivory Coast, jam=Jamaica, jpn=Japan, jor=Jordan, kaz=Kazakhstan,
    ken=Kenya, kos=Kosovo, kor=South Korea, prk=North Korea, kuw=Kuwait, kgz=Kyrgyzstan, lao=Laos,
    lat=Latvia, lva=Latvia, lib=Lebanon, lbn=Lebanon, lie=Liechtenstein, ltu=Lithuania,
    lux=Luxembourg, mkd=North Macedonia, mad=Madagascar, mas=Malaysia, mys=Malaysia, mli=Mali,
    mlt=Malta, mri=Mauritius, mex=Mexico, mda=Moldova, mon=Monaco, mgl=Mongolia, mne=Montenegro,
    mar=Morocco, moz=Mozambique, mya=Myanmar, nam=Namibia, nep=Nepal, ned=Netherlands,
    nld=Netherlands, nzl=New Zealand, nca=Nicaragua, ngr=Nigeria, nga=Nigeria, nir=Northern Ireland,
    nor=Norway, oma=Oman, pak=Pakistan, ple=Palestine, pan=Panama, png=Papua New Guinea,
    par=Paraguay, per=Peru, phi=Philippines, phl=Philippines, pol=Poland, por=Portugal, prt=Portugal,
    pur=Puerto Rico, qat=Qatar, rou=Romania, rus=Russia, rwa=Rwanda, ksa=Saudi Arabia, sco=Scotland,
    sen=Senegal, srb=Serbia, sgp=Singapore, sin=Singapore, svk=Slovakia, slo=Slovenia, svn=Slovenia,
    som=Somalia, rsa=South Africa, zaf=South Africa, esp=Spain, sri=Sri Lanka, lka=Sri Lanka,
    sud=Sudan, sui=Switzerland, che=Switzerland, swe=Sweden, syr=Syria, twn=Taiwan, tpe=Chinese Taipei,
    tjk=Tajikistan, tan=Tanzania, tha=Thailand, tri=Trinidad and Tobago, tun=Tunisia, tur=Turkey,
    tkm=Turkmenistan, uga=Uganda, ukr=Ukraine, uae=United Arab Emirates, are=United Arab Emirates,
    uru=Uruguay, ury=Uruguay, usa=United States, uzb=Uzbekistan, ven=Venezuela, vie=Vietnam,
    vnm=Vietnam, wal=Wales, yem=Yemen, zam=Zambia, zim=Zimbabwe, urs=Soviet Union,
    ussr=Soviet Union, yug=Yugoslavia, frg=West Germany, gdr=East Germany, tch=Czechoslovakia,
    uk=United Kingdom, us=United States, eu=European Union, roc=Republic of China,
    fro=Faroe Islands, ggy=Guernsey, iom=Isle of Man, jey=Jersey, bmu=Bermuda, ber=Bermuda,
    grl=Greenland, aia=Anguilla, abw=Aruba, aru=Aruba, vgb=British Virgin Islands,
    cym=Cayman Islands, msr=Montserrat, sxm=Sint Maarten, vir=United States Virgin Islands,
    gib=Gibraltar, flk=Falkland Islands, guy=Guyana, sur=Suriname, blz=Belize, lbr=Liberia,
    lby=Libya, lba=Libya, mwi=Malawi, mtn=Mauritania, ner=Niger, nig=Niger, tog=Togo, zwe=Zimbabwe
    """.replace("\n", " ").split(",")
)
