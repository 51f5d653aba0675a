"""A vocabulary trained on the example corpus and builds of it, once per test run."""
# ruff: noqa: E402

from __future__ import annotations

import signal
from collections import Counter
from pathlib import Path

import albert_pipelines
import hypothesis
import pytest

from tests.checked_shapes import check_shapes

check_shapes()  # before anything else is imported

from albert_data.config.settings import Config
from albert_data.tokens.train_vocabulary import train_vocabulary
from albert_data.tokens.vocabulary import Vocabulary, load_vocabulary
from tests.command_line import CORPUS, SMALL, albert_data, succeeds
from tests.shared import EXAMPLES, ROOT

# A test that waits for a busy processor is not a slow one.
hypothesis.settings.register_profile("without deadline", deadline=None)
hypothesis.settings.load_profile("without deadline")


def pytest_configure() -> None:
    """Refuses to test another checkout's code, which an editable installation of that one maps to.

    A shell has what it runs in the background ignore Ctrl-C, nohup a hang-up, and so would all that
    tests start.
    """
    tested = Path(albert_pipelines.__file__ or "").resolve().parent
    if tested != ROOT / "pipelines":
        raise pytest.UsageError(f"albert_pipelines is {tested}: put {ROOT}/typings on PYTHONPATH")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: begun last, one of them keeps one process busy and no other."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


@pytest.fixture(scope="session")
def example_sources() -> list[str]:
    return [f"books:{EXAMPLES}/books", f"wikipedia:{EXAMPLES}/wikipedia.xml"]


@pytest.fixture(scope="session")
def vocabulary_file(tmp_path_factory, example_sources) -> Path:
    path = tmp_path_factory.mktemp("vocabulary") / "small.model"
    train_vocabulary(example_sources, path, 2000, Config())
    return path


@pytest.fixture(scope="session")
def vocabulary(vocabulary_file) -> Vocabulary:
    return load_vocabulary(vocabulary_file)


@pytest.fixture(scope="session")
def tiny_build(tmp_path_factory, vocabulary_file) -> Path:
    """A finished build of the example corpus; to be copied before it is changed."""
    folder = tmp_path_factory.mktemp("made") / "shards"
    given = ["--vocab", vocabulary_file, "--config=tiny.yaml", "--workers=1"]
    succeeds(albert_data("build", *CORPUS, "--output", folder, *given))
    return folder


@pytest.fixture(scope="session")
def jobs(vocabulary_file):
    """The arguments of a build into a folder."""

    def make(output, *options, sources=CORPUS):
        return [
            "build", *sources, "--vocab", vocabulary_file, "--output", output, *SMALL, *options,
        ]  # fmt: skip

    return make


@pytest.fixture(scope="session")
def embedded(tmp_path_factory, jobs) -> Path:
    """The build on this machine, undisturbed, that others are compared with."""
    folder = tmp_path_factory.mktemp("embedded") / "shards"
    succeeds(albert_data(*jobs(folder, "--workers=1")))
    return folder
