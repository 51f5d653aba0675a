"""How many operations a training step is, to set its time against a device's peak."""

from __future__ import annotations

from ..configs import AlbertConfig


def training_flops(config: AlbertConfig, length: int, predictions: int) -> float:
    """Floating-point operations of forward and backward pass of one example.

    Matrix products only, two operations a multiply-add, backward twice the forward; recomputation
    is not counted, as in the usual definition of MFU.
    """
    hidden, embedding = config.hidden_size, config.embedding_size
    dense = 4 * hidden * hidden + 2 * hidden * config.intermediate_size
    layer = length * dense + 2 * length * length * hidden
    layers = config.num_hidden_layers * config.inner_group_num * layer
    widen = length * embedding * hidden if embedding != hidden else 0
    heads = hidden * hidden + predictions * (hidden * embedding + embedding * config.vocab_size)
    return 3.0 * 2.0 * (layers + widen + heads)
