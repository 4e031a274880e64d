"""Words and punctuation of all Japanese texts, in the catalogues and in the lessons: one word per thing.

Checked: every translation, and every lesson except its code. Each rule is also tested against planted violations.

Two rules are not tested: in a translated help text, only lists begin with ``\\b``, since the lines of a paragraph are
joined without a space; and no space is between a placeholder and a Japanese word if the value is Japanese too.
"""

import re

import pytest

from course import paths
from scripts import messages

LETTER = "ぁ-んァ-ヴー一-龠々"
INSTEAD = {
    "ワークスペース": "作業場所",
    "ストア(?!リ)": "保存先",
    "フォルダー": "フォルダ",
    "ディレクトリ": "フォルダ",
    "(?<!アップ)(?<!ダウン)ローダ(?!ー)": "ローダー",
    "エンコーダー": "エンコーダ",
    "デコーダー": "デコーダ",
    "トークナイザー": "トークナイザ",
    "アダプター": "アダプタ",
    "スケーラー": "スケーラ",
    "スケジューラー": "スケジューラ",
    "オプティマイザー": "オプティマイザ",
    "パラメーター": "パラメータ",
    "ジェネレーター": "ジェネレータ",
    "モーメンタム": "モメンタム",
    "チャンネル": "チャネル",
    "レイヤー": "層",
    "訓練": "学習",
    "参照実装": "模範解答",
    "単語片": "サブワード",
    "このコース": "この講座",
    "ポリシー": "採点方針",
    "デフォルト": "既定値",
    "あり得": "ありう, ありえ",
    "既に": "すでに",
    "(?<!変)更に": "さらに",
    "(?<![半部成自区十処気積微])分か[るりらっ]": "わかる",
}
"""Banned form -> the form to write instead."""
SPACED = {
    "a space behind Japanese punctuation": r"[、。，！？「（] (?=[^\s|])",
    "a space between two Japanese characters": f"(?<=[{LETTER}」）]) (?=[{LETTER}「（])",
    "no space between a number and a word": f"[{LETTER}][0-9]|[0-9][{LETTER}]",
    "a space before a percent sign": f"[0-9}}] %(?= ?[{LETTER}、。）|])",
    "a question that does not end in 。": "か[?？]",
    "a range": r"[0-9}] ?[～~] ?[0-9{]|[0-9}] 〜|〜 [0-9{]",
    "a colon": "：",
}
ASIDE = re.compile(r"(?<![\w)\]√])\(([^()]*)\)")
CODE = re.compile(r"`+[^`]*`+")
FORMULA = re.compile(r"[^,、。]+(?:, [^,、。]+)+|.* [-+*/] \d.*|[^ ]+ の平均")
"""A tuple, or arithmetic with words in it, which is code and has ASCII brackets."""
TITLES = ("*Kaggleで学んだBERTをfine-tuningする際のTips②〜精度改善編〜*", "「AI王」")


def translations(room):
    found = [
        one
        for message in messages.catalogue(room, "ja")
        if message.id
        for one in (message.string if isinstance(message.string, tuple) else (message.string,))
        if one
    ]
    return [line for one in found for line in one.splitlines()]


def lesson(slug):
    """Return the lines of a lesson without code, code spans and titles of other works."""
    lines, fenced = [], False
    for line in paths.lesson(slug, "ja").read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and not line.startswith("    "):
            for title in TITLES:
                line = line.replace(title, "")
            lines.append(re.sub(r" ?https?://\S+ ?|\]\([^)]*\)", "]", line))
    return lines


def faults(lines):
    found = []
    for line in lines:
        words = CODE.sub("`x`", line)
        for pattern, right in INSTEAD.items():
            found += [f"{one[0]}, not {right}: {line}" for one in re.finditer(pattern, words)]
        for what, pattern in SPACED.items():
            found += [f"{what}: {line}" for _ in re.finditer(pattern, words)]
        for aside in ASIDE.finditer(words):
            if re.search(f"[{LETTER}]", re.sub(r"\{[^}]*\}", "", aside[1])) and not FORMULA.fullmatch(aside[1]):
                found.append(f"an aside in ASCII brackets: {line}")
        if re.search(r"[^\s|] （|） (?!\||$)", words):
            found.append(f"a space beside full-width brackets: {line}")
    return found


@pytest.mark.parametrize("room", messages.ROOMS)
def test_a_catalogue_keeps_to_the_rules(room):
    lines = translations(room)
    assert len(lines) > 9
    assert faults(lines) == []


@pytest.mark.parametrize("slug", [*messages.slugs(), "intro"])
def test_a_lesson_keeps_to_the_rules(slug):
    lines = lesson(slug)
    assert len(lines) > 100
    assert faults(lines) == []


@pytest.mark.parametrize(
    "line",
    [
        "ワークスペースのファイル",
        "あり得ないほど大きい",
        "エンコーダーを凍結する",
        "表示しません。 質問の答え",
        "最初のファイル、 模範解答",
        "二つの 層",
        "正解率は 90 % です",
        "レイヤが1つ",
        "どれですか?",
        "50 ～ 70",
        "層 (12 個) の重み",
        "層 （12 個）の重み",
        "更に学習する",
    ],
)
def test_a_planted_fault_is_found(line):
    assert faults([line])


@pytest.mark.parametrize(
    "line",
    [
        "重みは (入力, 出力) の形で、`f(層 数)` は 3 つの層を返します。",
        "層（12 個）の 90% が、(B, T, C) に変更になります。",
        "| 1e-5〜5e-5 | （既定） | 半分から",
        "    0  すべてのチェックに合格",
        "{what} の形状、{share:.1f}% の値",
    ],
)
def test_what_keeps_to_the_rules_is_not_found(line):
    assert faults([line]) == []
