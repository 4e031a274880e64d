"""Results by value: the result of events, and its consequences. Nothing is printed or started here."""

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from typing import get_args

import grading
import jsonschema
import pytest
from valid import VALIDATOR

import scripts.schema
from course import advice, files, hints, lesson, paths, shell, syllabus, text
from course.formats import junit
from course.grader import Asked
from course.result import EXIT_CODES, Malformed, Result, Status, json_schema, plain
from course.session import Grading, NothingToRun
from course.workspace import Memory
from tests.fake_grader import announced, check, session


@pytest.fixture(autouse=True)
def english():
    text.use("en")


def grading_of(steps, **fields):
    grading = Grading(3, "lora", "LoRA and PEFT", "lora.py", **fields)
    for step in steps:
        grading.take(step)
    return grading


def result_of(steps, **fields):
    """Return the result of these events; a grading that ends without a result is our fault."""
    grading = grading_of(steps, **fields)
    if grading.result is None:
        grading.fail("no result")
    return grading.result


def diagnosed(name, text):
    """Return a diagnosis of one check."""
    return {"mistake": name, "hint": text, "explanation": {"kind": "misconception", "id": name, "text": text}}


MIXED = [
    check("LoRALinear.forward", "failed", max_points=3, hint="of the check"),
    check("LoRALinear.merge", "skipped", max_points=3),
    check("lora_report.head", max_points=2, visible=True),
]


def test_points_and_tallies():
    result = result_of(session(MIXED))
    assert (result.status, result.exit_code, result.points, result.max_points) == ("failed", 1, 2, 8)
    assert [(one.function, one.passed, one.checks, one.points, one.max_points) for one in result.tallies()] == [
        ("LoRALinear", 0, 2, 0, 6),
        ("lora_report", 1, 1, 2, 2),
    ]
    assert [one.id for one in result.failed] == ["LoRALinear.forward", "LoRALinear.merge"]


def test_a_misconception_is_named_once_with_all_it_explains():
    diagnosis = dict.fromkeys(("LoRALinear.forward", "LoRALinear.merge"), diagnosed("scaling-inverted", "Which way?"))
    (one,) = result_of(session(MIXED, diagnosis=diagnosis)).causes()
    assert (one.id, one.text) == ("scaling-inverted", "Which way?")
    assert [explained.id for explained in one.checks] == ["LoRALinear.forward", "LoRALinear.merge"]


def test_the_diagnosis_counts_before_the_result_has_arrived():
    steps = session(MIXED, diagnosis={"LoRALinear.forward": diagnosed("m", "h")})[:-1]
    assert [one.id for one in result_of(steps).causes()] == ["m"]


PASSED = [check("f.a"), check("f.b")]


@pytest.mark.parametrize(
    ("steps", "status", "code"),
    [
        pytest.param(session(PASSED, "passed"), "passed", 0, id="passed"),
        pytest.param(session([check("f.a", "not_started")], "not_started"), "not_started", 1, id="not started"),
        pytest.param(session([check("f.a", "crashed")]), "failed", 1, id="crashed"),
        pytest.param(
            session([check("f.a", "grader_error"), check("f.b")], "grader_error"), "grader_error", 3, id="in a check"
        ),
        pytest.param(session(PASSED, "grader_error"), "grader_error", 3, id="our fault"),
        pytest.param(session([], "not_gradable", message="does not parse"), "not_gradable", 4, id="not gradable"),
        pytest.param(session([], "passed"), "grader_error", 3, id="nothing ran"),
        pytest.param(session(PASSED, "passed")[:-1], "grader_error", 3, id="no result"),
        pytest.param([{"event": "fault", "message": "host", "exit_code": 3}], "grader_error", 3, id="fault"),
        pytest.param([{"event": "fault", "message": "host", "exit_code": 0}], "grader_error", 3, id="fault, calm"),
    ],
)
def test_exit_codes(steps, status, code):
    result = result_of(steps)
    assert (result.status, result.exit_code) == (status, code)


def test_what_was_announced_and_did_not_report_did_not_pass():
    steps = session(PASSED, "passed")
    steps[0]["checks"].append(announced(check("f.c", max_points=4)))
    result = result_of(steps)
    assert [one.message for one in result.failed] == ["No report from f.c."]
    assert (result.status, result.exit_code, result.points, result.max_points) == ("grader_error", 3, 2, 6)


def test_nothing_selected():
    with pytest.raises(NothingToRun):
        grading_of([{"event": "fault", "message": "no such check", "exit_code": 5}])


def test_a_grading_that_is_begun_again_forgets_its_first_half():
    """If a grader dies, the client asks a new one; checks whose reports were lost must report again."""
    first, whole = session([check("f.a"), check("f.b")], "passed"), session([check("f.b")], "passed")
    grading = grading_of([*first[:2], whole[0]])
    assert grading.checks == {} and list(grading.announced) == ["f.b"]
    for event in whole[1:]:
        grading.take(event)
    assert (grading.result.status, [one.id for one in grading.result.checks]) == ("passed", ["f.b"])


def test_every_status_has_an_exit_code():
    assert set(EXIT_CODES) == set(get_args(Status))


@pytest.mark.parametrize(
    "event",
    [
        {"event": "started", "seed": "7", "sandbox": "full", "checks": []},
        {"event": "started", "seed": 7, "sandbox": "full", "checks": None},
        {"event": "check", "check": {"id": "f.a"}},
        {"event": "check", "check": check("f.a", "splendid")},
        {"event": "check", "check": check("f.a") | {"points": "all"}},
        {"event": "diagnosis", "checks": []},
        {"event": "result", "result": {"status": "fine", "checks": []}},
        session([check("f.a", "failed")], "passed")[-1],
        session(PASSED, "failed")[-1],
        session([check("f.a", "grader_error"), check("f.b")], "failed")[-1],
        session(PASSED, "passed", points=3)[-1],
        session(PASSED, "passed", exercise="exercise-3")[-1],
        session([check("f.a", "failed", explanation={"kind": "guess", "id": "a", "text": "b"})])[-1],
        session([check("f.a", "failed", explanation={"kind": "crash"})])[-1],
        session([check("f.a", remarks="no list")], "passed")[-1],
        {"event": "result", "result": None},
    ],
)
def test_malformed_events_are_refused(event):
    with pytest.raises(Malformed):
        result_of([event])


def test_unknown_events_are_left_alone():
    assert grading_of([{"event": "weather", "sunny": True}]) == grading_of([])


def test_json_is_the_graders_object_with_our_next_command():
    steps = session(MIXED, extra="of a later version")
    result = result_of(steps)
    result.next = "course hint exercise-3"
    expected = steps[-1]["result"] | {"next": "course hint exercise-3"}
    del expected["extra"]
    assert json.loads(files.to_json(result.to_json())) == expected
    assert Result.from_json(expected) == result


def test_the_schema_that_ships_is_that_of_the_classes():
    assert paths.RESULT_SCHEMA.read_text(encoding="utf-8") == scripts.schema.document()


def test_one_schema_holds_for_a_result_a_fault_and_a_refusal():
    VALIDATOR.check_schema(json_schema())
    broken_off, refused = grading_of(session(MIXED)[:2]), grading_of([])
    broken_off.fail("it died")
    refused.refuse("no such file", 63)
    for result in (result_of(session(MIXED)), broken_off.result, refused.result):
        record = json.loads(files.to_json(result.to_json()))
        VALIDATOR.validate(record)
        for name in record:
            with pytest.raises(jsonschema.ValidationError):
                VALIDATOR.validate({key: value for key, value in record.items() if key != name})
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(record | {"exercise": "exercise-3"})


def test_every_result_in_the_tests_is_held_against_the_schema():
    """This covers results of a test's own process, and those sent by the shared grader."""
    with pytest.raises(jsonschema.ValidationError):
        replace(result_of(session(MIXED)), exercise="exercise-3").to_json()
    host = object.__new__(grading.Host)
    asked = Asked(1, {}, 0)
    for step in session(MIXED, exercise="exercise-3"):
        asked.heard.put(step)
    with pytest.raises(jsonschema.ValidationError):
        host.finish(asked)


def test_json_of_a_fault_has_every_field():
    whole = session(MIXED)
    grading = grading_of(whole[:2])
    grading.fail("The grader ended")
    written = grading.result.to_json()
    assert set(written) == set(whole[-1]["result"])
    assert (written["status"], written["message"], written["points"]) == ("grader_error", "The grader ended", 0)
    assert [set(one) for one in written["checks"]] == [set(MIXED[0])] * 3
    assert [one["status"] for one in written["checks"]] == ["failed", "grader_error", "grader_error"]


def test_json_has_every_field_that_a_record_left_out():
    """An older grader, or a stored result, might not have all of them."""
    whole = session(MIXED)[-1]["result"]
    for name in ("notes", "edition", "limits", "bundle"):
        del whole[name]
    whole["checks"] = [{key: one[key] for key in (*announced(one), "points", "status")} for one in MIXED]
    whole["checks"][0]["explanation"] = {"kind": "crash", "id": "a-name", "text": "what it means"}
    written = Result.from_json(whole).to_json()
    VALIDATOR.validate(written)
    assert written["checks"][0]["explanation"]["title"] is written["bundle"] is None


def test_json_holds_only_what_json_knows():
    written = files.to_json({"x": [float("nan"), float("inf"), 1.5], "text": "é\ud800\n"})
    assert json.loads(written.decode("utf-8")) == {"x": [None, None, 1.5], "text": "é\ud800\n"}
    assert written.endswith(b"}\n")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "result.json"
    files.write(target, "old")
    monkeypatch.setattr(files.os, "replace", lambda *paths: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        files.write(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_junit():
    checks = [
        check("f.a", max_points=2),
        check("f.b", "failed", message="off by \x1b[31m0.5 & <more>", hint="look"),
        check("f.c", "timeout", message="stopped"),
        check("f.d", "skipped", message="waits for b"),
        check("g.e", "not_started"),
    ]
    root = ElementTree.fromstring(junit.to_xml(result_of(session(checks))))
    (suite,) = root
    assert root.tag == "testsuites"
    facts = {"name": "exercise-3", "tests": "5", "errors": "1", "failures": "2", "skipped": "1", "time": "1.500"}
    assert {name: suite.get(name) for name in facts} == facts
    assert suite.get("hostname") == "localhost"
    properties = {one.get("name"): one.get("value") for one in suite.find("properties")}
    assert properties["points"] == "2" and properties["max_points"] == "6" and properties["seed"] == "7"
    cases = [
        (case.get("classname"), case.get("name"), *(child.tag for child in case)) for case in suite.iter("testcase")
    ]
    assert cases == [
        ("lora.f", "a"),
        ("lora.f", "b", "failure"),
        ("lora.f", "c", "error"),
        ("lora.f", "d", "skipped"),
        ("lora.g", "e", "failure"),
    ]
    assert suite.find(".//failure").get("message") == "off by \\x1b[31m0.5 & <more>"
    assert "hint: look" in suite.find(".//failure").text


def test_junit_of_a_file_that_cannot_be_graded_is_not_green():
    result = result_of(session([], "not_gradable", message="line 3: invalid syntax"))
    suite = ElementTree.fromstring(junit.to_xml(result))[0]
    assert (suite.get("tests"), suite.get("errors")) == ("1", "1")
    assert suite.find(".//error").get("message") == "line 3: invalid syntax"


def test_junit_counts_what_did_not_report_as_an_error():
    steps = session(PASSED, "passed")
    steps[0]["checks"].append(announced(check("f.c")))
    suite = ElementTree.fromstring(junit.to_xml(result_of(steps)))[0]
    assert (suite.get("tests"), suite.get("errors")) == ("3", "1")


# --- hints -----------------------------------------------------------------------------------------------------------

LESSON = """# LoRA

```python
## Hints
### not a heading
```

> **Question 1.** Why
> not?

Because.

> **Question 2.** So?

## Answers

1. It
   is.
2. So.

## Hints

### LoRALinear

1. Draw it.
2. First this:

   ```python
   ### merge
   1. not an item
   ```
   then that.

### lora_state: lora_state_dict, load_lora_state_dict

1) Own your numbers.
"""


def test_a_lesson_is_parted_from_its_answers_and_hints():
    body, answers, found = lesson.split(LESSON)
    assert body == LESSON.partition("\n## Answers")[0].rstrip() + "\n"
    assert answers == ("It\nis.", "So.")
    assert lesson.questions(body) == {1: "> **Question 1.** Why\n> not?", 2: "> **Question 2.** So?"}
    asked = lesson.Lesson(body, found, "en", answers=answers)
    assert asked.title == "LoRA"
    assert asked.answered() == "> **Question 1.** Why\n> not?\n\nIt\nis.\n\n> **Question 2.** So?\n\nSo."
    assert found == {
        "LoRALinear": ("Draw it.", "First this:\n\n```python\n### merge\n1. not an item\n```\nthen that."),
        "lora_state: lora_state_dict, load_lora_state_dict": ("Own your numbers.",),
    }
    chapter = lesson.Lesson(body, found, "en").hints_for
    assert chapter("lora_state") == chapter("load_lora_state_dict") == ("Own your numbers.",)
    assert chapter("LoRALinear")[0] == "Draw it."
    assert chapter("state") == ()


SECTIONS = """# LoRA

`merge` in the beginning is of no section.

## 1. Why

Text.

### Merging

`merge`, not `merge_all`.

```python
## merge merge merge
```

### More

`merge`, and `swap`.

## 2. Names

`swap`, then `swap`, not `x.save`.
"""


def test_the_section_on_a_function_is_the_one_that_names_it_most():
    about = lesson.Lesson(SECTIONS, {}, "en").about
    merging = about("merge")
    assert merging is not None and merging.startswith("## 1. Why\n\nText.\n\n\n### Merging\n")
    assert "## merge merge merge" in merging and "More" not in merging
    assert about("swap") == "## 2. Names\n\n`swap`, then `swap`, not `x.save`.\n"
    assert about("save") is None and about("merge_al") is None


EXERCISE = syllabus.resolve("lora")
CHAPTER = {"LoRALinear": ("first", "second"), "lora_report": ("begin",)}


def chapter(function):
    return CHAPTER.get(function, ())


def texts(memory, count, function=None):
    return [hints.following(EXERCISE, memory, chapter, function).text for _ in range(count)]


def remembered(checks, **fields):
    memory = Memory()
    memory.record(result_of(session(checks, **fields)))
    return memory


def test_hints_are_graduated():
    memory = remembered(MIXED)
    assert texts(memory, 4) == [
        "of the check",
        "first",
        "second",
        "There are no more hints on LoRALinear. To see them again: course hint exercise-3 LoRALinear --all",
    ]


def test_a_new_misconception_in_the_same_check_is_answered_anew():
    memory = remembered(MIXED)
    texts(memory, 2)
    memory.record(result_of(session(MIXED, diagnosis={"LoRALinear.forward": {"mistake": "no-scaling", "hint": "new"}})))
    one = hints.following(EXERCISE, memory, chapter, None)
    assert (one.heading, one.text) == ("Likely misconception: no scaling", "new")
    assert texts(memory, 1) == ["second"]


def test_the_first_hint_is_not_about_a_check_that_only_waits():
    memory = remembered([check("f.a", "skipped", hint="waits"), check("f.b", "failed", hint="look")])
    assert texts(memory, 1) == ["look"]


def test_hints_without_a_grading_begin_at_the_beginning():
    assert texts(Memory(), 1) == ["begin"]
    assert texts(Memory(), 2, "LoRALinear") == ["first", "second"]


def test_a_file_that_could_not_be_graded_is_the_first_thing_to_mend():
    memory = remembered(MIXED)
    memory.record(result_of(session([], "not_gradable", message="lora.py does not parse.")))
    one = hints.following(EXERCISE, memory, chapter, None)
    assert one.text == "lora.py does not parse." and "could not be graded" in one.note
    assert texts(memory, 1, "LoRALinear") == ["of the check"]  # a question about a function gets the function's hint
    assert Memory.from_json(json.loads(json.dumps(vars(memory)))) == memory
    memory.record(result_of(session(MIXED)))
    assert texts(memory, 1) == ["first"]


def test_no_hint_is_needed_when_all_passed():
    memory = remembered(PASSED, status="passed")
    assert texts(memory, 1) == ["Everything passed the last time you graded, so there is no hint to give."]
    assert texts(memory, 1, "LoRALinear") == ["first"]


def test_all_hints():
    shown = hints.everything(EXERCISE, remembered(MIXED), chapter, None)
    assert [one.text for one in shown] == ["of the check", "begin", "first", "second"]
    assert [one.text for one in hints.everything(EXERCISE, Memory(), chapter, None)] == ["begin", "first", "second"]


# --- memory and advice -----------------------------------------------------------------------------------------------


def test_a_run_of_chosen_checks_does_not_count_as_a_grading():
    memory = remembered(MIXED)
    before = memory.failed
    assert len(before) == 2
    memory.record(result_of(session([check("f.a", "failed")], only=["f.a"])))
    assert (memory.status, memory.points, memory.failed[1:]) == ("failed", 2, before)
    assert memory.failed[0]["id"] == "f.a", "the last run is what a hint is asked about"
    memory.record(result_of(session([check("f.a"), check(before[0]["id"])], "passed", only=["f"])))
    assert (memory.status, memory.failed) == ("failed", before[1:])
    memory.record(result_of(session([check(before[1]["id"])], "passed", only=["f"])))
    assert (memory.status, memory.failed) == ("failed", [])
    assert texts(memory, 1) == [
        "Every check that failed last time has since passed. Grade the whole exercise to be sure."
    ]


def test_memory_survives_json():
    memory = remembered(MIXED)
    texts(memory, 2)
    assert Memory.from_json(json.loads(files.to_json(vars(memory)))) == memory


@pytest.mark.parametrize(
    "record", [None, [], "x", {"status": 3, "points": "x", "failed": [1, {}], "levels": [], "given": 1}]
)
def test_a_damaged_memory_is_an_empty_one(record):
    assert Memory.from_json(record) == Memory()


@pytest.mark.parametrize(
    ("result", "file", "in_workspace", "command"),
    [
        (result_of(session(MIXED)), None, True, "course hint exercise-3"),
        (result_of(session(MIXED)), "my file.py", False, "course hint exercise-3 LoRALinear"),
        (result_of(session(PASSED, "passed")), None, True, "course next"),
        (result_of(session(PASSED, "passed", only=["f"])), None, True, "course grade exercise-3"),
        (result_of(session([check("f.a", "not_started")], "not_started")), None, True, "course read exercise-3"),
        (result_of(session([], "not_gradable")), "my f.py", False, "course grade exercise-3 --file 'my f.py'"),
        (result_of([{"event": "fault", "message": "x"}]), None, True, "course doctor"),
    ],
)  # fmt: skip
def test_the_next_command(result, file, in_workspace, command, monkeypatch):
    monkeypatch.setattr(shell.os, "name", "posix")
    assert advice.after_grade(result, EXERCISE, {} if in_workspace else None, file).command == command


def test_the_way_through_the_course():
    exercises = syllabus.load()
    memory = remembered(MIXED)
    assert advice.forward(exercises, {})[1].command == "course read exercise-1"
    assert advice.forward(exercises, {"lora": memory})[1].command == "course hint exercise-3"
    done = {exercise.slug: remembered(PASSED, status="passed") for exercise in exercises}
    assert advice.forward(exercises, done)[0] is None
    assert advice.forward(exercises, done)[1].command == "course run finetune --help"
    del done["heads"]
    assert advice.forward(exercises, done)[1].command == "course read exercise-4"
    assert [advice.state(exercises[2], one) for one in (None, Memory(), memory)] == ["ready", "ready", "started"]
    assert advice.state(replace(exercises[9], planned=True), None) == "planned"


# --- explanations ----------------------------------------------------------------------------------------------------


def explained(kind, name="a-name", text="what it means"):
    return {"kind": kind, "id": name, "text": text, "title": None}


@pytest.mark.parametrize("kind", ["misconception", "pair", "relation", "crash", "loop", "follows"])
def test_an_explanation_reaches_the_reader_and_the_json(kind):
    checks = [check("f.a", "failed", explanation=explained(kind), hint="look")]
    result = result_of(session(checks))
    assert plain(result.checks[0].explanation) == explained(kind)
    boxed = kind in ("misconception", "pair", "relation")
    assert [one.id for one in result.causes()] == (["a-name"] if boxed else [])
    assert result.to_json()["checks"][0]["explanation"] == explained(kind)
    grading = grading_of(session(checks)[:-1])
    grading.fail("it died")
    assert grading.result.to_json()["checks"][0]["explanation"] == explained(kind)
    failure = ElementTree.fromstring(junit.to_xml(result_of(session(checks)))).find(".//failure")
    assert f"{kind}: a-name" in failure.text and "what it means" in failure.text


def test_the_diagnosis_may_carry_explanations():
    pair = explained("pair", "a-b + c-d", "two things")
    steps = session(MIXED, diagnosis={"LoRALinear.forward": {"mistake": "a-b + c-d", "hint": "h", "explanation": pair}})
    (one,) = result_of(steps[:-1]).causes()
    assert (one.heading, one.text, one.checks[0].id) == ("a b + c d", "two things", "LoRALinear.forward")
    only = {"LoRALinear.forward": {"mistake": None, "hint": None, "explanation": explained("relation")}}
    result = result_of(session(MIXED, diagnosis=only)[:-1])
    assert (result.checks[0].hint, result.causes()[0].id) == ("of the check", "a-name")


def test_what_to_look_at_first_is_a_cause():
    absent = explained("crash", "not-defined")
    checks = [
        check("e.a", "not_started"),
        check("e.b", "skipped"),
        check("f.a", "failed", explanation=absent),
        check("g.a", "crashed", explanation=explained("follows", "g.b")),
        check("g.b", "crashed", explanation=explained("crash"), hint=None),
        check("h.a", "failed"),
    ]
    result = result_of(session(checks))
    assert result.first_to_look_at().id == "g.b"
    assert result_of(session(checks[:3])).first_to_look_at().id == "f.a"
    assert result_of(session(checks[:2], "not_started")).first_to_look_at() is None
    assert result_of(session(PASSED, "passed")).first_to_look_at() is None
    memory = Memory()
    memory.record(result)
    shown = hints.following(EXERCISE, memory, chapter, None)
    assert shown.text == "what it means" and shown.note.startswith("g.b ")
    assert Memory.from_json(json.loads(files.to_json(vars(memory)))) == memory


def test_a_missing_function_is_looked_at_before_a_bonus_check():
    missing = {"kind": "crash", "id": "not-defined", "text": "Not there."}
    asked = check("f.a", "failed", explanation=missing)
    bonus = {**check("g.a", "failed"), "bonus": True}
    assert result_of(session([bonus, asked])).first_to_look_at().id == "f.a"
    assert result_of(session([bonus, asked, check("h.a", "failed")])).first_to_look_at().id == "h.a"
    assert result_of(session([bonus, check("h.a")], "passed")).first_to_look_at().id == "g.a"


def test_remarks_are_kept_each_once():
    checks = [
        check("f.a", remarks=["one", "two"]),
        check("f.b", remarks=["two"]),
        check("f.c", "failed", remarks=["three"]),
        check("g.d", remarks=["two"]),
    ]
    result = result_of(session(checks))
    assert result.remarks() == [("f.a", "one"), ("f.a", "two"), ("f.c", "three"), ("g.d", "two")]
    assert result.to_json()["checks"][0]["remarks"] == ["one", "two"]
