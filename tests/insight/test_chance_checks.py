"""Law checks: right builds pass, whatever the setting; a broken law ends a build."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from albert_data.examples.span_law import mask_law
from albert_data.insight.chance_checks import FALSE_ALARMS, Check, _bound, check_laws, judge
from albert_data.shards import shard_of_pairs
from albert_data.shards.manifest import read_manifest
from tests.command_line import albert_data, fails, succeeds


@pytest.fixture(scope="module")
def manifest(tiny_build):
    return read_manifest(tiny_build)


def test_these_laws_of_a_build_are_checked(manifest):
    laws = check_laws(manifest)
    assert [law.name for law in laws] == [
        "pieces [MASK]",
        "pieces kept",
        "pieces random",
        "spans of 1 word",
        "spans of 2 words",
        "spans of 3 words",
        "label 1",
        "short targets",
        "predicted tokens",
    ]
    assert all(law.ok for law in laws)
    assert [law.expected for law in laws[:3]] == [0.8, 0.1, 0.1]
    assert laws[0].n == manifest.statistics.masked_tokens


@pytest.mark.parametrize(
    "options",
    [
        ["pairs.objective=none"],
        ["pairs.objective=nsp", "masking.max_ngram=1"],
        ["masking.rate=0.9", "masking.max_predictions=60"],
        ["masking.ngram_law=[0.2, 0.1, 0.7]"],
        ["masking.unit=piece", "masking.mask_probability=1", "masking.keep_probability=0",
         "masking.random_probability=0", "pairs.short_probability=1"],
    ],
)  # fmt: skip
def test_a_build_of_other_settings_passes(tiny_build, tmp_path, options):
    given = ["--output", tmp_path / "b", "--config=tiny.yaml", "--workers=1"]
    succeeds(albert_data("remask", tiny_build / "tokens", *given, *(f"--set={o}" for o in options)))
    succeeds(albert_data("verify", tmp_path / "b"))


@pytest.mark.parametrize("n", [3, 50, 4_000])
@pytest.mark.parametrize("p", [0.02, 0.5, 0.8])
def test_the_p_value_is_never_below_the_exact_one(n, p):
    """SciPy's binomial distribution is the witness."""
    for count in range(0, n + 1, max(1, n // 40)):
        exact = stats.binomtest(count, n, p).pvalue
        assert _bound(n, count / n, p, p) >= exact * (1 - 1e-9)


def test_a_measured_share_at_the_tolerance_is_where_the_verdict_turns():
    law = judge(Check("", 0.8, 0.8, 10_000, bend=0.01), 1e-7)
    assert 0.01 < law.tolerance < 0.05
    for off, ok in ((0.999, [True, False]), (1.001, [False, False])):
        shares = [0.8 + sign * off * law.tolerance for sign in (-1, 1)]  # below is the laxer side
        assert [judge(replace(law, measured=share), 1e-7).ok for share in shares] == ok


def test_chance_alone_raises_no_alarm_and_a_shift_of_one_in_a_hundred_does():
    """20,000 right builds: an alarm among them has a probability of 2 % at most."""
    rng = np.random.default_rng(3)
    threshold = FALSE_ALARMS
    for count in rng.binomial(1_000_000, 0.8, 20_000).tolist():
        assert _bound(1_000_000, count / 1e6, 0.8, 0.8) >= threshold
    assert _bound(1_000_000, rng.binomial(1_000_000, 0.81) / 1e6, 0.8, 0.8) < threshold


def broken(settings):
    """The masks of a defect: 90 % of the pieces are masked where 80 % were asked for."""
    return mask_law(
        replace(settings, mask_probability=0.9, keep_probability=0.05, random_probability=0.05)
    )


def test_a_broken_mask_ends_the_build_with_one_error_and_no_manifest(
    tiny_build, tmp_path, monkeypatch
):
    monkeypatch.setattr(shard_of_pairs, "mask_law", broken)
    folder = tmp_path / "b"
    command = ["remask", tiny_build / "tokens", "--output", folder, "--config=tiny.yaml"]
    result = albert_data(*command, "--workers=1")
    expected = "pieces [MASK]: ", " where 80.00% ± ", "checks=warn"
    fails(result, "the statistics are off beyond chance", *expected, code=1)
    assert not (folder / "manifest.json").exists()
    warned = succeeds(albert_data(*command, "--workers=1", "--set=checks=warn"))
    assert "warning: off beyond chance: pieces [MASK]: " in warned.err
    assert (folder / "manifest.json").exists()
    assert not all(law.ok for law in check_laws(read_manifest(folder)))
