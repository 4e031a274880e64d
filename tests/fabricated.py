"""Gradebooks with everything that ever broke an export, and the files that each format makes of them.

``python -m tests.fabricated`` writes ``tests/golden/formats`` again; read the difference before committing it.
"""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from course.classroom import export
from course.classroom.model import Entry, Gradebook, Override, Refused, Student
from course.result import Explanation, Result
from tests import fake_grader

GOLDEN = Path(__file__).parent / "golden" / "formats"
BELL, ESCAPE, TURNED = "\x07", "\x1b[2J", "\u202e"
CHANGED = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=timezone.utc)
SUBMITTED = datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=1)))

ADA = Student("s101", 'Ada "Countess" Lovelace, Jr.', "ada@example.org")
FORMULA = Student('=HYPERLINK("http://x","y")', "=1+1\nsecond line", "@evil.example")
TURNS = Student("s103", f"محمد\u200cعلی {TURNED}gnp.exe 👩\u200d💻", "+m@example.org")
BROKEN = Student("-4", f"\tTab {BELL}{ESCAPE}bell <script>alert(1)</script>", "", in_roster=False)
ABSENT = Student("s105", "Grace Hopper", "grace@example.org")
ORAL = Student("s106", "Alan Turing", "alan@example.org")
SYNTAX = Student("s107", "Kurt Gödel & Söhne", "kurt@example.org")
FAULT = Student("../../etc/passwd", "Emmy Noether", "emmy@example.org")
STUDENTS = (ADA, FORMULA, TURNS, BROKEN, ABSENT, ORAL, SYNTAX, FAULT)

REASON = "=cmd|' /C calc'!A0, said \"fine\" in the oral exam; see <b>minutes</b>"


def result(checks: list[dict], slug: str = "lora", status: str = "failed", **more: object) -> Result:
    """Return a result as the grader sends it; its points are those of the checks."""
    number = {"lora": 3, "heads": 4}[slug]
    told = Result.from_json(
        {
            **fake_grader.result(checks, status),
            "exercise": number,
            "id": f"exercise-{number}",
            "slug": slug,
            "file": f"/srv/secret/folder/{slug}.py",
            "points": sum(one["points"] for one in checks if not one["bonus"]),
            "bonus_points": sum(one["points"] for one in checks if one["bonus"]),
            **more,
        }
    )
    told.count_points()
    return told


def passing(slug: str = "lora", bonus: bool = True) -> Result:
    checks = [
        fake_grader.check("scale.law", max_points=12, title="the update is scaled by α/r"),
        fake_grader.check("merge.same", max_points=8, visible=True, remarks=["float64 is accepted"]),
    ]
    if bonus:
        checks.append({**fake_grader.check("dora.norm", max_points=3), "bonus": True})
    return result(checks, slug, "passed")


def nasty() -> Result:
    """Return a result with every status, and messages that could break a format."""
    explanation = Explanation("misconception", "scaling-inverted", "Which way round is your fraction?", "scaled by r/α")
    checks = [
        fake_grader.check("scale.law", max_points=12),
        fake_grader.check(
            "merge.same",
            "failed",
            max_points=3,
            visible=True,
            message=f"=1+1 off by {ESCAPE}0.5 ]]> & <more> \ud800 \ufffe",
            expected="tensor([1.0,\n 2.0])",
            actual='"quoted", and, commas',
            hint=f"{TURNED}look",
            explanation=vars(explanation),
        ),
        fake_grader.check("merge.long", "failed", message="x" * 9_000, title="-minus,\ta tab"),
        fake_grader.check("inject.a", "crashed", traceback='Traceback\r\n  File "lora.py"\nValueError: \x00'),
        fake_grader.check("inject.b", "timeout", message="stopped after 10 s"),
        fake_grader.check("inject.c", "out_of_memory", message="1 GB"),
        fake_grader.check("inject.d", "skipped", message="waits for a", depends_on=["inject.a"]),
        fake_grader.check("report.e", "not_started"),
        {**fake_grader.check("dora.norm", "not_started", max_points=3), "bonus": True},
    ]
    return result(checks)


def book() -> Gradebook:
    """Return a gradebook with eight students and two exercises."""
    entries = {}
    for student in STUDENTS:
        for slug in ("lora", "heads"):
            entries[student.id, slug] = Entry(student, slug, 20, changed=CHANGED)

    def put(student: Student, slug: str = "lora", **more: object) -> None:
        told = {"attempts": 1, "submitted": SUBMITTED, "sha256": "ab" * 32, "origin": f"{slug}.py", **more}
        told.setdefault("changed", CHANGED)
        entries[student.id, slug] = Entry(student, slug, 20, **told)

    put(ADA, result=passing(), attempts=3)
    put(ADA, "heads", result=passing("heads", bonus=False))
    put(FORMULA, result=passing(bonus=False), notes=("=2+2 was ignored", "cell 3: %magic dropped"))
    put(TURNS, result=passing(bonus=False), late=timedelta(hours=26, minutes=10), penalty=Decimal("2.50"))
    put(BROKEN, result=nasty())
    by_hand = Override(Decimal("12.5"), REASON, "@prof", "2026-03-05T08:00:00Z")
    entries[ORAL.id, "lora"] = Entry(ORAL, "lora", 20, override=by_hand, changed=CHANGED.replace(day=5))
    put(SYNTAX, result=result([], status="not_gradable", message=f"line 3: invalid syntax {ESCAPE}", max_points=20))
    put(FAULT, result=result([], status="grader_error", message="The grader ended without a word."))
    return Gradebook(
        exercises=("lora", "heads"),
        students=STUDENTS,
        entries=entries,
        refused=(
            Refused(None, None, "photo.jpg", "This is a picture."),
            Refused(ADA, "lora", "old.zip", "=An archive that is too large."),
        ),
        graded_at="2026-03-04T12:00:00Z",
        title="Transformers <2026> & more",
    )


CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Warm-up (101),LoRA and PEFT (102),Current Score\r\n"
    "    Points Possible,,,,,10.00,20.00,(read only)\r\n"
    '"Lovelace, Ada ""Countess""",9001,s101,ada@example.org,"Section ""A"", 1",  9.50 ,,95.0\r\n'
    '"Hopper, Grace",9005,s105,grace@example.org,A,,,\r\n'
    '"Turing, Alan",9006,,ALAN@example.org,A,,"",12\r\n'
    '"Gödel & Söhne, Kurt",9007,,,A\r\n'
    '"Nobody, Else",9099,s999,else@example.org,A,1,7.00,\r\n'
    '"Noether, Emmy",9008,../../etc/passwd,emmy@example.org,A,,EX,\r\n'
    '"Student, Test",9100,,f00d,A,,,'
)
MOODLE = (
    '\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,"Bewertung kann geändert werden",'
    '"Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)","Feedback als Kommentar"\n'
    'Teilnehmer/in101,"Ada Lovelace",ada@example.org,"Zur Bewertung abgegeben",,"20,00",Ja,"Montag, 2. März",-,\n'
    'Teilnehmer/in105,"Grace Hopper",grace@example.org,"Keine Abgabe",,"20,00",Ja,-,-,"von Hand, bleibt"\n'
    'Teilnehmer/in106,"Alan Turing",alan@example.org,"Keine Abgabe","3,00","20,00",Ja,-,-,exercise-3: alt\n'
    'Teilnehmer/in4,"Bell",-,"Zur Bewertung abgegeben",,"20,00",Nein,-,-,\n'
    'Teilnehmer/in999,"Niemand",else@example.org,"Keine Abgabe",,"20,00",Ja,-,-,\n'
)


def made() -> dict[str, bytes]:
    """Return the golden files, as a mapping from name to content."""
    whole = book()
    lora = export.chosen(whole, exercise="lora")
    files = {
        "gradebook.csv": export.render(whole, "csv", export.Options(bom=True)).content,
        "checks.csv": export.render(whole, "csv", export.Options(long=True)).content,
        "gradebook.html": export.render(whole, "html", export.Options()).content,
        "gradebook.json": export.render(whole, "json", export.Options()).content,
        "junit.xml": export.render(whole, "junit", export.Options()).content,
        "canvas.csv": export.render(lora, "canvas", export.Options(roster=CANVAS.encode())).content,
        "moodle-worksheet.csv": export.render(lora, "moodle", export.Options(roster=MOODLE.encode())).content,
        "moodle-import.csv": export.render(whole, "moodle", export.Options()).content,
    }
    for name, rows in sheets(export.render(whole, "xlsx", export.Options()).content).items():
        target = io.StringIO()
        csv.writer(target, lineterminator="\n").writerows(rows)
        files[f"xlsx-{name}.csv"] = target.getvalue().encode()
    for to in export.SINGLE:
        packed = export.render(lora, to, export.Options(zip=True)).content
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for name in archive.namelist():
                files[f"{to}/{Path(name).name}"] = archive.read(name)
    return files


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(workbook: bytes) -> dict[str, list[list[str]]]:
    """Return the cells of a workbook as stored: texts are quoted as in Python, numbers are bare."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        shared = [
            "".join(part.text or "" for part in one.iter(f"{MAIN}t"))
            for one in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        ]
        names = [
            one.get("name") for one in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        found = {}
        for number, name in enumerate(names, start=1):
            rows = []
            for row in ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{MAIN}row"):
                cells = {}
                for cell in row:
                    assert cell.find(f"{MAIN}f") is None, "a formula"
                    value = cell.findtext(f"{MAIN}v")
                    if value is not None:
                        letters = "".join(filter(str.isalpha, cell.get("r")))
                        cells[letters] = repr(shared[int(value)]) if cell.get("t") == "s" else value
                rows.append([cells.get(letter(column), "") for column in range(40)])
            width = max(len(row) - next((i for i, c in enumerate(reversed(row)) if c), len(row)) for row in rows)
            found[name] = [row[:width] for row in rows]
    return found


def letter(column: int) -> str:
    """Return the letters of a column: A, B, ..., Z, AA."""
    return (letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def write() -> None:
    """Replace the golden files."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for name, content in made().items():
        (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_bytes(content)


if __name__ == "__main__":
    write()
