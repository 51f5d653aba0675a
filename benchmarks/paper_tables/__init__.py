"""The paper's tables 3 to 8 and figure 1 in small. `__main__` says how to run them."""
