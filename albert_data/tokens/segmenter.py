"""Words of Chinese, which is written without spaces, from a segmenter (`tokens.word_segmenter`).

`jieba` is the dictionary and the hidden Markov model of that name, as rjieba has it: a Rust version of
the same cuts, 12 million characters a second and core where the Python one makes 0.2. Its words only
join pieces of Han, which by the `unicode` rule are words each; all other words go by that rule. A piece
that crosses two words belongs to the first. Word starts are stored with the pieces, since masks are
made where there is no text. Cost: 5 million characters a second and core, two to three times what
SentencePiece takes for them, and half a second once for the dictionary.
"""

from __future__ import annotations

import importlib.metadata

import numpy as np

from albert_data.base.arrays import Bool, Int32, Int64
from albert_data.base.code_points import code_points
from albert_data.base.errors import ConfigError
from albert_data.tokens.vocabulary import SPACE, Vocabulary
from albert_data.tokens.words import word_starts

_PACKAGES = {"jieba": "rjieba"}
_HAN = ((0x3005, 0x3007), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))


def segmenter_id(name: str) -> dict[str, str]:
    """What the words depend on, for fingerprints and manifests; empty for `none`.

    Raises:
        ConfigError: the segmenter is not installed.
    """
    if name == "none":
        return {}
    package = _PACKAGES[name]
    try:
        return {
            "segmenter": name,
            "package": package,
            "version": importlib.metadata.version(package),
        }
    except importlib.metadata.PackageNotFoundError:
        raise ConfigError(
            f"the segmenter {name} needs the package {package}, which is not installed",
            where="tokens.word_segmenter",
            fix="pip install 'albert-data[chinese]'",
        ) from None


class Segmenter:
    """Word starts of pieces by jieba."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        processor = vocabulary.processor
        pieces = vocabulary.pieces
        self._lengths = np.fromiter(map(len, pieces), np.int64, len(pieces))
        # From where a piece begins to the character that it goes by: behind its space marks.
        spaces = (len(piece) - len(piece.lstrip(SPACE)) for piece in pieces)
        self._ahead = np.fromiter(spaces, np.int64, len(pieces))
        if vocabulary.space_behind:  # a lone mark goes by what is before it
            self._ahead[self._ahead > 0] = -1
        for number in range(vocabulary.size):
            if processor.is_byte(number):
                inner = 0x80 <= int(pieces[number][3:5], 16) < 0xC0  # of the character before
                self._lengths[number], self._ahead[number] = not inner, -inner

    def starts(
        self,
        texts: list[str],
        ids: Int32[np.ndarray, " T"],
        lengths: Int64[np.ndarray, " S"],
    ) -> Bool[np.ndarray, " T"]:
        """Whether each piece begins a word.

        Args:
            texts: S of them, as SentencePiece was given them.
            ids, lengths: what it made of them.
        """
        import rjieba

        heads = (np.cumsum(lengths) - lengths)[lengths > 0]
        starts = word_starts(ids, self.vocabulary, "unicode")
        starts[heads] = True
        shown = [self.vocabulary.processor.normalize(text).replace(SPACE, " ") for text in texts]
        codes = code_points("".join(shown))
        if not len(ids) or not len(codes):
            return starts
        words = [len(word) for text in shown for word in rjieba.cut(text)]
        of_characters = np.repeat(np.arange(len(words)), words)
        sizes = self._characters(texts, shown, ids, lengths)
        places = np.cumsum(sizes) - sizes + self._ahead[ids]
        places = np.clip(places, 0, len(codes) - 1)
        of_pieces, first = of_characters[places], codes[places]
        han = np.zeros(len(first), np.bool_)
        for low, high in _HAN:
            han |= (first >= low) & (first <= high)
        same = np.zeros(len(ids), np.bool_)
        same[1:] = (of_pieces[1:] == of_pieces[:-1]) & han[1:] & han[:-1]
        same[heads] = False
        return starts & ~same

    def _characters(
        self, texts: list[str], shown: list[str], ids: np.ndarray, lengths: np.ndarray
    ) -> Int64[np.ndarray, " T"]:
        """How many characters of the normalised texts each piece stands for."""
        sizes: Int64[np.ndarray, " T"] = self._lengths[ids]
        ends = np.cumsum(lengths)
        sums = np.concatenate([[0], np.cumsum(sizes)])
        wanted = np.fromiter(map(len, shown), np.int64, len(shown))
        unlike = np.flatnonzero(sums[ends] - sums[ends - lengths] != wanted)
        for sentence in unlike.tolist():  # those with <unk>, whose length its id does not tell
            own = slice(ends[sentence] - lengths[sentence], ends[sentence])
            spelled = self._spelled(texts[sentence])
            if len(spelled) != lengths[sentence] or sum(spelled) != wanted[sentence]:
                spelled = [0] * int(lengths[sentence])  # not told: no Han is joined
                spelled[:1] = [int(wanted[sentence])]
            sizes[own] = spelled[: own.stop - own.start]
        return sizes

    def _spelled(self, text: str) -> list[int]:
        """Characters of each piece of a text, by what SentencePiece says the piece stands for."""
        processor, resplit = self.vocabulary.processor, self.vocabulary.resplit
        sizes: list[int] = []
        for piece, spelled in zip(
            processor.encode(text), processor.encode(text, out_type=str), strict=True
        ):
            parts = resplit.get(piece, [])
            if len(parts) > 1:
                sizes += [int(self._lengths[part]) for part in parts]
            elif processor.is_byte(piece):
                sizes.append(int(self._lengths[piece]))
            else:
                sizes.append(len(spelled))
        return sizes
