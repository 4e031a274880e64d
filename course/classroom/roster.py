"""The roster: who is in the class, read from a CSV file, and whom a name in a folder of submissions means.

Our own header is ``id,name,email,extension``. What Canvas, Moodle and Gradescope export is read too, and so are
semicolons, tabs, a byte order mark and the encodings of spreadsheets.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from course.classroom import encodings, times, worksheet
from course.classroom.model import Student
from course.errors import CourseError
from course.formats import table
from course.text import clean, say

MAX_BYTES = 16 * 2**20
"""A larger roster is no roster."""
COLUMNS = {
    "id": (
        "id",
        "student id",
        "student_id",
        "sid",
        "identifier",
        "id number",
        "idnumber",
        "student number",
        "username",
        "login",
        *("bezeichner", "id-nummer", "matrikelnummer"),
        *("識別子", "idナンバー", "学籍番号", "学生番号", "ユーザ名"),
        *("identificador", "número de id", "matrícula", "identifiant", "numéro d'identification", "identificativo"),
    ),
    "name": (
        *("name", "full name", "fullname", "student", "student name", "vollständiger name", "氏名", "名前"),
        *("フルネーム", "姓名", "nombre completo", "nom complet", "nome completo", "volledige naam"),
    ),
    "first": ("first name", "firstname", "given name", "vorname", "名", "nombre", "prénom", "nome"),
    "last": (
        "last name",
        "lastname",
        "surname",
        "family name",
        "nachname",
        "姓",
        "apellido(s)",
        "apellidos",
        "cognome",
    ),
    "email": (
        *("email", "mail", "e-mail", "email address", "e-mail address", "e-mail-adresse", "sis login id"),
        *("メールアドレス", "メール", "dirección de correo", "dirección email", "correo electrónico"),
        *("adresse de courriel", "adresse e-mail", "courriel", "indirizzo email", "endereço de e-mail", "e-mailadres"),
    ),
    "extension": ("extension", "extra time"),
}
"""What we read -> how the column may be called, the best one first; capitals do not matter."""
CANVAS = ("student", "id", "section")
"""Columns of the gradebook that Canvas exports; "Points Possible" in the first one is no student."""
PARTICIPANT = re.compile(r"\D{0,40}?[ _](\d+)")
""""Participant 123456", in a roster that somebody has made of Moodle's grading worksheet."""
STAFF = ("instructor", "ta", "teaching assistant", "reader", "grader", "teacher", "observer", "designer")
"""Roles of those who hand in nothing, in Gradescope's and other rosters."""


class Ambiguous(Exception):
    """A name fits several students; the message says how."""


@dataclass(frozen=True)
class Class:
    """What a roster says."""

    students: tuple[Student, ...]
    """In its order."""
    staff: tuple[str, ...] = ()
    """Names of those whose role is not that of a student."""


def load(path: Path) -> tuple[Student, ...]:
    """The students of a roster, in its order.

    Args:
        path: of a CSV file.

    Raises:
        CourseError: it cannot be read, or a line is no student.
    """
    return read(path).students


def read(path: Path) -> Class:
    """All that a roster says; see ``load``."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(
            say("cannot read the roster {path}: {reason}.", path=str(path), reason=error.strerror or str(error))
        ) from error
    return parsed(data, path.name)


def parse(data: bytes, name: str) -> tuple[Student, ...]:
    """The students in the bytes of a roster; see ``parsed``."""
    return parsed(data, name).students


def parsed(data: bytes, name: str) -> Class:
    """What ``read`` gives, for the bytes of the file.

    Args:
        data: of the CSV file.
        name: what it is called, for complaints.
    """
    if len(data) > MAX_BYTES:
        raise CourseError(say("{file} is too large to be a roster file.", file=name))
    text = _decoded(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise _complaint(name, reader.line_num, str(error)) from None
    rows = [(line, row) for line, row in rows if any(row)]
    if not rows:
        raise CourseError(say("{file} is empty; a roster begins with a line of column names.", file=name))
    line, header = rows.pop(0)
    columns, canvas = _columns(header, name, line, [row for _, row in rows])
    role = next((at for at, title in enumerate(header) if title.casefold() == "role"), None)
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    staff: list[str] = []
    for line, row in rows:
        if canvas and (row[0].casefold() in ("points possible", "") or row[0].casefold().endswith("student, test")):
            continue
        cells = {key: row[at] for key, at in columns.items() if at < len(row)}
        if role is not None and role < len(row) and row[role].casefold() in STAFF:
            staff.append(_name(cells) or cells.get("email", "") or cells.get("id", ""))
            continue
        student = _student(cells, name, line)
        key = folded(student.id)
        if key in students:
            raise _complaint(
                name, line, say("the id '{id}' already appears in line {line}.", id=student.id, line=lines[key])
            )
        students[key], lines[key] = student, line
    return Class(tuple(students.values()), tuple(staff))


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    return encodings.text(data)


def _columns(
    header: Sequence[str], name: str, line: int, rows: Sequence[Sequence[str]]
) -> tuple[Mapping[str, int], bool]:
    """Which column holds what, and whether this is Canvas's gradebook."""
    titles = [title.casefold() for title in header]
    found: dict[str, int] = {}
    if worksheet.is_worksheet(rows):
        person, email = worksheet.names(rows)
        places = {"participant": 0, "name": person, "email": email}
        return {key: at for key, at in places.items() if at is not None}, False
    for key, known in COLUMNS.items():
        if title := next((title for title in known if title in titles), None):
            found[key] = titles.index(title)
    if "id" not in found and "email" in found:
        found["id"] = found["email"]  # Moodle's list of participants
    if "id" not in found:
        raise _complaint(
            name,
            line,
            say(
                "there is no column called id. A roster has the columns id, name, email and extension; "
                "only id is required. Found: {names}.",
                names=", ".join(header[:12]),
            ),
        )
    if "extension" not in found:  # a column that nobody reads would cost students their extension
        known = COLUMNS["extension"]
        for title in titles:
            if nearest := difflib.get_close_matches(title, known, n=1, cutoff=0.8):
                raise _complaint(
                    name,
                    line,
                    say("there is a column called {title}. Did you mean '{name}'?", title=title, name=nearest[0]),
                )
    return found, all(title in titles for title in CANVAS) and titles[0] in ("student", "lastname")


def _student(cells: Mapping[str, str], name: str, line: int) -> Student:
    cells = {key: table.unquoted(cell) for key, cell in cells.items()}  # a gradebook of ours is a roster, too
    identifier = worksheet.number(cells.get("participant", "")) or cells.get("id", "")
    if moodle := PARTICIPANT.fullmatch(identifier):
        identifier = moodle[1]
    identifier = tidy(identifier)
    if not identifier:
        raise _complaint(name, line, say("the id is missing."))
    email = cells.get("email", "")
    try:
        extension = times.duration(cells.get("extension", ""))
    except times.Unclear as reason:
        raise _complaint(name, line, str(reason)) from None
    return Student(
        id=identifier,
        name=_name(cells),
        email=tidy(email) if "@" in email else "",
        extension=extension if extension > timedelta() else timedelta(),
    )


def _name(cells: Mapping[str, str]) -> str:
    return tidy(cells.get("name", "") or f"{cells.get('first', '')} {cells.get('last', '')}")


def _complaint(name: str, line: int, reason: str) -> CourseError:
    return CourseError(say("{file}, line {line}: {reason}", file=name, line=line, reason=reason))


# --- Names ------------------------------------------------------------------------------------------------------------

LONGEST = 120
"""Characters of a name or an id."""


def tidy(text: str) -> str:
    """A name as it is kept and shown: one form of each letter, one blank between words, nothing that hides.

    What is longer than ``LONGEST`` ends in a mark of its own, so that no two names become one by being cut.
    """
    whole = clean(" ".join(unicodedata.normalize("NFC", text).split()), one_line=True)
    if len(whole) <= LONGEST:
        return whole
    return f"{whole[:LONGEST]}~{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def folded(text: str) -> str:
    """A name as it is compared: capitals, width and composition of letters do not matter."""
    return " ".join(unicodedata.normalize("NFKC", tidy(text)).casefold().split())


def squashed(text: str) -> str:
    """A name as Canvas writes it: letters and digits alone."""
    return "".join(letter for letter in folded(text) if letter.isalnum())


def orders(name: str) -> set[str]:
    """The ways in which a name may be written, folded: ``Ada Lovelace``, ``Lovelace, Ada``, ``Lovelace Ada``."""
    whole = folded(name)
    if not whole:
        return set()
    written = {whole, whole.replace(",", " ")}
    if "," in whole:
        last, _, first = whole.partition(",")
        written.add(f"{first} {last}")
    else:
        words = whole.split()
        written |= {" ".join(words[cut:] + words[:cut]) for cut in range(1, len(words))}
    return {" ".join(one.split()) for one in written}


def told_apart(students: Iterable[Student]) -> list[Student]:
    """The same students; those who share a name are shown with their ids."""
    everybody = list(students)
    count = Counter(folded(student.name) for student in everybody)
    return [replace(student, namesake=count[folded(student.name)] > 1) for student in everybody]


NEAR = 0.8
"""How alike two names are that may be one with a slip of the pen (``difflib``)."""
FEW = 4
"""Letters; shorter names are too easily alike."""


def nearest(stranger: Student, students: Iterable[Student]) -> list[Student]:
    """Who may be meant by a name that fits nobody: the students whose name, id or address is most like it.

    Accents, zeros before a number, a slip of the pen and a name left out are tolerated; other digits are not.
    """
    asked = [words for one in (stranger.name, stranger.id, stranger.email.partition("@")[0]) if (words := _plain(one))]
    found: dict[float, list[Student]] = {}
    for student in students:
        known = [_plain(one) for one in (*orders(student.name), student.id, student.email.partition("@")[0])]
        if likeness := max((_likeness(one, other) for one in asked for other in known), default=0.0):
            found.setdefault(likeness, []).append(student)
    return found[max(found)] if found else []


def _plain(text: str) -> list[str]:
    """The words of a name without accents, and its numbers without zeros in front."""
    letters = "".join(one for one in unicodedata.normalize("NFKD", folded(text)) if not unicodedata.combining(one))
    return [word.lstrip("0") if word.isdecimal() else word for word in re.findall(r"[^\W\d_]+|\d+", letters)]


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Between 0 and 1; 0 for what is not alike enough."""
    ours, theirs = ([word for word in words if not word.isdecimal()] for words in (one, other))
    if [word for word in one if word.isdecimal()] != [word for word in other if word.isdecimal()]:
        return 0.0
    first, second = "".join(ours), "".join(theirs)
    if first == second:
        return float(bool(one))
    if min(len(set(ours)), len(set(theirs))) > 1 and (set(ours) <= set(theirs) or set(theirs) <= set(ours)):
        return NEAR
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    if min(len(first), len(second)) < FEW or matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR:
        return 0.0
    likeness = matcher.ratio()
    return likeness if likeness >= NEAR else 0.0


def several(name: str, students: Iterable[Student]) -> str:
    """The sentence about a name that fits several students; an id is spelt so that a file can be called so."""
    return say(
        "'{name}' matches several students in the roster ({ids}). Use one of these ids instead.",
        name=tidy(name),
        ids=", ".join(re.sub(r'[\\/:*?"<>|]', "_", student.id) for student in students),
    )


class Roster:
    """Students by everything that they are called."""

    def __init__(self, students: Iterable[Student]) -> None:
        """Index them."""
        self.students = tuple(students)
        self._ids: dict[str, set[int]] = {}
        self._names: dict[str, set[int]] = {}
        self._loose: dict[str, set[int]] = {}
        for number, student in enumerate(self.students):
            for exact in {folded(student.id), folded(student.email)} - {""}:
                self._ids.setdefault(exact, set()).add(number)
            for name in orders(student.name):
                self._names.setdefault(name, set()).add(number)
                self._loose.setdefault(squashed(name), set()).add(number)
            for loose in {squashed(student.id), folded(student.email).partition("@")[0]} - {""}:
                self._loose.setdefault(loose, set()).add(number)

    def find(self, *known: str) -> Student | None:
        """The student whom all of this is said of: an id, a mail address, a name; None if it fits nobody.

        Ids and addresses are looked up first, then names, then names without blanks and the part of an address before
        the ``@``. What is found by one of the given words must not contradict another.

        Raises:
            Ambiguous: it fits several students.
        """
        hits = [found for word in known if (found := self._look_up(word))]
        if not hits:
            return None
        agreed = set.intersection(*hits)
        if len(agreed) == 1:
            return self.students[agreed.pop()]
        everybody = [self.students[number] for number in sorted(set.union(*hits))]
        raise Ambiguous(several(" / ".join(tidy(word) for word in known if word), everybody))

    def knows(self, word: str) -> bool:
        """Whether it fits at least one of them."""
        return bool(self._look_up(word))

    def _look_up(self, word: str) -> set[int]:
        """By exact id or address and by exact name, both of which must agree; then loosely."""
        exact = self._ids.get(folded(word), set()) | set().union(*(self._names.get(one, set()) for one in orders(word)))
        if exact or not squashed(word):
            return set(exact)
        return self._loose.get(squashed(word), set()) | self._loose.get(folded(word), set())
