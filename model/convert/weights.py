"""A model as arrays with all that must be known to use them, from a run, a TF1 checkpoint or a folder.

``read_weights`` takes what a user names (``addresses``) and checks it as a whole: every array is there and
has the shape that the configuration says, a vocabulary is the one that the run names. What a fresh run or
another program then needs is here: whether it computes the same function, and with the same pieces.
"""

from __future__ import annotations

import dataclasses
import hashlib
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from albert_data.base.errors import ConfigError, DataError
from albert_data.storage import file_names
from albert_data.tokens.vocabulary import vocabulary_from

from .. import files
from ..albert import AlbertPretrainer
from ..checkpoint_files import find_checkpoint
from ..checkpoints import check_tensorflow, load_model
from ..configs import AlbertConfig, SettingError
from ..failures import read_json
from ..run_folder import read_run
from .addresses import HF, RUN, TF1, Address, check_spelling, parse_address
from .hugging_face import BERT_VOCABULARY, TOKENIZER_CONFIG, VOCABULARY, read_folder
from .reference import (
    Arrays,
    Found,
    check_arrays,
    load_reference_weights,
    read_reference_weights,
)
from .reference_shapes import reference_shapes
from .tokenizer_files import normalization_of_pieces

# Fields of a configuration that decide about shapes or the function; layers in groups beside them.
DECIDING = (
    "vocab_size", "embedding_size", "hidden_size", "num_hidden_layers", "inner_group_num",
    "num_attention_heads", "intermediate_size", "hidden_act", "max_position_embeddings",
    "type_vocab_size", "layer_norm_eps",
)  # fmt: skip
GROUPS = ("sharing", "num_hidden_groups")


@dataclass(frozen=True)
class Weights:
    """A model.

    Attributes:
        name: what the user named.
        kind: RUN, TF1 or HF, with "(BERT)" behind it for a BERT.
        config: AlbertConfig.
        arrays: {reference name: float32 array}, of ``config``'s shapes.
        missing: names of head variables (and the pooler) that are not there.
        unused: names, in its own words, of what is there and has no place in the model.
        vocabulary: bytes of the SentencePiece model; None where it is not there.
        vocabulary_sha256: of the vocabulary; empty where it is not known.
        vocabulary_size: pieces.
        normalization: ``tokens.normalization`` of its text: as recorded, else by the vocabulary's
            pieces; empty without a vocabulary.
        by_pieces: whether the vocabulary's pieces had to say that.
        objective: sentence objective that it was trained with; empty where it is not known.
    """

    name: str
    kind: str
    config: AlbertConfig
    arrays: Arrays
    missing: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    vocabulary: bytes | None = None
    vocabulary_sha256: str = ""
    vocabulary_size: int = 0
    normalization: str = ""
    by_pieces: bool = False
    objective: str = ""

    def lines(self) -> Iterator[str]:
        """What was loaded and what was not, for people."""
        c, values = self.config, sum(array.size for array in self.arrays.values())
        yield (
            f"{self.name}: {self.kind}, {c.num_hidden_layers} layers of {c.hidden_size}, "
            f"{c.num_attention_heads} heads, {len(self.arrays)} arrays, {values:,} weights"
        )
        if self.missing:
            yield f"  not there: {', '.join(self.missing)}"
        if self.unused:
            shown = ", ".join(self.unused[:8])
            more = f" and {len(self.unused) - 8} more" if len(self.unused) > 8 else ""
            yield f"  there and not used: {shown}{more}"
        if self.objective == "none":
            yield "  trained without a sentence loss: its pooler and sentence head say nothing"
        if self.vocabulary_sha256:
            source = ", by its pieces" if self.by_pieces else ""
            text = f", text as tokens.normalization={self.normalization}{source}"
            yield (
                f"  vocabulary of {self.vocabulary_size:,} pieces, {self.vocabulary_sha256[:12]}…"
                f"{text if self.vocabulary else ''}"
            )
        else:
            yield f"  no vocabulary beside it: only its size, {self.vocabulary_size:,}, can be checked"


def read_weights(place: str) -> Weights:
    """Reads what a user names: a run, ``tf1:PREFIX`` or ``hf:FOLDER``; see ``addresses``.

    Raises:
        DataError: there is none, it is of another kind than named (the message has the right spelling),
            damaged, or not whole.
        ConfigError: its configuration is one that no model here can have.
    """
    address = parse_address(place)
    check_spelling(address)
    read = {RUN: _of_run, TF1: _of_tf1, HF: _of_folder}[address.kind]
    weights = read(address)
    try:
        missing = check_arrays(
            weights.arrays, reference_shapes(weights.config), weights.kind != RUN
        )
    except DataError as error:
        problem = f"{error.where}: {error.problem}" if error.where else error.problem
        raise DataError(problem, where=weights.name, fix=error.fix) from error
    return dataclasses.replace(weights, missing=tuple(missing))


def model_of(weights: Weights) -> AlbertPretrainer:
    """The model, in float32; variables that are not there have their initial values."""
    model = AlbertPretrainer(weights.config, dtype="float32")
    load_reference_weights(model, weights.arrays, heads_optional=True)
    return model


def check_same_function(weights: Weights, config: AlbertConfig, owner: str = "this run") -> None:
    """Checks that a model of ``config`` with these weights computes what they were trained to.

    Equal shapes are not enough: a number of heads or an activation changes no shape.

    Raises:
        SettingError: names every field that differs, with both values and the settings that fit.
    """
    theirs, ours = dataclasses.asdict(weights.config), dataclasses.asdict(config)
    differing = [key for key in DECIDING if theirs[key] != ours[key]]
    if _groups(weights.config) != _groups(config):
        differing += [key for key in GROUPS if theirs[key] != ours[key]]
    if differing:
        pairs = (f"{key}={theirs[key]!r}, {owner} {ours[key]!r}" for key in differing)
        sets = " ".join(f"--set {key}={theirs[key]}" for key in differing)
        raise SettingError(
            f"another function: it has {'; '.join(pairs)}", where=weights.name, fix=f"give {sets}"
        )


def check_same_vocabulary(
    weights: Weights,
    sha256: str,
    size: int,
    owner: str,
    fix: str = "use shards made with its vocabulary",
) -> None:
    """Checks that ids mean the same pieces; by the size alone where the vocabulary is not known.

    Args:
        sha256, size: of the other vocabulary.
        owner: str. Whose that is, for the message.
        fix: str.

    Raises:
        SettingError: another vocabulary.
    """
    if weights.vocabulary_size != size:
        problem = f"its vocabulary has {weights.vocabulary_size} pieces, that of {owner} {size}"
    elif weights.vocabulary_sha256 not in ("", sha256):
        problem = (
            f"its vocabulary ({weights.vocabulary_sha256[:12]}…) is not that of {owner} "
            f"({sha256[:12]}…): the same ids mean other pieces"
        )
    else:
        return
    raise SettingError(problem, where=weights.name, fix=fix)


def with_vocabulary(weights: Weights, content: bytes, where: str) -> Weights:
    """The weights with a vocabulary that the user names.

    Raises:
        SettingError: it is not that of the weights.
        ConfigError: it is no SentencePiece model of ALBERT's.
    """
    known = vocabulary_from(content, where)
    fix = "name the model's own vocabulary"
    check_same_vocabulary(weights, known.sha256, known.size, where, fix)
    return _with(weights, content, where)


def _with(weights: Weights, content: bytes, where: str) -> Weights:
    known = vocabulary_from(content, where)
    return dataclasses.replace(
        weights,
        vocabulary=content,
        vocabulary_sha256=known.sha256,
        vocabulary_size=known.size,
        normalization=weights.normalization or normalization_of_pieces(known),
        by_pieces=not weights.normalization,
    )


def _groups(config: AlbertConfig) -> list[tuple[int, int]]:
    return [
        (config.attention_group(layer), config.feed_forward_group(layer))
        for layer in range(config.num_hidden_layers)
    ]


def _of_run(address: Address) -> Weights:
    folder, prefix = find_checkpoint(address.place, address.which)
    run = read_run(folder)
    weights = Weights(
        name=prefix,
        kind=RUN,
        config=run.model,
        arrays=read_reference_weights(load_model(prefix)),
        vocabulary_sha256=run.vocabulary,
        vocabulary_size=run.model.vocab_size,
        normalization=run.normalization,
        objective=run.objective,
    )
    path = posixpath.join(folder, file_names.VOCABULARY)
    content = _bytes(path)
    if content is None:
        return weights
    if run.vocabulary and hashlib.sha256(content).hexdigest() != run.vocabulary:
        fix = f"copy {file_names.VOCABULARY} there again from the run's shards"
        raise DataError("is not the vocabulary that the run names", where=path, fix=fix)
    return _with(weights, content, path)


def _of_tf1(address: Address) -> Weights:
    check_tensorflow(str(address))
    from .tf1_checkpoint import read_tf1  # has TensorFlow

    weights = _of_others(address, read_tf1(address.place))
    folder = posixpath.dirname(address.place)
    models = [
        posixpath.join(folder, name)
        for name in files.names(folder or ".")
        if name.endswith(".model")
    ]
    if len(models) != 1 or weights.kind != TF1:
        return weights
    content = _bytes(models[0])
    try:
        return weights if content is None else _with(weights, content, models[0])
    except ConfigError:  # a file of another program's
        return weights


def _of_folder(address: Address) -> Weights:
    weights = _of_others(address, read_folder(address.place))
    path = posixpath.join(address.place, VOCABULARY)
    content, pieces = _bytes(path), _bytes(posixpath.join(address.place, BERT_VOCABULARY))
    if content is not None and weights.kind == HF:
        recorded = _normalization_of(posixpath.join(address.place, TOKENIZER_CONFIG))
        weights = dataclasses.replace(weights, normalization=recorded)
        try:
            return _with(weights, content, path)
        except ConfigError:  # of other special pieces than shards have: known by its hash at least
            pieces = content
    if pieces is not None:
        digest = hashlib.sha256(pieces).hexdigest()
        return dataclasses.replace(weights, vocabulary_sha256=digest)
    return weights


def _of_others(address: Address, found: Found) -> Weights:
    return Weights(
        name=str(address),
        kind=address.kind if found.kind == "albert" else f"{address.kind} (BERT)",
        config=found.config,
        arrays=found.arrays,
        unused=found.unused,
        vocabulary_size=found.config.vocab_size,
    )


def _normalization_of(path: str) -> str:
    """What ``tokenizer_config.json`` says of case and accents; empty where it says nothing."""
    given = read_json(path) if files.exists(path) else {}
    if "do_lower_case" not in given:
        return ""
    if given["do_lower_case"]:
        return "albert"
    return "none" if given.get("keep_accents") else "albert-cased"


def _bytes(path: str) -> bytes | None:
    return files.read(path) if files.exists(path) else None
