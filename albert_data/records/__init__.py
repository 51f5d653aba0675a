"""What a record is on disk, written and read.

wire.py         a tf.Example's bytes
tfrecord.py     the framing of a file of records
encode.py       pairs → masked records
unmasked.py     pairs → records that the trainer masks
parse.py        records → arrays
validate.py     whether arrays are what the pipeline writes
spelled_out.py  a record as people read it
"""
