"""The cache of compiled kernels: for exactly this source, in a folder that can be written."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from numba.core.errors import NumbaError

from albert_data.base import kernels
from albert_data.base.code import source_fingerprint
from albert_data.base.kernels import kernel_files


def test_what_kernels_are_made_of_is_found():
    files = kernel_files()
    assert {"examples/masking.py", "examples/span_law.py", "base/gather.py"} <= set(files)
    assert {"tokens/documents.py", "config/settings.py"} <= set(files)  # compiled into them
    assert not {"cli.py", "insight/report/page.py"} & set(files)


def test_a_kernel_makes_no_arrays_unless_it_says_so():
    @kernels.kernel_making_arrays
    def counted(size):
        return np.zeros(size, np.int64)

    @kernels.kernel
    def not_counted(size):
        return np.zeros(size, np.int64)

    assert counted(3).tolist() == [0, 0, 0]
    with pytest.raises(NumbaError, match="Only accept returning of array passed into the function"):
        not_counted(3)


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
    name = f"kernels-{source_fingerprint(kernel_files())[:16]}"
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
        "import sys\n"
        "from albert_data.base.kernels import kernel\n"
        "@kernel\n"
        "def double(x):\n"
        "    return 2 * x\n"
        "print(double(21), sum(double.stats.cache_hits.values()), 'numba.np.linalg' in sys.modules)\n"
    )
    env = {**os.environ, "HOME": "/proc/nowhere", "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": ""}
    outputs = [
        subprocess.run(
            [sys.executable, script], env=env, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    # What Numba compiles with is loaded for the first alone.
    assert outputs == ["42 0 True\n", "42 1 False\n"]
