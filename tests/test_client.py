"""The client of the grader, tested with small programs that answer, die or babble in its place."""

from __future__ import annotations

import os
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from course.errors import GraderFault
from course.grader import Grader

SERVER = """
import json, os, sys, time
folder = {folder!r}
starts = len(os.listdir(folder))
open(os.path.join(folder, str(os.getpid())), "w").close()

def answer(request, **event):
    print(json.dumps({{"id": request["id"], **event}}), flush=True)

for line in sys.stdin:
    request = json.loads(line)
    name = os.path.basename(request["file"])
{body}
"""
RESULT = 'answer(request, event="result", result={"file": name, "start": starts, **request})'


@pytest.fixture
def grader(tmp_path):
    """Return a function that starts a client of a program with this body; files count the starts."""
    running = []

    def start(body, **options):
        starts = tmp_path / "starts"
        starts.mkdir()
        program = tmp_path / "server.py"
        program.write_text(SERVER.format(folder=str(starts), body=textwrap.indent(textwrap.dedent(body), " " * 4)))
        running.append(Grader([sys.executable, str(program)], **options))
        return running[-1]

    yield start
    for one in running:
        with one:
            pass
        assert one.process.poll() is not None


def ask(grader, name):
    *_, last = grader.grade(exercise="lora", file=Path(name))
    return last["result"]


def starts(tmp_path):
    return len(list((tmp_path / "starts").iterdir()))


def test_answers_find_those_who_asked_whatever_their_order(grader):
    """The program answers in pairs, the second request first."""
    one = grader(f"""
        held = globals().setdefault("held", [])
        held.append((request, name))
        if len(held) == 2:
            for request, name in reversed(held):
                {RESULT}
            held.clear()
    """)
    found = {}

    def fetch(name):
        found[name] = ask(one, name)["file"]

    threads = [threading.Thread(target=fetch, args=[f"{number}.py"]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == {f"{number}.py": f"{number}.py" for number in range(8)}


def test_no_more_judges_than_allowed(grader, tmp_path):
    """A request that arrives while another is running would be seen in the same read."""
    one = grader(
        f"""
        time.sleep(0.05)
        waiting = bool(__import__("select").select([sys.stdin.buffer], [], [], 0)[0])
        request["crowded"] = waiting
        {RESULT}
    """,
        judges=1,
    )
    found = []
    threads = [threading.Thread(target=lambda: found.append(ask(one, "a.py")["crowded"])) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [False] * 5


def test_level_and_threads_reach_the_grader(grader):
    told = ask(grader(RESULT, level="limits", threads=2), "a.py")
    assert (told["sandbox"], told["threads"], told["op"]) == ("limits", 2, "grade")


def test_what_a_dead_grader_had_is_asked_again(grader, tmp_path):
    one = grader(
        f"""
        if name == "killer.py" and starts == 0:
            os._exit(9)
        {RESULT}
    """,
        restarts=1,
    )
    assert ask(one, "before.py")["start"] == 0
    assert ask(one, "killer.py")["start"] == 1
    assert ask(one, "after.py")["start"] == 1
    assert starts(tmp_path) == 2


def test_all_that_were_in_flight_are_asked_again(grader, tmp_path):
    one = grader(
        f"""
        if starts == 0:
            if name == "last.py":
                os._exit(9)
            continue
        {RESULT}
    """,
        restarts=1,
    )
    asked = [one.ask({"exercise": "lora", "file": name}) for name in ("a.py", "b.py", "last.py")]
    found = [[*each][-1]["result"] for each in asked]
    assert [(each["file"], each["start"]) for each in found] == [("a.py", 1), ("b.py", 1), ("last.py", 1)]


def test_a_file_that_kills_every_grader_ends_and_others_go_on(grader, tmp_path):
    one = grader(
        f"""
        if name == "killer.py":
            sys.stderr.write("out of paper\\n")
            sys.exit(7)
        {RESULT}
    """,
        restarts=2,
    )
    with pytest.raises(GraderFault, match="(?s)7.*out of paper"):
        ask(one, "killer.py")
    assert starts(tmp_path) == 3
    assert ask(one, "after.py")["file"] == "after.py"


def test_without_restarts_death_is_told_once_and_later_requests_hear_of_it_too(grader, tmp_path):
    one = grader("os._exit(9)")
    for _ in range(2):
        with pytest.raises(GraderFault, match="9"):
            ask(one, "a.py")
    assert starts(tmp_path) == 1


def test_babble_is_a_fault_and_not_an_endless_wait(grader):
    one = grader("""
        print("Downloading model ...", flush=True)
    """)
    with pytest.raises(GraderFault, match="Downloading model"):
        ask(one, "a.py")


def test_what_nobody_asked_for_is_kept_apart(grader):
    one = grader(f"""
        print(json.dumps({{"id": None, "event": "fault", "message": "what?"}}), flush=True)
        {RESULT}
    """)
    assert ask(one, "a.py")["file"] == "a.py"
    assert one.strays.get(timeout=10)["message"] == "what?"


def test_who_leaves_early_leaves_nothing_running(grader):
    one = grader("""
        answer(request, event="started")
        time.sleep(600)
    """)
    with one:
        assert next(one.grade(exercise="lora", file=Path("a.py")))["event"] == "started"
        pid = one.process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
