"""The wheel that workers elsewhere install: of the checkout that is imported, or of the installed files.

A checkout (also an editable installation) is built by pip. What was installed from a folder or an index has
no source any more: its own files, as the installation's RECORD names them, are packed again, so that workers
have the very code that starts the job.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import albert_data
from albert_data.base.errors import ConfigError

_NAME = "albert-data"
_FIX = "give --extra_package=WHEEL or --sdk_container_image=IMAGE"
# Of dist-info, what tells of this installation alone; RECORD is written anew.
_OF_INSTALLATION = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")


def source() -> Path:
    """The checkout, or the folder of the installed package, that the wheel is made of.

    Raises:
        ConfigError: none can be made of this installation.
    """
    folder = Path(albert_data.__file__).resolve().parents[1]
    if not (folder / "pyproject.toml").is_file():
        _installed(folder)
    return folder


def make(folder: Path) -> Path:
    """Makes the wheel in a folder.

    Raises:
        ConfigError: none can be made of this installation.
    """
    made_of = source()
    if not (made_of / "pyproject.toml").is_file():
        return _packed_again(_installed(made_of), made_of, folder)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    made = subprocess.run([*command, folder, made_of], capture_output=True, text=True)
    if made.returncode != 0:
        reason = made.stderr.strip().rpartition("\n")[2]
        problem = f"the workers' wheel cannot be made: {reason}"
        raise ConfigError(problem, where=str(made_of), fix=_FIX)
    return next(folder.glob("*.whl"))


def _installed(folder: Path) -> metadata.Distribution:
    """The installation in a folder, which must list its files."""
    found = next(iter(metadata.distributions(name=_NAME, path=[str(folder)])), None)
    if found is None or not any(
        str(path) == "albert_data/__init__.py" for path in found.files or ()
    ):
        problem = "no source here to make the workers' wheel of"
        raise ConfigError(problem, where=str(folder), fix=_FIX)
    return found


def _packed_again(found: metadata.Distribution, folder: Path, target: Path) -> Path:
    tags = (found.read_text("WHEEL") or "").splitlines()
    tag = next((line[5:] for line in tags if line.startswith("Tag: ")), "py3-none-any")
    name = f"{_NAME.replace('-', '_')}-{found.version}"
    kept = [
        path
        for path in sorted(map(str, found.files or ()))
        if not path.startswith("..") and not path.endswith(".pyc")
        and not (".dist-info/" in path and path.endswith(_OF_INSTALLATION))
    ]  # fmt: skip
    made = target / f"{name}-{tag}.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in kept:
            packed.write(folder / path, path)
        record = f"{name}.dist-info/RECORD"
        packed.writestr(record, "".join(f"{path},,\n" for path in [*kept, record]))
    return made
