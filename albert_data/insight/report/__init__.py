"""`albert-data report`: one self-contained page about a build, or two side by side."""
