"""The comparison that a student is shown: short, and different wherever the values differ."""

import textwrap
import types

import pytest
import torch

from course import text
from grader.errors import Failed, StudentRaised
from grader.judge import expect
from grader.judge.check import load_file, manifest
from grader.judge.proxy import local_student

LONG = [float(number) for number in range(30)]


def shown(compare, got, want):
    with pytest.raises(Failed) as failure:
        compare(got, want, "the answer")
    return failure.value.expected, failure.value.actual


@pytest.mark.parametrize("compare", [expect.close, expect.equal])
def test_a_difference_behind_what_is_shown_is_shown_all_the_same(compare):
    got = [*LONG[:20], 99.0, *LONG[21:]]
    wanted, told = shown(compare, got, LONG)
    assert wanted.endswith("…]; 20 at [20]") and told.endswith("…]; 99 at [20]")


def test_so_it_is_in_a_tensor():
    want = torch.arange(12.0).reshape(3, 4)
    got = want.clone()
    got[2, 1] = -1
    wanted, told = shown(expect.close, got, want)
    assert wanted.endswith("; 9 at [2, 1]") and told.endswith("; -1 at [2, 1]")


@pytest.mark.parametrize("compare", [expect.close, expect.equal])
def test_what_is_shown_whole_is_not_said_again(compare):
    assert shown(compare, [1.0, 2.0], [1.0, 3.0]) == ("[1, 3]", "[1, 2]")


def test_lists_of_other_lengths_have_no_first_difference():
    wanted, told = shown(expect.equal, LONG[:20], LONG)
    assert wanted.endswith("…]") and told.endswith("…]")


def test_facts_are_noted_before_the_verdict():
    noted = []
    with expect.noting(lambda what, value: noted.append((what, value))):
        expect.true(True, "it moves", fact=True)
        expect.equal(3, 3, "count", fact=True)
        expect.close(0.5, 0.5, "share", fact=True)
        expect.true(True, "not a fact of the diagnosis")
        with pytest.raises(Failed):
            expect.true([], "it stays", fact=True)
        with pytest.raises(Failed):
            expect.equal([1], [2], "ids", fact=True)
    expect.true(True, "nobody listens any more", fact=True)
    assert noted == [("it moves", True), ("count", 3), ("share", 0.5), ("it stays", False), ("ids", [1])]


def test_a_check_of_the_manifest_notes_facts_in_the_trace_of_its_student(tmp_path):
    source = """
        from grader.judge import expect
        from grader.judge.check import check

        class CheckNothing:
            function = "nothing"

            @check(points=1)
            def check_fact(self, student):
                'there is a fact'
                expect.true(True, "it is so", fact=True)
    """
    file = tmp_path / "check_planted.py"
    file.write_text(textwrap.dedent(source))
    (spec,) = manifest(load_file(file, "check_planted"))
    student = local_student(types.ModuleType("empty"), 0)
    spec.run(student)
    assert [(item.kind, item.what, item.value) for item in student.trace] == [("note", "it is so", True)]


def test_what_held_is_recorded_as_such(monkeypatch):
    monkeypatch.setattr(expect, "seen", [])
    expect.differs(torch.zeros(2), torch.ones(2), "the output")

    def refuse():
        raise StudentRaised("ValueError", "no", [])

    expect.raises(refuse, "a rank of 0")
    assert [entry[0] for entry in expect.seen] == ["the output", "a rank of 0"]
    assert all(expected == actual for _, expected, actual in expect.seen)
    for compare in (
        lambda: expect.differs(torch.zeros(2), torch.zeros(2), "the output"),
        lambda: expect.raises(lambda: 3, "a rank of 0"),
    ):
        with pytest.raises(Failed) as failure:
            compare()
        assert expect.seen[-1][1:] == (failure.value.expected, failure.value.actual)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (text.say("an exception"), "an exception"),  # the judge's own words
        ("0.05 ± 0.031", "0.05 ± 0.031"),
        (expect.shown("lora "), "'lora '"),  # what the student returned
        (expect.shown(["a", 1.5]), "['a', 1.5]"),
        ([1, "a"], "[1, 'a']"),
        (expect.shown(None), None),
        ("x" * 200, "x" * 159 + "…"),
    ],
)
def test_words_of_the_judge_are_told_without_quotes(value, said):
    with pytest.raises(Failed) as failure:
        expect.true(False, "it is wrong", expected=value, actual=value)
    assert failure.value.expected == failure.value.actual == said


def test_words_in_place_of_an_answer_are_told_without_quotes():
    with pytest.raises(Failed) as failure:
        expect.equal(expect.Words("an error"), "lora", "the objective")
    assert (failure.value.expected, failure.value.actual) == ("'lora'", "an error")


def test_an_entry_of_a_quantity_is_named_as_in_python_or_in_words(japanese):
    with pytest.raises(Failed) as failure:
        expect.close({"f1": 1.0}, {"f1": 2.0}, "metrics")
    assert failure.value.message.startswith("metrics['f1']: ")
    with pytest.raises(Failed) as failure:
        expect.close([1.0, [3.0, 3.0]], [1.0, {"a": 2.0}], "ノルム")
    assert failure.value.message.startswith("ノルムの [1]: ")


def test_the_shape_of_a_quantity_is_one_label(japanese):
    expect.seen.clear()
    for what, label in (("可視性のテンソル", "可視性のテンソルの形状"), ("`mask`", "`mask` の形状")):
        expect.shape(torch.zeros(2), (2,), what)
        assert expect.seen[-1][0] == label
