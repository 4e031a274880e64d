"""The Japanese lessons, compared with the English ones: the same sections, code, tables, figures, questions and hints.

Nothing here judges the prose. The tests compare the parts that must not differ, and find those that were left behind
when an English lesson changed.
"""

import io
import itertools
import re
from collections import Counter

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from course import lesson, line_breaks, paths, render, wrapping
from course.hints import Hint

ENGLISH = sorted(path.stem for path in paths.lesson("basics").parent.glob("*.md"))
JAPANESE = [slug for slug in ENGLISH if paths.lesson(slug, "ja").is_file()]
FENCE = ("```", "~~~")
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?")
CODE = re.compile(r"`+[^`]+`+")
LINK = re.compile(r"\]\(([^)\s]+)\)|(https?://[^\s)>、。]+)")
CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
EMPHASIS = re.compile(r"\*\*(?=[「\u3040-\u30ff\u4e00-\u9fff])|(?<=[」。\u3040-\u30ff\u4e00-\u9fff])\*\*")
NAMED = {"Answers": "解答", "Hints": "ヒント"}


def blocks(markdown: str) -> dict[str, list[list[str]]]:
    """Return the lines of a lesson by kind: fenced code, indented code, tables, and the rest in paragraphs."""
    found: dict[str, list[list[str]]] = {"fenced": [], "indented": [], "table": [], "prose": []}
    last, inside = "", False
    for line in markdown.splitlines():
        opens = line.lstrip().startswith(FENCE)
        if inside or opens:
            kind = "fenced"
        elif not line.strip():
            last = ""
            continue
        elif line.startswith("    ") and last in ("", "indented"):
            kind = "indented"
        elif line.startswith("|"):
            kind = "table"
        else:
            kind = "prose"
        if kind != last or (kind == "fenced" and opens and not inside):
            found[kind].append([])
        found[kind][-1].append(line)
        if opens:
            inside = not inside
        last = "" if kind == "fenced" and not inside else kind
    return found


def prose(markdown: str) -> str:
    """Return everything except code."""
    found = blocks(markdown)
    return "\n".join("\n".join(block) for kind in ("prose", "table") for block in found[kind])


def headings(markdown: str) -> list[tuple[int, str]]:
    """Return level and text of each heading outside code."""
    lines = [line for block in blocks(markdown)["prose"] for line in block]
    return [(len(line) - len(line.lstrip("#")), line.lstrip("# ").strip()) for line in lines if line.startswith("#")]


def command(line: str) -> str:
    """Return the command of a line, without an explanation after it."""
    return re.split(r"\s{2,}", line.strip())[0]


def is_japanese(line: str) -> bool:
    """Return whether a line has Japanese text."""
    return bool(CJK.search(line))


def differences(english: str, japanese: str) -> list[str]:
    """Return what is missing from a translation or superfluous in it, one line each."""
    found: list[str] = []
    one, two = blocks(english), blocks(japanese)
    if one["fenced"] != two["fenced"]:
        pairs = zip(one["fenced"], two["fenced"], strict=False)
        first = next((a for a, b in pairs if a != b), ["(one more or less)"])
        found.append(f"fenced blocks: {len(one['fenced'])} and {len(two['fenced'])}; first other one: {first[:3]}")
    typed = [[[command(line) for line in block] for block in side["indented"]] for side in (one, two)]
    if typed[0] != typed[1]:
        first = next((a for a, b in zip(*typed, strict=False) if a != b), ["(one more or less)"])
        found.append(f"indented blocks: {len(typed[0])} and {len(typed[1])}; first other one: {first[:3]}")
    shapes = [[[line.count("|") for line in block] for block in side["table"]] for side in (one, two)]
    if shapes[0] != shapes[1]:
        found.append(f"tables: {[len(t) for t in shapes[0]]} and {[len(t) for t in shapes[1]]} rows, or other columns")
    levels = [[level for level, _ in headings(text)] for text in (english, japanese)]
    if levels[0] != levels[1]:
        found.append(f"headings: {levels[0]} and {levels[1]}")
    for (_, there), (_, here) in zip(headings(english), headings(japanese), strict=False):
        if there in NAMED and here != NAMED[there]:
            found.append(f"heading {here!r} should be {NAMED[there]!r}")
    for what, pattern in (("code", CODE), ("links", LINK)):
        before, after = (
            Counter(" ".join(m[0].split()) for m in pattern.finditer(prose(text))) for text in (english, japanese)
        )
        if before != after:
            found.append(
                f"{what}: missing {list((before - after).elements())}, new {list((after - before).elements())}"
            )
    before, after = (Counter(NUMBER.findall(prose(text).replace("−", "-"))) for text in (english, japanese))
    if lost := before - after:
        found.append(f"numbers missing: {list(lost.elements())}")
    parted, own = lesson.split(english), lesson.split(japanese)
    if list(lesson.questions(parted[0])) != list(lesson.questions(own[0])):
        found.append(f"questions: {list(lesson.questions(parted[0]))} and {list(lesson.questions(own[0]))}")
    if len(parted[1]) != len(own[1]):
        found.append(f"answers: {len(parted[1])} and {len(own[1])}")
    hints = [{name: len(items) for name, items in side[2].items()} for side in (parted, own)]
    if hints[0] != hints[1]:
        found.append(f"hints: {hints[0]} and {hints[1]}")
    for block in two["prose"]:
        for above, below in zip(block, block[1:], strict=False):
            starts = re.match(r"\s*([-*#>]|\d+[.)])\s", below) or below.startswith("#")
            if is_japanese(above[-1:]) and is_japanese(below[:1]) and not starts:
                found.append(f"a line break in a sentence becomes a space: {above[-12:]!r}, {below[:12]!r}")
    for block in two["prose"]:
        text = CODE.sub("", re.sub(r"^\[.*|https?://\S+", "", "\n".join(block)))
        long = re.findall(r"[A-Za-z][A-Za-z ,']{60,}", text)
        found += [f"still English: {one[:60]!r}" for one in long if "arXiv" not in "\n".join(block)]
    return found


@pytest.mark.parametrize("slug", ENGLISH)
def test_every_lesson_is_there_in_japanese(slug):
    assert paths.lesson(slug, "ja").is_file()


@pytest.mark.parametrize("slug", JAPANESE)
def test_a_japanese_lesson_has_all_that_the_english_one_has(slug):
    english, japanese = (paths.lesson(slug, lang).read_text(encoding="utf-8") for lang in ("en", "ja"))
    assert differences(english, japanese) == []


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("# 題\n\n3 つ。`b`\n\n```\nx = 2\n```\n", "fenced"),
        ("# 題\n\n3 つ。`b`\n\n```\nx = 1\n```\n", "code"),
        ("# 題\n\n三つ。`a`\n\n```\nx = 1\n```\n", "numbers"),
        ("# 題\n\n## 節\n\n3 つ。`a`\n\n```\nx = 1\n```\n", "headings"),
        ("# 題\n\n3 つの層が\nあります。`a`\n\n```\nx = 1\n```\n", "line break"),
    ],
)
def test_a_planted_difference_is_found(planted, named):
    english = "# Title\n\nThere are 3. `a`\n\n```\nx = 1\n```\n"
    assert differences(english, "# 題\n\n3 つ。`a`\n\n```\nx = 1\n```\n") == []
    assert any(one.startswith(named) or named in one for one in differences(english, planted))


# --- as displayed ---


def shown(slug: str, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), force_terminal=False)
    found = lesson.load(slug, "ja")
    assert found is not None and found.lang == "ja"
    render.markdown(console, found.text)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("slug", JAPANESE)
def test_lines_are_filled_and_end_where_japanese_may_end(slug):
    lines = shown(slug, 80)
    assert not any(wrapping.SEPARATOR in line or cell_len(line) > 80 for line in lines)
    words = [line.rstrip() for line in lines]
    assert [line for line in words if EMPHASIS.search(line)] == []  # not understood by Markdown
    text = [line.strip() for line in words if CJK.search(line)]
    assert len(text) > 100
    assert [line for line in text if line[0] in line_breaks.NEVER_FIRST] == []
    plain = [line for line in words if CJK.match(line) and "  " not in line]
    broken = [a for a, b in zip(words, words[1:], strict=False) if a in plain and b in plain]
    short = [line for line in broken if cell_len(line) < 50]  # a paragraph continues in the next line
    assert len(broken) > 40 and len(short) < 0.05 * len(broken), short[:5]


def test_text_with_styles_keeps_them_and_loses_no_character():
    console = Console(width=40, file=io.StringIO())
    text = Text("赤い語", style="red").append("は、長い文の中でも赤いままで、行は途中で終わります。", style="bold")
    lines = wrapping.wrap(text, console, 20)
    assert "".join(line.plain.rstrip() for line in lines) == text.plain and len(lines) > 2
    assert all(cell_len(line.plain) <= 20 for line in lines)
    assert {str(span.style) for line in lines for span in line.spans} == {"red", "bold"}
    plain = Text("Plain English is wrapped as before.")
    assert [line.plain for line in wrapping.wrap(plain, console, 20)] == [
        line.plain for line in plain.wrap(console, 20)
    ]


def test_a_cell_of_a_table_is_not_cut_off():
    console = Console(width=30, file=io.StringIO())
    render.markdown(console, "| 項目 | 説明 |\n|---|---|\n| あ | 学習率の調整、重み減衰の調整 0.01 の値 |\n")
    assert "…" not in console.file.getvalue() and "0.01" in console.file.getvalue()


# --- where lines end ---


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("転置します。output.dense は", "転置し|ます。|output.dense は"),  # a Latin word can begin a line
        ('ですから、"query" や（B, A）の', 'です|から、|"query" や|（B, A）の'),
        ("LoRAの層とx[0]の値、90%が", "LoRA|の|層と|x[0]|の|値、|90%|が"),  # and it can end one
        ("値を3つ、第2章を", "値を|3つ、|第|2章を"),  # but a number stays with its counter
        ("書き込むファイル [必須] デフォルト", "書き|込む|ファイル [必須] デフォルト"),
        ("ファインチューニング", "ファイン|チューニング"),
        ("事前学習の損失関数", "事前|学習の|損失|関数"),
        ("でしょうか。また、使えますから。", "でしょうか。|また、|使え|ます|から。"),
    ],
)
def test_a_line_may_end_there(text, pieces):
    assert wrapping.styled(Text(text)).plain.replace(wrapping.SEPARATOR, "|").replace(wrapping.KEPT, " ") == pieces
    shown = "".join(line_breaks.fill(text, 10))
    assert shown.replace(" ", "") == text.replace(" ", "")


def test_a_number_and_what_it_counts_stay_on_one_line():
    for lines in (
        line_breaks.fill("これらの層は 12 個あります。", 16),
        [line.plain.rstrip() for line in wrapping.wrap(Text("これらの層は 12 個あります。"), Console(), 16)],
    ):
        assert lines == ["これらの層は", "12 個あります。"]


def test_a_paragraph_keeps_its_lines_full_in_front_of_code():
    """A name in code directly before a kana does not separate the kana from its word."""
    console = Console(width=40, file=io.StringIO())
    render.markdown(console, "同じことが起こるのは、行が最後まで続くときです。`output.dense` の重みは転置します。")
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert lines == ["同じことが起こるのは、行が最後まで続く", "ときです。output.dense の重みは転置し", "ます。"]


def test_a_console_fills_the_sentences_and_the_cells_that_it_prints():
    console = wrapping.FillingConsole(width=40, file=io.StringIO())
    console.print("同じことが起こるのは、行が最後まで続くときです。output.dense の[bold]重み[/bold]は転置します。")
    table = Table()
    table.add_column("長い説明")
    table.add_row("重みの表示、学習率の調整、重み減衰の調整 0.01 の値はここです")
    console.print(table)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert lines[:3] == ["同じことが起こるのは、行が最後まで続く", "ときです。output.dense の重みは転置し", "ます。"]
    assert not any(mark in "".join(lines) for mark in ("…", wrapping.SEPARATOR, wrapping.KEPT))
    assert any("値はここです" in line for line in lines)
    console = wrapping.FillingConsole(width=12, file=io.StringIO())
    console.print("Plain words of English")
    assert [line.rstrip() for line in console.file.getvalue().splitlines()] == ["Plain words", "of English"]


def test_a_hint_of_a_check_is_wrapped_as_a_lesson_is():
    console = Console(width=40, file=io.StringIO())
    words = "スパンの長さの分布を、一様分布と比べますよ。どこが違いますか。"
    render.hints(console, [Hint("", words, markdown=False)])
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert lines == ["スパンの長さの分布を、一様分布と比べ", "ますよ。どこが違いますか。"]


@pytest.mark.parametrize("slug", JAPANESE)
def test_no_space_is_shown_behind_a_sentence(slug):
    """Markdown needs a space after emphasis that ends in a full stop, and makes one from a line break."""
    assert [line for line in shown(slug, 80) if re.search(r"[、。] [^ ]", line)] == []


def test_spaces_of_markdown_are_not_shown():
    console = Console(width=40, file=io.StringIO())
    render.markdown(console, "**書きましょう。** 次の\n行、\n`x` と *LoRA* です。\n\n| **は。** 表 |\n|---|\n| 1 |\n")
    shown_lines = console.file.getvalue()
    assert "書きましょう。次の行、x と LoRA です。" in shown_lines and "は。表" in shown_lines


@pytest.mark.parametrize("slug", JAPANESE)
def test_no_line_begins_with_the_rest_of_a_word(slug):
    lines = [line.strip() for line in shown(slug, 80)]
    assert [line for line in lines if re.match(r"[ぁ-ん][、。]", line)] == []
    torn = [
        (above, below)
        for above, below in zip(lines, lines[1:], strict=False)
        if "  " not in below
        and re.search(r"(?<![ァ-ヴー])[ァ-ヴー]{1,3}$", above)
        and re.match(r"[ァ-ヴー]{1,3}(?![ァ-ヴー])", below)
    ]
    assert torn == []


def test_few_lines_are_ragged():
    room = [
        render.LESSON_WIDTH - cell_len(above)
        for slug in JAPANESE
        for above, below in itertools.pairwise(line.rstrip() for line in shown(slug, 80))
        if CJK.match(above) and CJK.match(below) and "  " not in above
    ]
    assert len(room) > 1000 and max(room) < 24
    assert sum(one > 8 for one in room) < 0.08 * len(room) and sum(one > 12 for one in room) < 0.025 * len(room)
