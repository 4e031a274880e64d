"""Messages of Python's parser are translated into Japanese, for the most frequent errors of beginners."""

import re
import sys
from types import SimpleNamespace

import pytest

from course.parser_words import PARTS, SENTENCES, parser_words
from grader.judge import loading, syntax
from scripts import messages
from solutions.recipes import preflight
from solutions.recipes.errors import StudentError

WRONG = (
    "x = = 1", "f(a b)", "x = {1: 2 3: 4}", "if x = 1:\n    pass", "  x = 1", "if True:\n    x = 1\n  y = 2",
    "if True:\n\tx = 1\n        y = 2", "if True:\nx = 1", "def f():\nx = 1", "class A:\nx = 1", "for i in x:\npass",
    "x = (1,\n", "x = 1)", "x = (1]", "x = (1,\n2]", "x = 'abc", "x = \'\'\'abc", "if x\n    pass", "def f()\n    pass",
    "try:\n    pass\nx = 1", "x = \u201ca\u201d", "x\u00a0= 1", "x = 1a", "x = 012", "1 = x", "f() = x", "x + 1 = 2",
    "None = 1", "f(a=1, 2)", "f(**a, 2)", "f(a=1, a=2)", "def f(a, a): pass", "def f(a=1, b): pass", "print 'a'",
    "f(x for x in y, 1)", "return 1", "break", "continue", "def f():\n    x = 1\n    global x", "f'{}'", "f'}'",
    "f'{x'", "f'{a b}'", "del 1", "x = a\\ b", "f(a.b=1)",
)  # fmt: skip
"""Files that Python cannot parse."""


def message(source: str) -> str:
    with pytest.raises(SyntaxError) as refused:
        compile(source, "mine.py", "exec")
    return refused.value.msg


@pytest.mark.parametrize("source", WRONG)
def test_a_mistake_is_named_in_japanese(source, japanese):
    english = message(source)
    said = parser_words(english)
    words = re.sub(r"'[^']*'|\"[^\"]*\"|f-string|global|\w+\(\.\.\.\)|U\+\w+|None|\b0o\b", "", said)
    assert said != english and re.search("[ぁ-ん]", said) and not re.search("[A-Za-z]{2,}", words)
    assert not re.search("[ぁ-ん一-龠] [ぁ-ん一-龠]", said)
    for quoted in re.findall("'[^' ]+'|[0-9]+", english):
        assert quoted in said


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("invalid syntax", "構文が正しくありません"),
        ("expected an indented block after 'if' statement on line 3",
         "3 行目の 'if' 文の後に、字下げしたブロックが必要です"),
        ("expected an indented block after class definition on line 3",
         "3 行目のクラス定義の後に、字下げしたブロックが必要です"),
        ("cannot assign to attribute here. Maybe you meant '==' instead of '='?",
         "ここでは属性に代入できません。'=' ではなく '==' のつもりではありませんか。"),
        ("cannot assign to True", "True には代入できません"),
        ("f-string: invalid syntax", "f-string: 構文が正しくありません"),
        ("f-string: valid expression required before '}'", "f-string: '}' の前に式が必要です"),
        ("something that only a later Python says", "something that only a later Python says"),
        ("f-string: something else", "f-string: something else"),
    ],
)  # fmt: skip
def test_what_is_said(english, said, japanese):
    assert parser_words(english) == said


def test_in_english_it_is_said_as_python_says_it():
    assert [parser_words(one) for one in map(message, WRONG)] == [message(one) for one in WRONG]


def test_every_sentence_has_its_japanese():
    known = {one.id: one.string for one in messages.catalogue("course", "ja") if one.id}
    assert [one for one in (*SENTENCES, *PARTS) if not known.get(one)] == []
    newer = {one.id for one in messages.catalogue("grader", "ja") if one.id and one.string}
    assert [known.what for known in syntax.KNOWN if known.what not in newer] == []


def test_a_file_that_does_not_parse_is_refused_in_japanese(japanese):
    """Both the grader and the recipes refuse it, in the same words."""
    request = SimpleNamespace(name="lora.py")
    error = SimpleNamespace(bad_line=3, message="'(' was never closed", type="SyntaxError")
    file = SimpleNamespace(number=lambda line: line, line=lambda line: "x = (1,", text="")
    said = loading.import_message(request, file, error, True)
    assert said.startswith("lora.py は Python の構文として読めません。3 行目: '(' が閉じられていません\n")
    error = SimpleNamespace(bad_line=1, message="invalid syntax", type="SyntaxError")
    file = SimpleNamespace(number=lambda line: line, line=lambda line: "x = t'{1}'", text="x = t'{1}'")
    said = loading.import_message(request, file, error, True)
    assert "1 行目: 構文が正しくありません" in said
    if sys.version_info < (3, 14):
        assert "これが t-string なら、Python 3.14 が必要です" in said


def test_a_recipe_refuses_such_a_file_in_japanese(tmp_path, japanese):
    (tmp_path / "lora.py").write_text("x = (1,\n")
    with pytest.raises(StudentError, match=r"読めません: '\(' が閉じられていません（1 行目）"):
        preflight.find_mine(tmp_path)
