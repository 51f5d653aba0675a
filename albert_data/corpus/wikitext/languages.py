"""Names of the languages that `{{lang-xx|…}}` puts before its text."""

LANGUAGES = dict(
    pair.strip().split("=")
    for pair in """
    af=Afrikaans, akk=Akkadian, am=Amharic, ang=Old English, ar=Arabic, arc=Aramaic, ast=Asturian,
    az=Azerbaijani, be=Belarusian, bg=Bulgarian, bn=Bengali, bo=Tibetan, br=Breton, bs=Bosnian,
    ca=Catalan, cel=Celtic, co=Corsican, cop=Coptic, cs=Czech, cu=Church Slavonic, cy=Welsh,
    da=Danish, de=German, dv=Dhivehi, egy=Egyptian, el=Greek, en=English, eo=Esperanto, es=Spanish,
    et=Estonian, eu=Basque, fa=Persian, fi=Finnish, fil=Filipino, fo=Faroese, fr=French,
    frm=Middle French, fro=Old French, fy=West Frisian, ga=Irish, gd=Scottish Gaelic, gl=Galician,
    goh=Old High German, got=Gothic, grc=Ancient Greek, gu=Gujarati, gv=Manx, ha=Hausa,
    haw=Hawaiian, he=Hebrew, hi=Hindi, hr=Croatian, ht=Haitian Creole, hu=Hungarian, hy=Armenian,
    id=Indonesian, is=Icelandic, it=Italian, ja=Japanese, jv=Javanese, ka=Georgian, kk=Kazakh,
    km=Khmer, kn=Kannada, ko=Korean, ku=Kurdish, kw=Cornish, ky=Kyrgyz, la=Latin, lb=Luxembourgish,
    lo=Lao, lt=Lithuanian, lv=Latvian, mg=Malagasy, mi=Māori, mk=Macedonian, ml=Malayalam,
    mn=Mongolian, mr=Marathi, ms=Malay, mt=Maltese, my=Burmese, nah=Nahuatl, nb=Norwegian,
    nds=Low German, ne=Nepali, nl=Dutch, nn=Norwegian, no=Norwegian, non=Old Norse, oc=Occitan,
    or=Odia, os=Ossetian, ota=Ottoman Turkish, pa=Punjabi, pl=Polish, ps=Pashto, pt=Portuguese,
    qu=Quechua, rm=Romansh, ro=Romanian, ru=Russian, rus=Russian, sa=Sanskrit, sc=Sardinian,
    scn=Sicilian, sco=Scots, sd=Sindhi, se=Northern Sami, sh=Serbo-Croatian, si=Sinhala, sk=Slovak,
    sl=Slovene, so=Somali, sq=Albanian, sr=Serbian, sv=Swedish, sw=Swahili, syr=Syriac, ta=Tamil,
    te=Telugu, tg=Tajik, th=Thai, tk=Turkmen, tl=Tagalog, tr=Turkish, tt=Tatar, ug=Uyghur,
    uk=Ukrainian, ukr=Ukrainian, ur=Urdu, uz=Uzbek, vi=Vietnamese, wa=Walloon, wo=Wolof, xh=Xhosa,
    yi=Yiddish, yo=Yoruba, yue=Cantonese, zh=Chinese, zu=Zulu
    """.replace("\n", " ").split(",")
)
