"""What is said of documents that are held out: at a build's end, in its data card and report."""

from __future__ import annotations

from pathlib import Path

from albert_data.base.counts import count_of
from albert_data.base.errors import DataError
from albert_data.schema import HoldOut, Manifest
from albert_data.shards.manifest import NoManifestError, read_manifest
from albert_data.storage import file_names


def held_out(part: HoldOut) -> str:
    """How many documents, and of these how many are not new to training."""
    where = (
        f", {part.records:,} examples in {file_names.HELD_OUT}/" if part.part == "training" else ""
    )
    documents = count_of(part.documents, "document")
    return f"{documents} of {part.of:,} ({part.documents / part.of:.2%}){where}"


def repeated(manifest: Manifest) -> str:
    """What is known of held-out documents that stand, whole or nearly, in a training document too."""
    part = manifest.hold_out
    assert part is not None
    if manifest.config["tokens"]["dedup"] == "minhash":
        return "tokens.dedup=minhash had left repeated documents out before any was held out"
    if not part.repeated:
        return "none of them is nearly repeated by a document that is trained on"
    return (
        f"{part.repeated:,} of {part.documents:,} are nearly repeated by a document that is trained on; "
        "--set tokens.dedup=minhash leaves such out"
    )


def check_beside(folder: Path, manifest: Manifest) -> Path | None:
    """The folder of what was held out of a shard set; None where nothing was.

    Raises:
        DataError: it is not there, or holds other documents than those.
    """
    part = manifest.hold_out
    if part is None or part.part != "training":
        return None
    beside = folder / file_names.HELD_OUT
    try:
        other = read_manifest(beside).hold_out
    except NoManifestError:
        raise DataError(
            "the shards of the documents that were held out of these are not there",
            where=str(beside),
            fix="put them back, or run the same build again, which makes them anew",
        ) from None
    if other is None or (other.below, other.documents, other.records) != (
        part.below,
        part.documents,
        part.records,
    ):
        raise DataError(
            "these are not the documents that were held out of the shards beside them",
            where=str(beside),
            fix="make both anew with one build",
        )
    return beside
