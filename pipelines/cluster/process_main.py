"""One worker process as an engine starts it (`--environment_type=PROCESS`): `albert-data-worker`.

The engine gives the address of a service that knows all else. Beam's worker wants that in its
environment; in a container Beam's `boot` asks for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import grpc
from apache_beam.portability.api import beam_provision_api_pb2, beam_provision_api_pb2_grpc
from apache_beam.runners.worker import sdk_worker_main
from apache_beam.runners.worker.worker_id_interceptor import WorkerIdInterceptor
from google.protobuf import json_format

_SECONDS = 60  # for the answer of a machine at work


def main() -> None:
    """Serves one job, until the engine ends it."""
    parser = argparse.ArgumentParser(allow_abbrev=False, description=(__doc__ or "").split("\n")[0])
    for name in ("id", "provision_endpoint"):
        parser.add_argument(f"--{name}", required=True)
    given, _ = parser.parse_known_args()
    told = _provision(given.provision_endpoint, given.id)
    os.environ |= {
        "WORKER_ID": given.id,
        "PIPELINE_OPTIONS": json_format.MessageToJson(told.pipeline_options),
        "LOGGING_API_SERVICE_DESCRIPTOR": f'url: "{told.logging_endpoint.url}"',
        "CONTROL_API_SERVICE_DESCRIPTOR": f'url: "{told.control_endpoint.url}"',
    }
    sdk_worker_main.main(sys.argv)


def _provision(address: str, worker: str) -> Any:
    """What the engine tells a worker: the job's options and where to ask for work."""
    with grpc.insecure_channel(address) as channel:
        named = grpc.intercept_channel(channel, WorkerIdInterceptor(worker))
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(named)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        return service.GetProvisionInfo(request, timeout=_SECONDS, wait_for_ready=True).info
