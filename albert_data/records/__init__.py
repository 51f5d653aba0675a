"""What a record is on disk, written and read.

features.py     the table of features: what a record holds, one row each
wire.py         a tf.Example's bytes, for any list of features
tfrecord.py     the framing of a file of records
encode.py       pairs → records, masked or for the trainer to mask
parse.py        records → arrays
validate.py     whether arrays are what the pipeline writes
spelled_out.py  a record as people read it
"""
