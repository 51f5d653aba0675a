"""The model and its trainer. Where JAX is installed and TensorFlow is not, Keras computes with it."""

import os
from importlib.util import find_spec

if find_spec("tensorflow") is None and find_spec("jax") is not None:
    os.environ.setdefault("KERAS_BACKEND", "jax")  # Keras reads it once, when it is imported
