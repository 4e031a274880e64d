"""A scripted grader for whole classes, with many files at once: ``python fake_class_grader.py FOLDER``.

A file's comments decide its outcome: ``# fail: 2`` (of three checks), ``# broken``, ``# ours``, ``# sleep: 0.2``,
``# kill`` (the whole grader dies whenever it sees this file). Each request is recorded in FOLDER/requests.jsonl. If
FOLDER/changed exists, it corrects the checks: the first one then passes for everybody. FOLDER/level holds the
available sandbox level, ``full`` if there is no such file.
"""

import hashlib
import json
import os
import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from course import syllabus  # noqa: E402
from tests.fake_grader import check, session  # noqa: E402

FOLDER = Path(sys.argv[1])
LOCK = threading.Lock()
MISCONCEPTION = {"kind": "misconception", "id": "scaling-inverted", "text": "?", "title": "the scaling is inverted"}


def level():
    file = FOLDER / "level"
    return file.read_text().strip() if file.exists() else "full"


def send(number, event):
    with LOCK:
        print(json.dumps({"id": number, **event}), flush=True)


def verdict(source, exercise, seed):
    """Return the events of one grading."""
    failing = int(match[1]) if (match := re.search(r"# fail: (\d)", source)) else 0
    if (FOLDER / "changed").exists():
        failing -= 1
    checks = [
        check(f"f.c{number}", "failed" if number < failing else "passed", max_points=number + 1)
        for number in range(3)
    ]  # fmt: skip
    for one in checks:
        if one["status"] == "failed" and "# unexplained" not in source:
            one["explanation"] = MISCONCEPTION
    fields = {
        "exercise": exercise.number,
        "id": exercise.id,
        "slug": exercise.slug,
        "seed": 7 if seed is None else seed,
        "sandbox": level(),
        "sha256": hashlib.sha256(source.encode()).hexdigest(),
        "limits": {"grading_seconds": 120.0},
    }
    if "# broken" in source:
        for one in checks:
            one.update(status="skipped", points=0, explanation=None)
        return session(checks, "not_gradable", message="lora.py, line 1: invalid syntax", **fields)
    if "# flaky" in source and any(one["status"] == "passed" for one in checks) and seed is None:
        checks[-1].update(status="failed", points=0)
        failing += 1
    return session(checks, "failed" if failing > 0 else "passed", **fields)


def answer(request):
    number = request["id"]
    if request["sandbox"] not in ("auto", level()):
        message = f"sandbox level {request['sandbox']!r} cannot be reached here"
        send(number, {"event": "fault", "message": message, "exit_code": 3})
        return
    file = Path(request["file"])
    exercise = syllabus.resolve(request["exercise"])
    if not file.exists():
        for event in session(
            [], "not_gradable", message="There is no file.", limits={"grading_seconds": 120.0}, sandbox=level()
        ):
            send(number, event)
        return
    source = file.read_text()
    with LOCK, (FOLDER / "requests.jsonl").open("a") as log:
        log.write(json.dumps({**request, "source": source, "pid": os.getpid()}) + "\n")
    if match := re.search(r"# sleep: ([\d.]+)", source):
        time.sleep(float(match[1]))
    if "# kill" in source:
        os._exit(9)
    if "# ours" in source and not (FOLDER / "repaired").exists():
        send(number, {"event": "fault", "message": "the judge ended without a result", "exit_code": 3})
        return
    for event in verdict(source, exercise, request["seed"]):
        send(number, event)


def main():
    if sys.argv[2:] == ["--doctor"]:
        print(
            json.dumps({"sandbox": level(), "reasons": ["no Landlock"] if level() != "full" else [], "device": "cpu"})
        )
        return
    for line in sys.stdin:
        threading.Thread(target=answer, args=[json.loads(line)], daemon=True).start()
    while threading.active_count() > 1:  # finish running gradings
        time.sleep(0.01)


if __name__ == "__main__":
    main()
