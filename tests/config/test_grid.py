"""Grid files: their variants, and refusals that name the file and the line."""

from __future__ import annotations

import pytest

from albert_data.base.errors import ConfigError
from albert_data.config.grid import load_grid
from albert_data.config.load import load, presets
from albert_data.config.settings import flatten


@pytest.fixture
def grid(tmp_path):
    """Writes a grid file and loads it."""
    path = tmp_path / "my.yaml"

    def made(text: str):
        path.write_text(text)
        return load_grid(str(path))

    return made


def refused(grid, text: str, problem: str, line: int | None, fix: str) -> None:
    with pytest.raises(ConfigError) as caught:
        grid(text)
    error = caught.value
    assert problem in error.problem
    assert error.where.endswith(f"my.yaml line {line}" if line else "my.yaml")
    assert fix in error.fix


def test_variants_are_keys_on_top_of_the_base_on_top_of_a_preset(grid):
    variants = grid(
        """\
base: {config: paper-128, pairs.dupe_factor: 2}
variants:
  sop: {}
  nsp: {pairs.objective: nsp}
  long: {config: paper, masking.rate: 0.2}
"""
    )
    assert [v.name for v in variants] == ["sop", "nsp", "long"]
    expected = load("paper-128", ["pairs.dupe_factor=2"])
    assert variants[0].config == expected
    assert variants[1].config == load("paper-128", ["pairs.dupe_factor=2", "pairs.objective=nsp"])
    assert variants[2].config == load("paper", ["pairs.dupe_factor=2", "masking.rate=0.2"])
    assert [v.differs for v in variants] == [
        {},
        {"pairs.objective": "nsp"},
        {"pairs.max_length": 512, "masking.rate": 0.2, "masking.max_predictions": 77},
    ]
    assert not any(v.own_tokens or v.vocabulary for v in variants)


def test_without_a_base_variants_start_from_the_paper(grid):
    (variant,) = grid("variants: {a: {seed: 3}}")
    assert variant.config == load("paper", ["seed=3"])


def test_a_grid_that_names_no_configuration_begins_with_that_of_the_tokens(grid, tmp_path):
    begin = load("tiny", ["shards.compression=gzip"])
    grid("base: {pairs.dupe_factor: 3}\nvariants: {a: {seed: 3}, b: {config: paper-128}}")
    a, b = load_grid(str(tmp_path / "my.yaml"), begin)
    assert a.config == load("tiny", ["shards.compression=gzip", "pairs.dupe_factor=3", "seed=3"])
    assert a.differs == {"seed": 3} and not a.own_tokens
    assert b.config == load("paper-128", ["pairs.dupe_factor=3"])


def test_a_cross_is_every_combination_named_by_the_last_part_of_its_keys(grid):
    variants = grid(
        """\
cross:
  masking.max_ngram: [1, 2]
  masking.rate: [0.1, 0.30]
"""
    )
    values = [(v.name, v.config.masking.max_ngram, v.config.masking.rate) for v in variants]
    assert values == [
        ("max_ngram=1,rate=0.1", 1, 0.1),
        ("max_ngram=1,rate=0.30", 1, 0.3),
        ("max_ngram=2,rate=0.1", 2, 0.1),
        ("max_ngram=2,rate=0.30", 2, 0.3),
    ]


def test_variants_and_a_cross_may_stand_side_by_side(grid):
    text = "variants: {reversed: {masking.ngram_law: reversed}}\ncross: {masking.max_ngram: [1]}"
    assert [v.name for v in grid(text)] == ["reversed", "max_ngram=1"]


def test_a_list_of_weights_is_one_value_of_a_cross(grid):
    variants = grid("cross: {masking.ngram_law: [uniform, [0.8, 0.15, 0.05]]}")
    assert [v.name for v in variants] == ["ngram_law=uniform", "ngram_law=0.8+0.15+0.05"]
    assert variants[1].config.masking.ngram_law == (0.8, 0.15, 0.05)


def test_names_are_taken_as_they_are_written(grid):
    assert [v.name for v in grid("variants: {no: , 010: , none: }")] == ["no", "010", "none"]


def test_a_key_of_the_tokens_or_a_vocabulary_needs_a_cache_of_its_own(grid):
    variants = grid(
        """\
variants:
  plain: {pairs.max_length: 128, masking.max_predictions: 20}
  small: {vocabulary: small.model}
  cased: {tokens.normalization: albert-cased}
"""
    )
    assert [v.own_tokens for v in variants] == [False, True, True]
    assert [v.vocabulary for v in variants] == ["", "small.model", ""]
    assert variants[1].differs == {"vocabulary": "small.model"}


@pytest.mark.parametrize(
    "text, problem, line, fix",
    [
        ("base: {}\nvariant: {a: }", "unknown key variant", 2, "did you mean variants?"),
        ("what: {}", "unknown key what", 1, "a grid has base, variants, cross"),
        ("base: {}", "the grid has no variant", None, "see configs/ablations/objective.yaml"),
        ("", "the grid has no variant", None, "see configs/ablations/objective.yaml"),
        ("- a", "the grid must be a mapping", 1, "see configs"),
        ("variants: [a]", "variants must be a mapping", 1, "see configs"),
        ("variants:\n  a: 3", "variants.a must be a mapping", 2, "see configs"),
        (
            "variants:\n  a:\n    pairs.objectiv: nsp",
            "unknown key pairs.objectiv",
            3,
            "did you mean pairs.objective?",
        ),
        ("base:\n  dupe_factor: 1\nvariants: {a: }", "key dupe_factor", 2, "pairs.dupe_factor?"),
        ("base: {vocab: v}\nvariants: {a: }", "unknown key vocab", 1, "did you mean vocabulary?"),
        (
            "cross:\n  masking.max_ngram: 3",
            "max_ngram needs a list",
            2,
            "masking.max_ngram: [first",
        ),
        (
            "cross:\n  masking.max_ngrams: [3]",
            "unknown key masking.max_ngrams",
            2,
            "masking.max_ngram?",
        ),
        ("variants:\n  a/b: {}", "'a/b' cannot be a folder's name", 2, "use letters"),
        ("variants: {work: }", "'work' cannot be", 1, "use letters"),
        ("variants: {tokens-a: }", "'tokens-a' cannot be", 1, "use letters"),
        (
            "cross: {seed: [1]}\nvariants: {seed=1: }",
            "there are two variants seed=1",
            1,
            "rename one",
        ),
        ("variants: {a: {vocabulary: 3}}", "vocabulary is 3", 1, "name a file"),
    ],
)
def test_what_cannot_be_is_refused_with_file_and_line(grid, text, problem, line, fix):
    refused(grid, text, problem, line, fix)


def test_a_key_that_stands_twice_is_refused(grid):
    with pytest.raises(ConfigError, match="a key stands twice"):
        grid("variants: {a: {seed: 1, seed: 2}}")


def test_an_impossible_value_names_the_variant(grid):
    with pytest.raises(ConfigError) as caught:
        grid("base: {config: tiny}\nvariants:\n  big: {masking.max_predictions: 99}")
    assert caught.value.where.endswith("my.yaml line 3, variant big")
    assert caught.value.problem == "masking.max_predictions is 99"


def test_an_unknown_preset_names_the_place(grid):
    with pytest.raises(ConfigError) as caught:
        grid("base:\n  config: papre\nvariants: {a: }")
    assert caught.value.where.endswith("my.yaml line 2: papre")
    assert "paper-128" in caught.value.fix


def test_an_unknown_grid_is_refused_with_the_ready_ones():
    with pytest.raises(ConfigError) as caught:
        load_grid("objektive")
    assert (caught.value.problem, caught.value.where) == ("no such grid", "objektive")
    assert "objective" in caught.value.fix


@pytest.mark.parametrize("name", sorted(presets("ablations")))
def test_the_ready_grids_load_and_their_variants_differ(name):
    variants = load_grid(name)
    made = [(v.vocabulary, tuple(flatten(v.config).items())) for v in variants]
    assert len(set(made)) == len(variants) > 1


@pytest.mark.parametrize("name", sorted(presets("ablations")))
def test_the_head_of_a_ready_grid_says_table_command_time_and_training(name):
    head = [s for s in presets("ablations")[name].read_text().splitlines() if s.startswith("#")]
    text = "\n".join(head)
    assert "Table" in text and f"albert-data ablate {name} " in text
    assert "Measured: " in text and "Train: " in text
