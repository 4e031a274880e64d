"""A scripted grader for the tests of the command line: ``python fake_grader.py SCRIPT``.

The script is a JSON list of steps, carried out when a request arrives: {"event": ...} is sent with the request's id,
{"raw": text} unchanged, {"stderr": text} goes to standard error, {"sleep": seconds} waits, {"exit": code} exits. The
request and our process id are saved beside the script, in ``request.json``; with --doctor the answer is the file
``doctor.txt`` there. The functions below write such scripts.
"""

import json
import os
import sys
import time
from pathlib import Path


def announced(check):
    """Return the part of the started event about a check."""
    return {key: check[key] for key in ("id", "title", "visibility", "max_points", "function", "bonus")}


def check(check_id, status="passed", *, max_points=1, visible=False, title=None, **fields):
    """Return a check as the grader reports it."""
    return {
        "id": check_id,
        "function": check_id.partition(".")[0],
        "title": title or f"the property {check_id.partition('.')[2]} holds",
        "visibility": "visible" if visible else "hidden",
        "points": max_points if status == "passed" else 0,
        "max_points": max_points,
        "bonus": False,
        "status": status,
        "message": "",
        "expected": None,
        "actual": None,
        "difference": None,
        "mistake": None,
        "explanation": None,
        "hint": None,
        "lesson": "course read exercise-3",
        "depends_on": [],
        "seconds": 0.01,
        "stdout": "",
        "traceback": None,
        "remarks": [],
        "compared": None,
        **fields,
    }


def result(checks, status="failed", **fields):
    """Return the result object."""
    return {
        "schema": "course/result/v1",
        "exercise": 3,
        "id": "exercise-3",
        "slug": "lora",
        "title": "LoRA and PEFT",
        "file": "lora.py",
        "sha256": "0" * 64,
        "bundle": None,
        "started": "2026-01-02T03:04:05Z",
        "seconds": 1.5,
        "seed": 7,
        "sandbox": "full",
        "edition": "full",
        "limits": {"grading_seconds": 170.0},
        "versions": {"python": "3.11"},
        "lang": "en",
        "only": [],
        "notes": [],
        "status": status,
        "message": "",
        "points": sum(one["points"] for one in checks if not one["bonus"]),
        "max_points": sum(one["max_points"] for one in checks if not one["bonus"]),
        "bonus_points": sum(one["points"] for one in checks if one["bonus"]),
        "max_bonus_points": sum(one["max_points"] for one in checks if one["bonus"]),
        "next": "",
        "checks": checks,
        **fields,
    }


def _explained(finding):
    """Return a finding with its explanation; for a misconception, these are its name and its hint."""
    told = {"kind": "misconception", "id": finding["mistake"], "text": finding["hint"]}
    return {"explanation": told if finding["mistake"] else None, **finding}


def session(checks, status="failed", *, diagnosis=None, **fields):
    """Return a whole grading: started, one event per check, the diagnosis, the result."""
    found = {name: _explained(finding) for name, finding in (diagnosis or {}).items()}
    final = [{**one, **found.get(one["id"], {})} for one in checks]
    return [
        {
            "event": "started",
            "exercise": 3,
            "slug": "lora",
            "title": "LoRA and PEFT",
            "file": "lora.py",
            "seed": fields.get("seed", 7),
            "sandbox": fields.get("sandbox", "full"),
            "checks": [announced(one) for one in checks],
        },
        *({"event": "check", "check": one} for one in checks),
        {"event": "diagnosis", "checks": found},
        {"event": "result", "result": result(final, status, **fields)},
    ]


def main(script):
    if sys.argv[2:] == ["--doctor"]:
        answer = script.with_name("doctor.txt")
        if not answer.exists():
            sys.exit("no module named torch")
        print(answer.read_text(encoding="utf-8"))
        return
    while line := sys.stdin.readline():  # until the input is closed
        play(script, json.loads(line))


def play(script, request):
    """Carry out the whole script for one request."""
    kept = script.with_name("request.part")
    kept.write_text(json.dumps(request | {"pid": os.getpid()}), encoding="utf-8")
    kept.replace(script.with_name("request.json"))
    for step in json.loads(script.read_text(encoding="utf-8")):
        if "event" in step:
            print(json.dumps({"id": request["id"], **step}), flush=True)
        elif "raw" in step:
            print(step["raw"], flush=True)
        elif "stderr" in step:
            print(step["stderr"], file=sys.stderr, flush=True)
        elif "sleep" in step:
            time.sleep(step["sleep"])
        elif "exit" in step:
            sys.exit(step["exit"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
