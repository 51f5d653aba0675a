"""The command line: what it refuses before any work starts, and what it says when all went well."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sentencepiece

from tests.command_line import CORPUS, albert_data, fails, succeeds
from tests.shared import EXAMPLES

TINY = "--config=tiny.yaml"
ONE = "--workers=1"


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "shards"


@pytest.fixture
def build(folder, vocabulary_file):
    """Runs a build of the example corpus that is expected to be refused."""

    def run(*options, sources=CORPUS, vocabulary=vocabulary_file):
        return albert_data(
            "build", *sources, "--vocab", vocabulary, "--output", folder, TINY, *options
        )

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory, vocabulary_file):
    """A finished build of one book."""
    folder = tmp_path_factory.mktemp("made") / "shards"
    source = f"--source=books:{EXAMPLES}/books/the_weighing_house.txt"
    result = succeeds(
        albert_data("build", source, "--vocab", vocabulary_file, "--output", folder, TINY, ONE)
    )
    return folder, result


REFUSED = {
    "unknown preset": (
        ["--config=papper"],
        "papper: no such configuration\n  fix: name a YAML file or one of: dynamic, paper, paper-128, tiny",
    ),
    "unknown key": (["--set=masking.max_ngrm=2"], "masking.max_ngrm\n  fix: did you mean masking."),
    "key in another group": (
        ["--set=pairs.max_ngram=2"],
        "unknown key pairs.max_ngram\n  fix: did you mean masking.max_ngram?",
    ),
    "impossible value": (
        ["--set=masking.rate=1.5"],
        "masking.rate is 1.5\n  fix: it must be greater than 0 and at most 1",
    ),
    "two values that cannot go together": (
        ["--set=masking.max_predictions=62"],
        "masking.max_predictions is 62\n  fix: it must be from 1 to 61 (pairs.max_length less",
    ),
    "value of another type": (
        ["--set=pairs.dupe_factor=many"],
        "pairs.dupe_factor is 'many', not of type int",
    ),
    "value that is no choice": (
        ["--set=pairs.objective=mlm"],
        "pairs.objective is 'mlm'\n  fix: use one of: sop, nsp, none",
    ),
    "misspelt Beam option": (
        ["--temp_locatoin=/tmp/x"],
        "--temp_locatoin: unknown option\n  fix: did you mean --temp_location?",
    ),
    "misspelt own option": (
        ["--pseudo-document=3"],
        "--pseudo-document: unknown option\n  fix: did you mean --pseudo-documents?",
    ),
    "unknown runner": (
        ["--runner=DatflowRunner"],
        "--runner: unknown runner 'DatflowRunner'\n  fix: did you mean DataflowRunner?",
    ),
    "stray word": (["corpus.txt"], "'corpus.txt' belongs to no option"),
    "no workers": (["--workers=0"], "--workers: 0 workers cannot do the work"),
    "unknown storage": (
        ["--output=ftp://host/shards"],
        "ftp://host/shards: no such kind of storage",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_option_that_cannot_be_used_is_refused_before_anything_is_written(build, folder, case):
    options, message = REFUSED[case]
    fails(build(*options), message, code=2)
    assert not folder.exists() and not Path("ftp:").exists()


def test_a_name_that_is_not_utf_8_is_refused(build, folder, tmp_path):
    path = os.fsdecode(bytes(tmp_path / "caf") + b"\xe9.txt")
    Path(path).write_text("The goose ran home. The rain fell.")
    shown = f"{tmp_path}/caf\\udce9"
    source = f"--source=books:{tmp_path}"
    fails(build(sources=[source]), f"{shown}.txt: the name is not valid UTF-8", code=2)
    fails(build(f"--output={path[:-4]}"), f"{shown}: the name is not valid UTF-8", code=2)
    assert not folder.exists() and not Path(path[:-4]).exists()


def test_one_folder_cannot_be_output_and_token_cache(build, folder):
    fails(build(f"--tokens={folder}/../shards"), "--tokens and --output are the same", code=2)


SOURCES = {
    "missing file": ("books:none.txt", "books:none.txt: no such file or folder"),
    "glob without a match": ("text:none-*.txt", "text:none-*.txt: no file matches this pattern"),
    "folder without a book": (f"books:{EXAMPLES}/../..", "no input in this folder"),
    "unknown kind": ("boks:a.txt", "boks:a.txt: no kind of source called 'boks'\n  fix: did you "),
    "no kind": ("dump.xml.bz2", "a source is KIND:PATH\n  fix: write wikipedia:dump.xml.bz2;"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_a_source_that_is_not_there_is_refused(build, folder, tmp_path, monkeypatch, case):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    source, message = SOURCES[case]
    source = source.replace(f"{EXAMPLES}/../..", str(tmp_path / "empty"))
    fails(build(sources=["--source", source]), message, code=2)
    assert not folder.exists()


def test_a_vocabulary_without_a_mask_piece_is_refused(build, folder, tmp_path):
    text = sorted(EXAMPLES.glob("books/*.txt"))[0]
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(tmp_path / "plain"), vocab_size=200,
        control_symbols=["[CLS]", "[SEP]", "<pad>"], minloglevel=2,
    )  # fmt: skip
    path = tmp_path / "plain.model"
    fails(build(vocabulary=path), f"{path}: the vocabulary has no [MASK]\n  fix: train it", code=2)
    assert not folder.exists()


@pytest.mark.parametrize("case", ["missing", "a folder", "empty", "text", "cut off"])
def test_a_vocabulary_that_is_not_one_is_refused(build, folder, tmp_path, vocabulary_file, case):
    path = tmp_path / "some.model"
    whole = vocabulary_file.read_bytes()
    if case == "a folder":
        path.mkdir()
    elif case != "missing":
        path.write_bytes({"empty": b"", "text": b"[MASK]\t0\n", "cut off": whole[:99_999]}[case])
    message = {
        "missing": "the vocabulary cannot be read: No such file or directory",
        "a folder": "the vocabulary cannot be read: Is a directory",
    }.get(case, "not a SentencePiece model")
    fails(build(vocabulary=path), f"{path}: {message}\n  fix: pass", code=2)
    assert not folder.exists()


def test_language_without_rules_of_its_own_is_said_once_and_recorded(
    tmp_path, vocabulary_file
) -> None:
    source = f"--source=books:{EXAMPLES}/books/the_weighing_house.txt"
    output = tmp_path / "tokens"
    result = succeeds(
        albert_data(
            "tokenize", source, "--vocab", vocabulary_file, "--output", output, TINY, ONE,
            "--set=sentences.language=sv",
        )
    )  # fmt: skip
    assert result.err.count("sentences.language=sv: sentencex has no rules of its own") == 1
    assert '"language_rules":"default"' in (output / "tokens.json").read_text().replace(" ", "")


@pytest.mark.parametrize("key", ["tokens.normalization=none", "sentences.splitter=lines"])
def test_remask_refuses_a_key_that_its_token_cache_decided(made, folder, key):
    result = albert_data("remask", made[0] / "tokens", "--output", folder, f"--set={key}")
    fails(result, f"--set {key}: this key is decided when the token cache is made", code=2)
    assert not folder.exists()


def test_remask_refuses_an_option_of_another_command(made, folder):
    result = albert_data("remask", made[0] / "tokens", "--output", folder, "--sentences=lines")
    fails(result, "--sentences: unknown option", code=2)
    assert "did you mean --sentences?" not in result.err


def test_remask_refuses_a_folder_that_is_no_token_cache(made, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    for place, problem, fix in (
        (
            tmp_path / "empty",
            "no complete token cache (it has no tokens.json)",
            "name one: of a build",
        ),
        (tmp_path / "none", "no such folder", "check the path, or name one: of a build"),
    ):
        result = albert_data("remask", place, "--output", folder, ONE)
        fails(result, f"{place}: {problem}", code=2)
        assert f"fix: {fix}" in result.err and not folder.exists()


def test_a_build_tells_what_it_made_and_where(made):
    folder, result = made
    assert result.out == f"{folder}/manifest.json\n"
    manifest = json.loads((folder / "manifest.json").read_text())
    examples = manifest["totals"]["examples"]
    assert "documents: 1 read, 1 kept, left out: none" in result.err
    assert f"{examples:,} in 4 shards" in result.err
    assert result.err.splitlines()[-1].endswith(f"check it: albert-data verify {folder}")


def test_direct_runner_runs_on_this_machine_and_says_so(tmp_path, vocabulary_file):
    result = albert_data(
        "tokenize", CORPUS[0], "--vocab", vocabulary_file, "--output", tmp_path / "tokens", TINY,
        ONE, "--runner=DirectRunner",
    )  # fmt: skip
    assert "DirectRunner: Beam's FnApiRunner in this process" in succeeds(result).err


def test_help_and_version_need_no_beam():
    code = (
        "import sys; from albert_data.cli import main\n"
        "for words in (['--version'], ['build', '--help'], ['verify', '-h']): main(words)\n"
        "sys.exit('apache_beam' in sys.modules or 'tensorflow' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "albert-data, version 0.2.0" in done.stdout and "--pseudo-documents" in done.stdout


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["build", "--wrong"], ["verify", "-x"]]
)
def test_what_is_told_at_once_reads_no_sources_and_compiles_nothing(words):
    heavy = "'numpy', 'numba', 'pyarrow', 'msgspec', 'albert_data.corpus.sources'"
    code = (
        "import sys; from albert_data.__main__ import main\n"
        "try: main()\n"
        f"finally: sys.exit(sorted({{{heavy}}} & {{*sys.modules}}) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_no_command_loads_libraries_that_are_only_asked_whether_an_argument_is_theirs(tmp_path):
    code = (
        "import sys; from albert_data.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "import pyarrow, numba.np.arraymath\n"
        "pyarrow.array([1])\n"
        "assert 'albert_data.config.load' in sys.modules\n"
        "sys.exit(sorted({'pandas', 'scipy', 'cffi'} & {*sys.modules}) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, "config"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_build_of_books_loads_nothing_for_other_sources_or_for_terminals(
    tmp_path, vocabulary_file
):
    unused = "'albert_data.corpus.wikitext.structure', 'fsspec', 'rich', 'pyarrow.acero'"
    code = (
        "import sys; from albert_data.__main__ import main\n"
        "main()\n"
        "assert 'albert_data.corpus.sources.books' in sys.modules\n"
        f"sys.exit(sorted({{{unused}}} & {{*sys.modules}}) or 0)"
    )
    text = tmp_path / "text.txt"
    text.write_text("It was a dark night. The rain fell.\n\n" * 50)
    given = [f"books:{text}", "--vocab", vocabulary_file, "--output", tmp_path / "made", ONE]
    words = ["build", "--source", *map(str, given)]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_first_kernel_that_is_compiled_is_told_in_one_line_and_one_of_the_cache_is_not(
    tmp_path,
):
    code = (
        "import numpy as np\n"
        "from albert_data.base.waiting import waiting\n"
        "waiting.tell(print)\n"
        "from albert_data.base.gather import gather\n"
        "for _ in range(2): gather(np.zeros(3, np.uint8), *np.ones((2, 1), np.int64))\n"
    )
    place = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    for told in (1, 0):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=place
        )
        assert done.stdout.count("compiling for this processor, once: ") == told, done.stderr


def test_ctrl_c_while_the_command_line_is_imported_ends_in_silence():
    code = (
        "import os, signal, sys\n"
        "class Interrupt:\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name == 'click': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupt)\n"
        "from albert_data.__main__ import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")


def test_help_cuts_no_sentence_off():
    lines = succeeds(albert_data("--help")).out.partition("Commands:")[2]
    assert "..." not in lines and "for any number of `remask`" in lines
