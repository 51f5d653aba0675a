"""What is not installed is named, with how to install it."""

from __future__ import annotations

import pytest

from albert_data.read.needed import needed


def test_a_missing_package_is_named_with_its_fix():
    with pytest.raises(ModuleNotFoundError, match="pip install no_such_package") as caught:  # noqa: SIM117
        with needed("no_such_package"):
            import no_such_package  # noqa: F401
    assert caught.value.name == "no_such_package"


def test_what_the_package_itself_lacks_is_not_taken_for_it():
    with pytest.raises(ModuleNotFoundError, match="No module named"):  # noqa: SIM117
        with needed("torch"):
            import no_such_package  # noqa: F401
