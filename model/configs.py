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

import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from albert_data.base.errors import ConfigError
from albert_data.config.fields import build, shown

SHARING = ("all", "attention", "ffn", "none")
ACTIVATIONS = ("gelu", "gelu_new", "relu", "tanh")
# Several times what any model has: what is beyond would ask for more memory than there is, far into a run.
_MOST_WIDE = 2**17
_MOST = {
    "vocab_size": 2**24,
    "num_hidden_layers": 1024,
    "num_hidden_groups": 1024,
    "inner_group_num": 1024,
}
RECOMPUTE = ("none", "attention", "layers")  # what a backward pass computes again: `AlbertEncoder`


class SettingError(ConfigError, ValueError):
    """A setting that cannot be used. Settings are made in Python, too: there it is a ValueError."""


def need(settings: Any, holds: bool, name: str, rule: str) -> None:
    """Raises SettingError naming a field of ``settings``, its value and the rule, unless it holds."""
    if not holds:
        raise SettingError(f"{name} is {shown(getattr(settings, name))}", fix=f"it must {rule}")


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
        """Raises SettingError for a value out of range."""
        for name in (f.name for f in dataclasses.fields(self) if f.type == "int"):
            high = _MOST.get(name, _MOST_WIDE)
            need(self, 1 <= getattr(self, name) <= high, name, f"be from 1 to {high:,}")
        for name in ("initializer_range", "layer_norm_eps"):
            need(self, 0 <= getattr(self, name) < math.inf, name, "be at least 0 and finite")
        for name in (f.name for f in dataclasses.fields(self) if f.name.endswith("dropout_prob")):
            need(self, 0 <= getattr(self, name) < 1, name, "be at least 0 and below 1")
        for name, allowed in (("sharing", SHARING), ("hidden_act", ACTIVATIONS)):
            need(self, getattr(self, name) in allowed, name, f"be one of {', '.join(allowed)}")
        need(
            self,
            self.hidden_size % self.num_attention_heads == 0,
            "num_attention_heads",
            f"divide hidden_size={self.hidden_size}",
        )
        need(
            self,
            self.num_hidden_groups <= self.num_hidden_layers,
            "num_hidden_groups",
            f"be at most one group a layer, num_hidden_layers={self.num_hidden_layers}",
        )
        need(
            self,
            self.sharing != "none" or self.num_hidden_groups in (1, self.num_hidden_layers),
            "num_hidden_groups",
            "be left out, since sharing='none' has one group a layer; sharing='all' has groups",
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


# Released models that differ from the paper's table: the second versions have no dropout, and xlarge has
# 16 heads in both (albert_config.json of the releases), of 128 each where the paper has 32 of 64.
_NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}

CONFIGS: Mapping[str, Mapping[str, Any]] = {
    "bert-base": _shape(12, 768, 12, embedding_size=768, sharing="none"),
    "bert-large": _shape(24, 1024, 16, embedding_size=1024, sharing="none"),
    "albert-base": _shape(12, 768, 12),
    "albert-large": _shape(24, 1024, 16),
    "albert-xlarge": _shape(24, 2048, 32),
    "albert-xxlarge": _shape(12, 4096, 64, **_NO_DROPOUT),
    "albert-xlarge-v1": _shape(24, 2048, 16),
    "albert-base-v2": _shape(12, 768, 12, **_NO_DROPOUT),
    "albert-large-v2": _shape(24, 1024, 16, **_NO_DROPOUT),
    "albert-xlarge-v2": _shape(24, 2048, 16, **_NO_DROPOUT),
    "albert-xxlarge-v2": _shape(12, 4096, 64, **_NO_DROPOUT),
    "albert-tiny": _shape(4, 128, 4, embedding_size=64),
}


def load_config(name: str = "albert-base", **overrides: Any) -> AlbertConfig:
    """Returns the configuration called ``name`` with some fields replaced.

    Args:
        name: str. A key of ``CONFIGS``.
        **overrides: Fields of ``AlbertConfig``.

    Raises:
        SettingError: a value out of range.
        ConfigError: an unknown name or field (the nearest known one is named), or another type.
    """
    return build(AlbertConfig, named(name, overrides, "configuration"), "configuration")


def named(name: str, fields: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The fields of the configuration called ``name``, and those of ``fields`` in their place."""
    if str(name) not in CONFIGS:
        near = difflib.get_close_matches(str(name), CONFIGS, n=1)
        fix = f"did you mean {near[0]}?" if near else f"use one of: {', '.join(CONFIGS)}"
        raise ConfigError(f"no model {shown(name)}", where=where, fix=fix)
    return {**CONFIGS[name], **fields}
