"""Variables of the reference by BERT's names: in google-research/bert and in transformers.

Here BERT is an ALBERT that shares nothing, with E = H: layer i is ``group_i/inner_group_0``.
"""

from __future__ import annotations

from .reference import LAYER

IN_LAYER = {
    "attention_1/self/query": "attention/self/query",
    "attention_1/self/key": "attention/self/key",
    "attention_1/self/value": "attention/self/value",
    "attention_1/output/dense": "attention/output/dense",
    "LayerNorm": "attention/output/LayerNorm",
    "ffn_1/intermediate/dense": "intermediate/dense",
    "ffn_1/intermediate/output/dense": "output/dense",
    "LayerNorm_1": "output/LayerNorm",
}
WHOLE = {
    "bert/embeddings/word_embeddings": "bert.embeddings.word_embeddings.weight",
    "bert/embeddings/token_type_embeddings": "bert.embeddings.token_type_embeddings.weight",
    "bert/embeddings/position_embeddings": "bert.embeddings.position_embeddings.weight",
    "cls/predictions/output_bias": "cls.predictions.bias",
    "cls/seq_relationship/output_weights": "cls.seq_relationship.weight",
    "cls/seq_relationship/output_bias": "cls.seq_relationship.bias",
}
LEAF = {"kernel": "weight", "bias": "bias", "gamma": "weight", "beta": "bias"}
# Another name of the same variable, which some classes and versions store in its place.
TIED = {
    "bert.embeddings.word_embeddings.weight": "cls.predictions.decoder.weight",
    "cls.predictions.bias": "cls.predictions.decoder.bias",
}
BODY = "bert."


def tf1_name(name: str) -> str:
    """Name of a reference variable in a TF1 checkpoint of BERT."""
    owner, leaf = name.rsplit("/", 1)
    layer = LAYER.match(owner + "/")
    if not layer:
        return name
    return f"bert/encoder/layer_{layer[1]}/{IN_LAYER[owner[layer.end() :]]}/{leaf}"


def hugging_face_name(name: str) -> str:
    """Name of a reference variable in ``BertForPreTraining``; a kernel is transposed there."""
    if name in WHOLE:
        return WHOLE[name]
    owner, leaf = tf1_name(name).rsplit("/", 1)
    return f"{owner.replace('layer_', 'layer.').replace('/', '.')}.{LEAF[leaf]}"


def hugging_face_name_of_old(name: str) -> str:
    """The same in folders of the first versions, whose layer norms have ``gamma`` and ``beta``."""
    leaf = name.rsplit("/", 1)[-1]
    theirs = hugging_face_name(name)
    return f"{theirs.rsplit('.', 1)[0]}.{leaf}" if leaf in ("gamma", "beta") else theirs
