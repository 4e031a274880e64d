"""Notebooks: the graded parts, the names of places in them, and the notebooks for learners."""

import ast
import hashlib
import json

import nbformat
import pytest

from course import blank_notebook, notebook, paths, session, syllabus, workspace
from course.grader import Grader
from course.submission import NotGradable
from tests import fake_grader
from tests.fake_grader import check
from tests.test_cli import desk  # noqa: F401  (a fixture)

pytestmark = pytest.mark.usefixtures("english_environment")
READY = [exercise for exercise in syllabus.load() if not exercise.planned]


def written(*cells, **fields):
    """Return a notebook with these code cells; a pair is (kind, text)."""
    pairs = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "metadata": {}, "source": text, **({"outputs": []} if kind == "code" else {})}
                for kind, text in pairs
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 4,
            **fields,
        }
    ).encode()


def read(*cells, **fields):
    return notebook.read(written(*cells, **fields), "lora.ipynb", names=["lora_report"])


def kept(*cells):
    """Return the graded lines, without the first, which declares the encoding, and without empty ones."""
    found = read(*cells)
    ast.parse(found.source)
    return [line for line in found.source.splitlines()[1:] if line.strip()]


DEFINED = "def f(x):\n    return x"
GRADED = "def lora_report(x):\n    return x"
COUNTED = "Cells are counted from the top, including Markdown cells."

# --- cells and lines -------------------------------------------------------------------------------------------------


def test_code_cells_become_one_file_whose_lines_know_their_cells():
    found = read(("markdown", "# Title"), DEFINED, ("raw", "x"), "", "\n\nRATE = 1")
    assert found.source == f"# coding: utf-8\n{DEFINED}\n\n\nRATE = 1\n"
    lines = found.source.split("\n")
    assert notebook.locate(found.cells, 1) is None
    assert notebook.locate(found.cells, lines.index("    return x") + 1) == (2, 2)
    assert notebook.locate(found.cells, lines.index("RATE = 1") + 1) == (5, 3)
    assert str(notebook.locate(found.cells, 2)) == "cell 2, line 1"
    assert found.notes == ()


def test_a_cell_says_the_same_in_one_text_or_in_lines():
    assert read(DEFINED) == read(("code", ["def f(x):\n", "    return x"])) == read(DEFINED.replace("\n", "\r\n"))


def test_future_imports_move_to_the_beginning_and_an_encoding_is_not_believed():
    found = read("# -*- coding: latin-1 -*-\nNAME = 'é'", "from __future__ import annotations\n" + DEFINED)
    scope = {}
    exec(compile(found.source.encode(), "lora.py", "exec"), scope)
    assert scope["NAME"] == "é"
    assert notebook.locate(found.cells, found.source.split("\n").index("    return x") + 1) == (2, 3)


# --- magics ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!pip install peft",
        "%pip install \\\n  peft",
        "pip install peft",
        "?help",
        "help?",
        "torch.nn??",
        "x = !ls",
        "x = %timeit -o f(1)",
        '!echo "it\'s"',
        "!!ls",
    ],
)
def test_what_only_a_notebook_runs_is_dropped_and_lines_stay(line):
    found = read(f"RATE = 1\n{line}\n{DEFINED}")
    gap = "\n" * (line.count("\n") + 1)
    assert found.source == f"# coding: utf-8\nRATE = 1\n{gap}{DEFINED}\n"
    assert found.notes == ("Left out lines with % or !, which only a notebook can run: cell 1, line 2.", COUNTED)


@pytest.mark.parametrize("line", ["!ls", "x = !ls", "%time f()"])
def test_in_a_block_something_stays_in_its_place(line):
    assert kept(f"def f(x):\n    if x:\n        {line}\n    return x") == [
        "def f(x):",
        "    if x:",
        "        pass",
        "    return x",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "TEXT = '''\n%d files\n!ls\nwhy?\n'''",
        "TEXT = 'a \\\n!b'",
        "TEXT = (7\n% 2)",
        "TEXT = 7 \\\n  % 2",
        "TEXT = 'x = !ls'  # why?",
        "TEXT = 'x' != 'y'",
        'TEXT = f"{7 % 2}"  # \'',
        "TEXT = [\n'''\n''',\n7\n%2]",
    ],
)
def test_strings_and_expressions_over_lines_are_left_alone(code):
    cell = f"{code}\ndef g():\n    return TEXT"
    found = read(cell)
    assert (found.source, found.notes) == (f"# coding: utf-8\n{cell}\n", ())


@pytest.mark.parametrize("magic", ["bash", "writefile x.py", "html", "timeit", "R", ""])
def test_a_cell_in_another_language_is_dropped_whole(magic):
    found = read(f"%%{magic}\ndef g(): pass", DEFINED)
    assert "def g" not in found.source
    assert found.notes == (f"Left out because it is not Python: cell 1 (%%{magic.split(' ')[0]}).", COUNTED)


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "\n%%capture\n%%time"])
def test_a_cell_that_is_only_watched_is_graded(magic):
    found = read(f"{magic}\n{DEFINED}")
    assert found.source == "# coding: utf-8" + "\n" * (magic.count("\n") + 2) + DEFINED + "\n"


def test_a_cell_that_is_indented_as_a_whole_is_read_as_in_jupyter():
    assert kept("\n   def f(x):\n     return x") == ["def f(x):", "  return x"]


# --- the graded parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "demo",
    [
        "print(f(1))",
        "f(1)",
        "out = f(1)\nassert out == 1",
        "for step in range(10**9):\n    loss = f(step)",
        "with torch.no_grad():\n    y = f(1)",
        "raise ValueError",
        "await f(1)",
        "model = f(2)\nmodel.train()\nmodel.name = 'x'",
        "os.environ['X'] = f(3)",
        "plt.plot([1, 2])",
        "print(",
    ],
)
def test_what_only_tries_things_out_is_not_run(demo):
    alone = read("import os\nimport torch", DEFINED, demo)
    assert demo not in alone.source and DEFINED in alone.source
    assert "cell 3" in " ".join(alone.notes)
    if demo != "print(":  # the end of a definition is unknown in a cell that does not parse
        below = read(f"{DEFINED}\n{demo}")
        assert (below.source.strip(), len(below.notes)) == (f"# coding: utf-8\n{DEFINED}", 2)


@pytest.mark.parametrize(
    "needed",
    [
        "scale = compute()",
        "if torch.cuda.is_available():\n    scale = 1\nelse:\n    scale = 2",
        "scale = {}\nscale['x'] = compute()",
        "scale = []\nscale.append(compute())",
        "scale = []\nfor name in compute():\n    scale.append(name)",
        "first = compute()\nscale = first + 1",
        "try:\n    import scale\nexcept ImportError:\n    scale = None",
    ],
)
def test_what_a_definition_uses_stays(needed):
    cell = "def g(x):\n    return x * scale"
    found = read(needed, cell)
    assert found.source == f"# coding: utf-8\n{needed}\n{cell}\n"
    assert found.notes == ()


@pytest.mark.parametrize(
    "value",
    [
        *("3e-4", "-1", "...", "True", "('q', 'v')", "[f, 2]", "{1, 'a'}", "{'a': [1, -2], ('b', 1): None}"),
        *("dict[str, int]", "list[Tensor]", "lambda x: g(x)", "f", "max"),
    ],
)
def test_plain_values_stay(value):
    cells = ["from torch import Tensor", DEFINED, f"NAME = {value}"]
    assert f"NAME = {value}" in kept(*cells) and read(*cells).notes == ()
    exec(read(*cells).source, {})


@pytest.mark.parametrize(
    "value",
    [
        *("[3, 1][7]", "{'a': 1}['b']", "1 / 0", "'a' + 1", "2 ** 10 ** 9", "-'a'", "~1.5", "not f", "torch.float33"),
        *("undefined", "below", "{[1]: 2}", "{[1]}", "{**f}", "[*f]", "f'{f:d}'", "dict['a'][0]", "int[str]", "f[0]"),
        *("lambda x=undefined: x", "max([])", "[x for x in f]", "1 < 'a'"),
    ],
)
def test_a_value_that_may_raise_is_not_run_if_nothing_graded_uses_it(value):
    lines = kept("import torch", f"best = {value}\nother = [best]\ndef show():\n    print(best)", GRADED, "below = 1")
    assert lines == [*GRADED.splitlines(), "below = 1"]
    used = f"best = {value}"
    assert used in kept("import torch", used, "def lora_report(x):\n    return best")


@pytest.mark.parametrize(
    "line", ["a, b = 1, 2, 3", "a, b = f", "a: nothing = 1", "f.a = 1", "[a, b] = 1, 2", "(a, *b) = ()"]
)
def test_an_assignment_that_may_raise_is_not_run_either(line):
    assert line not in kept(DEFINED, line, GRADED)


@pytest.mark.parametrize(
    "code",
    [
        "def g(x: torch.Tensor, *rest: Tensor, n: int = 3) -> 'Tensor | None':\n    return x",
        "def g(x: Tensor | None, y: dict[str, torch.Tensor] | int = 1) -> tuple[int, ...]:\n    return x",
        "async def g(x=(1, 2)):\n    return x",
        "class A(nn.Module):\n    'A.'\n    rate: float\n    n: int = 3\n    @property\n    def m(self):\n        pass",
        "class A:\n    pass\nclass B(A):\n    n = lambda self: A\n    def m(self, x: A | None = None) -> A: ...",
    ],
)
def test_definitions_that_nothing_uses_stay(code):
    cells = ["import torch\nfrom torch import Tensor, nn", code, GRADED]
    assert kept(*cells)[-len(code.splitlines()) - 2 :] == [*code.splitlines(), *GRADED.splitlines()]
    exec(read(*cells).source, {"__name__": "lora"})


@pytest.mark.parametrize(
    "code",
    [
        "@register\ndef g(x):\n    return x",
        "@torch.no_grad()\ndef g(x):\n    return x",
        "def g(x=[3][7]):\n    return x",
        "def g(x: RATE | None):\n    return x",
        "def g(x: 'a' | None):\n    return x",
        "def g(x: undefined):\n    return x",
        "class A(RATE):\n    pass",
        "class A(nn.Module, metaclass=torch):\n    pass",
        "class A(nn.Module, int):\n    pass",
        "class A:\n    rows = [3][7]",
        "class A:\n    print(RATE)",
        "class A:\n    @torch.no_grad()\n    def m(self):\n        pass",
        "class A:\n    rows = later\n    later = 1",
        "if 1 / 0:\n    def g():\n        pass",
        "try:\n    raise ValueError\nfinally:\n    def g():\n        pass",
        "def g(x: " + " | ".join(["int"] * 900) + "):\n    pass",
    ],
)
def test_definitions_that_may_raise_are_not_run_if_nothing_graded_uses_them(code):
    start = "import torch\nfrom torch import nn\nRATE = 1"
    assert kept(start, code, GRADED) == ["RATE = 1", *GRADED.splitlines()]


def test_a_failing_line_at_the_top_costs_nothing():
    cells = ["scores = [3, 1]\nbest = scores[7]", "from transformers import nothing", "import torch.nothing", GRADED]
    assert kept(*cells) == ["scores = [3, 1]", *GRADED.splitlines()]
    assert read(*cells).notes == ("Not run because no definition uses it: cell 1, line 2.", COUNTED)


def test_a_graded_name_stays_whatever_defines_it():
    assert "lora_report = partial(f, 1)" in kept(DEFINED, "lora_report = partial(f, 1)\nother = partial(f, 1)")


def test_what_the_skeleton_gives_stays_since_checks_may_ask_for_it():
    assert {"clm_loss", "IS_NEXT", "IGNORED"} <= notebook.graded(syllabus.resolve("objectives"))


def test_a_parameter_uses_nothing_of_the_notebook():
    assert kept("def f(model):\n    loss = model(1)\n    return loss", "model = f(1)\nloss = f(2)") == [
        "def f(model):",
        "    loss = model(1)",
        "    return loss",
    ]


def test_methods_patched_in_stay_and_decorators_too():
    code = "@register\nclass A:\n    pass\nA.forward = f"
    assert kept(DEFINED, code, "A.fit(1)") == [*DEFINED.splitlines(), *code.splitlines()]


def test_imports_that_only_left_out_code_uses_are_not_missed():
    assert kept("import pandas as pd\nimport torch\nfrom math import *", DEFINED, "pd.DataFrame([torch.ones(1)])") == [
        "from math import *",
        *DEFINED.splitlines(),
    ]
    assert "import torch" in kept("import torch", "def f(x):\n    return torch.ones(x)", "torch.ones(2)")


def test_a_helper_that_nothing_graded_uses_brings_no_import_that_another_version_lacks():
    helper = "def train(model):\n    return AdamW(model)"
    assert kept("from transformers import AdamW", helper, GRADED) == GRADED.splitlines()
    for line in ("from torch.optim import AdamW", "import numpy as AdamW", "from dataclasses import field as AdamW"):
        assert kept(line, helper, GRADED) == [line, *helper.splitlines(), *GRADED.splitlines()]


@pytest.mark.parametrize(
    "cells",
    [
        ["history = []", "for step in range(10**9):\n    history.append(step)"],
        ["curves = {}", "for name in download():\n    curves[name] = name"],
        ["model = download()", "def show(x):\n    return model(x)"],
        ["data = pd.read_csv('x')", "class Reviews:\n    rows = data"],
        ["model = download()", "shorter = lambda x: model(x)"],
        ["import seaborn"],
        ["import seaborn", "def plot(x):\n    return seaborn.lineplot(x)"],
        ["from google.colab import drive"],
    ],
)
def test_what_no_graded_function_uses_costs_nothing(cells):
    for order in ([*cells, GRADED], [GRADED, *cells]):
        lines = kept(*order)
        assert lines in (GRADED.splitlines(), [cells[0], *GRADED.splitlines()], [*GRADED.splitlines(), cells[0]])
        assert not any(word in line for line in lines for word in ("range", "download", "pd.", "seaborn", "google"))


def test_helpers_that_cost_nothing_stay_and_so_does_all_that_a_graded_function_uses():
    free = ["import random", "def shuffled(x):\n    return random.sample(x, len(x))"]
    assert kept(*free, GRADED) == [line for cell in [*free, GRADED] for line in cell.splitlines()]
    used = ["import seaborn", "rows = seaborn.load()", "def helper(x):\n    return rows[x]"]
    user = "def lora_report(x):\n    return helper(x)"
    assert kept(*used, user) == [line for cell in [*used, user] for line in cell.splitlines()]


def test_a_broken_definition_stays_so_that_the_grader_can_say_where():
    found = read("x = 1", "def f(x):\n    return (x\n")
    assert notebook.locate(found.cells, found.source.split("\n").index("    return (x") + 1) == (2, 2)


def test_notes_name_a_few_places_only():
    notes = read(DEFINED, *["f(1)"] * 30).notes
    assert notes[0].endswith("cell 9; and 22 more.") and notes[1:] == (COUNTED,)


# --- cells that cannot be graded --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "its JSON is damaged"),
        (written(DEFINED)[:-9], "its JSON is damaged"),
        (b"[" * 10**6, "not a notebook"),
        (b'{"nbformat": 4, "x": ' + b"[" * 10**6, "nested too deeply"),
        (b'{"cells": []}', "missing required field `nbformat`"),
        (b'{"nbformat": 4, "cells": {}}', "Expected `array | null`"),
        (written(), "has no code cell"),
        (written(("markdown", "x"), " \n"), "has no code cell"),
        (written("f(1)"), "defines nothing"),
        (written(DEFINED, nbformat=5), "in format 5"),
        (written(DEFINED, metadata={"kernelspec": {"name": "ir", "language": "R"}}), "is a notebook in R"),
        (written(DEFINED, metadata={"language_info": {"name": "julia"}}), "is a notebook in julia"),
        (written(DEFINED + "\0"), "cell 1 contains NUL bytes"),
        (written("x = '" + "a" * 2**20 + "'"), "bytes of code"),
        (written("\n" * 40_000 + DEFINED), "lines of code"),
        (written("f(1)\n" * 11_000), "too many statements"),
        (written(*["f(1)"] * 6_000), "has 6000 cells"),
        (b" " * (notebook.MAX_BYTES + 1), "Clear its outputs"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data, words):
    with pytest.raises(NotGradable) as refused:
        notebook.read(data, "lora.ipynb")
    assert words in str(refused.value) and "lora.ipynb" in str(refused.value)


@pytest.mark.parametrize(
    "code", ["x = " + "-" * 500_000 + "1", "(" * 500_000, "a" + ".b" * 100_000, '"""' + '\\"""' * 100_000 + "\\"]
)
def test_code_that_is_made_to_hurt_a_parser_is_survived(code):
    found = read(DEFINED, code)
    assert found.source == f"# coding: utf-8\n{DEFINED}\n"
    assert "does not parse" in found.notes[0]


def test_outputs_are_ignored_whatever_they_hold():
    data = json.loads(written(DEFINED))
    data["cells"][0]["outputs"] = [{"data": {"text/html": "<script>"}, "deep": [[[{}]]]}, 7, None]
    assert notebook.read(json.dumps(data).encode(), "x.ipynb") == read(DEFINED)


def test_older_notebooks_read_as_nbformat_reads_them():
    old = nbformat.v3.new_notebook(
        worksheets=[
            nbformat.v3.new_worksheet(
                cells=[
                    nbformat.v3.new_text_cell("markdown", "# x"),
                    nbformat.v3.new_code_cell(input=DEFINED),
                    nbformat.v3.new_code_cell(input="RATE = 1"),
                ]
            )
        ]
    )
    data = nbformat.v3.writes_json(old).encode()
    new = nbformat.convert(nbformat.v3.reads_json(data.decode()), 4)
    found = notebook.read(data, "lora.ipynb")
    assert found.source.splitlines()[1:] == [
        line for cell in new.cells if cell.cell_type == "code" for line in cell.source.splitlines()
    ]


# --- the notebooks for learners ---------------------------------------------------------------------------------------


def _imports(node):
    return isinstance(node, (ast.Import, ast.ImportFrom))


@pytest.mark.parametrize("exercise", READY, ids=lambda exercise: exercise.slug)
def test_a_made_notebook_is_valid_and_is_the_skeleton(exercise):
    data = blank_notebook.make(exercise)
    assert data == blank_notebook.make(exercise)
    made = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(made)
    tree = ast.parse(paths.skeleton(exercise.slug).read_text(encoding="utf-8"))
    found = notebook.read(data, "x.ipynb", notebook.graded(exercise))
    assert found.notes == ()
    theirs, ours = (
        [node for node in body if not _imports(node)] for body in (ast.parse(found.source).body, tree.body[1:])
    )
    assert list(map(ast.dump, theirs)) == list(map(ast.dump, ours))
    defined = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    for name in defined:
        cells = [cell for cell in made.cells if cell.id == f"{exercise.slug}-{name}"]
        assert len(cells) == 1 and f" {name}" in cells[0].source


def test_start_makes_notebooks_and_overwrites_none(desk):  # noqa: F811
    mine = desk.root / "basics.ipynb"
    mine.write_bytes(b"mine")
    done = desk("start", "--notebook")
    assert done.exit_code == 0
    assert "kept    basics.ipynb" in done.stdout and "copied  lora.ipynb" in done.stdout
    assert mine.read_bytes() == b"mine"
    assert not (desk.root / "basics.py").exists()


def test_reset_keeps_the_notebook_and_makes_a_new_one(desk):  # noqa: F811
    (desk.root / "lora.ipynb").write_bytes(b"mine")
    (desk.root / "lora.py").unlink()
    assert desk("reset", "3").exit_code == 0
    assert (desk.root / "lora.ipynb").read_bytes() == blank_notebook.make(syllabus.resolve("lora"))
    assert [file.read_bytes() for file in (desk.root / ".course" / "backups").glob("*.ipynb")] == [b"mine"]


# --- grading ---------------------------------------------------------------------------------------------------------

PASSED = [check("lora_report.head")]


@pytest.mark.parametrize("typed", [["3"], ["lora.ipynb"], ["3", "--file", "lora.ipynb"]])
def test_the_grader_gets_the_code_and_is_told_of_the_cells(desk, typed):  # noqa: F811
    (desk.root / "lora.ipynb").write_bytes(written(("markdown", "x"), DEFINED, "f(1)"))
    (desk.root / "lora.py").unlink()
    desk.play(fake_grader.session(PASSED, status="passed"))
    done = desk("grade", *typed, "--json", "result.json")
    assert done.exit_code == 0, done.output
    assert "Not run because no definition uses it: cell 3." in done.stdout and COUNTED in done.stdout
    asked = desk.request
    assert asked["shown"] == str(desk.root / "lora.ipynb") and asked["file"].endswith("lora.py")
    assert asked["cells"] == [[2, 2, 2]]
    assert not paths.Path(asked["file"]).exists()
    assert json.loads((desk.root / "result.json").read_text())["notes"] == [
        "Not run because no definition uses it: cell 3.",
        COUNTED,
    ]
    assert workspace.Workspace(desk.root).memory(syllabus.resolve("lora")).solved


def test_of_a_file_and_a_notebook_the_one_that_was_written_is_graded_and_named(desk):  # noqa: F811
    (desk.root / "lora.ipynb").write_bytes(written(DEFINED))
    desk.play(fake_grader.session(PASSED, status="passed"))
    done = desk("grade", "3")
    assert (
        "Your workspace has both lora.ipynb and lora.py; lora.ipynb is graded." in done.stderr
    )  # lora.py is the skeleton
    (desk.root / "lora.py").write_text("def lora_report(): pass\n")
    done = desk("grade", "3")
    assert "Your workspace has both lora.py and lora.ipynb; lora.py is graded." in done.stderr
    assert desk.request["file"] == str(desk.root / "lora.py") and "cells" not in desk.request
    done = desk("grade", "3", "--file", "lora.ipynb")
    assert done.stderr == "" and desk.request["shown"].endswith("lora.ipynb")


def test_a_notebook_that_cannot_be_read_is_not_sent_to_the_grader(desk):  # noqa: F811
    (desk.root / "lora.ipynb").write_bytes(b"{")
    done = desk("grade", "3", "--file", "lora.ipynb")
    assert done.exit_code == 4 and "its JSON is damaged" in done.stdout
    assert not desk.script.with_name("request.json").exists()


@pytest.fixture(scope="module")
def grader():
    with Grader() as running:
        yield running


AUGMENTATION = syllabus.resolve("augmentation")


def _solved(tmp_path, **changed):
    """Write a generated notebook, filled in with the reference's definitions."""
    made = json.loads(blank_notebook.make(AUGMENTATION))
    text = paths.solution("augmentation").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        name = getattr(node, "name", None)
        for cell in made["cells"]:
            if name and cell["id"] == f"augmentation-{name}":
                cell["source"] = changed.get(name) or ast.get_source_segment(text, node)
        if name and name.startswith("_"):
            helper = {**made["cells"][1], "id": name, "source": ast.get_source_segment(text, node)}
            made["cells"].append(helper)
    made["cells"].append({**made["cells"][1], "id": "demo", "source": "%matplotlib inline\nraise SystemExit(1)"})
    file = tmp_path / "work.ipynb"
    file.write_text(json.dumps(made), encoding="utf-8")
    return file


@pytest.mark.slow
def test_a_made_notebook_filled_in_gets_full_points(tmp_path, grader):
    file = _solved(tmp_path)
    result = session.run(grader, AUGMENTATION, file, seed=3)
    assert (result.status, result.points) == ("passed", AUGMENTATION.points), result.message
    assert result.file == str(file)
    source = notebook.load(file, AUGMENTATION).source
    assert result.sha256 == hashlib.sha256(source.encode()).hexdigest()
    assert len(result.notes) == 3


def test_crashes_and_syntax_errors_name_cell_and_line(tmp_path, grader):
    crash = "def random_swap(tokens, n, rng):\n    x = 1\n    return tokens.nothing"
    cells = [cell["id"] for cell in json.loads(blank_notebook.make(AUGMENTATION))["cells"]]
    number = cells.index("augmentation-random_swap") + 1
    result = session.run(grader, AUGMENTATION, _solved(tmp_path, random_swap=crash), seed=3, only=["random_swap"])
    crashed = next(one for one in result.checks if one.status == "crashed")
    assert f'File "work.ipynb", cell {number}, line 3, in random_swap\n    return tokens.nothing' in crashed.traceback

    result = session.run(grader, AUGMENTATION, _solved(tmp_path, random_swap=crash + " +"), seed=3)
    assert result.status == "not_gradable"
    assert result.message.startswith(f"work.ipynb does not parse. Line 3 of cell {number}: ")


ADVICE = "In a notebook, code outside functions is run only if a definition uses a name that it sets."


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("table = {}['x']", "raised an error on import, line 1 of cell 1 (`table = {}['x']`): KeyError"),
        ("table = input()", "work.ipynb asks for input, line 1 of cell 1 (`table = input()`), but there is nobody to"),
        pytest.param(
            "import time\ntable = time.sleep(60)",
            "the notebook did not finish loading within 10 s, line 2 of cell 1 (`table = time.sleep(60)`)",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_keeps_a_notebook_from_loading_is_told_in_terms_of_a_notebook(tmp_path, grader, line, says):
    file = _solved(tmp_path, random_swap="def random_swap(tokens, n, rng):\n    return table")
    _first_cell(file, line)
    result = session.run(grader, AUGMENTATION, file, seed=3)
    assert result.status == "not_gradable" and says in result.message
    assert ADVICE in result.message and "__main__" not in result.message


def test_what_fails_below_the_definitions_is_told_in_terms_of_a_notebook(tmp_path, grader):
    file = _solved(tmp_path, random_swap="def random_swap(tokens, n, rng):\n    return tokens")
    made = json.loads(file.read_text())
    made["cells"].append({**made["cells"][1], "id": "below", "source": "random_swap.table = {}['x']"})
    file.write_text(json.dumps(made))
    result = session.run(grader, AUGMENTATION, file, seed=3, only=["random_swap"])
    assert result.status == "failed"
    (note,) = [note for note in result.notes if "KeyError" in note]
    assert f"line 1 of cell {len(made['cells'])}" in note and "no code below that line was run" in note
    assert any(ADVICE in note for note in result.notes) and not any("__main__" in note for note in result.notes)


@pytest.mark.parametrize("scratch", ["scores = [3, 1]\nbest = scores[7]", "from transformers import nothing", "1 / 0"])
def test_a_failing_cell_at_the_top_costs_no_point(tmp_path, grader, scratch):
    file = _solved(tmp_path)
    _first_cell(file, scratch)
    result = session.run(grader, AUGMENTATION, file, seed=3, only=["random_swap"])
    assert result.status == "passed" and result.points > 0


def _first_cell(file, source):
    """Insert a code cell at the top."""
    made = json.loads(file.read_text())
    made["cells"].insert(0, {**made["cells"][1], "id": "top", "source": source})
    file.write_text(json.dumps(made))
