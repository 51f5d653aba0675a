"""Languages: their English names, which marks end a sentence, and whether a text may have English words.

On the English Wikipedia `{{lang-xx|…}}` puts the language's name before its text (`Latin: anno`). The
templates of that name elsewhere put nothing, or words of their own language, which are left out here: no
English word is put into another language's text.
"""

from __future__ import annotations

import re
from dataclasses import replace

from albert_data.corpus.wikitext.page import PageContext

UNDETERMINED = "und"  # a language that is not known, but is not English (ISO 639-2)

# Marks that end a sentence: the property Sentence_Terminal of the Unicode Character Database 14, without
# scripts that no Wikipedia is written in; and … with the marks of Thai, Tibetan and Khmer, which it leaves
# out. The Greek question mark is a semicolon, which ends no sentence elsewhere.
SENTENCE_ENDS = (
    ".!?…‼‽⁇⁈⁉"  # Latin, Cyrillic, Greek …
    "։؞؟۔܀܁܂"  # Armenian, Arabic, Urdu, Syriac
    "߹।॥။๚๛།༎"  # N'Ko, Indic, Burmese, Thai, Tibetan
    "።፧፨᙮។៕᠃᠉᥄᥅"  # Ethiopic, Inuktitut, Khmer, Mongolian, Limbu
    "᪨᪩᭚᭛᭞᭟᰻᰼᱾᱿"  # Tai Tham, Balinese, Lepcha, Ol Chiki
    "。．！？｡︒꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫"  # Chinese, Japanese, Lisu, Vai … Javanese, Cham, Manipuri
)

_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
_LATIN = re.compile(r"[a-z]")
_WORDS = re.compile(r"[^\W\d_]+")
_SAMPLE = 8000  # characters
_ENGLISH = frozenset("the of and with was which by from were".split())
# The commonest words of other languages in Latin letters; none is one of English.
_NOT_ENGLISH = frozenset(
    "der die das und ist ein eine den dem von mit wurde auch les des une et est dans du par sur qui el los"
    " las del que una por con para fue il della che di nel sono è não uma com dos em os het een van zijn"
    " werd och att av som är den det og til på blev się jest nie z przez na je se ve bir bu ile és az egy"
    " och și este din în la de en ja oli sekä kaj estas là của và một các trong yang dan ini pada ang"
    " ng mga els amb eta da ya wa është dhe më ir yra un kas ja et oma dem nga".split()
)
_BY_CHANCE = 2  # in names and codes

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


def guessed(page: PageContext, markup: str) -> PageContext:
    """The page of an unknown wiki: one of an undetermined language where its text is not English."""
    if reads_as_english(markup):
        return page
    return replace(page, site=replace(page.site, language=UNDETERMINED))


def reads_as_english(text: str) -> bool:
    """Whether a text may be English: at its beginning most letters are Latin, and other languages' commonest
    words do not outnumber those of English."""
    sample = text[:_SAMPLE].lower()
    if not sample.isascii() and len(_NOT_LATIN.findall(sample)) > len(_LATIN.findall(sample)):
        return False
    words = _WORDS.findall(sample)
    english = sum(word in _ENGLISH for word in words)
    return sum(word in _NOT_ENGLISH for word in words) <= max(english, _BY_CHANCE)
