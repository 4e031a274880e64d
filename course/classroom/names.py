"""What the names of files and folders tell: exercise, attempt, student, and which platform exported them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from course import syllabus
from course.classroom import times

MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL)
"""``Full Name_123456_assignsubmission_file_`` is a folder, or goes on with the name of the file."""
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d{2,})_\d{4,}_(?P<file>.+)", re.DOTALL)
"""``lastnamefirst_LATE_12345_678910_lora-1.py``: numbers of the student and of the attachment."""
GRADESCOPE = re.compile(r"submission_(\d+)")
METADATA = "submission_metadata.yml"
"""What Gradescope lays beside its folders."""

JUNK = (
    "__macosx",
    "__pycache__",
    "thumbs.db",
    "desktop.ini",
    "node_modules",
    "venv",
    "site-packages",
)
"""What systems and tools leave behind, in small letters; and whatever begins with a dot."""

NUMBERED = ("exercise", "exercises", "ex", "task", "assignment", "homework", "hw", "problem", "aufgabe", "übung")
"""Words that a number of an exercise follows."""
VERSION = ("v", "ver", "version", "attempt", "try", "rev", "copy")
"""Words that the number of an attempt follows."""
NOISE = (
    *VERSION, "final", "finished", "new", "fixed", "latest", "updated", "corrected", "revised",
    "resubmission", "resubmitted", "submission", "submitted", "solution",
)  # fmt: skip
"""Words that tell neither the exercise nor the student."""
PLACES = (
    "src", "code", "data", "docs", "week", "part", "old", "backup", "notebook", "notebooks", "python", "py", "files",
    "work", "late", "batch",
)  # fmt: skip
"""Folders that students make, and that are no students."""
TEST = ("test", "tests", "check", "checks")
TOKEN = re.compile(r"[^\W\d_]+|\d+")
BRACKETED = re.compile(r"\s*[(\[](\d{1,2})[)\]]\s*$")
EDGES = " _-.,+"


@dataclass(frozen=True)
class Reading:
    """What one name tells."""

    exercises: tuple[str, ...] = ()
    """Slugs that it names; one if it is clear."""
    attempt: int = 0
    rest: str = ""
    """What is left: the name of the student, if anything."""
    is_test: bool = False

    @property
    def exercise(self) -> str | None:
        """The exercise, if it names exactly one."""
        return self.exercises[0] if len(self.exercises) == 1 else None


@functools.cache
def _slugs() -> Mapping[str, str]:
    """Slugs and numbers -> slug."""
    known = {exercise.slug: exercise.slug for exercise in syllabus.load()}
    return known | {str(exercise.number): exercise.slug for exercise in syllabus.load()}


def is_common(word: str) -> bool:
    """Whether a word, in small letters, stands in many names and tells nothing about the student."""
    return word in (*NOISE, *NUMBERED, *PLACES, *TEST) or word in _slugs()


def is_junk(name: str) -> bool:
    """Whether a file or folder of this name is nobody's submission."""
    return name.startswith(".") or name.casefold() in JUNK


def without_suffix(name: str) -> str:
    """The name without ``.py``, ``.ipynb``, ``.zip``, ``.tar.gz``, and without what hides them: ``.py.txt``."""
    stem = name.removesuffix(".gz") if name.lower().endswith(".tar.gz") else name
    stem = PurePosixPath(stem).stem if stem else stem
    return PurePosixPath(stem).stem if stem.lower().endswith((".py", ".ipynb", ".tar")) else stem


def read(stem: str, owned: bool = True) -> Reading:
    """What the name of a file (without its suffix) or of a folder tells.

    Args:
        stem: the name.
        owned: whether the student is known; else a number may be the student's.

    >>> read("Lora-2").attempt, read("lora_12345", owned=False).rest
    (2, '12345')
    """
    stem = unicodedata.normalize("NFC", times.STAMP.sub(" ", stem))
    attempt = 0
    if bracketed := BRACKETED.search(stem):
        attempt, stem = int(bracketed[1]), stem[: bracketed.start()]
    tokens = [(unicodedata.normalize("NFKC", found[0]).casefold(), found.span()) for found in TOKEN.finditer(stem)]
    words = [word for word, _ in tokens]
    exercises: dict[str, None] = {}
    used: set[int] = set()
    numbers: dict[int, int] = {}
    for at, word in enumerate(words):
        number = _number(words, at + 1)
        if at in used:
            continue
        if word in NUMBERED and number in _slugs():
            exercises[_slugs()[number]] = None
            used |= {at, at + 1}
            numbers |= _attempt(words, at + 2)
        elif word in _slugs() and not word.isdecimal():
            exercises[word] = None
            used.add(at)
            numbers |= _attempt(words, at + 1)
    if not exercises and [word for word in words if word not in NOISE] == [word for word in words if word in _slugs()]:
        exercises = dict.fromkeys(_slugs()[word] for word in words if word in _slugs())  # 3.py
        used |= set(range(len(words))) if exercises else set()
    used |= {at for at, word in enumerate(words) if word in NOISE and exercises}
    if owned or set(range(len(words))) - used - set(numbers):
        used |= set(numbers)  # else the number is the student's: lora_12.py
        attempt = max([attempt, *numbers.values()])
    return Reading(
        tuple(exercises),
        attempt,
        _rest(stem, [tokens[at][1] for at in used]),
        bool({*words[:1], *words[-1:]} & {*TEST}),
    )


def is_person(name: str) -> bool:
    """Whether something in this name may be a student's name or number, rather than a folder that a student made."""
    words = [found[0].casefold() for found in TOKEN.finditer(read(name, owned=False).rest)]
    told = [word for word in words if word not in (*NOISE, *NUMBERED, *PLACES, *TEST)]
    return any(not word.isdecimal() or len(word) > 3 for word in told)


def _number(words: list[str], at: int) -> str:
    """The number in this place without leading zeros; empty if there is none."""
    return str(int(words[at])) if at < len(words) and words[at].isdecimal() and len(words[at]) < 4 else ""


def _attempt(words: list[str], at: int) -> dict[int, int]:
    """The number of an attempt behind an exercise: where it stands, and what it is."""
    while at < len(words) and words[at] in NOISE:
        at += 1
    return {at: int(words[at])} if at < len(words) and words[at].isdecimal() and len(words[at]) < 3 else {}


def _rest(stem: str, spans: list[tuple[int, int]]) -> str:
    letters = list(stem)
    for start, end in spans:
        letters[start:end] = "\0" * (end - start)
    pieces = (trimmed(piece) for piece in re.split("\0+", "".join(letters)))
    return " ".join(piece for piece in pieces if piece)


def trimmed(text: str) -> str:
    """A name without the signs at its ends that once led to something else; brackets stay if both are there.

    >>> trimmed("_s101 (final)"), trimmed("s101_("), trimmed("(s101)")
    ('s101 (final)', 's101', 's101')
    """
    while True:
        shorter = text.lstrip(f"{EDGES})]").rstrip(f"{EDGES}([")
        if not re.search(r"[(\[].*[)\]]", shorter):
            shorter = shorter.strip("()[]")
        elif whole := re.fullmatch(r"[(\[]([^()\[\]]*)[)\]]", shorter):
            shorter = whole[1]
        if shorter == text:
            return text
        text = shorter
