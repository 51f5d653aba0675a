"""GLUE's tables are read as they are written, without quoting; what is not of their form is one error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from model.tasks.readers.find import count_note, path_of, read_task, tasks_found
from model.tasks.readers.tables import read_table
from model.tasks.table import GLUE, TASKS
from tests.shared import SHARED, needs_shared_data

RTE = "index\tsentence1\tsentence2\tlabel\n"
COLUMNS = TASKS["rte"].splits["train"].columns


def table(tmp_path, content, task="rte", split="train"):
    """What is read of a file's text or bytes."""
    path = tmp_path / "file.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(str(path), TASKS[task], TASKS[task].splits[split].columns)


def error_of(tmp_path, content, task="rte", split="train"):
    with pytest.raises(DataError) as caught:
        table(tmp_path, content, task, split)
    assert str(tmp_path) in caught.value.where
    return caught.value


def test_rows_are_read_by_the_names_of_the_header(tmp_path):
    found = table(tmp_path, "label\tsentence2\tindex\tsentence1\nentailment\tB\t7\tA\n")
    assert (found.ids, found.first, found.second) == (["7"], ["A"], ["B"])
    assert found.labels.tolist() == [0] and found.labels.dtype == np.int32


def test_quotation_marks_are_letters(tmp_path):
    found = table(
        tmp_path, RTE + '0\t"He said\t5" of it\tentailment\n1\t"x"\ty""\tnot_entailment\n'
    )
    assert found.first == ['"He said', '"x"'] and found.second == ['5" of it', 'y""']
    assert found.labels.tolist() == [0, 1]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_and_byte_order_mark_make_no_difference(tmp_path, end, mark, last):
    text = end.join([mark + RTE.strip(), "0\ta\u2028b\x85\x0b\tc\tentailment"]) + end * last
    found = table(tmp_path, text)
    assert found.first == ["a\u2028b\x85\x0b"] and found.left_out == {}


def test_first_column_of_a_file_with_a_byte_order_mark_has_its_name(tmp_path):
    found = table(
        tmp_path, "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t2\t3\ta\tb\n", "mrpc"
    )
    assert found.labels.tolist() == [1] and found.ids == ["0"]


def test_cola_has_no_header_but_in_its_test(tmp_path):
    found = table(tmp_path, "gj04\t1\t\tOne.\ngj04\t0\t*\tTwo it.\n", "cola")
    assert found.first == ["One.", "Two it."] and found.labels.tolist() == [1, 0]
    found = table(tmp_path, "index\tsentence\n5\tBill.\n", "cola", "test")
    assert (found.ids, found.first, found.labels) == (["5"], ["Bill."], None)


def test_scores_are_numbers_from_0_to_5(tmp_path):
    head = "index\tsentence1\tsentence2\tscore\n"
    assert table(tmp_path, f"{head}0\ta\tb\t4.750\n", "sts-b").labels.tolist() == [4.75]
    for cell in ("5.1", "-1", "nan", "", "high"):
        error = error_of(tmp_path, f"{head}0\ta\tb\t{cell}\n", "sts-b")
        assert error.problem == f"{cell!r} is no score from 0 to 5"


def test_blank_lines_and_short_rows_of_qqp_are_counted(tmp_path):
    head = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"
    found = table(tmp_path, f"{head}1\t2\t3\ta\tb\t1\n4\t5\t6\n\n7\t8\t9\tc\td\t0\n", "qqp")
    assert found.ids == ["1", "7"]
    assert found.left_out == {"blank line": 1, "row with too few columns": 1}


def test_ids_that_repeat_are_refused_in_a_test_and_are_numbers_elsewhere(tmp_path):
    found = table(tmp_path, RTE + "7\ta\tb\tentailment\n7\tc\td\tentailment\n")
    assert found.ids == ["0", "1"]
    head = "index\tsentence1\tsentence2\n"
    error = error_of(tmp_path, f"{head}7\ta\tb\n7\tc\td\n", split="test")
    assert error.problem == "2 examples have the id '7'"


@pytest.mark.parametrize(
    "content, problem",
    [
        ("", "the file is empty"),
        (RTE, "no examples"),
        (RTE + "0\ta\tb\n1\tc\td\tentailment\n", "3 columns, where the header has 4"),
        (RTE + "0\ta\tb\tentailment\textra\n", "5 columns, where the header has 4"),
        (RTE + "0\ta\tb\tentailment\n1\tc", "the file ends within a row (2 columns, where the header has 4)"),
        (RTE + "0\ta\tb\tneutral\n", "RTE has no label 'neutral'"),
        (RTE + "0\ta\tb\t\n", "RTE has no label ''"),
        ("index\tsentence1\tlabel\n0\ta\tentailment\n", "no column 'sentence2'"),
        ("label\t" + RTE + "x\t0\ta\tb\tentailment\n", "two columns 'label'"),
        ("index,sentence1,sentence2,label\n", "no column 'sentence1'"),
        (RTE.encode() + b"0\ta\xff\tb\tentailment\n", "not valid UTF-8 (byte 0xFF)"),
        ((RTE + "0\ta\tb\tentailment\n").encode("utf-16"), "not UTF-8: UTF-16"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_clear_error(tmp_path, content, problem):
    assert error_of(tmp_path, content).problem.startswith(problem)


def test_an_error_names_the_line(tmp_path):
    error = error_of(tmp_path, RTE + "0\ta\tb\tentailment\n\n1\tc\td\tneutral\n")
    assert error.where.endswith("file.tsv: line 4")
    assert "entailment, not_entailment" in error.fix


def test_short_row_at_the_end_of_qqp_without_a_line_end_is_a_truncated_file(tmp_path):
    head = "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n"
    error = error_of(tmp_path, f"{head}1\t2\t3\ta\tb\t1\n4\t5\t6\tc", "qqp")
    assert error.problem.startswith("the file ends within a row")


def test_a_file_of_too_few_columns_without_header_is_refused(tmp_path):
    assert error_of(tmp_path, "a\tb\n", "cola").problem == "2 columns, where 4 are needed"


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\t\n\r\x00"), max_size=8
)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_cells_hold_they_come_back(tmp_path_factory, rows, end):
    lines = [f"{n}\t{a}\t{b}\tentailment" for n, (a, b) in enumerate(rows)]
    folder = tmp_path_factory.mktemp("table")
    found = table(folder, end.join([RTE.strip(), *lines, ""]))
    assert list(zip(found.first, found.second, strict=True)) == rows


@needs_shared_data
@pytest.mark.parametrize(
    "task, name, split, rows, positive",
    [
        ("cola", "CoLA/train.tsv", "train", 8551, 6023),
        ("cola", "CoLA/dev.tsv", "dev", 1043, 721),
        ("mrpc", "MRPC/dev.tsv", "dev", 408, 279),
        ("rte", "RTE/train.tsv", "train", 2490, 1241),
        ("rte", "RTE/dev.tsv", "dev", 277, 131),
        ("sst-2", "SST-2/dev-head50.tsv", "dev", 50, None),
        ("qnli", "QNLI/dev-head50.tsv", "dev", 50, None),
        ("wnli", "WNLI/dev-head50.tsv", "dev", 50, None),
        ("sts-b", "STS-B/dev-head50.tsv", "dev", 50, None),
    ],
)
def test_real_files_have_the_benchmarks_numbers_of_examples(task, name, split, rows, positive):
    found = read_task(str(SHARED / "glue" / name), TASKS[task], split)
    assert len(found) == rows and found.left_out == {}
    if positive is not None:
        assert int(found.labels.sum()) == positive


def test_a_folder_is_the_tasks_or_one_above_it(tmp_path):
    (tmp_path / "RTE").mkdir()
    (tmp_path / "RTE" / "train.tsv").write_text(RTE + "0\ta\tb\tentailment\n")
    for data in (tmp_path, tmp_path / "RTE", tmp_path / "RTE" / "train.tsv"):
        assert len(read_task(str(data), TASKS["rte"], "train")) == 1
    assert [task.name for task in tasks_found(str(tmp_path), GLUE)] == ["rte"]
    with pytest.raises(DataError, match=r"no file dev.tsv of RTE"):
        path_of(str(tmp_path), TASKS["rte"], "dev")
    with pytest.raises(DataError, match="RTE has no split 'dev_matched'"):
        read_task(str(tmp_path), TASKS["rte"], "dev_matched")
    with pytest.raises(DataError, match="no task's folder"):
        tasks_found(str(tmp_path / "RTE"), GLUE)


def test_other_numbers_of_examples_than_the_benchmarks_are_said(tmp_path):
    found = table(tmp_path, RTE + "0\ta\tb\tentailment\n\n1\tc\td\tentailment\n")
    assert count_note(TASKS["rte"], "train", found) == (
        "RTE train: 2 examples, where the benchmark has 2,490; 1 left out: blank line"
    )


def test_mnli_has_two_development_sets_and_a_test_without_labels(tmp_path):
    head = "index\tpromptID\tsentence1\tsentence2\tlabel1\tgold_label\n"
    (tmp_path / "dev_mismatched.tsv").write_text(head + "0\tp\ta\tb\tneutral\tcontradiction\n")
    found = read_task(str(tmp_path), TASKS["mnli"], "dev_mismatched")
    assert found.labels.tolist() == [0]
    (tmp_path / "test_matched.tsv").write_text("index\tsentence1\tsentence2\n0\ta\tb\n")
    assert read_task(str(tmp_path), TASKS["mnli"], "test_matched").labels is None
