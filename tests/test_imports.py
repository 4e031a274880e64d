"""The grader chooses what it imports, and the modules that a student's file imports are imported once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from grading import PATIENCE_SECONDS, REFERENCE, REPOSITORY, Host
from valid import valid

from course import compat
from course.grader import Grader
from grader import imports

ONE = ["lora_report.problem2"]
LISTING = """
import sys
sys.path.append({root!r})
import grader.host.main, grader.judge.grading, grader.student.process, py_landlock, pyseccomp, pytest
if sys.platform == "linux":
    import grader.host.forkhost
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
HARMFUL = {
    "PYTHONPATH": os.pathsep,  # two empty entries: the current folder
    "PYTHONOPTIMIZE": "2",
    "PYTHONSTARTUP": "msgpack.py",
    "PYTHONINSPECT": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONHASHSEED": "1",
    "PYTHONNOUSERSITE": "",
    "PYTHONVERBOSE": "",
    "PYTHONIOENCODING": "latin-1",
}


@pytest.fixture(scope="module")
def modules() -> list[str]:
    """Return the top-level modules of a running grader."""
    command = [sys.executable, "-I", "-c", LISTING.format(root=str(REPOSITORY))]
    listed = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=PATIENCE_SECONDS
    ).stdout.split()
    assert {"torch", "msgpack", "json", "pytest", "grader", "course"} <= set(listed) and len(listed) > 100
    return listed


def plant(folder: Path, names: Sequence[str]) -> Path:
    """Write files of these names that record their import; return the file with the record."""
    told = folder / "told"
    for name in names:
        if name.isidentifier():
            text = f"open({str(told)!r}, 'a').write(__name__ + ' ')\nraise SystemExit('planted: ' + __name__)\n"
            (folder / f"{name}.py").write_text(text)
    (folder / "lora.py").write_bytes(REFERENCE.read_bytes())
    return told


def test_nothing_beside_the_submission_is_imported_by_the_grader(
    tmp_path: Path, modules: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = plant(tmp_path, modules)
    monkeypatch.chdir(tmp_path)
    for name, value in HARMFUL.items():
        monkeypatch.setenv(name, value)
    compat.more_libraries.cache_clear()
    with Grader() as grader:
        events = list(grader.grade(exercise="lora", file=tmp_path / "lora.py", only=ONE))
    assert events[-1]["event"] == "result", grader.stderr()
    assert (events[-1]["result"]["status"], events[-1]["result"]["points"]) == ("passed", 2)
    assert not told.exists(), told.read_text()


def test_nor_is_it_when_somebody_starts_the_grader_as_a_module(tmp_path: Path, modules: list[str]) -> None:
    """``-m`` puts the current folder first; we cannot control what Python itself imports before us."""
    told = plant(
        tmp_path, [name for name in modules if name not in sys.stdlib_module_names and name not in compat.OURS]
    )
    request = json.dumps({"id": 1, "op": "grade", "exercise": "lora", "file": str(tmp_path / "lora.py"), "only": ONE})
    environ = {**os.environ, **HARMFUL, "PYTHONPATH": str(REPOSITORY), "PYTHONSTARTUP": ""}
    done = subprocess.run(
        [sys.executable, "-m", "grader"],
        input=request.encode(),
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.stdout, done.stderr.decode()[-2000:]
    assert valid(json.loads(done.stdout.splitlines()[-1])["result"])["status"] == "passed"
    assert not told.exists(), told.read_text()


def test_an_entry_of_the_path_is_inherited_only_if_a_library_is_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, beside = tmp_path / "library", tmp_path / "beside"
    for folder in (library, beside):
        (folder / "something").mkdir(parents=True)
        (folder / "something" / "__init__.py").touch()
    (library / "something-1.dist-info").mkdir()
    monkeypatch.setattr(compat.site, "ENABLE_USER_SITE", False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", "relative", str(beside), str(library), str(library)]))
    for needed, more in ((("json",), []), (("json", "something"), [str(library)])):
        monkeypatch.setattr(compat, "NEEDED", needed)
        compat.more_libraries.cache_clear()
        assert compat.more_libraries() == more
    (beside / "something-1.dist-info").mkdir()
    monkeypatch.chdir(beside)  # even if it looks like a folder of libraries
    compat.more_libraries.cache_clear()
    assert compat.more_libraries() == [str(library)]
    compat.more_libraries.cache_clear()


def test_the_command_line_does_not_import_from_the_current_folder_either(tmp_path: Path, modules: list[str]) -> None:
    told = plant(tmp_path, ["click", "rich", "msgpack", "torch", "tomli"])
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(["", str(REPOSITORY)])}
    command = [*compat.module_command("course"), "list"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert not told.exists(), told.read_text()


FOUND = {
    "import transformers\n": [("transformers", ())],
    "from transformers import BertModel, AutoTokenizer as T\n": [("transformers", ("BertModel", "AutoTokenizer"))],
    "import transformers as tf\nclass A(tf.BertModel): pass\n": [("transformers", ("BertModel",))],
    "try:\n    import peft\nexcept ImportError:\n    peft = None\n": [("peft", ())],
    "import numpy as np, scipy.stats\n": [("numpy", ()), ("scipy.stats", ())],
    "from torch.nn.utils import rnn\n": [("torch.nn.utils", ("rnn",))],
    "import helper\nfrom . import other\nfrom sklearn import *\n": [("sklearn", ())],
    "def asked():\n    import peft\n\ndef other():\n    import datasets\n": [("peft", ())],
    "if __name__ == '__main__':\n    import datasets\nelse:\n    import einops\n": [("einops", ())],
    "import torch\ntorch.use_deterministic_algorithms(True)\n": [
        ("torch", ("use_deterministic_algorithms",)),
        ("torch._inductor.config", ()),
    ],
}


@pytest.mark.parametrize("source", FOUND)
def test_imports_are_read_from_the_file(source: str) -> None:
    assert imports.imports(source.encode(), ["asked"]) == FOUND[source]


def test_what_every_process_has_is_not_imported_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "loaded", frozenset({"torch", "torch.nn"}))
    wanted = [("torch.nn", ("Linear",)), ("peft", ()), ("a_library_that_nobody_has", ())]
    assert imports.slow(wanted) == [("peft", ())]


@pytest.mark.skipif(sys.platform != "linux", reason="the host forks on Linux only")
def test_a_library_is_imported_once_for_all_checks(host: Host, tmp_path: Path) -> None:
    """Seen from inside: the library is there before the first line of the file runs."""
    file = tmp_path / "lora.py"
    first = "import sys\nprint('sympy' in sys.modules)\nimport sympy\nfrom sympy import Symbol\n"
    file.write_text(first + REFERENCE.read_text(encoding="utf-8"), encoding="utf-8")
    graded = host.grade(file, only=["lora_report"])
    assert graded.status == "passed"
    assert {check["stdout"] for check in graded.checks.values()} == {"True\n"}


SETTINGS = """
import random
import sys
import warnings

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.inference_mode().__enter__()
torch.use_deterministic_algorithms(True)
torch.set_float32_matmul_precision("medium")
torch.autograd.set_detect_anomaly(True)
torch.set_default_device("meta")
torch.set_num_threads(2)
torch.set_printoptions(precision=1, sci_mode=True)
torch.manual_seed(0)
random.seed(0)
np.random.seed(0)
np.seterr(all="raise")
warnings.simplefilter("error")
sys.setrecursionlimit(200)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the host forks on Linux only")
def test_what_a_file_sets_at_its_top_fails_no_right_function(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "lora.py"
    file.write_text(SETTINGS + REFERENCE.read_text(encoding="utf-8"), encoding="utf-8")
    graded = host.grade(file, only=["LoRALinear", "BottleneckAdapter"])
    assert graded.status == "passed", {name: check["message"] for name, check in graded.checks.items()}


@pytest.mark.skipif(sys.platform != "linux", reason="the host forks on Linux only")
def test_compiled_models_and_workers_run_in_the_process_itself(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "lora.py"
    source = REFERENCE.read_text(encoding="utf-8").replace("def lora_report(", "@torch.compile\ndef lora_report(", 1)
    lines = (
        "\nfrom torch.utils.data import DataLoader\n"
        "assert len(list(DataLoader(range(5), 2, num_workers=2, prefetch_factor=4, persistent_workers=True))) == 3\n"
        "assert len(list(DataLoader(range(5), 2, False, None, None, 2))) == 3\n"
        "torch.compile(torch.nn.Linear(2, 2), fullgraph=True)(torch.zeros(1, 2))\n"
        "torch.nn.Linear(2, 2).compile()\n"
    )
    file.write_text(source + lines, encoding="utf-8")
    assert "@torch.compile" in file.read_text()
    graded = host.grade(file, only=["lora_report"])
    assert graded.status == "passed", graded.message
