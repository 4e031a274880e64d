"""Results as JUnit XML in pytest's ``xunit2`` flavour, which CI systems read: for one file, or for a class.

failed and not started -> failure; crashed, timeout, out of memory and our own faults -> error; skipped, a bonus
function that is not started, and nothing handed in -> skipped.
Points and seed are properties of the suite, since xunit2 has no place for them in a test case.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from course.classroom.model import Entry, Gradebook
from course.formats import facts
from course.result import CheckResult, Result
from course.text import clean

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot contain, not even escaped."""

OUTCOME = {
    "failed": "failure",
    "not_started": "failure",
    "crashed": "error",
    "timeout": "error",
    "out_of_memory": "error",
    "grader_error": "error",
    "skipped": "skipped",
}


def to_xml(result: Result) -> bytes:
    """Return a document with one suite; checks that did not report and files that cannot be graded are errors."""
    root = ElementTree.Element("testsuites", name="course")
    root.append(_suite(result.id, _cases(result), _facts(result), result.seconds, datetime.now(timezone.utc)))
    return _document(root)


def class_to_xml(book: Gradebook) -> bytes:
    """Return one document with a suite per student and exercise, named ``exercise-3.<student id>``."""
    root = ElementTree.Element("testsuites", name=legal(book.title or "course"))
    root.extend(_entry(entry) for entry in book)
    return _document(root)


def legal(text: str) -> str:
    r"""Return the text with characters spelt out that XML cannot contain, or that a reader should not act on.

    >>> legal("red: \x1b[31m")
    'red: \\x1b[31m'
    """
    return ILLEGAL.sub(lambda match: match[0].encode("unicode_escape").decode(), clean(text))


def _document(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root)
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _suite(
    name: str,
    cases: Sequence[ElementTree.Element],
    properties: Mapping[str, object],
    seconds: float | None,
    started: datetime | None,
) -> ElementTree.Element:
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("error", "failure", "skipped")}
    suite = ElementTree.Element(
        "testsuite",
        name=legal(name),
        errors=str(counts["error"]),
        failures=str(counts["failure"]),
        skipped=str(counts["skipped"]),
        tests=str(len(cases)),
        time=f"{seconds or 0:.3f}",
        hostname="localhost",  # neutral: the file leaves this machine
    )
    if started:
        suite.set("timestamp", started.isoformat(timespec="seconds"))
    listed = ElementTree.SubElement(suite, "properties")
    for key, value in properties.items():
        if value is not None:
            ElementTree.SubElement(listed, "property", name=key, value=legal(str(value)))
    suite.extend(cases)
    return suite


def _facts(result: Result) -> dict[str, object]:
    return {
        "exercise": result.id,
        "slug": result.slug,
        "status": result.status,
        "points": result.points,
        "max_points": result.max_points,
        "bonus_points": result.bonus_points if result.max_bonus_points else None,
        "max_bonus_points": result.max_bonus_points or None,
        "seed": result.seed,
        "sandbox": result.sandbox,
    }


def _entry(entry: Entry) -> ElementTree.Element:
    """Return the suite of an entry; ``points`` are those that count, ``earned`` those of the checks if different."""
    result = entry.result
    properties: dict[str, object] = _facts(result) if result else {"slug": entry.exercise, "status": entry.status}
    if entry.status == "refused":
        properties["status"] = entry.status
    properties |= {"student": entry.student.id, "points": facts.number(entry.points), "max_points": entry.max_points}
    if entry.earned != entry.points:
        properties["earned"] = facts.number(entry.earned)
    if entry.late:
        properties |= {"late": facts.duration(entry.late), "penalty": facts.number(entry.penalty)}
    if entry.override:
        properties |= {"override": facts.number(entry.override.points), "override_reason": entry.override.reason}
    name = f"{result.id if result else entry.exercise}.{entry.student.id}"
    if result is None:
        case = ElementTree.Element("testcase", classname=entry.exercise, name=entry.exercise, time="0.000")
        ElementTree.SubElement(case, "skipped", type="missing", message=legal(" ".join(facts.entry_lines(entry)[:1])))
        return _suite(name, [case], properties, None, None)
    return _suite(name, _cases(result), properties, result.seconds, facts.instant(result.started))


def _cases(result: Result) -> list[ElementTree.Element]:
    cases = [_case(result, check) for check in result.checks]
    if result.status in ("not_gradable", "grader_error") and not any(case.find("error") is not None for case in cases):
        cases.insert(0, _whole(result))
    return cases


def _case(result: Result, check: CheckResult) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase",
        classname=legal(f"{result.slug}.{check.function}"),
        name=legal(check.id.partition(".")[2] or check.id),
        time=f"{check.seconds or 0:.3f}",
    )
    if check.passed:
        return case
    status = check.status
    outcome = ElementTree.SubElement(
        case,
        "skipped" if check.bonus and check.quiet else OUTCOME[status],
        type=status,
        message=legal(check.message or status.replace("_", " ")),
    )
    outcome.text = legal("\n".join(facts.details(check)))
    return case


def _whole(result: Result) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=result.slug, name=result.slug, time="0.000")
    ElementTree.SubElement(case, "error", type=result.status, message=legal(result.message or result.status))
    return case
