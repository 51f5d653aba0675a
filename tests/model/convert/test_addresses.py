import pytest

from albert_data.base.errors import DataError
from model.convert.addresses import Address, check_spelling, parse_address


@pytest.mark.parametrize(
    "text, address",
    [
        ("runs/a", Address("run", "runs/a")),
        ("runs/a/", Address("run", "runs/a")),
        ("run:runs/a", Address("run", "runs/a")),
        ("runs/a@best", Address("run", "runs/a", "best")),
        ("gs://b/a@1200", Address("run", "gs://b/a", "1200")),
        ("gs://b/a/ckpt-7", Address("run", "gs://b/a/ckpt-7")),
        ("tf1:a/model.ckpt-best", Address("tf1", "a/model.ckpt-best")),
        ("tf1:gs://b/model.ckpt", Address("tf1", "gs://b/model.ckpt")),
        ("hf:gs://b/folder/", Address("hf", "gs://b/folder")),
        ("hf:a@b", Address("hf", "a@b")),
    ],
)
def test_a_model_is_named_by_its_kind_its_place_and_its_checkpoint(text, address):
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


def test_a_folder_whose_name_holds_the_mark_is_that_folder(tmp_path):
    (tmp_path / "a@best").mkdir()
    assert parse_address(f"{tmp_path}/a@best").which == "last"


@pytest.mark.parametrize("text", ["", "hf:", "tf1:/", "run:"])
def test_a_name_of_nothing_is_refused(text):
    with pytest.raises(DataError, match="names no model\n  fix: name one as RUN, "):
        parse_address(text)


@pytest.mark.parametrize("text", ["pt:folder", "HF:folder", "huggingface:a/b", "tf2:x"])
def test_a_kind_that_is_none_is_refused(text):
    with pytest.raises(DataError, match="no kind of model called") as refusal:
        parse_address(text)
    assert "hf:FOLDER" in refusal.value.fix and refusal.value.fix.endswith(f"./{text}")


def test_a_folder_with_a_colon_is_named_by_its_path(tmp_path, monkeypatch):
    assert parse_address("./pt:folder").place == "./pt:folder"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pt:there").mkdir()
    assert parse_address("pt:there") == Address("run", "pt:there")


@pytest.fixture
def places(tmp_path):
    for path in ("run/model.json", "run/ckpt-3.index", "hf/config.json", "tf1/model.ckpt.index"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    "text, right",
    [
        ("{}/hf", "hf:{}/hf"),
        ("tf1:{}/hf", "hf:{}/hf"),
        ("{}/tf1/model.ckpt", "tf1:{}/tf1/model.ckpt"),
        ("{}/tf1", "tf1:{}/tf1/model.ckpt"),
        ("tf1:{}/tf1/model.ckpt.index", "tf1:{}/tf1/model.ckpt"),
        ("tf1:{}/tf1", "tf1:{}/tf1/model.ckpt"),
        ("hf:{}/tf1/model.ckpt", "tf1:{}/tf1/model.ckpt"),
        ("hf:{}/run", "{}/run"),
        ("tf1:{}/run/ckpt-3", "{}/run/ckpt-3"),
        ("{}/run/ckpt-3.index", "{}/run/ckpt-3"),
    ],
)
def test_a_model_of_another_kind_is_refused_with_its_right_name(places, text, right):
    with pytest.raises(DataError) as refusal:
        check_spelling(parse_address(text.format(places)))
    assert refusal.value.fix == f"write {right.format(places)}"


@pytest.mark.parametrize("text", ["{}/run", "{}/run@best", "{}/run/ckpt-3", "hf:{}/hf"])
def test_what_is_named_as_it_is_passes(places, text):
    check_spelling(parse_address(text.format(places)))


@pytest.mark.parametrize("text", ["{}/none", "tf1:{}/none", "hf:{}/none"])
def test_where_there_is_nothing_every_spelling_is_said(places, text):
    with pytest.raises(DataError, match=r"no such .*\n  fix: name a model as RUN, RUN@best"):
        check_spelling(parse_address(text.format(places)))


def test_a_checkpoint_that_is_no_step_is_told_how_one_is_named(places):
    with pytest.raises(DataError, match="no checkpoint 'foo'") as refusal:
        check_spelling(parse_address(f"{places}/run@foo"))
    assert refusal.value.fix == f"write {places}/run, {places}/run@best or {places}/run@STEP"
