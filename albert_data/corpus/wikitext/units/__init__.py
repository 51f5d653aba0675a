"""Units of measurement as English Wikipedia's {{convert}} knows them.

The data, which an editor of Wikipedia can read and extend: `everyday.py`, `technical.py`, `composed.py`,
`codes.py`, `defaults.py`, `ranges.py`. `lookup.py` finds a unit (`unit.py`) by its code; `amounts.py` reads
and shows numbers, `words.py` spells them; `rounding.py` converts; `options.py` are the template's;
`results.py` and `phrase.py` make the amounts and the text of a conversion.
"""
