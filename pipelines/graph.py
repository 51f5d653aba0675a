"""The job, read top to bottom: sources → token cache → blocks → shards → manifest.

    units      Create ─► Tokenize ─► index ─┬─► Mask (per token file and dupe) ─► Assemble ─► finish
    (or an index that is there already) ────┘        └ side input: number of shards

Elements are references of a few hundred bytes; side inputs are barriers: masking starts when the
number of shards is known, assembly when all blocks are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsList, AsSingleton, PCollection

from albert_data.token_cache import Unit
from pipelines.spread import Spread
from pipelines.stages import (
    Assemble,
    Job,
    Mask,
    Tokenize,
    count_shards,
    finish_build,
    index_tokens,
    mask_tasks,
)


def tokenize(pipeline: beam.Pipeline, units: Sequence[Unit], job: Job) -> PCollection:
    """Stage 1; returns the index of the token cache, a single element."""
    done = (
        pipeline
        | "Units" >> beam.Create(units)
        | "SpreadUnits" >> Spread(lambda unit: unit.weight)
        | "Tokenize" >> beam.ParDo(Tokenize(job))
    )
    return (
        pipeline
        | "AllTokenized" >> beam.Create([None])
        | "Index" >> beam.Map(index_tokens, AsList(done), job)
    )


def known_index(pipeline: beam.Pipeline, index: dict[str, Any]) -> PCollection:
    """The index of a cache that is complete already."""
    return pipeline | "KnownIndex" >> beam.Create([index])


def make_shards(pipeline: beam.Pipeline, index: PCollection, job: Job) -> PCollection:
    """Stages 2 and 3; returns the manifest, a single element."""
    count = index | "CountShards" >> beam.Map(count_shards, job)
    blocks = (
        index
        | "MaskTasks" >> beam.FlatMap(mask_tasks, job)
        | "SpreadMaskTasks" >> Spread(lambda task: task.file.tokens)
        | "Mask" >> beam.ParDo(Mask(job), AsSingleton(count))
    )
    shards = (
        count
        | "ShardNumbers" >> beam.FlatMap(lambda n: list(range(n)))
        | "SpreadShards" >> Spread(lambda _: 1)
        | "Assemble" >> beam.ParDo(Assemble(job), AsSingleton(count), AsList(blocks))
    )
    return (
        pipeline
        | "AllAssembled" >> beam.Create([None])
        | "Finish"
        >> beam.Map(finish_build, AsSingleton(index), AsList(blocks), AsList(shards), job)
    )
