"""Read the names of files and folders: exercise, attempt, student, and the platform that exported them."""

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
"""``Full Name_123456_assignsubmission_file_``: a folder, or followed by the name of the file."""
CANVAS = re.compile(r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<number>\d{2,})_\d{4,}_(?P<file>.+)", re.DOTALL)
"""``lastnamefirst_LATE_12345_678910_lora-1.py``: the numbers identify the student and the attachment."""
GRADESCOPE = re.compile(r"submission_(\d+)")
METADATA = "submission_metadata.yml"
"""Gradescope's metadata file next to its folders."""

JUNK = (
    "__macosx",
    "__pycache__",
    "thumbs.db",
    "desktop.ini",
    "node_modules",
    "venv",
    "site-packages",
)
"""Files and folders left by systems and tools, in lower case; names that begin with a dot also count."""

NUMBERED = ("exercise", "exercises", "ex", "task", "assignment", "homework", "hw", "problem", "aufgabe", "übung")
"""Words followed by an exercise number."""
VERSION = ("v", "ver", "version", "attempt", "try", "rev", "copy")
"""Words followed by an attempt number."""
NOISE = (
    *VERSION, "final", "finished", "new", "fixed", "latest", "updated", "corrected", "revised",
    "resubmission", "resubmitted", "submission", "submitted", "solution",
)  # fmt: skip
"""Words that identify neither the exercise nor the student."""
PLACES = (
    "src", "code", "data", "docs", "week", "part", "old", "backup", "notebook", "notebooks", "python", "py", "files",
    "work", "late", "batch",
)  # fmt: skip
"""Folders that students make, and that are not named after a student."""
TEST = ("test", "tests", "check", "checks")
TOKEN = re.compile(r"[^\W\d_]+|\d+")
BRACKETED = re.compile(r"\s*[(\[](\d{1,2})[)\]]\s*$")
EDGES = " _-.,+"


@dataclass(frozen=True)
class Reading:
    """Information in one name."""

    exercises: tuple[str, ...] = ()
    """Slugs in the name; a single one if it is unambiguous."""
    attempt: int = 0
    rest: str = ""
    """The remainder: the student's name, if any."""
    is_test: bool = False

    @property
    def exercise(self) -> str | None:
        """Return the exercise if the name contains exactly one."""
        return self.exercises[0] if len(self.exercises) == 1 else None


@functools.cache
def _slugs() -> Mapping[str, str]:
    """Return slugs and numbers -> slug."""
    known = {exercise.slug: exercise.slug for exercise in syllabus.load()}
    return known | {str(exercise.number): exercise.slug for exercise in syllabus.load()}


def is_common(word: str) -> bool:
    """Return whether a word, in lower case, is common in names and does not identify a student."""
    return word in (*NOISE, *NUMBERED, *PLACES, *TEST) or word in _slugs()


def is_junk(name: str) -> bool:
    """Return whether a file or folder of this name is never a submission."""
    return name.startswith(".") or name.casefold() in JUNK


def without_suffix(name: str) -> str:
    """Return the name without ``.py``, ``.ipynb``, ``.zip``, ``.tar.gz``, or a suffix that hides one: ``.py.txt``."""
    stem = name.removesuffix(".gz") if name.lower().endswith(".tar.gz") else name
    stem = PurePosixPath(stem).stem if stem else stem
    return PurePosixPath(stem).stem if stem.lower().endswith((".py", ".ipynb", ".tar")) else stem


def read(stem: str, owned: bool = True) -> Reading:
    """Read the name of a file (without its suffix) or a folder.

    Args:
        stem: the name.
        owned: whether the student is known; if not, a number can be the student's.

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
        used |= set(numbers)  # otherwise the number is the student's: lora_12.py
        attempt = max([attempt, *numbers.values()])
    return Reading(
        tuple(exercises),
        attempt,
        _rest(stem, [tokens[at][1] for at in used]),
        bool({*words[:1], *words[-1:]} & {*TEST}),
    )


def is_person(name: str) -> bool:
    """Return whether a name can contain a student's name or number, instead of being a folder that a student made."""
    words = [found[0].casefold() for found in TOKEN.finditer(read(name, owned=False).rest)]
    told = [word for word in words if word not in (*NOISE, *NUMBERED, *PLACES, *TEST)]
    return any(not word.isdecimal() or len(word) > 3 for word in told)


def _number(words: list[str], at: int) -> str:
    """Return the number at this position without leading zeros; empty if there is none."""
    return str(int(words[at])) if at < len(words) and words[at].isdecimal() and len(words[at]) < 4 else ""


def _attempt(words: list[str], at: int) -> dict[int, int]:
    """Return {position: number} of the attempt after an exercise; empty if there is none."""
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
    """Return a name without leftover separators at its ends; a pair of brackets is kept.

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
