"""What a person is told of languages before a build begins: of dumps in another language than is set.

Nothing of it changes what is read: `sentences.language` is as set, whatever a dump says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from albert_data.base.errors import DataError
from albert_data.config.settings import SentenceSettings
from albert_data.corpus.source_protocol import Split
from albert_data.corpus.sources import SOURCES
from albert_data.corpus.wikitext.site_words import plain_code


def language_notes(splits: Iterable[Split], settings: SentenceSettings) -> list[str]:
    """What to say; empty where the languages agree.

    Reads the beginning of one file of each dump.
    """
    language = settings.language
    if settings.splitter != "sentencex":
        return []
    notes = []
    seen = set()
    for split in splits:
        # Of `enwiki-20240101-pages-articles7.xml.bz2`: the parts of a dump say the same.
        folder, name = os.path.split(split.path)
        dump = (split.source, folder, re.split(r"[-.]", name, maxsplit=1)[0])
        if dump in seen:
            continue
        seen.add(dump)
        written = plain_code(_language(split))
        if written and written != plain_code(language):
            notes.append(
                f"warning: {split.path} is in the language {written}, sentences.language is {language}: set"
                f" --set sentences.language={written} if all sources are in it"
            )
    return notes


def _language(split: Split) -> str:
    """The language that a split's file names; a file that cannot be read is refused later, in its place."""
    try:
        return SOURCES[split.source].language(split)
    except (DataError, OSError):
        return ""
