"""Codes of languages: all of ISO 639-1, and the three-letter ones that Wikipedias are named by."""

from __future__ import annotations

import re

TWO_LETTERS = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
    ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
    lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
    rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to
    tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()
)
THREE_LETTERS = frozenset(
    """
    ace ady als alt ami ang anp arc ary arz ast atj avk awa azb ban bar bbc bcl bdr bew bjn blk bpy bug
    bxr cdo ceb cho chr chy ckb crh csb cyo dag dga din diq dsb dtp dty ext fat fil fon frp frr fur gag
    gan gcr glk gom gor got gpe grc guc gur guw hak haw hif hsb hyw iba ilo inh jam jbo kaa kab kbd kbp
    kcg kge koi krc ksh kus lad lbe lez lfn lij lld lmo ltg lzh mad mai mdf mhr min mnw mos mrj mwl myv
    mzn nah nan nap nds new nia nov nqo nrm nso nup olo pag pam pap pcd pcm pdc pfl pih pms pnb pnt pwn
    rmy rsk rue rup sah sat scn sco sgs shi shn skr smn srn stq szl szy tay tcy tdd tet tig tly
    tpi trv tum tyv udm vec vep vls vro war wuu xal xmf yue zea zgh
    """.split()
)
_CODE = re.compile(r"([a-z]+)(?:[-_][a-z0-9]{2,8})*")


def base(code: str) -> str:
    """`pt` of `pt-BR` or `pt_br`; empty unless it is a code of a language.

    ISO 639-2's three-letter codes of languages that have two letters (`eng`) are none of these.
    """
    match = _CODE.fullmatch(code.lower())
    if match and (match[1] in TWO_LETTERS or match[1] in THREE_LETTERS):
        return match[1]
    return ""
