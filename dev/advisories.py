"""Known weaknesses, licences and a bill of materials of what is installed here.

    python -m dev.advisories TOOLS [--output FOLDER]

TOOLS is an environment with `pip-audit` and `cyclonedx-bom`: theirs need not fit ours. Three parts, each of
which says so where it cannot be had: known weaknesses of the locked set (`constraints.txt`; pip-audit asks
PyPI's database of advisories, which may be out of reach), licences by the packages' own words, and
FOLDER/sbom.json (CycloneDX). Exit code 1 where a weakness is known, 3 where nobody could be asked, else 0.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKED = ROOT / "constraints.txt"
KNOWN, NOT_ASKED = 1, 3
_LONGEST = 60  # characters of a licence's name: some packages put its whole text there
_TOPIC = "License :: "


def licence_of(package: metadata.PackageMetadata) -> str:
    """What a package says of its licence: an SPDX expression, else classifiers, else a name."""
    if expression := package.get("License-Expression"):
        return str(expression)
    topics = [line for line in package.get_all("Classifier") or () if line.startswith(_TOPIC)]
    if topics:
        return ", ".join(sorted(line.rpartition(" :: ")[2] for line in topics))
    said = (package.get("License") or "").strip().split("\n")[0]
    return said[:_LONGEST] or "not said"


def licences(packages: Iterable[metadata.PackageMetadata]) -> dict[str, list[str]]:
    """Licence → names of the packages under it."""
    found: dict[str, list[str]] = {}
    for package in packages:
        found.setdefault(licence_of(package), []).append(package["Name"])
    return {licence: sorted(set(names)) for licence, names in sorted(found.items())}


def audit(tools: Path, locked: Path = LOCKED) -> int:
    """Prints the known weaknesses; 0, KNOWN or NOT_ASKED."""
    command = [tools / "bin/pip-audit", "--requirement", locked, "--no-deps", "--disable-pip",
               "--progress-spinner=off"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        said, code = done.stdout + done.stderr, done.returncode
    except (OSError, subprocess.TimeoutExpired) as error:
        said, code = str(error), 1
    if code and "known vulnerabilit" not in said:
        last = said.strip().rpartition("\n")[2]
        print(f"not known: the database of advisories could not be asked ({last})")
        return NOT_ASKED
    print(said.strip())
    if not code and "could not be audited" in said:
        print("not known: of the packages with a reason to skip, nothing was learnt")
        return NOT_ASKED
    return KNOWN if code else 0


def bill(tools: Path, output: Path) -> None:
    """Writes the bill of materials of this Python's environment."""
    output.parent.mkdir(parents=True, exist_ok=True)
    command = [tools / "bin/cyclonedx-py", "environment", sys.executable,
               "--output-format=JSON", "--output-reproducible", f"--output-file={output}"]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
        print(f"bill of materials: {output}")
    except (OSError, subprocess.SubprocessError) as error:
        print(f"no bill of materials: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tools", type=Path)
    parser.add_argument("--output", type=Path, default=ROOT / "advisories")
    asked = parser.parse_args()
    print("== known weaknesses of constraints.txt")
    code = audit(asked.tools)
    print("== licences of what is installed")
    found = licences(one.metadata for one in metadata.distributions())
    for licence, names in found.items():
        print(f"{licence}: {', '.join(names)}")
    print("== bill of materials")
    bill(asked.tools, asked.output / "sbom.json")
    return code


if __name__ == "__main__":
    sys.exit(main())
