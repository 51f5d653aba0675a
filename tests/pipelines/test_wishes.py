"""A wish that a build cannot fulfil is said before it starts and wherever its figures stand."""

import json

from tests.command_line import CORPUS, albert_data, succeeds

SHORT = ["--set=pairs.max_length=128", "--set=masking.rate=0.2", "--set=masking.max_predictions=20"]


def test_a_capped_rate_is_told_before_and_after_and_auto_meets_it(tmp_path, vocabulary_file):
    given = [f"--vocab={vocabulary_file}", "--config=tiny", "--workers=1"]
    capped = tmp_path / "capped"
    told = succeeds(albert_data("build", *CORPUS, *given, *SHORT, f"--output={capped}")).err
    before, _, after = told.partition("(masking.rate: 20.00%)")
    assert "warning: masking.max_predictions 20 cuts off about 9" in before
    assert "26 would do, or masking.max_predictions=auto" in before
    assert "warning: masking.rate 0.2: 1" in after and after.count("26 would do") == 1
    manifest = json.loads((capped / "manifest.json").read_text())
    rate, cut = manifest["realised"][:2]
    assert (rate["key"], rate["part"]) == ("masking.rate", manifest["statistics"]["masked_tokens"])
    assert cut["part"] / cut["whole"] > 0.5
    assert "26 would do" in (capped / "README.md").read_text()

    auto = tmp_path / "auto"
    automatic = [*SHORT, "--set=masking.max_predictions=auto", f"--output={auto}"]
    told = succeeds(albert_data("remask", capped / "tokens", "--workers=1", *automatic)).err
    assert "warning: masking.max_predictions" not in told and "would do" not in told
    assert json.loads((auto / "manifest.json").read_text())["config"]["masking"][
        "max_predictions"
    ] == 26  # fmt: skip

    both = succeeds(albert_data("diff", capped, auto)).out
    (line,) = (line for line in both.splitlines() if line.startswith("masking.rate  "))
    assert line.count("20.00%, ") == 2 and line.count("not met") == 1
    page = tmp_path / "report.html"
    succeeds(albert_data("report", capped, f"--output={page}"))
    assert "✗ not met" in page.read_text() and "26 would do" in page.read_text()
    succeeds(albert_data("verify", capped))
