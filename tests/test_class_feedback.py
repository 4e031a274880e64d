"""Feedback for a student: everything about their own work, and nothing hidden or about other students."""

import csv
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from course.classroom import feedback, policy
from course.classroom.model import Override, Refused, Student
from course.formats import facts
from course.result import Difference, Explanation
from tests.classes import check, entry, explanation_of, gradebook, result
from tests.test_class_report import EVIL, assert_self_contained

ADA, BO = Student("ada", "Ada Brandt", "ada@example.org"), Student("bo", "Bo Larsen", "bo@example.org")


def both(book, student=ADA):
    """Return the page and the JSON of a student."""
    whole = feedback.told(book, student)
    return feedback.to_html(whole).decode(), feedback.to_json(whole).decode()


def planted(visible):
    """Return a failed check with a secret in each field that a student must not see of a hidden check."""
    return check(
        "f.x",
        "failed",
        visible=visible,
        message="SECRET-message",
        expected="SECRET-expected",
        actual="SECRET-actual",
        difference=Difference(98765.25, 98765.25, [98765], 98765.25),
        stdout="SECRET-stdout",
        traceback="SECRET-traceback",
        compared=[["SECRET-what", "SECRET-wanted", "SECRET-got"]],
        remarks=["SECRET-remark"],
        hint="Look at the scale.",
        explanation=Explanation("misconception", "scaled", "You scale twice.", "The update is scaled twice"),
        lesson="course read lora",
    )


def test_nothing_hidden_is_in_the_feedback():
    for text in both(gradebook(entry(ADA, result([planted(visible=False)])))):
        assert "SECRET" not in text and "98765" not in text
        for told in ("Look at the scale.", "You scale twice.", "The update is scaled twice", "property x holds"):
            assert told in text


def test_what_was_compared_is_told_of_a_visible_check():
    for text in both(gradebook(entry(ADA, result([planted(visible=True)])))):
        assert "SECRET-message" in text and "SECRET-expected" in text and "SECRET-actual" in text
        for kept in ("stdout", "traceback", "what", "wanted", "remark"):
            assert f"SECRET-{kept}" not in text


def test_nothing_of_others_and_nothing_for_the_instructor_is_in_the_feedback():
    mine = entry(
        ADA,
        replace(result([check("f.x")]), file="/srv/bo/SECRET-path.py"),
        notes=("same file as SECRET-other",),
        origin="SECRET-origin",
        override=Override(Decimal(1), "agreed", by="SECRET-assistant"),
    )
    theirs = entry(BO, result([check("f.x", "failed", title="SECRET-title", hint="SECRET-hint")]), notes=("SECRET",))
    for text in both(gradebook(mine, theirs)):
        assert "SECRET" not in text and "Larsen" not in text and "bo@example.org" not in text
        assert "agreed" in text


def test_the_words_of_a_grader_that_failed_are_for_the_instructor():
    made = result([planted(visible=True)], status="grader_error", message="SECRET-internals")
    for text in both(gradebook(entry(ADA, made))):
        assert "SECRET" not in text
        assert "not your fault" in text


def test_why_a_file_cannot_be_graded_is_told():
    for text in both(gradebook(entry(ADA, result(status="not_gradable", message="Line 3 is no Python.")))):
        assert "Line 3 is no Python." in text


def test_lateness_and_penalty_are_explained():
    late = entry(
        ADA,
        result([check("f.x", points=10)]),
        late=timedelta(days=1, hours=2),
        penalty=Decimal("1.5"),
        submitted=datetime(2026, 11, 3, 12, tzinfo=timezone.utc),
    )
    for text in both(gradebook(late)):
        assert "Handed in 1 d 2 h late: 1.5 points off." in text
        assert "8.5" in text
    (told,) = json.loads(both(gradebook(late))[1])["exercises"]
    assert (told["points"], told["max_points"], told["submitted"]) == (8.5, 10, "2026-11-03T12:00:00Z")


RATES = {
    "": "Each day or part of a day costs 10% of the 63 points. Days counted: 2.",
    'penalty_of = "earned"\npenalty_days = "full"\n': (
        "Each full day costs 10% of the points that the checks gave. Days counted: 1."
    ),
    "penalty_cap = 12.5\n": (
        "Each day or part of a day costs 10% of the 63 points. Days counted: 2. Lateness costs at most 12.5%."
    ),
    'penalty_cap = 40\nafter_cap = "zero"\n': (
        "Each day or part of a day costs 10% of the 63 points. Days counted: 2. "
        "If that is more than 40%, the work earns nothing."
    ),
    "penalty_per_day = 0\n": "",
}


@pytest.mark.parametrize("more", RATES)
def test_why_lateness_costs_so_much_is_told(more):
    rate = "" if "per_day" in more else "penalty_per_day = 10\n"
    rules = policy.parse(
        f'time_zone = "Europe/Berlin"\ndeadline = 2026-10-25T00:30:00\ngrace = "10m"\n{rate}{more}'
        '[extensions]\nbob = "1d"\n',
        "policy.toml",
    )
    submitted = datetime(2026, 10, 26, 9, tzinfo=timezone.utc)
    late, penalty = rules.deduction(submitted, ADA, "lora", 10, 63)
    terms = rules.terms(submitted, ADA, "lora")
    one = entry(
        ADA,
        result([check("f.x", points=10)]),
        max_points=63,
        submitted=submitted,
        late=late,
        penalty=penalty,
        terms=terms,
    )
    said = facts.entry_lines(one)
    assert any("Handed in 1 d 10 h 20 min late" in line for line in said)
    when = (
        "Submitted: 2026-10-26 10:00:00+01:00. Your deadline: 2026-10-25 00:30:00+02:00, with a grace period of 10 min."
    )
    assert f"{when} Lateness is counted from the end of the grace period." in said
    assert [line for line in said if line.startswith("Each")] == [line for line in [RATES[more]] if line]
    for text in both(gradebook(one)):
        assert when in text and RATES[more] in text
    extended = rules.terms(submitted, Student("bob"), "lora")
    assert extended.due.isoformat() == "2026-10-26T00:30:00+01:00" and extended.charged == (0 if "full" in more else 1)
    assert rules.terms(rules.deadline, ADA, "lora") is None


def test_an_override_is_told_with_its_reason():
    by_hand = entry(
        ADA, result([check("f.x", points=10)]), override=Override(Decimal("7.25"), "Agreed in the oral exam.")
    )
    for text in both(gradebook(by_hand)):
        assert "7.25" in text and "Agreed in the oral exam." in text


def test_points_by_hand_without_a_file_are_no_contradiction():
    for text in both(gradebook(entry(ADA, max_points=10, override=Override(Decimal(10), "oral exam")))):
        assert "No file was graded." in text and "set by hand to 10. Reason: oral exam" in text
        assert "Nothing" not in text


def test_a_refused_file_is_named_with_its_reason():
    no = Refused(ADA, "lora", "ada/lora.docx", "lora.docx is a document.")
    made = result(status="not_gradable", message=no.reason)
    for text in both(gradebook(entry(ADA, made, max_points=10, refused=(no,)))):
        assert "A file was refused, so it does not count: lora.docx is a document." in text
        assert text.count("lora.docx is a document.") == 1 and "Nothing was handed in." not in text


def test_who_handed_in_nothing_is_told_so():
    for text in both(gradebook(entry(ADA, max_points=10))):
        assert "Nothing was handed in." in text


def test_the_first_thing_to_look_at_and_each_function():
    checks = [
        check("f.a"),
        check("f.b", "skipped"),
        check("g.c", "failed", explanation=explanation_of("swapped"), lesson="course read lora"),
        check("h.d", "not_started"),
    ]
    page, text = both(gradebook(entry(ADA, result(checks))))
    (told,) = json.loads(text)["exercises"]
    assert told["first"]["id"] == "g.c" and told["lesson"] == "course read lora"
    assert [cause["title"] for cause in told["causes"]] == ["Title of swapped"]
    assert [(one["name"], one["passed"], one["not_started"]) for one in told["functions"]] == [
        ("f", 1, False), ("g", 0, False), ("h", 0, True),
    ]  # fmt: skip
    assert page.index("Look at this first") < page.index("Title of swapped") < page.index(">f<")
    assert page.count("Hint on swapped.") == 1  # a cause is explained once


def test_a_common_cause_is_told_once():
    checks = [
        check("f.a", "failed", explanation=Explanation("relation", "twice", "Yours is `twice` the result.")),
        check("f.b", "failed", explanation=Explanation("follows", "f.a", "Same cause as f.a.")),
    ]
    page, text = both(gradebook(entry(ADA, result(checks))))
    assert "same cause as above" in page and "Same cause as f.a." not in page and "<code>twice</code>" in page
    told = json.loads(text)["exercises"][0]["functions"][0]["checks"]
    assert [one["follows"] for one in told] == [False, True]


def test_the_json_says_what_it_is():
    told = json.loads(both(gradebook(entry(ADA, result([check("f.a")])), title="Autumn"))[1])
    assert told["schema"] == "course/feedback/v1"
    assert told["student"] == {"id": "ada", "name": "Ada Brandt"}
    assert (told["title"], told["points"], told["max_points"]) == ("Autumn", 1, 1)


def test_the_page_is_self_contained_and_everything_is_escaped():
    evil = Student(EVIL, EVIL)
    failed = replace(planted(visible=True), title=EVIL, message=EVIL, expected=EVIL, actual=EVIL, hint=EVIL)
    made = replace(result([replace(failed, function=EVIL, id=f"{EVIL}.x", lesson=EVIL)]), title=EVIL)
    book = gradebook(entry(evil, made, override=Override(Decimal(1), EVIL)), title=EVIL)
    page, text = both(book, evil)
    assert_self_contained(page)
    assert page.count("&lt;script&gt;") >= 8
    assert not set(page + text) & set("\x1b\u202e")


# --- files ------------------------------------------------------------------------------------------------------------

ODD = [
    "../../etc/passwd", "a/b", "a\\b", ".hidden", "..", "", " ", "-rf", "Ada", "ada", "ADA", "CON", "nul.x", "ünï",
    "u\u0308n", "学生", "\u202eevil", "x" * 300, "index", "a\x00b", "\ud800", "=1+1", "~", "a\nb",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["html", "json"])
def test_file_names_are_safe_and_never_the_same(kind):
    found = feedback.names([Student(name) for name in ODD], kind)
    assert list(found) == ODD
    assert len({name.casefold() for name in found.values()}) == len(ODD)
    for name in found.values():
        assert name.isascii() and not set(name) & set('/\\:*?"<>|\n\0 '), name
        assert not name.startswith((".", "-")) and len(name) <= 120
        assert name.split(".")[0].lower() not in ("con", "nul")
        assert name not in ("index.csv", "index.html", "index.json")
    assert found["ada"] != found["Ada"] and found["Ada"] == f"Ada.{kind}"


def test_an_id_that_looks_like_the_name_of_another_one_gets_its_own():
    other = feedback.names([Student("a/b")], "html")["a/b"]
    found = feedback.names([Student("a/b"), Student(other.removesuffix(".html"))], "html")
    assert len(set(found.values())) == 2


@pytest.mark.parametrize("kind", ["html", "json"])
def test_everybody_has_a_file_and_a_line_in_the_index(tmp_path, kind):
    folder = tmp_path / "inner"
    folder.mkdir()
    book = gradebook(*(entry(Student(name), result([check("f.x")])) for name in ODD))
    assert feedback.write(book, folder, kind) == len(ODD)
    assert [path.name for path in tmp_path.iterdir()] == ["inner"]  # no other file appears
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["id", "file", "name", "email"] and len(rows) == len(ODD) + 1
    assert {row[1] for row in rows[1:]} | {"index.csv"} == {path.name for path in folder.iterdir()}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_the_index_has_name_and_address(tmp_path):
    ada = Student("s1", "Ada Lovelace", "ada@example.org")
    feedback.write(gradebook(entry(ada, result([check("f.x")]))), tmp_path, "json")
    row = (tmp_path / "index.csv").read_text(encoding="utf-8").splitlines()[1]
    assert row.startswith("s1,") and row.endswith(",Ada Lovelace,ada@example.org")


def test_each_file_is_about_its_own_student(tmp_path):
    book = gradebook(*(entry(one, result([check("f.x", title=f"about {one.id}")])) for one in (ADA, BO)))
    feedback.write(book, tmp_path)
    for mine, other in ((ADA, BO), (BO, ADA)):
        page = (tmp_path / f"{mine.id}.html").read_text(encoding="utf-8")
        assert f"about {mine.id}" in page and other.name not in page and f"about {other.id}" not in page
