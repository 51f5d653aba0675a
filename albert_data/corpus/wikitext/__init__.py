"""Wikitext to prose: `extract` does it; the rules for it are a module each."""
