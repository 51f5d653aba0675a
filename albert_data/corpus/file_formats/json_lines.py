"""Lines of a file to the JSON objects that they hold."""

from __future__ import annotations

import json
import re
from typing import Any

from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import lines
from albert_data.corpus.source_protocol import Flaw

CUT_OFF = "cut-off JSON"
NOT_JSON = "not JSON"
_WORDS = {
    bool: "true or false",
    int: "integer",
    float: "number",
    list: "list",
    dict: "object",
    str: "string",
}
_LITERALS = ("true", "false", "null")
_KEPT = 4096  # bytes of a broken line in which its id is looked for


def json_word(value: Any) -> str:
    """What JSON calls a value: `integer`, `list`, …"""
    return "null" if value is None else _WORDS.get(type(value), type(value).__name__)


def id_of(line: lines.Line, key: str) -> Any:
    """The id of an object that cannot be read whole, a string or an integer; None where there is none."""
    text = line.data[:_KEPT].decode("utf-8", "replace")
    found = re.search(rf'{re.escape(json.dumps(key))}\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+\b)', text)
    try:
        return json.loads(found[1]) if found else None
    except ValueError:
        return None


def _is_cut_off(error: json.JSONDecodeError) -> bool:
    """Whether what is wrong with a line is that it ends."""
    rest = error.doc[error.pos :].rstrip()
    unfinished = (
        error.msg.startswith(("Unterminated string", "Invalid \\uXXXX")) and '"' not in rest[1:]
    )
    return not rest or unfinished or any(word.startswith(rest) for word in _LITERALS)


def parse_object(
    line: lines.Line, settings: SourceSettings, most: int = 2
) -> tuple[dict[str, Any], Flaw | None, int]:
    """(object, flaw, byte of the flaw) of a line of `most` times `max_document_bytes` at most."""
    if line.too_long:
        limit = most * settings.max_document_bytes
        problem = f"a line longer than {limit:,} bytes"
        flaw = Flaw(leave_out.TOO_LONG, problem, "raise sources.max_document_bytes")
        return {}, flaw, line.offset
    try:
        record = json.loads(line.text())
    except lines.Undecodable as error:
        error.sample = error.sample.replace(rb"\n", b"\n")  # words stand apart for the detector
        return {}, lines.undecodable(error, settings), error.offset
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        problem = f"not a JSON value: {reason.removesuffix(' at')} at character {error.colno}"
        fix = "write one JSON object a line (jq -c . FILE makes lines of longer ones)"
        if _is_cut_off(error):
            return {}, Flaw(CUT_OFF, f"{problem}; the line is cut off", fix), line.offset
        return {}, Flaw(NOT_JSON, problem, fix), line.offset
    except (RecursionError, ValueError) as error:
        flaw = Flaw(NOT_JSON, f"not readable as JSON: {error}", "mend the line")
        return {}, flaw, line.offset
    if not isinstance(record, dict):
        reason = f"{json_word(record)}, not an object"
        flaw = Flaw(reason, f"a JSON {reason}", "write one JSON object a line")
        return {}, flaw, line.offset
    return record, None, line.offset
