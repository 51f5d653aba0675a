"""What a fine-tuning run begins with: an encoder's weights, and the tokenizer of their vocabulary.

``--init`` is spelled as the pretrainer's (``convert.addresses``), ALBERT or BERT; a run of a task gives its
encoder. ``random`` draws the weights, and then needs a vocabulary and a configuration.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from albert_data.base.errors import ConfigError, DataError
from albert_data.storage import file_names
from albert_data.tokens.vocabulary import vocabulary_from

from .. import files
from ..checkpoint_files import find_checkpoint
from ..configs import CONFIGS, AlbertConfig, SettingError
from ..convert.addresses import HF, RUN, parse_address
from ..convert.reference import encoder_names
from ..convert.tokenizer_files import normalization_of_pieces
from ..convert.weights import read_weights, with_vocabulary
from ..run_folder import known_run
from ..settings import TrainSettings
from ..tasks.features.tokenizer import BuildTokenizer, Tokenizer
from ..tasks.features.word_pieces import FILE as TOKENIZER_JSON
from ..tasks.features.word_pieces import WordPieceTokenizer
from ..tasks.table import find_task
from ..training.engine import Engine

RANDOM = "random"


@dataclass(frozen=True)
class Beginning:
    """An encoder to begin with.

    Attributes:
        name: as the user named it; "random".
        config: AlbertConfig.
        arrays: by reference name; none: drawn by each run's seed.
        tokenizer: Tokenizer of its vocabulary.
        vocabulary: (file name, bytes) that a run's folder keeps.
        sha256: of the vocabulary.
        normalization: of its text; empty of BERT.
        said: lines for people.
    """

    name: str
    config: AlbertConfig
    arrays: Mapping[str, np.ndarray]
    tokenizer: Tokenizer
    vocabulary: tuple[str, bytes]
    sha256: str
    normalization: str
    said: tuple[str, ...] = ()
    step = 0

    def give_to(self, engine: Engine) -> None:
        engine.take_weights(self.arrays)

    def record(self, settings: TrainSettings) -> Mapping[str, Any]:
        return {"init": self.name}

    def lines(self) -> Iterator[str]:
        """What is said of it."""
        yield from self.said


def begin_with(init: str | None, vocabulary: str | None, model: Mapping[str, Any]) -> Beginning:
    """Reads what ``--init`` names.

    Args:
        vocabulary: file of a SentencePiece model, where none lies beside the weights.
        model: settings of the model; for ``random`` alone.

    Raises:
        ConfigError: no ``--init``, or a vocabulary that is not the model's, or none.
        DataError: there is no such model, or it is damaged.
    """
    if not init:
        raise ConfigError(
            "no weights to begin with",
            where="--init",
            fix="name a model: RUN, tf1:PREFIX or hf:FOLDER; --init random draws weights",
        )
    content = files.read(os.path.expanduser(vocabulary)) if vocabulary else None
    if init == RANDOM:
        return _drawn(content, vocabulary or "", model)
    beginning = _read(init, content, vocabulary or "", model)
    if content is not None and hashlib.sha256(content).hexdigest() != beginning.sha256:
        fix = "leave --vocabulary out: it lies beside the weights"
        raise SettingError(f"is not the vocabulary of {init}", where=vocabulary or "", fix=fix)
    return beginning


def _read(init: str, content: bytes | None, where: str, model: Mapping[str, Any]) -> Beginning:
    """Weights that are stored somewhere.

    Args:
        content: of a vocabulary that the user names, at ``where``.
    """
    if model:
        key = next(iter(model))
        problem = f"{key} is a setting of the model, which {init} has already"
        raise SettingError(problem, where="--set", fix=f"leave {key} out")
    address = parse_address(init)
    folder = posixpath.dirname(address.place)
    run = None
    if address.kind == RUN:
        run = known_run(address.place) or known_run(folder)
    if run is not None and run.task:
        return of_task_run(init, address.place, address.which, content)
    weights = read_weights(init)
    said = ["new run with weights of", *weights.lines()]
    if address.kind == HF and "BERT" in weights.kind:
        tokenizer = WordPieceTokenizer(address.place)
        _check_size(tokenizer, weights.config, init)
        kept = (TOKENIZER_JSON, files.read(posixpath.join(address.place, TOKENIZER_JSON)))
        sha256 = tokenizer.identity["tokenizer"]
        return Beginning(
            init, weights.config, weights.arrays, tokenizer, kept, sha256, "", (*said,)
        )
    if content is not None:
        weights = with_vocabulary(weights, content, where)
    if weights.vocabulary is None:
        fix = "name its SentencePiece model: --vocabulary FILE"
        raise ConfigError("no vocabulary lies beside the weights", where=init, fix=fix)
    return _of_pieces(
        init, weights.config, weights.arrays, weights.vocabulary, weights.normalization, said
    )


def of_task_run(
    init: str, place: str, which: str = "best", content: bytes | None = None
) -> Beginning:
    """The encoder of a run of a task, with its tokenizer.

    Args:
        content: of its vocabulary, where it is lost beside the run.

    Raises:
        DataError: there is no such checkpoint, or no vocabulary.
    """
    from ..checkpoints import restore_weights
    from .task_model import TaskModel

    folder, prefix = find_checkpoint(place, which)
    run = known_run(folder)
    assert run is not None
    model = TaskModel(find_task(run.task), run.model, dtype="float32")
    restore_weights(model, prefix)
    arrays = {name: np.asarray(v) for name, v in encoder_names(model.encoder).items()}
    said = ("new run with the encoder of", f"{prefix}: fine-tuned for {run.task}")
    pieces = posixpath.join(folder, TOKENIZER_JSON)
    if files.exists(pieces):
        tokenizer = WordPieceTokenizer(folder)
        kept = (TOKENIZER_JSON, files.read(pieces))
        return Beginning(
            init, run.model, arrays, tokenizer, kept, tokenizer.identity["tokenizer"], "", said
        )
    path = posixpath.join(folder, file_names.VOCABULARY)
    if files.exists(path):
        content = files.read(path)
    if content is None:
        fix = "copy it there again, or name it: --vocabulary FILE"
        raise DataError("the vocabulary of the run is lost", where=path, fix=fix)
    if run.vocabulary and hashlib.sha256(content).hexdigest() != run.vocabulary:
        fix = "copy the run's own there again"
        raise DataError("is not the vocabulary that the run names", where=path, fix=fix)
    return _of_pieces(init, run.model, arrays, content, run.normalization, said)


def _drawn(content: bytes | None, where: str, model: Mapping[str, Any]) -> Beginning:
    from ..settings import load_settings

    if content is None:
        fix = "name a SentencePiece model: --vocabulary FILE"
        raise ConfigError(
            "weights drawn at random have no vocabulary", where="--init random", fix=fix
        )
    known = vocabulary_from(content, where)
    config, _ = load_settings(None, {"vocab_size": known.size, **model})
    said = ("new run with weights drawn at random: nothing is known of any language",)
    return _of_pieces(RANDOM, config, {}, content, normalization_of_pieces(known), said)


def _of_pieces(
    init: str,
    config: AlbertConfig,
    arrays: Mapping[str, np.ndarray],
    content: bytes,
    normalization: str,
    said: Any,
) -> Beginning:
    known = vocabulary_from(content, init)
    normalization = normalization or normalization_of_pieces(known)
    tokenizer = BuildTokenizer(known, normalization)
    _check_size(tokenizer, config, init)
    kept = (file_names.VOCABULARY, content)
    return Beginning(
        init, config, arrays, tokenizer, kept, known.sha256, normalization, tuple(said)
    )


def _check_size(tokenizer: Tokenizer, config: AlbertConfig, where: str) -> None:
    if tokenizer.size != config.vocab_size:
        problem = f"a vocabulary of {tokenizer.size} pieces, the model has {config.vocab_size}"
        raise SettingError(problem, where=where, fix="use the vocabulary of the model")


def name_of(config: AlbertConfig) -> str:
    """What a configuration is called: a name of ``configs`` of the same shape, else its size in words."""
    keys = ("embedding_size", "hidden_size", "num_hidden_layers", "num_hidden_groups", "sharing")
    own = dataclasses.asdict(config)
    for name, fields in CONFIGS.items():
        shape = {**dataclasses.asdict(AlbertConfig()), **fields}
        if all(shape[key] == own[key] for key in keys):
            return name
    return f"{config.num_hidden_layers} layers of {config.hidden_size}"
