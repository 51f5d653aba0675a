"""Table 2's column of speed on any strategy and engine. `__main__` says how to run it."""
