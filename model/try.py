"""``python -m model.try``: the program of ``try_model``, whose own name can be imported."""

if __name__ == "__main__":
    from .libraries import as_file

    as_file()

from .try_model import main

if __name__ == "__main__":
    main()
