"""Services, quota and network of a project, from answers as Google's REST interfaces give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from albert_pipelines.preflight.google import NEEDED, _Project
from apache_beam.options.pipeline_options import PipelineOptions, WorkerOptions

from albert_data.base.errors import ConfigError, NetworkError


@dataclass
class Answer:
    status_code: int
    value: Any

    def json(self) -> Any:
        return self.value


class Session:
    """Gives each answer by the last part of the address."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers

    def get(self, url: str, params: Any, timeout: float) -> Answer:
        assert 0 < timeout <= 10
        return self.answers[url.rpartition("/")[2].rpartition(":")[2].replace("-", "_")]


def project(**answers: Answer) -> _Project:
    return _Project(Session(**answers), "p", "europe-west1")


def workers(*flags: str) -> Any:
    return PipelineOptions(list(flags)).view_as(WorkerOptions)


def services(**states: str) -> Answer:
    all_of = {name: "ENABLED" for name in NEEDED} | states
    entries = [
        {"name": f"projects/12/services/{name}.googleapis.com", "state": state}
        for name, state in all_of.items()
    ]
    return Answer(200, {"services": entries})


def test_services_that_are_off_are_named_with_the_command_that_enables_them():
    assert "are enabled" in project(batchGet=services()).services()
    with pytest.raises(ConfigError) as caught:
        project(batchGet=services(dataflow="DISABLED", compute="STATE_UNSPECIFIED")).services()
    assert caught.value.fix == (
        "gcloud services enable dataflow.googleapis.com compute.googleapis.com --project=p"
    )


def told(code: int, message: str) -> Answer:
    return Answer(code, {"error": {"code": code, "message": message}})


def test_interface_that_is_off_is_told_from_one_that_this_account_may_not_ask():
    off = told(403, "Dataflow API has not been used in project 12 before or it is disabled.\nMore")
    with pytest.raises(ConfigError, match="gcloud services enable dataflow.googleapis.com"):
        project(jobs=off).may_list_jobs()
    with pytest.raises(NetworkError, match="may not ask: Permission"):
        project(jobs=told(403, "Permission dataflow.jobs.list denied")).may_list_jobs()
    with pytest.raises(ConfigError, match="not found: no such region"):
        project(jobs=told(404, "no such region")).may_list_jobs()
    with pytest.raises(NetworkError, match="status 502"):
        project(jobs=Answer(502, None)).may_list_jobs()


def region(**limits: tuple[float, float]) -> Answer:
    entries = [{"metric": m, "limit": most, "usage": used} for m, (most, used) in limits.items()]
    return Answer(200, {"quotas": entries})


def test_quota_of_the_machines_family_is_compared_with_the_workers_asked_for():
    asked = workers("--max_num_workers=10")
    found = project(europe_west1=region(CPUS=(72, 0), N2_CPUS=(24, 4), IN_USE_ADDRESSES=(99, 0)))
    assert found.quota(asked) == "20 N2_CPUS are left, 20 are wanted at most"
    found = project(europe_west1=region(CPUS=(72, 0), N2_CPUS=(24, 9)))
    with pytest.raises(ConfigError, match="15 N2_CPUS are left, 20 are wanted\n.*=7,"):
        found.quota(asked)
    few = project(europe_west1=region(CPUS=(72, 0), IN_USE_ADDRESSES=(8, 1)))
    with pytest.raises(ConfigError, match="7 public addresses are left for 10 workers"):
        few.quota(asked)
    assert few.quota(workers("--max_num_workers=10", "--no_use_public_ips"))


def test_subnetwork_of_workers_without_public_addresses_needs_private_access():
    asked = workers("--subnetwork=regions/europe-west1/subnetworks/mine", "--no_use_public_ips")
    assert "mine has" in project(mine=Answer(200, {"privateIpGoogleAccess": True})).network(asked)
    with pytest.raises(ConfigError, match="--enable-private-ip-google-access"):
        project(mine=Answer(200, {})).network(asked)
