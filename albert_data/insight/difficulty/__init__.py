"""How easy a shard set is without a model: the lines that a trained one must beat.

pair_sample.py  records as flat arrays: texts of both segments, their documents, what is predicted
take.py         such a sample of a build's shards
baseline.py     a mean with its standard error, records of one document counted as one draw
cosine.py       one threshold on the idf cosine of x1 and x2
logistic.py     a logistic regression on words and end pieces, tested on other documents
measure.py      all of it: `difficulty.json`, and the integers of the manifest
lines.py        the same for people: data card, report, trainer
"""
