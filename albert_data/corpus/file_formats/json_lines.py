"""Lines of a file to the JSON objects that they hold."""

from __future__ import annotations

import json
from typing import Any

from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import lines
from albert_data.corpus.source_protocol import Flaw


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
        return {}, Flaw("malformed", problem, fix), line.offset
    except (RecursionError, ValueError) as error:
        flaw = Flaw("malformed", f"not readable as JSON: {error}", "mend the line")
        return {}, flaw, line.offset
    if not isinstance(record, dict):
        problem = f"a JSON {type(record).__name__}, not an object"
        return {}, Flaw("malformed", problem, "write one JSON object a line"), line.offset
    return record, None, line.offset
