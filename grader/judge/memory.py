"""Finds out whether a function keeps something between calls, by running a failed check without it.

It may be a cache whose key is too coarse, a default argument that grows, or a table on a class: no simulation can tell
which, and every function can have them. So a failed check that nothing else explains is run once more in a new process,
where the student's file is loaded afresh before every call (``["forget"]`` in ``grader.student.process``). If the check
passes there, something kept between calls was the cause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from course.result import CheckResult
from course.text import say
from grader import wire
from grader.judge import relations
from grader.judge.diagnose import Diagnosis, Observed

KEPT = "kept-from-call-to-call"
MOST_CALLS = 60
"""Calls in one check that is tried. Each call loads the file afresh; checks with more calls test random numbers."""
MOST_TRIES = 6
"""Checks that are tried in one grading."""


def candidates(
    observed: Mapping[str, Observed], reports: Mapping[str, CheckResult], explained: Collection[str]
) -> Iterator[Observed]:
    """Yield failed checks without an explanation that have called the student's file more than once.

    Args:
        observed: check id -> its results with the student's code.
        reports: check id -> its report so far.
        explained: ids of the checks that the diagnosis explains.
    """
    tried = 0
    for name, item in observed.items():
        if item.status not in ("failed", "crashed") or name in explained or reports[name].explanation is not None:
            continue
        if tried < MOST_TRIES and 1 < calls(item) <= MOST_CALLS:
            tried += 1
            yield item


def calls(item: Observed) -> int:
    """Return how often a check has used a name of the student's file, as far as the exchange was recorded."""
    requests = (wire.decode(request, lambda number: number) for request, _ in item.exchanged)
    return sum(request[0] in ("call", "watch", "value") and request[1][0] == "module" for request in requests)


def diagnosis(function: str) -> Diagnosis:
    """Return the diagnosis that the function keeps something between calls."""
    text = say(
        "`{name}` keeps something from one call to the next: if the file is loaded afresh "
        "before every call, this check passes. Which variable, default argument or class "
        "attribute keeps its value after your function returns?",
        name=function,
    )
    return Diagnosis("relation", KEPT, text, relations.TITLES[KEPT])
