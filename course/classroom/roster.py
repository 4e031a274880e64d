"""The roster: read the class list from a CSV file, and find the student that a name in a submission refers to.

Our own header is ``id,name,email,extension``. Exports from Canvas, Moodle and Gradescope are also read, and so are
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
"""Maximum size of a roster in bytes."""
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
"""Our column -> possible names of that column, best first; case is ignored."""
CANVAS = ("student", "id", "section")
"""Columns of a Canvas gradebook export; "Points Possible" in the first one is not a student."""
PARTICIPANT = re.compile(r"\D{0,40}?[ _](\d+)")
""""Participant 123456", in a roster made from Moodle's grading worksheet."""
STAFF = ("instructor", "ta", "teaching assistant", "reader", "grader", "teacher", "observer", "designer")
"""Roles of people who do not hand in work, in rosters from Gradescope and others."""


class Ambiguous(Exception):
    """A name fits several students; the message says how."""


@dataclass(frozen=True)
class Class:
    """The content of a roster."""

    students: tuple[Student, ...]
    """Students in roster order."""
    staff: tuple[str, ...] = ()
    """Names of people with a role other than student."""


def load(path: Path) -> tuple[Student, ...]:
    """Return the students of a roster, in its order.

    Args:
        path: path of a CSV file.

    Raises:
        CourseError: the file cannot be read, or a line does not describe a student.
    """
    return read(path).students


def read(path: Path) -> Class:
    """Read a whole roster; see ``load``."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(
            say("cannot read the roster {path}: {reason}.", path=str(path), reason=error.strerror or str(error))
        ) from error
    return parsed(data, path.name)


def parse(data: bytes, name: str) -> tuple[Student, ...]:
    """Return the students in a roster given as bytes; see ``parsed``."""
    return parsed(data, name).students


def parsed(data: bytes, name: str) -> Class:
    """Parse a whole roster given as bytes.

    Args:
        data: content of the CSV file.
        name: the file's name, for error messages.
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
    """Return field -> column index, and whether this is a Canvas gradebook."""
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
    if "extension" not in found:  # ignoring a column would cost students their extension
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
    cells = {key: table.unquoted(cell) for key, cell in cells.items()}  # our own gradebook is a roster, too
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
"""Maximum length of a name or an id in characters."""


def tidy(text: str) -> str:
    """Normalise a name for storage and display: one form of each letter, single blanks, no invisible characters.

    A name longer than ``LONGEST`` is cut and given a unique ending, so that no two cut names are equal.
    """
    whole = clean(" ".join(unicodedata.normalize("NFC", text).split()), one_line=True)
    if len(whole) <= LONGEST:
        return whole
    return f"{whole[:LONGEST]}~{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def folded(text: str) -> str:
    """Normalise a name for comparison: case, width and composition of letters are ignored."""
    return " ".join(unicodedata.normalize("NFKC", tidy(text)).casefold().split())


def squashed(text: str) -> str:
    """Return a name as Canvas writes it: only letters and digits."""
    return "".join(letter for letter in folded(text) if letter.isalnum())


def orders(name: str) -> set[str]:
    """Return the possible spellings of a name, folded: ``Ada Lovelace``, ``Lovelace, Ada``, ``Lovelace Ada``."""
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
    """Return the students, with those who share a name marked, so that their ids are shown."""
    everybody = list(students)
    count = Counter(folded(student.name) for student in everybody)
    return [replace(student, namesake=count[folded(student.name)] > 1) for student in everybody]


NEAR = 0.8
"""Similarity (``difflib``) from which two names can differ by a typing error."""
FEW = 4
"""Minimum number of letters; shorter names are too easily similar."""


def nearest(stranger: Student, students: Iterable[Student]) -> list[Student]:
    """Return the students whose name, id or address is most similar to a name that fits nobody.

    Accents, leading zeros, a typing error and an omitted name are tolerated; other digits are not.
    """
    asked = [words for one in (stranger.name, stranger.id, stranger.email.partition("@")[0]) if (words := _plain(one))]
    found: dict[float, list[Student]] = {}
    for student in students:
        known = [_plain(one) for one in (*orders(student.name), student.id, student.email.partition("@")[0])]
        if likeness := max((_likeness(one, other) for one in asked for other in known), default=0.0):
            found.setdefault(likeness, []).append(student)
    return found[max(found)] if found else []


def _plain(text: str) -> list[str]:
    """Return the words of a name without accents, and its numbers without leading zeros."""
    letters = "".join(one for one in unicodedata.normalize("NFKD", folded(text)) if not unicodedata.combining(one))
    return [word.lstrip("0") if word.isdecimal() else word for word in re.findall(r"[^\W\d_]+|\d+", letters)]


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    """Return a similarity between 0 and 1; 0 if they are not similar enough."""
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
    """Return the sentence about a name that fits several students; the id is spelt as a file name could be."""
    return say(
        "'{name}' matches several students in the roster ({ids}). Use one of these ids instead.",
        name=tidy(name),
        ids=", ".join(re.sub(r'[\\/:*?"<>|]', "_", student.id) for student in students),
    )


class Roster:
    """Students by every name, id and address that identifies them."""

    def __init__(self, students: Iterable[Student]) -> None:
        """Index the students."""
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
        """Return the student identified by all of these words (id, mail address, name); None if there is none.

        Ids and addresses are looked up first, then names, then names without blanks and the part of an address before
        the ``@``. The results for the given words must not contradict each other.

        Raises:
            Ambiguous: the words fit several students.
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
        """Return whether a word fits at least one student."""
        return bool(self._look_up(word))

    def _look_up(self, word: str) -> set[int]:
        """Look up by exact id or address and by exact name, which must agree; then loosely."""
        exact = self._ids.get(folded(word), set()) | set().union(*(self._names.get(one, set()) for one in orders(word)))
        if exact or not squashed(word):
            return set(exact)
        return self._loose.get(squashed(word), set()) | self._loose.get(folded(word), set())
