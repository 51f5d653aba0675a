"""What is submitted and staged for Dataflow, and that it makes the same bytes where it is run."""

from __future__ import annotations

import pytest

from tests.command_line import content, finish, start
from tests.engines.dataflow_service import Dataflow, service_account, serving
from tests.engines.servers import ENOUGH
from tests.engines.stores import downloaded, known_here, upload
from tests.shared import EXAMPLES

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]


@pytest.fixture
def submitted(google, jobs, tmp_path):
    """Submits a build to the stand-in; returns it, the command's result and the output folder."""
    _, environment = google
    root = f"gs://bucket/{tmp_path.name}"

    def submit(install: bool):
        with serving(Dataflow(tmp_path, environment, install)) as dataflow:
            account = service_account(tmp_path, dataflow.port)
            options = [
                "--runner=DataflowRunner",
                "--project=a-project",
                "--region=europe-west1",
                f"--temp_location={root}/tmp",
                f"--dataflow_endpoint=http://localhost:{dataflow.port}",
            ]
            sources = [f"--source=books:{root}/corpus/books"]
            sources.append(f"--source=wikipedia:{root}/corpus/wikipedia.xml")
            command = jobs(f"{root}/shards", *options, sources=sources)
            own = {**environment, "GOOGLE_APPLICATION_CREDENTIALS": str(account)}
            return dataflow, finish(start(*command, **own), ENOUGH), f"{root}/shards"

    with known_here(environment):
        upload(EXAMPLES, f"{root}/corpus")
        yield submit


def test_the_staged_pipeline_and_wheel_make_the_same_bytes(submitted, embedded, tmp_path):
    dataflow, result, folder = submitted(install=True)
    assert result.code == 0, result.err + dataflow.log
    assert content(downloaded(folder, tmp_path / "a")) == content(embedded)
    job = dataflow.jobs[0]
    pool = job["environment"]["workerPools"][0]
    assert (pool["machineType"], pool["diskSizeGb"]) == ("n2-highmem-2", 50)
    assert job["labels"] == {"application": "albert-data"}
    (wheel,) = dataflow.wheels(job)
    assert "albert_data-" in wheel
    options = job["environment"]["sdkPipelineOptions"]["options"]
    assert options["save_main_session"] is False
    assert options["resource_hints"] == ["min_ram=8GB"]


def test_without_the_wheel_the_job_fails_and_leaves_nothing_that_looks_whole(submitted, tmp_path):
    dataflow, result, folder = submitted(install=False)
    assert result.code == 1 and "error:" in result.err
    assert "No module named 'albert_pipelines'" in dataflow.log
    names = {path.name for path in (downloaded(folder, tmp_path / "a")).iterdir()}
    assert "manifest.json" not in names and not any(n.startswith("shards-") for n in names)
