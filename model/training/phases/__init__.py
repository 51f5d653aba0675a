"""Whether a run learns, read from its own curve; each phase by a stated test, none by a number of a step.

curve.py       lines of a log as arrays; noise, levels and falls with their errors
plateau.py     at the loss of the unigrams, and below it
divergence.py  a loss that has risen and stays there
dead.py        no gradient, or weights that could have moved and a loss that did not
leak.py        held-out sentence accuracy that is too good
reading.py     line after line to events: a phase is told when it begins, and when it is over

Everything is a function of the lines alone, so that a run that goes on reads its log and knows what it knew.
`docs/model.md` has the tests in a table with their rates of false alarms, which
`tests/model/training/phases` measures.
"""
