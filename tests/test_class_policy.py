"""Rosters and policies: an instructor's settings are applied to the second and the hundredth of a point, or refused."""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from course.classroom import policy, roster, times
from course.classroom.model import Student
from course.classroom.policy import Attempt, Policy
from course.classroom.roster import Ambiguous, Roster
from course.errors import CourseError

ZURICH = ZoneInfo("Europe/Zurich")
ADA = Student("s101", "Ada Lovelace", "ada@example.org")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def read(text: str) -> Policy:
    return policy.parse(text, "policy.toml")


def complaint(text: str) -> str:
    with pytest.raises(CourseError) as raised:
        read(text)
    return raised.value.message


# --- Durations and moments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, hours",
    {
        "": 0,
        "2d": 48,
        "36h": 36,
        "1d 12h": 36,
        "1d12h": 36,
        "1 D, 12 H": 36,
        "90 min": 1.5,
        "1w": 168,
        "15m": 0.25,
    }.items(),
)
def test_durations(text: str, hours: float):
    assert times.duration(text) == hours * HOUR


@pytest.mark.parametrize("text", ["2", "d", "-1d", "1y", "2d!", "1.5d", "999999w", "١d x"])
def test_what_is_no_duration(text: str):
    with pytest.raises(times.Unclear):
        times.duration(text)


STAMPS = {
    "lora_2026-03-29T12-00-01.py": "2026-03-29T12:00:01+02:00",
    "2026-01-05_23.59.00 lora": "2026-01-05T23:59:00+01:00",
    "alice_20260105T235900Z": "2026-01-05T23:59:00+00:00",
    "2026-01-05T23:59+05:30": "2026-01-05T23:59:00+05:30",
    "20260105_2359": "2026-01-05T23:59:00+01:00",
    "lora_2026-13-05T23-59": None,
    "2026-03-29T02-30": None,  # skipped when the clocks go forward
    "lora_20260105": None,
    "12345_678910": None,
}


@pytest.mark.parametrize("name", STAMPS)
def test_time_stamps_in_names(name: str):
    found, wanted = times.stamp(name, ZURICH), STAMPS[name]
    assert found == (at(wanted) if wanted else None)


# --- Lateness, worked out by hand -------------------------------------------------------------------------------------

NIGHTS = {
    # Lateness is the time that passed; a day of penalty ends at the same time of the next day.
    # The clocks go forward on Sunday 29 March 2026, at 02:00, and back on Sunday 25 October, at 03:00.
    "an hour over the spring night": ("2026-03-29T01:59:00", "2026-03-29T03:00:00+02:00", MINUTE, 1),
    "the same time of the next day, 23 hours later": ("2026-03-28T23:59:00", "2026-03-29T23:59:00+02:00", 23 * HOUR, 1),
    "a second more": ("2026-03-28T23:59:00", "2026-03-29T23:59:01+02:00", 23 * HOUR + SECOND, 2),
    "the same time of the next day, 25 hours later": ("2026-10-24T23:59:00", "2026-10-25T23:59:00+01:00", 25 * HOUR, 1),
    "a second more than 25 hours": ("2026-10-24T23:59:00", "2026-10-25T23:59:01+01:00", 25 * HOUR + SECOND, 2),
    "within the hour that comes twice": ("2026-10-25T01:59:00", "2026-10-25T02:10:00+02:00", 11 * MINUTE, 1),
    "past the hour that comes twice": ("2026-10-25T01:59:00", "2026-10-25T03:10:00+01:00", 2 * HOUR + 11 * MINUTE, 1),
    "due in the hour that comes twice means its second time": (
        "2026-10-25T02:30:00",
        "2026-10-25T02:45:00+02:00",
        timedelta(),
        0,
    ),
    "due the first time, in before the clock shows it the second time": (
        "2026-10-25T02:50:00+02:00",
        "2026-10-25T02:10:00+01:00",
        20 * MINUTE,
        1,
    ),
    "an offset of another zone": ("2026-06-01T12:00:00", "2026-06-01T12:00:00-07:00", 9 * HOUR, 1),
    "before": ("2026-06-01T12:00:00", "2026-06-01T11:59:59+02:00", timedelta(), 0),
    "that very second": ("2026-06-01T12:00:00", "2026-06-01T12:00:00.999+02:00", timedelta(), 0),
}


@pytest.mark.parametrize("zone", ["Europe/Zurich", "Europe/Berlin"])
@pytest.mark.parametrize("case", NIGHTS)
def test_lateness_over_the_change_of_clocks(case: str, zone: str):
    deadline, submitted, late, days = NIGHTS[case]
    rules = read(f'time_zone = "{zone}"\ndeadline = {deadline}\npenalty_per_day = 10')
    assert rules.late(at(submitted), ADA, "lora") == late
    assert rules.deduction(at(submitted), ADA, "lora", 100, 100) == (late, 10 * days)


GRACE = 'time_zone = "Europe/Zurich"\ndeadline = 2026-06-01T12:00:00\ngrace = "15m"\npenalty_per_day = 10\n'
GRACES = {
    "2026-06-01T12:15:00+02:00": (timedelta(), "0.00"),
    "2026-06-01T12:15:01+02:00": (timedelta(seconds=1), "6.30"),
    "2026-06-02T12:15:00+02:00": (DAY, "6.30"),
    "2026-06-02T12:15:01+02:00": (DAY + timedelta(seconds=1), "12.60"),
    "2026-06-30T12:00:00+02:00": (29 * DAY - timedelta(minutes=15), "50.00"),
}


@pytest.mark.parametrize("submitted", GRACES)
def test_grace_ends_at_the_second(submitted: str):
    late, penalty = GRACES[submitted]
    assert read(GRACE).deduction(at(submitted), ADA, "lora", 50, 63) == (late, Decimal(penalty))


PENALTIES = {
    "ten percent of the maximum": ("penalty_per_day = 10", 40, 1, "6.30"),
    "of what was earned": ('penalty_per_day = 10\npenalty_of = "earned"', 40, 1, "4.00"),
    "a hundredth is rounded half up": ('penalty_per_day = 12.5\npenalty_of = "earned"', 1, 1, "0.13"),
    "nothing for no lateness": ("penalty_per_day = 10", 40, 0, "0.00"),
    "a started day": ("penalty_per_day = 10", 63, 1.001, "12.60"),
    "only full days": ('penalty_per_day = 10\npenalty_days = "full"', 63, 1.999, "6.30"),
    "at the cap": ("penalty_per_day = 10\npenalty_cap = 30", 63, 3, "18.90"),
    "beyond the cap": ("penalty_per_day = 10\npenalty_cap = 30", 63, 4, "18.90"),
    "at the cap, zero after it": ('penalty_per_day = 10\npenalty_cap = 30\nafter_cap = "zero"', 63, 3, "18.90"),
    "beyond it": ('penalty_per_day = 10\npenalty_cap = 30\nafter_cap = "zero"', 63, 3.001, "63.00"),
    "no more than was earned": ("penalty_per_day = 50", 5, 2, "5.00"),
}


@pytest.mark.parametrize("case", PENALTIES)
def test_penalties(case: str):
    text, earned, days, wanted = PENALTIES[case]
    penalty = read(f"deadline = 2026-03-01T12:00:00Z\n{text}").penalty(earned, 63, days * DAY)
    assert (penalty, str(penalty)) == (Decimal(wanted), wanted)


EXTENDED = """time_zone = "Europe/Zurich"
deadline = 2026-03-28T12:00:00
grace = "10m"
accept_until = "7d"
[deadlines]
exercise-4 = 2026-04-10T12:00:00+02:00
[extensions]
S101 = "2d"
s102 = {lora = "12h"}
"""


def test_extension_and_grace_add_up_and_end_at_the_same_time_of_day():
    rules = read(EXTENDED)
    assert rules.due(ADA, "lora") == at("2026-03-30T12:00:00+02:00")
    assert rules.late(at("2026-03-30T12:10:00+02:00"), ADA, "lora") == timedelta()
    assert rules.late(at("2026-03-30T12:10:01+02:00"), ADA, "lora") == timedelta(seconds=1)
    other = Student("s102")
    assert rules.due(other, "lora") == at("2026-03-29T00:00:00+01:00")
    assert rules.due(other, "heads") == at("2026-04-10T12:00:00+02:00")
    assert rules.due(other, "basics") == at("2026-03-28T12:00:00+01:00")


def test_the_longer_extension_counts():
    rules = read(EXTENDED)
    assert rules.extension(Student("s101", extension=3 * DAY), "lora") == 3 * DAY
    assert rules.extension(Student("s101", extension=DAY), "lora") == 2 * DAY
    assert rules.extension(Student("s103", extension=DAY), "lora") == DAY


def test_an_extension_may_be_the_new_deadline():
    rules = read("""
        time_zone = "Europe/Zurich"
        deadline = 2026-03-28T12:00:00
        accept_until = 2026-04-10T12:00:00
        [deadlines]
        heads = 2026-04-09T12:00:00
        [extensions]
        s101 = 2026-04-05T23:59:00
        s102 = {lora = "2026-04-05T21:59:00Z"}
    """)
    other = Student("s102")
    for one in (ADA, other):
        assert rules.due(one, "lora") == at("2026-04-05T23:59:00+02:00")
        assert rules.late(at("2026-04-05T23:59:01+02:00"), one, "lora") == timedelta(seconds=1)
        assert rules.late(at("2026-04-05T23:59:00+02:00"), one, "lora") == timedelta()
        assert rules.accepts(at("2026-04-18T23:59:00+02:00"), one, "lora")
        assert not rules.accepts(at("2026-04-18T23:59:01+02:00"), one, "lora")
    assert rules.due(ADA, "heads") == rules.due(other, "heads") == at("2026-04-09T12:00:00+02:00")  # the later one
    assert rules.due(other, "basics") == at("2026-03-28T12:00:00+01:00")
    assert rules.due(Student("s101", extension=20 * DAY), "lora") == at("2026-04-17T12:00:00+02:00")
    alone = policy.parse('[extensions]\ns101 = "2026-04-05T23:59Z"', "x", needs_deadline=False)
    assert alone.due(ADA, "lora") is None


def test_what_comes_too_late_earns_nothing():
    rules = read(EXTENDED)
    last = at("2026-04-06T12:00:00+02:00")  # two days of extension, then seven
    assert rules.accepts(last, ADA, "lora") and not rules.accepts(last + timedelta(seconds=1), ADA, "lora")
    assert rules.deduction(last, ADA, "lora", 40, 63)[1] == 0
    assert rules.deduction(last + timedelta(seconds=1), ADA, "lora", 40, 63)[1] == Decimal("40.00")
    fixed = read('accept_until = "2026-04-01T00:00:00Z"')
    assert fixed.accepts(at("2026-04-01T00:00:00+00:00"), ADA, "lora")
    assert not fixed.accepts(at("2026-04-01T00:00:01+00:00"), ADA, "lora")
    assert fixed.accepts(None, ADA, "lora")


def test_nothing_is_late_without_a_deadline_or_a_time():
    assert Policy().late(at("2026-06-01T12:00:00+00:00"), ADA, "lora") == timedelta()
    assert read(EXTENDED).late(None, ADA, "lora") == timedelta()


CHOICES = {
    # Earned: 63 on time, then 50 and 63 a day late, at 10% of 63 points a day.
    "last": 2,
    "best": 0,
    "last-on-time": 0,
}


@pytest.mark.parametrize("which", CHOICES)
def test_which_attempt_counts(which: str):
    rules = read(GRACE + f'attempts = "{which}"')
    on_time, late = at("2026-06-01T10:00:00+02:00"), at("2026-06-02T10:00:00+02:00")
    attempts = [Attempt(on_time, Decimal(63)), Attempt(late, Decimal(50)), Attempt(late, Decimal(63))]
    assert rules.counts(attempts, ADA, "lora", 63) == CHOICES[which]
    assert rules.counts(attempts[1:], ADA, "lora", 63) == 1  # the last one, if all are late or equal


def test_seeds():
    rules = read('seed = "per-student"')
    mine = rules.seed_of(ADA, "lora")
    assert mine is not None and 0 <= mine < 2**53
    assert mine == rules.seed_of(Student("S101"), "lora")
    assert mine != rules.seed_of(Student("s102"), "lora") and mine != rules.seed_of(ADA, "heads")
    assert read("seed = 7").seed_of(ADA, "lora") == 7
    assert Policy().seed_of(ADA, "lora") is None


def test_a_whole_policy():
    rules = read(
        'title = "Week 3"\nexercises = [4, "lora"]\nsandbox = "auto"\ndeadline = 2026-06-01T12:00:00+02:00\nseed = 5\n'
    )
    assert rules.title == "Week 3" and rules.exercises == ("lora", "heads")
    assert rules.deadline == at("2026-06-01T10:00:00+00:00")
    assert (rules.sandbox, rules.seed) == ("auto", 5)


def test_every_option_is_documented():
    tree = ast.parse(inspect.getsource(Policy))
    body = tree.body[0].body  # type: ignore[attr-defined]
    documented = {
        one.target.id: following.value.value
        for one, following in zip(body, body[1:], strict=False)
        if isinstance(one, ast.AnnAssign) and isinstance(following, ast.Expr)
    }
    assert list(documented) == [item.name for item in fields(Policy)] == list(policy.OPTIONS)
    assert all(len(text) > 20 and text.rstrip().endswith(".") for text in documented.values())


WRONG = {
    'deadlin = "x"': ["line 1", "deadlin", "Did you mean 'deadline'?"],
    'title = "x"\n\n[extensions]\ns101 = "2 weeeks"': ["line 4", "extensions.s101", "2 weeeks", "36h"],
    'title = "x"\n[extensions]\ns101 = 2026-06-01': ["line 3", "no time of day"],
    'title = "x"\n[extensions]\ns101 = 2026-06-01T12:00:00': ["line 3", "no time zone"],
    'title = "x"\n[extensions]\ns101 = {loar = "2d"}': ["line 3", "loar", "'lora'"],
    "deadline = 2026-06-01T12:00:00": ["line 1", "no time zone", "time_zone"],
    "# due\ndeadline = 2026-06-01": ["line 2", "no time of day"],
    'deadline = "tomorrow"': ["line 1", "tomorrow"],
    'deadline = "2026-06-01"': ["line 1", "no time of day"],
    "deadline = 0001-01-01T00:00:00Z": ["line 1", "not plausible"],
    'time_zone = "Europe/Zurich"\ndeadline = 2026-03-29T02:30:00': ["line 2", "does not exist"],
    'time_zone = "Europe/Zürich"': ["line 1", "Europe/Zürich"],
    'time_zone = "../../etc/passwd"': ["line 1", "no time zone"],
    'penalty_per_day = "10"': ["line 1", "between 0 and 100"],
    "penalty_cap = 101": ["line 1", "between 0 and 100"],
    "penalty_cap = nan": ["line 1", "between 0 and 100"],
    "penalty_per_day = true": ["line 1", "between 0 and 100"],
    'attempts = "first"': ["line 1", '"last-on-time"'],
    'exercises = ["lora", 3]': ["line 1", "lora appears twice"],
    "exercises = []": ["line 1", "a list of exercises"],
    'exercises = ["lora", "headz"]': ["line 1", "headz", "'heads'"],
    "time_limit = 90": ["line 1", "time_limit"],
    "seed = -1": ["line 1", "2^53"],
    'seed = "random"': ["line 1", "per-student"],
    'sandbox = "none"': ["line 1", '"full", "auto"'],
    'accept_until = "7d"': ["line 1", "no deadline is set"],
    'time_zone = "UTC"\ndeadline = 2026-04-01T12:00:00\naccept_until = 2026-03-31T12:00:00': [
        "line 3: accept_until",
        "work handed in on time would earn nothing",
    ],
    'time_zone = "UTC"\naccept_until = 2026-04-02T12:00:00\n[deadlines]\nlora = 2026-04-03T12:00:00': [
        "line 2: accept_until",
        "work handed in on time would earn nothing",
    ],
    'deadline = 2026-04-01T12:00:00Z\ngrace = "10m"\naccept_until = "5m"': [
        "line 3: accept_until",
        "end of the grace period",
    ],
    'grace = "15m"\ngrace = "20m"\n': ["not valid TOML", "line 2"],
    "deadlines = 3": ["line 1", "table"],
    'time_zone = "UTC"\n[deadlines]\nlora = 2026-06-01T12:00:00\nexercise-3 = 2026-06-01T12:00:00': ["line 4", "twice"],
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_policy(text: str):
    message = complaint(text)
    assert message.startswith("policy.toml")
    for word in WRONG[text]:
        assert word in message, message


def test_a_policy_in_a_file(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_bytes(b'\xef\xbb\xbftitle = "A"\n')
    assert policy.load(path).title == "A"
    path.write_bytes(b"\xff")
    for bad in (path, tmp_path, tmp_path / "none.toml"):
        with pytest.raises(CourseError, match=bad.name):
            policy.load(bad)


# --- Rosters ----------------------------------------------------------------------------------------------------------

ROSTERS = {
    "ours": (
        b'id,name,email,extension\ns1,Ada Lovelace,ada@x.org,2d\n\ns2,"Hopper, Grace",,\n',
        [("s1", "Ada Lovelace", "ada@x.org", 48), ("s2", "Hopper, Grace", "", 0)],
    ),
    "a spreadsheet's": (
        "ID;Name;Mail;Extension\r\ns1;J\xfcrgen;j@x.org;36h\r\n".encode("cp1252"),
        [("s1", "Jürgen", "j@x.org", 36)],
    ),
    "with a byte order mark": ("\ufeffid\tname\ns1\tZoe\u0308\n".encode(), [("s1", "Zoë", "", 0)]),
    "in UTF-16": ("id,name\ns1,李\n".encode("utf-16"), [("s1", "李", "", 0)]),
    "Canvas": (
        b"Student,ID,SIS User ID,SIS Login ID,Section,Lora (99)\n    Points Possible,,,,,63\n"
        b'"Lovelace, Ada",12345,x1,ada@x.org,A,\n"Student, Test",777,,,A,\n',
        [("12345", "Lovelace, Ada", "ada@x.org", 0)],
    ),
    "Moodle's worksheet": (
        b"Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)\n"
        b"Participant 123456,Ada Lovelace,ada@x.org,Submitted,,100,-\n",
        [("123456", "Ada Lovelace", "ada@x.org", 0)],
    ),
    "Moodle's participants, in German": (
        b"Vorname,Nachname,E-Mail-Adresse\nAda,Lovelace,ada@x.org\n",
        [("ada@x.org", "Ada Lovelace", "ada@x.org", 0)],
    ),
    "Gradescope": (
        b"First Name,Last Name,SID,Email\nAda,Lovelace,3031,ada@x.org\n",
        [("3031", "Ada Lovelace", "ada@x.org", 0)],
    ),
}


@pytest.mark.parametrize("source", ROSTERS)
def test_rosters(source: str):
    data, wanted = ROSTERS[source]
    students = roster.parse(data, "roster.csv")
    assert [(one.id, one.name, one.email, one.extension / HOUR) for one in students] == wanted
    assert all(one.in_roster for one in students)


NO_ROSTERS = {
    b"": ["empty"],
    b"\n \n": ["empty"],
    b"surname first\nAda\n": ["line 1", "no column called id", "surname first"],
    b"id,name\ns1,A\n\ns2,B\nS1,C\n": ["line 5", "'S1'", "line 2"],
    b"id,name\n,A\n": ["line 2", "id is missing"],
    b"name,id\nAda\n": ["line 2", "id is missing"],
    b"id,extension\ns1,soon\n": ["line 2", "soon"],
    b'id,name\n"s1,A\n': ["line 2"],
}


@pytest.mark.parametrize("data", NO_ROSTERS)
def test_what_is_no_roster(data: bytes):
    with pytest.raises(CourseError) as raised:
        roster.parse(data, "roster.csv")
    for word in ["roster.csv", *NO_ROSTERS[data]]:
        assert word in raised.value.message


CLASS = Roster(
    [
        Student("s1", "Ada Lovelace", "ada@x.org"),
        Student("s2", "Kim Lee", "kim@x.org"),
        Student("s3", "Kim Lee", "kim.lee@x.org"),
        Student("12345", "Müller, José Luis"),
        Student("kim", "Someone Else"),
    ]
)
MEANT = {
    ("s1",): "s1",
    ("S1",): "s1",
    ("ADA@X.ORG",): "s1",
    ("Lovelace, Ada",): "s1",
    ("ada lovelace",): "s1",
    ("lovelaceada",): "s1",
    ("ada",): "s1",
    ("kim.lee",): None,  # the address says s3, the name fits two
    ("s3", "", "Kim Lee"): "s3",
    ("", "kim@x.org", "Kim Lee"): "s2",
    ("12345", "mullerjoseluis"): "12345",
    ("Jose\u0301 Luis Mu\u0308ller",): "12345",
    ("müllerjoséluis",): "12345",
    ("kim",): "kim",
    ("Grace",): (),
    ("",): (),
}
"""Known facts about a student -> the id; None if they fit several students, () if they fit none."""


@pytest.mark.parametrize("known", MEANT)
def test_whom_a_name_means(known: tuple[str, ...]):
    wanted = MEANT[known]
    if wanted is None:
        with pytest.raises(Ambiguous, match="s2, s3"):
            CLASS.find(*known)
    else:
        found = CLASS.find(*known)
        assert (found.id if found else ()) == wanted


NEAR = {
    "Jose Luis Muller": ["12345"],
    "josé müller": ["12345"],  # one name is missing
    "muellerjoseluis": ["12345"],
    "Ada Lovelase": ["s1"],
    "Lovelase, Ada": ["s1"],
    "adalovelac": ["s1"],
    "Kim Leee": ["s2", "s3"],
    "0012345": ["12345"],
    "S01": ["s1"],
    "12346": [],
    "s4": [],
    "Grace Hopper": [],
    "": [],
}
"""A name that fits no student -> ids of students with a similar name."""


@pytest.mark.parametrize("name", NEAR)
def test_who_may_be_meant_is_suggested_and_never_taken(name: str):
    assert [one.id for one in roster.nearest(Student(name), CLASS.students)] == NEAR[name]
    if name:
        assert CLASS.find(name) is None


def test_two_of_one_name_are_never_one():
    with pytest.raises(Ambiguous, match="s2, s3"):
        CLASS.find("Kim Lee")
    with pytest.raises(Ambiguous, match="s1, s2"):
        CLASS.find("s1", "kim@x.org")


def test_names_show_nothing_that_hides():
    (student,) = roster.parse("id,name\ns1,A\u202eda\x1b[2J\n".encode(), "roster.csv")
    assert student.name == "A\\u202eda\\x1b[2J"


def test_moments_keep_their_instant():
    for text in ("2026-06-01 14:00+0200", "2026-06-01T12:00z", "2026-06-01T12:00:00.5+00:00"):
        assert times.moment(text, None).replace(microsecond=0) == datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
    moment = times.moment("2026-06-01T12:00:00Z", ZURICH)
    assert moment == datetime(2026, 6, 1, 12, tzinfo=timezone.utc) and moment.tzinfo is ZURICH


def test_a_column_that_is_nearly_called_extension_is_not_passed_over():
    with pytest.raises(CourseError) as raised:
        roster.parse(b"id,extention\ns1,2d\n", "roster.csv")
    assert raised.value.message == ("roster.csv, line 1: there is a column called extention. Did you mean 'extension'?")
    assert roster.parse(b"id,extensions of hours,external\ns1,,yes\n", "roster.csv")[0].extension == timedelta()


def test_an_extension_may_be_given_by_address():
    rules = read('deadline = "2026-03-01T12:00+00:00"\n[extensions]\n"ADA@example.org" = "2d"')
    assert rules.extension(ADA, "lora") == 2 * DAY and rules.extension(Student("s2", "Ada"), "lora") == timedelta()


def test_a_complaint_about_a_date_quotes_it_as_it_was_written():
    assert "'1 March 2026' is not a date" in complaint('deadline = "1 March 2026"')


GERMAN = "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Kann"
WORKSHEETS = {
    "German, without a blank": (GERMAN, "Teilnehmer/in", "Ja"),
    "German, with a blank": (GERMAN, "Teilnehmer/in ", "Ja"),
    "Japanese": ("識別子,フルネーム,メール,S,評点,最大評点,X", "参加者 ", "はい"),
    "Spanish": ("Identificador,Nombre completo,Dirección,Estado,Calificación,Máxima,Puede", "Participante ", "Sí"),
    "French": ("Identifiant,Nom complet,Courriel,Statut,Note,Maximum,Modifiable", "Participant ", "Oui"),
    "a language that we do not know": ("A,B,C,D,E,F,G", "Xyzzy ", "Yes"),
}  # fmt: skip


@pytest.mark.parametrize("language", WORKSHEETS)
def test_a_worksheet_of_moodle_is_a_roster_in_every_language(language: str):
    titles, word, yes = WORKSHEETS[language]
    lines = [f'{word}{number},"{name}",a{number}@x.org,-,,"16,00",{yes}' for number, name in ((31, "Ada"), (32, "Bo"))]
    students = roster.parse("\n".join([titles, *lines]).encode(), "sheet.csv")
    assert [(one.id, one.name, one.email) for one in students] == [
        ("31", "Ada", "a31@x.org"),
        ("32", "Bo", "a32@x.org"),
    ]
    blind = [f"{word}{number},-,,16.00,{yes}" for number in (31, 32)]
    titles = ",".join(titles.split(",")[:1] + titles.split(",")[3:])
    assert [(one.id, one.name) for one in roster.parse("\n".join([titles, *blind]).encode(), "x")] == [
        ("31", ""), ("32", ""),
    ]  # fmt: skip


def test_ids_that_end_in_numbers_are_no_participants():
    data = b"id,name,group,bonus,max,repeats,section\nstud101,Ada,1,3,16,,A\nstud102,Bo,2,,16,,B\n"
    assert [one.id for one in roster.parse(data, "x")] == ["stud101", "stud102"]


def test_a_roster_saved_by_a_japanese_spreadsheet_is_read():
    data = "id,name\ns1,山田 太郎\ns2,Ann Lee\n".encode("cp932")
    assert [one.name for one in roster.parse(data, "x")] == ["山田 太郎", "Ann Lee"]
    for name in ("Müller", "Amélie", "O’Neill", "Ñandú", "José", "Straß"):
        assert roster.parse(f"id,name\ns1,{name}\n".encode("cp1252"), "x")[0].name == name


NEEDLESS = {
    "penalty_per_day = 10": "penalty_per_day",
    'grace = "10m"': "grace",
    '[extensions]\ns1 = "2d"': "extensions",
    '[extensions]\ns1 = { lora = "2d" }': "extensions",
}


@pytest.mark.parametrize("text", NEEDLESS)
def test_what_is_counted_from_a_deadline_needs_one(text: str):
    with pytest.raises(CourseError, match=f"{NEEDLESS[text]}: this needs a deadline"):
        policy.parse(text, "policy.toml")
    policy.parse(text, "policy.toml", needs_deadline=False)
    policy.parse(f"deadline = 2026-03-01T12:00:00Z\n{text}", "policy.toml")
    policy.parse(f"{text}\n[deadlines]\nlora = 2026-03-01T12:00:00Z\n", "policy.toml")
    if "extensions" in text:
        policy.parse(f"accept_until = 2026-03-01T12:00:00Z\n{text}", "policy.toml")
    policy.parse("penalty_per_day = 0\n", "policy.toml")


def test_staff_on_a_roster_hand_in_nothing():
    data = b"First Name,Last Name,SID,Email,Role\nAda,L,1,a@x,Student\nPro,F,9,p@x,Instructor\nT,A,,t@x,TA\n"
    found = roster.parsed(data, "x")
    assert [one.id for one in found.students] == ["1"] and found.staff == ("Pro F", "T A")


def test_the_advice_for_a_name_of_several_students_can_be_followed():
    both = [Student("2024/1", "Kim Lee"), Student("2024/2", "Kim Lee")]
    with pytest.raises(Ambiguous, match="2024_1, 2024_2"):
        Roster(both).find("Kim Lee")
    assert Roster(both).find("2024_1") == both[0]
