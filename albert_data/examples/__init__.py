"""What is in an example, as kernels over flat arrays: from the sentences of documents to masked tokens.

rng.py        random streams, named by seed, document, dupe and purpose
pairs.py      sentences → segment pairs and their labels
span_law.py   how long a masked span is: p(n), and what makes up for the end of the budget
masking.py    pairs → tokens with masks: budget, spans, 80/10/10
dynamic.py    the same masks for records that have none yet, while training
"""
