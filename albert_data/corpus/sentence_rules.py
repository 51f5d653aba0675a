"""What sentencex does not know about the ends of sentences, as tables and patterns.

`sentence_cuts` applies them. Chosen and measured with `benchmarks/sentences.py` on Universal
Dependencies' English GUM and EWT.
"""

from __future__ import annotations

import re

# Marks that sentencex would not cut between, each hidden from it by as many spaces: those that open,
# and those that do both. A closing mark without an opening one does no harm. `'` opens after a space.
HIDDEN = (
    '"', "“", "„", "‟", "«", "»", "‹", "›", "‘", "‚", "`", "''", "「", "『", "《", "〈",
    # It takes what follows one of these for an item of a list, which it would not cut either.
    "•", "◦", "▪", "▫", "■", "□", "●", "○", "★", "☆", "►", "▶",
)  # fmt: skip
CLOSING_ALONE = "»”›"  # closes a quotation where it stands between two spaces: « Non. »

# Between the end of a sentence and the next there are: more full stops, closing marks, white space.
AFTER_STOP = re.compile(r"[.!?…]*[\"“”«»‹›‘’'\])]*")
AFTER_STOP_CJK = re.compile(r"[。．！？!?…]*[」』》〉）”’\"\])]*")
JAPANESE_PARTICLES = "とっ、，"  # 「行く。」と言った is one sentence

# "1." is no sentence, nor are "A.", "(iv)." or "IV." that begin a paragraph.
_NUMBER = r"\d{1,3}(?:\.\d{1,3})*"
NUMBER_ALONE = re.compile(rf"\(?{_NUMBER}[.)]+")
LABEL_ALONE = re.compile(rf"\(?(?:{_NUMBER}|[IVXLC]{{1,6}}|[ivxlc]{{1,5}}|[A-Za-z])[.)]+")
LABEL_LENGTH = 16  # characters; a longer sentence is no label

# Abbreviations that a number follows, of several languages, in lower case; so does any single letter.
BEFORE_NUMBERS = frozenset(
    """
    no nos nr nrs num p pp pg pgs par para paras fig figs sec secs sect vol vols ca circ approx abt art
    arts ch chs chap chaps eq eqs op opp cap bk bks pt pts ex exx tab tabs pl pls fol fols col cols
    ll vv nn est fl ver vers rev ed eds ser sess cl div reg regs subd tit min max avg diam temp tel
    ext rm apt ste lat lib cf jan feb mar apr jun jul aug sep sept oct nov dec gen exod lev deut josh
    judg ps pss prov isa jer ezek matt mk lk jn rom cor eph thess heb jas rs
    bd bde abs kap abb ziff anm rn rdnr blz hst núm pág págs aprox pag pagg éd стр рис табл гл ст
    """.split()  # fmt: skip
)
# And those, no words themselves, behind which a sentence goes on in lower case.
BEFORE_LOWER = frozenset(
    "approx fig figs vol vols pp nos mon tues wed thurs fri jan feb sept oct nov dec".split()
)
NUMBER_IN_BRACKETS = re.compile(r"\(\d{1,3}[a-z]?\)")  # See Eq. (3).
NUMBER_NEXT = re.compile(
    r"[$£€#§(]?\d|[IVXLC]{2,}\b|[IVXLC](?=[.,;:)]|$| (?:of|to|and|is|was|und|et)\b)"
)
ORDINAL_BEFORE_LOWER = re.compile(r"(?:^|[ (])\d{1,3}\.$")  # the 2. edition; 1. that it is

# Titles with ! or ?: the film Maria! (1965), and …
BRACKET_GOES_ON = re.compile(r"\((?:\d{4}\)|[^()]{0,80}\)[,;:]? ?[a-z,;])")
DASH_GOES_ON = re.compile(r"(?:[—–]|--?) ?[^\W\d_A-Z]")
NOTE_AFTER = re.compile(
    r"\[(?:[\d ,–-]+|\.\.\.|…|[a-z][a-z ]{,30} (?:needed|added|mine|ours))\](?: |(?=\n))"
)

# “Is it?” Betty asked. English verbs of saying.
_VERBS = (
    "said says say asked asks ask cried cries replied replies answered answers whispered shouted"
    " exclaimed murmured muttered called added returned inquired enquired demanded thought continued"
    " screamed yelled ejaculated observed remarked repeated began snapped growled howled laughed sighed"
    " sobbed gasped interrupted roared wondered started retorted rejoined echoed urged pleaded begged"
    " protested responded declared announced suggested explained insisted hissed groaned moaned"
    " mumbled stammered faltered sneered chuckled smiled"
).replace(" ", "|")
SAYS = re.compile(
    rf"(?:I|He|She|It|We|You|They|The \w+(?: \w+)?|(?:(?:Mr|Mrs|Dr|Miss|Sir|Lady|Lord)\.? )?[A-Z][\w’'-]+"
    rf"(?: [A-Z][\w’'-]+)?) (?:\w+ly )?(?:{_VERBS})\b"
)

# Where sentencex makes no cut: behind words that it takes for abbreviations (of me. Peter came), before
# the pronoun (I saw him. I went), behind “No.” and behind (A whole sentence in brackets.)
MAYBE_END = re.compile(
    r"[.!?]([\"”’]?)(\)?) (?=[\"“‘'(]?"
    r"(?:(I (?!of |to |and )[a-z]|I['’](?:m|ve|d|ll)\b)|[A-Z][a-z’']|A ))"
)
LAST_WORDS = frozenset("me ill may ore no art pa miss fed id min sec reps etc".split())
NEVER_LAST = frozenset(
    """
    e.g E.g i.e I.e viz Viz cf Cf vs Mr Mrs Ms Dr Prof Rev St Sr Capt Col Gen Messrs Art Sec Fig Pt pt
    vol vols Vol chap Chap ch Ch bk Bk pp Act Sc
    """.split()
)
