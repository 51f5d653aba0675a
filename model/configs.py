"""Model configurations: the table of the ALBERT paper as frozen dataclasses.

In: a name ("albert-base") and overrides. Out: a validated ``AlbertConfig``. Field names are those
of Hugging Face's ``AlbertConfig``, so a ``config.json`` can be read and written without a
dictionary of synonyms; ``sharing`` is the one field added.

Sharing is expressed by two functions of the layer number, ``attention_group(layer)`` and
``feed_forward_group(layer)``: layers that get the same number use the same weights. Layer i of L
in N groups belongs to group ⌊i·N/L⌋; a block that is not shared has one group a layer.

Source: Lan et al. 2020 (arXiv 1909.11942), tables 1, 3 and 4; Devlin et al. 2019 for BERT.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHARING = ("all", "attention", "ffn", "none")
ACTIVATIONS = ("gelu", "gelu_new", "relu", "tanh")


@dataclass(frozen=True)
class AlbertConfig:
    """Shape and regularisation of one ALBERT (or, with nothing shared and E = H, BERT) model.

    Attributes:
        vocab_size: int. V, rows of the embedding table.
        embedding_size: int. E, width of the embedding table. E = H leaves the E to H map out.
        hidden_size: int. H, width of every layer.
        num_hidden_layers: int. L, layers the input passes through.
        num_hidden_groups: int. N, sets of weights that the L layers use, for the shared blocks.
        inner_group_num: int. Transformer layers applied one after the other in each of the L.
        num_attention_heads: int. Must divide ``hidden_size``.
        intermediate_size: int. Width inside the feed-forward block.
        hidden_act: str. "gelu_new" is the tanh form that the reference calls "gelu"; "gelu" is
            the exact form (Hugging Face's meaning of both words).
        hidden_dropout_prob: float. Dropout after the embeddings and after each block.
        attention_probs_dropout_prob: float. Dropout of the attention probabilities.
        classifier_dropout_prob: float. Dropout before a fine-tuning head; unused in pretraining.
        max_position_embeddings: int. Longest input.
        type_vocab_size: int. Number of segments.
        initializer_range: float. Standard deviation of the truncated normal initial weights.
        layer_norm_eps: float. Added to the variance in every layer norm.
        sharing: str. "all", "attention", "ffn" (feed-forward) or "none". A layer norm goes with
            the block it follows.
    """

    vocab_size: int = 30000
    embedding_size: int = 128
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_hidden_groups: int = 1
    inner_group_num: int = 1
    num_attention_heads: int = 12
    intermediate_size: int = 3072
    hidden_act: str = "gelu_new"
    hidden_dropout_prob: float = 0.1
    attention_probs_dropout_prob: float = 0.1
    classifier_dropout_prob: float = 0.1
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    initializer_range: float = 0.02
    layer_norm_eps: float = 1e-12
    sharing: str = "all"

    def __post_init__(self) -> None:
        check_types(self)
        for name in (f.name for f in dataclasses.fields(self) if f.type == "int"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)!r}: must be at least 1")
        for name in ("initializer_range", "layer_norm_eps"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)!r}: must be at least 0")
        rates = [f.name for f in dataclasses.fields(self) if f.name.endswith("dropout_prob")]
        for name in rates:
            if not 0.0 <= getattr(self, name) < 1.0:
                raise ValueError(f"{name}={getattr(self, name)!r}: must be in [0, 1)")
        for name, allowed in (("sharing", SHARING), ("hidden_act", ACTIVATIONS)):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name}={getattr(self, name)!r}: must be one of {', '.join(allowed)}"
                )
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(
                f"num_attention_heads={self.num_attention_heads}: must divide "
                f"hidden_size={self.hidden_size}"
            )
        if self.num_hidden_groups > self.num_hidden_layers:
            raise ValueError(
                f"num_hidden_groups={self.num_hidden_groups}: at most one group a layer, "
                f"num_hidden_layers={self.num_hidden_layers}"
            )
        if self.sharing == "none" and self.num_hidden_groups not in (1, self.num_hidden_layers):
            raise ValueError(
                f"num_hidden_groups={self.num_hidden_groups}: sharing='none' has one group a "
                "layer; leave num_hidden_groups out, or use sharing='all' for groups"
            )

    def attention_group(self, layer: int) -> int:
        """Number of the attention weights that ``layer`` (0 … L−1) uses."""
        return self._group(layer, shared=self.sharing in ("all", "attention"))

    def feed_forward_group(self, layer: int) -> int:
        """Number of the feed-forward weights that ``layer`` (0 … L−1) uses."""
        return self._group(layer, shared=self.sharing in ("all", "ffn"))

    def _group(self, layer: int, shared: bool) -> int:
        if not 0 <= layer < self.num_hidden_layers:
            raise IndexError(f"layer {layer} of {self.num_hidden_layers}")
        return layer * self.num_hidden_groups // self.num_hidden_layers if shared else layer

    @property
    def num_attention_groups(self) -> int:
        """Number of different sets of attention weights (times ``inner_group_num``)."""
        return self.attention_group(self.num_hidden_layers - 1) + 1

    @property
    def num_feed_forward_groups(self) -> int:
        """Number of different sets of feed-forward weights (times ``inner_group_num``)."""
        return self.feed_forward_group(self.num_hidden_layers - 1) + 1

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionary of all fields, for YAML and JSON."""
        return dataclasses.asdict(self)


def _shape(layers: int, hidden: int, heads: int, **more: Any) -> dict[str, Any]:
    return dict(
        num_hidden_layers=layers,
        hidden_size=hidden,
        num_attention_heads=heads,
        intermediate_size=4 * hidden,
        **more,
    )


CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "bert-base": _shape(12, 768, 12, embedding_size=768, sharing="none"),
    "bert-large": _shape(24, 1024, 16, embedding_size=1024, sharing="none"),
    "albert-base": _shape(12, 768, 12),
    "albert-large": _shape(24, 1024, 16),
    "albert-xlarge": _shape(24, 2048, 32),
    "albert-xxlarge": _shape(
        12, 4096, 64, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    ),
    "albert-tiny": _shape(4, 128, 4, embedding_size=64),
}


def load_config(name: str = "albert-base", **overrides: Any) -> AlbertConfig:
    """Returns the configuration called ``name`` with some fields replaced.

    Args:
        name: str. A key of ``CONFIGS``.
        **overrides: Fields of ``AlbertConfig``.

    Raises:
        ValueError: unknown name or field (the nearest known one is in the message), or a value
            out of range.
    """
    if name not in CONFIGS:
        raise ValueError(f"no configuration {name!r}{nearest(name, CONFIGS)}")
    check_keys(overrides, [field.name for field in dataclasses.fields(AlbertConfig)], "model")
    return AlbertConfig(**{**CONFIGS[name], **overrides})


def check_types(settings: Any) -> None:
    """Checks the fields of a frozen dataclass of int, float, bool and str against its annotations.

    A float may be given as an int or, since YAML takes ``1e-6`` for text, as text; it is converted.

    Raises:
        ValueError: a value of another type.
    """
    for field in dataclasses.fields(settings):
        value, kind = getattr(settings, field.name), str(field.type)
        if kind == "float" and isinstance(value, int | str) and not isinstance(value, bool):
            with contextlib.suppress(ValueError):
                value = float(value)
            object.__setattr__(settings, field.name, value)
        if type(value).__name__ != kind:
            raise ValueError(f"{field.name}={value!r}: must be {kind}")


def check_keys(given: Mapping[str, Any], known: Any, what: str) -> None:
    """Raises ValueError naming the first unknown key of ``given`` and the nearest known one."""
    for key in given:
        if key not in known:
            raise ValueError(f"unknown {what} setting {key!r}{nearest(key, known)}")


def nearest(word: str, known: Any) -> str:
    """Returns a hint such as ``; did you mean 'sharing'?`` or the list of known words."""
    found = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {found[0]!r}?" if found else f"; known: {', '.join(known)}"
