"""A page in a real headless Chromium: what it logs, asks for and how wide it is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")

# The page runs in a frame of the wanted width; what it is like is written into the outer page.
_FRAME = """<!doctype html><body><iframe id="f" style="width:{width}px;height:800px;border:0"
src="{page}"></iframe><pre id="seen"></pre><script>
f.onload = () => {{
  const page = f.contentDocument, root = page.documentElement;
  for (const d of page.querySelectorAll("details")) d.open = true;
  seen.textContent = JSON.stringify({{
    width: root.scrollWidth, inner: f.contentWindow.innerWidth, title: page.title,
    requests: f.contentWindow.performance.getEntriesByType("resource").map(e => e.name),
    scrolled: [...page.querySelectorAll(".scroll")].filter(e => e.scrollWidth > e.clientWidth)
      .map(e => e.textContent.trim().slice(0, 40)),
    background: f.contentWindow.getComputedStyle(page.body).backgroundColor,
  }});
}};
</script></body>"""


@dataclass(frozen=True)
class Seen:
    """What a browser saw of a page; `scrolled` are tables that are wider than their room."""

    width: int
    inner: int
    title: str
    requests: list[str]
    scrolled: list[str]
    background: str
    console: list[str]


def look(page: Path, width: int, *flags: str) -> Seen:
    """Opens a page, all of its details unfolded, in a frame `width` pixels wide."""
    frame = page.with_name(f"frame-{width}.html")
    frame.write_text(_FRAME.format(width=width, page=page.name))
    done = subprocess.run(
        [
            str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu",
            "--allow-file-access-from-files", "--virtual-time-budget=3000",
            "--enable-logging=stderr", f"--user-data-dir={page.parent}/profile", *flags,
            "--dump-dom", frame.as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.search(r'<pre id="seen">(.+?)</pre>', done.stdout, re.S)
    assert found, done.stdout[-2000:] + done.stderr[-2000:]
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return Seen(**json.loads(unescape(found[1])), console=console)
