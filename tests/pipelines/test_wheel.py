"""The wheel that Dataflow's workers get, where no source is there to build it of."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from albert_pipelines.cluster import wheel

import albert_data
from albert_data.base.errors import ConfigError

INFO = "albert_data-9.9.dist-info"
FILES = {
    "albert_data/__init__.py": "__version__ = '9.9'\n",
    "albert_data/configs/paper.yaml": "seed: 1\n",
    "albert_pipelines/build.py": "",
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: albert-data\nVersion: 9.9\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\n",
}
OF_THIS_INSTALLATION = {
    "albert_data/__pycache__/__init__.cpython-311.pyc": "",
    f"{INFO}/INSTALLER": "pip\n",
    f"{INFO}/direct_url.json": "{}\n",
    f"{INFO}/REQUESTED": "",
}


@pytest.fixture
def installed(tmp_path, monkeypatch) -> Path:
    """A folder of installed packages with ours in it, which is the one that runs."""
    folder = tmp_path / "site-packages"
    for name, content in {**FILES, **OF_THIS_INSTALLATION}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "other.py").write_text("")
    names = [*FILES, *OF_THIS_INSTALLATION, f"{INFO}/RECORD", "../../bin/albert-data"]
    (folder / INFO / "RECORD").write_text("".join(f"{name},,\n" for name in names))
    monkeypatch.setattr(albert_data, "__file__", str(folder / "albert_data/__init__.py"))
    return folder


def test_what_was_installed_without_its_source_is_packed_again(tmp_path, installed):
    assert wheel.source() == installed
    made = wheel.make(tmp_path)
    assert made.name == "albert_data-9.9-py3-none-any.whl"
    with zipfile.ZipFile(made) as packed:
        record = packed.read(f"{INFO}/RECORD").decode().split(",,\n")
        assert (
            sorted(packed.namelist()) == sorted([*FILES, f"{INFO}/RECORD"]) == sorted(record[:-1])
        )
        assert all(packed.read(name).decode() == content for name, content in FILES.items())


@pytest.mark.parametrize("gone", [f"{INFO}/RECORD", f"{INFO}/METADATA"])
def test_an_installation_that_does_not_list_its_files_is_refused(tmp_path, installed, gone):
    (installed / gone).unlink()
    if gone.endswith("METADATA"):
        (installed / INFO).rename(installed / "elsewhere")
    with pytest.raises(ConfigError, match="no source here"):
        wheel.source()
