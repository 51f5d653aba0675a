import contextlib
import math
from collections.abc import Iterator

import keras
import numpy as np
import pytest

from albert_data.base.errors import ConfigError
from model.albert import AlbertPretrainer
from model.configs import CONFIGS, AlbertConfig, SettingError, load_config


@contextlib.contextmanager
def shapes_alone() -> Iterator[None]:
    """No variable is allocated: not now, and not when another test leaves a stateless call."""
    with keras.StatelessScope(initialize_variables=False):
        yield
    keras.utils.clear_session()


def parameter_counts(config: AlbertConfig) -> tuple[int, int]:
    """(encoder and pooler, with both heads), counted from shapes."""
    with shapes_alone():
        model = AlbertPretrainer(config)
        encoder = sum(int(np.prod(v.shape)) for v in model.encoder.trainable_variables)
        return encoder, sum(int(np.prod(v.shape)) for v in model.trainable_variables)


@pytest.mark.parametrize(
    "name, encoder, with_heads",
    [
        ("albert-base", 11_683_584, 11_813_810),
        ("albert-large", 17_683_968, 17_847_474),
        ("albert-xlarge", 58_724_864, 59_021_490),
        ("albert-xxlarge", 222_595_584, 223_158_450),
    ],
)
def test_albert_sizes_have_the_published_parameter_counts(name, encoder, with_heads):
    assert parameter_counts(load_config(name)) == (encoder, with_heads)


@pytest.mark.parametrize(
    "sharing, embedding_size, millions",
    [
        ("all", 64, 10),
        ("all", 128, 12),
        ("all", 256, 16),
        ("all", 768, 31),
        ("attention", 128, 64),
        ("attention", 768, 83),
        ("ffn", 128, 38),
        ("ffn", 768, 57),
    ],
)
def test_shared_ablations_have_the_papers_rounded_size(sharing, embedding_size, millions):
    config = load_config("albert-base", sharing=sharing, embedding_size=embedding_size)
    assert round(parameter_counts(config)[0] / 1e6) == millions


@pytest.mark.parametrize(
    "name, embedding_size, millions",
    [
        ("albert-base", 64, 87),
        ("albert-base", 128, 89),
        ("albert-base", 256, 93),
        ("bert-base", 768, 108),
        ("bert-large", 1024, 334),
    ],
)
def test_unshared_models_have_the_papers_rounded_size_without_the_pooler(
    name, embedding_size, millions
):
    config = load_config(name, sharing="none", embedding_size=embedding_size)
    pooler = config.hidden_size * (config.hidden_size + 1)
    assert round((parameter_counts(config)[0] - pooler) / 1e6) == millions


def test_equal_widths_leave_the_embedding_map_out():
    with shapes_alone():
        assert AlbertPretrainer(load_config("bert-base")).encoder.widen_embeddings is None


def test_layers_in_groups_follow_each_other():
    config = load_config("albert-base", num_hidden_groups=3)
    assert [config.attention_group(i) for i in range(12)] == [0] * 4 + [1] * 4 + [2] * 4


@pytest.mark.parametrize("layers", range(1, 25))
def test_groups_agree_with_the_floating_point_rule_of_other_implementations(layers):
    for groups in (n for n in range(1, layers + 1) if layers % n == 0):
        config = load_config(num_hidden_layers=layers, num_hidden_groups=groups)
        peer = [int(i / (layers / groups)) for i in range(layers)]
        assert [config.attention_group(i) for i in range(layers)] == peer


def test_partial_sharing_keeps_one_block_a_layer_for_the_other_half():
    config = load_config("albert-base", sharing="attention")
    assert (config.num_attention_groups, config.num_feed_forward_groups) == (1, 12)
    config = load_config("albert-base", sharing="ffn")
    assert (config.num_attention_groups, config.num_feed_forward_groups) == (12, 1)


def test_an_unknown_field_is_refused_with_the_nearest_one():
    with pytest.raises(
        ConfigError, match="(?s)key hidden_dropout.*did you mean hidden_dropout_prob"
    ):
        load_config("albert-base", hidden_dropout=0.1)


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(ConfigError, match="did you mean albert-xlarge"):
        load_config("albert-x-large")


@pytest.mark.parametrize(
    "bad, message",
    [
        (
            dict(sharing="attn"),
            "sharing is 'attn'\n  fix: it must be one of all, attention, ffn, none",
        ),
        (dict(num_attention_heads=7), "must divide hidden_size=768"),
        (dict(num_hidden_groups=13), "be at most one group a layer"),
        (dict(hidden_dropout_prob=1.0), "must be at least 0 and below 1"),
        (dict(hidden_dropout_prob=math.nan), "hidden_dropout_prob is nan"),
        (dict(initializer_range=math.inf), "must be at least 0 and finite"),
        (dict(embedding_size=0), "must be from 1 to 131,072"),
        (dict(sharing="none", num_hidden_groups=3), "one group a layer"),
    ],
)
def test_values_out_of_range_are_refused_with_the_reason(bad, message):
    with pytest.raises(SettingError, match=message):
        load_config("albert-base", **bad)


@pytest.mark.parametrize("size", ["base", "large", "xlarge", "xxlarge"])
def test_second_versions_have_no_dropout_and_the_first_ones_shapes(size):
    first, second = load_config(f"albert-{size}"), load_config(f"albert-{size}-v2")
    assert second.hidden_dropout_prob == second.attention_probs_dropout_prob == 0.0
    assert parameter_counts(first) == parameter_counts(second)


def test_the_released_xlarge_models_have_half_the_heads_of_the_papers():
    heads = {name: load_config(name).num_attention_heads for name in CONFIGS if "xlarge" in name}
    assert heads["albert-xlarge"] == 32
    assert heads["albert-xlarge-v1"] == heads["albert-xlarge-v2"] == 16
    assert load_config("albert-xlarge-v1").hidden_dropout_prob == 0.1


def test_every_named_configuration_loads():
    assert all(load_config(name).hidden_size for name in CONFIGS)
