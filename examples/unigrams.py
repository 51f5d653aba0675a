"""What frequencies in one shard set give on another: `python examples/unigrams.py TRAIN HELD_OUT`.

The masked-LM loss in nats and the accuracy of a model that knows how frequent each piece is among the
predicted pieces of TRAIN (one added to each count) and nothing else: to be beaten on HELD_OUT.
"""

import sys

import numpy as np

from albert_data import open_shards


def predicted(folder: str) -> np.ndarray:
    """int32 [P], the pieces that are predicted in a shard set."""
    found = []
    for batch in open_shards(folder).evaluation(256):
        kept = (batch["masked_lm_weights"] > 0) & (batch["example_weights"] > 0)[:, None]
        found.append(batch["masked_lm_ids"][kept])
    return np.concatenate(found)


def main(training: str, held_out: str) -> None:
    seen, asked = predicted(training), predicted(held_out)
    counts = 1.0 + np.bincount(seen, minlength=int(max(seen.max(), asked.max())) + 1)
    loss = -np.log(counts[asked] / counts.sum()).mean()
    accuracy = (asked == counts.argmax()).mean()
    print(f"the training pieces' frequencies: MLM loss {loss:.3f}, accuracy {accuracy:.1%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
