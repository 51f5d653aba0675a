"""The tables of Lan et al. 2020 (arXiv 1909.11942), each a function of the scale: rows, figures, claims.

"Avg" is the paper's average over SQuAD 1.1, SQuAD 2.0, MNLI, SST-2 and RACE after fine-tuning, which is not
measured here: what is measured is the pretraining's own figures on held-out documents. The paper's claims are
about Avg unless they name another figure; here they are tested on the masked-LM loss or accuracy.
"""

from __future__ import annotations

from collections.abc import Callable

from .scales import NO_DROPOUT, Scale
from .table import Branch, Claim, Metric, Row, Table, Term, above

LOSS = Metric("MLM loss", "mlm_loss")
ACCURACY = Metric("MLM acc.", "mlm_accuracy")
ORDER = Metric("SOP acc.", "sentence_accuracy")
NEXT = Metric("NSP acc.", "sentence_accuracy", "nsp")


def table3(scale: Scale) -> Table:
    """Embedding size E, the paper's 64, 128, 256 and 768 as parts of H."""
    sizes = {
        64: scale.hidden // 12,
        128: scale.hidden // 6,
        256: scale.hidden // 3,
        768: scale.hidden,
    }
    averages = {
        "none": {64: 81.3, 128: 81.7, 256: 81.8, 768: 82.3},
        "all": {64: 79.0, 128: 80.1, 256: 79.6, 768: 79.8},
    }
    words = {"none": "not shared", "all": "all shared"}
    rows = tuple(
        Row(
            f"{words[sharing]}, E = {size}",
            {"E": paper_size, "Avg": average[paper_size]},
            model=scale.shape(embedding_size=size, sharing=sharing),
            train=scale.run("table3"),
        )
        for sharing, average in averages.items()
        for paper_size, size in sizes.items()
    )
    smallest, sixth, third, whole = (f"E = {size}" for size in sizes.values())
    claims = (
        above(f"not shared: {whole} has a lower MLM loss than {smallest}", "Avg 82.3 against 81.3",
              f"not shared, {whole}", f"not shared, {smallest}", LOSS.name, -1),
        above(f"all shared: {sixth} has a lower MLM loss than {smallest}", "Avg 80.1 against 79.0",
              f"all shared, {sixth}", f"all shared, {smallest}", LOSS.name, -1),
        above(f"all shared: {sixth} has a lower MLM loss than {third}", "Avg 80.1 against 79.6",
              f"all shared, {sixth}", f"all shared, {third}", LOSS.name, -1),
        above(f"all shared: {sixth} has a lower MLM loss than {whole}", "Avg 80.1 against 79.8",
              f"all shared, {sixth}", f"all shared, {whole}", LOSS.name, -1),
    )  # fmt: skip
    return Table("table3", "Embedding size", rows, (LOSS, ACCURACY, ORDER), claims)


def table4(scale: Scale) -> Table:
    """What is shared across layers, at the paper's E = 128."""
    names = {
        "all": "all shared",
        "attention": "attention shared",
        "ffn": "FFN shared",
        "none": "not shared",
    }
    averages = {"all": 80.1, "attention": 81.7, "ffn": 80.2, "none": 81.6}
    every, attention, ffn, none = names.values()
    claims = (
        above("sharing all costs masked-LM loss", "Avg 80.1 against 81.6",
              every, none, LOSS.name),
        above("sharing the feed-forward blocks costs", "Avg 80.2 against 81.6",
              ffn, none, LOSS.name),
        above("sharing the feed-forward blocks costs more than sharing attention",
              "Avg 80.2 against 81.7", ffn, attention, LOSS.name),
        Claim("sharing attention costs nothing: the loss is within 0.02 nats of that of not shared",
              "Avg 81.7 against 81.6",
              (Term(1, attention, LOSS.name), Term(-1, none, LOSS.name)), within=0.02),
        Claim("sharing the feed-forward blocks is most of the cost of sharing all: more than half",
              "1.4 of 1.5 points of Avg",
              (Term(1, ffn, LOSS.name), Term(-0.5, none, LOSS.name), Term(-0.5, every, LOSS.name))),
    )  # fmt: skip
    rows = tuple(
        Row(
            name,
            {"Avg": averages[sharing]},
            model=scale.shape(**scale.shared, sharing=sharing),
            train=scale.run("table4"),
        )
        for sharing, name in names.items()
    )
    return Table("table4", "Sharing across layers", rows, (LOSS, ACCURACY, ORDER), claims)


def table5(scale: Scale) -> Table:
    """The sentence loss, each model on both sentence tasks."""
    paper = {
        "none": {"MLM acc.": 54.9, "NSP acc.": 52.4, "SOP acc.": 53.3, "Avg": 79.0},
        "nsp": {"MLM acc.": 54.5, "NSP acc.": 90.5, "SOP acc.": 52.0, "Avg": 79.2},
        "sop": {"MLM acc.": 54.0, "NSP acc.": 78.9, "SOP acc.": 86.5, "Avg": 80.1},
    }
    rows = tuple(
        Row(
            objective,
            figures,
            data=objective,
            model=scale.shape(),
            train=scale.run("table5"),
        )
        for objective, figures in paper.items()
    )
    learnt = Claim("NSP is learnt: its model is above chance on NSP", "90.5 %",
                   (Term(1, "nsp", NEXT.name),), minus=0.5)  # fmt: skip
    claims = (
        learnt,
        Claim("a model trained on NSP is at chance on SOP: within 2.5 points of ½", "52.0 %",
              (Term(1, "nsp", ORDER.name),), minus=0.5, within=0.025, needs=learnt),
        Claim("SOP is learnt: its model is above chance on SOP", "86.5 %",
              (Term(1, "sop", ORDER.name),), minus=0.5),
        Claim("a model trained on SOP solves NSP, too: above chance", "78.9 %",
              (Term(1, "sop", NEXT.name),), minus=0.5),
        above("on SOP, the model trained on it is above that trained on NSP", "86.5 against 52.0 %",
              "sop", "nsp", ORDER.name),
        above("a sentence loss costs MLM accuracy: none is above SOP", "54.9 against 54.0 %",
              "none", "sop", ACCURACY.name),
    )  # fmt: skip
    return Table("table5", "Sentence loss", rows, (LOSS, ACCURACY, NEXT, ORDER), claims)


def table6(scale: Scale) -> Table:
    """Equal time: a wide shared model of half the depth against an unshared one (about 3 times the
    operations an example, as ALBERT-xxlarge has against BERT-large)."""
    wide = 16 * scale.heads * round(scale.hidden * 2.5 / 16 / scale.heads)
    time = {"max_hours": scale.hours}
    rows = (
        Row("BERT: not shared, E = H", {"steps": "400k", "time": "34h", "Avg": 87.2},
            model=scale.shape(embedding_size=scale.hidden, sharing="none"),
            train=scale.run("table6", **time)),
        Row("ALBERT: all shared, wide", {"steps": "125k", "time": "32h", "Avg": 88.7},
            model=scale.shape(wide, max(scale.layers // 2, 1)),
            train=scale.run("table6", **time)),
    )  # fmt: skip
    bert, albert = (row.name for row in rows)
    claims = (
        above("in equal time the wide shared model has the lower MLM loss", "Avg 88.7 against 87.2",
              albert, bert, LOSS.name, -1),
    )  # fmt: skip
    return Table("table6", "Equal time", rows, (LOSS, ACCURACY, ORDER), claims)


def table7(scale: Scale) -> Table:
    """Additional text of another kind: Wikipedia alone, and books on top."""
    at_home = Metric("MLM acc., Wikipedia", "mlm_accuracy", "wikipedia")
    added = Metric("MLM acc., books", "mlm_accuracy", "books")
    rows = (
        Row("Wikipedia", {"Avg": 80.1}, data="wikipedia",
            model=scale.shape(), train=scale.run("table7")),
        Row("Wikipedia and books", {"Avg": 80.8}, data="sop",
            model=scale.shape(), train=scale.run("table7")),
    )  # fmt: skip
    one, both = (row.name for row in rows)
    claims = (
        above("additional text raises MLM accuracy on held-out documents of all kinds",
              "figure 2a: a significant boost (its curves end near 69 and 69.5 %)", both, one, ACCURACY.name),
        above("it costs where the text is of the first kind: MLM accuracy on Wikipedia falls",
              "SQuAD 1.1, from Wikipedia: 89.3 without, 88.8 with", one, both, at_home.name),
    )  # fmt: skip
    return Table("table7", "Additional data", rows, (ACCURACY, at_home, added, LOSS), claims)


def table8(scale: Scale) -> Table:
    """Dropout taken away from one run at a checkpoint."""
    steps = scale.steps["table8"]
    at = steps * 2 // 3
    with_dropout = {"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}
    train = scale.run("table8", save_every=at, keep_every=at)
    rows = (
        Row("with dropout", {"Avg": 90.4}, model=scale.shape(**with_dropout), train=train),
        Row(f"without, from step {at} on", {"Avg": 90.7}, model=scale.shape(**NO_DROPOUT), train=train,
            branch=Branch("with dropout", at)),
    )  # fmt: skip
    kept, removed = (row.name for row in rows)
    claims = (
        above("removing dropout raises MLM accuracy", "figure 2b: significantly; Avg 90.7 against 90.4",
              removed, kept, ACCURACY.name),
        above("removing dropout lowers the MLM loss", "the same", removed, kept, LOSS.name, -1),
    )  # fmt: skip
    return Table("table8", "Dropout", rows, (ACCURACY, LOSS, ORDER), claims)


def figure1(scale: Scale) -> Table:
    """How far each layer moves its input, in deep models, shared and not."""
    l2 = Metric("L2, roughness", "distance_roughness")
    angle = Metric("angle, roughness", "angle_roughness")
    last = Metric("last layer's angle", "last_angle")
    names = {"all": "all shared", "none": "not shared"}
    every, none = names.values()
    claims = (
        above("L2 distances go more smoothly from layer to layer with sharing",
              "ALBERT-large against BERT-large", every, none, l2.name, -1),
        above("angles go more smoothly, too", "the same", every, none, angle.name, -1),
        Claim("with sharing the layers do not converge: the last turns by more than 1 degree",
              "above 0 after 24 layers", (Term(1, every, last.name),), minus=1.0),
    )  # fmt: skip
    rows = tuple(
        Row(
            name,
            {},
            model=scale.shape(**scale.deep, sharing=sharing),
            train=scale.run("figure1"),
        )
        for sharing, name in names.items()
    )
    return Table("figure1", "Moves of the layers", rows, (l2, angle, last, LOSS), claims)


TABLES: dict[str, Callable[[Scale], Table]] = {
    function.__name__: function
    for function in (table3, table4, table5, table6, table7, table8, figure1)
}
