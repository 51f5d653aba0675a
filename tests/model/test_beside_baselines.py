"""What a score shows beside what is reached without a model, and what it does not."""

import pytest

from albert_data.schema import Baseline
from model.beside_baselines import line_of_labels, line_of_pieces

WORDS = {
    "commonest_label": Baseline(0.5, 0.003, 11_106),
    "logistic": Baseline(0.543, 0.003, 11_106),
}


@pytest.mark.parametrize(
    "loss, shown",
    [(5.62, True), (6.07, True), (6.09, False), (6.17, False), (6.5, False)],
)
def test_a_loss_that_lies_by_the_pieces_entropy_shows_nothing(loss, shown):
    told = line_of_pieces(loss, 6.17)
    assert told.startswith(f"masked-LM loss {loss:.2f}, the pieces' own entropy 6.17: ")
    assert told.endswith("the context counts" if shown else "that the context counts is not shown")


def test_order_that_is_no_better_than_words_alone_is_said_not_to_be_shown():
    told = line_of_labels(0.545, 0.005, 11_106, WORDS)
    assert told == (
        "sentence accuracy 54.5% ± 0.5%, words alone 54.3% ± 0.3%: better than words alone is not shown"
    )
    assert line_of_labels(0.45, 0.005, 11_106, WORDS).endswith("words alone is not shown")


def test_order_that_is_better_says_by_how_much():
    told = line_of_labels(0.865, 0.004, 11_106, WORDS)
    assert told.endswith("words alone 54.3% ± 0.3%: better by 57.5 standard errors")


def test_the_best_that_is_reached_without_a_model_is_what_counts():
    told = line_of_labels(0.8, 0.01, 400, {**WORDS, "cosine": Baseline(0.79, 0.02, 400)})
    assert told.endswith(
        "the idf cosine alone 79.0% ± 2.0%: better than the idf cosine alone is not shown"
    )


def test_where_nothing_is_known_chance_is_what_counts():
    assert line_of_labels(0.51, 0.01, 400, {}).endswith(
        "chance 50.0%: better than chance is not shown"
    )
    assert line_of_labels(0.6, 0.01, 400, {}).endswith("better by 4.0 standard errors")


def test_a_few_examples_that_are_all_right_show_nothing():
    assert line_of_labels(1.0, 0.0, 4, WORDS).endswith("better than words alone is not shown")
