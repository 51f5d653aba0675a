"""Pages about runs: one self-contained HTML file, in the look of `albert-data report`."""
