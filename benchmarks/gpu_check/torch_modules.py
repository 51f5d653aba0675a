"""What transformers' `AlbertForPreTraining` is called by, for `torch_step`."""

from __future__ import annotations

from typing import Any

import torch


class MaskedPositions(torch.nn.Module):
    """Their model with a head over the masked positions alone."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        input_ids: Any,
        attention_mask: Any,
        token_type_ids: Any,
        positions: Any,
        ids: Any,
        order: Any,
    ) -> Any:
        """Sum of both losses; arguments [B, S] thrice, [B, P] twice, [B]."""
        encoded = self.model.albert(input_ids, attention_mask, token_type_ids)
        states = encoded.last_hidden_state
        places = positions[:, :, None].expand(-1, -1, states.shape[-1])
        logits = self.model.predictions(torch.gather(states, 1, places))
        sentence = self.model.sop_classifier(encoded.pooler_output)
        cross_entropy = torch.nn.functional.cross_entropy
        return cross_entropy(logits.flatten(0, 1), ids.flatten()) + cross_entropy(sentence, order)


class AsItComes(torch.nn.Module):
    """Their model, called as its documentation says."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: Any, attention_mask: Any, token_type_ids: Any, labels: Any, order: Any
    ) -> Any:
        """Sum of both losses; arguments [B, S] four times, [B]."""
        return self.model(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=token_type_ids,
            labels=labels,
            sentence_order_label=order,
        ).loss
