"""The huggingface source: saved data sets, local layouts, and the hub through a stub."""

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from albert_data.base.errors import ConfigError, DataError, NetworkError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.plan import read_split
from albert_data.corpus.source_protocol import ReadContext, Split
from albert_data.corpus.sources import hugging_face as hf
from albert_data.corpus.sources.hugging_face import SOURCE as HUGGING_FACE
from albert_data.corpus.sources.hugging_face import Target, parse_target, pick
from albert_data.corpus.sources.parquet import ParquetTable
from tests.silent import silent


def read(target: object, **settings):
    context = ReadContext(SourceSettings(**settings))
    splits = HUGGING_FACE.plan(str(target), context.settings)
    return splits, [d for split in splits for d in HUGGING_FACE.read(split, context)]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    datasets = pytest.importorskip("datasets")
    datasets.disable_progress_bars()
    rows = {"id": [str(i) for i in range(2500)], "text": [f"Text {i}.\nMore." for i in range(2500)]}
    data = datasets.Dataset.from_dict(rows)
    data.shuffle(seed=1).save_to_disk(tmp_path / "one", num_shards=2)
    datasets.DatasetDict(train=data.select(range(3)), test=data.select(range(5, 7))).save_to_disk(
        tmp_path / "two"
    )
    return tmp_path


def test_saved_data_set_is_read_by_record_batch(saved: Path) -> None:
    splits, found = read(saved / "one", unit_bytes=10_000)
    assert sorted({s.name for s in splits}) == [
        "data-00000-of-00002.arrow", "data-00001-of-00002.arrow",
    ]  # fmt: skip
    assert [(s.start, s.end) for s in splits] == [(0, 1), (1, 2), (0, 1), (1, 2)]
    assert sorted(int(d.id) for d in found) == list(range(2500))
    assert found[0].paragraphs == [f"Text {found[0].id}.", "More."]


def test_saved_data_set_dict_gives_the_split_asked_for(saved: Path) -> None:
    assert [d.id for d in read(saved / "two")[1]] == ["0", "1", "2"]
    assert [d.id for d in read(saved / "two/test")[1]] == ["5", "6"]
    with pytest.raises(ConfigError, match="no split 'dev'\n.*name one of test, train"):
        read(f"{saved}/two/dev")


def test_a_file_is_no_data_set_but_its_folder_may_be(tmp_path: Path) -> None:
    path = tmp_path / "train.parquet"
    path.touch()
    with pytest.raises(ConfigError, match="a file, not a data set") as caught:
        read(path)
    assert f"--source parquet:{path}" in caught.value.fix


def test_truncated_arrow_file_is_named(saved: Path) -> None:
    path = saved / "one" / "data-00001-of-00002.arrow"
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(DataError, match="00001-of-00002.arrow: not an Arrow file, or a truncated"):
        read(saved / "one")


def layout(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"id": ["a"], "text": [f"In {name}."]}), path)
    return root


def test_local_layouts_are_read(tmp_path: Path) -> None:
    root = layout(
        tmp_path / "repo",
        "en/train-00000-of-00002.parquet", "en/train-00001-of-00002.parquet",
        "de/train-00000-of-00001.parquet", "de/test-00000-of-00001.parquet",
    )  # fmt: skip
    splits, found = read(f"{root}:en")
    assert [s.name for s in splits] == [
        "en/train-00000-of-00002.parquet", "en/train-00001-of-00002.parquet",
    ]  # fmt: skip
    assert [d.paragraphs for d in found][1] == ["In en/train-00001-of-00002.parquet."]
    assert [s.name for s in read(f"{root}:de/test")[0]] == ["de/test-00000-of-00001.parquet"]
    with pytest.raises(ConfigError, match="several configurations\n.*name one of de, en"):
        read(root)
    plain = layout(tmp_path / "plain", "data/train-00000-of-00001.parquet")
    assert [s.name for s in read(plain)[0]] == ["data/train-00000-of-00001.parquet"]


@pytest.mark.parametrize(
    "target, parsed",
    [
        ("squad", Target("squad")),
        ("wikimedia/wikipedia", Target("wikimedia/wikipedia")),
        ("wikimedia/wikipedia/test", Target("wikimedia/wikipedia", split="test")),
        ("a/b:20231101.de@abc123/dev", Target("a/b", "20231101.de", "abc123", "dev")),
        ("a/b@refs/convert/parquet", Target("a/b", revision="refs/convert/parquet")),
        ("a/b@refs/pr/4/test", Target("a/b", revision="refs/pr/4", split="test")),
    ],
)
def test_target_grammar(target: str, parsed: Target) -> None:
    assert parse_target(target) == parsed


def test_bad_target_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"write NAME\[:CONFIG\]\[@REVISION\]\[/SPLIT\]"):
        parse_target("a/b/c/d")


def test_hub_layouts_are_understood() -> None:
    names = ["README.md", "plain_text/train/0000.parquet", "plain_text/train/0001.parquet"]
    assert pick(names, "", "train", "x") == names[1:]
    assert pick(["default/test/0000.parquet", "x/test/0000.parquet"], "", "test", "x") == [
        "default/test/0000.parquet"
    ]
    assert pick(["train.parquet", "test.parquet"], "", "test", "x") == ["test.parquet"]
    with pytest.raises(ConfigError, match="no Parquet files"):
        pick(["data.json"], "", "train", "x")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch) -> Path:
    """A stub of the hub: `resolve` lists a folder; its files are opened from there."""
    calls = []

    def resolve(name: str, revision: str):
        calls.append((name, revision))
        if name == "bookcorpus/bookcorpus" and not revision:
            return "main0", ["bookcorpus.py"]
        root = tmp_path / "hub"
        return "c0ffee", [str(p.relative_to(root)) for p in root.rglob("*.parquet")]

    def open_hub(path: str) -> ParquetTable:
        _, _, file = path.partition("@c0ffee/")
        return ParquetTable(path, str(tmp_path / "hub" / file))

    monkeypatch.setattr(hf, "resolve", resolve)
    monkeypatch.setattr(hf, "HubTable", open_hub)
    monkeypatch.setattr(hub_calls, "seen", calls, raising=False)
    return tmp_path / "hub"


class hub_calls:
    seen: list


def test_hub_files_are_pinned_to_the_commit(hub: Path) -> None:
    layout(
        hub, "20231101.en/train-00000-of-00001.parquet", "20231101.de/train-00000-of-00001.parquet"
    )
    (split,), (document,) = read("wikimedia/wikipedia")
    assert split.path == (
        "hf://datasets/wikimedia/wikipedia@c0ffee/20231101.en/train-00000-of-00001.parquet"
    )
    assert split.name == "wikimedia/wikipedia/20231101.en/train-00000-of-00001.parquet"
    assert split.stamp == "c0ffee"
    assert list(read_split(split, ReadContext(SourceSettings()))) == [document]
    assert document.paragraphs == ["In 20231101.en/train-00000-of-00001.parquet."]
    assert hub_calls.seen == [("wikimedia/wikipedia", "")]


def test_bookcorpus_is_read_from_the_parquet_copy_and_needs_pseudo_documents(hub: Path) -> None:
    path = hub / "plain_text/train/0000.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table({"text": ["the half-ling book one ."] * 5}), path)
    with pytest.raises(ConfigError, match="no document boundaries"):
        read("bookcorpus/bookcorpus")
    assert hub_calls.seen == [
        ("bookcorpus/bookcorpus", ""), ("bookcorpus/bookcorpus", "refs/convert/parquet"),
    ]  # fmt: skip
    _, found = read("bookcorpus/bookcorpus", pseudo_documents=2)
    assert [d.id for d in found] == ["rows-0-1", "rows-2-3", "rows-4-4"]


def test_unreachable_hub_is_one_clear_error(monkeypatch) -> None:
    from huggingface_hub import HfApi

    def fail(self, *args, **kwargs):
        raise OSError("its disk is full")

    monkeypatch.setattr(HfApi, "dataset_info", fail)
    with pytest.raises(DataError) as caught:
        read("wikimedia/wikipedia")
    assert str(caught.value) == (
        "huggingface:wikimedia/wikipedia: the Hugging Face hub cannot be read"
        " (its disk is full)\n"
        "  fix: check the network and HF_TOKEN, or download the data set once and name its folder"
    )


def test_hub_that_never_answers_is_named_within_seconds(monkeypatch) -> None:
    import huggingface_hub

    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", "0.5")
    with silent() as port:
        monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", f"http://127.0.0.1:{port}")
        began = time.monotonic()
        with pytest.raises(NetworkError) as caught:
            read("wikimedia/wikipedia")
        with pytest.raises(NetworkError):
            hf.HubTable("hf://datasets/a/b@c0ffee/train.parquet")
        assert time.monotonic() - began < 8
    assert caught.value.problem.startswith(f"no answer from 127.0.0.1:{port} within 0.5 s")
    assert "HF_ENDPOINT" in caught.value.fix and "name its folder" in caught.value.fix


def test_network_that_fails_is_never_broken_input(monkeypatch) -> None:
    """`bad_input: drop` leaves broken files out; a file that nobody gave is none."""

    def fail(path: str) -> None:
        raise NetworkError("no answer", where=path)

    monkeypatch.setattr(hf, "HubTable", fail)
    split = Split("huggingface", "n", "hf://datasets/a/b@c/train.parquet", 0, 1, 1, "c")
    with pytest.raises(NetworkError):
        list(HUGGING_FACE.read(split, ReadContext(SourceSettings(bad_input="drop"))))
