"""The instructor's page: its figures, compared with values worked by hand and numpy, and which names it shows."""

import html.parser
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy
import pytest
from click.testing import CliRunner

from course import paths
from course.classroom import pages, report, sources, statistics
from course.classroom.model import Found, Handed, Override, Refused, Student
from course.classroom.store import Key, Store
from course.cli import cli
from scripts import messages
from tests import classes
from tests.classes import check, entry, explanation_of, gradebook, result

STUDENTS = [Student(f"s{number}", f"Student {number}") for number in range(30)]


# --- figures ----------------------------------------------------------------------------------------------------------


def small():
    """Return four students: 3 of 3 points, 1 of 3 and late, nothing, and one whose file is broken."""
    full = [check("a.x"), check("a.y"), check("b.z")]
    weak = [check("a.x"), check("a.y", "failed", explanation=explanation_of("swapped")), check("b.z", "not_started")]
    return gradebook(
        entry(STUDENTS[0], result(full), max_points=3),
        entry(STUDENTS[1], result(weak), max_points=3, late=timedelta(hours=2), penalty=Decimal("0.5")),
        entry(STUDENTS[2], max_points=3),
        entry(STUDENTS[3], result(status="not_gradable", message="no Python"), max_points=3),
    )


def test_the_summary_counts_students_and_their_marks():
    found = statistics.summary(small())
    assert (found.students, found.handed_in, found.passed, found.late, found.not_gradable) == (4, 3, 1, 1, 1)
    assert found.max_points == 3
    assert found.totals == statistics.Spread(3, Decimal("3.5") / 3, Decimal("0.5"), Decimal(0), Decimal(3))


def test_one_line_per_exercise():
    (found,) = statistics.exercises(small())
    assert (found.handed_in, found.passed, found.late, found.max_points) == (3, 1, 1, 3)
    assert found.points.median == Decimal("0.5")
    assert found.histogram == (1, 1, 0, 0, 0, 0, 0, 0, 0, 1)  # 0, 0.5 of 3 and 3 of 3
    assert found.title == "LoRA and PEFT"


def test_an_override_counts_in_the_totals():
    book = small()
    key = (STUDENTS[2].id, "lora")
    book.entries[key] = replace(book.entries[key], override=Override(Decimal(2), "ill"))
    found = statistics.summary(book)
    assert found.overridden == 1
    assert book.points(STUDENTS[2]) == 2
    assert found.handed_in == 3  # a mark by hand is no submission


def test_an_empty_class_has_no_figures():
    book = gradebook()
    assert statistics.summary(book).totals is None
    assert statistics.checks(book) == statistics.misconceptions(book) == statistics.exercises(book) == []
    assert "Nothing has been handed in yet." in report.to_html(book)


def test_histogram_agrees_with_numpy():
    draw = numpy.random.default_rng(3)
    marks = draw.uniform(0, 63, 400).round(2)
    expected, _ = numpy.histogram(marks, bins=10, range=(0, 63))
    assert list(statistics.histogram([Decimal(str(mark)) for mark in marks], 63)) == list(expected)


@pytest.mark.parametrize("seed", range(3))
def test_discrimination_agrees_with_numpy(seed):
    draw = numpy.random.default_rng(seed)
    passed, rest = draw.random(25) < 0.6, draw.integers(0, 40, 25)
    expected = numpy.corrcoef(passed.astype(float), rest)[0, 1]
    assert statistics.point_biserial(passed.tolist(), rest.tolist()) == pytest.approx(expected)


def test_discrimination_is_of_the_rest_without_the_check_itself():
    """Without that, the check's own 5 points would make any check look good."""
    entries, passed, rest = [], [], []
    draw = numpy.random.default_rng(5)
    for student in STUDENTS[:12]:
        heavy, others = bool(draw.random() < 0.5), draw.random(6) < 0.5
        checks = [check("a.heavy", "passed" if heavy else "failed", points=5)]
        checks += [check(f"a.n{place}", "passed" if fine else "failed") for place, fine in enumerate(others)]
        entries.append(entry(student, result(checks)))
        passed.append(float(heavy))
        rest.append(float(others.sum()))
    figures = statistics.checks(gradebook(*entries))
    assert figures[0].id == "a.heavy"
    assert figures[0].discrimination == pytest.approx(numpy.corrcoef(passed, rest)[0, 1])


def group(count, **outcomes):
    """Return ``count`` submissions; ``x=n`` means that the first n of them pass check x."""
    return gradebook(
        *(
            entry(
                STUDENTS[number],
                result(
                    [check(f"f.{name}", "passed" if number < fine else "failed") for name, fine in outcomes.items()]
                ),
            )
            for number in range(count)
        )
    )


def test_too_few_submissions_have_no_discrimination():
    assert all(one.discrimination is None for one in statistics.checks(group(9, x=4, y=5)))
    assert all(one.discrimination is not None for one in statistics.checks(group(10, x=4, y=5)))
    assert "fewer than 10 submissions" in report.to_html(group(9, x=4, y=5))
    assert "fewer than 10 submissions" not in report.to_html(group(10, x=4, y=5))


def test_what_does_not_vary_has_no_discrimination():
    figures = {one.id: one for one in statistics.checks(group(12, everybody=12, nobody=0, half=6))}
    assert figures["f.everybody"].discrimination is figures["f.nobody"].discrimination is None
    assert figures["f.half"].discrimination is None  # the rest is the same for all


def test_hardest_first_and_never_what_everybody_passed():
    figures = statistics.checks(group(12, everybody=12, nobody=0, half=6, few=2))
    assert [one.id for one in statistics.hardest(figures)] == ["f.nobody", "f.few", "f.half"]
    assert [one.rate for one in statistics.hardest(figures)] == [0, 2 / 12, 0.5]


def test_least_discriminating_begins_with_the_worst():
    inverse = [
        entry(STUDENTS[number], result([
            check("f.inverse", "failed" if number < 6 else "passed"),
            *(check(f"f.n{place}", "passed" if number < 6 + place else "failed") for place in range(3)),
        ]))
        for number in range(12)
    ]  # fmt: skip
    found = statistics.least_discriminating(statistics.checks(gradebook(*inverse)))
    assert [one.id for one in found] == ["f.inverse"]
    assert found[0].discrimination < -0.5


def test_our_faults_and_bonus_functions_left_out_are_in_no_rate():
    book = gradebook(
        entry(STUDENTS[0], result([check("f.x"), check("g.b", bonus=True)])),
        entry(STUDENTS[1], result([check("f.x", "grader_error"), check("g.b", "not_started", bonus=True)], "failed")),
        entry(STUDENTS[2], result([check("f.x", "failed"), check("g.b", "failed", bonus=True)])),
        entry(STUDENTS[3], result([check("f.x", "failed")], status="grader_error")),
    )
    figures = {one.id: (one.passed, one.counted) for one in statistics.checks(book)}
    assert figures == {"f.x": (1, 2), "g.b": (1, 2)}


def test_misconceptions_are_counted_by_student_and_relations_are_none():
    twice = [check(f"f.{name}", "failed", explanation=explanation_of("often")) for name in "xy"]
    book = gradebook(
        entry(STUDENTS[0], result(twice)),
        entry(STUDENTS[1], result([*twice, check("g.z", "failed", explanation=explanation_of("once", "pair"))])),
        entry(STUDENTS[2], result([check("f.x", "failed", explanation=explanation_of("half", "relation"))])),
        entry(STUDENTS[3], result([check("f.x", "crashed", explanation=explanation_of("boom", "crash"))])),
    )
    found = statistics.misconceptions(book)
    assert [(one.id, one.count, one.function) for one in found] == [("often", 2, "f"), ("once", 1, "g")]
    assert found[0].hint == "Hint on often."


def test_functions_not_started_and_checks_that_ended():
    book = gradebook(
        entry(STUDENTS[0], result([check("f.x", "not_started"), check("f.y", "skipped"), check("g.x", "crashed")])),
        entry(STUDENTS[1], result([check("f.x", "not_started"), check("g.x", "timeout"), check("g.y", "crashed")])),
        entry(STUDENTS[2], result([check("f.x"), check("g.x", "not_started")])),
        entry(STUDENTS[3]),
    )
    assert [(one.function, one.count, one.of) for one in statistics.not_started_functions(book)] == [
        ("f", 2, 3), ("g", 1, 3),
    ]  # fmt: skip
    found = statistics.troubles(book)
    assert [(one.entry.student.id, one.crashed, one.timeout) for one in found] == [("s1", 1, 1), ("s0", 1, 0)]
    assert found[0].functions == ("g",)


def test_the_slowest_first():
    book = gradebook(*(entry(STUDENTS[number], result([check("f.x")], seconds=number + 0.5)) for number in range(15)))
    found = statistics.slowest(book)
    assert [seconds for _, seconds in found] == [14.5 - number for number in range(10)]


# --- No student's name ------------------------------------------------------------------------------------------------

TELLING = b'''
import torch
# written by Anna-Lena Brandt, 4711017
def helper(): return 1

@torch.no_grad()
def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):
    """Anna Brandt's solution."""
    brandt_total = 0  # anna
    annasum = 4711017
    author = "Anna Brandt" + f"by {brandt_total} anna"
    zorro = {"lora_params": 1}
    if r < 1: raise ValueError("anna was here")
    return torch.einsum("ij,jk", shapes, r) * n_layers + 1e-5  # ab12
'''


def anonymous():
    student = Student("ab12", "Anna-Lena Brandt", "a.brandt@example.org")
    return sources.anonymous(
        sources.definitions(TELLING.decode())["lora_report"], sources.Vocabulary("lora", [student])
    )


def test_an_example_names_nobody():
    code = anonymous()
    for word in ("anna", "brandt", "lena", "4711017", "zorro", "ab12", "here", "#", '"""'):
        assert word not in code.lower(), code


def test_an_example_stays_readable():
    code = anonymous()
    compile(code, "example", "exec")
    for words in (
        "@torch.no_grad()\ndef lora_report(shapes, r, n_layers=1, head_params=0, base_params=None):",
        "if r < 1: raise ValueError(",
        '{"lora_params": 1}',
        "* n_layers + 1e-5",
        "return torch.einsum(",
    ):
        assert words in code, code
    assert code.count("name_1") == 1  # the f-string that held it is elided


def test_the_example_of_a_student_called_like_a_word_of_the_exercise():
    """``rank`` is the exercise's own word, so it says nothing; ``total`` would."""
    vocabulary = sources.Vocabulary("lora", [Student("x", "Total Layers")])
    assert vocabulary.allows("n_layers")
    assert not vocabulary.allows("total_left")
    assert sources.Vocabulary("lora", []).allows("total_left")


@pytest.mark.parametrize("text", ["def f(:\n  (", "x = '''", "  indented\nx", "\x00", "def f():\n\tx\n  y\n"])
def test_what_cannot_be_cut_is_refused_and_never_run(text):
    try:
        sources.definitions(text)
    except sources.Unreadable:
        pass
    book = gradebook(entry(STUDENTS[0], result([check("f.x", "failed", explanation=explanation_of("m"))])))
    assert [one.code for one in report.examples(book, lambda one: text.encode())] == [""]


def test_deep_nesting_is_only_text():
    text = "def f():\n    return " + "(" * 5_000 + "1" + ")" * 5_000 + "\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.compile", None)
        assert list(sources.definitions(text)) == ["f"]


def test_a_file_that_nobody_wrote_by_hand_is_not_looked_at():
    with pytest.raises(sources.Unreadable):
        sources.decode(b"x" * (sources.LONGEST + 1))


def test_names_of_the_libraries_stay():
    code = "def f(x):\n    return nn.Sequential(nn.ReLU(), nn.LayerNorm(3), nn.GELU(), torch.einsum('a', x))\n"
    assert sources.anonymous(code, sources.Vocabulary("lora", [])).startswith(code.rstrip("\n").split("('a'")[0])


def test_definitions_are_cut_at_the_top_level():
    text = "import a\n@one\n@two(3)\ndef f(x):\n    def g(): pass\n    return g\n\n"
    text += "class C:\n    def f(self): pass\nx = 1\n"
    text += "async def h(): return 1\ndef f(): return 2\n"
    found = sources.definitions(text)
    assert list(found) == ["f", "C", "h"]
    assert found["f"] == "def f(): return 2\n"  # the last one counts, as it does in Python
    odd = "x = 1 # \x0c \u2028 \x1c\ndef g():\n    return 1\n"
    assert sources.definitions(odd) == {"g": "def g():\n    return 1\n"}
    assert sources.definitions(sources.decode(b"def g():\r\n    pass\r\n")) == {"g": "def g():\n    pass\n"}
    assert found["C"] == "class C:\n    def f(self): pass\n"


def test_the_shortest_example_is_shown_without_whose_it_is():
    failed = [check("lora_report.x", "failed", explanation=explanation_of("m"))]
    book = gradebook(*(entry(one, result(failed)) for one in STUDENTS[:3]))
    written = {
        "s0": b"def lora_report(shapes):\n    total = 1\n    return total\n",
        "s1": b"def lora_report(shapes):\n    return 2\n",
        "s2": None,
    }
    (example,) = report.examples(book, lambda one: written[one.student.id])
    assert example.code == "def lora_report(shapes):\n    return 2"
    assert not example.cut


# --- the page ---------------------------------------------------------------------------------------------------------


class Look(html.parser.HTMLParser):
    """Records tags, ids and links; complains about a tag that is closed wrongly."""

    VOID = {"meta", "br", "img", "hr", "input"}

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.attributes = [], [], [], [], []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in ("href", "src")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def assert_self_contained(page):
    """Assert that a page is well-formed, with no script and nothing to load."""
    look = Look(page)
    assert not {"script", "iframe", "object", "link", "img", "form"} & set(look.tags)
    assert not [name for name, _ in look.attributes if name.startswith("on")]
    assert all(link.startswith("#") for link in look.links)
    assert {link[1:] for link in look.links} <= set(look.ids)
    assert len(set(look.ids)) == len(look.ids)
    assert not re.search(r"url\(|@import|https?:", page)
    return look


def test_the_page_of_a_class_is_self_contained():
    page = report.to_html(classes.large(60, ("lora", "heads")))
    look = assert_self_contained(page)
    assert look.tags.count("h1") == 1
    assert look.tags.count("svg") == 3  # the totals and two exercises
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')


def test_five_hundred_students_fit_into_two_megabytes():
    book = classes.large(500, ("basics", "lora", "heads"))
    code = b"def %s(x):\n" + b"    total = total + shapes[index] * scale\n" * (report.LINES + 1)
    everything = b"\n".join(code % name.encode() for name in classes.FUNCTIONS)
    page = report.to_html(book, lambda one: everything if one.exercise == "lora" else None)
    assert page.count("total = total + shapes") == 12 * (report.LINES - 1)  # two misconceptions of six functions
    assert page.count("<tr>") > 500
    assert len(page.encode()) < 2_000_000


EVIL = "<script>alert(1)</script>\"'&\x1b[31m\u202e\ud800"


def test_whatever_comes_from_outside_is_escaped():
    student = Student(EVIL, EVIL, EVIL)
    failed = check(
        f"{EVIL}.x", "failed", title=EVIL, message=EVIL, explanation=replace(explanation_of(EVIL), text=EVIL), hint=EVIL
    )
    book = gradebook(
        entry(student, replace(result([failed, check("g.x", "crashed")]), title=EVIL), notes=(EVIL,)),
        entry(STUDENTS[0], result(status="grader_error", message=EVIL)),
        entry(STUDENTS[1], result(status="not_gradable", message=EVIL)),
        title=EVIL,
        refused=(Refused(None, None, EVIL, EVIL),),
        graded_at=EVIL,
    )
    page = report.to_html(book)
    assert page.count("&lt;script&gt;") >= 8
    assert_self_contained(page)
    page.encode()  # no half of a surrogate pair
    assert not set(page) & set("\x1b\u202e")


def test_students_are_named_in_tables_and_never_in_examples():
    book = gradebook(
        entry(STUDENTS[0], result([check("f.x", "failed", explanation=explanation_of("m"))])), title="Autumn"
    )
    page = report.to_html(book, lambda one: b"def f(student_0): return s0  # Student 0\n")
    example = page[page.index("<pre") : page.index("</pre>")]
    assert "student" not in example.lower() and "s0" not in example
    assert "def f(" in example and "return" in example
    assert page.index("Student 0") > page.index("</pre>")


def test_what_went_wrong_is_said():
    book = gradebook(
        entry(STUDENTS[0], result(status="grader_error", message="The fork server died.")),
        entry(STUDENTS[1], result(status="not_gradable", message="Line 3 is no Python.")),
        refused=(Refused(None, None, "zip!x", "Nobody knows whose it is."),),
    )
    page = report.to_html(book)
    for words in ("The fork server died.", "Line 3 is no Python.", "Nobody knows whose it is.", "zip!x"):
        assert words in page
    assert "Needs your attention" not in report.to_html(group(2, x=1))


def test_the_numbers_at_the_top_agree_with_the_roster_below():
    stranger = replace(STUDENTS[3], in_roster=False)
    book = gradebook(
        entry(STUDENTS[0], result([check("f.x")])), entry(STUDENTS[1]), entry(stranger, result([check("f.x")]))
    )
    page = report.to_html(book)
    assert "<dt>Students</dt><dd>3 <small>(1 not on the roster)</small>" in page
    assert "<dt>Handed in</dt><dd>2 <small>(1 not on the roster)</small>" in page
    assert "On the roster: 2; handed in: 1; nothing from: Student 1" in page
    unlisted = [replace(one, in_roster=False) for one in STUDENTS[:2]]
    assert "not on the roster" not in report.to_html(gradebook(*(entry(one) for one in unlisted)))


def test_a_file_that_did_not_finish_loading_is_named_beside_the_crashes():
    slow = result(status="not_gradable", message="the file did not finish loading within 15 s")
    page = report.to_html(gradebook(entry(STUDENTS[0], result([check("f.x")])), entry(STUDENTS[1], slow)))
    assert "No check crashed" in page and '<a href="#attention">1 file could not be run at all.</a>' in page
    assert "could not be run" not in report.to_html(group(2, x=1))


def test_refused_files_and_points_by_hand_are_listed_with_their_reasons():
    no = Refused(STUDENTS[1], "lora", "s1/lora.docx", "It is a document.")
    newer = Refused(STUDENTS[0], "lora", "s0/lora.zip", "It is a bomb.")
    by_hand = Override(Decimal(1), "oral exam", "Prof. X")
    page = report.to_html(
        gradebook(
            entry(STUDENTS[0], result([check("f.x", "failed")]), sha256="0", refused=(newer,), override=by_hand),
            entry(STUDENTS[1], result(status="not_gradable", message="It is a document."), refused=(no,)),
        )
    )
    assert "<dt>Refused</dt><dd>1</dd>" in page and "Not gradable" not in page
    for words in ("s1/lora.docx", "It is a document.", "s0/lora.zip", "It is a bomb.", "0 R"):
        assert words in page
    row = '<td class="number">1</td><td class="number">0</td><td class="wide">oral exam</td><td>Prof. X</td>'
    assert row in page and "oral exam" not in report.to_html(group(2, x=1))


def test_bars_stand_beside_each_other_and_the_highest_fills_the_height():
    found = pages.bars([0, 2, 4], 90, 40, gap=0)
    assert [(one["x"], one["y"], one["width"], one["height"]) for one in found] == [
        (0, 40, 30, 0), (30, 20, 30, 20), (60, 0, 30, 40),
    ]  # fmt: skip


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path):
    """Return a store with two students; the second handed in only files that could not be graded."""
    source = b"def lora_report(shapes):\n    return 7 + max(shape[0] * 3 for shape in shapes)  # Ada\n"
    ada, bo = Student("ada", "Ada Brandt"), Student("bo/../x", "Bo")
    failed = [check("lora_report.x", "failed", message="secret 42", explanation=explanation_of("swapped"))]
    with Store(tmp_path / "class.db", create=True) as opened:
        found = Found(
            tuple(
                Handed(one, "lora", f"{number}.py", source, sources.digest(source))
                for number, one in enumerate([ada, bo])
            ),
            (),
        )
        opened.register(found, str(tmp_path))
        numbers = [one.id for one in opened.submissions()]
        opened.record(Key(sources.digest(source), "lora", "b", "e"), numbers, result(failed))
    return tmp_path / "class.db"


def invoke(*arguments):
    return CliRunner().invoke(cli, ["class", *map(str, arguments)])


def test_report_writes_the_page_and_replaces_nothing_without_force(store, tmp_path):
    out = tmp_path / "report.html"
    outcome = invoke("report", "--store", store, "--out", out)
    assert outcome.exit_code == 0, outcome.output
    page = out.read_text(encoding="utf-8")
    assert "Title of swapped" in page and "Ada Brandt" in page and "return 7" in page
    assert_self_contained(page)
    again = invoke("report", "--store", store, "--out", out)
    assert again.exit_code == 2 and "--force" in again.output
    assert invoke("report", "--store", store, "--out", out, "--force").exit_code == 0


def test_a_report_never_replaces_the_store(store):
    before = store.read_bytes()
    assert invoke("report", "--store", store, "--out", store, "--force").exit_code == 2
    assert store.read_bytes() == before
    assert sqlite3.connect(store).execute("SELECT count(*) FROM grading").fetchone() == (1,)


@pytest.mark.parametrize("kind", ["html", "json"])
def test_feedback_writes_a_file_for_each_student(store, tmp_path, kind):
    out = tmp_path / "feedback"
    outcome = invoke("feedback", "--store", store, "--out", out, "--to", kind)
    assert outcome.exit_code == 0, outcome.output
    assert "2 students" in outcome.output
    names = sorted(path.name for path in out.iterdir())
    assert len(names) == 3 and f"ada.{kind}" in names and "index.csv" in names
    assert not any("secret 42" in path.read_text(encoding="utf-8") for path in out.iterdir())
    assert invoke("feedback", "--store", store, "--out", out).exit_code == 2
    assert invoke("feedback", "--store", store, "--out", out, "--force").exit_code == 0


def test_similarity_writes_its_pages(store, tmp_path):
    out = tmp_path / "similar"
    outcome = invoke("similarity", "--store", store, "--out", out)
    assert outcome.exit_code == 0, outcome.output
    assert "1 pair, or group of identical files, is worth a look" in outcome.output  # both handed in the very same file
    assert {"index.html", "pairs.csv"} == {path.name for path in out.iterdir()}


@pytest.mark.slow
def test_from_real_files_to_pages(tmp_path):
    """Two files through the real grader: a misconception is named and shown, and nothing leaves its student's page."""
    wrong = paths.ROOT / "tests" / "wrong" / "lora" / "BottleneckAdapter-activation-behind-up.py"
    for name, content in (("ada", wrong.read_bytes()), ("bo", wrong.read_bytes() + b"\n# bo was here\n")):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "lora.py").write_bytes(content)
    store = tmp_path / "class.db"
    arguments = [sys.executable, "-m", "course", "class", "grade", str(tmp_path / "in"), "--store", str(store)]
    subprocess.run([*arguments, "--jobs", "1"], check=True, cwd=paths.ROOT, stdout=subprocess.DEVNULL)
    page = tmp_path / "report.html"
    assert invoke("report", "--store", store, "--out", page).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert "A non-linearity acts on the output of the up projection" in text and "2 students" in text
    assert "return h + torch.tanh(self.up(self.down(h)))" in text
    assert "was here" not in text
    assert invoke("feedback", "--store", store, "--out", tmp_path / "out").exit_code == 0
    told = (tmp_path / "out" / "ada.html").read_text(encoding="utf-8")
    assert (
        "A non-linearity acts on the output of the up projection" in told
        and "hidden check" in told
        and "bo" not in re.findall(r"\w+", told)
    )


def test_the_sentences_of_the_templates_reach_the_catalogues():
    found = {one if isinstance(one, str) else one[0] for one in (entry.id for entry in messages.template("pages"))}
    texts = [path.read_text(encoding="utf-8") for path in sorted(pages.TEMPLATES.glob("*.html"))]
    written = {sentence for text in texts for sentence in re.findall(r'\bsay(?:_many)?\("([^"]+)"', text)}
    assert len(texts) >= 6 and len(written) > 90
    assert written <= found
