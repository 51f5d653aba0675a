"""Configuration: YAML in and out, refusals that name key, value and fix, fingerprints."""

from __future__ import annotations

import dataclasses
import json
import typing

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.config.load import from_dict, load, override, presets
from albert_data.config.settings import (
    Config,
    MaskSettings,
    PairSettings,
    SentenceSettings,
    ShardSettings,
    SourceSettings,
    TokenSettings,
    differences,
    fingerprint,
    flatten,
)
from tests.shared import ROOT

probability = st.floats(0, 1)


def choices(group: type, name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(typing.get_args(typing.get_type_hints(group)[name]))


@st.composite
def configs(draw) -> Config:
    """Valid configurations of every kind."""
    length, longest = draw(st.integers(8, 65_536)), draw(st.integers(1, 16))
    mask = draw(probability)
    keep = draw(st.floats(0, 1 - mask))
    return Config(
        seed=draw(st.integers(0, 2**63 - 1)),
        sources=SourceSettings(
            bad_input=draw(choices(SourceSettings, "bad_input")),
            min_characters=draw(st.integers(1, 10**6)),
            max_document_bytes=draw(st.integers(1, 2**30)),
            page_seconds=draw(st.floats(1e-9, 86_400)),
            unit_bytes=draw(st.integers(1, 2**30)),
            pseudo_documents=draw(st.integers(0, 1000)),
            id_column=draw(st.text()),
            text_column=draw(st.sampled_from(["text", "no", "null", "12", "1e3", " : "])),
        ),
        sentences=SentenceSettings(
            splitter=draw(choices(SentenceSettings, "splitter")), language=draw(st.text("abn~"))
        ),
        tokens=TokenSettings(normalization=draw(choices(TokenSettings, "normalization"))),
        pairs=PairSettings(
            objective=draw(choices(PairSettings, "objective")),
            max_length=length,
            dupe_factor=draw(st.integers(1, 65_536)),
            short_probability=draw(probability),
            negative_probability=draw(probability),
            distinct=draw(st.sampled_from([0, 65_536])),
            sources=draw(st.sampled_from(["*", "books:* | text:a?.txt"])),
        ),
        masking=MaskSettings(
            mode=draw(choices(MaskSettings, "mode")),
            rate=draw(st.floats(0, 1, exclude_min=True)),
            max_predictions=draw(st.integers(1, length - 3)),
            unit=draw(choices(MaskSettings, "unit")),
            max_ngram=longest,
            ngram_law=draw(
                st.sampled_from(["inverse", "uniform", "reversed"])
                | st.tuples(*[st.floats(1e-6, 1e6)] * longest)
            ),
            mask_probability=mask,
            keep_probability=keep,
            random_probability=1 - mask - keep,
        ),
        shards=ShardSettings(
            count=draw(st.integers(0, 99_999)),
            target_bytes=draw(st.integers(2**10, 2**32)),
            compression=draw(choices(ShardSettings, "compression")),
        ),
    )


@settings(max_examples=60)
@given(configs())
def test_a_configuration_survives_yaml(config):
    assert from_dict(yaml.safe_load(config.to_yaml())) == config
    assert from_dict(config.to_dict()) == config
    assert json.loads(json.dumps(config.to_dict())) == config.to_dict()


@settings(max_examples=60)
@given(configs(), configs())
def test_every_value_can_be_set_on_the_command_line(config, other):
    items = [f"{key}={yaml.safe_dump(v)}" for key, v in flatten(other).items()]
    assert override(config, items) == other


def test_a_small_number_may_be_written_as_people_do():
    assert override(Config(), ["masking.rate=1e-1"]).masking.rate == 0.1


def test_the_default_is_the_paper():
    paper = load()
    assert paper == load("paper") == load("paper.yaml") == Config()
    assert flatten(paper) == {
        "seed": 12345,
        "checks": "fail",
        "hold_out": "",
        "sources.bad_input": "fail",
        "sources.min_characters": 1,
        "sources.max_document_bytes": 8_388_608,
        "sources.page_seconds": 20.0,
        "sources.unit_bytes": 4_194_304,
        "sources.pseudo_documents": 0,
        "sources.id_column": "id",
        "sources.title_column": "title",
        "sources.text_column": "text",
        "sources.row_lines": "auto",
        "sources.variant": "",
        "sources.exclude": "",
        "sentences.splitter": "sentencex",
        "sentences.language": "en",
        "tokens.normalization": "albert",
        "tokens.part_bytes": 33_554_432,
        "tokens.dedup": "off",
        "tokens.word_segmenter": "none",
        "tokens.dedup_threshold": 0.8,
        "tokens.max_unknown": 0.02,
        "pairs.objective": "sop",
        "pairs.max_length": 512,
        "pairs.dupe_factor": 10,
        "pairs.short_probability": 0.1,
        "pairs.negative_probability": 0.5,
        "pairs.distinct": 0,
        "pairs.sources": "*",
        "masking.mode": "static",
        "masking.rate": 0.15,
        "masking.max_predictions": 77,
        "masking.unit": "word",
        "masking.word_rule": "auto",
        "masking.max_ngram": 3,
        "masking.ngram_law": "inverse",
        "masking.mask_probability": 0.8,
        "masking.keep_probability": 0.1,
        "masking.random_probability": 0.1,
        "shards.count": 0,
        "shards.target_bytes": 134_217_728,
        "shards.compression": "none",
        "shards.name": "shards-{index}-of-{count}",
        "shards.provenance": True,
    }


def test_every_preset_loads():
    assert {"paper", "paper-128", "tiny"} <= presets().keys()
    assert {p.stem for p in (ROOT / "configs").glob("*.yaml")} <= presets().keys()
    for name, path in presets().items():
        assert load(name) == load(f"{name}.yaml") == load(str(path))


def test_the_presets_differ_from_the_paper_in_what_their_comments_say():
    paper = flatten(load())
    changed = {
        name: {k: v for k, v in flatten(load(name)).items() if v != paper[k]}
        for name in ("paper-128", "tiny")
    }
    assert changed == {
        "paper-128": {"pairs.max_length": 128, "masking.max_predictions": 20},
        "tiny": {
            "pairs.max_length": 64,
            "pairs.dupe_factor": 2,
            "masking.max_predictions": 10,
            "shards.count": 4,
        },
    }


def test_overrides_are_applied_to_the_file_in_turn(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("seed: 5\npairs: {max_length: 128}\nmasking: {max_predictions: 20}\n")
    config = load(str(path), ["masking.rate=0.3", "seed=6", "masking.rate=0.2", " seed = 7"])
    assert flatten(config) == {
        **flatten(Config()),
        "seed": 7,
        "pairs.max_length": 128,
        "masking.max_predictions": 20,
        "masking.rate": 0.2,
    }


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("seed=0x10", 16),
        ("masking.rate=1", 1.0),
        ("masking.rate=.2", 0.2),
        ("pairs.objective=nsp", "nsp"),
        ("pairs.objective=none", "none"),
        ("shards.compression='gzip'", "gzip"),
        ("sources.text_column='12'", "12"),
        ("sources.text_column=a=b", "a=b"),
    ],
)
def test_values_are_yaml(item, value):
    assert flatten(override(Config(), [item]))[item.split("=")[0]] == value


@pytest.mark.parametrize(
    ("values", "key", "hint"),
    [
        ({"maskings": {"rate": 1}}, "maskings", "did you mean masking?"),
        ({"pair": {}}, "pair", "did you mean pairs?"),
        ({"sead": 1}, "sead", "did you mean seed?"),
        ({"dupe_factor": 1}, "dupe_factor", "did you mean pairs.dupe_factor?"),
        ({"dupe_facto": 1}, "dupe_facto", "did you mean pairs.dupe_factor?"),
        ({"pairs": {"max_len": 1}}, "pairs.max_len", "did you mean pairs.max_length?"),
        ({"pairs": {"rate": 1}}, "pairs.rate", "did you mean masking.rate?"),
        ({"masking": {"max_ngrams": 1}}, "masking.max_ngrams", "did you mean masking.max_ngram?"),
        ({"shards": {"rate": 1}}, "shards.rate", "did you mean masking.rate?"),
        ({1: 2}, "1", "the keys are: seed, checks, hold_out, sources.bad_input, "),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_one(values, key, hint):
    with pytest.raises(ConfigError) as caught:
        from_dict(values, where="my.yaml")
    assert (caught.value.problem, caught.value.where) == (f"unknown key {key}", "my.yaml")
    assert caught.value.fix.startswith(hint)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("masking.max_ngrm", "masking.max_ngram"),
        ("mask.rate", "masking.rate"),
        ("masks.max_ngram", "masking.max_ngram"),
        ("pair.dupe_factor", "pairs.dupe_factor"),
        ("max_length", "pairs.max_length"),
        ("seed.x", "seed"),
    ],
)
def test_an_unknown_key_on_the_command_line_is_refused_with_the_nearest_one(key, hint):
    with pytest.raises(ConfigError) as caught:
        override(Config(), [f"{key}=1"])
    assert str(caught.value) == f"--set: unknown key {key}\n  fix: did you mean {hint}?"


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("seed", "--set seed: not of the form key=value\n  fix: write for instance --set "),
        ("seed=[", "--set seed=[: the value is not valid YAML\n  fix: quote it"),
        ("seed=2001-99-99", "--set seed=2001-99-99: the value is not valid YAML\n  fix: "),
        ("seed=" + "[" * 500, "the value is not valid YAML"),
        ("seed=" + "9" * 5_000, "99', not of type int"),
        ("seed=0x" + "f" * 5_000, "ff', not of type int"),
        ("seed=!!bool x", "the value is not valid YAML"),
        ("seed=!!int ''", "the value is not valid YAML"),
        ("seed=&a [*a]", "the value is not valid YAML"),
        ("seed='" + "x" * 2**18 + "'", "the value is not valid YAML"),
        ("hold_out=1e999999999", "hold_out is '1e999999999'\n  fix: it must be a share"),
        ("hold_out=" + "9" * 100_000, "99'\n  fix: it must be a share"),
        ("seed=", "--set: seed is None, not of type int\n  fix: "),
        ("seed=1.0", "--set: seed is 1.0, not of type int\n  fix: write it as the default is"),
        ("seed=true", "--set: seed is True, not of type int\n  fix: "),
        (
            "masking.rate=1e-1_0",
            "masking.rate is '1e-1_0', not of type float\n  fix: write it as the",
        ),
        ("seed=010", "--set: seed is '010', not of type int\n  fix: "),
        ("seed=1:30", "--set: seed is '1:30', not of type int\n  fix: "),
        ("masking.rate=yes", "masking.rate is True, not of type float\n  fix: "),
        (
            "masking.ngram_law=[1, 2]",
            "masking.ngram_law is [1.0, 2.0]\n  fix: it must have a weight "
            "for each length up to masking.max_ngram (3)",
        ),
        ("masking.ngram_law=[]", "masking.ngram_law is []\n  fix: it must have a weight for each"),
        ("masking.ngram_law=[1, 2, 0]", "[1.0, 2.0, 0.0]\n  fix: it must be of weights from 0.0"),
        ("masking.ngram_law=[1, 2, .nan]", "nan]\n  fix: it must be of weights from 0.000001"),
        ("masking.ngram_law=[1, 2, .inf]", "inf]\n  fix: it must be of weights from 0.000001"),
        ("masking.ngram_law=[1, 2, a]", "a weight of masking.ngram_law is 'a', not of type float"),
        ("masking.ngram_law=[1, 2, true]", "a weight of masking.ngram_law is True, not of type "),
        (
            "masking.ngram_law=5",
            "masking.ngram_law is 5\n  fix: use one of: inverse, uniform, "
            "reversed, or a list of numbers",
        ),
        ("masking.rate={a: 1}", "masking.rate is {'a': 1}, not of type float\n  fix: "),
        ("sources.id_column=5", "sources.id_column is 5, not of type str\n  fix: write it as the "),
        ("pairs.objective=SOP", "pairs.objective is 'SOP'\n  fix: use one of: sop, nsp, none"),
        ("pairs.objective=no", "pairs.objective is False\n  fix: use one of: sop, nsp, none"),
        ("masking.unit=", "masking.unit is None\n  fix: use one of: word, piece"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(item, message):
    with pytest.raises(ConfigError) as caught:
        override(Config(), [item])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("key", "values", "fix"),
    [
        ("seed", [-1, 2**63], "it must be from 0 to 2^63 - 1"),
        ("sources.min_characters", [0], "it must be 1 or more"),
        ("sources.max_document_bytes", [0, 2**30 + 1], "it must be from 1 to 2^30 (1 GiB)"),
        ("sources.unit_bytes", [0, 2**30 + 1], "it must be from 1 to 2^30 (1 GiB)"),
        ("tokens.part_bytes", [0, 2**30 + 1], "it must be from 1 to 2^30 (1 GiB)"),
        ("tokens.dedup_threshold", [0.0, 1.1], "it must be above 0, at most 1"),
        ("tokens.max_unknown", [-0.1, 1.1], "it must be from 0 to 1"),
        (
            "sources.page_seconds",
            [0.0, float("inf")],
            "it must be greater than 0 and at most 86400",
        ),
        ("sources.pseudo_documents", [-1], "it must be 0 or more"),
        ("pairs.max_length", [7, 65_537], "it must be from 8 to 65536"),
        ("pairs.dupe_factor", [0, 65_537], "it must be from 1 to 65536"),
        ("pairs.short_probability", [-0.1, 1.1], "it must be from 0 to 1"),
        ("pairs.negative_probability", [-0.1, 1.1], "it must be from 0 to 1"),
        ("masking.rate", [0.0, 1.1, -1.0], "it must be greater than 0 and at most 1"),
        ("masking.max_predictions", [0, 510], "it must be from 1 to 509 (pairs.max_length less"),
        ("masking.max_ngram", [0, 17], "it must be from 1 to 16"),
        ("masking.mask_probability", [-0.1, 1.1], "it must be from 0 to 1"),
        ("masking.keep_probability", [-0.1, 1.1], "it must be from 0 to 1"),
        ("masking.random_probability", [-0.1, 1.1], "it must be from 0 to 1"),
        ("masking.mask_probability", [0.7], "it must sum to 1 with keep_probability and "),
        ("shards.count", [-1, 100_000], "it must be from 0 (derived) to 99999"),
        ("shards.target_bytes", [1023, 2**32 + 1], "it must be from 1 KiB to 4 GiB"),
    ],
)
def test_an_impossible_value_is_refused_with_key_value_and_fix(key, values, fix):
    for value in values:
        group, _, name = key.rpartition(".")
        with pytest.raises(ConfigError) as caught:
            from_dict({group: {name: value}} if group else {name: value}, where="my.yaml")
        assert caught.value.where == "my.yaml"
        assert caught.value.problem == f"{key} is {value!r}"
        assert caught.value.fix.startswith(fix)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pairs.short_probability", float("nan")),
        ("masking.rate", float("nan")),
        ("masking.mask_probability", float("nan")),
        ("sources.page_seconds", float("nan")),
        ("masking.rate", 10**400),
        ("masking.keep_probability", float("-inf")),
    ],
)
def test_no_number_is_refused_too(key, value):
    group, name = key.split(".")
    with pytest.raises(ConfigError, match=f"{key} is "):
        from_dict({group: {name: value}})


def test_limits_that_hang_together_are_checked_together():
    with pytest.raises(ConfigError, match="masking.max_predictions is 77"):
        override(Config(), ["pairs.max_length=64"])
    override(Config(), ["pairs.max_length=80"])
    kinds = ["masking.mask_probability=1", "masking.keep_probability=0"]
    override(Config(), [*kinds, "masking.random_probability=0"])


scalars = st.booleans() | st.integers() | st.integers(0, 100) | st.floats() | st.text(max_size=5)


def nested(leaves: st.SearchStrategy) -> st.SearchStrategy:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=4,
    )


anything = nested(scalars | st.none() | st.dates())


@settings(max_examples=300)
@given(st.sampled_from([*flatten(Config()), "pairs", "seed", "nonsense", ""]), anything)
def test_whatever_is_given_is_either_valid_or_refused(key, value):
    group, _, name = key.rpartition(".")
    try:
        config = from_dict({group: {name: value}} if group else {name: value})
    except ConfigError as error:
        assert error.fix
    else:
        assert from_dict(yaml.safe_load(config.to_yaml())) == config


def test_a_configuration_that_is_not_there_is_refused_with_the_presets():
    for name in ("papre", "no/such.yaml", "papre.yaml"):
        with pytest.raises(ConfigError) as caught:
            load(name)
        assert caught.value.where == name
        assert caught.value.problem == "no such configuration"
        assert caught.value.fix.startswith("name a YAML file or one of: ")
        assert "paper, paper-128, tiny" in caught.value.fix


@pytest.mark.parametrize(
    "content", [b"seed: [", b"\xff\xfe\xfa", b"a: b: c", b"seed: 2001-99-99", b"[" * 500]
)
def test_a_file_that_is_not_yaml_is_refused(tmp_path, content):
    path = tmp_path / "my.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="my.yaml: not readable as YAML: "):
        load(str(path))


def test_a_file_that_is_no_mapping_is_refused(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("- seed\n")
    with pytest.raises(ConfigError, match="the configuration must be a mapping, not "):
        load(str(path))
    path.write_text("pairs:\n")
    with pytest.raises(ConfigError, match="pairs must be a mapping, not None"):
        load(str(path))


def test_an_empty_file_is_the_default(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text("# nothing set\n")
    assert load(str(path)) == Config()


def test_a_configuration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().seed = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().masking.rate = 0.5


def test_every_setting_is_explained():
    for group in (SourceSettings, TokenSettings, PairSettings, MaskSettings, ShardSettings):
        for field in dataclasses.fields(group):
            assert field.name in group.__doc__


def test_a_fingerprint_is_the_same_on_every_machine():
    value = {"b": 1, "a": [1.5, "é", None, True], "c": {"z": "", "y": 0.1}}
    # printf '{"a":[1.5,"é",null,true],"b":1,"c":{"y":0.1,"z":""}}' | sha256sum
    literal = "b3c8a3397f1b8625b252fbe43b9a7901a6b55abba8b4a8fb60ff5ad07f4a5f88"
    assert fingerprint(value) == literal
    assert fingerprint(dict(reversed(value.items()))) == literal


def test_every_setting_changes_the_fingerprint():
    other = {str: "x", int: 999, float: 0.123, bool: False}
    found = {fingerprint(Config().to_dict())}
    for key, value in flatten(Config()).items():
        values = Config().to_dict()
        group, _, name = key.rpartition(".")
        (values[group] if group else values)[name] = other[type(value)]
        found.add(fingerprint(values))
    assert len(found) == 1 + len(flatten(Config()))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 2}}, []),
        ({"a": 1, "b": {"c": 2}}, {"a": 3, "b": {"c": 2}}, ["a 1 → 3"]),
        ({"b": {"c": 2}}, {"b": {"c": "x"}}, ["b.c 2 → x"]),
        ({"b": {"c": 2}}, {}, ["b {'c': 2} → None"]),
        ({}, {"seed": 5}, ["seed None → 5"]),
        ({"a": {"b": 1}}, {"a": 2}, ["a {'b': 1} → 2"]),
        ({"s": ["x", "y"]}, {"s": ["y", "z"]}, ["s without x", "s with z"]),
        ({"s": ["x", "y"]}, {"s": ["y", "x"]}, ["s in another order or number"]),
        ({"s": ["x", "x", "y"]}, {"s": ["x", "y", "y"]}, ["s in another order or number"]),
        ({"s": list("abcde")}, {"s": []}, ["s without a", "s without b", "s without c"]),
        (
            {"pairs": {"max_length": 512, "objective": "sop"}, "seed": 1},
            {"pairs": {"max_length": 128, "objective": "sop"}, "seed": 2},
            ["pairs.max_length 512 → 128", "seed 1 → 2"],
        ),
    ],
)
def test_differences_are_told_by_key(before, after, lines):
    assert differences(before, after) == lines


@given(nested(scalars), nested(scalars))
def test_there_are_differences_exactly_where_values_differ(before, after):
    assert bool(differences(before, after)) == (before != after)


@pytest.mark.parametrize(
    "name",
    [
        "train-{index}-of-{count}",  # nothing finds it
        "shards-{index}",
        "shards-{index}-{index}-{count}",
        "shards-{index}/{count}",
        "shards-{index:03d}-{count}",
        "shards-{index}-{count}-{kind}",
        "shards-{index}-of-{count}.gz",  # nothing is compressed
        "shards-{index}-of-{count} b",
        f"shards-{{index}}-of-{{count}}.{'x' * 150}",
    ],
)
def test_a_name_of_shards_that_cannot_be_is_refused_with_one_that_can(name: str) -> None:
    with pytest.raises(ConfigError, match="shards.name is") as refused:
        from_dict({"shards": {"name": name}})
    assert ".tfrecord" in str(refused.value) or "shards.compression=gzip" in str(refused.value)


@pytest.mark.parametrize("group", ["pairs", "masking", "shards"])
def test_a_group_for_a_key_is_refused_with_its_keys(group):
    """A whole group would lose what the preset says."""
    with pytest.raises(ConfigError, match=f"{group} is a group of keys") as caught:
        override(Config(), [f"{group}=1"])
    assert all(key.startswith(f"{group}.") for key in caught.value.fix.split(": ")[1].split(", "))


def test_what_is_no_yaml_is_told_in_one_line(tmp_path):
    (tmp_path / "README.md").write_text(
        "# Heading\n\nSome prose, which ends\nin: a colon\n  b: c\n"
    )
    with pytest.raises(ConfigError, match="not readable as YAML") as caught:
        load(str(tmp_path / "README.md"))
    assert "  " not in caught.value.problem and "\n" not in caught.value.problem
