"""Files for other programs: golden files, public schemas, round trips; and no student's text breaks one."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema

import scripts.schema
from course import paths
from course.classroom import export, roster
from course.classroom.model import Entry, Gradebook, Override, Student
from course.classroom.roster import told_apart
from course.errors import CourseError
from course.formats import (
    canvas,
    classroom50,
    facts,
    gradescope,
    html,
    junit,
    lti_ags,
    match,
    moodle,
    prairielearn,
    sheet,
    table,
)
from course.formats import csv as csv_format
from course.formats import json as json_format
from course.result import Result
from tests import classes, fabricated, fake_grader
from tests.test_class_feedback import planted

BOOK = fabricated.book()
LORA = export.chosen(BOOK, exercise="lora")


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return fabricated.made()


# --- Golden files -----------------------------------------------------------------------------------------------------


def test_golden_files(made):
    kept = {path.relative_to(fabricated.GOLDEN).as_posix() for path in fabricated.GOLDEN.rglob("*") if path.is_file()}
    assert kept == set(made) and len(kept) == 40
    for name, content in made.items():
        assert content == (fabricated.GOLDEN / name).read_bytes(), f"{name}: python -m tests.fabricated"


def test_every_format_has_a_golden_file(made):
    known = {"csv": "gradebook.csv", "xlsx": "xlsx-gradebook.csv", "html": "gradebook.html", "json": "gradebook.json"}
    known |= {"junit": "junit.xml", "canvas": "canvas.csv", "moodle": "moodle-worksheet.csv"}
    known |= {to: f"{to}/s101.json" for to in export.SINGLE}
    assert set(known) == set(export.FORMATS) == {*export.WHOLE, *export.SINGLE}
    assert set(known.values()) <= set(made)


def test_the_command_offers_every_format():
    from course.cli import instructor

    assert instructor.EXPORTS == export.FORMATS


# --- Nothing leaks ----------------------------------------------------------------------------------------------------


def test_one_student_means_nobody_else(made):
    others = [one for one in fabricated.STUDENTS if one is not fabricated.ORAL]
    secrets = [word for one in others for word in (one.email, one.name[:6], one.id) if len(word) > 3]
    one = export.chosen(BOOK, student="s106")
    written = {
        to: export.render(one, to, export.Options()).content for to in ("csv", "html", "json", "junit", "moodle")
    }
    lora = export.chosen(one, exercise="lora")
    singles = ("gradescope", "prairielearn", "lti-ags")
    written |= {to: export.render(lora, to, export.Options()).content for to in singles}
    assert len(written) == 8
    for to, content in written.items():
        assert b"12.5" in content, to
        found = [word for word in secrets if word.encode() in content]
        assert not found, (to, found)


def test_the_folder_of_a_submission_is_not_told(made):
    assert "/srv/secret" in fabricated.passing().file
    assert not [name for name, content in made.items() if b"/srv/secret" in content or b"secret" in content]


def test_notes_for_the_instructor_stay_with_the_instructor(made):
    with_notes = {name for name, content in made.items() if b"was ignored" in content}
    assert with_notes == {"gradebook.csv", "gradebook.json", "xlsx-gradebook.csv"}


def test_a_hidden_check_tells_no_more_than_the_result(made):
    """Every text about a hidden check in the formats is also in the record."""
    told = fabricated.nasty()
    for check in told.checks:
        check.compared = [["what", "SECRET expected", "SECRET actual"]]
    entry = replace(BOOK.entries["-4", "lora"], result=told)
    for content in (prairielearn.to_json(entry), lti_ags.to_json(entry), junit.to_xml(told)):
        assert b"SECRET" not in content
    document = gradescope.document(entry)
    assert "SECRET" not in json.dumps([document["tests"], document["output"]])


def told_to_students(entry: Entry) -> dict[str, str]:
    """Return the text about an entry in each format for students."""
    book = Gradebook((entry.exercise,), (entry.student,), {(entry.student.id, entry.exercise): entry})
    document = gradescope.document(entry)
    del document["extra_data"]
    for test in document["tests"]:
        del test["extra_data"]
    submission = classroom50.Submission.local(entry, "course")
    return {
        "moodle": moodle.comment(book, entry.student),
        "gradescope": json.dumps(document),
        "prairielearn": prairielearn.to_json(entry).decode(),
        "classroom50": classroom50.to_json(entry, submission).decode() + classroom50.body(entry),
        "lti-ags": lti_ags.to_json(entry).decode(),
    }


def test_students_read_no_more_of_a_hidden_check_than_on_the_feedback_page():
    made = classes.result([planted(visible=False), classes.check("f.y", remarks=["SECRET-accepted"])])
    for name, text in told_to_students(classes.entry(Student("ada"), made)).items():
        assert "SECRET" not in text, name
        assert name == "lti-ags" or "Look at the scale." in text, name
    seen = told_to_students(classes.entry(Student("ada"), classes.result([planted(visible=True)])))
    assert all("SECRET-message" in text for name, text in seen.items() if name != "lti-ags")


def test_students_read_the_title_of_a_misconception_and_not_its_id():
    told = told_to_students(classes.entry(Student("ada"), classes.result([planted(visible=False)])))
    for name in ("gradescope", "prairielearn", "classroom50"):
        assert "The update is scaled twice" in told[name] and "misconception: scaled" not in told[name], name


def test_students_read_one_sentence_on_a_file_that_cannot_be_graded():
    checks = [classes.check(f"f.c{n}", "skipped", message="not run") for n in range(9)]
    made = classes.result(checks, "not_gradable", message="line 3: invalid syntax")
    for name, text in told_to_students(classes.entry(Student("ada"), made)).items():
        assert "line 3: invalid syntax" in text and "not run" not in text and "f.c1" not in text, name


# --- Spreadsheets -----------------------------------------------------------------------------------------------------

DANGEROUS = re.compile(r"[\s\u200b-\u200f]*[=+\-@＝＋－＠\t\r]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def cells(content: bytes) -> Iterator[str]:
    for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        yield from row


def test_no_text_is_a_formula(made):
    formulas = {one for student in BOOK.students for one in (student.id, student.email) if DANGEROUS.match(one)}
    for name in ("gradebook.csv", "checks.csv", "moodle-import.csv"):
        seen = list(cells(made[name]))
        if name == "moodle-import.csv":  # Moodle finds students by these
            assert formulas == {'=HYPERLINK("http://x","y")', "@evil.example", "+m@example.org", "-4"} <= set(seen)
            seen = [cell for cell in seen if cell not in formulas]
        assert len(seen) > 30 and any(cell.startswith("'=") for cell in seen), name
        assert not [cell for cell in seen if DANGEROUS.match(cell) and not NUMBER.fullmatch(cell)], name
    for name in ("xlsx-gradebook.csv", "xlsx-checks.csv"):
        texts = [cell for cell in cells(made[name]) if cell[:1] in ("'", '"')]
        assert len(texts) > 80 and not [text for text in texts if DANGEROUS.match(text[1:])], name


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n=", "  =", "\u200b=", "＝", "\x00="])
def test_formulas_are_neutralised(begin):
    written = table.safe(f"{begin}1+1")
    assert not DANGEROUS.match(written) and written.endswith("1+1")


@pytest.mark.parametrize("harmless", ["Ann", "O'Brien", "3.5", "a=b", "محمد\u200cعلی", "👩\u200d💻", "", "x" * 32_000])
def test_other_text_stays_as_it_is(harmless):
    assert table.safe(harmless) == harmless


def test_a_cell_has_an_end():
    assert len(table.safe("x" * 40_000)) == table.LONGEST


def test_negative_points_stay_a_number():
    entry = replace(BOOK.entries["s106", "lora"], override=Override(Decimal("-1.5"), "minus"))
    book = replace(BOOK, entries={**BOOK.entries, ("s106", "lora"): entry})
    rows = list(csv.DictReader(io.StringIO(csv_format.to_csv(book).decode())))
    assert rows[5]["lora.points"] == rows[5]["lora.override"] == "-1.50"


def test_csv_round_trip(made):
    rows = list(csv.DictReader(io.StringIO(made["gradebook.csv"].decode("utf-8-sig"), newline="")))
    assert [Decimal(row["points"]) for row in rows] == [BOOK.points(one) for one in BOOK.students]
    assert [Decimal(row["points"]) for row in rows] == [
        sum(Decimal(row[f"{slug}.points"]) for slug in BOOK.exercises) for row in rows
    ]
    assert rows[5]["lora.override_reason"] == f"'{fabricated.REASON}"
    long = list(csv.DictReader(io.StringIO(made["checks.csv"].decode(), newline="")))
    assert len(long) == sum(len(entry.result.checks) for entry in BOOK if entry.result)
    assert sum(int(row["points"]) for row in long if row["bonus"] == "no") == sum(entry.earned for entry in BOOK)


def test_xlsx_round_trip():
    workbook = export.render(BOOK, "xlsx", export.Options()).content
    assert workbook == export.render(BOOK, "xlsx", export.Options()).content
    rows = fabricated.sheets(workbook)["gradebook"]
    header = [name.strip("'") for name in rows[0]]
    assert header == list(table.gradebook(BOOK).header)
    column = len(header) - 2
    assert header[column] == "points"
    assert [Decimal(row[column]) for row in rows[1:]] == [BOOK.points(one) for one in BOOK.students]


def test_json_round_trip_and_schema(made):
    document = json.loads(made["gradebook.json"])
    schema = json.loads(paths.GRADEBOOK_SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert [Decimal(str(one["points"])) for one in document["students"]] == [BOOK.points(one) for one in BOOK.students]
    for student in document["students"]:
        assert Decimal(str(student["points"])) == sum(Decimal(str(one["points"])) for one in student["entries"])
        for entry in student["entries"]:
            if entry["result"]:
                assert Result.from_json(entry["result"]).points == entry["earned"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "students": [{"id": "x"}]}, schema)


def test_the_schema_file_is_up_to_date():
    made = scripts.schema.documents()
    assert set(made) == {str(paths.RESULT_SCHEMA), str(paths.GRADEBOOK_SCHEMA)}
    assert made[str(paths.GRADEBOOK_SCHEMA)] == paths.GRADEBOOK_SCHEMA.read_text(encoding="utf-8")
    assert json_format.SCHEMA in made[str(paths.GRADEBOOK_SCHEMA)]


# --- HTML -------------------------------------------------------------------------------------------------------------


def test_html_is_one_page_and_loads_nothing(made):
    page = made["gradebook.html"].decode()
    assert page.count("<tr>") == 1 + len(BOOK.students) and page.count("<table>") == 1
    assert not re.search(r"<script|<link|<img|<iframe|url\(|javascript:|\son\w+=", page)
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "&lt;b&gt;minutes&lt;/b&gt;" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", page)
    assert "12.5* / 20" in page and "set by hand: =cmd" in page and "1 d 2 h 10 min late" in page


def test_html_is_well_formed(made):
    page = made["gradebook.html"].decode()
    body = page[page.index("<table>") : page.index("</table>") + len("</table>")]
    assert len(list(ElementTree.fromstring(body).iter("td"))) == 3 * len(BOOK.students)


# --- Worksheets from platforms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        '\ufeffa;"b;c"\r\n"x ""y""";z\r\n',
        'a,b\n"two\nlines",""\n,\n',
        "a,b\n 1 , 2",
        "a\tb\n\n1\t2\n",
        'a,b\n"q"rest,2\n',
        fabricated.CANVAS,
        fabricated.MOODLE,
    ],
)
def test_a_sheet_is_read_as_csv_reads_it_and_written_as_it_was(text):
    page = sheet.Sheet.parse(text.encode())
    assert page.to_bytes() == text.encode()
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=page.delimiter)
    assert [[cell.value for cell in row] for row in page.rows] == [row or [""] for row in reader]


def test_only_the_chosen_cells_change():
    text = 'a,b,c\r\n 1 ,"2",3\r\n4\r\n'
    page = sheet.Sheet.parse(text.encode())
    page.put(1, 1, 'x"y')
    page.put(2, 2, "z")
    assert page.to_bytes().decode() == 'a,b,c\r\n 1 ,"x""y",3\r\n4,,z\r\n'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b'a,b\n"open', "the quote in line 2 is never closed"),
        (b"a,b\nf\xfcr", "is not UTF-8 text (line 2)"),
        (b"a" * (sheet.MAX_BYTES + 1), "is larger than"),
    ],
)
def test_what_is_no_sheet_is_refused(data, reason):
    with pytest.raises(sheet.BadSheet, match=re.escape(reason)):
        sheet.Sheet.parse(data)


def without_column(content: bytes, column: int) -> list[list[str]]:
    rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return [[cell for number, cell in enumerate(row) if number != column] for row in rows]


def test_canvas_changes_one_column_and_says_what_it_left():
    filled = canvas.fill(fabricated.CANVAS.encode(), LORA)
    before, after = fabricated.CANVAS.encode(), filled.content
    assert without_column(after, 6)[:5] == without_column(before, 6)[:5]
    assert before.count(b"\r\n") == after.count(b"\r\n") and after.startswith(b"\xef\xbb\xbf")
    assert (
        b"  9.50 ,20.00,95.0" in after and b',A,,"12.50",12' in after and b",A,1,7.00," in after and b",A,,EX," in after
    )
    assert filled.count == 3
    words = "\n".join(filled.notes)
    assert "Nobody, Else; Student, Test" in words and "=1+1" in words
    assert "One row was left unchanged, because nothing was handed in or nothing has been graded: Grace Hopper" in words
    assert "Excused students stay excused: Emmy Noether" in words and "already" not in words
    assert filled.column == "LoRA and PEFT (102)"


def test_rows_that_stay_as_they_are_are_named_with_the_marks_in_them():
    """Grace handed in nothing; the grader failed for Emmy, who has an earlier mark."""
    canvas_text = fabricated.CANVAS.replace("example.org,A,,EX,", "example.org,A,,5.50,")
    moodle_text = fabricated.MOODLE.replace(
        '"Keine Abgabe",,"20,00",Ja,-,-,"von', '"Keine Abgabe","4,00","20,00",Ja,-,-,"von'
    )
    told = "\n".join(canvas.fill(canvas_text.encode(), LORA).notes)
    assert "2 rows were left unchanged, because nothing was handed in or nothing has been graded: " in told
    assert ": Grace Hopper; Emmy Noether\nOne of them already has a mark in the sheet: Emmy Noether [5.50]" in told
    told = "\n".join(moodle.fill(moodle_text.encode(), LORA).notes)
    assert ": Grace Hopper\nOne of them already has a mark in the sheet: Grace Hopper [4,00]" in told


def test_students_of_one_name_are_told_apart():
    text = 'Student,ID,Section,lora (7)\n"Lee, Kim",11,A,\n"Lee, Kim",12,A,\n"Ray, Bo",13,A,\n'
    notes = "\n".join(canvas.fill(text.encode(), LORA).notes)
    assert "match nobody in the gradebook: Lee, Kim (11); Lee, Kim (12); Ray, Bo" in notes
    kims = told_apart([Student("s1", "Kim Lee"), Student("s2", "kim lee"), Student("s3", "Bo"), Student("s4")])
    assert [one.shown for one in kims] == ["Kim Lee (s1)", "kim lee (s2)", "Bo", "s4"]
    assert kims == [Student("s1", "Kim Lee"), Student("s2", "kim lee"), Student("s3", "Bo"), Student("s4")]


def test_a_list_of_names_is_not_cut_where_a_class_is_small():
    names = [f"Lovelace, Ada {number}" for number in range(31)]
    assert match.listed(names[:30]) == "; ".join(names[:30])
    assert match.listed(names) == "; ".join(names[:30]) + " and 1 more"


def test_canvas_fills_in_no_column_if_two_name_the_exercise():
    text = "Student,ID,Section,Exercise 3 (7),Warm-up (8),Exercise 3 - bonus (9)\nAda,s101,A,,,\n"
    with pytest.raises(sheet.BadSheet) as raised:
        canvas.fill(text.encode(), LORA)
    assert raised.value.message == (
        "Several columns name lora: 'Exercise 3 (7)'; 'Exercise 3 - bonus (9)'. Name one with --column."
    )
    assert canvas.fill(text.encode(), LORA, column="exercise 3 (7)").column == "Exercise 3 (7)"


def test_what_a_format_has_no_room_for_is_said():
    bonus = 'Ada "Countess" Lovelace, Jr.: 3'
    notes = {
        to: export.render(LORA, to, export.Options(zip=to in export.SINGLE)).notes
        for to in export.FORMATS
        if to not in ("canvas", "xlsx")
    }
    notes["canvas"] = export.render(LORA, "canvas", export.Options(roster=fabricated.CANVAS.encode())).notes
    assert f"Bonus points are not exported, because Canvas has no place for them: {bonus}" in notes["canvas"]
    for to in ("moodle", *export.SINGLE):
        assert f"Bonus points are not added to the marks; only the comments mention them: {bonus}" in notes[to]
    assert not any("onus" in note for to in ("csv", "json", "html", "junit") for note in notes[to])
    rounded = [note for note in notes["classroom50"] if "rounded" in note]
    assert len(rounded) == 1 and rounded[0].startswith("2 marks were rounded, because Classroom 50 takes only whole")
    assert rounded[0].endswith(": 17.5 -> 18; Alan Turing: 12.5 -> 13")
    assert not any("rounded" in note for to in notes if to != "classroom50" for note in notes[to])


def test_canvas_asks_where_it_cannot_tell():
    with pytest.raises(sheet.BadSheet, match="Which column .* 'Warm-up \\(101\\)'; 'LoRA and PEFT \\(102\\)'"):
        canvas.fill(fabricated.CANVAS.encode(), BOOK)
    filled = canvas.fill(fabricated.CANVAS.encode(), BOOK, column="warm-up (101)")
    assert b",40.00,,95.0" in filled.content and b",1,7.00" in filled.content
    told = "'Warm-up (101)' has a maximum of 10 points, but the marks are out of 40. To scale them: --scale-to 10"
    assert any(told in note for note in filled.notes)
    with pytest.raises(sheet.BadSheet, match="read-only"):
        canvas.fill(fabricated.CANVAS.encode(), LORA, column="Current Score")
    with pytest.raises(sheet.BadSheet, match="does not belong to an assignment"):
        canvas.fill(fabricated.CANVAS.encode(), LORA, column="ID")
    with pytest.raises(sheet.BadSheet, match="not a gradebook exported from Canvas"):
        canvas.fill(fabricated.MOODLE.encode(), LORA)


def test_canvas_with_semicolons_and_split_names():
    text = "LastName;FirstName;ID;SIS Login ID;Section;exercise 3 (7)\nLovelace;Ada;1;ada@example.org;A;\n"
    assert canvas.fill(text.encode(), LORA).content.decode() == text.replace("A;\n", "A;20.00\n")


def test_two_rows_for_one_student_get_nothing():
    text = "Student,ID,Section,Exercise-3 (7)\nAda,s101,A,\nAda L,s101,A,\n"
    filled = canvas.fill(text.encode(), LORA)
    assert filled.content.decode() == text and filled.count == 0


def test_an_id_is_not_enough_where_everything_else_contradicts_it():
    """The class is numbered from 1, and so are the accounts of the platform."""
    head = "Student,ID,SIS Login ID,Section,Exercise-3 (7)\n"
    for row, filled in (
        ('"Hopper, Grace",s101,grace@example.org,A,', False),
        ('"Hopper, Grace",s101,,A,', False),
        ('"Hopper, Grace",s101,ada@example.org,A,', True),
        ('"Lovelace, A.",s101,other@example.org,A,', True),
        ("'',s101,,A,", True),
    ):
        text = head + row + "\n"
        assert canvas.fill(text.encode(), LORA).count == filled, row
    worksheet = "Identifier,Status,Grade,Maximum Grade\nParticipant 101,Submitted,,20.00\n"
    numbered = Entry(Student("101", "Ada"), "lora", 20, fabricated.passing(bonus=False))
    book = replace(LORA, students=(numbered.student,), entries={("101", "lora"): numbered})
    assert moodle.fill(worksheet.encode(), book).count == 1  # anonymous marking: there are no names


def test_moodle_fills_in_grade_and_comment_and_nothing_else(made):
    before = list(csv.reader(io.StringIO(fabricated.MOODLE)))
    after = list(csv.reader(io.StringIO(made["moodle-worksheet.csv"].decode())))
    assert before[0] == after[0]
    assert [row[:4] + row[5:9] for row in before] == [row[:4] + row[5:9] for row in after]
    assert [row[4] for row in after[1:]] == ["20,00", "", "12,50", "", ""]
    assert after[2][9] == "von Hand, bleibt" and after[3][9].startswith("exercise-3: 12.5 of 20 points<br>")
    assert "&lt;b&gt;minutes&lt;/b&gt;" in after[3][9]


def test_moodle_keeps_a_comment_of_a_person():
    text = fabricated.MOODLE.replace("Ja,-,-,exercise-3: alt", "Ja,-,-,by hand")
    assert b'"12,50","20,00",Ja,-,-,by hand' in moodle.fill(text.encode(), LORA).content


def test_marks_that_are_replaced_and_comments_that_stay_are_named():
    told = canvas.fill(fabricated.CANVAS.replace('"",12', '" 7",12').encode(), LORA).notes
    assert told[0] == "One mark in the sheet was replaced: Alan Turing: 7 -> 12.50"
    text = fabricated.MOODLE.replace("Ja,-,-,exercise-3: alt", "Ja,-,-,by hand")
    told = moodle.fill(text.encode(), LORA).notes
    assert told[0] == "One mark in the sheet was replaced: Alan Turing: 3,00 -> 12.50"
    assert told[-1] == "One comment was kept, because it was written by hand: Alan Turing"
    same = fabricated.MOODLE.replace('"3,00"', '"12,5"')
    assert "replaced" not in "".join(moodle.fill(same.encode(), LORA).notes)


@pytest.mark.parametrize(
    ("yes", "no"), [("Ja", "Nein"), ("Yes", "No"), ("はい", "いいえ"), ("Sí", "No"), ("Oui", "Non")]
)
def test_moodle_leaves_a_grade_alone_that_cannot_be_changed(yes, no):
    text = fabricated.MOODLE.replace('"3,00","20,00",Ja', f'"3,00","20,00",{no}').replace(",Ja,", f",{yes},")
    filled = moodle.fill(text.replace("Nein", no).encode(), LORA)
    assert filled.count == 1 and f'"3,00","20,00",{no},-,-,exercise-3: alt' in filled.content.decode()
    (note,) = (note for note in filled.notes if "cannot be changed" in note)
    assert note.endswith(": Alan Turing [3,00, 12.5]")


def test_moodle_in_english_and_without_comments():
    text = "Identifier,Full name,Email address,Grade,Maximum Grade\nParticipant 9,Ada,ada@example.org,,10.00\n"
    filled = moodle.fill(text.encode(), LORA)
    assert filled.content.decode() == text.replace(",,10", ",20.00,10")
    assert len(filled.notes) == 3
    assert "a maximum of 10 points, but the marks are out of 20. To scale them: --scale-to 10" in filled.notes[2]
    filled = moodle.fill(text.encode(), LORA, scale=Decimal(10))
    assert filled.content.decode() == text.replace(",,10", ",10.00,10") and len(filled.notes) == 2


def test_marks_are_scaled_to_what_the_platform_wants():
    filled = canvas.fill(fabricated.CANVAS.encode(), BOOK, column="warm-up (101)", scale=Decimal(10))
    assert b",10.00,,95.0" in filled.content  # 40 of 40
    assert not any("--scale-to" in note for note in filled.notes)
    filled = canvas.fill(fabricated.CANVAS.encode(), LORA, scale=Decimal("0.5"))
    assert b"  9.50 ,0.50,95.0" in filled.content and b',A,,"0.31",' in filled.content
    assert sheet.scaled(Decimal(7), of=20, to=Decimal("0.5")) == Decimal("0.18")  # rounded half up, as marks are
    assert any("the marks are out of 0.5. To scale them: --scale-to" in note for note in filled.notes)
    rows = list(csv.DictReader(io.StringIO(moodle.to_import(LORA, scale=Decimal("2.5")).content.decode())))
    graded = {row["feedback"].splitlines()[0]: row["grade"] for row in rows}
    assert graded["exercise-3: 20 of 20 points"] == "2.50" and len(set(graded.values())) > 1
    with pytest.raises(CourseError, match="--scale-to can be used only with --to canvas or moodle"):
        export.render(LORA, "csv", export.Options(scale=Decimal(10)))


def test_moodle_asks_where_it_cannot_tell():
    text = "ID,Name,Mail,Note\nTeilnehmer/in1,Ada,ada@example.org,\n"
    with pytest.raises(sheet.BadSheet, match="which column holds the grades"):
        moodle.fill(text.encode(), LORA)
    assert moodle.fill(text.encode(), LORA, column="note").content.decode() == text.replace("org,", "org,20.00")
    with pytest.raises(sheet.BadSheet, match="not a grading worksheet from Moodle"):
        moodle.fill(fabricated.CANVAS.encode(), LORA)


def test_moodle_import_has_no_comment_without_a_grade(made):
    rows = list(csv.DictReader(io.StringIO(made["moodle-import.csv"].decode(), newline="")))
    assert {row["idnumber"] for row in rows}.isdisjoint({"s105", "../../etc/passwd"}) and len(rows) == 6
    assert all(row["grade"] and row["feedback"] for row in rows)


def test_ids_and_addresses_in_a_file_that_moodle_imports_are_those_of_the_roster():
    """Of other rows, only values that are harmless in a spreadsheet stay; both cases are reported."""
    evil = '=HYPERLINK("http://x","y")'
    students = [
        Student("s1", "=1", "+evil@uni.example"),
        Student(evil, "Bob", "b@uni.example"),
        Student("s3", "Cem", "cem@uni.example"),
        Student("-4", "", "+dora@uni.example", in_roster=False),
        Student("=cmd|' /C calc'!A0", "", "", in_roster=False),
    ]
    made = moodle.to_import(classes.gradebook(*(classes.entry(one, fabricated.passing()) for one in students)))
    rows = list(csv.DictReader(io.StringIO(made.content.decode())))
    assert [(row["idnumber"], row["email"]) for row in rows] == [
        ("s1", "+evil@uni.example"),
        (evil, "b@uni.example"),
        ("s3", "cem@uni.example"),
        ("-4", "+dora@uni.example"),
        ("'=cmd|' /C calc'!A0", ""),
    ]
    assert rows[0]["fullname"] == "'=1" and made.count == 5
    kept, changed = made.notes
    assert kept.startswith("The ids or e-mail addresses of 3 students begin like a formula. They were not changed")
    assert kept.endswith(f": =1 (s1); Bob ({evil}); -4")
    assert changed.startswith("The id or e-mail address of one student is a formula and not on the roster.")
    assert changed.endswith(": =cmd|' /C calc'!A0")
    assert moodle.to_import(classes.gradebook(classes.entry(students[2], fabricated.passing()))).notes == ()


def test_a_gradebook_of_ours_is_a_roster_with_the_ids_and_addresses_that_it_was_made_of(made):
    names = {one.id: one.email for one in roster.parse(made["gradebook.csv"], "gradebook.csv")}
    assert names == {one.id: one.email for one in fabricated.STUDENTS}
    assert roster.parse(b"id,name\n'quoted',O'Brien\n", "r.csv")[0].id == "'quoted'"


# --- One student and exercise -----------------------------------------------------------------------------------------

SCHEMAS = Path(__file__).parent / "schemas"
DOCUMENTED = {
    "classroom50": "classroom50-result-v1",
    "gradescope": "gradescope-results",
    "lti-ags": "lti-ags-score",
    "prairielearn": "prairielearn-results",
}
"""Format -> our schema of what its platform documents; see the comment in each."""


def valid(to: str, document: object) -> None:
    """Validate a document with the schema of its format."""
    schema = json.loads((SCHEMAS / f"{DOCUMENTED[to]}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("to", DOCUMENTED)
def test_documents_follow_what_their_platform_documents(made, to):
    documents = [json.loads(made[name]) for name in made if name.startswith(f"{to}/")]
    assert len(documents) == len(fabricated.STUDENTS) - 2 * (to in export.NEEDS_ATTEMPT)
    for document in documents:
        valid(to, document)
    for key in documents[0]:
        with pytest.raises(jsonschema.ValidationError):
            valid(to, {**documents[0], key: None})
        with pytest.raises(jsonschema.ValidationError):
            valid(to, {**documents[0], f"my_{key}": documents[0][key]})


def test_every_format_of_single_documents_is_compared_with_its_documentation():
    assert set(DOCUMENTED) == set(export.SINGLE)


def test_gradescope_follows_its_rules(made):
    names = [name for name in made if name.startswith("gradescope/")]
    assert len(names) == len(fabricated.STUDENTS)
    statuses = set()
    for name in names:
        document = json.loads(made[name])
        assert isinstance(document["score"], (int, float)) and document["stdout_visibility"] == "hidden"
        assert {one["visibility"] for one in document["tests"]} <= {"visible"}  # otherwise students see no total
        assert "leaderboard" not in document
        for one in document["tests"]:
            assert 0 <= one["score"] <= one["max_score"] and re.fullmatch(r"\d+\.\d+", one["number"])
            if one["extra_data"]["status"] in gradescope.WHY:
                statuses.add(one["extra_data"]["status"])
                assert (
                    one["score"] == 0
                    and one["output"].replace("Bonus: counted separately from the points above.\n", "")[0] == "["
                )
    assert statuses == {"not_started", "crashed", "timeout", "out_of_memory", "skipped"}
    override = json.loads(made["gradescope/s106.json"])
    assert override["score"] == 12.5 and fabricated.REASON in override["output"]
    assert override["extra_data"]["course"]["override"]["reason"] == fabricated.REASON


def test_gradescope_can_postpone_hidden_checks():
    document = gradescope.document(BOOK.entries["s101", "lora"], hidden="after_published")
    assert {(one["name"][:5], one["visibility"]) for one in document["tests"]} == {
        ("scale", "after_published"),
        ("merge", "visible"),
        ("dora:", "after_published"),
    }


def test_gradescope_of_a_result_file(tmp_path):
    source, target = tmp_path / "result.json", tmp_path / "results.json"
    source.write_text(json.dumps(fabricated.passing().to_json()))
    gradescope.main([str(source), str(target)])
    assert json.loads(target.read_bytes())["score"] == 20
    source.write_text('{"schema": "other"}')
    with pytest.raises(Exception, match="contains no result"):
        gradescope.main([str(source), str(target)])


def test_prairielearn_follows_its_rules(made):
    names = [name for name in made if name.startswith("prairielearn/")]
    assert len(names) == len(fabricated.STUDENTS)
    for name in names:
        document = json.loads(made[name])
        assert 0 <= document["score"] <= 1 and isinstance(document["gradable"], bool)
        assert document["gradable"] or (document["score"] == 0 and document["format_errors"])
        assert all({"points", "max_points"} <= set(one) for one in document["tests"])
    assert json.loads(made["prairielearn/s103.json"])["score"] == 17.5 / 20


def test_prairielearn_stays_below_a_megabyte():
    checks = [
        fake_grader.check(f"f.c{n}", "failed", visible=True, message="\u202e" * 9_000, stdout="é" * 9_000)
        for n in range(99)
    ]
    content = prairielearn.to_json(Entry(Student("x"), "lora", 99, fabricated.result(checks)))
    assert 100_000 < len(content) <= prairielearn.MAX_BYTES
    assert len(json.loads(content)["tests"]) == 99


def assert_classroom50(document):
    """Check the rules of classroom50/result/v1, and those that no schema can state."""
    valid("classroom50", document)
    for one in [document, *document["tests"]]:
        assert type(one["score"]) is int and type(one["max-score"]) is int and one["score"] <= one["max-score"]


def test_classroom50_follows_its_schema(made):
    names = [name for name in made if name.startswith("classroom50/")]
    assert len(names) == 6  # two of eight have handed in nothing
    for name in names:
        assert_classroom50(json.loads(made[name]))
    assert json.loads(made["classroom50/s103.json"])["score"] == 18  # 17.5


def test_classroom50_in_its_runner(tmp_path, monkeypatch):
    (tmp_path / "graded.json").write_text(json.dumps(fabricated.nasty().to_json()))
    monkeypatch.chdir(tmp_path)
    environ = {
        "CLASSROOM": "c", "ASSIGNMENT": "a", "OWNER": "ada", "SUBMISSION_TAG": "submit/x", "COMMIT_URL": "https://c",
        "RELEASE_URL": "https://r", "USERNAME": "grace", "GITHUB_OUTPUT": str(tmp_path / "out"),
    }  # fmt: skip
    classroom50.main(["graded.json"], environ)
    document = json.loads((tmp_path / "result.json").read_bytes())
    assert_classroom50(document)
    assert (document["owner"], document["review"]) == ("ada", "https://c")
    assert document["submitted_by"] == {"username": "grace"} and document["score"] == 12
    for kind in ("individual", "group", "team"):
        classroom50.main(["graded.json"], {**environ, "ASSIGNMENT_TYPE": kind, "GITHUB_OUTPUT": ""})
        document = json.loads((tmp_path / "result.json").read_bytes())
        assert_classroom50(document)
        assert document["assignment_type"] == kind
    lines = (tmp_path / "out").read_text().splitlines()
    assert lines[0] == "status=failure" and lines[1].startswith("summary<<END_") and len(lines) == 4
    body = (tmp_path / "release-body.md").read_text(encoding="utf-8")
    assert all(line.startswith("    ") for line in body.splitlines()) and "\x1b" not in body
    with pytest.raises(Exception, match="RELEASE_URL"):
        classroom50.main(["graded.json"], {key: value for key, value in environ.items() if key != "RELEASE_URL"})


def test_lti_ags_follows_its_rules(made):
    names = [name for name in made if name.startswith("lti-ags/")]
    assert len(names) == len(fabricated.STUDENTS)
    progress = set()
    for name in names:
        score = json.loads(made[name])
        assert ("scoreGiven" in score) == ("scoreMaximum" in score) == (score["gradingProgress"] == "FullyGraded")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", score["timestamp"])
        progress.add((score["activityProgress"], score["gradingProgress"]))
    assert progress == {
        ("Submitted", "FullyGraded"),
        ("Submitted", "Failed"),
        ("Initialized", "NotReady"),
        ("Completed", "FullyGraded"),
    }
    assert json.loads(made["lti-ags/s106.json"])["timestamp"].startswith("2026-03-05T12")  # the time of the override


# --- JUnit ------------------------------------------------------------------------------------------------------------

SUITE = {"name", "errors", "failures", "skipped", "tests", "time", "hostname", "timestamp"}


def test_junit_follows_xunit2(made):
    """Elements, attributes and their order are those of pytest's xunit2 and the schema of Jenkins."""
    root = ElementTree.fromstring(made["junit.xml"])
    assert root.tag == "testsuites" and set(root.attrib) == {"name"}
    assert len(root) == len(fabricated.STUDENTS) * 2
    for suite in root:
        assert suite.tag == "testsuite" and SUITE - {"timestamp"} <= set(suite.attrib) <= SUITE
        assert suite[0].tag == "properties" and {one.tag for one in suite[1:]} == {"testcase"}
        assert all(set(one.attrib) == {"name", "value"} for one in suite[0])
        kinds = [child.tag for case in suite[1:] for child in case]
        assert set(kinds) <= {"failure", "error", "skipped"}
        for attribute, kind in (("errors", "error"), ("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.get(attribute)) == kinds.count(kind)
        assert int(suite.get("tests")) == len(suite) - 1 and suite.get("hostname") == "localhost"
        for case in suite[1:]:
            assert set(case.attrib) == {"classname", "name", "time"} and len(case) <= 1
            assert all({"type", "message"} == set(child.attrib) for child in case)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\u202e]", made["junit.xml"].decode("utf-8"))


@pytest.fixture(scope="module")
def xunit2() -> xmlschema.XMLSchema:
    """Return the schema of Jenkins, with which pytest tests its own reports; MIT licence, text in the file."""
    return xmlschema.XMLSchema(Path(__file__).parent / "schemas" / "junit-10.xsd")


def test_junit_is_valid_by_the_public_schema(made, xunit2):
    xunit2.validate(made["junit.xml"].decode("utf-8"))
    for told in (
        fabricated.passing(),
        fabricated.nasty(),
        fabricated.result([], status="grader_error", message="\x00"),
    ):
        xunit2.validate(junit.to_xml(told).decode("utf-8"))
    assert not xunit2.is_valid(
        made["junit.xml"].decode("utf-8").replace("<error ", "<mistake ").replace("</error>", "</mistake>")
    )


def test_junit_tells_overrides(made):
    (suite,) = [one for one in ElementTree.fromstring(made["junit.xml"]) if one.get("name") == "lora.s106"]
    told = {one.get("name"): one.get("value") for one in suite[0]}
    assert told["override"] == told["points"] == "12.5" and told["override_reason"] == fabricated.REASON
    assert told["earned"] == "0"


# --- Small parts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (timedelta(), "0 min"),
        (timedelta(seconds=1), "1 min"),
        (timedelta(days=3), "3 d"),
        (timedelta(minutes=61), "1 h 1 min"),
    ],
)
def test_durations(time, shown):
    assert facts.duration(time) == shown


def test_file_names_differ_where_ids_do():
    ids = ["a", "A b", "A/b", "..", ".", "", "con\x00", "x" * 300, "x" * 301, "é", "e"]
    names = [facts.file_name(one) for one in ids]
    assert len(set(names)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name) for name in names)


def test_html_of_nobody():
    empty = replace(BOOK, students=(), entries={})
    assert b"0 students" in html.to_html(empty)
