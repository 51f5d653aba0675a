"""Whether the job server of Flink, Spark or another engine answers."""

from __future__ import annotations

from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions

from albert_data.base import contact
from albert_data.base.errors import ConfigError

from .checks import Checks

IN_PROCESS = "embed"


def look(options: PipelineOptions, checks: Checks) -> None:
    """Notes for each address that was given whether a gRPC server is there."""
    given = options.view_as(PortableOptions)
    if not given.job_endpoint:
        says = (
            "no --job_endpoint: Beam would fetch and start a job server by itself, which needs Java"
        )
        checks.note("job server", "not checked", says)
    for option in ("job_endpoint", "artifact_endpoint"):
        address = getattr(given, option)
        if address and address != IN_PROCESS:
            checks.attempt(f"--{option}", lambda a=address, o=option: (answers(a, f"--{o}"), None))  # type: ignore[misc]
    environment = given.environment_type or "DOCKER"
    says = f"environment {environment}: whether workers start is seen by the engine's machines only"
    checks.note("workers", "not checked", says)


def answers(address: str, option: str) -> str:
    """Waits for a gRPC server.

    Raises:
        ConfigError: the address is none.
        NetworkError: no server of that kind answers.
    """
    import grpc

    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdigit()):
        fix = f"write {option}=HOST:PORT"
        raise ConfigError(f"not an address: {address!r}", where=option, fix=fix)
    seconds = contact.patience()

    def ask() -> None:
        with grpc.insecure_channel(address) as channel:
            try:
                grpc.channel_ready_future(channel).result(timeout=seconds)
            except grpc.FutureTimeoutError:
                raise TimeoutError from None

    contact.answered(ask, address, option, f"{option} names it", seconds + 1)
    return f"{address} answers"
