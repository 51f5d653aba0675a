"""The training step on a GPU: speed, peers, learning curve. `__main__` says how to run it."""
