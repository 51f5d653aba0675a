"""The job, read top to bottom: sources → token caches → blocks → shards → manifests.

    units      Create ─► Tokenize ─► indexes ─┬─► Mask (per token file and dupe) ─► Assemble ─► finish
    (or caches that are there already) ───────┘        └ side input: numbers of shards

Elements are references of a few hundred bytes; side inputs are barriers: masking starts when the
numbers of shards are known, assembly when all blocks are there.
"""

from __future__ import annotations

from collections.abc import Sequence

import apache_beam as beam
from apache_beam.pvalue import AsList, AsSingleton, PCollection

from pipelines.job import Job, UnitTask, count_shards, mask_tasks, repeats_tasks, shard_tasks
from pipelines.spread import Spread
from pipelines.stages import Assemble, LeaveOut, Mask, Tokenize, finish_variant, index_tokens


def tokenize(pipeline: beam.Pipeline, units: Sequence[UnitTask], job: Job) -> PCollection:
    """Stage 1; returns the indexes of the job's token caches as a list, a single element."""
    done: AsList | list = []
    if units:
        tokenized = (
            pipeline
            | "Units" >> beam.Create(units)
            | "SpreadUnits" >> Spread(lambda task: task.unit.cost)
            | "Tokenize" >> beam.ParDo(Tokenize(job))
        )
        if any(cache.config.tokens.dedup != "off" for cache in job.caches):
            tokenized = (
                pipeline
                | "AllSigned" >> beam.Create([None])
                | "Repeats" >> beam.FlatMap(repeats_tasks, AsList(tokenized), job)
                | "SpreadRepeats" >> Spread(lambda task: task.unit.tokens)
                | "LeaveOut" >> beam.ParDo(LeaveOut(job))
            )
        done = AsList(tokenized)
    return (
        pipeline
        | "AllTokenized" >> beam.Create([None])
        | "Indexes" >> beam.Map(index_tokens, done, job)
    )


def make_shards(pipeline: beam.Pipeline, indexes: PCollection, job: Job) -> PCollection:
    """Stages 2 and 3; returns the manifests, one element a variant."""
    counts = indexes | "CountShards" >> beam.Map(count_shards, job)
    blocks = (
        indexes
        | "MaskTasks" >> beam.FlatMap(mask_tasks, job)
        | "SpreadMaskTasks" >> Spread(lambda task: task.weight)
        | "Mask" >> beam.ParDo(Mask(job), AsSingleton(counts))
    )
    shards = (
        counts
        | "ShardTasks" >> beam.FlatMap(shard_tasks)
        | "SpreadShards" >> Spread(lambda _: 1)
        | "Assemble" >> beam.ParDo(Assemble(job), AsSingleton(counts), AsList(blocks))
    )
    return (
        pipeline
        | "Variants" >> beam.Create(range(len(job.variants)))
        | "Finish"
        >> beam.Map(finish_variant, AsSingleton(indexes), AsList(blocks), AsList(shards), job)
    )
