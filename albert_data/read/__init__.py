"""Reads shards for any trainer: random access, and batches in one global order for any number of hosts.

shard_reader.py  `open_shards`: what users call; mixture.py: `open_mixture`, and shares.py: whose turn it is
run.py           batches of a run, for any number of hosts; names.py: what a batch's features are called
order.py         which record stands at each place of a run
record_set.py    the records of one set by their numbers
shard_bytes.py   mapped files and where their records begin; ranges.py: those of an object store
decode.py        framed records → arrays of a batch, compiled
foreign.py       TFRecord files without a manifest
for_*.py         for PyTorch, Grain, TensorFlow and `datasets`; export.py: other forms of files

Neither TensorFlow nor Beam is imported, but by `for_tensorflow.py`, and Beam for `gs://` and `s3://`.
"""
