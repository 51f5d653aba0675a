"""What a run says at its beginning of the lines that it must beat."""

from __future__ import annotations

import dataclasses

from albert_data.schema import Baseline, Difficulty
from albert_data.storage.sealed import write_sealed
from model.shards import ShardSet
from model.training.baselines import lines_to_beat
from model.training.pretraining import Pretraining
from tests.model.conftest import tiny_config

FOUND = Difficulty(
    records=2000,
    documents=90,
    entropy=Baseline(6.5, 0.05, 100_000),
    commonest_piece=Baseline(0.056, 0.002, 100_000),
    commonest_label=Baseline(0.503, 0.011, 2000),
    cosine=Baseline(0.739, 0.01, 2000),
    logistic=Baseline(0.525, 0.012, 1000),
    left_out=1000,
    notes=[],
)


def shards_in(folder) -> ShardSet:
    return ShardSet(str(folder), 32, 4, "nsp", 100, "", "albert", (), (), ())


def test_a_run_says_what_it_must_beat(tmp_path):
    write_sealed(tmp_path / "difficulty.json", FOUND)
    assert list(lines_to_beat(shards_in(tmp_path))) == [
        "to beat: mlm loss 6.50 ± 0.05 (perplexity 665) and accuracy 5.6 ± 0.2 %, by the "
        "pieces' frequencies; "
        "sentence accuracy 50.3 ± 1.1 % (one label), 73.9 ± 1.0 % (idf cosine), 52.5 ± 1.2 % (words)"
    ]


def test_the_held_out_shards_have_a_line_of_their_own(tmp_path):
    for name, entropy in (("train", 6.5), ("held-out", 6.25)):
        (tmp_path / name).mkdir()
        found = dataclasses.replace(FOUND, entropy=Baseline(entropy, 0.05, 100_000))
        write_sealed(tmp_path / name / "difficulty.json", found)
    job = Pretraining(
        tiny_config(), shards_in(tmp_path / "train"), shards_in(tmp_path / "held-out")
    )
    first, second = job.data_lines()
    assert first.startswith("to beat: mlm loss 6.50 ")
    assert second.startswith("held out, to beat: mlm loss 6.25 ")


def test_shards_without_it_say_nothing_and_a_damaged_one_stops_no_run(tmp_path):
    assert list(lines_to_beat(shards_in(tmp_path))) == []
    (tmp_path / "difficulty.json").write_text("{}")
    (line,) = lines_to_beat(shards_in(tmp_path))
    assert line.startswith("warning: ") and "difficulty.json" in line
