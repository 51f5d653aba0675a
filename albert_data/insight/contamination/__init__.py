"""Which evaluation texts stand in a corpus: hashed word n-grams, counted in one pass over token files.

evaluation.py   SQuAD, RACE, GLUE and plain text → texts by part (contexts, questions, answers, texts)
words.py        piece ids → hashes of words
ngrams.py       hashes of words → hashes of n-grams, and finding them
search.py       the pass over a token cache → contamination.json
result.py       reading that again, for data cards
"""
