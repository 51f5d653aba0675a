"""The choice of a library, in processes of its own where it must come before Keras."""

import subprocess
import sys

import pytest

from model.configs import SettingError
from model.training.engines import load
from tests.shared import ROOT

SHARED = (
    "model.train_tpu", "model.settings", "model.shards", "model.run_folder", "model.checkpoint_files",
    "model.failures", "model.training.ahead", "model.training.engine", "model.training.signals",
)  # fmt: skip


def python(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={"PATH": "", **environment}, capture_output=True, text=True,
    )  # fmt: skip


def test_what_the_engines_share_loads_neither_library_nor_keras():
    loaded = f"import sys, {', '.join(SHARED)}\n"
    check = "print([name for name in ('tensorflow', 'jax', 'keras') if name in sys.modules])"
    done = python(loaded + check)
    assert done.stdout == "[]\n", done.stderr


@pytest.fixture
def without(tmp_path):
    """Makes a folder for PYTHONPATH with broken libraries in it."""

    def make(**modules):
        for name, text in modules.items():
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text(text)
        return f"{tmp_path}:{ROOT}"

    return make


FAILING = """
import sys
from importlib.machinery import PathFinder
class Without:
    def find_spec(self, name, path=None, target=None):
        return None if name.split(".")[0] == MISSING else PathFinder.find_spec(name, path, target)
sys.meta_path[:] = [f for f in sys.meta_path if f is not PathFinder]
sys.meta_path.append(Without())
from model.train_tpu import main
main(["--engine", MISSING, "--shards", "s", "--model-dir", "m"])
"""


@pytest.mark.parametrize("engine, extra", [("jax", "jax"), ("tensorflow", "train")])
def test_a_library_that_is_not_installed_is_one_message_with_what_installs_it(engine, extra):
    done = python(f"MISSING = {engine!r}\n{FAILING}")
    expected = f"error: --engine {engine}: {engine} is not installed\n"
    assert (
        done.stderr == f"{expected}  fix: pip install 'albert-data[{extra}]'\n"
        and done.returncode == 2
    )


GIVEN = ["--model-dir=m", "--set=vocab_size=2000"]


@pytest.mark.parametrize(
    "fault", ["raise RuntimeError('jaxlib is of version 0.1\\nand more')", "import no_such_module"]
)
def test_a_library_that_cannot_be_loaded_is_one_message(without, fault, tiny_build):
    given = ["--engine", "jax", f"--shards={tiny_build}", "--model-dir=m", "--set=vocab_size=2000"]
    code = f"from model.train_jax import main; main({given})"
    done = python(code, PYTHONPATH=without(jax=fault))
    said = done.stderr.splitlines()[-2:]  # behind what the run is
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert said[0].startswith("error: --engine jax: jax cannot be loaded (")
    assert said[1] == "  fix: pip install 'albert-data[jax]'"


def test_the_file_train_jax_is_the_program_with_that_engine(without, tiny_build):
    done = subprocess.run(
        [sys.executable, ROOT / "model" / "train_jax.py", *GIVEN, f"--shards={tiny_build}"],
        env={"PATH": "", "PYTHONPATH": without(jax="raise ImportError('of this test')")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert "--engine jax: jax cannot be loaded (of this test)" in done.stderr, done.stderr


def test_a_process_that_has_keras_on_the_other_is_told():
    with pytest.raises(SettingError, match="this process has Keras on tensorflow already"):
        load("jax")


def test_the_backend_in_the_environment_gives_way_to_the_engine():
    code = "from model.training.engines import load; load('tensorflow')\n"
    code += "import keras; print(keras.config.backend())"
    done = python(code, KERAS_BACKEND="jax", TF_CPP_MIN_LOG_LEVEL="3")
    assert done.stdout == "tensorflow\n", done.stderr
