from __future__ import annotations

import pytest

from model.tasks.features.tokenizer import BuildTokenizer


@pytest.fixture(scope="session")
def tokenizer(vocabulary) -> BuildTokenizer:
    """Of the example corpus."""
    return BuildTokenizer(vocabulary)
