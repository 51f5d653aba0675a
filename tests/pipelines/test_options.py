"""Beam arguments: everything Beam knows is accepted, everything else refused with its place."""

import os

import pytest
from albert_pipelines.engine import choose as choice
from albert_pipelines.engine import options as module
from albert_pipelines.engine.choose import Engine, choose
from apache_beam.options import pipeline_options as beam_options

from albert_data.base.errors import ConfigError

count_cores = choice.cores
HERE = "--runner=DirectRunner"
DATAFLOW = ["--runner=DataflowRunner", "--project=p", "--region=r", "--temp_location=gs://b/tmp"]


def parse(*args, workers=None, **named):
    return choose(list(args), workers=workers, **named)


def refusal(*args, **named):
    with pytest.raises(ConfigError) as caught:
        parse(*args, **named)
    return caught.value


@pytest.fixture(autouse=True)
def four_cores_and_google_clients(monkeypatch):
    for owner in (choice, module):
        monkeypatch.setattr(owner, "cores", lambda: 4)
    monkeypatch.setattr(module, "_has_dataflow", lambda: True)
    monkeypatch.delenv("CLOUDSDK_COMPUTE_REGION", raising=False)


def test_the_default_is_one_process_a_core_without_beam():
    assert parse() == Engine(4)
    assert parse(workers=3) == Engine(3)
    assert parse("--s3_region_name=x", workers=2) == Engine(2), "an option of a store"


def test_cores_are_those_that_this_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 5}, raising=False)
    assert count_cores() == 2


@pytest.mark.parametrize(
    "name", ["DirectRunner", "directrunner", "Direct", "SwitchingDirectRunner"]
)
def test_direct_runner_means_beam_in_this_process_and_one_line_says_so(name):
    said = []
    engine = parse(f"--runner={name}", note=said.append)
    assert (engine.workers, engine.runner) == (1, "FnApiRunner")
    assert engine.beam.view_as(beam_options.StandardOptions).runner == "FnApiRunner"
    assert len(said) == 1 and "FnApiRunner" in said[0] and "\n" not in said[0]


def test_direct_runner_has_no_other_workers():
    assert parse(HERE, workers=1).workers == 1
    for args, workers in (([HERE], 3), ([HERE, "--direct_num_workers=2"], None)):
        error = refusal(*args, workers=workers)
        assert error.where == "--workers" and "--runner" in error.fix


def test_beams_own_local_options_are_respected():
    assert parse("--direct_num_workers=3") == Engine(3)
    assert parse("--direct-num-workers", "0") == Engine(4)
    assert parse("--direct_running_mode=in_memory") == Engine(1)
    assert parse("--direct_running_mode=multi_processing", workers=2) == Engine(2)


def test_contradicting_worker_counts_are_refused():
    error = refusal("--direct_num_workers=3", workers=2)
    assert "--workers=2" in str(error) and "--direct_num_workers=3" in str(error)


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(workers):
    assert refusal(workers=workers).where == "--workers"


def test_the_main_session_is_never_pickled():
    for args in ([HERE], [HERE, "--save_main_session"]):
        assert parse(*args).beam.view_as(beam_options.SetupOptions).save_main_session is False


def example(action):
    """Arguments that set one option, in the way that its action asks for."""
    if action.nargs == 0:
        return None
    if action.choices:
        return str(list(action.choices)[0])
    if action.type is int:
        return "7"
    if action.type is float:
        return "0.5"
    return "a=b" if action.type in (None, str) else "{}"


@pytest.mark.parametrize("form", ["equals", "apart", "dashes"])
def test_every_option_of_every_runner_is_accepted(form):
    args, names = [], set()
    for action in module._parser()._actions:
        name = action.option_strings[-1]
        if action.dest in ("runner", "direct_num_workers") or action.dest.startswith("gcs_custom"):
            continue
        names.add(name)
        name = "--" + name[2:].replace("_", "-") if form == "dashes" else name
        value = example(action)
        if value is None:
            args += [name]
        else:
            args += [name, value] if form == "apart" else [f"{name}={value}"]
    options = parse(HERE, *args).beam
    assert len(names) > 150
    assert {"--project", "--flink_master", "--spark_rest_url", "--job_port", "--s3_verify"} <= names
    assert options.view_as(beam_options.GoogleCloudOptions).project == "a=b"
    assert options.view_as(beam_options.FlinkRunnerOptions).parallelism == 7
    assert options.view_as(beam_options.JobServerOptions).job_port == 7
    assert options.get_all_options(retain_unknown_options=True) == options.get_all_options()


def test_repeated_options_add_up():
    engine = parse(*DATAFLOW, "--label=a=1", "--labels", "b=2", "--experiments=x,y")
    options = engine.beam
    assert options.view_as(beam_options.GoogleCloudOptions).labels == ["a=1", "b=2"]
    assert options.view_as(beam_options.DebugOptions).experiments[:2] == ["x", "y"]


@pytest.mark.parametrize(
    ("argument", "nearest"),
    [
        ("--temp_loaction=gs://b", "--temp_location"),
        ("--temp-locatoin=gs://b", "--temp_location"),
        ("--runer=DataflowRunner", "--runner"),
        ("--direct_num_worker=2", "--direct_num_workers"),
        ("--flinkmaster=x", "--flink_master"),
        ("-runner", "--runner"),
        ("--sorce=x", "--source"),
    ],
)
def test_a_misspelt_option_is_refused_with_the_nearest_one(argument, nearest):
    error = refusal(argument, also=["--source"])
    assert error.where == argument.partition("=")[0]
    assert error.fix == f"did you mean {nearest}?"


def test_an_option_like_nothing_is_refused_without_a_guess():
    assert "did you mean" not in str(refusal("--quizzical"))


def test_an_abbreviated_option_is_refused():
    assert refusal("--proj=x").where == "--proj"


def test_a_stray_word_is_refused():
    assert "'shards'" in refusal("--project=p", "shards").problem
    assert refusal("--temp_loaction", "gs://b").where == "--temp_loaction"


@pytest.mark.parametrize(
    ("args", "where", "problem"),
    [
        (["--flink_version=9"], "--flink_version", "invalid choice: '9'"),
        (["--direct_num_workers=two"], "--direct_num_workers", "invalid int value: 'two'"),
        (["--streaming=yes"], "--streaming", "ignored explicit argument 'yes'"),
        (["--project"], "--project", "expected one argument"),
        (["--transform_name_mapping={"], "--transform_name_mapping", "invalid"),
        (["--gcs_custom_audit_entries={"], "Beam options", "cannot be read"),
    ],
)
def test_a_bad_value_is_refused_with_its_option(args, where, problem, capsys):
    error = refusal(*args)
    assert error.where == where and problem in error.problem
    assert capsys.readouterr() == ("", "")


def test_an_unknown_runner_is_refused_with_the_nearest_one():
    assert refusal("--runner=Dataflo").fix == "did you mean DataflowRunner?"
    assert "'Ray'" in refusal("--runner=Ray").problem
    assert "'no.such.Runner'" in refusal("--runner=no.such.Runner").problem


def test_a_runner_may_be_named_by_its_class_path():
    name = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
    assert parse(f"--runner={name}").runner == name


def test_a_complete_dataflow_command_is_accepted():
    engine = parse(*DATAFLOW, "--no_use_public_ips")
    assert engine.is_dataflow and engine.workers == 0
    assert engine.beam.view_as(beam_options.WorkerOptions).use_public_ips is False


@pytest.mark.parametrize("missing", ["--project", "--region", "--temp_location"])
def test_dataflow_without_its_needs_is_one_clear_error(missing):
    error = refusal(*[arg for arg in DATAFLOW if not arg.startswith(missing)])
    assert error.problem == f"DataflowRunner needs {missing}"
    assert missing in error.fix


def test_dataflow_cannot_use_a_local_folder():
    error = refusal(*DATAFLOW[:3], "--temp_location=/tmp/x")
    assert error.where == "--temp_location" and "/tmp/x" in error.problem


def test_dataflow_without_the_gcp_extra_says_what_to_install(monkeypatch):
    monkeypatch.setattr(module, "_has_dataflow", lambda: False)
    assert refusal(*DATAFLOW).fix == "pip install 'albert-data[gcp]'"


def test_options_of_job_servers_are_for_job_servers():
    flink = parse("--runner=FlinkRunner", "--object_reuse", "true", "--faster-copy=true").beam
    assert "--object_reuse" in flink._flags and "--faster_copy=true" in flink._flags
    assert "Flink" in refusal("--object_reuse=true").fix


def test_portable_runner_needs_a_job_server():
    assert "--job_endpoint" in refusal("--runner=PortableRunner").fix
    assert parse("--runner=PortableRunner", "--job_endpoint=localhost:8099").workers == 0


def test_local_workers_are_refused_for_a_remote_runner():
    error = refusal(*DATAFLOW, workers=8)
    assert error.where == "--workers" and "--max_num_workers" in error.fix
