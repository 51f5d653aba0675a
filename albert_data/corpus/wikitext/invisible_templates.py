"""Templates that show no text in a sentence: notes, maintenance, navigation, boxes, pictures.

Any other template that is not in `template_table` leaves a hole. Names in lower case. A family is named
by how its names begin, end, or what they hold.
"""

from __future__ import annotations

import re
from functools import lru_cache

_NOTES = """
arxiv, asin, bibcode, cbignore, citation, cite, citequote, closed access, dead link, doi,
doi-inline, efn, efn-la, efn-lg, efn-ua, eissn, find a grave, fn, fnb, foot, free access, gr, harv,
harvc, harvid, hdl, ibid, imdb name, imdb title, inflation-fn, inflation-year, inflation/fn,
inflation/year, isbn, isbnt, issn, jstor, lccn, loc. cit., mr, note, note harvard, note label,
notelist, notetag, oclc, ol, op. cit., open access, osti, page number, paywall, pmc, pmid, r, ref,
ref harv, ref harvard, ref label, ref num, ref_label, refbegin, refend, references,
references-small, reflist, refn, refs, registration required, rfc, rp, s2cid, self-published inline,
self-published source, sfn, sfnlink, sfnm, sfnmp, sfnp, sfnref, sps, ssrn, subscription,
subscription required, unsigned, ussupremecourt, vcite, wayback, webarchive, zbl
"""
_MAINTENANCE = """
according to whom, advert-inline, ambiguous, attribution, attribution needed, author missing,
awkward, better source, better source needed, buzz, by whom, by whom?, chronology citation needed,
citation needed, citation needed (lead), citation style, citation-needed, cite check, cite needed,
clarification, clarification needed, clarify, clarifyme, cn, compared to?, context inline, context
needed, contradict-inline, contradiction-inline, copyedit inline, dab needed, date missing,
definition, definition needed, disambiguation needed, discuss, disputed inline, disputed-inline, dn,
dubious, elaborate, elucidate, example needed, examples, expand, expand section, fact, failed
verification, fanpov inline, full, full citation needed, globalize inline, globalize-inline, how,
image reference needed, importance inline, imprecise, incomprehensible inline, inconsistent,
irrelevant citation, isbn missing, jargon inline, jargon statement, lead too short, link, lopsided,
mcn, medcn, medical citation needed, medrs, need citation, need quotation, needs citation, needs
update, neutrality disputed, non-primary source needed, nonspecific, not in citation given, not in
source, obsolete source, off-topic-inline, opinion, or, original research inline, outdated inline,
page needed, page?, pages needed, peacock inline, peacock term, pov-inline, pov-statement, primary
source inline, promotion inline, publisher missing, qn, qualify evidence, quotation needed, ref?,
relevance inline, relevance-inline, request quotation, says who, scientific citation needed, sic?,
source needed, specify, speculation inline, spelling?, syn, synthesis inline, technical statement,
third-party inline, time needed, title missing, tone-inline, too many links, unbalanced opinion,
undue inline, undue-inline, unreliable source, unreliable source?, update after, update inline,
update-inline, vague, verification needed, verify credibility, verify source, volume needed, weasel
inline, weasel word, weasel-inline, what, when, when?, where, which, who, who?, whom, whose, why,
year needed
"""
_PAGE = """
-, -0, abbreviations, about, about2, advert, algebraic notation, ambox, anchor, anchors, annotated
image, annotated link, article issues, articles, authority control, automatic taxobox, aye, bar
chart, blp sources, blp unsourced, bots, box-footer, box-header, broader, calendar, chart, chembox,
chinese name, clade, cladogram, cleanup, clear, clear left, clear right, clearleft, clearright,
click, climate chart, clr, coi, col div, col-2, col-3, col-4, col-begin, col-break, col-end,
col-float, col-float-break, col-float-end, col-start, colbegin, colend, collapse bottom, collapse
top, collapsed, collapsible list, color box, colour box, columns, commons, commons category, commons
category-inline, commonscat, compact toc, confused, confusing, contains chinese text, contains indic
text, contains japanese text, contains special characters, coor title d, coor title dm, coor title
dms, coord missing, correct title, cricket squad, cricon, cross, css image crop, dablink, decade
box, decrease, defaultsort, details, displaytitle, disputed, distinguish, div, div col, div col end,
div col start, div end, divcol, double image, down, drugbox, dsh, eastern slavic name, election box,
end, end box, end div, end spoiler, endflatlist, endplainlist, endspoiler, engvar, engvarb, engvaro,
events by month links, example farm, expert needed, external image, external media, external video,
family name hatnote, familytree, familytree/end, familytree/start, fb start, fbicon, featured
article, featured list, fiction, fix bunching, flag icon, flagdeco, flagicon, flagicon image,
football box, footballbox, for, for2, force toc, further, further information, further2, gain,
gallery, geobox, globalize, glossary, glossary end, good article, graph, hatnote, hidden, hidden
begin, hidden end, hidden sort key, historical populations, hs, hungarian name, icelandic name,
image label, in use, increase, infobox, inline-block, italic title, italictitle, japanese name,
korean name, lead missing, lead rewrite, legend, legend inline, legend0, listen, location map,
location map+, long plot, loss, lowercase, lowercase title, main, main article, main list, main
other, mapframe, maplink, merge, more, more citations needed, more footnotes, more information,
move, multi-listen, multiple image, multiple issues, navbox, nay, no footnotes, no toc, nobots,
nochange, noprint, not to be confused with, notability, nowrap begin, nowrap end, nowrap start,
nowraplinks, nowraplinks end, ntsh, one source, orphan, osm location map, other uses, other uses of,
otheruses, otherusesof, paraphyletic group, patronymic name, pie chart, plainlist end, portal,
portal bar, portal-inline, portuguese name, pov, pp, pp-move, pp-move-indef, pp-pc1, pp-protected,
pp-semi, pp-semi-indef, pp-vandalism, primary sources, r from move, rcat shell, redirect, redirect
category shell, redirect2, refimprove, refstart, rugbyicon, s-end, s-start, sd, see, see also, see
also2, seealso, selfref, short desc, short description, shortcut, sidebar, similar names, sister
project links, sisterlinks, sort key, sortkey, spanish name, special characters, speciesbox, split,
spoiler, stack, stack begin, stack end, stackbegin, stackend, start, start box, steady, stub,
subject bar, subspeciesbox, succession box, tall image, taxobox, taxonbar, templatestyles, this date
in recent years, tick, timeline, title language, toc, toc left, toc limit, toc right, tocleft,
toclimit, tocright, tone, track listing, tracklist, tree list, tree list/end, triple image, trivia,
under construction, unreferenced, up, update, us census population, use american english, use
british english, use dmy dates, use mdy dates, use oxford spelling, vietnamese name, void, weather
box, wide image, wikibooks, wikinews, wikiquote, wikisource, wikispecies, wikivoyage, wiktionary,
year dab, year nav, ·clear
"""
_OTHER_LANGUAGES = """
accès libre, à sourcer, article, belege fehlen, cita libro, cita publicación,
cita web, citation nécessaire, citazione necessaria, control de autoridades, controllo di autorità,
ébauche, homonymie, internetquelle, légende, lien web, literatur, normdaten, nota disambigua, ouvrage,
palette, portail, quand, ref-de, ref-en, ref-fr, ref-web, référence, senza fonte, voir homonymes,
кто, источник, когда, нет аиф, примечания, 出典, 脚注, 要出典, 要追加記述
"""
INVISIBLE = frozenset(
    " ".join(name.split())
    for names in (_NOTES, _MAINTENANCE, _PAGE, _OTHER_LANGUAGES)
    for name in names.replace("\n", " ").split(",")
    if name.strip()
)

# How the names of families begin, end, or what they are.
_BEGINNINGS = (
    "cite |infobox|unreferenced|unsourced|refimprove|more citations|campaignbox|album |"
    "use (?:dmy|mdy|[a-z]+ english)|pp-|portal|commons|sister|authority|navbox|cleanup|"
    "geobox|taxobox|sfn|efn|harvcol|vcite|blp |clear ?(?:left|right)|toc |familytree|tree chart|clade |"
    "tree list|routemap|bs-|#tag:ref|contains |copied |internet ?archive|gutenberg|librivox|imdb |flagicon|"
    "wik(?:tionary|isource|iquote|ibooks|inews|iversity|ivoyage|ispecies)|"
    "discogs|musicbrainz|allmusic|worldcat|catholic encyclopedia|eb1911|dead |redirect[ -]|"
    "r (?:from|to) |s-(?:start|end|bef|ttl|aft|hou|reg|off|ach|inc|break|par)|col-|legend|election box|"
    "fb (?:cl|rs|r |start|end)|footballbox|expand [a-z]"
)
_ENDINGS = (
    "infobox|taxobox|navbox|sidebar|[- ]stub|[- ]inline|inline\\)|notice| footer| navigation| needed\\??|"
    " succession| topics?| navbar| banner|box"
)
_FAMILIES = re.compile(rf"(?:{_BEGINNINGS}).*|.*(?:{_ENDINGS})")


@lru_cache(maxsize=2**14)  # a wiki's pages name the same templates again and again
def is_invisible(name: str) -> bool:
    """Whether a template of this name, in lower case, shows no text in a sentence."""
    return name in INVISIBLE or _FAMILIES.fullmatch(name) is not None
