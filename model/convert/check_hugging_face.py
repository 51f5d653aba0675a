"""Compares our outputs with transformers' PyTorch ALBERT on folders written by this project.

Runs in its own environment with torch and transformers (4.57.6 was used), in two parts so that
TensorFlow and PyTorch need not live together:

    albert-check-hugging-face write /tmp/hf                      # where TensorFlow is
    python model/convert/check_hugging_face.py compare /tmp/hf   # where torch is

``write`` makes one folder for each sharing layout, with random inputs and our outputs beside it;
``compare`` loads each with AlbertForPreTraining and AutoModel and prints the largest differences.
It exits with 1 when one is above 1e-5 (logits and hidden states are of order 1). Seconds each.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    __package__ = "model.convert"

import numpy as np

LAYOUTS: dict[str, dict[str, Any]] = {
    "all": {},
    "groups": dict(num_hidden_groups=2, inner_group_num=2),
    "attention": dict(sharing="attention"),
    "ffn": dict(sharing="ffn"),
    "none": dict(sharing="none"),
    "wide": dict(embedding_size=32),
    "erf": dict(hidden_act="gelu"),
}
LIMIT = 1e-5


def write(root: Path) -> None:
    """Writes a folder, inputs and outputs for each layout."""
    from ..albert import AlbertPretrainer
    from ..configs import load_config
    from .hugging_face import write_hugging_face

    rng = np.random.default_rng(0)
    for name, layout in LAYOUTS.items():
        shape: dict[str, Any] = dict(
            vocab_size=97,
            embedding_size=16,
            hidden_size=32,
            num_attention_heads=4,
            intermediate_size=64,
            num_hidden_layers=4,
            max_position_embeddings=24,
            initializer_range=0.2,
        )
        model = AlbertPretrainer(load_config("albert-base", **{**shape, **layout}), seed=1)
        for variable in model.trainable_variables:
            variable.assign(variable + rng.normal(0, 0.1, variable.shape))
        features: dict[str, Any] = {
            "input_ids": rng.integers(0, 97, (3, 13)).astype(np.int32),
            "input_mask": (np.arange(13) < [[13], [9], [11]]).astype(np.int32),
            "segment_ids": (np.arange(13) > [[5], [4], [7]]).astype(np.int32),
            "masked_lm_positions": np.tile(np.arange(13, dtype=np.int32), (3, 1)),
        }
        outputs: dict[str, Any] = {key: np.asarray(value) for key, value in model(features).items()}
        write_hugging_face(model, root / name)
        np.savez(root / name / "expected.npz", **features, **outputs)


def compare(root: Path) -> bool:
    """Prints the largest differences of each layout; True when all are within LIMIT."""
    import torch
    from transformers import AlbertForPreTraining, AutoModel

    good = True
    for name in LAYOUTS:
        expected = np.load(root / name / "expected.npz")
        inputs = dict(
            input_ids=torch.tensor(expected["input_ids"]).long(),
            attention_mask=torch.tensor(expected["input_mask"]).long(),
            token_type_ids=torch.tensor(expected["segment_ids"]).long(),
        )
        with torch.no_grad():
            model, loading = AlbertForPreTraining.from_pretrained(
                root / name, output_loading_info=True
            )
            heads = model.eval()(**inputs)
            body = AutoModel.from_pretrained(root / name).eval()(**inputs)
        pairs = {
            "mlm_logits": heads.prediction_logits,
            "sentence_logits": heads.sop_logits,
            "sequence_output": body.last_hidden_state,
            "pooled_output": body.pooler_output,
        }
        worst = {k: float(np.abs(v.numpy() - expected[k]).max()) for k, v in pairs.items()}
        clean = not loading["missing_keys"] and not loading["unexpected_keys"]
        good &= clean and max(worst.values()) <= LIMIT
        print(name, "ok" if clean else loading, {k: f"{v:.1e}" for k, v in worst.items()})
    return good


def main() -> None:
    """Does one of the two parts, by the command line."""
    if len(sys.argv) != 3 or sys.argv[1] not in ("write", "compare"):
        sys.exit(__doc__)
    if sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    elif not compare(Path(sys.argv[2])):
        sys.exit(1)


if __name__ == "__main__":
    main()
