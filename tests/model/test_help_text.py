"""What ``--help`` shows of a program's docstring."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from model import check_tpu, evaluate, finetune, train_tpu, try_model
from model.convert import main as convert_main
from model.help_text import help_of

DOCSTRING = """What it is for: ``program A``.

    program a    # an example that stands in a line of its own, however long that line is
    program b

Words of a paragraph
that may be wrapped.
"""


def test_examples_stay_lines_and_paragraphs_are_wrapped():
    command = click.command(help=help_of(DOCSTRING))(lambda: None)
    lines = [line.strip() for line in CliRunner().invoke(command, ["--help"]).output.splitlines()]
    assert "What it is for: program A." in lines and "program b" in lines
    assert (
        "program a    # an example that stands in a line of its own, however long that line is"
        in lines
    )
    assert "Words of a paragraph that may be wrapped." in lines


PROGRAMS = (try_model, train_tpu, evaluate, finetune, convert_main, check_tpu)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_examples_of_a_program_are_lines_of_its_help(program):
    given = CliRunner().invoke(program.main, ["--help"]).output
    shown = {line.strip() for line in given.splitlines()}
    examples = [line for line in program.__doc__.splitlines() if line.startswith("    ")]
    assert {line.strip().replace("``", "") for line in examples} <= shown
