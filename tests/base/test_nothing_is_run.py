"""A pickle planted where we read arrays, weights or settings is refused, and never loaded.

Python itself says when a pickle finds a class (an audit event): none may, and what it would run, it must not.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from albert_data.base.errors import DataError
from albert_data.config.load import load, override
from albert_data.config.settings import Config
from albert_data.tokens.dedup import _load
from model.convert.hugging_face import read_folder
from model.state_file import read_arrays
from model.tasks.scoring.predictions import read_predictions

_seen: list[str] = []
_watching: list[bool] = []
sys.addaudithook(
    lambda event, given: (
        _seen.append(str(given))
        if _watching and event in ("pickle.find_class", "os.system")
        else None
    )
)


class Planted:
    """What a pickle of it runs makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


@pytest.fixture
def ran(tmp_path) -> Iterator[Path]:
    """The folder that is made where a planted pickle runs."""
    folder = tmp_path / "ran"
    pickle.loads(pickle.dumps(Planted(folder)))
    folder.rmdir()  # so does it work
    _seen.clear()
    _watching.append(True)
    yield folder
    _watching.clear()
    assert not folder.exists() and _seen == []


def as_npz(path: Path, planted: Planted) -> None:
    names = dict.fromkeys(("task", "split", "examples", "ids"), np.array("x"))
    np.savez(path, logits=np.array([planted], object), **names)


def as_npy(path: Path, planted: Planted) -> None:
    with open(path, "wb") as stream:
        np.save(stream, np.array([planted], object), allow_pickle=True)


def as_pickle(path: Path, planted: Planted) -> None:
    path.write_bytes(pickle.dumps(planted))


def as_torch(path: Path, planted: Planted) -> None:
    """As PyTorch packs its weights: a pickle in a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(planted))


READERS = {
    "predictions": read_predictions,
    "signatures": _load,
    "checkpoint of JAX": lambda path: read_arrays(str(path)),
}
FORMS = (as_npz, as_npy, as_pickle, as_torch)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("reader", READERS)
def test_a_planted_pickle_is_refused_and_not_loaded(ran, tmp_path, reader, form):
    path = tmp_path / "file.npz"
    _watching.clear()
    form(path, Planted(ran))
    _watching.append(True)
    with pytest.raises(DataError, match="file.npz"):
        READERS[reader](path)


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "model.safetensors"])
def test_a_hugging_face_folder_with_a_pickle_and_code_of_its_own_runs_neither(
    ran, tmp_path, weights
):
    folder = tmp_path / "stranger"
    folder.mkdir()
    auto = {"AutoModel": "modeling.Model", "AutoTokenizer": ["tok.Tok", None]}
    fields = {"model_type": "albert", "auto_map": auto, "trust_remote_code": True}
    (folder / "config.json").write_text(json.dumps(fields))
    for name in ("modeling.py", "tok.py", "hubconf.py", "sitecustomize.py"):
        (folder / name).write_text(f"import os; os.mkdir({str(ran)!r})")
    _watching.clear()
    as_torch(folder / weights, Planted(ran))
    _watching.append(True)
    with pytest.raises(DataError):
        read_folder(str(folder))


TAGS = ("!!python/object/apply:os.mkdir [PATH]", "!!python/name:os.system", "!!python/module:os",
        "!!python/object/new:os.mkdir [PATH]")  # fmt: skip


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_of_yaml_makes_no_object(ran, tmp_path, tag):
    value = tag.replace("PATH", str(ran))
    path = tmp_path / "settings.yaml"
    path.write_text(f"seed: {value}\n")
    with pytest.raises(DataError, match="YAML"):
        load(str(path))
    with pytest.raises(DataError, match="YAML"):
        override(Config(), [f"seed={value}"])
