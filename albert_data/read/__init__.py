"""Reads shards for any trainer: random access, and batches in one global order for any number of hosts.

order.py         which record stands at each place of a run
shard_bytes.py   mapped files and where their records begin
decode.py        framed records → arrays of a batch, compiled (intrinsics.py: three instructions for it)
shard_reader.py  `open_shards`: what users call

Neither TensorFlow nor Beam is imported, Beam only for `gs://` and `s3://`.
"""
