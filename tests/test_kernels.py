"""The cache of compiled kernels: for exactly this source, in a folder that can be written."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import albert_data
from albert_data import kernels
from albert_data.kernels import code_fingerprint, kernel_files

PACKAGE = Path(albert_data.__file__).parent


@pytest.fixture
def copy(tmp_path):
    """A copy of the package, and its own `kernels` module."""
    folder = tmp_path / "copied"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    spec = importlib.util.spec_from_file_location("copied_kernels", folder / "kernels.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return folder, module


def test_a_copy_of_the_source_has_the_same_fingerprint(copy):
    _, module = copy
    assert module.code_fingerprint() == code_fingerprint()
    assert module.kernel_files() == kernel_files()


@pytest.mark.parametrize("name", ["examples/masking.py", "examples/span_law.py", "errors.py"])
def test_a_change_of_what_kernels_are_made_of_compiles_them_anew(copy, name):
    folder, module = copy
    whole, ours = module.code_fingerprint(), module.code_fingerprint(*module.kernel_files())
    with open(folder / "cli.py", "a") as stream:
        stream.write("\n")
    assert module.code_fingerprint(*module.kernel_files()) == ours
    assert module.code_fingerprint() != whole
    with open(folder / name, "a") as stream:
        stream.write("\n")
    assert module.code_fingerprint(*module.kernel_files()) != ours


def test_moving_source_between_files_changes_the_fingerprint(copy):
    folder, module = copy
    before = module.code_fingerprint()
    (folder / "sources" / "text.py").rename(folder / "sources" / "other.py")
    assert module.code_fingerprint() != before


def test_patterns_may_overlap_and_come_in_any_order():
    both = code_fingerprint("pieces.py", "merge.py")
    assert code_fingerprint("piece?.py", "mer*.py", "pieces.py") == both
    assert code_fingerprint("pieces.py") != code_fingerprint("merge.py")


def test_what_a_file_with_a_kernel_imports_counts_however_it_is_imported(copy):
    folder, module = copy
    imports = (
        "from albert_data import one\nfrom albert_data.far import (\n    two,\n    three,\n)\n"
    )
    (folder / "examples" / "new.py").write_text(f"{imports}\n@kernel\ndef f(x):\n    return x\n")
    (folder / "far").mkdir()
    for name in ("one", "far/two", "far/three", "far/four", "five"):
        (folder / f"{name}.py").write_text("from albert_data.five import FIVE\n" * (name == "one"))
    new = set(module.kernel_files()) - set(kernel_files())
    assert new == {"examples/new.py", "one.py", "far/two.py", "far/three.py", "five.py"}


@pytest.fixture
def cache_folder(monkeypatch, tmp_path):
    """The cache folder for a home folder, temporary files under tmp_path."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def for_home(home: str) -> Path:
        monkeypatch.setenv("HOME", home)
        return Path(kernels._cache_folder.__wrapped__())

    return for_home


def test_kernels_are_kept_in_the_users_cache(cache_folder, monkeypatch, tmp_path):
    name = f"kernels-{code_fingerprint(*kernel_files())[:16]}"
    assert cache_folder(f"{tmp_path}/home") == tmp_path / "home/.cache/albert-data" / name
    monkeypatch.setenv("XDG_CACHE_HOME", f"{tmp_path}/xdg")
    assert cache_folder("/nowhere") == tmp_path / "xdg/albert-data" / name


def test_where_home_cannot_be_written_they_are_kept_in_a_temporary_folder(cache_folder, tmp_path):
    (tmp_path / "a-file").touch()
    for home in ("/proc/nowhere", f"{tmp_path}/a-file"):
        found = cache_folder(home)
        assert found.parent == tmp_path / f"albert-data-{os.getuid()}"
        assert found.is_dir()


def test_another_users_temporary_folder_is_not_used(cache_folder, monkeypatch, tmp_path):
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    first, second = cache_folder("/proc/nowhere"), cache_folder("/proc/nowhere")
    assert first != second
    assert first.parent == second.parent == tmp_path
    assert first.stat().st_mode & 0o077 == 0


def test_kernels_compile_and_are_kept_without_a_home(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from albert_data.kernels import kernel\n"
        "@kernel\n"
        "def double(x):\n"
        "    return 2 * x\n"
        "print(double(21), sum(double.stats.cache_hits.values()))\n"
    )
    env = {**os.environ, "HOME": "/proc/nowhere", "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": ""}
    outputs = [
        subprocess.run(
            [sys.executable, script], env=env, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert outputs == ["42 0\n", "42 1\n"]
