"""The heads of fine-tuning against those of transformers, ALBERT's and BERT's, with equal weights.

Its hidden states go into both; that the encoder gives the same is tested with the conversion. Where torch and
transformers are installed, as in the peers' environment.
"""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from model.configs import load_config
from model.network.pooled_head import (
    PooledHead,
    choice_logits,
    classification_sums,
    regression_sums,
)
from model.network.span_head import SpanHead, span_sums

torch = pytest.importorskip("torch", reason="torch is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")

CONFIG = load_config("albert-tiny", hidden_size=32, num_attention_heads=4)
FAMILIES = ("Albert", "Bert")
IDS = torch.tensor(np.random.default_rng(3).integers(5, 97, (4, 12)))
MASK = torch.tensor([[1] * 12, [1] * 8 + [0] * 4, [1] * 10 + [0] * 2, [1] * 12])
ONES = np.ones(4, np.float32)


def peer(family: str, kind: str, **more):
    """A small model of transformers with weights drawn wide, in evaluation."""
    shape = dict(
        vocab_size=97, embedding_size=16, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=24, initializer_range=0.3,
    )  # fmt: skip
    torch.manual_seed(5)
    config = getattr(transformers, f"{family}Config")(**shape, **more)
    return getattr(transformers, f"{family}For{kind}")(config).eval()


def with_weights_of(head, linear):
    """Our head with the weights of a linear layer of theirs."""
    head.build()
    kernel, bias = head.dense.kernel, head.dense.bias
    kernel.assign(linear.weight.detach().numpy().T)
    bias.assign(linear.bias.detach().numpy())
    return head


def states_of(model, **inputs):
    """Hidden states and pooled output of the model below the head."""
    body = getattr(model, model.base_model_prefix)
    found = body(**inputs)
    pooled = found.pooler_output
    return found.last_hidden_state.numpy(), None if pooled is None else pooled.numpy()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("outputs", [1, 3])
@torch.no_grad()
def test_classes_and_scores(family, outputs):
    model = peer(family, "SequenceClassification", num_labels=outputs)
    labels = torch.tensor([0.5, 2, 4, 1]) if outputs == 1 else torch.tensor([0, 2, 1, 1])
    theirs = model(input_ids=IDS, attention_mask=MASK, labels=labels)
    _, pooled = states_of(model, input_ids=IDS, attention_mask=MASK)
    ours = with_weights_of(PooledHead(CONFIG, outputs, 0, name="head"), model.classifier)(pooled)
    assert np.abs(ops.convert_to_numpy(ours) - theirs.logits.numpy()).max() < 1e-5
    sums = (regression_sums if outputs == 1 else classification_sums)(ours, labels.numpy(), ONES)
    loss = float(ops.convert_to_numpy(sums["loss"])) / 4
    assert loss == pytest.approx(float(theirs.loss), rel=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
@torch.no_grad()
def test_spans(family):
    model = peer(family, "QuestionAnswering")
    start, end = torch.tensor([3, 4, 0, 5]), torch.tensor([5, 4, 0, 9])
    theirs = model(input_ids=IDS, attention_mask=MASK, start_positions=start, end_positions=end)
    states, _ = states_of(model, input_ids=IDS, attention_mask=MASK)
    ours = with_weights_of(SpanHead(CONFIG, 0, name="head"), model.qa_outputs)(states)
    for name in ("start_logits", "end_logits"):
        found = ops.convert_to_numpy(ours[name])
        assert np.abs(found - getattr(theirs, name).numpy()).max() < 1e-5
    sums = span_sums(ours, start.numpy(), end.numpy(), ONES)
    assert float(ops.convert_to_numpy(sums["loss"])) / 4 == pytest.approx(
        float(theirs.loss), rel=1e-5
    )


@pytest.mark.parametrize("family", FAMILIES)
@torch.no_grad()
def test_options(family):
    model = peer(family, "MultipleChoice")
    theirs = model(input_ids=IDS[None], attention_mask=MASK[None], labels=torch.tensor([2]))
    _, pooled = states_of(model, input_ids=IDS, attention_mask=MASK)
    logits = with_weights_of(PooledHead(CONFIG, 1, 0, name="head"), model.classifier)(pooled)
    ours = choice_logits(logits, 4)
    assert np.abs(ops.convert_to_numpy(ours) - theirs.logits.numpy()).max() < 1e-5
    sums = classification_sums(ours, np.array([2], np.int32), ONES[:1])
    assert float(ops.convert_to_numpy(sums["loss"])) == pytest.approx(float(theirs.loss), rel=1e-5)
