"""The report as JUnit XML in pytest's ``xunit2`` flavour, which CI systems read.

failed and not started -> failure; crashed, timeout, out of memory and our own faults -> error; skipped, and a bonus
function that is not started -> skipped.
Points and seed are properties of the suite, since xunit2 has no place for them at a test case.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from datetime import datetime, timezone

from course.result import CheckResult, Result
from course.text import clean

ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""

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
    """One document with one suite; a check that did not report is an error, so is a file that cannot be graded."""
    cases = [_case(result, check) for check in result.checks]
    if result.status in ("not_gradable", "grader_error") and not any(case.find("error") is not None for case in cases):
        cases.insert(0, _whole(result))
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("error", "failure", "skipped")}

    root = ElementTree.Element("testsuites", name="course")
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=result.id,
        errors=str(counts["error"]),
        failures=str(counts["failure"]),
        skipped=str(counts["skipped"]),
        tests=str(len(cases)),
        time=f"{result.seconds or 0:.3f}",
        timestamp=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        hostname="localhost",  # neutral: the file travels
    )
    properties = ElementTree.SubElement(suite, "properties")
    facts = {
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
    for name, value in facts.items():
        if value is not None:
            ElementTree.SubElement(properties, "property", name=name, value=legal(str(value)))
    suite.extend(cases)
    ElementTree.indent(root)
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def legal(text: str) -> str:
    r"""The text with what XML cannot hold, and what no reader should have to act upon, spelt out.

    >>> legal("red: \x1b[31m")
    'red: \\x1b[31m'
    """
    return ILLEGAL.sub(lambda match: match[0].encode("unicode_escape").decode(), clean(text))


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
    found = check.explanation
    facts = [
        check.title,
        check.expected and f"expected: {check.expected}",
        check.actual and f"actual: {check.actual}",
        found and f"{found.kind}: {found.id}" + (f"\n{found.text}" if found.text != check.hint else ""),
        check.hint and f"hint: {check.hint}",
        check.traceback,
    ]
    outcome.text = legal("\n".join(fact for fact in facts if fact))
    return case


def _whole(result: Result) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=result.slug, name=result.slug, time="0.000")
    ElementTree.SubElement(case, "error", type=result.status, message=legal(result.message or result.status))
    return case
