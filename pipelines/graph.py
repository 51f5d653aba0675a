"""The job, read top to bottom: sources → token caches → blocks → shards → manifests.

    units        given ─► Tokenize ─► indexes ─┬─► Mask (per token file and dupe) ─┬─► Assemble ─► Finish
    (or caches that are there already) ────────┘        └ side: plans              └ Merge ─┘

On one machine blocks hold pairs, and Pair and AssemblePairs stand for Mask and Assemble (`pair_stages.py`):
what lies between them is the same.

Elements are references; sides are barriers: masking starts when the numbers of shards are known,
assembly when all blocks are there. Of a variant with few pieces (blocks x shards), every assembler gets
all blocks as a side. Of one with many, blocks are merged (`merge.py`), and each group of blocks and each
shard gets by its key the ranges that it reads: for 1 TB of text 0.9 MB and 46 kB.
"""

from __future__ import annotations

from collections.abc import Sequence

from albert_data.shards.block import add_totals

from .flow import Flow, Many, One
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
from .pair_stages import exchange_stages
from .stages import Bound, Finish, LeaveOut, Merge, Tokenize, index_tokens


def tokenize(flow: Flow, units: Sequence[UnitTask], job: Job) -> One:
    """Stage 1; returns the indexes of the job's token caches, a list."""
    tokenized = flow.given("Units", units)
    if units:
        tokenized = flow.each(
            "Tokenize", tokenized, Tokenize(job), weight=lambda task: task.unit.cost
        )
    if units and any(cache.config.tokens.dedup != "off" for cache in job.caches):
        repeats = flow.unfold("Repeats", Bound(repeats_tasks, job), tokenized)
        tokenized = flow.each(
            "LeaveOut", repeats, LeaveOut(job), weight=lambda task: task.unit.tokens
        )
    return flow.once("Indexes", Bound(index_tokens, job), tokenized)


def make_shards(flow: Flow, indexes: One, job: Job) -> Many:
    """Stages 2 and 3; returns the manifests."""
    indexes = add_parts(flow, indexes, job)
    plans = flow.once("PlanExchange", Bound(plan_exchange, job), indexes)
    exchange, assemble = exchange_stages(job)
    masked = flow.each(
        "Mask",
        flow.unfold("MaskTasks", Bound(mask_tasks, job), indexes),
        exchange,
        plans,
        weight=lambda task: task.weight,
    )
    blocks = flow.pick("Blocks", masked, lambda made: made.as_it_is)
    totals = flow.pick("BlockTotals", masked, lambda made: made.totals)
    groups = flow.grouped("Groups", flow.pick("ToMerge", masked, lambda made: made.to_merge))
    merged = flow.each("Merge", groups, Merge(job), plans, weight=lambda group: 1)
    ranges = flow.grouped("Ranges", merged)
    tasks = flow.joined(
        "AllShardTasks",
        flow.unfold("ShardTasks", shard_tasks, plans),
        flow.pick("ShardTasksOfMerged", ranges, shard_tasks_of_merged),
    )
    assembled = flow.each("Assemble", tasks, assemble, plans, blocks, weight=lambda task: 1)
    totals = flow.joined(
        "AllTotals", totals, flow.pick("ShardTotals", assembled, lambda made: made.totals)
    )
    shards = flow.pick("Shards", assembled, lambda made: made.shards)
    return flow.each(
        "Finish",
        flow.summed("Totals", totals, add_totals),
        Finish(job),
        indexes,
        shards,
        weight=lambda _: 1,
    )
