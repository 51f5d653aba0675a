"""Variables of the reference by their names in transformers' ``AlbertForPreTraining``."""

from __future__ import annotations

from .reference import LAYER
from .reference_shapes import EMBEDDING_MAP, POOLER

IN_LAYER = {
    "attention_1/self/query": "attention.query",
    "attention_1/self/key": "attention.key",
    "attention_1/self/value": "attention.value",
    "attention_1/output/dense": "attention.dense",
    "LayerNorm": "attention.LayerNorm",
    "ffn_1/intermediate/dense": "ffn",
    "ffn_1/intermediate/output/dense": "ffn_output",
    "LayerNorm_1": "full_layer_layer_norm",
}
WHOLE = {
    "bert/embeddings/word_embeddings": "albert.embeddings.word_embeddings.weight",
    "bert/embeddings/token_type_embeddings": "albert.embeddings.token_type_embeddings.weight",
    "bert/embeddings/position_embeddings": "albert.embeddings.position_embeddings.weight",
    "cls/predictions/output_bias": "predictions.bias",
    "cls/seq_relationship/output_weights": "sop_classifier.classifier.weight",
    "cls/seq_relationship/output_bias": "sop_classifier.classifier.bias",
}
PREFIX = {
    "bert/embeddings/LayerNorm": "albert.embeddings.LayerNorm",
    EMBEDDING_MAP: "albert.encoder.embedding_hidden_mapping_in",
    POOLER: "albert.pooler",
    "cls/predictions/transform/dense": "predictions.dense",
    "cls/predictions/transform/LayerNorm": "predictions.LayerNorm",
}
LEAF = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
# Another name of the same variable, which some classes and versions store in its place.
TIED = {
    "albert.embeddings.word_embeddings.weight": "predictions.decoder.weight",
    "predictions.bias": "predictions.decoder.bias",
}
BODY = "albert."  # before the names of the encoder, in a folder that has heads, too


def hugging_face_name(name: str) -> str:
    """Name of a reference variable in ``AlbertForPreTraining``; a kernel is transposed there."""
    if name in WHOLE:
        return WHOLE[name]
    owner, leaf = name.rsplit("/", 1)
    layer = LAYER.match(owner + "/")
    if layer:
        group, inner = layer.groups()
        part = IN_LAYER[owner[layer.end() :]]
        at = f"albert.encoder.albert_layer_groups.{group}.albert_layers.{inner}"
        return f"{at}.{part}.{LEAF[leaf]}"
    return f"{PREFIX[owner]}.{LEAF[leaf]}"
