"""The sentences and their catalogues: they agree, translations fit, and fewer and fewer are missing."""

import ast
import io
import re
import string

import pytest

from course import paths, render, selection, submission, text
from course.compat import tomllib
from course.result import CHECK_STATUSES
from grader import wire
from grader.errors import Failed, StudentRaised
from grader.judge import crashes, diagnose, expect, refusals, report
from grader.judge.proxy import Student, check_seed, local_student
from scripts import messages
from tests.merit import specs_of

OTHERS = text.LANGUAGES[1:]
LEFT = tomllib.loads((paths.ROOT / "tests" / "untranslated.toml").read_text(encoding="utf-8"))
AT_LEAST = {
    "syllabus": 10,
    "course": 200,
    "grader": 40,
    "checks": 400,
    "misconceptions": 700,
    "pages": 80,
    "recipes": 100,
}
"""Minimum number of sentences that each search finds; with fewer, it has looked at too little."""


@pytest.fixture(scope="module", params=[(lang, room) for lang in OTHERS for room in messages.ROOMS])
def known(request):
    lang, room = request.param
    return lang, room, messages.catalogue(room, lang)


def forms(message):
    """Return all English sentences of an entry, and all translations."""
    english = message.id if isinstance(message.id, tuple) else (message.id,)
    others = message.string if isinstance(message.string, tuple) else (message.string or "",)
    return english, tuple(filter(None, others))


def gaps(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_the_catalogues_are_those_of_the_code(known):
    lang, room, catalogue = known
    assert len(catalogue) >= AT_LEAST[room]
    po, mo = messages.written(catalogue)
    file = messages.path(room, lang)
    assert file.read_bytes() == po and file.with_suffix(".mo").read_bytes() == mo, "run: make messages"


@pytest.mark.parametrize("lang", OTHERS)
def test_there_is_no_other_catalogue(lang):
    expected = {f"{room}.{kind}" for room in messages.ROOMS for kind in ("po", "mo")}
    assert {path.name for path in (paths.LOCALE / lang / "LC_MESSAGES").iterdir()} == expected


def test_fewer_and_fewer_translations_are_missing(known):
    lang, room, catalogue = known
    left, allowed = len(messages.untranslated(catalogue)), LEFT[lang][room]
    assert left <= allowed, "translate the new sentences; the numbers in tests/untranslated.toml only fall"
    assert left == allowed, f"well done: write {left} into tests/untranslated.toml"


def test_a_translation_fills_only_gaps_of_its_sentence(known):
    _, room, catalogue = known
    if room == "misconceptions":
        return  # these are not formatted: a brace is a brace
    for message in catalogue:
        english, others = forms(message)
        for other in others if message.id else ():
            assert gaps(other) <= set().union(*map(gaps, english)), message.id
            # The diagnosis and the report identify a quantity by the words before the colon.
            assert not english[0].startswith("{what}: ") or other.startswith("{what}: "), message.id


def test_english_of_the_command_line_is_ascii():
    sentences = [form for message in messages.template("course") if message.id for form in forms(message)[0]]
    assert len(sentences) > 200
    assert [sentence for sentence in sentences if not sentence.isascii()] == []


def test_what_is_said_is_a_sentence_or_the_name_of_one():
    seen = 0
    for room in ("course", "grader"):
        for path in messages.ROOMS[room][1]():
            if path.name == "text.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if messages.called(node) in messages.KEYWORDS:
                    seen += 1
                    assert findable(node.args[0]), f"{path.name}, line {node.lineno}: the catalogue cannot find it"
    assert seen > 250


def findable(node):
    if isinstance(node, ast.IfExp):
        return findable(node.body) and findable(node.orelse)
    if isinstance(node, ast.DictComp):
        return findable(node.value)
    if isinstance(node, ast.JoinedStr):  # only code, such as f"mode={mode!r}"
        words = "".join(filter(None, map(messages.constant, node.values)))
        return re.search("[A-Za-z]", re.sub(r"\w+=", "", words)) is None
    return isinstance(node, (ast.Name, ast.Attribute, ast.Subscript, ast.BoolOp, ast.Call)) or bool(
        messages.constant(node)
    )


def test_what_a_check_says_is_a_sentence_or_is_said():
    seen = 0
    for path in messages.ROOMS["checks"][1]():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            for given in messages.expectations(function, tree) if isinstance(function, ast.FunctionDef) else ():
                seen += 1
                assert findable(given), f"{path.name}, line {given.lineno}: the catalogue cannot find it"
    assert seen > 500


@pytest.mark.parametrize("words", ['f"mode={x!r}"', 'f"{x}[{y}]"', '"one"', 'say("one {x}", x=x)'])
def test_code_needs_no_translation(words):
    assert findable(ast.parse(words, mode="eval").body)


@pytest.mark.parametrize("words", ['f"{x} is not here"', 'f"loss {x}"', '"one" + x', '"%s" % x'])
def test_a_sentence_that_is_put_together_is_not_findable(words):
    assert not findable(ast.parse(words, mode="eval").body)


def test_every_status_and_kind_has_its_sentence():
    assert set(render.STATUS_SENTENCES) == set(CHECK_STATUSES) - {"passed"}
    assert set(render.NOTES) < set(CHECK_STATUSES)
    assert set(render.SANDBOXES) == {"limits", "none"}
    assert set(render.STATES) == set(render.STATE_STYLES) == {"planned", "ready", "started", "passed"}
    assert set(render.SECTIONS) == {"system", "packages", "offline", "grader"}
    assert set(submission.REFUSALS) == {*submission.ENDINGS} >= set(submission.MAGIC.values())
    assert set(refusals.SENTENCES) == {"network", "files", "beside", "calls"}


# --- speaking --------------------------------------------------------------------------------------------------------


def test_english_is_said_as_it_stands():
    assert text.say("There is no file {file}.", file="a.py") == "There is no file a.py."
    with pytest.raises(KeyError):
        text.say("There is no file {file}.")


def test_another_language_comes_out_of_its_catalogues(japanese):
    assert text.say("There is no file {file}.", file="a.py") == "a.py というファイルはありません。"
    assert text.say("Nobody has translated {this}.", this="that") == "Nobody has translated that."
    assert text.translated("") == ""


def test_a_count_chooses_the_form(japanese):
    def said(count):
        return text.say_many("1 remark", "{count} remarks", count=count)

    assert [said(1), said(2)] == ["注記 1 件", "注記 2 件"]
    text.use("en")
    assert [said(0), said(1), said(2)] == ["0 remarks", "1 remark", "2 remarks"]


@pytest.mark.parametrize(
    ("sentence", "values", "said"),
    [
        ("{what} の形状", {"what": "重み"}, "重みの形状"),
        ("{what} の形状", {"what": "`w`"}, "`w` の形状"),
        ("表の {what} を", {"what": "（2）"}, "表の（2）を"),
        ("{path} を読めません", {"path": "/home/課題"}, "/home/課題 を読めません"),  # else where would it end?
        ("{one} {other}", {"one": "重み", "other": "偏り"}, "重み 偏り"),
        ("損失 {loss:.2f} 点、{{x}}", {"loss": 0.5}, "損失 0.50 点、{x}"),
        ("{n!r} 行目", {"n": "三"}, "'三' 行目"),
        ("plain {what} here", {"what": "重み"}, "plain 重み here"),
    ],
)
def test_between_two_japanese_words_there_is_no_space(sentence, values, said):
    assert text.filled(sentence, values) == said


def test_words_in_a_row_have_the_comma_of_the_language(japanese):
    assert text.listed(["a", "b"]) == "a、b"
    text.use("en")
    assert text.listed(["a", "b"]) == "a, b"


def test_a_report_is_in_the_readers_language(japanese):
    spec = specs_of("lora")[0]
    title = report.announcement(spec, "ja").title
    assert title != spec.title == report.announcement(spec, "en").title
    assert spec.id in selection.load("lora").resolve([title])[0], "--only takes the title that the report shows"
    with pytest.raises(Failed, match="the mean: 最大で 1 ずれています"):
        expect.close(2.0, 1.0, "the mean")
    assert crashes.explain("ZeroDivisionError", "division by zero")[1].startswith("0 で割っています")


def test_a_language_without_catalogues():
    with pytest.raises(ValueError, match="no messages in 'tlh'"):
        text.use("tlh")
    assert text.translated("Create a workspace:", "tlh") == text.sample("en") == "Create a workspace:"


# --- finding ---------------------------------------------------------------------------------------------------------


def found(extractor, source):
    results = extractor(io.BytesIO(source.encode()), messages.KEYWORDS, (), {})
    return [sentences for _, _, sentences, _ in results]


def test_sentences_of_the_code():
    source = '''
@cli.command()
@option("--x", help="Do x.")
def go(name):
    """Go.

    \\b
    Far.
    """
    say("one " "sentence", name=name)
    text.say("a" if name else "b")
    say_many("1 x", "{count} xs", count=len(name))
    say(NAMES[name])

NAMES = {"k": mark("kept")}

def other():
    """No command."""
'''
    assert found(messages.from_code, source) == [
        "Do x.", "Go.\n\n\b\nFar.", "one sentence", "a", "b", ("1 x", "{count} xs"), "kept"
    ]  # fmt: skip


def test_titles_and_hints_of_checks():
    source = '''
SHARED = "look at the shapes"

class CheckF:
    @check(points=2)
    def check_one(self, student):
        """the first
        title"""
        hint = "count again"
        expect.equal(1, 2, "x", hint=hint)
        expect.close(1, 2, "the loss")
        expect.shape(x, (2, 3), "labels")
        expect.equal(x, 1, "input_ids")
        expect.true(x, "y is wrong", hint="first" if x else "second")
        expect.true(x, "z is wrong", hint=SHARED)

def helper():
    """No title."""
    expect.true(x, f"{x} is wrong", hint=f"not {x}")
    expect.remark("no remark")
    expect.remark(say("{x} remarks", x=x))
    raise_it(message="w is wrong")
'''
    assert found(messages.from_checks, source) == [
        "the first title", "count again", "the loss", "labels", "y is wrong", "first", "second", "z is wrong",
        "look at the shapes", "no remark", "w is wrong", "{x} remarks",
    ]  # fmt: skip


def test_a_changed_sentence_waits_for_its_translator():
    catalogue = messages.Catalog(locale="ja")
    catalogue.add("There is no file {file}.", "{file} はありません。")
    changed = messages.Catalog()
    changed.add("There is no file called {file}.")
    catalogue.update(changed)
    assert messages.untranslated(catalogue) == ["There is no file called {file}."]
    assert "はありません".encode() in messages.written(catalogue)[0]
    assert "はありません".encode() not in messages.written(catalogue)[1]


class Complaining:
    """A student's process that answers every request with one complaint."""

    def __init__(self, *complaint):
        self.complaint = [*complaint]

    def ask(self, frame):
        operation = wire.decode(frame, wire.Reference)[0]
        return wire.encode(["ok", None] if operation == "seed" else ["contract", self.complaint])

    def spend(self, seconds):
        pass


def told(*complaint):
    with pytest.raises(Failed) as failure:
        Student(Complaining(*complaint), 1).anything()
    return failure.value.message


SHAPES = "the result has shape {got} instead of {want}"


WRONG_SHAPE = "the result has shape (2,) instead of (3,)", SHAPES, {"got": "(2,)", "want": "(3,)"}


def test_what_a_fixture_complains_of_is_said_in_english():
    assert told(*WRONG_SHAPE) == WRONG_SHAPE[0]


def test_what_a_fixture_complains_of_is_said_in_japanese(japanese):
    said = told(*WRONG_SHAPE)
    assert "(2,)" in said and "(3,)" in said and not said.isascii()


@pytest.mark.parametrize(
    "sentence, values",
    [
        ("{got:>999999999}", {"got": "x"}),
        ("{got.__class__}", {"got": "x"}),
        (SHAPES, {}),
        (SHAPES, {"got": 1}),
        (SHAPES, None),
        (7, {"got": "x"}),
    ],
)
def test_a_forged_complaint_is_not_filled_in(japanese, sentence, values):
    assert told("as it came", sentence, values) == "as it came"


@pytest.mark.parametrize("complaint", [[], ["one"], [1, SHAPES, {}], "text"])
def test_a_complaint_of_another_form_is_refused(complaint):
    with pytest.raises(wire.WireError):
        Student(Complaining(*complaint), 1).anything()


QUOTED = {"decay_groups.usable", "load_lora_state_dict.round_trip"}
"""Checks that quote torch's own messages."""
ENGLISH = re.compile(r"\b(the|of|with|for|and|after|in|from|by|which|each|not|all|is|are|to)\b")
CODE = re.compile(r"`[^`]*`|\w+\([^)]*\)|'[^']*'|\"[^\"]*\"|“[^”]*”|\[[^\]]*\]|\w+=\S+|\w+Error: .*")
JAPANESE = r"[\u3040-\u30ff\u4e00-\u9fff]"
COMPOSED = re.compile(f"'{JAPANESE}[^']*'|{JAPANESE} {JAPANESE}|{JAPANESE}\\[['0-9]")
"""A translation in Python's quotes; or a space or an index between composed words."""


@pytest.mark.parametrize("slug", messages.slugs())
def test_a_failed_check_speaks_japanese_throughout(slug, japanese):
    """The first misconception of every check: its message and the expectation contain no English except code.

    A translation is neither put in quotes like a value, nor separated by a space from the words around it.
    """
    specs = {spec.id: spec for spec in specs_of(slug)}
    seen, english, composed = 0, [], []
    for misconception in diagnose.load_misconceptions(paths.misconceptions(slug)):
        spec = specs.pop(misconception.caught_by, None)
        if spec is None or spec.id in QUOTED:
            continue
        try:
            spec.run(local_student(diagnose.edited_module(slug, misconception), check_seed(1, spec.id)))
        except Failed as failed:
            for said in (failed.message, failed.expected, failed.actual):
                seen += said is not None
                if said and ENGLISH.search(CODE.sub("", said)):
                    english.append((spec.id, said))
                if said and COMPOSED.search(said):
                    composed.append((spec.id, said))
        except StudentRaised:
            continue
    assert seen > 15
    assert english == []
    assert composed == []
