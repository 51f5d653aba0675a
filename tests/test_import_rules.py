"""The import rules of pyproject.toml ([tool.importlinter]) hold."""

from __future__ import annotations

import subprocess
import sys

from tests.shared import ROOT

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def test_every_folder_imports_only_folders_above_it_and_nothing_it_must_not_know():
    command = [sys.executable, "-c", LINT, "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
