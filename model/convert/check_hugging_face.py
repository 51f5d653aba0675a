"""Compares us with transformers' PyTorch classes, both ways, and our tokenizer files with our own ids.

Runs in its own environment with torch and transformers (4.57.6 was used), in parts so that TensorFlow
and PyTorch need not live together:

    albert-check-hugging-face write /tmp/a [VOCAB.model LINES]     # where TensorFlow is
    python model/convert/check_hugging_face.py compare /tmp/a      # where torch is
    python model/convert/check_hugging_face.py offer /tmp/b        # where torch is
    albert-check-hugging-face read /tmp/b                          # where TensorFlow is

``write`` makes one folder for each sharing layout, with random inputs and our outputs beside it, and one
for each normalization with the ids of LINES (text, or JSON lines with a ``text``); ``compare`` loads each
with AlbertForPreTraining, AutoModel and AutoTokenizer. ``offer`` has transformers write ALBERTs and a BERT,
``read`` reads them. Printed are the largest differences of outputs and the lines of other ids; exit code 1
when an output differs by more than 1e-5 (logits and hidden states are of order 1). Seconds each.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    __package__ = "model.convert"

if __name__ == "__main__":
    from ..libraries import as_file  # and the package says what Keras computes with

    as_file()

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
SHAPE: dict[str, Any] = dict(
    vocab_size=97,
    hidden_size=32,
    num_attention_heads=4,
    intermediate_size=64,
    num_hidden_layers=4,
    max_position_embeddings=24,
    initializer_range=0.2,
)
LIMIT = 1e-5
OUTPUTS = ("mlm_logits", "sentence_logits", "sequence_output", "pooled_output")


def inputs() -> dict[str, Any]:
    """A batch of three with padding, every position one to predict."""
    return {
        "input_ids": np.random.default_rng(0).integers(0, 97, (3, 13)).astype(np.int32),
        "input_mask": (np.arange(13) < [[13], [9], [11]]).astype(np.int32),
        "segment_ids": (np.arange(13) > [[5], [4], [7]]).astype(np.int32),
        "masked_lm_positions": np.tile(np.arange(13, dtype=np.int32), (3, 1)),
    }


def torch_inputs() -> dict[str, Any]:
    """The same for transformers."""
    import torch

    names = {
        "input_ids": "input_ids",
        "attention_mask": "input_mask",
        "token_type_ids": "segment_ids",
    }
    return {theirs: torch.tensor(inputs()[ours]).long() for theirs, ours in names.items()}


def write(root: Path, vocabulary: str = "", lines: str = "") -> bool:
    """Writes a folder and our outputs for each layout, and tokenizers with our ids."""
    from ..albert import AlbertPretrainer
    from ..configs import load_config
    from .hugging_face import write_hugging_face

    rng = np.random.default_rng(1)
    for name, layout in LAYOUTS.items():
        config = load_config("albert-base", **{"embedding_size": 16, **SHAPE, **layout})
        model = AlbertPretrainer(config, seed=1)
        for variable in model.trainable_variables:
            variable.assign(variable + rng.normal(0, 0.1, variable.shape))
        write_hugging_face(model, root / name)
        outputs = model(inputs())
        expected: dict[str, Any] = {key: np.asarray(outputs[key]) for key in OUTPUTS}
        np.savez(root / name / "expected.npz", **expected)
    if vocabulary:
        _write_tokenizers(root / "tokenizers", Path(vocabulary), Path(lines))
    return True


def _write_tokenizers(root: Path, vocabulary: Path, lines: Path) -> None:
    from albert_data.corpus.normalize import NORMALIZERS, collapse
    from albert_data.tokens.encoder import Encoder
    from albert_data.tokens.vocabulary import load_vocabulary

    from .tokenizer_files import tokenizer_files

    texts = [line for line in lines.read_text(encoding="utf-8").split("\n") if line.strip()]
    if lines.suffix == ".jsonl":
        texts = [json.loads(line)["text"] for line in texts]
    encoder = Encoder(load_vocabulary(vocabulary))
    for normalization, normalize in NORMALIZERS.items():
        folder = root / normalization
        folder.mkdir(parents=True)
        for name, content in tokenizer_files(vocabulary.read_bytes(), normalization, 512).items():
            (folder / name).write_bytes(content)
        ids, lengths = encoder.encode(normalize([collapse(text) for text in texts]))
        parts = np.split(ids, np.cumsum(lengths)[:-1])
        (folder / "expected.json").write_text(
            json.dumps([texts, [part.tolist() for part in parts]])
        )


def compare(root: Path) -> bool:
    """Prints the largest differences of each layout; True when all are within LIMIT."""
    import torch
    from transformers import AlbertForPreTraining, AutoModel

    good = True
    for name in LAYOUTS:
        with torch.no_grad():
            model, loading = AlbertForPreTraining.from_pretrained(
                root / name, output_loading_info=True
            )
            heads = model.eval()(**torch_inputs())
            body = AutoModel.from_pretrained(root / name).eval()(**torch_inputs())
        found = {
            "mlm_logits": heads.prediction_logits,
            "sentence_logits": heads.sop_logits,
            "sequence_output": body.last_hidden_state,
            "pooled_output": body.pooler_output,
        }
        clean = not loading["missing_keys"] and not loading["unexpected_keys"]
        good &= clean and _within(name, np.load(root / name / "expected.npz"), found)
    for folder in sorted((root / "tokenizers").glob("*")):
        _compare_tokenizers(folder)
    return good


def _compare_tokenizers(folder: Path) -> None:
    from transformers import AlbertTokenizer, AutoTokenizer

    texts, expected = json.loads((folder / "expected.json").read_text())
    for kind in (AutoTokenizer, AlbertTokenizer):
        tokenizer = kind.from_pretrained(folder)
        ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
        other = [at for at in range(len(texts)) if ids[at] != expected[at]]
        shown = "".join(f"\n  {texts[at][:70]!r}" for at in other[:5])
        what = f"{folder.name} {type(tokenizer).__name__}"
        print(f"{what}: {len(other)} of {len(texts)} lines have other ids{shown}")


def offer(root: Path) -> bool:
    """Has transformers write folders of its own, and its outputs."""
    import torch
    from transformers import (
        AlbertConfig,
        AlbertForMaskedLM,
        AlbertForPreTraining,
        BertConfig,
        BertForPreTraining,
    )

    torch.manual_seed(0)
    shape = {**SHAPE, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    albert = AlbertForPreTraining(AlbertConfig(embedding_size=16, **shape)).eval()
    bert = BertForPreTraining(BertConfig(**shape)).eval()
    with torch.no_grad():
        for weight in (*albert.parameters(), *bert.parameters()):
            weight.add_(torch.randn_like(weight) * 0.1)
    masked = AlbertForMaskedLM(albert.config).eval()
    masked.load_state_dict(albert.state_dict(), strict=False)
    models = {"full": albert, "masked": masked, "body": albert.albert, "bert": bert}
    models["bert-body"] = bert.bert
    for name, model in models.items():
        model.save_pretrained(root / name, max_shard_size="20KB" if name == "body" else "5GB")
        heads = bert if name.startswith("bert") else albert
        with torch.no_grad():
            out = heads(**torch_inputs(), output_hidden_states=True)
        sentence = out.seq_relationship_logits if heads is bert else out.sop_logits
        expected = {"sequence_output": out.hidden_states[-1]}
        if not name.endswith("body"):
            expected["mlm_logits"] = out.prediction_logits
        if name in ("full", "bert"):
            expected["sentence_logits"] = sentence
        np.savez(root / name / "expected.npz", **{k: v.numpy() for k, v in expected.items()})
    return True


def read(root: Path) -> bool:
    """Reads what transformers wrote; True when all outputs are within LIMIT."""
    from .weights import model_of, read_weights

    good = True
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        weights = read_weights(f"hf:{folder}")
        print("\n".join(weights.lines()))
        outputs = model_of(weights)(inputs())
        good &= _within(folder.name, np.load(folder / "expected.npz"), outputs)
    return good


def _within(name: str, expected: Any, found: Any) -> bool:
    worst = {k: float(np.abs(np.asarray(found[k]) - expected[k]).max()) for k in expected}
    good = max(worst.values()) <= LIMIT
    print(name, "ok" if good else "OTHER", {k: f"{v:.1e}" for k, v in worst.items()})
    return good


PARTS = {"write": write, "compare": compare, "offer": offer, "read": read}


def main() -> None:
    """Does one of the parts, by the command line."""
    if len(sys.argv) not in (3, 5) or sys.argv[1] not in PARTS:
        sys.exit(__doc__)
    if not PARTS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:]):
        sys.exit(1)


if __name__ == "__main__":
    main()
