"""Helpers for tests that grade classes: a store, a scripted grader, and submissions made from strings."""

import contextlib
import hashlib
import json
import sqlite3
import sys
from datetime import datetime, timezone
from pathlib import Path

from click.testing import CliRunner

from course.classroom import run
from course.classroom.model import Found, Handed, Student
from course.classroom.run import Setup
from course.classroom.store import Store
from course.cli import Settings, cli

FAKE = Path(__file__).with_name("fake_class_grader.py")


def handed(student, source, exercise="lora", *, origin=None, submitted=None, notes=()):
    """Return one file of one student."""
    data = source.encode()
    who = student if isinstance(student, Student) else Student(student, f"Name of {student}", in_roster=False)
    return Handed(
        student=who,
        exercise=exercise,
        origin=origin or f"{who.id}/{exercise}.py",
        source=data,
        sha256=hashlib.sha256(data).hexdigest(),
        submitted=submitted,
        notes=notes,
    )


def day(number, hour=12):
    """Return a time on a day in March."""
    return datetime(2026, 3, number, hour, tzinfo=timezone.utc)


def by_sqlite(path, *statements):
    """Return the rows of each statement, read from a store without the store's own code."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [db.execute(statement).fetchall() for statement in statements]


class Desk:
    """A class in a folder, with its store and a scripted grader."""

    def __init__(self, folder):
        self.folder = folder
        self.store_path = folder / "class.db"

    @property
    def command(self):
        return (sys.executable, str(FAKE), str(self.folder))

    def setup(self, **options):
        return Setup(command=self.command, **options)

    @property
    def requests(self):
        log = self.folder / "requests.jsonl"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def store(self):
        return Store(self.store_path, create=True)

    def grade(self, *files, jobs=2, refused=(), folder="/hand-ins", setup=None, **options):
        """Grade these files; return the counts, and the events as (students, status, points)."""
        setup = setup or self.setup()
        heard = []
        with self.store() as store:
            waiting, counts = run.take(Found(tuple(files), tuple(refused)), store, folder, setup, **options)
            with run.local(setup, jobs) as crew:
                run.grade(
                    waiting,
                    store,
                    crew,
                    counts,
                    lambda job, result: heard.append(
                        ([one.student for one in job.submissions], result.status, result.points)
                    ),
                )
        return counts, heard

    def __call__(self, *arguments):
        return CliRunner().invoke(cli, ["class", *arguments], obj=Settings(self.command), prog_name="course")
