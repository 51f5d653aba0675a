"""`worker-pool`: worker processes for a cluster."""

from __future__ import annotations

import click

from albert_data.commands.options import note
from albert_data.commands.printing import MakesFiles


@click.command("worker-pool", cls=MakesFiles)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=50_000,
    show_default=True,
    help="Where jobs ask for workers; 0 for any that is free.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at. There is no password: who reaches it can run code as this user.",
)
def worker_pool(port: int, host: str) -> None:
    """Serves worker processes on a machine of a Flink or Spark cluster, to that machine alone."""
    from albert_pipelines.cluster.pool_server import serve

    serve(host, port, note)
