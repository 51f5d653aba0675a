"""Weights in and out: the reference's variable names, TF1 checkpoints, Hugging Face folders."""
