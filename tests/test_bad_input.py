"""Files that cannot be graded, or only partly: the student reads what is wrong and where; the file stays unchanged."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from grading import REFERENCE, REPOSITORY, Graded, Host
from sample import thorough

SOURCE = REFERENCE.read_text(encoding="utf-8")
STUB = "def lora_report(*args, **kwargs):\n    return {}\n\n\n"
NUMBER_OF_CHECKS = 2
ONLY = ["lora_report.head", "peft_param_count.lora"]
MIB = 2**20


def graded(host: Host, folder: Path, content: str | bytes, name: str = "mine.py") -> Graded:
    """Grade a file with this content, and assert that it is unchanged and that no other file appears."""
    path = folder / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(data)
    before = sorted(folder.iterdir()), path.stat().st_mtime_ns
    result = host.grade(path, only=ONLY)
    assert path.read_bytes() == data and (sorted(folder.iterdir()), path.stat().st_mtime_ns) == before
    assert_presentable(result)
    return result


def assert_presentable(graded: Graded) -> None:
    """Assert that every check is accounted for, and that no internals show."""
    assert len(graded.checks) == len(graded.events[0]["checks"]) == NUMBER_OF_CHECKS
    said = [graded.message, *(text or "" for check in graded.checks.values() for text in _texts(check))]
    for text in said:
        for ours in ("Traceback", str(REPOSITORY / "grader"), "course-grader", "course-judge", "submission.py"):
            assert ours not in text
        assert len(text) < 5000


def _texts(check: dict[str, str | None]) -> list[str | None]:
    return [check["message"], check["traceback"], check["hint"], check["expected"], check["actual"]]


def assert_refused(graded: Graded, *words: str) -> None:
    """Assert that the file is not gradable, has no points and loses no check, and its message contains these words."""
    assert (graded.status, graded.points, graded.statuses) == ("not_gradable", 0, {"skipped"})
    for word in words:
        assert word in graded.message
    assert graded.result["sha256"] is None or len(graded.result["sha256"]) == 64


RUNNING = f"the grader runs {sys.version_info.major}.{sys.version_info.minor}"

NOT_GRADABLE = {
    "a missing colon": (SOURCE.replace("if r < 1:", "if r < 1", 1), ["does not parse", "mine.py", "if r < 1"]),
    "bad indentation": (STUB + "def f():\n    x = 1\n  y = 2\n", ["does not parse", "Line 7", "y = 2"]),
    "tabs and spaces": (STUB + "def f():\n\tif 1:\n        return 1\n", ["does not parse", "Line 7"]),
    "an open bracket": (STUB + "x = (1,\n", ["does not parse", "Line 5", "never closed"]),
    "an empty file": ("", ["mine.py is empty."]),
    "comments only": ("# nothing here yet\n", ["none of the expected names"]),
    "other names only": ("def something_else():\n    pass\n", ["none of the expected names"]),
    "random bytes": (bytes(range(1, 256)) * 4, ["not UTF-8", "line 2", "0x80"]),
    "a zip": (b"PK\x03\x04" + bytes(1000), ["is an archive"]),
    "UTF-16": (SOURCE.encode("utf-16"), ["not a text file"]),
    "Latin-1": (STUB.encode() + b"# caf\xe9\n", ["not UTF-8", "line 5", "0xe9"]),
    "an encoding that does not exist": (b"# coding: klingon\n" + STUB.encode(), ["klingon"]),
    "a template string": (STUB + "x = t'{1}'\n", ["does not parse", "Line 5", "needs Python 3.14", RUNNING]),
    "exceptions without parentheses": (
        STUB + "try:\n    pass\nexcept KeyError, ValueError:\n    pass\n",
        ["does not parse", "Line 7", "needs Python 3.14", RUNNING],
    ),
    "a shell line": ("!pip install peft\n" + STUB, ["does not parse", "Line 1", "only in a notebook", ".ipynb"]),
    "a magic line": (STUB + "%matplotlib inline\n", ["does not parse", "Line 5", "only in a notebook", ".ipynb"]),
    "an exported notebook": (
        STUB + "get_ipython().system('pip install peft')\n",
        ["line 5", "get_ipython", "only in a notebook", ".ipynb"],
    ),
    "a syntax error about other code": (
        STUB + "exec('x = = 1')\n",
        ["raised an error on import", "line 5", "SyntaxError"],
    ),
    "a model from the hub": (
        STUB + "from transformers import AutoConfig\n\nAutoConfig.from_pretrained('bert-base-uncased')\n",
        ["line 7", "no network during grading"],
    ),
    "a file elsewhere": (STUB + "open('/etc/passwd')\n", ["line 5", "PermissionError", "scratch folder"]),
    "a file beside it": (
        STUB + "open('data.csv')\n",
        ["line 5", "FileNotFoundError", "next to your own file are not available"],
    ),
    "several files of 64 MiB together": (
        STUB + "for number in range(3):\n    open(f'block{number}', 'wb').write(bytes(2**25))\n",
        ["the process ended", "more to disk"],
    ),
    "a connection": (STUB + "import socket\n\nsocket.socket()\n", ["line 7", "PermissionError", "sandbox"]),
    "a NUL byte": (SOURCE + "\0\n", ["not a text file"]),
    "a file that is too large": (b"#" * (MIB + 1), ["1,048,577 bytes", "1,048,576"]),
    "an exception": (STUB + "print('hello')\nvalue = {}['nothing']\n", ["mine.py", "line 6", "KeyError", "hello"]),
    "an exception below": (STUB + "def f():\n    return 1 / 0\n\n\nf()\n", ["line 6", "1 / 0", "ZeroDivisionError"]),
    "sys.exit": (STUB + "import sys\n\nsys.exit('bye')\n", ["line 7", "sys.exit", "SystemExit", "bye"]),
    "a library that is not there": (STUB + "import numpyy\n", ["line 5", "numpyy"]),
    "a neighbour that is not handed in": (STUB + "import helper\n", ["line 5", "helper"]),
    "a relative import": (STUB + "from . import helper\n", ["line 5", "relative import"]),
    "input()": (STUB + "name = input('your name? ')\n", ["asks for input", "line 5", "__main__"]),
    "many brackets": (STUB + "x = " + "(" * 5000 + "1" + ")" * 5000 + "\n", ["does not parse", "Line 5"]),
    "many signs": (STUB + "x = " + "-" * 100_000 + "1\n", ["raised an error on import", "MemoryError"]),
    "many terms": (STUB + "x = " + "+".join(["1"] * 50_000) + "\n", ["raised an error on import", "RecursionError"]),
    "many attributes": (STUB + "x = " + "a." * 50_000 + "b\n", ["raised an error on import", "RecursionError"]),
    "many levels": (
        STUB + "".join(" " * level + "if 1:\n" for level in range(150)) + " " * 150 + "pass\n",
        ["does not parse", "too many levels"],
    ),
    "a crash": (STUB + "import os\n\nos.kill(os.getpid(), 11)\n", ["the process ended", "signal 11"]),
    "too much memory": (STUB + "hoard = [bytearray(2**24) for _ in range(1000)]\n", ["MemoryError", "line 5"]),
}


@pytest.mark.parametrize("what", NOT_GRADABLE)
def test_file_is_refused(host: Host, tmp_path: Path, what: str) -> None:
    content, words = NOT_GRADABLE[what]
    assert_refused(graded(host, tmp_path, content), *words)


def test_the_line_is_that_of_the_file_not_of_its_namesake_in_the_current_folder(host: Host, tmp_path: Path) -> None:
    namesake = host.current / "mine.py"
    namesake.write_text("# one\n" * 4 + "ANSWERS = 'of somebody else'\n")
    try:
        assert_refused(graded(host, tmp_path, STUB + "def f(:\n"), "does not parse", "Line 5", "def f(:")
    finally:
        namesake.unlink()


FINE = {
    "a byte order mark": b"\xef\xbb\xbf" + SOURCE.encode(),
    "CRLF": SOURCE.replace("\n", "\r\n"),
    "CR": SOURCE.replace("\n", "\r"),
    "prints": "print('loading …')\n" + SOURCE + "\nprint('loaded')\n",
    "other alphabets": SOURCE + "\n\ndef größe(ｆｏｏ):\n    return ｆｏｏ\n\n\nπ = größe(3.14)\n",
    "a main part": SOURCE + "\n\nif __name__ == '__main__':\n    input()\n",
    "many names": "globals().update({f'name{number}': number for number in range(3000)})\n" + SOURCE,
    "exactly the largest size": SOURCE + "#" * (MIB - len(SOURCE.encode())),
    "Latin-1 that says so": b"# -*- coding: latin-1 -*-\n" + SOURCE.encode() + b"\nassert '\xe9' == chr(233)\n",
    "Shift JIS that says so": b"# coding: shift_jis\n"
    + SOURCE.encode()
    + "\nassert len('表') == 1\n".encode("shift_jis"),
    "a cookie that is not true": "# -*- coding: latin-1 -*-\n" + SOURCE + "\nassert 'é' != 'Ã©'\n",
    "deleting its own folder": (
        "import os, shutil\nshutil.rmtree(os.path.dirname(os.path.abspath(__file__)), ignore_errors=True)\n" + SOURCE
    ),
}


@pytest.mark.parametrize("what", FINE)
def test_file_is_fine(host: Host, tmp_path: Path, what: str) -> None:
    result = graded(host, tmp_path, FINE[what])
    assert (result.status, result.points) == ("passed", 2)


ENDS_EARLY = {
    "sys.exit": ("import sys\n\nsys.exit(0)\n", "SystemExit"),
    "unittest": ("import unittest\n\nunittest.main(argv=['tests'])\n", "SystemExit"),
    "a hole": ("raise NotImplementedError('bonus')\n", "NotImplementedError"),
    "data that is not there": ("values = open('data.csv').read()\n", "FileNotFoundError"),
    "a mistake in a demo": ("print(lora_report([(8, 8)], r=2)['no such key'])\n", "KeyError"),
}


@pytest.mark.parametrize("what", ENDS_EARLY)
def test_file_that_defines_everything_and_then_raises_is_graded(host: Host, tmp_path: Path, what: str) -> None:
    bottom, error = ENDS_EARLY[what]
    result = graded(host, tmp_path, f"{SOURCE}\n\n{bottom}")
    assert (result.status, result.points) == ("passed", 2)
    (note,) = result.result["notes"]
    first = SOURCE.count("\n") + 3
    assert error in note and any(f"line {line} " in note for line in range(first, first + 4)), note


def test_wrapping_the_standard_output_closes_nothing(host: Host, tmp_path: Path) -> None:
    top = "import io, sys\n\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('one')\n"
    result = graded(host, tmp_path, f"{top}{SOURCE}\n\nprint('two', flush=True)\n")
    assert (result.status, result.points, result.result["notes"]) == ("passed", 2, [])
    assert any("two" in check["stdout"] for check in result.checks.values())


HELPED = """

_report, _count, _called = lora_report, peft_param_count, []


def lora_report(*args, **kwargs):
    _called.append(1)
    return _report(*args, **kwargs)


def peft_param_count(*args, **kwargs):
    return _count(*args, **kwargs) if _called else 0
"""


@pytest.mark.parametrize("loading", ["", "\n\nimport time\n\ntime.sleep(0.3)\n"], ids=["quick", "slow"])
def test_what_one_function_leaves_behind_helps_no_other(host: Host, tmp_path: Path, loading: str) -> None:
    result = graded(host, tmp_path, SOURCE + HELPED + loading)
    assert (result.status, result.points) == ("failed", 1)


IN_PART = {
    "a function is missing": (
        "def peft_param_count(method, **sizes):\n    return 0\n",
        ("failed", "your file does not define `lora_report`"),
    ),
    "another signature": ("def lora_report(shapes):\n    return {}\n", ("crashed", "unexpected keyword argument")),
    "no function at all": ("lora_report = 7\n", ("crashed", "'int' object is not callable")),
    "a coroutine": (
        "async def lora_report(*args, **kwargs):\n    return {}\n",
        ("failed", "does not return a dictionary"),
    ),
    "an endless generator": (
        "def lora_report(*args, **kwargs):\n    while True:\n        yield 1\n",
        ("failed", "more than 100,000 values"),
    ),
    "an endless recursion": (
        "def lora_report(*args, **kwargs):\n    return lora_report(*args, **kwargs)\n",
        ("crashed", "RecursionError"),
    ),
    "a half character": (
        "def lora_report(*args, **kwargs):\n    return {'\\ud800': 1}\n",
        ("failed", "cannot be sent"),
    ),
    "a value of a strange kind": (
        "import torch\n\n\ndef lora_report(*args, **kwargs):\n    return torch.zeros(2, 2).to_sparse()\n",
        ("failed", "cannot be sent"),
    ),
    "a list that holds itself": (
        "def lora_report(*args, **kwargs):\n    x = []\n    x.append(x)\n    return x\n",
        ("failed", "nested too deep"),
    ),
    "input() in a call": (
        "def lora_report(*args, **kwargs):\n    return input('your name? ')\n",
        ("crashed", "there is nobody to answer"),
    ),
    "sys.exit in a call": (
        "import sys\n\n\ndef lora_report(*args, **kwargs):\n    sys.exit(3)\n",
        ("crashed", "SystemExit: 3"),
    ),
    "a hole": (
        "def lora_report(*args, **kwargs):\n    raise NotImplementedError('lora_report')\n",
        ("not_started", "`lora_report` is not written yet"),
    ),
}


@pytest.mark.parametrize("what", IN_PART)
def test_check_says_what_is_wrong(host: Host, tmp_path: Path, what: str) -> None:
    source, (status, words) = IN_PART[what]
    result = graded(host, tmp_path, source)
    check = result.checks["lora_report.head"]
    assert (check["status"], check["points"]) == (status, 0)
    assert words in check["message"]
    assert result.status in ("failed", "not_started")


def test_line_of_a_crash_is_the_students_own(host: Host, tmp_path: Path) -> None:
    """Form feeds and other separators inside a line do not count as line breaks, neither here nor in Python."""
    source = "import torch\n\x0c\ndef lora_report(*args, **kwargs):\n    text = 'a\x0bb\x1cc\u2028d'\n"
    source += "    raise KeyError(text)\n"
    check = graded(host, tmp_path, source).checks["lora_report.head"]
    assert 'File "mine.py", line 5, in lora_report\n    raise KeyError(text)' in check["traceback"]


def test_prints_are_the_students_own(host: Host, tmp_path: Path) -> None:
    result = graded(host, tmp_path, "print('loading …')\n" + SOURCE)
    assert {check["stdout"] for check in result.checks.values()} == {"loading …\n"}


PLACES: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: None, "There is no file mine.py"),
    "a directory": (lambda path: path.mkdir(), "is a directory"),
    "a pipe": (lambda path: os.mkfifo(path), "is a pipe"),
    "a link to a directory": (lambda path: path.symlink_to(path.parent), "is a directory"),
    "a link to nothing": (lambda path: path.symlink_to(path.parent / "nothing"), "There is no file mine.py"),
    "a link to itself": (lambda path: path.symlink_to(path), "cannot be read"),
    "a link to an endless file": (lambda path: path.symlink_to("/dev/zero"), "is a device"),
    "a sparse file of 100 MB": (lambda path: path.write_bytes(b"") or os.truncate(path, 10**8), "100,000,000 bytes"),
    "a socket": (lambda path: os.mknod(path, 0o140600), "is a socket"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files on this platform")
@pytest.mark.parametrize("what", PLACES)
def test_place_is_refused(host: Host, tmp_path: Path, what: str) -> None:
    make, words = PLACES[what]
    path = tmp_path / "mine.py"
    make(path)
    result = host.grade(path, only=ONLY)
    assert_presentable(result)
    assert_refused(result, words, "mine.py")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_is_refused(host: Host, tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(SOURCE)
    path.chmod(0)
    assert_refused(host.grade(path, only=ONLY), "cannot be read", "Permission")


@pytest.mark.parametrize(
    "name", ["mine file.py", "mine'\"$(x).py", "größe.py", "mine\nfile.py", "-m.py", "mine", "l\udcff.py"]
)
def test_any_name_will_do(host: Host, tmp_path: Path, name: str) -> None:
    result = graded(host, tmp_path, SOURCE, name)
    assert (result.status, result.result["file"]) == ("passed", str(tmp_path / name))
    assert_refused(graded(host, tmp_path, "x = (\n", name), "does not parse", name)


@thorough
def test_file_that_never_loads_is_refused(host: Host, tmp_path: Path) -> None:
    result = graded(host, tmp_path, STUB + "import time\n\nprint('waiting')\ntime.sleep(10_000)\n")
    assert_refused(result, "did not finish loading within", "__main__", "waiting")


REQUESTS = {
    "not JSON": (b"grade this\n", "Expecting value"),
    "no object": (b"[1, 2]\n", "attribute"),
    "no exercise": (b'{"id": 1, "op": "grade", "file": "x"}\n', "exercise"),
    "no file": (b'{"id": 1, "op": "grade", "exercise": "lora"}\n', "file"),
    "an exercise that does not exist": (b'{"id": 1, "op": "grade", "exercise": "lara", "file": "x"}\n', "lara"),
    "a seed that is none": (b'{"id": 1, "op": "grade", "exercise": "lora", "file": "x", "seed": "x"}\n', "x"),
    "a level that does not exist": (
        b'{"id": 1, "op": "grade", "exercise": "lora", "file": "x", "sandbox": "no"}\n',
        "sandbox level",
    ),
}


@pytest.mark.parametrize("what", REQUESTS)
def test_malformed_request_is_a_fault(host: Host, what: str) -> None:
    line, words = REQUESTS[what]
    event = host.raw(line)
    assert event["event"] == "fault" and event["exit_code"] == 3
    assert re.search(words, event["message"])
