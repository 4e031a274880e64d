"""Hidden checks of exercise-7: splitting data and measuring.

Which texts a split draws is the student's choice, so splits are read untraced: what they show (which texts are on
both sides, how many rows are missing, how large the test set is) is computed here from the row numbers that were
returned, and noted. Texts are random in every run.

All other answers are numbers; they are noted in one form, whatever their type. The expected values are computed
from the cells, lengths or errors that were drawn.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy as duplicate
from dataclasses import dataclass, field
from itertools import permutations, product
from typing import Any

import torch
from torch import Tensor

from course.text import mark, say, translated
from grader.errors import Failed, StudentRaised
from grader.judge import expect
from grader.judge.check import check

# --- group_split ---

SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "mo", "ne", "pi", "ru", "sa", "to", "vi", "wo", "ze")


def sentences(student, n: int) -> list[str]:
    """Draw different texts of three lower-case words."""
    found: dict[str, None] = {}
    while len(found) < n:
        words = [
            "".join(SYLLABLES[i] for i in student.draw.integers(0, len(SYLLABLES), (3,)).tolist()) for _ in range(3)
        ]
        found[" ".join(words)] = None
    return list(found)


def shuffled(student, rows: Sequence[tuple[str, int]]) -> tuple[list[str], list[int]]:
    """Return texts and labels of these rows, in random order."""
    order = torch.randperm(len(rows), generator=student.draw.generator).tolist()
    return [rows[i][0] for i in order], [rows[i][1] for i in order]


def untouched(given: Any, after: Any) -> bool:
    """Return whether lists, tensors or plain values are unchanged after a call."""
    if isinstance(given, Tensor):
        alike = isinstance(after, Tensor) and (after.dtype, after.shape) == (given.dtype, given.shape)
        return alike and bool((after == given).all())
    if isinstance(given, (list, tuple)):
        alike = isinstance(after, (list, tuple)) and len(after) == len(given)
        return alike and all(map(untouched, given, after))
    return bool(given == after)


def in_another_order(given: Any, after: Any) -> bool:
    """Return whether a list has the same items after a call as before it, perhaps in another order."""
    return isinstance(after, list) and len(after) == len(given) and Counter(map(str, after)) == Counter(map(str, given))


def row_numbers(side: Any, n_rows: int) -> list[int]:
    """Return the row numbers of a side or a fold, as plain numbers."""
    found = side.tolist() if isinstance(side, Tensor) else sorted(side) if isinstance(side, set) else side
    expect.true(
        isinstance(found, (list, tuple)),
        "a side of the split (or a fold) is not a list of row numbers",
        actual=expect.shown(found),
        reveal=True,
    )
    rows = [item.item() if isinstance(item, Tensor) and item.numel() == 1 else item for item in found]
    for row in rows:
        expect.true(
            isinstance(row, (int, float)) and not isinstance(row, bool) and row == int(row),
            "a side of the split (or a fold) contains something other than a row number",
            actual=expect.shown(row),
            hint="return row numbers: the caller uses them to select texts, labels and ids",
            reveal=True,
        )
        expect.true(
            0 <= row < n_rows,
            say("there is no row {row}: the data has {count} rows, counted from 0", row=int(row), count=n_rows),
            reveal=True,
        )
    return [int(row) for row in rows]


def kind_of(sides: list[Any]) -> str:
    """Return the type of the items of the first side that is not empty."""
    for side in sides:
        if isinstance(side, (list, tuple, set)) and len(side):
            return type(next(iter(side))).__name__
        if isinstance(side, Tensor) and side.numel():
            return "bool" if side.dtype == torch.bool else "float" if side.is_floating_point() else "int"
    return "nothing"


class Split:
    """The rows of each side of a student's split."""

    def __init__(self, student, texts: list[str], labels: list[int], **options: Any) -> None:
        """Call the function, and require two lists of row numbers."""
        self.texts, self.labels = texts, labels
        with student.untraced():
            function = student.value(None, "group_split")
            answer, *after = student.fixtures.evaluation.called(function, [list(texts), list(labels)], options)
        self.changes = after != [list(texts), list(labels)]
        student.note("the caller's lists changed", self.changes)
        student.note(
            "the caller's lists in another order",
            self.changes and all(map(in_another_order, (texts, labels), after)),
        )
        sides = list(answer) if isinstance(answer, (list, tuple)) else []
        kind = kind_of(sides)
        student.note("form", f"{len(sides)} sides of {kind}" if sides else type(answer).__name__)
        if not sides:
            form = type(answer).__name__
        elif kind == "nothing":
            form = say("{count} sides of nothing", count=len(sides))
        else:
            form = say("{count} sides of {kind}", count=len(sides), kind=kind)
        expect.true(
            len(sides) == 2,
            say("the result is not a pair of lists (training rows, test rows)"),
            actual=form,
            hint="return two lists of row numbers: first the training rows, then the test rows",
            reveal=True,
        )
        self.train, self.test = (row_numbers(side, len(texts)) for side in sides)

    def both(self, same: Sequence[Any]) -> set[Any]:
        """Return what is on both sides; rows with equal ``same[row]`` are alike."""
        return {same[row] for row in self.train} & {same[row] for row in self.test}

    def share(self, label: int | None = None) -> float:
        """Return the test set's share of the returned rows (of one class)."""
        test = sum(label is None or self.labels[row] == label for row in self.test)
        rows = test + sum(label is None or self.labels[row] == label for row in self.train)
        return test / rows if rows else 0.0

    def demand_sides(self) -> None:
        """Require that neither side is empty."""
        expect.true(
            self.test,
            "the test set is empty",
            hint="a fifth of four texts is less than one text: do you round it down to 0?",
            reveal=True,
        )
        expect.true(self.train, "the training set is empty", reveal=True)


BLANKS = ("", " ", "\t ")
"""Equal texts without a word."""
WAYS: dict[str, Callable[[str], list[str]]] = {
    mark("case"): lambda text: [text, text.upper(), text.title(), text.capitalize()],
    mark("spaces at the ends"): lambda text: [text, f" {text}", f"{text} ", f"  {text}  "],
    mark("spaces between words"): lambda text: [
        text,
        text.replace(" ", "  "),
        text.replace(" ", "   "),
        text.replace(" ", "  ", 1),
    ],
    mark("tabs and line breaks"): lambda text: [text, text.replace(" ", "\t"), text.replace(" ", "\n"), f"{text}\t"],
    "two labels": lambda text: [text] * 4,
}
"""Difference that may hide that texts are equal -> function that returns four forms of a text."""


def similar_texts(student) -> dict[str, tuple[str, str]]:
    """Return difference -> two texts that differ only in this way."""
    words = list(dict.fromkeys(" ".join(sentences(student, 24)).split()))
    one, two, three = words[:3]
    start = " ".join(words[3:])
    return {
        mark("the end of a long text"): (f"{start} {one}", f"{start} {two}"),
        mark("the beginning of a long text"): (f"{one} {start}", f"{two} {start}"),
        mark("the order of the words"): (f"{one} {two} {three}", f"{three} {one} {two}"),
        mark("punctuation"): (f"{two} {one}!", f"{two} {one}?"),
        mark("a missing space between words"): (f"{two} {three}", f"{two}{three}"),
    }


class CheckGroupSplit:
    """Equal texts stay together"""

    function = "group_split"

    @check(points=3, visible=True)
    def check_no_leak(self, student):
        """all rows of a text are on the same side, so no test text was seen in training"""
        splits = []
        for n_texts, copies, test_size in ((12, 40, 0.4), (12, 40, 0.4), (20, 50, 0.2)):
            rows = [(text, place % 2) for place, text in enumerate(sentences(student, n_texts))] * copies
            given = shuffled(student, rows) if copies == 40 else zip(*rows, strict=True)
            splits.append(Split(student, *given, test_size=test_size))
        leaking = [len(split.both(split.texts)) for split in splits]
        lost = [len({*split.texts} - {split.texts[row] for row in split.train + split.test}) for split in splits]
        student.note("texts on both sides", leaking)
        student.note("texts on neither side", lost)
        # The rows of the second split are in a different order from those of the first.
        student.note("the rows of an earlier split", sorted(splits[1].test) == sorted(splits[0].test) != [])
        sides: list[int] = []  # for the only text on both sides; if there are several, the numbers of rows are random
        for split in splits:
            if len(both := split.both(split.texts)) == 1:
                sides += [sum(split.texts[row] in both for row in side) for side in (split.train, split.test)]
        student.note("training rows and test rows of the only text on both sides", sides)
        student.note("an empty side", any(not (split.train and split.test) for split in splits))
        for split, n_both, neither in zip(splits, leaking, lost, strict=True):
            n_texts = len({*split.texts})
            split.demand_sides()
            expect.true(
                not n_both,
                say("{count} of {n_texts} texts are on both sides of the split", count=n_both, n_texts=n_texts),
                expected=say("no text on both sides"),
                actual=say("{count} texts", count=n_both),
                hint="each text occurs many times, and all its rows belong on one side: do you sample rows or texts?",
                reveal=True,
            )
            expect.true(
                not neither,
                say("{count} of {n_texts} texts are on neither side", count=neither, n_texts=n_texts),
                reveal=True,
            )

    @check(points=1, after=("no_leak",))
    def check_normalised(self, student):
        """texts that differ only in case, whitespace or label are on the same side"""
        n = 30
        texts = sentences(student, 5 * n + 10)
        for test_size in (0.3, 0.5):
            rows, written = [], {}  # (text, label); text -> (difference, index of the text)
            for place, (way, write) in enumerate(WAYS.items()):
                for number in range(n):
                    text = texts[place * n + number]
                    for copy, form in enumerate(write(text)):
                        rows.append((form, copy % 2 if way == "two labels" else number % 2))
                        written[form] = way, text
            split = Split(student, *shuffled(student, rows), test_size=test_size)
            leaking = split.both([written[text] for text in split.texts])
            hidden = {way: any(found == way for found, _ in leaking) for way in WAYS}
            for way, leaks in hidden.items():
                student.note(f"hidden by {way}", leaks)
            split.demand_sides()
            for way, leaks in hidden.items():
                expect.true(
                    not leaks,
                    say("texts on different sides differ only in: {way}", way=say(way))
                    if way != "two labels"
                    else "a text that has two different labels is both in the training set and in the test set",
                    hint="remove irrelevant differences before you compare texts: which ones does the docstring say "
                    "to ignore?",
                    reveal=True,
                )

    @check(points=2, visible=True, after=("no_leak",))
    def check_partition(self, student):
        """every row is on exactly one side, exactly once"""
        splits = []
        for n_texts, most, test_size in ((30, 7, 0.3), (50, 4, 0.2)):
            texts = sentences(student, n_texts + 1)
            rows = [
                (text, place % (2 if most == 7 else 3))
                for place, text in enumerate(texts[:-1])
                for _ in range(student.draw.integer(1, most + 1) if place > 3 else most)
            ]
            rows += [(blank, 0) for blank in BLANKS]
            splits.append(Split(student, *shuffled(student, rows), test_size=test_size))
        splits.append(self.split_with_a_class_of_one_text(student, rows, texts[-1]))
        times = [Counter(split.train + split.test) for split in splits]
        blanks = [
            sum(not text.strip() and row not in found for row, text in enumerate(split.texts))
            for split, found in zip(splits, times, strict=True)
        ]
        missing = [len(split.texts) - len(found) for split, found in zip(splits, times, strict=True)]
        repeated = [sum(n > 1 for n in found.values()) for found in times]
        # Which further texts are left out is chance.
        student.note("rows without a word on no side", blanks if blanks == missing else "others too")
        student.note("rows on no side", missing)
        student.note("rows there more than once", any(repeated))
        for split, lost, more, blank in zip(splits, missing, repeated, blanks, strict=True):
            split.demand_sides()
            expect.true(
                not blank or lost > blank,
                "the rows whose text is empty or only whitespace are on neither side",
                hint="such a text is a text like any other: every row is on one of the two sides",
                reveal=True,
            )
            expect.true(
                not lost,
                say("{missing} of {count} rows are on neither side", missing=lost, count=len(split.texts)),
                hint=(
                    "a duplicate row is data, too: do not drop it, and put it into the same part of the split as the "
                    "row it repeats"
                ),
                reveal=True,
            )
            expect.true(
                not more,
                say("{repeated} of {count} rows appear more than once", repeated=more, count=len(split.texts)),
                reveal=True,
            )
            expect.true(
                not split.changes,
                "the call has modified the caller's texts or labels",
                hint="the caller still needs texts and labels in their original order: what can you shuffle instead?",
                reveal=True,
            )

    @staticmethod
    def split_with_a_class_of_one_text(student, rows: list[tuple[str, int]], text: str) -> Split:
        """Split these rows and a class whose only text cannot be on both sides, which is not an error."""
        given = shuffled(student, [*rows, *[(text, 3)] * 4])
        try:
            return Split(student, *given)
        except StudentRaised as error:
            if error.no_answer:
                raise
            student.note("a class of one text is refused", True)
            raise Failed(
                say("a class whose rows all have the same text raises {type}", type=error.type),
                hint="such a class cannot be on both sides: on which side does the docstring let it stay?",
                reveal=True,
            ) from None

    @check(points=2)
    def check_size_and_balance(self, student):
        """every class is on both sides, about test_size of its rows in the test set"""
        self.demand_shares_in_every_draw(student)
        # Groups of one to three rows, within five standard deviations of one tenth.
        texts = sentences(student, 300)
        rows = [(text, place % 3) for place, text in enumerate(texts) for _ in range(student.draw.integer(1, 4))]
        splits = {size: Split(student, *shuffled(student, rows), test_size=size) for size in (0.4, 0.75)}
        whole = {size: split.share() for size, split in splits.items()}
        student.note(
            "share of the test set, if far from what was asked for",
            {str(size): size if abs(share - size) < 0.06 else round(share, 1) for size, share in whole.items()},
        )
        for size, split in splits.items():
            for label in range(3):
                self.demand_share(label, split.share(label), size)
        self.demand_share_of_rows(student)
        self.demand_one_of_four_texts(student)
        rows = [(text, place % 2) for place, text in enumerate(sentences(student, 4))] * 6
        for test_size in (0.2, 0.5):
            self.demand_one_of_two_texts(student, rows, test_size)
        self.demand_one_of_two_texts_with_other_labels(student, rows)
        self.demand_similar_texts_apart(student)
        self.demand_one_of_two_unequal_texts(student)

    def demand_shares_in_every_draw(self, student) -> None:
        """Require that the test set has its share of the rows, and no draw a very different share of a class."""
        # Four classes of ten texts, all of one class equally often: drawing per class gives exactly one tenth, by
        # rows or by texts. Otherwise, 24 draws all stay this close with a probability below 1e-7.
        texts = sentences(student, 40)
        rows = [(text, place % 4) for place, text in enumerate(texts) for _ in range(place % 4 + 1)]
        found: dict[float, list[Split]] = {0.2: [], 0.3: []}
        for _ in range(12):
            for test_size, splits in found.items():
                seed = student.draw.integer(0, 10_000)
                splits.append(Split(student, *shuffled(student, rows), test_size=test_size, seed=seed))
        drawn = [split.train + split.test for splits in found.values() for split in splits]
        repeated = any(len({*rows}) < len(rows) for rows in drawn)  # then shares of the rows are meaningless
        student.note("rows that appear more than once", repeated)
        expect.true(not repeated, "in some splits, rows appear more than once", reveal=True)
        means = {size: sum(split.share() for split in splits) / len(splits) for size, splits in found.items()}
        of_class = [sum(split.share(label) for split in found[0.2]) / 12 for label in range(4)]
        astray = [
            (size, label, split.share(label))
            for size, splits in found.items()
            for split in splits
            for label in range(4)
            if abs(split.share(label) - size) > 0.1 + 1e-6
        ]
        # If each text is drawn separately, the share varies by 0.07, and the mean may be rounded up or down. If a fifth
        # of the texts is drawn, it varies by 0.03; if texts are drawn until there are enough rows, hardly at all.
        deviations = [split.share() - means[size] for size, splits in found.items() for split in splits]
        varies = math.sqrt(sum(deviation**2 for deviation in deviations) / len(deviations)) > 0.045
        rounded = {str(size): round(mean, 1) for size, mean in means.items()}
        student.note("share of the test set", "various" if varies and bool(astray) else rounded)
        student.note("share of each class", [round(mean, 1) if abs(mean - 0.2) > 0.15 else 0.2 for mean in of_class])
        student.note("a class strays", bool(astray))
        shares = {
            len({round(split.share(label), 3) for split in splits}) for splits in found.values() for label in range(4)
        }
        student.note("a class strays by the same in every draw", bool(astray) and shares == {1})
        for size, mean in means.items():
            expect.true(
                abs(mean - size) < 0.1,
                say("with test_size={size}, the test set contains {mean:.2f} of the rows", mean=mean, size=size),
                expected=say("about {size}", size=size),
                actual=f"{mean:.2f}",
                hint="which of the two lists is the test set, and what is test_size a share of?",
                reveal=True,
            )
        for size, label, share in astray:
            self.demand_share(label, share, size)

    def demand_share_of_rows(self, student) -> None:
        """Require a share of the rows, which is not a share of the texts if a few of them have many rows."""
        # In each class 40 texts of one row and 10 of nine: half of the texts have too many or too few rows in three of
        # ten draws, so the probability that they never have in 64 draws is below 1e-9.
        texts = sentences(student, 200)
        rows = [(text, place % 4) for place, text in enumerate(texts) for _ in range(9 if place < 40 else 1)]
        given, shares = shuffled(student, rows), []
        counts: list[set[int]] = [set() for _ in range(4)]
        for _ in range(16):
            seed = student.draw.integer(0, 10_000)
            split = Split(student, *given, test_size=0.5, seed=seed)
            shares += [(label, split.share(label)) for label in range(4)]
            for label, found in enumerate(counts):
                found.add(len({split.texts[row] for row in split.test if split.labels[row] == label}))
        fewer = Split(student, *given, test_size=0.25, seed=seed).share()  # with the same rows and the same seed
        student.note(
            "a smaller test_size afterwards",
            0.5 if abs(fewer - 0.5) < 0.02 else 0.25 if abs(fewer - 0.25) < 0.15 else round(fewer, 1),
        )
        astray = [(label, share) for label, share in shares if abs(share - 0.5) > 0.1 + 1e-6]
        student.note("a class of unequal texts strays", bool(astray))
        steady = [found.pop() if astray and len(found) == 1 else "various" for found in counts]
        student.note("test texts in every draw", steady)
        for label, share in astray:
            self.demand_share(label, share, 0.5)
        expect.true(
            abs(fewer - 0.25) < 0.15,
            say(
                "with test_size={size}, the test set contains {mean:.2f} of the rows, after a call with {before}",
                mean=fewer,
                size=0.25,
                before=0.5,
            ),
            hint="test_size has changed from one call to the next: what does your code keep between calls?",
            reveal=True,
        )

    def demand_one_of_four_texts(self, student) -> None:
        """Require one text of each class in the test set for the chapter's data: four texts per class, repeated."""
        rows = [(text, place % 2) for place, text in enumerate(sentences(student, 8))] * 25
        sides = []
        for seed in range(3):
            split = Split(student, [text for text, _ in rows], [label for _, label in rows], seed=seed)
            sides += [round(split.share(label), 2) for label in (0, 1)]
        student.note("more than one text of four", any(0.25 < share < 1 for share in sides))
        expect.true(
            not any(share in (0, 1) for share in sides),
            "either none or all of the four texts of a class are in the test set",
            hint="a fifth of four texts is less than one text, but 0 is not allowed: what is the closest number that "
            "is allowed?",
            reveal=True,
            fact=True,
        )
        for share in sides:
            self.demand_share(say("0 or 1"), share, 0.2)

    @staticmethod
    def demand_one_of_two_texts(student, rows: list[tuple[str, int]], test_size: float) -> None:
        """Require that one of two texts of a class is on each side."""
        split = Split(student, [text for text, _ in rows], [label for _, label in rows], test_size=test_size)
        shares = [round(split.share(label), 2) for label in (0, 1)]
        student.note(f"shares of two texts at {test_size}", shares)
        expect.true(
            not any(share in (0, 1) for share in shares),
            say(
                "with test_size={size}, either none or both of the two texts of a class are in the test set",
                size=test_size,
            ),
            hint="a class with two different texts can be on both sides: how does your code make sure that it is?",
            reveal=True,
        )

    @staticmethod
    def demand_one_of_two_texts_with_other_labels(student, rows: list[tuple[str, int]]) -> None:
        """Require the right answer for the same texts with other labels: no test set suits both labellings."""
        texts = [text for text, _ in rows]
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        one_sided = 0
        for labels in ((0, 0, 1, 1), (0, 1, 1, 0)):
            split = Split(student, texts, [labels[places[text]] for text in texts], test_size=0.5)
            one_sided += any(split.share(label) in (0, 1) for label in (0, 1))
        student.note("with other labels, classes on one side", one_sided > 0)
        expect.true(
            not one_sided,
            "with the same texts and other labels, either none or both of the two texts of a class are in the test set",
            hint=("the labels have changed from one call to the next: what does your code keep between calls?"),
            reveal=True,
        )

    @staticmethod
    def demand_similar_texts_apart(student) -> None:
        """Require that two texts that merely resemble each other count as two, so that their class is on both sides."""
        pairs = similar_texts(student)
        rows = [(text, place) for place, pair in enumerate(pairs.values()) for text in pair] * 5
        split = Split(student, *shuffled(student, rows), test_size=0.5)
        together = {way: split.share(place) in (0, 1) for place, way in enumerate(pairs)}
        for way, found in together.items():
            student.note(f"together, though they differ in {way}", found)
        for way, found in together.items():
            expect.true(
                not found,
                say(
                    "either none or both of the two texts of a class are in the test set; they differ in: {way}",
                    way=say(way),
                ),
                hint="equal texts differ only in case and whitespace: what else does your code ignore?",
                reveal=True,
            )

    @staticmethod
    def demand_one_of_two_unequal_texts(student) -> None:
        """Require that one of two texts is on each side even if one is much more frequent, whichever is drawn first."""
        texts = sentences(student, 8)
        rows = [(text, place // 2) for place, text in enumerate(texts) for _ in range((1, 9, 2, 8, 3, 7, 4, 6)[place])]
        one_sided: dict[float, set[int]] = {}
        for test_size in (0.15, 0.25, 0.35, 0.5):
            shares = set()
            for seed in range(24):  # a class has its rarer text first in none of them: probability below 1e-7
                split = Split(student, *shuffled(student, rows), test_size=test_size, seed=seed)
                shares |= {(label, split.share(label)) for label in range(4)}
            one_sided[test_size] = {label for label, share in shares if share in (0, 1)}
            for side, share in (("training", 1), ("test", 0)):
                n_without = sum((label, share) in shares for label in range(4))
                student.note(f"classes without {side} rows at {test_size}", n_without)
        for test_size, labels in one_sided.items():
            expect.true(
                not labels,
                say(
                    "with test_size={size}, either none or both of the two texts of a class are in the test set",
                    size=test_size,
                ),
                hint="one of the two texts is more frequent than the other: does it matter which one is drawn first?",
                reveal=True,
            )

    @staticmethod
    def demand_share(label: int | str, share: float, size: float) -> None:
        """Require that the test set has about its share of a class."""
        expect.true(
            abs(share - size) <= 0.1 + 1e-6,
            say(
                "with test_size={size}, the test set contains {share:.2f} of the rows of class {label}",
                label=label,
                share=share,
                size=size,
            ),
            expected=say("about {size} of every class", size=size),
            actual=f"{share:.2f}",
            hint="the test set should contain about the same fraction of every class: do you split class by class?",
            reveal=True,
        )

    @check(points=1, after=("no_leak",))
    def check_deterministic(self, student):
        """equal seeds give equal splits in any process, other seeds different ones"""
        # In each class 29 texts with 80 rows, of which 24 are wanted. If the largest texts always came first, these
        # would be six of the nine with 4 rows; if the smallest came first, some of the nine with 3 would be last.
        sizes = [1] * 5 + [2] * 6 + [3] * 9 + [4] * 9
        texts = sentences(student, 2 * len(sizes))
        rows = [(text, place % 2) for place, text in enumerate(texts) for _ in range(sizes[place // 2])]
        given = shuffled(student, rows)
        first = student.draw.integer(1, 1000)
        drawn: dict[int, list[int]] = {}
        tested: set[str] = set()
        for seed in (0, *range(first, first + 79)):  # the probability that a text is in none of them is below 1e-9
            split = Split(student, *given, test_size=0.3, seed=seed)
            drawn[seed] = sorted(split.test)
            tested |= {given[0][row] for row in split.test}
        second = [sorted(Split(student, *given, test_size=0.3, seed=seed).test) for seed in (first + 3, 0)]
        again = second == [drawn[first + 3], drawn[0]]
        student.note("same split for a seed above 0 and for 0", [second[0] == drawn[first + 3], second[1] == drawn[0]])
        different = len({str(rows) for rows in drawn.values()})
        default = sorted(Split(student, *given).test) == sorted(Split(student, *given, test_size=0.2, seed=42).test)
        zero_is_42 = sorted(Split(student, *given, test_size=0.3, seed=42).test) == drawn[0]
        student.note("the split of seed 0 is that of seed 42", zero_is_42)
        student.note("splits", "one" if different == 1 else "several")
        student.note("every text in some test set", len(tested) == len(texts))
        if different > 10:  # otherwise, it is chance which texts are missing
            missing = Counter(sizes[place // 2] for place, text in enumerate(texts) if text not in tested)
            student.note("texts of 1, 2, 3 and 4 rows in no test set", [missing[size] for size in (1, 2, 3, 4)])
        student.note("defaults", default)
        expect.true(
            again,
            "two calls with the same seed give different splits",
            hint=(
                "create a new random number generator from the seed in every call, so that no other "
                "call affects your draws"
            ),
            reveal=True,
            fact=True,
        )
        expect.true(
            different > 40,
            say("80 seeds produce only {count} different splits", count=different),
            hint="the split should depend on the seed, not only on the order of the data: where do you use the seed?",
            reveal=True,
        )
        expect.true(
            not zero_is_42,
            "seeds 0 and 42 give the same split",
            hint="0 is a seed like any other",
            reveal=True,
        )
        expect.true(
            len(tested) == len(texts),
            say(
                "{count} of {n_texts} texts are not in the test set for any of 80 seeds",
                count=len(texts) - len(tested),
                n_texts=len(texts),
            ),
            hint="every text should have a chance to be in the test set",
            reveal=True,
        )
        expect.true(default, "the defaults are not test_size=0.2 and seed=42", reveal=True)
        demand_steady_across_processes(student, "group_split", 1)


def demand_steady_across_processes(student, name: str, position: int) -> None:
    """Require that the draw does not depend on the hashes of strings, which differ between processes.

    If they decide, equal hashes give equal answers, and other hashes other ones. Sorting texts by something in
    their spelling, such as a hash of hashlib, gives other answers for both.

    Args:
        student: the student of this check.
        name: of the function.
        position: index of the part of the answer to compare; -1 for all of it.
    """
    with student.untraced():
        function = student.value(None, name)
        answers = student.fixtures.evaluation.with_hashes(
            function,
            position,
            name == "group_split",
            student.draw.integers(0, 1000, (8,)).tolist(),
            student.draw.seed(),
        )
        salted = student.fixtures.evaluation.with_salts(
            function, name == "group_split", student.draw.integers(0, 1000, (4,)).tolist(), [1, 1, 2]
        )
    if position >= 0:
        salted = [[answer[position] for answer in found] for found in salted]
    hashed = False
    for one, equal, other in (
        [
            [
                sorted(row_numbers(answer, 12))
                if position >= 0
                else sorted(sorted(row_numbers(part, 12)) for part in answer)
                for answer in found
            ]
            for found in asked
        ]
        for asked in (answers, salted)
    ):
        hashed = hashed or one == equal != other
    student.note("string hashes decide", hashed)
    expect.true(
        not hashed,
        "the result depends on the hash values of the texts, which differ from process to process",
        hint="a set of strings has a different order in each process: does your code depend on such an order?",
        reveal=True,
    )


# --- confusion ---


def plain(value: Any) -> Any:
    """Convert tensors to nested lists of numbers."""
    if isinstance(value, Tensor):
        return value.tolist()
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def pairs_of(student, cells: list[list[int]]) -> tuple[list[int], list[int]]:
    """Return true and predicted classes in random order, such that each pair occurs as often as its cell says."""
    pairs = [(t, p) for t, row in enumerate(cells) for p, n in enumerate(row) for _ in range(n)]
    order = torch.randperm(len(pairs), generator=student.draw.generator).tolist()
    return [pairs[i][0] for i in order], [pairs[i][1] for i in order]


def cells_of(student, n: int) -> list[list[int]]:
    """Draw different counts for n classes."""
    counts = (torch.randperm(3 * n * n, generator=student.draw.generator)[: n * n] + 1).tolist()
    return [counts[n * t : n * (t + 1)] for t in range(n)]


def symmetric(cells: list[list[int]]) -> list[list[int]]:
    """Mirror the upper half of the table, because only two checks test its orientation."""
    return [[cells[min(t, p)][max(t, p)] for p in range(len(cells))] for t in range(len(cells))]


def demand_cells(student, answer: Any, want: list[list[int]], what: str, hint: str) -> None:
    """Require that the answer is this table of counts, in any type."""
    found, label = plain(answer), say("counts of {what}", what=translated(what))
    student.note(f"table of {what}", found if isinstance(found, list) else type(found).__name__)
    try:
        table = torch.tensor(found, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        expect.equal(found, want, label, hint=hint)
        return
    expect.shape(
        table,
        (len(want), len(want)),
        label,
        hint="return one row and one column for every class of the task",
    )
    expect.equal(found, want, label, hint=hint)


class CheckConfusion:
    """Rows are the truth"""

    function = "confusion"

    def counts(self, student, cells: list[list[int]], what: str, hint: str, **options: int) -> None:
        """Draw pairs for these cells, and compare the counts."""
        y_true, y_pred = pairs_of(student, cells)
        with student.untraced():
            answer = (
                student.confusion(y_true, y_pred, **options) if options else student.pure("confusion", y_true, y_pred)
            )
        demand_cells(student, answer, cells, what, hint)

    @check(points=2, visible=True)
    def check_rows_are_true(self, student):
        """rows are true classes, columns are predicted classes"""
        for cells in ([[97, 3], [4, 96]], cells_of(student, 2)):
            self.counts(
                student,
                cells,
                mark("two classes"),
                "take one pair with true class 0 and predicted class 1: which cell counts it, and by how much "
                "must that cell increase?",
            )

    @check(points=1, visible=True)
    def check_multi_class(self, student):
        """three or more classes work, even if one of them is never predicted"""
        for n in (3, 5):
            cells = cells_of(student, n)
            for row in cells:
                row[n - 2] = 0
            self.counts(
                student,
                cells,
                say("{n} classes", n=n),
                "row t is the true class t and column p the predicted class p, for any number of classes",
                n_classes=n,
            )

    @check(points=1)
    def check_missing_class(self, student):
        """the shape is (n_classes, n_classes), even if some classes do not occur"""
        for n, present in ((5, (1, 2)), (3, (2,)), (2, (0,))):
            cells = symmetric(cells_of(student, n))
            for t, row in enumerate(cells):
                row[:] = [count if {t, p} <= {*present} else 0 for p, count in enumerate(row)]
            self.counts(
                student,
                cells,
                say("a batch without some of {n} classes", n=n),
                "the shape depends on the task, not on the batch: does your table have a row and a column even for a "
                "class that does not occur?",
                n_classes=n,
            )
        self.demand_no_examples(student)

    @staticmethod
    def demand_no_examples(student) -> None:
        """Require that all counts are 0 without examples; an error is accepted, another shape or count is not."""
        try:
            with student.untraced():
                answer = student.confusion([], [], n_classes=3)
        except StudentRaised as error:
            if error.no_answer:
                raise
            return
        zeros = [[0] * 3 for _ in range(3)]
        if plain(answer) != zeros:  # otherwise, nothing is noted, as after an error
            demand_cells(
                student,
                answer,
                zeros,
                "no examples of 3 classes",
                "the shape depends on the task: does your code treat an empty batch differently?",
            )

    @check(points=1)
    def check_types(self, student):
        """lists, tuples, NumPy arrays and tensors are accepted in any combination"""
        for kinds in (
            (mark("tensor"), "tensor"),
            (mark("array"), "array"),
            (mark("tuple"), "tuple"),
            (mark("list"), "tensor"),
            ("tensor", "list"),
            ("array", "list"),
        ):
            cells = symmetric(cells_of(student, 3))
            y_true, y_pred = pairs_of(student, cells)
            with student.untraced():
                function = student.value(None, "confusion")
                answer = student.fixtures.evaluation.counted(function, y_true, y_pred, kinds, 3)
            demand_cells(
                student,
                answer,
                cells,
                say("{first} and {second}", first=translated(kinds[0]), second=translated(kinds[1])),
                "int(x) turns an item of any of these types into a plain number",
            )
        self.demand_small_numbers(student)
        self.demand_many_classes(student)

    @staticmethod
    def demand_small_numbers(student) -> None:
        """Require the right counts for one-byte classes; the number of cells and the largest count do not fit a byte.

        That count is odd and above 2,048, so half precision cannot represent it, and it is not near a bfloat16 number.
        """
        n = 20
        cells = student.draw.integers(0, 3, (n, n)).tolist()
        cells[n - 1][n - 1] = 16 * student.draw.integer(129, 132) + 5
        cells = symmetric(cells)
        y_true, y_pred = pairs_of(student, cells)
        with student.untraced():
            function = student.value(None, "confusion")
            answer = student.fixtures.evaluation.counted(function, y_true, y_pred, ("bytes", "bytes"), n)
        demand_cells(
            student,
            answer,
            cells,
            say("two NumPy arrays of dtype uint8, with {n} classes", n=n),
            "a uint8 holds at most 255: which numbers does your code compute in the dtype of the input?",
        )

    @staticmethod
    def demand_many_classes(student) -> None:
        """Require that no class is special, not even one whose number fills a byte or does not fit into one."""
        n = 258
        every = (0, 100, 127, 128, 254, 255, 256, 257)
        pairs = [(t, student.draw.integer(0, n)) for t in every]
        pairs += [(p, t) for t, p in pairs]
        cases = [("list", "array", pairs)]
        # One of two arrays cannot represent the classes in the other one.
        small = [(student.draw.integer(0, 200), p) for p in every]
        cases += [("bytes", "array", small), ("array", "bytes", [(p, t) for t, p in small])]
        seen = []
        for one, other, drawn in cases:
            with student.untraced():
                function = student.value(None, "confusion")
                answer = student.fixtures.evaluation.counted_at_large(
                    function, [t for t, _ in drawn], [p for _, p in drawn], (one, other), n
                )
            found = plain(answer)
            rows = found if isinstance(found, list) else []
            size = [len(rows), *sorted({len(row) if isinstance(row, list) else 0 for row in rows})]
            student.note("size of the table of many classes", size)
            expect.equal(size, [n, n], "rows and columns of the table of many classes")
            counted = [[t, p, count] for t, row in enumerate(rows) for p, count in enumerate(row) if count]
            student.note("cells of many classes", counted[:40])
            seen.append((counted, sorted([t, p, count] for (t, p), count in Counter(drawn).items())))
        for counted, want in seen:
            expect.equal(
                counted[:40],
                want,
                "nonzero cells of the table of many classes, as [true class, predicted class, count]",
                hint="every class has a row and a column of its own: what does your code do with a class above 254?",
            )


# --- prf ---

KEYS = ("accuracy", "precision", "recall", "f1")
CHAPTER = [[97, 3], [4, 96]]
"""The matrix in the chapter."""


def expected_figures(cells: list[list[int]], positive: int = 1) -> dict[str, float]:
    """Compute the four figures, with integers as long as possible: F1 is 2 TP / (2 TP + FP + FN)."""
    right = cells[0][0] + cells[1][1]
    hits = cells[positive][positive]
    called, there = cells[0][positive] + cells[1][positive], sum(cells[positive])
    return {
        "accuracy": right / max(1, sum(map(sum, cells))),
        "precision": hits / max(1, called),
        "recall": hits / max(1, there),
        "f1": 2 * hits / max(1, called + there),
    }


def figures(student, cells: list[list[int]], **options: int) -> dict[str, Any]:
    """Return the student's figures for a matrix, as plain numbers."""
    with student.untraced():
        answer = student.prf(torch.tensor(cells), **options) if options else student.pure("prf", torch.tensor(cells))
    expect.true(isinstance(answer, dict), "the result is not a dictionary", actual=expect.shown(answer), reveal=True)
    found = {}
    for key in KEYS:
        expect.true(
            key in answer,
            say("the result has no key {key}", key=key),
            actual=list(answer),
            hint="the keys must be accuracy, precision, recall and f1",
            reveal=True,
        )
        value = answer[key]
        found[key] = value.item() if isinstance(value, Tensor) and value.numel() == 1 else value
    student.note("figures", found)
    if cells == CHAPTER:
        numbers = [value for value in found.values() if isinstance(value, (int, float)) and math.isfinite(value)]
        student.note("four places at most", all(abs(value - round(value, 4)) < 1e-9 for value in numbers))
    return found


HINTS = {
    "accuracy": mark(
        "accuracy divides the number of correct predictions by the number of all examples: which cells count correct "
        "predictions?"
    ),
    "f1": mark(
        "accuracy, precision and recall are right here: F1 is the harmonic mean of precision and recall, not rounded. "
        "Which formula does your code use?"
    ),
}
"""Figure -> hint if only this figure is wrong."""


def demand_figures(
    got: dict[str, Any],
    want: dict[str, float],
    keys: Sequence[str],
    what: str,
    hint: str,
    reveal: bool = False,
    hints: Mapping[str, str] | None = None,
) -> None:
    """Require that these figures agree; ``hints`` has the hints for some figures, ``hint`` is for the others."""
    for key in keys:
        label = say("{key} of {what}", key=key, what=translated(what))
        expect.close(got[key], want[key], label, hint=(hints or {}).get(key, hint), reveal=reveal)


def unlike(student, low: int, high: int) -> list[list[int]]:
    """Draw a matrix of four different counts."""
    while True:
        counts = student.draw.integers(low, high, (4,)).tolist()
        if len(set(counts)) == 4 and len({counts[0] + counts[1], counts[2] + counts[3], counts[0] + counts[2]}) == 3:
            return [counts[:2], counts[2:]]


class CheckPrf:
    """Four metrics from four cells"""

    function = "prf"

    @check(points=3, visible=True)
    def check_chapter_matrix(self, student):
        """for the chapter's matrix, precision is 96/99 and recall is 96/100"""
        # Both before the first comparison: the chapter's precision and recall are so close that all means are similar.
        seen = [(cells, figures(student, cells)) for cells in (CHAPTER, unlike(student, 20, 90))]
        self.demand_untouched(student)
        for cells, got in seen:
            demand_figures(
                got,
                expected_figures(cells),
                KEYS,
                f"[[{cells[0][0]}, {cells[0][1]}], [{cells[1][0]}, {cells[1][1]}]]",
                "precision divides by the number of examples PREDICTED positive, recall by the number that ARE "
                "positive: which is a row sum, and which a column sum?",
                reveal=cells == CHAPTER,
                hints=HINTS,
            )

    @staticmethod
    def demand_untouched(student) -> None:
        """Require that a matrix of floats, which can be divided in place, stays unchanged; a refusal is accepted."""
        cells = torch.tensor(unlike(student, 20, 90), dtype=torch.float64)
        try:
            with student.untraced():
                student.pure("prf", cells)
        except StudentRaised as error:
            if error.no_answer:
                raise

    @check(points=1)
    def check_positive(self, student):
        """positive=0 makes class 0 the positive class"""
        for _ in range(2):
            cells = unlike(student, 20, 90)
            got = figures(student, cells, positive=0)
            demand_figures(
                got,
                expected_figures(cells, 0),
                KEYS,
                mark("class 0"),
                "with positive=0, class 0 is the positive class: which cell counts its true positives?",
                hints=HINTS,
            )
            got = figures(student, cells, positive=1)
            demand_figures(
                got,
                expected_figures(cells, 1),
                KEYS,
                mark("class 1"),
                "this call explicitly passes positive=1, the default",
                hints=HINTS,
            )
        (a, b), (c, d) = unlike(student, 20, 90)
        cases = [([[a, b], [c, 0]], mark("class 0, if class 1 has no true positive"))]
        if self.knows_zero(student, [[d, c], [b, 0]]):
            cases.append(([[0, b], [c, d]], mark("class 0, if it has no true positive")))
        for cells, what in cases:
            demand_figures(
                figures(student, cells, positive=0),
                expected_figures(cells, 0),
                KEYS,
                what,
                (
                    "with positive=0, the true positives are examples of class 0: which cell must be 0 for "
                    "F1 to be undefined?"
                ),
            )

    @staticmethod
    def knows_zero(student, cells: list[list[int]]) -> bool:
        """Return whether F1 is right for class 1 without a true positive, which another check tests."""
        try:
            with student.untraced():
                got = figures(student, cells, positive=1)
        except (Failed, StudentRaised) as error:
            if getattr(error, "no_answer", False):
                raise
            return False
        want = expected_figures(cells, 1)
        return all(isinstance(got[key], (int, float)) and abs(got[key] - want[key]) < 1e-4 for key in KEYS)

    @check(points=1)
    def check_zero(self, student):
        """undefined metrics are 0.0, even if there are no examples"""
        a, b = (student.draw.integer(3, 40), student.draw.integer(50, 90))
        for cells, what in (
            ([[b, 0], [a, 0]], mark("a model that never predicts positive")),
            ([[b, a], [0, 0]], mark("data without positives")),
            ([[b, 0], [0, 0]], mark("data without positives and without predicted positives")),
            ([[b, a], [a + 1, 0]], mark("a model without true positives")),
            ([[0, 0], [0, 0]], mark("no examples")),
        ):
            got = figures(student, cells)
            demand_figures(
                got,
                expected_figures(cells),
                KEYS,
                what,
                "check every denominator for 0: the docstring says what to return when a quotient is undefined",
            )

    @check(points=1, visible=True)
    def check_imbalanced(self, student):
        """accuracy counts examples; F1 is the harmonic mean of precision and recall"""
        for times in (1, 100):
            hits, missed = student.draw.integer(2, 6), student.draw.integer(40, 60)
            cells = [[times * student.draw.integer(800, 990), student.draw.integer(1, 3)], [missed, hits]]
            got, want = figures(student, cells), expected_figures(cells)
            demand_figures(
                got,
                want,
                ("accuracy", "f1"),
                mark("a rare class"),
                "in accuracy, a class with ten times as many examples has ten times the weight: do you count examples?",
                hints={"f1": "which kind of mean is near 0 if either precision or recall is near 0?"},
            )


# --- suggest_max_length ---


def suggested(student, lengths: list[int], **options: float) -> Any:
    """Return the student's suggestion as a plain number; if cap is 10,000, require an unchanged list of lengths."""
    with student.untraced():
        if options.get("cap") == 10_000:
            answer = student.pure("suggest_max_length", lengths, **options)
        else:
            answer = student.suggest_max_length(lengths, **options)
    return answer.item() if isinstance(answer, Tensor) and answer.numel() == 1 else answer


@dataclass(frozen=True)
class Case:
    """Lengths, further arguments, and the expected suggestion."""

    what: str
    lengths: list[int]
    want: int
    options: dict[str, float] = field(default_factory=dict)


def demand_lengths(student, cases: Sequence[Case], hint: str, reveal: bool = False) -> None:
    """Ask for all of them, then compare."""
    got = [suggested(student, case.lengths, **case.options) for case in cases]
    student.note("lengths", [found if isinstance(found, (int, float)) else type(found).__name__ for found in got])
    for case, found in zip(cases, got, strict=True):
        label = say("length for {what}", what=translated(case.what))
        expect.equal(found, case.want, label, hint=hint, reveal=reveal)


def spread(student, n: int, start: int = 5) -> list[int]:
    """Draw n lengths in random order, any two at least 4 apart."""
    found = (start + torch.cumsum(student.draw.integers(4, 9, (n,)), 0)).tolist()
    order = torch.randperm(n, generator=student.draw.generator).tolist()
    return [found[i] for i in order]


def up(n: int, multiple: int) -> int:
    """Round up to the next multiple."""
    return -(-n // multiple) * multiple


class CheckSuggestMaxLength:
    """As short as the texts allow"""

    function = "suggest_max_length"

    @check(points=1, visible=True)
    def check_seed_data(self, student):
        """the chapter's sentences need only 16 tokens, not 128"""
        blocks = (1 + torch.randperm(9, generator=student.draw.generator)[:3]).tolist()
        cases = [Case(mark("the chapter's eight sentences"), [7, 7, 6, 10, 6, 10, 8, 6], 16)]
        for block in blocks:
            lengths = (8 * block + student.draw.integers(1, 7, (23,))).tolist()
            what = say("texts of {first} to {last} tokens", first=8 * block + 1, last=8 * block + 6)
            cases.append(Case(what, lengths, 8 * (block + 1)))
        demand_lengths(
            student,
            cases,
            "the chapter's longest sentence has 10 tokens plus 2 special tokens: what is the next multiple of 8?",
            reveal=True,
        )

    @check(points=1)
    def check_special(self, student):
        """special tokens are counted: 15 tokens plus 2 special tokens do not fit into 16"""
        block = 8 * student.draw.integer(4, 20)
        demand_lengths(
            student,
            [
                Case(
                    say("texts of {length} tokens and {special} special tokens", length=length, special=special),
                    [length] * (1 if length == 14 or special == 3 else 7),
                    up(length + special, 8),
                    {} if special == 2 else {"special": special},
                )
                for length, special in ((15, 2), (14, 2), (block - 1, 2), (block + 9, 3), (block - 4, 5), (block, 0))
            ],
            "the model sees more tokens than tokenize() returns: how many more, and do you add them before or "
            "after rounding?",
        )

    @check(points=2, visible=True)
    def check_coverage(self, student):
        """the length is the smallest that covers the given share of texts"""
        given = spread(student, 9)
        with student.untraced():
            after = student.fixtures.evaluation.lengths_afterwards(student.value(None, "suggest_max_length"), given)
        kept = "as it was" if after == given else "sorted" if after == sorted(given) else "changed"
        student.note("the caller's list of lengths", kept)
        cases, lengths = [], given
        # Shares for which no float is near a whole number of texts, or whose product with it is exact. In the last, the
        # 32nd of 33 texts is needed: 31.35 rounded up, while the index 0.95 * 32 = 30.4 is nearest to the 31st.
        for n, coverage in (
            (50, None),
            (16, 0.75),
            (37, 0.5),
            (20, 1.0),
            (30, 0.72),
            (None, 0.9),  # for the same lengths
            (40, None),
            (33, None),
        ):
            lengths = spread(student, n) if n else lengths
            n = len(lengths)
            place = math.ceil((coverage or 0.95) * n)
            cases.append(
                Case(
                    say("{share:g} of {n} texts", share=coverage or 0.95, n=n),
                    lengths,
                    sorted(lengths)[place - 1] + 2,
                    {"multiple": 1, "cap": 10_000} | ({} if coverage is None else {"coverage": coverage}),
                )
            )
        # 0.98 and 0.99 of 150 texts are 147 and 149 of them. Nineteen of 37 texts are half of them.
        lengths = spread(student, 150)
        cases.append(
            Case(
                say("{share:g} of {n} texts", share=0.984, n=150),
                lengths,
                sorted(lengths)[147] + 2,
                {"multiple": 1, "cap": 5000, "coverage": 0.984},
            )
        )
        lengths = [0] * 12 + spread(student, 25)
        cases.append(
            Case(
                mark("0.5 of 37 texts, 12 of them empty"),
                lengths,
                sorted(lengths)[18] + 2,
                {"multiple": 1, "coverage": 0.5},
            )
        )
        outlier = [*student.draw.integers(9, 14, (49,)).tolist(), 400]
        cases.append(Case(mark("49 short texts and one of 400 tokens"), outlier, 16))
        demand_lengths(
            student, cases, "sort the lengths: how many texts must fit, and how long is the longest of them?"
        )

    @check(points=1)
    def check_cap_and_multiple(self, student):
        """the length is a multiple of `multiple`, but never above `cap`"""
        long, short = student.draw.integer(520, 900), student.draw.integer(33, 60)
        # Rounding up to a multiple of 5 differs from a bit mask and from a multiple of 8.
        odd = [n for n in range(33, 90) if len({up(n + 2, 5), n + 2 + 4 & -5, up(n + 2, 8)}) == 3]
        uneven = odd[student.draw.integer(0, len(odd))]
        settings: list[tuple[int, dict[str, float], int]] = [
            (long, {}, 512),
            (long, {"cap": 300}, 300),
            (long, {"cap": 1024, "multiple": 64}, up(long + 2, 64)),
            (short, {"multiple": 32}, 64),
            (short, {"multiple": 1}, short + 2),
            (uneven, {"multiple": 5}, up(uneven + 2, 5)),
            (short, {"multiple": 128, "cap": 100}, 100),
            (30, {"multiple": 32}, 32),
            (4, {}, 8),
            (1, {"multiple": 1}, 3),
        ]
        cases = []
        for length, options, want in settings:
            said = ", ".join(f"{name}={value}" for name, value in options.items())
            if said:
                what = say("texts of {length} tokens, with {said}", length=length, said=said)
            else:
                what = say("texts of {length} tokens, with the defaults", length=length)
            cases.append(Case(what, [length] * 5, want, options))
        demand_lengths(student, cases, "round up first, then apply the cap: the cap wins even if it is not a multiple")

    @check(points=1)
    def check_all_data(self, student):
        """all lengths are used, not only the first hundred"""
        cases = []
        for n_first, first, later in ((130, 10, 44), (210, 61, 12)):
            lengths = [first] * n_first + [later] * 90
            want = up(sorted(lengths)[math.ceil(0.95 * len(lengths)) - 1] + 2, 8)
            what = say("{n} texts of {first} tokens, then 90 of {later}", n=n_first, first=first, later=later)
            cases.append(Case(what, lengths, want))
        for n in (130, 210):
            lengths = spread(student, n)
            want = sorted(lengths)[math.ceil(0.95 * n) - 1] + 2
            what = say("{share:g} of {n} texts", share=0.95, n=n)
            cases.append(Case(what, lengths, want, {"multiple": 1, "cap": 5000}))
        demand_lengths(student, cases, "the order of the texts must not matter: does your code look at all of them?")


# --- rmse ---


def root_mean_square(pred: Tensor, target: Tensor) -> float:
    """Compute the RMSE in plain Python, one error after another."""
    errors = [p - t for p, t in zip(pred.flatten().tolist(), target.tolist(), strict=True)]
    return math.sqrt(math.fsum(error * error for error in errors) / len(errors))


def number(student, answer: Any, fact: str) -> Any:
    """Return an answer as a plain number; a tensor of one number is accepted with a remark."""
    found = answer
    if isinstance(answer, Tensor) and answer.numel() == 1:
        expect.remark(say("{name} returns a one-element tensor instead of a plain float", name="rmse"))
        found = answer.item()
    student.note(
        fact,
        found
        if isinstance(found, (int, float))
        else plain(found)
        if isinstance(found, (list, Tensor))
        else type(found).__name__,
    )
    return found


class CheckRmse:
    """One number in the units of the target"""

    function = "rmse"

    def compare(self, student, cases: Sequence[tuple[Tensor, Tensor, str]], hint: str) -> bool:
        """Compare all answers with plain Python; return whether all of them have at most four decimal places.

        Args:
            student: the student of this check.
            cases: predictions, targets, and a description.
            hint: shown if an answer is wrong.
        """
        got, rounded = [], []
        for pred, target, _ in cases:
            with student.untraced():
                answer = student.rmse(pred, target) if pred.ndim == 2 else student.pure("rmse", pred, target)
            found = number(student, answer, "rmse")
            got.append(found)
            rounded.append(isinstance(found, float) and abs(found - round(found, 4)) < 1e-9)
            if pred.ndim == 1 and isinstance(found, float):
                student.note("four places at most", rounded[-1])
        for found, (pred, target, what) in zip(got, cases, strict=True):
            expect.close(found, root_mean_square(pred, target), say("RMSE of {what}", what=what), hint=hint)
        return all(rounded)

    @check(points=2, visible=True)
    def check_value(self, student):
        """the square root of the mean squared error is returned"""
        hint = "compute in this order: error, square, mean, root"
        cases = []
        for n, size in ((3, 1.0), (7, 1.0), (20, 1000.0)):
            target = size * (student.draw.normal(n) * 3 + 1)
            pred = target + size * (student.draw.normal(n) * 2 + 0.7)
            cases.append((pred, target, say("{count} values", count=n)))
        rounded = self.compare(student, cases, hint)
        whole = student.draw.integers(1, 9, (6,)).float()  # so that no order of operations leaves a rounding error
        with student.untraced():
            perfect = student.rmse(whole, whole.clone())
        perfect = perfect.item() if isinstance(perfect, Tensor) and perfect.numel() == 1 else perfect
        seen = perfect if isinstance(perfect, (int, float)) else type(perfect).__name__
        near = isinstance(perfect, (int, float)) and 0 < perfect <= 0.01
        student.note("error of perfect predictions", "near 0, but above" if near else seen)
        expect.close(
            perfect,
            0.0,
            "RMSE of perfect predictions",
            tolerance=1e-6,
            hint="if all errors are 0, does the expression under the root equal 0?",
        )
        # A rounded answer may be close enough by chance. Three right ones look rounded with a probability below 1e-13.
        expect.true(
            not rounded,
            "every result is rounded to four decimal places or fewer",
            hint="return the number as it is: rounding is for printing",
        )

    @staticmethod
    def demand_small_errors_of_large_values(student) -> None:
        """Require precision for large values such as prices: differences are exact in float32, squares are not."""
        target = student.draw.uniform(1900, 2100, 12)
        pred = target + student.draw.normal(12) * 0.1
        with student.untraced():
            found = student.rmse(pred, target)
        found = found.item() if isinstance(found, Tensor) and found.numel() == 1 else found
        want = root_mean_square(pred, target)
        near = isinstance(found, (int, float)) and abs(found - want) < 0.001 * want
        student.note("small errors of large values", near)
        expect.true(
            near,
            "the result is wrong for small errors of large values (targets around 2000, errors around 0.1)",
            expected=say("about {want:.4f}", want=want),
            actual=expect.shown(found),
            hint="a float32 has about seven significant digits: what is left of them after you subtract two numbers "
            "near 2000 squared?",
            reveal=True,
        )

    @check(points=2)
    def check_column(self, student):
        """(B, 1) predictions are compared element by element with (B,) targets"""
        cases = []
        for n in (5, 12):
            target = student.draw.normal(n) * 2
            pred = (target + student.draw.normal(n) * 0.5 + 0.2)[:, None]
            cases.append((pred, target, say("{n} predictions in a column", n=n)))
        self.compare(student, cases, "what shape does (B, 1) minus (B,) have? Print it before you take the mean")
        one, target = student.draw.normal(1, 1), student.draw.normal(1)
        try:
            with student.untraced():
                answer = student.rmse(one, target)
        except StudentRaised as error:
            if error.no_answer:
                raise
            student.note("one prediction in a column is refused", True)
            expect.true(
                False,
                say("a single prediction of shape (1, 1) with a single target raises {type}", type=error.type),
                hint="a data set may consist of a single value",
                reveal=True,
            )
        found = number(student, answer, "rmse of one")
        expect.close(found, root_mean_square(one, target), "RMSE of one prediction in a column")

    @check(points=1, after=("value",))
    def check_mismatch(self, student):
        """different numbers of predictions and targets raise an error"""
        accepted = []
        for shape, n in (((6,), 5), ((1,), 4), ((5, 1), 3), ((1, 1), 6), ((4,), 1), ((2, 2), 2)):
            pred, target = student.draw.normal(*shape), student.draw.normal(n)
            with student.untraced():
                try:
                    found = student.rmse(pred, target)
                except StudentRaised as error:
                    if error.no_answer:
                        raise
                    student.note(f"{shape} and {n}", "an error")
                    expect.remark_on_type(
                        error, mark("for different numbers of values, rmse raises {type} instead of ValueError")
                    )
                    continue
            number(student, found, f"{shape} and {n}")
            accepted.append((shape, n))
        for shape, n in accepted:
            expect.true(
                False,
                say("no error was raised for predictions of shape {shape} and {n} targets", shape=shape, n=n),
                hint="torch broadcasts without a warning: do you compare the numbers of values first?",
                reveal=True,
            )

    @check(points=1, after=("value",))
    def check_not_batch_mean(self, student):
        """one plain number for all data is returned, detached from the graph"""
        for n in (96, 600):
            target = student.draw.normal(n)
            scale = torch.where(torch.arange(n) < 40, 4.0, 0.3)
            pred = target + student.draw.normal(n) * scale
            with student.untraced():
                function = student.value(None, "rmse")
                answer, attached = student.fixtures.evaluation.on_a_graph(function, pred, target)
            student.note("on a graph", attached is not False)
            expect.true(
                attached is False,
                "the result is still attached to the graph of the predictions",
                hint="a reported number needs no gradient: as long as it is attached, its whole graph stays in memory",
                reveal=True,
            )
            expect.close(
                number(student, answer, "rmse of all"),
                root_mean_square(pred, target),
                say("RMSE of {what}", what=say("{count} values", count=n)),
                hint="take the mean over all values at once: the mean of roots is not the root of the mean",
            )
        self.demand_small_errors_of_large_values(student)
        self.demand_whole_targets(student)
        self.demand_no_value_left_out(student)

    @staticmethod
    def demand_no_value_left_out(student) -> None:
        """Require that a NaN among the predictions is not lost; an error is accepted."""
        target = student.draw.normal(7) * 2
        pred = target + student.draw.normal(7)
        pred[student.draw.integer(1, 6)] = torch.nan
        try:
            with student.untraced():
                found = student.rmse(pred, target)
        except StudentRaised as error:
            if error.no_answer:
                raise
            found = torch.nan
        found = found.item() if isinstance(found, Tensor) and found.numel() == 1 else found
        lost = isinstance(found, (int, float)) and math.isfinite(found)
        student.note("rmse of predictions of which one is nan", found if lost else "no number")
        expect.true(
            not lost,
            "one of the predictions is nan, but the result is an ordinary number",
            hint="a diverged model must not look like a good one: what happens to nan values in your code?",
        )

    @staticmethod
    def demand_whole_targets(student) -> None:
        """Require the right answer for integer targets and float predictions; an error is accepted."""
        target = torch.arange(1, 9)
        # Rounding down loses the decimal places of five of them, and rounding to the nearest those of three.
        apart = torch.cat([student.draw.uniform(-0.45, -0.1, 5), student.draw.uniform(0.55, 0.7, 3)])
        pred = target + apart[torch.randperm(8, generator=student.draw.generator)]
        want = root_mean_square(pred, target)
        try:
            with student.untraced():
                found = student.rmse(pred, target)
        except StudentRaised as error:
            if error.no_answer:
                raise
            found = want
        found = found.item() if isinstance(found, Tensor) and found.numel() == 1 else found
        wrong = found if isinstance(found, (int, float)) else type(found).__name__
        right = isinstance(found, (int, float)) and abs(found - want) < 1e-5
        student.note("rmse for whole targets", "right" if right else wrong)
        expect.close(
            found,
            want,
            "RMSE of fractional predictions for targets of an integer dtype",
            hint="is anything lost when your code converts both tensors to the same dtype?",
        )


# --- bonus: audit_log ---

Line = tuple[int, float, float]
CHAPTER_LOG: list[Line] = [
    (80, 0.6234, 0.6250),
    (160, 0.5123, 0.7375),
    (240, 0.3987, 0.8208),
    (320, 0.2876, 0.8813),
    (400, 0.2234, 0.9150),
    (480, 0.1823, 0.9354),
    (560, 0.1534, 0.9482),
    (600, 0.1423, 0.9517),
]
"""The chapter's first epoch, in batches of 8."""


def log_of(steps: Sequence[tuple[int, float, int]]) -> list[Line]:
    """Return a log as printed; each step has (new examples, sum of their losses, right ones among them)."""
    lines, n, loss, right = [], 0, 0.0, 0
    for new, new_loss, new_right in steps:
        n, loss, right = n + new, loss + new_loss, right + new_right
        lines.append((n, round(loss / n, 4), round(right / n, 4)))
    return lines


def honest_steps(student, n_lines: int, new: int = 40) -> list[tuple[int, float, int]]:
    """Draw possible steps, in which about half of the answers are right."""
    losses = student.draw.uniform(0.3, 0.9, n_lines).tolist()
    right = student.draw.integers(new // 4, new // 2, (n_lines,)).tolist()
    return [(new, new * loss, n) for loss, n in zip(losses, right, strict=True)]


def nearly_still(student, times: int, names: tuple[str, str]) -> list[tuple[str, list[Line]]]:
    """Return logs in which the printed number of right answers falls or rises too much by 4 of 70,000 examples or more.

    Args:
        student: the student of this check.
        times: factor of the difference; rounding explains a factor of 1.375.
        names: descriptions with the gap {count}, for a log in which it falls and for one in which it rises.

    Returns:
        (description, log) pairs.
    """
    found: list[tuple[str, list[Line]]] = []
    for rises, factor in ((0, 1), (1, 1), (0, 3), (1, 2)):
        many = student.draw.integer(500, 900)
        shares = (7 * many + times) / 10_000, 4 * many / 10_000
        first, second = (round(1 - share, 4) for share in shares) if rises else shares
        said = say(names[rises], count=factor * 70_000)
        found.append((said, [(factor * 40_000, 0.5, first), (factor * 70_000, 0.4, second)]))
    return found


class CheckAuditLog:
    """Bonus: impossible lines"""

    function = "audit_log"

    def demand(self, student, cases: Sequence[tuple[str, list[Line], list[int]]], hint: str) -> bool:
        """Call the function for all of these logs, then compare; return True if one of them was changed."""
        found, changed = [], False
        for _, lines, _ in cases:
            with student.untraced():
                function = student.value(None, "audit_log")
                answer, after = student.fixtures.evaluation.called(function, [lines], {})
            changed |= not untouched(lines, after)
            student.note("the caller's log changed", changed)
            places = sorted(answer) if isinstance(answer, set) else plain(answer)
            found.append(places if isinstance(places, list) else type(places).__name__)
            student.note("lines", " ".join(map(str, places)) if isinstance(places, list) else found[-1])
        for (what, _, want), places in zip(cases, found, strict=True):
            label = say("impossible lines of {what}", what=translated(what))
            expect.equal(places, want, label, hint=hint, reveal=True)
        return changed

    @check(points=2, visible=True)
    def check_chapter_log(self, student):
        """in the chapter's log, everything from the fourth line on is impossible"""
        shorter = CHAPTER_LOG[: student.draw.integer(5, 8)]
        self.demand(
            student,
            [
                (mark("the chapter's log"), CHAPTER_LOG, [3, 4, 5, 6, 7]),
                (mark("its beginning"), shorter, list(range(3, len(shorter)))),
            ],
            "an average times its count is a sum: how much does that sum grow from line to line?",
        )

    @check(points=1)
    def check_accuracy(self, student):
        """lines are flagged where the correct answers fall, or rise by too many"""
        cases = []
        for which in (mark("too many"), mark("fewer than before"), mark("both")):
            steps, places = honest_steps(student, 9), []
            for place, change in ((2, -4), (3, 44), (5, -4), (7, 43)):
                if which == "both" or (change > 0) == (which == "too many"):
                    steps[place] = (steps[place][0], steps[place][1], change)
                    places.append(place)
            what = say("a log with impossible numbers of correct answers ({which})", which=translated(which))
            cases.append((what, log_of(steps), places))
        first = honest_steps(student, 3)
        n = first[0][0]
        for right, second, places in ((n, n + 4, [1]), (n + 1, first[1][2], [0]), (n + 3, first[1][2], [0])):
            begun = [(n, first[0][1], right), (first[1][0], first[1][1], second), *first[2:]]
            what = say("a log whose first line has {right} of {n} answers correct", right=right, n=n)
            cases.append((what, log_of(begun), places))
        names = (
            mark("a log of {count} examples in which the number of correct answers falls"),
            mark("a log of {count} examples in which the number of correct answers rises too much"),
        )
        cases += [(what, log, [1]) for what, log in nearly_still(student, 2, names)]
        self.demand(
            student, cases, "80 new examples add between 0 and 80 correct answers: how many does each line add?"
        )

    @check(points=1)
    def check_loss(self, student):
        """lines are flagged where the sum of the losses falls, even the first line"""
        steps = honest_steps(student, 8)
        for place, change in ((2, -5.0), (6, -50.0)):  # after the second, the sum stays below its earlier value
            steps[place] = (steps[place][0], change, steps[place][2])
        first = honest_steps(student, 4)
        first[0] = (40, -8.0, first[0][2])
        first[1] = (40, 40.0, first[1][2])
        alone = honest_steps(student, 1)
        below = honest_steps(student, 3)
        below[:2] = [(n, loss, right) for (n, _, right), loss in zip(below, (0.0, -9.0), strict=False)]
        few, many = student.draw.integer(120, 240), student.draw.integer(500, 900)
        # Of 16 examples the sum falls by 0.0192, and rounding explains 0.0012; of 70,000 it falls by 8, not by 5.5.
        small = [(8, few / 500, 0.5), (16, few / 1000 - 0.0012, 0.5), (24, few / 1000, 0.5)]
        large = [(40_000, (7 * many + 2) / 10_000, 0.5), (70_000, 4 * many / 10_000, 0.6)]
        slight = [
            (
                say(
                    "a log of {count} examples in which the sum of the losses falls a little", count=times * log[-1][0]
                ),
                [(times * n, round(loss, 4), accuracy) for n, loss, accuracy in log],
                [1],
            )
            for log, factors in ((small, (1, 2)), (large, (1, 2, 3)))
            for times in factors
        ]
        cases = [
            (mark("a log in which the sum of the losses falls"), log_of(steps), [2, 6]),
            (mark("a log that begins with a negative loss"), log_of(first), [0]),
            (mark("a log in which a loss of 0 becomes negative"), log_of(below), [1]),
            *slight,
            (mark("a log of a single line, with a negative loss"), log_of([(40, -8.0, alone[0][2])]), [0]),
        ]
        self.demand(
            student, cases, "every example adds its loss to the sum, and a cross-entropy loss is never negative"
        )

    @check(points=1, after=("chapter_log",))
    def check_possible(self, student):
        """possible lines are not flagged, despite worse averages or rounding"""
        worse = [(40, loss, right) for loss, right in ((8.0, 38), (60.0, 9), (75.0, 0), (4.0, 40), (2.0, 40))]
        # From 1,000 examples on, nothing is added to the sums, and rounding makes them seem to fall and to rise.
        still = [(1000, 123.44, 617), *[(7, 0.0, 7), (7, 0.0, 0)] * 6]
        # Of 70,000 examples the sum of the losses seems to fall by 4, or by 1, and rounding explains 5.5. Of the 30,000
        # new ones alone, it would explain 1.5.
        many = student.draw.integer(500, 900)
        large: list[tuple[str, list[tuple[int, float, float]], list[int]]] = [
            (
                say("a log of {count} examples in which the sum of the losses seems to fall", count=times * 70_000),
                [(times * 40_000, (7 * many + a) / 10_000, 0.5), (times * 70_000, (4 * many + b) / 10_000, 0.6)],
                [],
            )
            for times, a, b in ((1, 1, 0), (2, 1, 0), (3, 1, 0), (1, 2, 1))
        ]
        names = (
            mark("a log of {count} examples in which the number of correct answers seems to fall"),
            mark("a log of {count} examples in which the number of correct answers seems to rise too much"),
        )
        cases = [
            (mark("a log in which the averages get worse"), log_of(worse), []),
            *large,
            *[(what, log, []) for what, log in nearly_still(student, 1, names)],
            (mark("a log whose last losses are nearly 0"), log_of(still), []),
            (mark("an ordinary log"), log_of(honest_steps(student, 12)), []),
            (
                mark("a log with one bad line"),
                log_of([*honest_steps(student, 5), *[(40, 20.0, right) for right in (70, 40, 40, 40)]]),
                [5],
            ),
            (
                mark("a log whose number of correct answers is too high in one line"),
                log_of([*honest_steps(student, 5), *[(40, 20.0, right) for right in (90, -70, 10, 15)]]),
                [5, 6],
            ),
        ]
        changed = self.demand(
            student,
            cases,
            (
                "a running average may rise or fall, but the running sum behind it never falls. How far off can a sum "
                "be if its average was rounded?"
            ),
        )
        expect.true(
            not changed,
            "the call has modified the caller's log",
            hint="the caller still needs the log as it was: which part of your code changes the list?",
            reveal=True,
        )


# --- bonus: possible_error_counts ---


def sums_of(copies: Sequence[int]) -> list[int]:
    """Return the sums of all sublists: each earlier sum with and without the next number."""
    sums = {0}
    for n in copies:
        sums.update([part + n for part in sums])
    return sorted(sums)


class CheckPossibleErrorCounts:
    """Bonus: all copies or none"""

    function = "possible_error_counts"

    def demand(self, student, cases: Sequence[list[int]], hint: str, reveal: bool = False) -> None:
        """Ask for all of them, then compare."""
        found = []
        for copies in cases:
            with student.untraced():
                answer = student.possible_error_counts(copies)
            numbers = sorted(answer) if isinstance(answer, set) else plain(answer)
            if isinstance(numbers, list) and all(isinstance(number, (int, float)) for number in numbers):
                numbers = sorted({*numbers})
            found.append(numbers if isinstance(numbers, list) else type(numbers).__name__)
        student.note("numbers", found)
        for copies, numbers in zip(cases, found, strict=True):
            expect.equal(
                numbers,
                sums_of(copies),
                say("error counts for copies {copies}", copies=copies),
                hint=hint,
                reveal=reveal,
            )

    @check(points=2, visible=True)
    def check_chapter_copies(self, student):
        """for the chapter's test set, no error count between 0 and 21 is possible"""
        copies = [21, 27, 23, 26, 24, 27, 29, 23]
        order = torch.randperm(8, generator=student.draw.generator).tolist()
        self.demand(
            student,
            [copies, [copies[i] for i in order[:6]]],
            "the model may be wrong about any subset of the texts: how many errors does each subset give?",
        )

    @check(points=1)
    def check_small(self, student):
        """for two or three texts, every possible set of misclassified texts is counted"""
        # Different numbers of copies; another check tests equal ones.
        cases = [(1 + torch.randperm(29, generator=student.draw.generator)[:n]).tolist() for n in (2, 3, 3)]
        self.demand(
            student,
            cases,
            "list every possible set of misclassified texts: with three texts, there are eight such sets, "
            "including the empty set",
            reveal=True,
        )

    @check(points=1)
    def check_equal_copies(self, student):
        """texts that occur equally often are still separate texts"""
        a = student.draw.integer(3, 9)
        b = 3 * a + student.draw.integer(1, a)  # not a multiple of a, so that three of one are not one of the other
        self.demand(
            student, [[a, a], [a, b, a, b], [b] * 4], "with two texts of 5 copies each, can there be 10 errors?"
        )

    @check(points=1)
    def check_ends(self, student):
        """both extremes are possible: all rows right and all rows wrong"""
        single = student.draw.integer(2, 90)
        cases = [
            [single],
            [1] * student.draw.integer(4, 7),
            student.draw.integers(1, 200, (10,)).tolist(),
            student.draw.integers(1, 30, (15,)).tolist(),  # so many that each set of them is improbable
            [60 * n for n in student.draw.integers(1, 4, (21,)).tolist()],  # trying all sets means two million
        ]
        self.demand(student, cases, "a model can get every text right, and it can also get every text wrong")
        with student.untraced():
            student.pure("possible_error_counts", [5, 9, 2, 7])


# --- bonus: paired_bootstrap ---


class Models:
    """Targets, predictions of two models, and the middle of their bootstrapped differences."""

    def __init__(self, student, n: int, better: float = 0.0, blunder: float = 0.0, n_draws: int = 20_000) -> None:
        """Draw them; most of the errors are common to both models, and a is better by about ``better``.

        With ``blunder``, a is off by that much in one row. A draw has that row 0, 1, 2, ... times, so the differences
        form clusters, with many small ones and few large ones.
        """
        self.changed, self.skewed = False, blunder > 0
        draw = student.draw
        self.target = draw.normal(n) * 2
        common = draw.normal(n) * 2
        self.a = self.target + common * (1 - better) + draw.normal(n) * 0.25
        self.b = self.target + common + draw.normal(n) * 0.25
        self.a[0] += blunder
        squares = [(pred.double() - self.target.double()).square() for pred in (self.a, self.b)]
        rows = draw.integers(0, n, (n_draws, n))
        figures = [of_model[rows].mean(1).sqrt() for of_model in squares]
        self.observed = float(squares[0].mean().sqrt() - squares[1].mean().sqrt())  # with every row once
        differences, apart = figures[0] - figures[1], figures[0] - figures[1].roll(1)
        self.sorted, _ = differences.sort()
        self.spread = float(differences.std())
        self.sorted_apart, _ = apart.sort()  # with separate draws for the two models
        self.spread_apart = float(apart.std())

    def mirrored(self) -> Models:
        """Return the same rows in reverse order."""
        other = duplicate(self)
        other.target, other.a, other.b = (values.flip(0) for values in (self.target, self.a, self.b))
        return other

    def quantile(self, share: float) -> float:
        """Return a quantile of the judge's own draws."""
        return float(self.sorted[round(share * (len(self.sorted) - 1))])

    def as_of_half(self, ends: Sequence[float], level: float) -> bool:
        """Return whether this is the interval for half as many rows per draw, which is wider by the root of two."""
        middle, shares = self.quantile(0.5), ((1 - level) / 2, (1 + level) / 2)
        width = self.quantile(shares[1]) - self.quantile(shares[0])
        wider = 1.2 * width < ends[1] - ends[0] < 1.7 * width
        return (
            not self.skewed
            and wider
            and all(
                abs(end - middle - math.sqrt(2) * (self.quantile(share) - middle)) < 0.3 * self.spread
                for end, share in zip(ends, shares, strict=True)
            )
        )

    def as_narrow(self, ends: Sequence[float], level: float) -> bool:
        """Return whether this is a narrow interval in the middle, as if each difference came from thousands of rows.

        With 6,000 rows instead of 90 to 120, it is narrower by a factor of 7 to 8; its ends, which are quantiles of
        few differences, vary by at most 14% of its width. An interval for the mean is narrower by a factor of 26.
        """
        shares = ((1 - level) / 2, (1 + level) / 2)
        width = self.quantile(shares[1]) - self.quantile(shares[0])
        return (
            not self.skewed
            and 0.045 * width < ends[1] - ends[0] < 0.3 * width
            and abs((ends[0] + ends[1]) / 2 - self.observed) < 0.3 * self.spread
        )

    def in_the_middle(self, end: float, level: float) -> bool:
        """Return whether an interval without width is at the difference of all rows, or at the median with a reason."""
        if level > 0.5:
            return abs(end - self.observed) < 0.01 * self.spread
        return abs(end - self.quantile(0.5)) < 0.1 * self.spread  # a half cut off at each end

    def as_if_apart(self, ends: Sequence[float], level: float) -> bool:
        """Return whether this is the interval for separate draws for each model, which is many times as wide."""
        last, shares = len(self.sorted_apart) - 1, ((1 - level) / 2, (1 + level) / 2)
        return self.spread_apart > 2 * self.spread and all(
            abs(end - float(self.sorted_apart[round(share * last)])) < 0.22 * self.spread_apart
            for end, share in zip(ends, shares, strict=True)
        )


def interval(student, models: Models, turned: bool = False, **options: float) -> list[float]:
    """Return the student's interval, two plain numbers."""
    one, other = (models.b, models.a) if turned else (models.a, models.b)
    with student.untraced():
        function = student.value(None, "paired_bootstrap")
        answer, *after = student.fixtures.evaluation.called(function, [one, other, models.target], options)
    models.changed |= not untouched([one, other, models.target], after)
    student.note("the caller's tensors changed", models.changed)
    ends: list[float] = plain(answer)
    expect.true(
        isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, (int, float)) for end in ends),
        "the result is not a pair of numbers",
        actual=expect.shown(ends),
        reveal=True,
    )
    return ends


def no_width(ends: Sequence[float], models: Models) -> bool:
    """Return whether all draws gave the same difference."""
    return abs(ends[1] - ends[0]) < 0.02 * models.spread


def demand_intervals(student, cases: Sequence[tuple[list[float], Models, float]], hint: str) -> None:
    """Require that both ends of each interval agree with the judge's own draws."""
    ends: list[str | int | tuple[str, bool | str]] = []
    for got, models, level in cases:
        for end, share in zip(got, ((1 - level) / 2, (1 + level) / 2), strict=True):
            want = models.quantile(share)
            near = want if abs(end - want) < 0.22 * models.spread else end  # note every right answer alike
            halves = round(max(-99.0, min(99.0, 2 * (near - models.quantile(0.5)) / models.spread)))
            ends.append(
                "drawn apart"
                if models.as_if_apart(got, level)
                else ("no width", "zero" if max(map(abs, got)) < 1e-6 else models.in_the_middle(end, level))
                if no_width(got, models)
                else "drawn of half"
                if models.as_of_half(got, level)
                else "as narrow as a standard error"
                if models.as_narrow(got, level)
                else halves
            )
    student.note("ends, in halves of the spread", ends)
    student.note("no width", any(no_width(got, models) for got, models, _ in cases))
    for got, models, level in cases:
        # 6,000 draws: standard error below 0.04 of the spread
        for which, end, share in zip(
            (mark("lower"), mark("upper")), got, ((1 - level) / 2, (1 + level) / 2), strict=True
        ):
            want = models.quantile(share)
            expect.true(
                abs(end - want) < 0.22 * models.spread,
                say("with level={level}, the {which} end of the interval is off", which=say(which), level=level),
                expected=say("about {want:.4f}", want=want),
                actual=f"{end:.4f}",
                hint=hint,
            )


class CheckPairedBootstrap:
    """Bonus: a difference and its interval"""

    function = "paired_bootstrap"

    @check(points=2, visible=True)
    def check_interval(self, student):
        """the interval contains 95% of the differences, from paired resamples"""
        cases = []
        for n in (120, 90):
            models = Models(student, n)
            seed = student.draw.integer(0, 1000)
            cases.append((interval(student, models, n_draws=6000, seed=seed), models, 0.95))
        demand_intervals(
            student,
            cases,
            "in each resample, use the same rows for both models, compute one RMSE per model, then take the difference",
        )

    @check(points=1)
    def check_level(self, student):
        """level is the share of the differences inside the interval"""
        cases = []
        for level in (0.5, 0.8):
            models = Models(student, 100)
            cases.append((interval(student, models, n_draws=6000, level=level), models, level))
        demand_intervals(student, cases, "which share of the differences do you cut off at each end?")
        # The ends are inside a cluster, 11 standard errors from its boundary, or 15 with the level of 0.7: in n draws
        # with replacement, a row occurs 0, up to 1, 2, 3 times with probabilities .37, .74, .92 and .98. If it is drawn
        # half as often, these are .61, .91, .99 and 1.
        models = Models(student, 100, blunder=10.0)
        # The blunder is first in the first row, then in the last one.
        cases = [
            (interval(student, which, n_draws=6000, level=level), models, level)
            for which, level in ((models, 0.9), (models.mirrored(), 0.7))
        ]
        # The RMSE of a draw differs widely from that of all rows.
        dominated = Models(student, 100, blunder=30.0, n_draws=5000)
        cases.append((interval(student, dominated, n_draws=3000, level=0.9), dominated, 0.9))
        demand_intervals(
            student,
            cases,
            "one row with a huge error skews the differences. The ends are quantiles of the differences "
            "themselves: do you mirror them, or use a standard deviation?",
        )

    @check(points=1)
    def check_direction(self, student):
        """the lower end comes first; both ends are negative if model a is better"""
        models = Models(student, 100, better=0.5)
        got, turned = interval(student, models), interval(student, models, turned=True)
        student.note("signs", [end > 0 for end in got + turned])
        expect.true(
            got[0] <= got[1] and turned[0] <= turned[1],
            "the first number is larger than the second",
            actual=got,
            reveal=True,
        )
        expect.true(
            got[1] < 0 < turned[0],
            "the sign of the interval does not tell which model is better",
            actual=[got, turned],
            hint="a smaller error is better: which sign does RMSE(a) - RMSE(b) have when model a is better?",
            reveal=True,
        )
        expect.true(
            not models.changed,
            "the call has modified the caller's predictions or targets",
            hint="the caller still needs them: which of your operations works in place?",
            reveal=True,
        )

    @check(points=1, after=("interval",))
    def check_deterministic(self, student):
        """equal seeds give equal intervals, different seeds different ones"""
        models = Models(student, 80)
        first = [interval(student, models, n_draws=400, seed=seed) for seed in range(4)]
        again = [interval(student, models, n_draws=400, seed=seed) for seed in (2, 0)]
        same = again == [first[2], first[0]]
        student.note("same interval for seeds 2 and 0", [again[0] == first[2], again[1] == first[0]])
        different = max(max(ends) - min(ends) for ends in zip(*first, strict=True)) > 1e-5  # by more than rounding
        student.note("intervals", "several" if different else "one")
        zero_is_42 = interval(student, models, n_draws=400, seed=42) == first[0]
        student.note("the interval of seed 0 is that of seed 42", zero_is_42)
        expect.true(same, "two calls with the same seed give different intervals", reveal=True, fact=True)
        expect.true(different, "four different seeds give the same interval", reveal=True)
        expect.true(
            not zero_is_42,
            "seeds 0 and 42 give the same interval",
            hint="0 is a seed like any other",
            reveal=True,
        )
        self.demand_n_draws(student, models, first)

    @staticmethod
    def demand_n_draws(student, models: Models, many: Sequence[Sequence[float]]) -> None:
        """Require that the ends vary between seeds as expected for the number of draws, and the documented defaults.

        Args:
            student: the student of this check.
            models: two models.
            many: their intervals with 400 draws, for the seeds from 0 on.
        """
        # The end of a 95% interval varies by 0.06 of the spread with 2,000 draws, by about 0.4 with 30, and with 32
        # seeds, these are distinguished with an error probability below 1e-9. A fortieth of 30 draws is less than one.
        drawn = torch.tensor([interval(student, models, n_draws=30, seed=seed) for seed in range(32)])
        wobble = float(drawn.double().std(0).mean()) / models.spread
        pointlike = bool((drawn[:, 0] == drawn[:, 1]).all())
        student.note("ends of 30 draws", "steady" if wobble < 0.15 else "varying")
        student.note("both ends of 30 draws are the same", pointlike)
        again = any(few == ends for few, ends in zip(drawn.tolist(), torch.tensor(many).tolist(), strict=False))
        student.note("30 draws give the same interval as 400", again)
        default = interval(student, models) == interval(student, models, n_draws=2000, level=0.95, seed=0)
        student.note("defaults", default)
        expect.true(
            wobble >= 0.15,
            "with 30 draws, the interval hardly varies from seed to seed",
            hint="the fewer the draws, the less certain the ends of the interval: where does your code use n_draws?",
            reveal=True,
        )
        expect.true(
            not again,
            "with the same seed, 30 draws give the same interval as 400",
            hint="an interval depends on all arguments: what does your code keep from one call to the next?",
            reveal=True,
        )
        expect.true(
            not pointlike,
            "with 30 draws, both ends of the interval are the same difference",
            hint="half of 5% of 30 draws is less than one draw: which index does your code use for each end?",
            reveal=True,
        )
        expect.true(default, "the defaults are not n_draws=2000, level=0.95 and seed=0", reveal=True)


# --- bonus: group_folds ---


class Folds:
    """The rows of each of a student's folds."""

    def __init__(self, student, texts: list[str], **options: int) -> None:
        """Call the function, and require lists of row numbers."""
        self.texts = texts
        with student.untraced():
            function = student.value(None, "group_folds")
            answer, after = student.fixtures.evaluation.called(function, [list(texts)], options)
        self.changes = not untouched(list(texts), after)
        student.note("the caller's list changed", self.changes)
        parts = list(answer) if isinstance(answer, (list, tuple)) else []
        if isinstance(answer, Tensor) and answer.ndim == 2:
            parts = list(answer)
        student.note("form", kind_of(parts))
        pairs = all(isinstance(part, (list, tuple)) and len(part) == 2 for part in parts)
        student.note("pairs", pairs and not all(isinstance(row, int) for part in parts for row in part))
        expect.true(parts, "the result is not a list of folds", actual=type(answer).__name__, reveal=True)
        self.rows = [row_numbers(part, len(texts)) for part in parts]

    def leaking(self, same: Sequence[Any]) -> int:
        """Count the texts that are in more than one fold."""
        folds_of: dict[Any, set[int]] = {}
        for place, rows in enumerate(self.rows):
            for row in rows:
                folds_of.setdefault(same[row], set()).add(place)
        return sum(len(places) > 1 for places in folds_of.values())

    def demand_number(self, k: int) -> None:
        """Require k folds, none of them empty."""
        expect.equal(len(self.rows), k, "number of folds", reveal=True)
        expect.true(all(self.rows), "a fold is empty", reveal=True)


def repeated_texts(student, n: int, most: int, least: int = 1) -> list[str]:
    """Return n texts, each of them ``least`` to ``most`` times, in random order."""
    rows = [(text, 0) for text in sentences(student, n) for _ in range(student.draw.integer(least, most + 1))]
    return shuffled(student, rows)[0]


def alike(student, n: int) -> dict[str, list[str]]:
    """Return difference -> n texts that differ only in this way."""
    words = list(dict.fromkeys(" ".join(sentences(student, 24)).split()))
    start = " ".join(words[6:])
    ends = sentences(student, n)

    def some(ways: Iterable[Any]) -> list[Any]:
        every = list(ways)
        return [every[i] for i in torch.randperm(len(every), generator=student.draw.generator)[:n].tolist()]

    return {
        "the end of a long text": [f"{start} {text}" for text in ends],
        "the beginning of a long text": [f"{text} {start}" for text in ends],
        "the order of the words": [" ".join(order) for order in some(permutations(words[:5]))],
        "punctuation": [
            " ".join(f"{word}{sign}" for word, sign in zip(words, signs, strict=False))
            for signs in some(product("!?.,;:", repeat=3))
        ],
        "a missing space between words": [
            "".join(word + gap for word, gap in zip(words[:7], (*gaps, ""), strict=True))
            for gaps in some(product(("", " "), repeat=6))
        ],
    }


class CheckGroupFolds:
    """Bonus: folds of whole texts"""

    function = "group_folds"

    @check(points=2, visible=True)
    def check_no_leak(self, student):
        """equal texts are in the same fold, even if they differ in case or whitespace"""
        ways = {
            "copies": lambda text: [text] * 4,
            mark("case"): lambda text: [text, text.upper(), text.title(), text.capitalize()],
            mark("whitespace"): lambda text: [text, f" {text}", text.replace(" ", "  "), text.replace(" ", "\t")],
        }
        facts: dict[str, list[bool]] = {way: [] for way in ways}
        numbers, seen = [], []
        for k in (3, 6):
            for way, write in ways.items():
                rows, written = [], {}
                for text in sentences(student, 36):
                    for form in write(text):
                        rows.append((form, 0))
                        written[form] = text
                folds = Folds(student, shuffled(student, rows)[0], k=k)
                same = [written[text] for text in folds.texts]
                facts[way].append(folds.leaking(same) > 0)
                seen.append((folds, same))
                numbers.append((folds, k, len({same[row] for rows in folds.rows for row in rows})))
        for way, found in facts.items():
            student.note(f"in several folds: {way}", any(found))
        # With 37 texts of four rows each, no cut into four equal parts is between two texts.
        rows = [(text, 0) for text in sentences(student, 37) for _ in range(4)]
        cut = Folds(student, shuffled(student, rows)[0], k=4)
        n_leaking = cut.leaking(cut.texts)
        student.note("of 37 texts in several folds", "none" if not n_leaking else "1 to 3" if n_leaking < 4 else "many")
        # For the first two lists of texts: if all forms of a text are taken for different texts, the rows of the second
        # and the third are distributed in the same way.
        student.note("the folds of an earlier call", seen[0][0].rows == seen[1][0].rows)
        times = [Counter(row for rows in folds.rows for row in rows) for folds, _, _ in numbers]
        student.note("folds of a row, at most", [max(found.values(), default=0) for found in times])
        student.note("numbers of folds", [len(folds.rows) for folds, _, _ in numbers])
        for folds, k, n_texts in numbers:
            folds.demand_number(k)
            expect.equal(n_texts, 36, "texts found in at least one fold", reveal=True)
        for way, found in facts.items():
            expect.true(
                not any(found),
                say("texts in different folds differ only in: {way}", way=say(way))
                if way != "copies"
                else "copies of the same text are in different folds",
                hint="do you assign rows or whole texts to folds?",
                reveal=True,
            )
        expect.true(
            not n_leaking,
            say(
                "of {n_texts} texts that occur four times each, {count} are in more than one fold",
                n_texts=37,
                count=n_leaking,
            ),
            hint="the number of rows in a fold need not be exactly B / k: which texts does your code split?",
            reveal=True,
        )

    @check(points=1, after=("no_leak",))
    def check_partition(self, student):
        """every row is in exactly one fold, and the caller's list is not modified"""
        missing, repeated, blanks, changed = [], [], [], False
        # Equal folds leave three rows of the third list, and two texts, but no rows, of the fourth.
        for n, k, least, most in ((41, 5, 1, 6), (34, 3, 1, 6), (47, 4, 1, 1), (46, 4, 2, 2)):
            rows = repeated_texts(student, n, most, least)
            texts = [text.upper() if place % 5 == 0 else text for place, text in enumerate(rows)]
            if k == 3:
                texts[7:7] = BLANKS
            folds = Folds(student, texts, **({} if k == 5 else {"k": k}))
            times = Counter(row for rows in folds.rows for row in rows)
            blanks += [not text.strip() and row not in times for row, text in enumerate(texts)]
            missing.append(len(folds.texts) - len(times))
            repeated.append(sum(count > 1 for count in times.values()))
            folds.demand_number(k)
            changed |= folds.changes
        student.note("rows in several", [count > 0 for count in repeated])
        # The number of rows, 1 to 6, of a left-out text is random.
        student.note("many rows in no fold", [count > 12 for count in missing[:2]])
        student.note("rows in no fold", missing[2:])
        # Which further texts are left out is chance.
        student.note("rows without a word in no fold", sum(blanks) if sum(blanks) == sum(missing) else "others too")
        expect.true(
            not any(blanks) or sum(missing) > sum(blanks),
            "the rows whose text is empty or only whitespace are in no fold",
            hint="such a text is a text like any other: every row is in one of the folds",
            reveal=True,
        )
        expect.equal(
            missing,
            [0, 0, 0, 0],
            "rows in no fold",
            hint="does your code assign every group, with all its rows, to a fold?",
        )
        expect.equal(
            repeated,
            [0, 0, 0, 0],
            "rows in the folds more than once",
            hint="to how many folds does your code assign each group?",
        )
        expect.true(
            not changed,
            "the call has modified the caller's texts",
            hint="the caller still needs the original texts in their original order: which line of your code changes "
            "the list?",
            reveal=True,
        )

    @check(points=1, after=("no_leak",))
    def check_sizes(self, student):
        """the folds have roughly equal sizes"""
        # 400 texts of one to three rows: if distributed by count, a fold is off by a quarter at six standard errors.
        # 40 or 41 different texts: if each text draws its fold, nearly every second fold is off by more than that.
        seen = []
        given = [("", 4, repeated_texts(student, 400, 3)), ("", 5, repeated_texts(student, 400, 3))]
        given.append(("", 5, repeated_texts(student, 41, 1)))  # in 9, 9, 9, 9 and 5, the last is too small
        given.append(("", 6, repeated_texts(student, 35, 1)))  # in 5, 5, 5, 5, 5 and 10, the last is too large
        given += [(way, 4 + place % 2, texts) for place, (way, texts) in enumerate(alike(student, 40).items())]
        for way, k, texts in given:
            folds = Folds(student, texts, k=k)
            student.note("empty folds", sum(not rows for rows in folds.rows))
            shares = [len(rows) * k / len(folds.texts) for rows in folds.rows]
            equal = max(shares) <= 1.25 and min(shares) >= 0.75
            seen.append((way, folds, k, equal, [len(rows) for rows in folds.rows]))
        student.note("unequal folds of many texts", any(not equal for *_, equal, sizes in seen if sum(sizes) > 41))
        student.note("unequal folds of few texts", any(not equal for *_, equal, sizes in seen if sum(sizes) <= 41))
        ends = [(sizes[0] * k / sum(sizes), sizes[-1] * k / sum(sizes)) for *_, k, _, sizes in seen if sum(sizes) > 41]
        uneven = all(0.35 < first < 0.65 and 1.35 < last < 1.65 for first, last in ends)
        student.note("half as many rows in the first fold as in the others, and half more in the last", uneven)
        few = [sizes for *_, sizes in seen if sum(sizes) == 41]
        student.note("sizes of five folds of 41 texts", "9 9 9 9 5" if few == [[9, 9, 9, 9, 5]] else "other ones")
        ten = {0: "10 5 5 5 5 5", 5: "5 5 5 5 5 10"}
        places = [sizes.index(10) for *_, sizes in seen if sum(sizes) == 35 and sorted(sizes) == [5] * 5 + [10]]
        student.note("sizes of six folds of 35 texts", ten.get(places[0], "other ones") if places else "other ones")
        for way, folds, k, _, sizes in seen:
            expect.true(
                not way or max(sizes) < 40,
                say("40 texts are all in the same fold; they differ in: {way}", way=say(way)),
                hint="equal texts differ only in case and whitespace: what else does your code ignore?",
                reveal=True,
            )
            folds.demand_number(k)
        for *_, equal, sizes in seen:
            expect.true(
                equal,
                "the folds have very different sizes",
                actual=sizes,
                hint="to keep the sizes equal, which fold should get the next group, and where does a remainder go?",
                reveal=True,
            )

    @check(points=1, after=("no_leak",))
    def check_deterministic(self, student):
        """equal seeds give equal folds in any process, other seeds different ones"""
        texts = repeated_texts(student, 40, 3)

        def dealt(**options: int) -> list[list[int]]:
            return sorted(sorted(rows) for rows in Folds(student, texts, **options).rows)

        first = [dealt(k=4, seed=seed) for seed in range(5)]
        second = [dealt(k=4, seed=seed) for seed in (2, 0)]
        again = second == [first[2], first[0]]
        student.note("same folds for seeds 2 and 0", [second[0] == first[2], second[1] == first[0]])
        different = len({str(folds) for folds in first})
        student.note("ways to deal", "one" if different == 1 else "several")
        zero_is_42 = dealt(k=4, seed=42) == first[0]
        student.note("the folds of seed 0 are those of seed 42", zero_is_42)
        expect.true(again, "two calls with the same seed give different folds", reveal=True, fact=True)
        expect.true(different > 1, "five different seeds give the same folds", reveal=True)
        expect.true(
            not zero_is_42,
            "seeds 0 and 42 give the same folds",
            hint="0 is a seed like any other",
            reveal=True,
        )
        expect.true(dealt() == dealt(k=5, seed=42), "the defaults are not k=5 and seed=42", reveal=True)
        demand_steady_across_processes(student, "group_folds", -1)
