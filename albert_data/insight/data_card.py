"""README.md of a shard set: what is in it, for people, made from its manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from albert_data.base import neutral
from albert_data.base.counts import count_of
from albert_data.base.tally import OTHER_NAMES, named
from albert_data.corpus.leave_out import IN_A_SENTENCE, ON_ITS_OWN_LINE
from albert_data.insight.cautions import cautions
from albert_data.insight.contamination.result import card_section
from albert_data.insight.difficulty.lines import section
from albert_data.insight.held_out import held_out, repeated
from albert_data.schema import Contamination, Difficulty, Manifest
from albert_data.storage.file_names import LEFT_OUT
from albert_data.tokens.unknown import describe

SOURCES = 50  # are named
TEMPLATES = 20  # of those that were not understood, the most frequent are named


def data_card(
    manifest: Manifest,
    contamination: Contamination | None = None,
    difficulty: Difficulty | None = None,
    by_source: Mapping[str, Sequence[int]] | None = None,
) -> str:
    """
    Args:
        contamination: what contamination.json of the token cache holds, where there is one.
        difficulty: what difficulty.json of the build will hold.
        by_source: documents, sentences and tokens of each source, in the order in which they are named.
    """
    config, totals, statistics = manifest.config, manifest.totals, manifest.statistics
    reading, pairs_of = manifest.reading, statistics.pairs
    dropped = {k: n for k, n in reading.counts.items() if k.startswith("dropped/")}
    drop_rows = "".join(
        f"| {name.split('/', 1)[1]} | {n:,} | {_cell(reading.samples.get(name, [])[:2])} |\n"
        for name, n in dropped.items()
    )
    settings = "\n".join(
        f"| `{group}.{key}` | {value} |"
        for group, values in config.items()
        if isinstance(values, dict)
        for key, value in values.items()
    )
    label = {"sop": "swapped", "nsp": "random second segment", "none": "there is no such task"}
    return f"""# ALBERT pretraining shards

{totals.examples:,} examples of up to {config["pairs"]["max_length"]} tokens in \
{count_of(len(manifest.shards), "shard")} ({totals.shard_bytes / 1e6:,.1f} MB), made by \
{manifest.made_by} from {totals.documents:,} documents ({totals.sentences:,} sentences, \
{totals.tokens:,} tokens), each used {count_of(config["pairs"]["dupe_factor"], "time")}.
Records are tf.Example in TFRecord files, features as google-research/albert names them.
`albert-data verify` re-checks all that `manifest.json` claims.

| objective `{config["pairs"]["objective"]}` | |
| --- | --- |
| examples with label 1 ({label[config["pairs"]["objective"]]}) | \
{statistics.labels[1] / totals.examples:.1%} |
{_segmenter(manifest)}{_held_out(manifest)}| `<unk>` | \
{describe(totals.unknown, totals.tokens, reading.counts)} |
| tokens an example | {totals.example_tokens / totals.examples:.1f} |
{_masks(manifest)}
{_cautions(manifest)}
{section(difficulty) if difficulty else ""}
## Left out

| what | how many | for instance |
| --- | --- | --- |
{drop_rows}| documents of one sentence (over all passes) | \
{pairs_of.dropped_documents_of_one_sentence:,} | \
{_cell(pairs_of.samples_of_dropped_documents[:2])} |
| documents of other sources (`pairs.sources`) | \
{pairs_of.documents_of_other_sources:,} | |
| tokens cut off to fit the length | {_cut_off(manifest)} | |
{_templates(manifest)}{card_section(contamination) if contamination else ""}
{_why_cut_off(manifest)}
## Sources

{_kinds(manifest)}
{_sources(manifest, by_source or {})}

## Configuration

| key | value |
| --- | --- |
| `seed` | {config["seed"]} |
{settings}
"""


def _segmenter(manifest: Manifest) -> str:
    return (
        f"| words of Chinese | {' '.join(manifest.segmenter.values())} |\n"
        if manifest.segmenter
        else ""
    )


def _cut_off(manifest: Manifest) -> str:
    tokens = manifest.statistics.pairs.tokens
    if not tokens.truncated:
        return "0"
    came = tokens.placed + tokens.truncated
    return f"{tokens.truncated:,} ({tokens.truncated / max(came, 1):.2%} of those in pairs)"


def _why_cut_off(manifest: Manifest) -> str:
    """A sentence on tokens that were cut off, and where the whole list is."""
    longest = manifest.config["pairs"]["max_length"]
    why = (
        f"Whole sentences are added to an example until it has its {longest} tokens or more; what the last "
        "one is too long by is cut off the longer segment, at its front or back. Shorter examples have "
        "more of that."
        if manifest.statistics.pairs.tokens.truncated
        else "No token was cut off."
    )
    return (
        f"{why}\n\nEach thing that was left out: `albert-data left-out` on this folder, from "
        f"`{LEFT_OUT}` here (documents without an example) and in the token cache (the others).\n"
    )


def _kinds(manifest: Manifest) -> str:
    """The corpus by kind of source."""
    rows = "".join(
        f"| all of `{kind}` | {own.documents:,} | {own.sentences:,} | {own.tokens:,} | "
        f"{own.tokens / max(manifest.totals.tokens, 1):.1%} |\n"
        for kind, own in manifest.corpus.items()
    )
    head = "| source | documents | sentences | tokens | share |\n| --- | --- | --- | --- | --- |\n"
    return head + rows.rstrip("\n")


def _sources(manifest: Manifest, by_source: Mapping[str, Sequence[int]]) -> str:
    """Rows of the sources with most tokens, and the names of those without a document."""
    total = max(manifest.totals.tokens, 1)
    rows = [
        f"| {_cell([name])} | {documents:,} | {sentences:,} | {tokens:,} | {tokens / total:.1%} |"
        for name, (documents, sentences, tokens) in list(by_source.items())[:SOURCES]
    ]
    if rest := list(by_source.values())[SOURCES:]:
        documents, sentences, tokens = (sum(column) for column in zip(*rest, strict=True))
        rows.append(
            f"| {len(rest):,} more | {documents:,} | {sentences:,} | {tokens:,} | {tokens / total:.1%} |"
        )
    without = [name for name in manifest.sources if name not in by_source]
    names = "".join(f"\n- {neutral.markdown(name)}" for name in without[:SOURCES])
    more = len(without) - SOURCES
    if without and by_source:
        names = f"\n\nWithout a document that stayed:\n{names}"
    return "\n".join(rows) + names + (f"\n- and {more:,} more" if more > 0 else "")


def _held_out(manifest: Manifest) -> str:
    """The data card's lines about documents that are held out."""
    part = manifest.hold_out
    if part is None:
        return ""
    what = (
        "held out of training" if part.part == "training" else "of this set, held out of training"
    )
    return (
        f"| documents {what} (`hold_out` {part.wish}) | {held_out(part)} |\n"
        f"| held-out documents repeated | {repeated(manifest)} |\n"
    )


def _cautions(manifest: Manifest) -> str:
    lines = "\n".join(f"- {line}" for line in cautions(manifest))
    return f"\nTo know:\n\n{lines}\n" if lines else ""


def _templates(manifest: Manifest) -> str:
    """The data card's section about templates that were not understood; empty where there are none."""
    rows, others = templates_not_understood(manifest)
    if not rows:
        return ""
    lines = "\n".join(
        f"| {_cell([name])} | {in_sentences:,} | {alone:,} |" for name, in_sentences, alone in rows
    )
    more = f"\n\n{others:,} more uses of other templates." if others else ""
    return f"""
## Templates not understood

| template | in running text | on lines of their own |
| --- | --- | --- |
{lines}{more}
"""


def templates_not_understood(
    manifest: Manifest, most: int = TEMPLATES
) -> tuple[list[tuple[str, int, int]], int]:
    """([(name, uses in sentences, uses on lines of their own)], uses of others): the most frequent."""
    counts = manifest.reading.counts
    sentences, lines = (named(counts, group) for group in (IN_A_SENTENCE, ON_ITS_OWN_LINE))
    names = [name for name in {**sentences, **lines} if name != OTHER_NAMES]
    names.sort(key=lambda name: (-sentences.get(name, 0), -lines.get(name, 0), name))
    rows = [(name, sentences.get(name, 0), lines.get(name, 0)) for name in names[:most]]
    shown = sum(row[1] + row[2] for row in rows)
    return rows, sum(sentences.values()) + sum(lines.values()) - shown


def _masks(manifest: Manifest) -> str:
    """The data card's lines about masks."""
    masked, spans, replaced = (
        manifest.statistics.masked_tokens,
        manifest.statistics.spans,
        manifest.statistics.replaced,
    )
    if manifest.config["masking"]["mode"] == "dynamic":
        return "| masks | drawn by the trainer, others in each epoch (`masking.mode: dynamic`) |"
    span_rows = "\n".join(
        f"| {n} | {p:.1%} | {count / max(sum(spans.by_units), 1):.1%} |"
        for n, (p, count) in enumerate(zip(spans.law, spans.by_units, strict=True), 1)
    )
    rate = f"{manifest.config['masking']['rate']:.2%}"
    share = f"{masked / manifest.totals.example_tokens:.2%}"
    return f"""| predicted | {share} of the tokens (`masking.rate`: {rate}) |
| of these [MASK] / kept / random | {replaced.mask / masked:.1%} / \
{replaced.keep / masked:.1%} / {replaced.random / masked:.1%} |

| span of | law | realised |
| --- | --- | --- |
{span_rows}"""


def _cell(samples: Sequence[str]) -> str:
    """Samples as one cell of a Markdown table."""
    return neutral.markdown("; ".join(samples))
