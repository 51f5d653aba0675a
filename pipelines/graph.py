"""The job, read top to bottom: sources → token caches → blocks → shards → manifests.

    units      Create ─► Tokenize ─► indexes ─┬─► Mask (per token file and dupe) ─┬─► Assemble ─► finish
    (or caches that are there already) ───────┘        └ side input: plans        └ Merge ─┘

Elements are references; side inputs are barriers: masking starts when the numbers of shards are known,
assembly when all blocks are there. Of a variant with few pieces (blocks x shards), every assembler gets
all blocks as a side input. Of one with many, blocks are merged (`merge.py`), and each group of blocks
and each shard gets by GroupByKey the ranges that it reads: for 1 TB of text 0.9 MB and 46 kB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsList, AsSingleton, PCollection

from albert_data.shards.block import add_totals

from .finish import finish_variant
from .hold_out import add_parts
from .job import (
    Job,
    UnitTask,
    mask_tasks,
    plan_exchange,
    repeats_tasks,
    shard_tasks,
    shard_tasks_of_merged,
)
from .local.spread import Spread
from .stages import Assemble, LeaveOut, Mask, Merge, Tokenize, index_tokens


def tokenize(pipeline: beam.Pipeline, units: Sequence[UnitTask], job: Job) -> PCollection[Any]:
    """Stage 1; returns the indexes of the job's token caches as a list, a single element."""
    done: AsList | list[Any] = []
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
    indexes: PCollection[Any] = (
        pipeline
        | "AllTokenized" >> beam.Create([None])
        | "Indexes" >> beam.Map(index_tokens, done, job)
    )
    return indexes


def make_shards(pipeline: beam.Pipeline, indexes: PCollection[Any], job: Job) -> PCollection[Any]:
    """Stages 2 and 3; returns the manifests, one element a variant."""
    indexes = add_parts(pipeline, indexes, job)
    plans = indexes | "PlanExchange" >> beam.Map(plan_exchange, job)
    masked = (
        indexes
        | "MaskTasks" >> beam.FlatMap(mask_tasks, job)
        | "SpreadMaskTasks" >> Spread(lambda task: task.weight)
        | "Mask"
        >> beam.ParDo(Mask(job), AsSingleton(plans)).with_outputs(
            Mask.TO_MERGE, Mask.TOTALS, main="blocks"
        )
    )
    merged = (
        masked[Mask.TO_MERGE]
        | "Groups" >> beam.GroupByKey()
        | "Merge" >> beam.ParDo(Merge(job), AsSingleton(plans))
        | "Ranges" >> beam.GroupByKey()
        | "ShardTasksOfMerged" >> beam.FlatMap(shard_tasks_of_merged)
    )
    shards = (
        (plans | "ShardTasks" >> beam.FlatMap(shard_tasks), merged)
        | "AllShardTasks" >> beam.Flatten()
        | "SpreadShards" >> Spread(lambda _: 1)
        | "Assemble" >> beam.ParDo(Assemble(job), AsSingleton(plans), AsList(masked.blocks))
    )
    manifests: PCollection[Any] = (
        masked[Mask.TOTALS]
        | "Totals" >> beam.CombinePerKey(add_totals)
        | "Finish" >> beam.Map(finish_variant, AsSingleton(indexes), AsList(shards), job)
    )
    return manifests
