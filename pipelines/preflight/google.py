"""A job on Dataflow: whose account, which services are on, what its region allows, what its workers run.

Asked by Google's REST interfaces with the account that would submit the job. What may not be asked is no
failure: the job itself needs fewer rights.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from apache_beam.options.pipeline_options import (
    GoogleCloudOptions,
    PipelineOptions,
    SetupOptions,
    WorkerOptions,
)

import albert_data
from albert_data.base import contact
from albert_data.base.errors import ConfigError, NetworkError
from albert_data.storage import google_credentials

from ..cluster import dataflow, wheel
from . import registry
from .checks import Checks

ADDRESSES = {
    name: f"https://{name}.googleapis.com" for name in ("serviceusage", "compute", "dataflow")
}
NEEDED = ("dataflow", "compute", "storage", "logging", "monitoring")  # services of every job


def look(options: PipelineOptions, checks: Checks) -> None:
    """Notes what is found of account, project, region, network and image."""
    session = checks.attempt("account", lambda: _session(options))
    cloud, workers = (options.view_as(kind) for kind in (GoogleCloudOptions, WorkerOptions))
    region = cloud.region or os.environ.get("CLOUDSDK_COMPUTE_REGION", "")
    if session is not None:
        project = _Project(session, cloud.project, region)
        checks.attempt("services", lambda: (project.services(), None), optional=True)
        checks.attempt("Dataflow", lambda: (project.may_list_jobs(), None), optional=True)
        checks.attempt("quota", lambda: (project.quota(workers), None), optional=True)
        if workers.subnetwork or not workers.use_public_ips and workers.use_public_ips is not None:
            checks.attempt("network", lambda: (project.network(workers), None), optional=True)
    if workers.sdk_container_image:
        token = session.credentials.token if session is not None else ""
        checks.attempt(
            "image", lambda: (_image(workers.sdk_container_image, token), None), optional=True
        )
    elif not options.view_as(SetupOptions).extra_packages:
        checks.attempt("package", lambda: (_package(), None))
    if workers.use_public_ips is False and not workers.sdk_container_image:
        says = (
            "workers without public addresses, and no image: they fetch our dependencies from PyPI"
        )
        fix = "give --sdk_container_image=IMAGE, or have Cloud NAT in their network (docs/cloud.md)"
        checks.note("PyPI", "not checked", says, fix)
    checks.note(
        "permissions", "not checked", "those of the workers' account, machine types in stock"
    )


def _session(options: PipelineOptions) -> tuple[str, Any]:
    import google.auth
    from google.auth.transport.requests import AuthorizedSession

    scopes = options.view_as(GoogleCloudOptions).gcp_oauth_scopes
    if not google_credentials.account_found(scopes):
        fix = google_credentials.LOG_IN
        raise ConfigError("no credentials found", where="Google Cloud", fix=fix)
    credentials, _ = google.auth.default(scopes=scopes)
    name = google_credentials.refreshed(credentials)
    return name, AuthorizedSession(credentials)


class _Project:
    """A project in a region, asked with a session."""

    def __init__(self, session: Any, project: str, region: str) -> None:
        self._session, self.project, self.region = session, project, region

    def services(self) -> str:
        """Raises ConfigError for a service that is off."""
        names = [f"projects/{self.project}/services/{name}.googleapis.com" for name in NEEDED]
        path = f"/v1/projects/{self.project}/services:batchGet"
        found = self._get("serviceusage", path, names=names).get("services", [])
        states = {entry["name"].rpartition("/")[2]: entry.get("state") for entry in found}
        off = [
            f"{n}.googleapis.com" for n in NEEDED if states.get(f"{n}.googleapis.com") != "ENABLED"
        ]
        if off:
            fix = f"gcloud services enable {' '.join(off)} --project={self.project}"
            raise ConfigError(f"not enabled: {', '.join(off)}", where=self.project, fix=fix)
        return f"{', '.join(NEEDED)} are enabled"

    def may_list_jobs(self) -> str:
        path = f"/v1b3/projects/{self.project}/locations/{self.region}/jobs"
        self._get("dataflow", path, pageSize=1)
        return f"{self.project}/{self.region} answers this account"

    def quota(self, workers: Any) -> str:
        """Raises ConfigError where the region's processors do not suffice."""
        machine = workers.machine_type or dataflow.MACHINE
        family, size = machine.partition("-")[0].upper(), machine.rpartition("-")[2]
        each = int(size) if size.isdigit() else 1
        wanted = (workers.max_num_workers or workers.num_workers or 1) * each
        found = self._get("compute", f"/compute/v1/projects/{self.project}/regions/{self.region}")
        limits = {q["metric"]: q["limit"] - q["usage"] for q in found.get("quotas", [])}
        metric = f"{family}_CPUS" if f"{family}_CPUS" in limits else "CPUS"
        left = limits.get(metric, float("inf"))
        where = f"{self.project}/{self.region}"
        if left < wanted:
            fix = f"--max_num_workers={int(left // each)}, another region, or ask for more {metric}"
            raise ConfigError(
                f"{left:g} {metric} are left, {wanted} are wanted", where=where, fix=fix
            )
        addresses = limits.get("IN_USE_ADDRESSES", float("inf"))
        if workers.use_public_ips is not False and addresses < wanted // each:
            fix = "--no_use_public_ips with a subnetwork that has Private Google Access (docs/cloud.md)"
            problem = f"{addresses:g} public addresses are left for {wanted // each} workers"
            raise ConfigError(problem, where=where, fix=fix)
        return f"{left:g} {metric} are left, {wanted} are wanted at most"

    def network(self, workers: Any) -> str:
        """Raises ConfigError where workers without public addresses could not reach Google's services."""
        name = (workers.subnetwork or "default").rpartition("/")[2]
        path = f"/compute/v1/projects/{self.project}/regions/{self.region}/subnetworks/{name}"
        if not self._get("compute", path).get("privateIpGoogleAccess"):
            fix = (
                f"gcloud compute networks subnets update {name} --region={self.region}"
                " --enable-private-ip-google-access"
            )
            raise ConfigError("the subnetwork has no Private Google Access", where=name, fix=fix)
        return f"the subnetwork {name} has Private Google Access"

    def _get(self, service: str, path: str, **query: Any) -> Any:
        base = ADDRESSES[service]
        seconds = contact.patience()
        answer = contact.answered(
            lambda: self._session.get(base + path, params=query, timeout=seconds),
            base.partition("://")[2],
            path,
            "asked by the REST interface",
        )
        if answer.status_code == 200:
            return answer.json()
        told = _reason(answer)
        if answer.status_code == 404:
            fix = "check --project, --region and --subnetwork"
            raise ConfigError(f"not found: {told}", where=path, fix=fix)
        if "has not been used" in told or "is disabled" in told:
            fix = f"gcloud services enable {service}.googleapis.com --project={self.project}"
            raise ConfigError(
                f"{service}.googleapis.com is not enabled", where=self.project, fix=fix
            )
        raise NetworkError(f"this account may not ask: {told}", where=path, fix="see docs/cloud.md")


def _reason(answer: Any) -> str:
    try:
        return str(answer.json()["error"]["message"]).split("\n")[0][:200]
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _image(image: str, token: str) -> str:
    found = registry.labels(image, token)
    here = albert_data.__version__
    python = ".".join(map(str, sys.version_info[:2]))
    fix = "build and push it from this checkout: docker/build.sh worker TAG (docs/cloud.md)"
    if found.version and found.version != here:
        raise ConfigError(f"it holds version {found.version}, this is {here}", where=image, fix=fix)
    if found.python and not f"{found.python}.".startswith(f"{python}."):
        problem = f"it runs Python {found.python}, this is {python}: Beam needs the same"
        raise ConfigError(problem, where=image, fix=fix)
    if not found.version:
        raise NetworkError(
            "it is there, and does not say which version it holds", where=image, fix=fix
        )
    return f"it holds version {found.version}"


def _package() -> str:
    return f"the workers' wheel is made of {wheel.source()}"
