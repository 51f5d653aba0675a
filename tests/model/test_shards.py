import pytest

from albert_data.base.errors import DataError
from model.shards import open_shards
from tests.command_line import edit
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards


def test_another_vocabulary_is_refused_with_the_fix(tmp_path):
    folder = write_shards(tmp_path, [2], vocabulary=50)
    with pytest.raises(DataError, match="(?s)made with 50 pieces.*fix: set vocab_size=50"):
        open_shards(str(folder), tiny_config())


def test_examples_longer_than_the_position_table_are_refused(tmp_path):
    folder = write_shards(tmp_path, [2], length=32)
    with pytest.raises(DataError, match="examples of 32 positions.*max_position_embeddings=24"):
        open_shards(str(folder), tiny_config())


def test_a_shard_of_another_size_is_refused(tmp_path):
    folder = write_shards(tmp_path, [2, 2])
    path = next(folder.glob("*00001-of*"))
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(DataError, match="00001-of-00002.*bytes, the manifest says"):
        open_shards(str(folder), tiny_config())


def test_a_missing_shard_is_refused(tmp_path):
    folder = write_shards(tmp_path, [2, 2])
    next(folder.glob("*00001-of*")).unlink()
    with pytest.raises(DataError, match="named by the manifest and not there"):
        open_shards(str(folder), tiny_config())


def test_an_unfinished_build_is_refused(tmp_path):
    with pytest.raises(DataError, match="is the build finished"):
        open_shards(str(tmp_path), tiny_config())


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda m: m.update(schema_version=99), "schema version 99"),
        (lambda m: m.pop("config"), "missing required field `config`"),
        (lambda m: m["shards"][0].update(name="../x"), "is not the name of a file"),
        (lambda m: m.update(shards=[]), "lists no example"),
    ],
)
def test_a_manifest_that_cannot_be_read_says_why(tmp_path, change, message):
    path = write_shards(tmp_path, [2]) / "manifest.json"
    edit(path, change)
    with pytest.raises(DataError, match=message):
        open_shards(str(tmp_path), tiny_config())
    path.write_text("{")
    with pytest.raises(DataError, match="is damaged"):
        open_shards(str(tmp_path), tiny_config())
