"""`verify --foreign`: the known defects of others' shards are found, whatever form they have."""

from __future__ import annotations

import json
import shutil

import pytest

from albert_data.insight.foreign.audit import Audit, audit
from albert_data.insight.foreign.findings import Finding
from tests.command_line import albert_data, succeeds
from tests.insight.foreign import made

WRITERS = {
    "BERT": (made.tfrecord, "a.tfrecord"),
    "tensorflow/models": (lambda path, examples: made.tfrecord(path, examples, v2=True), "v2"),
    "NVIDIA": (made.hdf5, "a.hdf5"),
    "LDDL": (made.lddl, "a.parquet"),
    "Hugging Face": (made.hugging_face, "b.parquet"),
}


@pytest.fixture(scope="module")
def reference():
    """By google-research/albert's rules, with a fifth of the chunks of one sentence."""
    return made.examples(3000, one_sentence=0.2)


@pytest.fixture(scope="module")
def bert():
    """By BERT's rules: next-sentence prediction, single pieces."""
    return made.examples(2000, seed=1, objective="nsp", masking="pieces")


def by_name(found: Audit) -> dict[str, Finding]:
    return {one.name: one for one in found.findings}


def audited(folder, form, examples, vocabulary=True) -> Audit:
    write, name = WRITERS[form]
    return audit(write(folder / name, examples), made.vocabulary(folder) if vocabulary else None)


@pytest.mark.parametrize("form", WRITERS)
def test_defects_of_the_reference_are_found_in_every_form(tmp_path, reference, form):
    found = by_name(audited(tmp_path, form, reference))
    # A fifth of the chunks has label 1, of the rest half: 0.6; a third of the ones is made up.
    assert found["label 1"].measured == pytest.approx(0.6, abs=0.03)
    assert found["label 1"].verdict == "reference" and "albert#234" in found["label 1"].note
    foreign = found["x2 of another document, of label 1"]
    assert foreign.measured == pytest.approx(1 / 3, abs=0.06) and foreign.verdict == "reference"
    assert found["spans of 1 words"].verdict == "reference"
    assert "touch" in found["spans of 1 words"].note
    assert found["spans of 4 and more words"].measured > 0.01
    assert found["words masked in part"].measured == 0


def test_at_512_the_reference_gives_its_known_spans(tmp_path, monkeypatch):
    monkeypatch.setattr(made, "LENGTH", 512)
    monkeypatch.setattr(made, "MOST", 77)
    found = by_name(audited(tmp_path, "BERT", made.examples(300, seed=6)))
    for name, share in (("1", 0.52), ("2", 0.27), ("3", 0.17), ("4 and more", 0.04)):
        one = found[f"spans of {name} words"]
        assert one.measured == pytest.approx(share, abs=0.02) and one.verdict == "reference"


@pytest.mark.parametrize("form", WRITERS)
def test_defects_of_bert_are_found_in_every_form(tmp_path, bert, form):
    found = by_name(audited(tmp_path, form, bert))
    in_part = found["words masked in part"]
    assert in_part.measured > 0.8 and in_part.verdict == "reference"
    assert "BERT" in found["spans of 1 words"].note
    foreign = found["x2 of another document, of label 1"]
    assert foreign.measured > 0.95 and "next-sentence" in foreign.note
    alone = found["labels found by the idf cosine alone"]
    assert alone.measured > 0.8 and alone.verdict == "reference"
    assert found["label 1"].verdict == "law"


def test_every_form_of_the_same_examples_gives_the_same_figures(tmp_path, reference):
    every = [by_name(audited(tmp_path, form, reference)) for form in WRITERS]
    for other in every[1:]:
        for name, one in every[0].items():
            if name != "padding":  # lists of LDDL and Hugging Face end with the record
                assert other[name].measured == pytest.approx(one.measured), name


def test_replacements_and_special_random_pieces_are_counted_exactly(tmp_path):
    examples = made.examples(300, seed=2)
    pairs = [
        (one.tokens[place], label)
        for one in examples
        for place, label in zip(one.positions, one.labels, strict=True)
    ]
    found = by_name(audited(tmp_path, "BERT", examples))
    masks = sum(shown == made.MASK for shown, _ in pairs)
    kept = sum(shown == label for shown, label in pairs)
    special = sum(shown in (made.PAD, made.CLS, made.SEP) for shown, _ in pairs)
    assert found["predictions [MASK]"].measured == pytest.approx(masks / len(pairs))
    assert found["predictions kept"].measured == pytest.approx(kept / len(pairs))
    assert found["predictions random"].n == len(pairs)
    assert found["random pieces that are special"].measured == special


def test_spans_and_words_in_part_of_one_record_are_as_counted_by_hand(tmp_path):
    a, b, c, d = 5, 7, 9, 11  # words; the odd one after each goes on with it
    text = [made.CLS, a, a + 1, b, c, d, made.SEP, b, b + 1, c, made.SEP]
    # Predicted: the whole of a, with b (two words); half of the b after [SEP], and its c apart.
    example = made.Example(list(text), 6, [1, 2, 3, 7, 9], [a, a + 1, b, b, c], 0)
    found = by_name(audited(tmp_path, "BERT", [example]))
    assert found["spans of 1 words"].measured == pytest.approx(2 / 3)
    assert found["spans of 2 words"].measured == pytest.approx(1 / 3)
    assert found["words masked in part"].measured == 1 / 2
    assert found["words masked in part"].n == 2
    assert found["predicted tokens"].measured == pytest.approx(5 / 11)


def broken(example: made.Example, fault: str) -> made.Example:
    """An example with one thing wrong in it."""
    free = next(place for place in range(1, example.middle) if place not in example.positions)
    if fault == "[MASK] outside predictions":
        example.tokens[free] = made.MASK
    elif fault == "special pieces predicted":
        example.positions[-1], example.labels[-1] = len(example.tokens) - 1, made.SEP
    elif fault == "places predicted twice":
        example.positions[-1] = example.positions[0]
    elif fault == "the padding piece within the text":
        example.tokens[free] = made.PAD
    elif fault == "not [CLS] x1 [SEP] x2 [SEP]":
        example.tokens[0] = 5
    return example


@pytest.mark.parametrize(
    "fault",
    [
        "[MASK] outside predictions",
        "special pieces predicted",
        "places predicted twice",
        "the padding piece within the text",
        "not [CLS] x1 [SEP] x2 [SEP]",
    ],
)
@pytest.mark.parametrize("form", ["BERT", "NVIDIA"])
def test_what_there_should_be_none_of_is_suspicious_once_there_is_one(tmp_path, fault, form):
    examples = made.examples(40, seed=3)
    clean = by_name(audited(tmp_path, form, examples))
    assert clean[fault].measured == 0 and clean[fault].verdict == "law"
    examples[20] = broken(examples[20], fault)
    found = by_name(audited(tmp_path, form, examples))
    assert found[fault].measured == 1 and found[fault].verdict == "suspicious"


def test_copies_are_told_from_other_masks_of_a_text(tmp_path):
    examples = made.examples(50, seed=4)
    found = by_name(audited(tmp_path, "BERT", [*examples, *examples[:10]]))
    assert found["records that copy another one"].measured == pytest.approx(10 / 60)
    assert found["records that copy another one"].verdict == "suspicious"
    again = examples[0]
    other = made.Example(list(again.tokens), again.middle, again.positions[1:], again.labels[1:], 0)
    other.tokens[again.positions[0]] = again.labels[0]  # one prediction fewer
    found = by_name(audited(tmp_path, "BERT", [*examples, other]))
    assert found["records that copy another one"].measured == 0
    assert found["records of the text of another one"].measured == pytest.approx(1 / 51)


def test_without_a_vocabulary_the_special_ids_come_from_the_records(tmp_path, reference):
    found = audited(tmp_path, "NVIDIA", reference, vocabulary=False)
    assert found.special_ids == {
        "[CLS]": made.CLS, "[SEP]": made.SEP, "[MASK]": made.MASK, "padding": made.PAD,
    }  # fmt: skip
    assert any(reason.startswith("words:") for reason in found.not_measured)
    assert by_name(found)["label 1"].verdict == "reference"
    assert "words masked in part" not in by_name(found)


def test_pairs_without_masks_are_judged_by_what_they_have(tmp_path, bert):
    found = audit(made.lddl(tmp_path / "a.parquet", bert, masked=False))
    assert found.not_measured[0] == "masks: the records have no predictions"
    assert by_name(found)["x2 of another document, of label 1"].measured > 0.95
    assert "predicted tokens" not in by_name(found)


def test_our_own_shards_are_as_the_law_in_everything(tiny_build):
    found = audit(tiny_build)
    assert found.records > 100 and "manifest.json" in found.left_out
    assert {one.verdict for one in found.findings} <= {"law", ""}
    assert by_name(found)["spans of 4 and more words"].measured == 0
    assert by_name(found)["words masked in part"].n > 100


def test_the_command_prints_a_table_or_json(tiny_build, tmp_path, reference):
    printed = succeeds(albert_data("verify", "--foreign", tiny_build)).out
    assert "as the law" in printed and "suspicious" not in printed
    file = made.tfrecord(tmp_path / "a.tfrecord", reference)
    vocab = made.vocabulary(tmp_path)
    given = ("verify", "--foreign", file, "--vocab", vocab)
    printed = succeeds(albert_data(*given)).out
    assert "label 1" in printed and "known defect" in printed
    read = json.loads(succeeds(albert_data(*given, "--json")).out)
    names = {one["name"]: one for one in read["findings"]}
    assert read["form"] == "TFRecords of tf.Examples" and read["records"] == 3000
    assert names["label 1"]["verdict"] == "reference"


def test_a_folder_is_one_audit_and_tells_what_it_did_not_read(tmp_path, reference):
    folder = tmp_path / "shards"
    folder.mkdir()
    first = made.hdf5(folder / "a.hdf5", reference[:1000])
    shutil.copy(first, folder / "b.hdf5")
    (folder / "notes.txt").write_text("made by hand\n")
    found = audit(folder)
    assert (found.files, found.records, found.left_out) == (2, 2000, ("notes.txt",))
    assert by_name(found)["records that copy another one"].measured == 0.5
