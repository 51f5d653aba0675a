"""Trains a SentencePiece vocabulary on the sources, with the symbols that ALBERT needs.

Unigram model with the reference's settings: `<pad>` 0, `<unk>` 1, `[CLS]` 2, `[SEP]` 3, `[MASK]` 4,
some punctuation as symbols of their own. Sentences are cleaned as for the token cache; a sample of a
fixed number of them is held in memory. Equal input gives an equal model: the seed and the number of
training threads are fixed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import sentencepiece

from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import Config
from albert_data.corpus.leave_out import without_holes
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.plan import plan_all, read_split, refuse_input_as_output
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import ReadContext, Split
from albert_data.storage.atomic import atomic_path

THREADS = 4
PUNCTUATION_SYMBOLS = ["(", ")", '"', "-", ".", "–", "£", "€"]


def train_vocabulary(
    sources: Sequence[str],
    output: Path,
    size: int,
    config: Config,
    sample: int = 2_000_000,
    progress: Callable[[int], None] = lambda documents: None,
) -> Tally:
    """Writes a `.model` file of `size` pieces.

    Args:
        sample: most sentences to train on, drawn at random; about 300 bytes of memory each.
        progress: is called with the number of documents read so far.

    Returns:
        what was read and dropped.

    Raises:
        ConfigError: a source that cannot be used, a size that the text does not allow, a sample of
            100 sentences or less.
        DataError: broken input, or no text at all.
    """
    tally = Tally()
    if output.is_dir():
        raise ConfigError(
            "is a folder", where=str(output), fix="name a file, such as --output my.model"
        )
    if not 1 <= size < 2**31:
        raise ConfigError(
            f"a vocabulary of {size} pieces", where="--size", fix="choose from 1 to 2147483647"
        )
    if sample <= 100:
        raise ConfigError(
            f"a sample of {sample} sentences", where="--sample", fix="choose more than 100"
        )
    keeps_marks = config.tokens.normalization == "albert-marks"
    splits = plan_all(list(sources), config.sources, tally)
    refuse_input_as_output(splits, str(output))
    model, broken = io.BytesIO(), list[DataError]()
    sentencepiece.set_random_generator_seed(config.seed % 2**32)
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=_kept_errors(_sentences(splits, config, tally, progress), broken),
            model_writer=model,
            vocab_size=size,
            model_type="unigram",
            pad_id=0,
            unk_id=1,
            bos_id=-1,
            eos_id=-1,
            pad_piece="<pad>",
            unk_piece="<unk>",
            control_symbols=["[CLS]", "[SEP]", "[MASK]"],
            user_defined_symbols=PUNCTUATION_SYMBOLS,
            character_coverage=0.99995,
            input_sentence_size=sample,
            shuffle_input_sentence=True,
            # nmt_nfkc, SentencePiece's usual one, takes the joiners of Persian for spaces.
            normalization_rule_name="nfkc" if keeps_marks else "nmt_nfkc",
            num_threads=THREADS,
            minloglevel=2,
        )
    except RuntimeError as error:
        if broken:
            raise broken[0] from None
        if tally.counts["kept/document"] == 0:
            raise DataError("no document is left to train on", where="; ".join(sources)) from None
        raise _refused(size, str(error)) from None
    output.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(output) as temporary:
        temporary.write_bytes(model.getvalue())
    return tally


def _refused(size: int, message: str) -> ConfigError:
    """What SentencePiece refuses, without its own options, which are none of ours."""
    reason = " ".join(message.split()).rpartition("] ")[2]
    problem, fix = f"SentencePiece cannot train {size} pieces", "give more text or another --size"
    if most := re.search(r"value <= (\d+)", reason):
        problem = f"{problem}: the text gives {most[1]} at most"
        fix = f"--size {most[1]}, or give more text"
    elif least := re.search(r"required_chars\. \d+ vs (\d+)", reason):
        problem = f"{problem}: the characters of the text alone take {least[1]}"
        fix = f"--size {least[1]} or more"
    else:
        kept = " ".join(part for part in reason.split(". ") if not re.search(r"--\w", part))
        problem = f"{problem}: {kept}" if kept else problem
    return ConfigError(problem, where="--size", fix=fix)


def _kept_errors(sentences: Iterator[str], errors: list[DataError]) -> Iterator[str]:
    """The sentences; what ends them is kept, since SentencePiece makes a text of it."""
    try:
        yield from sentences
    except DataError as error:
        errors.append(error)
        raise


def _sentences(
    splits: Sequence[Split], config: Config, tally: Tally, progress: Callable[[int], None]
) -> Iterator[str]:
    split = splitter(config.sentences)
    normalize = NORMALIZERS[config.tokens.normalization]
    context = ReadContext(config.sources, tally)
    for part in splits:
        for document in read_split(part, context):
            tally.keep("document")
            progress(tally.counts["kept/document"])
            sample = f"{part.name} {document.id} {document.title}"
            sentences = without_holes(document.cut(split), tally, sample)
            yield from filter(None, normalize(sentences, tally))
