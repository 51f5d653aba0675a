"""Build, check and explain ALBERT pretraining shards. No Beam and no TensorFlow is imported here."""

__version__ = "0.2.0"
