"""Gathers the pages of the site in .site/, from which `make docs` builds it.

    python -m dev.site

README.md is the front page; the pages of docs/ follow, those in ORDER first; then what else a reader of
the repository sees, and the API: a page for each folder of modules, found by looking, so that a module
that moves or comes takes its page along. Links between pages are rewritten to where the pages lie in the
site; a link to a file that is no page is an error, for there it would lead nowhere.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / ".site"
ORDER = (
    "configuration",
    "sources",
    "insight",
    "ablations",
    "contamination",
    "engines",
    "performance",
    "scale",
    "model",
    "science",
    "finetuning",
    "tpu",
    "testing",
)
PACKAGES = ("albert_data", "pipelines", "model")
AT_THE_END = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "dev/log.md")
_LINK = re.compile(r"(?<=\]\()([^)#:\s]+)(?=[)#])")


def main() -> None:
    shutil.rmtree(SITE, ignore_errors=True)
    pages = pages_of_the_repository()
    for page, name in pages.items():
        write(name, with_links_of_the_site(page, pages))
    shutil.copy(ROOT / "docs" / "site.css", SITE)
    api = api_pages()
    for name, text in api.items():
        write(f"api/{name}.md", text)
    entries = [(title(page), name) for page, name in pages.items()]
    entries[0] = ("albert-data", entries[0][1])
    lines = [f"- [{heading}]({name})" for heading, name in entries]
    lines += ["- API", *(f"    - [{name}](api/{name}.md)" for name in api)]
    write(".menu.md", "\n".join(lines) + "\n")


def pages_of_the_repository() -> dict[Path, str]:
    """The pages in the order of the menu, and what each is called in the site."""
    known = [ROOT / "docs" / f"{name}.md" for name in ORDER]
    others = sorted(set((ROOT / "docs").glob("*.md")) - set(known))
    last = [ROOT / name for name in AT_THE_END if (ROOT / name).is_file()]
    pages = {page: page.name for page in [*known, *others, *last]}
    return {ROOT / "README.md": "index.md", **pages}


def with_links_of_the_site(page: Path, pages: dict[Path, str]) -> str:
    """A page's text, its links to files of the repository made links to pages; copies its pictures."""

    def of_the_site(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / link[1]))
        if target in pages:
            return pages[target]
        if target.suffix in (".png", ".svg") and target.is_file():
            shutil.copy(target, SITE / target.name)
            return target.name
        sys.exit(f"{page.relative_to(ROOT)}: the link {link[1]} leads to no page of the site")

    SITE.mkdir(exist_ok=True)
    return _LINK.sub(of_the_site, page.read_text(encoding="utf-8"))


def api_pages() -> dict[str, str]:
    """For each folder of modules its dotted name and the page that asks for their docstrings."""
    pages = {}
    for package in PACKAGES:
        for folder in sorted(path.parent for path in (ROOT / package).rglob("__init__.py")):
            name = ".".join(folder.relative_to(ROOT).parts)
            modules = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
            lines = [f"# {name}", *(f"::: {name}.{module}" for module in modules)]
            pages[name] = "\n\n".join(lines) + "\n"
    return pages


def title(page: Path) -> str:
    """A page's first heading."""
    heading = re.search(r"^# (.+)$", page.read_text(encoding="utf-8"), re.M)
    return heading[1] if heading else page.stem


def write(name: str, text: str) -> None:
    path = SITE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
