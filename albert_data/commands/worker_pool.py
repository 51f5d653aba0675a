"""`worker-pool`: worker processes for a cluster."""

from __future__ import annotations

import click

from albert_data.commands.options import note
from albert_data.commands.printing import MakesFiles


@click.command("worker-pool", cls=MakesFiles)
@click.option("--port", default=50_000, show_default=True, help="Where jobs ask for workers.")
def worker_pool(port: int) -> None:
    """Serves worker processes on a machine of a Flink or Spark cluster."""
    from albert_pipelines.cluster.pool_server import serve

    serve(port, note)
