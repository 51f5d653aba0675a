"""The audit of shards that others made: which form they have, and how far they follow the laws.

batch.py     what every form becomes: ids, texts before masking, what is predicted, the sentence label
pieces.py    which ids are special and which begin a word: by a vocabulary, or by the records
forms.py     what a file is, and the records of all files as batches
tfrecords.py google-research/albert, BERT, tensorflow/models
hdf5.py      NVIDIA's BERT
tables.py    Parquet and Arrow: LDDL's pairs, Hugging Face's labels of -100
counts.py    one pass over the batches: all that is counted
related.py   whether x2 comes from x1's document, by the idf cosine of a sample
findings.py  the counts beside what the paper, the reference and BERT would give
evaluation_text.py  texts of evaluation files in the records
audit.py     all of it for one path
page.py      the same as a page
"""
