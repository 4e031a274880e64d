"""Hidden checks of exercise-1: from tokens to labels.

The expected values come from plain loops, from arithmetic on the shapes of BERT's tensors, or from sentences
built from their entities. The reference solution agrees with these values, and tests compare it with transformers. Ids,
sizes and scores are drawn anew in every run.

Where a student may choose (which of two equally long texts is truncated, which random numbers are used, extra keys),
the result is read untraced, and the facts about it are noted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from course.text import listed, mark, say, translated
from grader.errors import StudentRaised
from grader.fixtures import basics
from grader.judge import expect
from grader.judge.check import check

# --- batches ---


def rows_of(student, lengths: Sequence[int], low: int = 3, high: int = 90) -> list[list[int]]:
    """Draw rows of these lengths with ids in [low, high)."""
    return [student.draw.integers(low, high, (length,)).tolist() for length in lengths]


def filled(rows: list[list[int]], pad_id: int) -> dict[str, list[list[int]]]:
    """Return the expected batch for rows that need no truncation."""
    longest = max(map(len, rows))
    ids = [[row[place] if place < len(row) else pad_id for place in range(longest)] for row in rows]
    mask = [[int(place < len(row)) for place in range(longest)] for row in rows]
    return {"input_ids": ids, "attention_mask": mask}


def part(result: Any, key: str, kind: str = "tensor") -> Any:
    """Return one entry of a result that must be a dictionary."""
    expect.true(isinstance(result, dict), "the result is not a dictionary", actual=expect.shown(result), reveal=True)
    expect.true(
        key in result,
        say("the result has no key {key}", key=key),
        actual=list(result),
        hint="which keys does the docstring list?",
        reveal=True,
    )
    value = result[key]
    if kind == "tensor":
        expect.true(
            isinstance(value, Tensor), say("{key} is not a tensor", key=key), actual=expect.shown(value), reveal=True
        )
    return value


def expect_batch(result: Any, want: dict[str, list[list[int]]], what: str, hint: str) -> None:
    """Expect these ids and this mask, in this shape."""
    for key in ("input_ids", "attention_mask"):
        value, label = part(result, key), say("{key} {what}", key=key, what=translated(what))
        expect.shape(value, (len(want[key]), len(want[key][0])), label, hint=hint)
        expect.equal(value, want[key], label, hint=hint)


class CheckPadBatch:
    """Dynamic padding, truncation, attention mask"""

    function = "pad_batch"

    @check(points=2, visible=True)
    def check_values(self, student):
        """rows are padded on the right; the attention mask is 1 at tokens and 0 at padding"""
        # Neither sort order of the lengths of four rows equals its inverse; without a limit, none is truncated.
        asked = [rows_of(student, lengths, high=120_000) for lengths in ((4, 7, 2, 5), (3, 6), (1100, 5), (2, 3, 7, 4))]
        batches = [student.pad_batch(rows) for rows in asked]
        for rows, batch in zip(asked, batches, strict=True):  # vocabularies of that size exist
            expect_batch(
                batch,
                filled(rows, 0),
                mark("of four rows") if len(rows) == 4 else mark("of two rows"),
                "padding goes after the ids: position 0 of every row must be [CLS]",
            )

    @check(points=1, visible=True, after=("values",))
    def check_dynamic_length(self, student):
        """the batch is padded to its own longest row, not to max_length"""
        short, longer, long = rows_of(student, (3, 2)), rows_of(student, (6, 9, 4)), rows_of(student, (83, 5))
        hint = (
            "padding beyond the longest row of the batch is wasted compute: how long is the longest row of this batch?"
        )
        for rows in (short, longer, longer[:1], long):
            longest = max(map(len, rows))
            batch = student.pad_batch(rows, max_length=128)
            expect.shape(part(batch, "input_ids"), (len(rows), longest), "input_ids with max_length=128", hint=hint)
            mask = part(batch, "attention_mask")
            expect.shape(mask, (len(rows), longest), "attention_mask with max_length=128", hint=hint)

    @check(points=1)
    def check_pad_id(self, student):
        """any pad_id works, even one that also occurs in a text"""
        for _ in range(2):
            pad_id = student.draw.integer(5, 40)
            rows = rows_of(student, (3, 6, 4), low=41)
            rows[0][1], rows[1][5], rows[2][0] = pad_id, pad_id, 0
            expect_batch(
                student.pad_batch(rows, pad_id=pad_id),
                filled(rows, pad_id),
                say("with pad_id={pad_id}, which also occurs in the texts", pad_id=pad_id),
                "pad with pad_id; derive the mask from the lengths of the rows, not from their ids",
            )

    @check(points=2)
    def check_truncate_keeps_sep(self, student):
        """truncation keeps the beginning of a row and its last id"""
        for limit in (student.draw.integer(5, 8), 2):
            rows = rows_of(student, (limit + 4, limit - 1, limit, limit + 1))
            cut = [row if len(row) <= limit else row[: limit - 1] + [row[-1]] for row in rows]
            hint = "keep the first ids and the closing [SEP]; no row may be longer than max_length"
            whole = student.pad_batch(rows, max_length=limit)
            expect_batch(whole, filled(cut, 0), say("with max_length={limit}", limit=limit), hint)
            alone = student.pad_batch(rows[:1], max_length=limit)
            what = say("of a single row with max_length={limit}", limit=limit)
            expect_batch(alone, filled(cut[:1], 0), what, hint)

    @check(points=1, after=("values",))
    def check_no_side_effect(self, student):
        """the caller's lists are not modified, and ids are integers"""
        rows = rows_of(student, (4, 9, 2))
        for rest in ((0,), (0, 6)):
            batch = student.pure("pad_batch", rows, *rest)
            expect.true(
                not part(batch, "input_ids").is_floating_point(),
                "input_ids are not integers",
                hint="an embedding looks up rows by integer index, and a float index raises an error",
            )


# --- pairs ---

CLS, SEP = 101, 102


def texts(student, first: int, second: int) -> tuple[list[int], list[int]]:
    """Draw two texts without a common id, so that the origin of every id is known."""
    a = (1000 + torch.randperm(900, generator=student.draw.generator)[:first]).tolist()
    b = (2000 + torch.randperm(900, generator=student.draw.generator)[:second]).tolist()
    return a, b


def joined(a: list[int], b: list[int] | None, cls_id: int = CLS, sep_id: int = SEP) -> list[int]:
    """Return the expected row for one text or two."""
    return [cls_id, *a, sep_id] + ([] if b is None else [*b, sep_id])


def segments_of(first: int, second: int) -> list[int]:
    """Return the ``token_type_ids`` for two texts with these numbers of ids."""
    return [0] * (first + 2) + [1] * (second + 1)


def mask_of(first: int, second: int) -> list[int]:
    """Return the ``attention_mask`` for two texts with these numbers of ids."""
    return [1] * (first + second + 3)


def cut_again(student) -> tuple[list[Any], str]:
    """Return the rows of one long pair in eight calls, and what differs between them; nothing should.

    If nothing does, but a text has lost ids from both ends, a seed may determine which ones.
    """
    a, b = texts(student, 40, 5)
    with student.untraced():
        results = [student.encode_pair(a, b, CLS, SEP, 20) for _ in range(8)]
    rows = [result.get("input_ids") if isinstance(result, dict) else None for result in results]
    rows = [row.tolist() if isinstance(row, Tensor) else row for row in rows]
    if not all(isinstance(row, (list, tuple)) for row in rows) or all(row == rows[0] for row in rows):
        row = rows[0] if isinstance(rows[0], (list, tuple)) else []
        middle = a[0] not in row and a[-1] not in row and any(token in row for token in a)
        return rows, "which end" if middle else "nothing"
    return rows, "the ids" if len({str(lengths_in(row, a, b)) for row in rows}) == 1 else "the lengths"


def lengths_in(row: Any, a: list[int], b: list[int]) -> list[int]:
    """Count the ids of a row that come from the first text, from the second one, and from neither."""
    plain = [item for item in row if isinstance(item, int)]
    first, second = (sum(item in text for item in plain) for text in (a, b))
    return [first, second, len(row) - first - second]


def written_row(student, a: list[int], b: list[int] | None, limit: int, changes: str = "nothing") -> Any:
    """Return the student's row for one text or two.

    Either of two equally long texts may be truncated, so the row in which the first one kept the odd id is noted.
    If something else differs between calls, or a seed determines which ends are truncated, the note contains only
    facts that do not depend on it.
    """
    with student.untraced():
        result = student.encode_pair(a, b, CLS, SEP, limit)
    if changes != "nothing":
        row = part(result, "input_ids", "list")
        if changes in ("the ids", "which end") and isinstance(row, (list, tuple)):
            student.note("ids of both texts and others", lengths_in(row, a, b or []))
        return result
    noted = dict(result) if isinstance(result, dict) else result
    if b and isinstance(result, dict) and isinstance(result.get("input_ids"), list):
        for left in range(min(len(a), len(b))):
            if result["input_ids"] != joined(a[:left], b[: left + 1]):
                continue
            noted["input_ids"] = joined(a[: left + 1], b[:left])
            segments = result.get("token_type_ids")
            if isinstance(segments, list) and segments == [0] * (left + 2) + [1] * (left + 2):
                noted["token_type_ids"] = [0] * (left + 3) + [1] * (left + 1)
    student.note("row", noted)
    if isinstance(result, dict) and isinstance(result.get("attention_mask"), list):
        student.note("entries of the mask", len(result["attention_mask"]))
    return result


def same_ids(got: Any, want: list[int]) -> bool:
    """Return whether a list contains these ids, compared as in ``expect.equal``, but without recording it."""
    listed = got.tolist() if isinstance(got, Tensor) else got
    if not isinstance(listed, (list, tuple)) or len(listed) != len(want):
        return False
    plain = [item.item() if isinstance(item, Tensor) and item.numel() == 1 else item for item in listed]
    return all(isinstance(item, (int, float)) and item == token for item, token in zip(plain, want, strict=True))


class CheckEncodePair:
    """[CLS] A [SEP] B [SEP]"""

    function = "encode_pair"

    @check(points=2, visible=True)
    def check_layout(self, student):
        """a pair is encoded as [CLS] A [SEP] B [SEP], with an attention mask of ones"""
        lengths = (student.draw.integer(2, 5), student.draw.integer(5, 8)), (6, 3), (6, 3)
        specials = (CLS, SEP), (0, 2), (0, 2)  # BERT's, and RoBERTa's
        for (first, second), special in zip(lengths, specials, strict=True):
            a, b = texts(student, first, second)
            if special == (CLS, SEP):
                b[0] = student.draw.integer(0, 2)  # a text contains the padding id of BERT or of RoBERTa
                a[0] = 1 - b[0]
            result = student.encode_pair(a, b, *special, 64)
            expect.equal(
                part(result, "input_ids", "list"),
                joined(a, b, *special),
                "input_ids of a pair",
                hint="put one [CLS] at the start of the row and one [SEP] after each text",
            )
            expect.equal(
                part(result, "attention_mask", "list"),
                [1] * len(joined(a, b)),
                "attention_mask of a pair",
                hint="nothing is padded yet, so the mask is 1 for every id, including special tokens",
            )

    @check(points=1)
    def check_segments(self, student):
        """token_type_ids are 0 for [CLS] A [SEP] and 1 for B [SEP]"""
        for lengths in ((3, 6), (7, 2)):
            a, b = texts(student, *lengths)
            result = student.encode_pair(a, b, CLS, SEP, 64)
            expect.equal(
                part(result, "token_type_ids", "list"),
                segments_of(len(a), len(b)),
                "token_type_ids of a pair",
                hint="each [SEP] belongs to the text before it",
            )
        try:
            firsts = [texts(student, length, 0)[0] for length in (5, 2, 8)]
            rows = [student.encode_pair(a, [], CLS, SEP, 64) for a in firsts]
        except StudentRaised as error:
            if error.no_answer:
                raise
            return  # another check tests this, as when its [SEP] is missing
        for a, result in zip(firsts, rows, strict=True):
            if isinstance(result, dict) and same_ids(result.get("input_ids"), joined(a, [])):
                expect.equal(
                    part(result, "token_type_ids", "list"),
                    segments_of(len(a), 0),
                    "token_type_ids of a pair with an empty second text",
                    hint="each [SEP] belongs to the text before it, even if that text is empty",
                )

    @check(points=1, visible=True)
    def check_single(self, student):
        """with b=None, the row is [CLS] A [SEP]; an empty b still gets its [SEP]"""
        a, _ = texts(student, student.draw.integer(4, 9), 0)
        for room in (64, len(a) + 2):
            result = student.encode_pair(a, None, CLS, SEP, room)
            row = joined(a, None)
            hint = "b=None means that there is no second text: add nothing for it, not even a [SEP]"
            expect.equal(part(result, "input_ids", "list"), row, "input_ids of a single text", hint=hint)
            expect.equal(part(result, "token_type_ids", "list"), [0] * len(row), "token_type_ids", hint=hint)
            expect.equal(part(result, "attention_mask", "list"), [1] * len(row), "attention_mask", hint=hint)
        for room in (64, len(a) + 3):
            expect.equal(
                part(student.encode_pair(a, [], CLS, SEP, room), "input_ids", "list"),
                joined(a, []),
                "input_ids of a pair with an empty second text",
                hint=(
                    "only None means that there is no second text. An empty second text has no ids: does your "
                    "code still add its [SEP]?"
                ),
            )

    @check(points=2)
    def check_longest_first(self, student):
        """truncation cuts the end of the longer text and keeps the special tokens"""
        extra = student.draw.integer(2, 5)
        # ids of both texts, room for both, and the numbers that must remain
        cases = (
            (9 + extra, 3, 10, (7, 3)),
            (4, 10 + extra, 11, (4, 7)),
            (8 + extra, 9, 12, (6, 6)),
            (6, 5, 11, (6, 5)),
        )
        pairs = [texts(student, first, second) for first, second, _, _ in cases]
        _, changes = cut_again(student)
        student.note("what changes if the same pair is cut again", changes)
        results = [written_row(student, a, b, case[2] + 3, changes) for (a, b), case in zip(pairs, cases, strict=True)]
        for (a, b), result, (first, second, room, kept) in zip(pairs, results, cases, strict=True):
            expect.equal(
                part(result, "input_ids", "list"),
                joined(a[: kept[0]], b[: kept[1]]),
                say(
                    "input_ids of texts of {first} and {second} ids with max_length={limit}",
                    first=first,
                    second=second,
                    limit=room + 3,
                ),
                hint="reserve room for the special tokens first, then cut from the end of whichever text is longer",
            )
        uncut = results[-1]
        for key, wanted in (("token_type_ids", segments_of), ("attention_mask", mask_of)):
            if not same_ids(uncut.get(key), wanted(6, 5)):
                continue  # it is also wrong for pairs that fit, which another check tests
            for result, (first, second, room, kept) in zip(results, cases, strict=True):
                expect.equal(
                    part(result, key, "list"),
                    wanted(*kept),
                    say(
                        "{key} for texts of {first} and {second} ids with max_length={limit}",
                        key=key,
                        first=first,
                        second=second,
                        limit=room + 3,
                    ),
                    hint=(
                        "the ids of this row are right: does your code build the other two lists for the truncated "
                        "texts?"
                    ),
                )
        a, _ = texts(student, 12 + extra, 0)
        result = student.encode_pair(a, None, CLS, SEP, 9)
        expect.equal(
            part(result, "input_ids", "list"),
            joined(a[:7], None),
            "input_ids of a single text with max_length=9",
            hint="reserve room for two special tokens around a single text",
        )
        self.demand_room_beside_nothing(student, a)
        a, b = texts(student, 9, 9 + extra)
        result = written_row(student, a, b, 14)  # one of the two is one id longer; the student may choose which
        row = flat(part(result, "input_ids", "list"), "input_ids of a pair")
        fair = any(row == joined(a[:left], b[: 11 - left]) for left in (5, 6))
        expect.true(
            fair,
            "two long texts are not cut to nearly equal lengths",
            hint=(
                "as you cut, the other text may become the longer one: compare the lengths again after each id "
                "you remove"
            ),
            fact=True,
        )
        tiny = [texts(student, first, second) for first, second in ((3, 2), (1, 1 + extra), (1, 1))]
        rows = [written_row(student, a, b, 4) for a, b in tiny]
        for (a, b), result in zip(tiny, rows, strict=True):  # again, either of the two may have the last id
            expect.true(
                any(same_ids(part(result, "input_ids", "list"), row) for row in (joined(a[:1], []), joined([], b[:1]))),
                "with max_length=4, a pair is not cut to one id and its three special tokens",
                actual=expect.shown(result["input_ids"]),
                hint="there is room for one id, so one of the two texts keeps none; each text still gets its [SEP]",
            )

    @staticmethod
    def demand_room_beside_nothing(student, a: list[int]) -> None:
        """Require room for three special tokens if the second text is empty; ``single`` tests that it has a [SEP]."""
        try:
            with student.untraced():
                plain = student.encode_pair(a, [], CLS, SEP, 64)
            cut = student.encode_pair(a, [], CLS, SEP, 9)
        except StudentRaised as error:
            if error.no_answer:
                raise
            return
        if isinstance(plain, dict) and same_ids(plain.get("input_ids"), joined(a, [])):
            expect.equal(
                part(cut, "input_ids", "list"),
                joined(a[:6], []),
                "input_ids of a long text and an empty second text with max_length=9",
                hint="an empty second text has no ids, but how many special tokens does the row have?",
            )

    @check(points=1, after=("layout",))
    def check_pure(self, student):
        """the caller's texts are not modified, and the same pair gives the same row again"""
        hint = "the caller's lists belong to the data set: truncate copies of them instead"
        rows, changes = cut_again(student)
        for again in rows[1:] if changes != "nothing" else ():
            expect.equal(again, rows[0], "row from a second call, compared with the first", hint=hint)
        for first, second, limit in ((12, 3, 11), (4, 9, 64)):  # the longer one stays longer: no free choice
            a, b = texts(student, first, second)
            once = student.pure("encode_pair", a, b, CLS, SEP, limit)
            again = student.encode_pair(a, b, CLS, SEP, limit)
            if limit == 64:
                expect.equal(part(once, "input_ids", "list"), joined(a, b), "input_ids of a pair", hint=hint)
            expect.equal(
                part(again, "input_ids", "list"),
                once["input_ids"],
                "row from a second call, compared with the first",
                hint=hint,
            )


# --- counting by hand ---


def bert_shapes(
    vocab: int, hidden: int, layers: int, ffn: int, max_pos: int, segments: int, pooler: bool
) -> list[tuple[int, ...]]:
    """Return the shape of every tensor of a BertModel."""
    square, line = (hidden, hidden), (hidden,)
    embeddings = [(vocab, hidden), (max_pos, hidden), (segments, hidden), line, line]
    attention = [square, line] * 4 + [line, line]
    feed_forward = [(ffn, hidden), (ffn,), (hidden, ffn), line, line, line]
    return embeddings + (attention + feed_forward) * layers + ([square, line] if pooler else [])


def bert_total(**sizes: Any) -> int:
    """Count the numbers of a BertModel of these sizes."""
    return sum(math.prod(shape) for shape in bert_shapes(**sizes))


def drawn_sizes(student) -> dict[str, int]:
    """Draw sizes of an unusual BERT that are unrelated to each other."""
    draw = student.draw.integer
    return {
        "vocab": draw(100, 999),
        "hidden": draw(20, 60),
        "layers": draw(2, 9),
        "ffn": draw(61, 99),
        "max_pos": draw(30, 90),
        "segments": draw(3, 7),
    }


class CheckBertParamCount:
    """Counting BERT's 109,482,240 parameters by hand"""

    function = "bert_param_count"

    @check(points=2, visible=True)
    def check_bert_base(self, student):
        """BERT-base has 109,482,240 parameters, plus 768 for every word added"""
        expect.equal(
            student.bert_param_count(),
            109_482_240,
            "parameters of BERT-base",
            hint=(
                "write down the shape of every tensor in one layer, including biases and norms: does your count "
                "include each of them exactly once?"
            ),
        )
        more = student.draw.integer(100, 9000)
        expect.equal(
            student.bert_param_count(vocab=30_522 + more),
            109_482_240 + 768 * more,
            say("parameters of BERT-base with {more:,} more words in its vocabulary", more=more),
            hint="compute the count from the sizes passed in",
        )

    @check(points=3)
    def check_other_sizes(self, student):
        """the count is right for other model sizes, whatever the feed-forward width"""
        first, second = drawn_sizes(student), drawn_sizes(student)
        # One size is different in each later call: a cached part must be cached for this size.
        changed = [{**second, name: size + student.draw.integer(1, 9)} for name, size in second.items()]
        changed += [{**second, "segments": 1}, {**second, "layers": 1}]
        asked = [first, second, *changed]
        counts = [student.bert_param_count(**sizes) for sizes in asked]
        for sizes, count in zip(asked, counts, strict=True):
            expect.equal(
                count,
                bert_total(**sizes, pooler=True),
                say("parameters for {sizes}", sizes=", ".join(f"{name}={size}" for name, size in sizes.items())),
                hint=(
                    "every argument matters, and none can be derived from the others: does your code use all of them?"
                ),
                reveal=True,
            )

    @check(points=1)
    def check_no_pooler(self, student):
        """with pooler=False, the count excludes the pooler (a single linear layer)"""
        hint = "the pooler adds one square matrix and one bias to the count, and nothing else"
        small = [drawn_sizes(student) for _ in range(2)]
        counts = [student.bert_param_count(**sizes, pooler=False) for sizes in ({}, *small)]
        with_pooler = drawn_sizes(student)
        with student.untraced():  # another check tests the count with a pooler
            student.bert_param_count(**with_pooler)
        small.append(with_pooler)
        counts.append(student.bert_param_count(**with_pooler, pooler=False))
        expect.equal(counts[0], 108_891_648, "BERT-base without pooler", hint=hint)
        for sizes, count in zip(small, counts[1:], strict=True):
            expect.equal(count, bert_total(**sizes, pooler=False), "a small BERT without pooler", hint=hint)


# --- labels ---


def labelled(
    student, logits: Tensor, id2label: dict[int, str], pure: bool = False, judged: str = "both"
) -> tuple[list[str], list[float]]:
    """Return the student's labels and scores; other keys do not count.

    Only what is judged is noted: students may choose different probabilities below which a text is undecided, and
    different words for that.
    """
    with student.untraced():
        if pure:
            result = student.pure("label_scores", logits, id2label)
        else:
            result = student.label_scores(logits, id2label)
    expect.true(
        isinstance(result, (list, tuple)), "label_scores must return a list", actual=expect.shown(result), reveal=True
    )
    if len(result) != len(logits):
        fewer = "one fewer" if len(result) == len(logits) - 1 else "fewer" if len(result) < len(logits) else "more"
        student.note("how many answers", "one" if len(result) == 1 else fewer)
    expect.equal(len(result), len(logits), "number of results", hint="return one result per row of logits", reveal=True)
    labels = [part(row, "label", "str") for row in result]
    labels = [label if isinstance(label, str) else f"({type(label).__name__})" for label in labels]
    scores = []
    for row in result:
        score = part(row, "score", "float")
        if isinstance(score, Tensor) and score.numel() == 1:
            score = score.item()
            expect.remark("label_scores returned a score as a tensor; the docstring asks for a plain number")
        number = isinstance(score, (int, float)) and not isinstance(score, bool)
        expect.true(number, "a score is not a number", actual=expect.shown(score), reveal=True)
        scores.append(float(score))
    if judged != "scores":
        known = id2label.values()
        invented = [
            isinstance(label, str) and label not in known and not re.search(r"\d|\(", label) for label in labels
        ]
        noted = ["a label of its own" if own else label for label, own in zip(labels, invented, strict=True)]
        student.note("labels", noted)
    if judged != "labels":
        student.note("scores", scores)
    return labels, scores


def names_of(student, n_classes: int, first: int = 0) -> dict[int, str]:
    """Return labels by index, in no particular order; the letters start at ``first``."""
    order = torch.randperm(n_classes, generator=student.draw.generator)
    if bool((order == torch.arange(n_classes)).all()):
        order = order.flip(0)
    return {int(index): f"LABEL_{'ABCDEFGHIJKL'[first + int(index)]}" for index in order}


def separated(student, n_rows: int, n_classes: int, lead: float) -> tuple[Tensor, list[int]]:
    """Draw logits with one class per row ahead of all others by at least ``lead``; return them and these classes."""
    winners = student.draw.integers(0, n_classes, (n_rows,))
    winners[:n_classes] = torch.randperm(n_classes, generator=student.draw.generator)  # each class wins once at least
    logits = student.draw.uniform(-1, 0.5, n_rows, n_classes)
    logits[torch.arange(n_rows), winners] = 0.5 + lead + student.draw.uniform(0, 1, n_rows)
    return logits, winners.tolist()


def far_apart(student) -> tuple[Tensor, list[int], list[float]]:
    """Return logits of five texts with three classes, three more than 1500 below the first; the winners; their scores.

    The first class never wins. All numbers are multiples of one half, which float32 represents exactly.
    """
    high = student.draw.integer(720, 900)
    levels = [high, high - 30, *(-student.draw.integer(800, 1000) for _ in range(3))]
    rows, best, scores = [], [], []
    for place in torch.randperm(5, generator=student.draw.generator).tolist():
        gap = student.draw.integer(1, 9) / 2
        winner = student.draw.integer(1, 3)
        row = [levels[place] - gap - 2.0, levels[place] - gap, levels[place] - gap]
        row[winner] = levels[place]
        rows.append(row)
        best.append(winner)
        scores.append(1 / (1 + math.exp(-gap) + math.exp(-gap - 2)))
    return torch.tensor(rows), best, scores


class CheckLabelScores:
    """What a sentiment pipeline does after the model"""

    function = "label_scores"

    @check(points=1, visible=True)
    def check_labels(self, student):
        """every row gets the label of its largest logit"""
        # "10" sorts before "2" as a string; at the end, the same number of classes has other labels
        for n_classes, n_rows, first in ((4, 7, 0), (2, 7, 0), (12, 14, 0), (4, 7, 5)):
            logits, winners = separated(student, n_rows, n_classes, lead=4.0)
            id2label = names_of(student, n_classes, first)
            labels, _ = labelled(student, logits, id2label)
            expect.equal(
                labels,
                [id2label[winner] for winner in winners],
                "labels",
                hint="find the index of the largest logit in each row, then look it up in the dictionary",
            )

    @check(points=1)
    def check_softmax_score(self, student):
        """the score is the softmax probability of the returned label"""
        for n_classes in (3, 5, 2, 1):
            logits, _ = separated(student, 6, n_classes, lead=2.5)
            _, scores = labelled(student, logits, names_of(student, n_classes), judged="scores")
            decimals = (n for n in range(1, 6) if all(abs(round(one, n) - one) < 1e-7 for one in scores))
            if all(0 <= one <= 1 for one in scores):  # percentages may be rounded in any way
                student.note("decimals of the scores", next(decimals, "many"))
            exponentials = logits.double().exp()
            want = exponentials.max(1).values / exponentials.sum(1)
            expect.close(
                scores,
                want.tolist(),
                "scores",
                hint="each text has its own distribution: the scores of its classes sum to 1, however many there are",
            )

    @check(points=1, after=("softmax_score",))
    def check_no_invented_label(self, student):
        """an uncertain prediction still gets the most likely label"""
        for n_classes in (2, 3, 5):
            winners = student.draw.integers(0, n_classes, (5,)).tolist()
            winners[1] = winners[0]  # the second text has the same class, but is unsure
            gaps = student.draw.uniform(0.01, 0.2, 5)
            logits = student.draw.normal(5, 1).expand(5, n_classes).clone()
            logits[torch.arange(5), winners] += gaps
            logits[0] += 6
            logits[0, winners[0]] += 3
            id2label = {number: "NEGATIVE POSITIVE FACT QUESTION ORDER".split()[number] for number in range(n_classes)}
            id2label = dict(sorted(id2label.items(), reverse=True))
            labels, _ = labelled(student, logits, id2label)
            expect.true(
                set(labels) <= set(id2label.values()),
                "a returned label is not in id2label",
                expected=sorted(id2label.values()),
                actual=labels,
                hint="the label must be one of the values in id2label, however unsure the model is",
                reveal=True,
            )
            expect.equal(labels, [id2label[winner] for winner in winners], "labels of uncertain predictions")

    @check(points=1)
    def check_multi_class(self, student):
        """very large logits still give the right label and a finite score"""
        places = (2, 0)
        names = {2: "c", 0: "a", 1: "b"}
        highs = [student.draw.integer(720, 900) for _ in places]  # exp(710) is infinite even in float64
        alone = [
            labelled(student, torch.tensor([[-1000.0, high - 4.5, high]]).roll(place + 1, 1), names)
            for place, high in zip(places, highs, strict=True)
        ]
        asked = [far_apart(student) for _ in range(2)]
        answers = [labelled(student, logits, names) for logits, _, _ in asked]
        hint = "exp(1000) overflows: what can you subtract from all logits of a row without changing its softmax?"
        for place, (labels, scores) in zip(places, alone, strict=True):
            expect.equal(labels, ["abc"[place]], "label of a single text with three classes", hint=hint)
            expect.close(scores, [1 / (1 + math.exp(-4.5))], "score with logits in the hundreds", hint=hint)
        hint = (
            "one text has logits in the hundreds, others have logits far below zero: should one "
            "text affect the scores of another?"
        )
        for (_, best, want), (labels, scores) in zip(asked, answers, strict=True):
            expect.equal(
                labels, ["abc"[place] for place in best], "labels of texts with very different logits", hint=hint
            )
            # exp(logit - logsumexp) in float32 is also right, and at 900, float32 has a precision of 6e-5
            expect.close(scores, want, "scores of texts with very different logits", tolerance=1e-3, hint=hint)

    @check(points=1, after=("labels", "softmax_score"))
    def check_pure(self, student):
        """logits and id2label are not modified, and a second call gives the same result"""
        logits, winners = separated(student, 6, 3, lead=4.0)
        id2label = names_of(student, 3)
        for pure in (True, False):
            labels, _ = labelled(student, logits, id2label, pure)
            expect.equal(
                labels,
                [id2label[winner] for winner in winners],
                "labels",
                hint="both calls got the same inputs: what did the first call change?",
            )


# --- decoding ---


def written(student, model, prompt: list[int], max_new_tokens: int, **options: Any) -> list[int]:
    """Return the ids from the student's ``generate`` as a flat list; a (1, T) tensor is accepted."""
    with student.untraced():
        ids = student.generate(model, prompt, max_new_tokens, **options)
    return flat(ids)


MOST = 20_000
"""Ids of an answer that are read; the longest right answer has some thousand."""


def flat(ids: Any, what: str = mark("the result of generate")) -> list[int]:
    """Return ids as a plain list of ints; lists, tuples and tensors of one row are accepted."""
    what = translated(what)
    size = ids.numel() if isinstance(ids, Tensor) else len(ids) if isinstance(ids, (list, tuple)) else 0
    expect.true(
        size <= MOST,
        say("{what} has far too many ids", what=what),
        expected=say("at most {most:,} ids", most=MOST),
        actual=say("{size:,} ids", size=size),
    )
    if isinstance(ids, Tensor):
        ids = ids.flatten().tolist()
    if isinstance(ids, (list, tuple)) and len(ids) == 1 and isinstance(ids[0], (list, tuple)):
        ids = ids[0]
    expect.true(
        isinstance(ids, (list, tuple)),
        say("{what} is not a list of ids", what=what),
        actual=expect.shown(ids),
        reveal=True,
    )
    ids = [item.item() if isinstance(item, Tensor) and item.numel() == 1 else item for item in ids]
    whole = all(isinstance(item, (int, float)) and math.isfinite(item) and item == int(item) for item in ids)
    expect.true(
        whole, say("{what} contains something other than ids", what=what), actual=expect.shown(ids), reveal=True
    )
    return [int(item) for item in ids]


def greedy_path(model: basics.PrefixModel, prompt: list[int], steps: int) -> list[int]:
    """Return the prompt and its greedy continuation."""
    ids = list(prompt)
    for _ in range(steps):
        ids.append(int(model(torch.tensor([ids])).argmax()))
    return ids


def reader(student, vocabulary: int, height: float, noise: float, level: float = 0.0):
    """Return a model in the student process whose favourite depends on the whole text so far, and its local twin.

    All logits are around ``level``, which should change nothing.
    """
    recipe = (
        level + noise * student.draw.uniform(0, 1, vocabulary),
        student.draw.integers(1, vocabulary, (50,)).tolist(),
        height,
    )
    return student.fixtures.basics.PrefixModel(*recipe), basics.PrefixModel(*recipe)


def near(counts: Tensor, probabilities: Tensor, slack: float) -> bool:
    """Return whether the observed shares are those of the distribution, up to the slack."""
    return bool((counts / counts.sum() - probabilities).abs().max() <= slack)


def counted(ids: list[int], vocabulary: int, n: int) -> Tensor:
    """Count how often each id occurs among the last n."""
    expect.true(
        len(ids) >= n, "too few tokens were generated", actual=len(ids), hint="see the result of the check named length"
    )
    new = ids[-n:]
    expect.true(
        all(0 <= token < vocabulary for token in new),
        "an id outside the vocabulary was generated",
        actual=sorted(set(new)),
    )
    return torch.bincount(torch.tensor(new), minlength=vocabulary).double()


def shares_of_others(logits: Tensor) -> list[float]:
    """Return the shares of tokens beyond the three best if top_k=3 is ignored or applied in wrong ways."""
    values, order = logits.double().sort(descending=True)
    best = torch.arange(len(values)) < 3
    probabilities = values.softmax(0)
    ways = (
        values,
        values[:4],  # one token more
        values.where(best, 0.0),  # the other logits set to a number other than minus infinity
        values.where(best, -1.0),
        probabilities.where(best, 0.0),  # the other probabilities set to 0, followed by another softmax
    )
    return [float(way.softmax(0)[3:].sum()) for way in ways]


def named_share(share: float, names: list[float], n: int) -> float | str:
    """Return the nearest share in ``names`` if it is within four standard deviations of the result of n draws."""
    nearest = min(names, key=lambda name: abs(name - share))
    if share and abs(nearest - share) <= 4 * math.sqrt(nearest * (1 - nearest) / n):
        return nearest
    return "another" if share else 0.0


LONG = 2_100
"""Ids of a long prompt; unlike many others, the models of the checks read texts of any length."""


class CheckGenerate:
    """Greedy and sampled decoding"""

    function = "generate"

    @check(points=2, visible=True)
    def check_greedy(self, student):
        """greedy decoding picks the most likely next token, given the whole text so far"""
        model, twin = reader(student, 23, height=60.0, noise=3.0)
        for length in (3, 2, LONG):
            prompt = student.draw.integers(0, 23, (length,)).tolist()
            asked, judged = (14, 10) if length < LONG else (6, 4)  # steps take longer for longer texts
            ids = written(student, model, prompt, asked)
            student.note("ids", ids[:100] if length < LONG else ids[LONG - 10 : LONG + 20])
            expect.equal(
                ids[: len(prompt)], prompt, "the beginning of the result", hint="the result must begin with the prompt"
            )
            if ids == prompt and length == LONG:
                continue  # 6 was taken for the length of the whole text; another check tests the number
            expect.equal(
                ids[: len(prompt) + judged],  # another check tests the total number
                greedy_path(twin, prompt, judged),
                "prompt and the first ten new tokens" if length < LONG else "prompt and the first four new tokens",
                hint=(
                    "at the third step the model needs the prompt and both tokens generated so far: what do you pass "
                    "to it?"
                    if length < LONG
                    else "the prompt is long: do you pass all of it to the model?"
                ),
            )

    @check(points=1)
    def check_greedy_flat(self, student):
        """greedy decoding is deterministic, even when all tokens are nearly equally likely"""
        model, twin = reader(student, 23, height=0.01, noise=0.005, level=80.0)
        for length in (4, 2):
            prompt = student.draw.integers(0, 23, (length,)).tolist()
            ids = written(student, model, prompt, 20)
            student.note("fewer tokens than asked for", len(ids) < len(prompt) + 15)
            ids = ids[: len(prompt) + 15]
            taken = ids == greedy_path(twin, prompt, 15)
            again = ids if taken else written(student, model, prompt, 20)[: len(prompt) + 15]
            student.note("the tokens, if a second call picks the same", ids if again == ids else None)
            if not taken:
                student.note("a second call picks", "the same tokens" if again == ids else "others")
            expect.true(
                taken,
                "with do_sample=False, the most likely token is not always picked",
                hint="pick the most likely token, even if it is only slightly more likely than the others",
                fact=True,
            )
        prompt = student.draw.integers(0, 23, (3,)).tolist()
        source = student.fixtures.basics.generator(student.draw.seed())
        options: tuple[dict[str, Any], ...] = ({"temperature": 3.0}, {"top_k": 5}, {"generator": source})
        answers = [written(student, model, prompt, 20, **option)[:18] for option in options]
        for option, ids in zip(options, answers, strict=True):
            alike = "the most likely tokens" if ids == greedy_path(twin, prompt, 15) else "other ones"
            student.note(f"written with {', '.join(option)}", "one only" if len(set(ids[3:])) == 1 else alike)
        for option, ids in zip(options, answers, strict=True):
            expect.true(
                ids == greedy_path(twin, prompt, 15),
                say("with do_sample=False, {name} changes which tokens are picked", name=", ".join(option)),
                hint="temperature, top_k and the generator are only for sampling: does your code use them with "
                "do_sample=False?",
            )
        self.expect_same_choice(student)

    @staticmethod
    def expect_same_choice(student) -> None:
        """Require that the choice between equally likely tokens does not depend on the generator.

        Probability that twelve picks of nine tokens agree by chance: 9 ** -12 = 4e-12.
        """
        model = student.fixtures.basics.PrefixModel(torch.zeros(9))
        seed = student.draw.seed()
        sources = [student.fixtures.basics.generator(number) for number in (seed, seed + 1)]
        one, other = (written(student, model, [1, 2], 12, generator=source) for source in sources)
        student.note("of equally likely tokens, two generators pick", "the same" if one == other else "others")
        if one == other:
            return
        again = written(student, model, [1, 2], 12, generator=student.fixtures.basics.generator(seed))
        student.note("and the first one again", "the same" if again == one else "others")
        expect.true(
            again == one,
            ("with do_sample=False, repeated calls pick different tokens when several are equally likely"),
            hint="without sampling, equal calls must give equal results: where does your code use random numbers?",
        )
        expect.true(
            False,
            "with do_sample=False, the generator decides between equally likely tokens",
            hint="the generator is only for sampling: where does your code use it with do_sample=False?",
        )

    @check(points=1, visible=True, after=("greedy",))
    def check_length(self, student):
        """max_new_tokens counts the new tokens, not the prompt"""
        model, twin = reader(student, 19, height=60.0, noise=3.0)
        cases = ((6, 4), (5, 1), (2, 9), (3, 0), (5, 0), (1, 0))
        prompts = [student.draw.integers(0, 19, (length,)).tolist() for length, _ in cases]
        answers = [written(student, model, prompt, new) for prompt, (_, new) in zip(prompts, cases, strict=True)]
        for prompt, ids, (_, new) in zip(prompts, answers, cases, strict=True):
            student.note("tokens", len(ids))
            path = greedy_path(twin, prompt, new)[: len(ids)]
            student.note("they are the most likely ones", ids[: len(path)] == path)
        for ids, (length, new) in zip(answers, cases, strict=True):
            expect.equal(
                len(ids),
                length + new,
                say(
                    "tokens in the result for a prompt of {length} tokens and max_new_tokens={new}",
                    length=length,
                    new=new,
                ),
                hint=(
                    "max_length includes the prompt and max_new_tokens does not: what does your loop count?"
                    if new
                    else "max_new_tokens=0 leaves no room for a new token: when does your loop check the limit?"
                ),
            )

    @check(points=1, visible=True)
    def check_eos(self, student):
        """the end token stops generation and is part of the result"""
        for eos_id in (student.draw.integer(1, 11), 0):
            others = [token for token in range(11) if token != eos_id]
            body = [others[int(place)] for place in student.draw.integers(0, 10, (9,))]
            # an end token in the prompt, since GPT-2's start token is one; the second time at its end
            prompt = [body[0], eos_id, body[1]] if eos_id else [*body[:2], eos_id]
            script = [*prompt, *body[2:6], eos_id, *body[6:9]]
            model = student.fixtures.basics.ScriptedModel(torch.zeros(11), script, 60.0)
            ids = written(student, model, prompt, 8, eos_id=eos_id)
            student.note("ids", ids)
            expect.true(
                eos_id in ids[len(prompt) :],
                say("the end token {eos_id} is missing from the result", eos_id=eos_id),
                actual=ids,
                hint="a generated end token belongs in the result; an end token in the prompt must not stop generation",
            )
            expect.equal(
                ids,
                [*prompt, *body[2:6], eos_id],
                say("ids with eos_id={eos_id}", eos_id=eos_id),
                hint="nothing may follow the end token: does your code stop there, even if the end token has the id 0?",
            )
        eos_id = student.draw.integer(1, 11)
        model = student.fixtures.basics.ScriptedModel(torch.zeros(11), [eos_id], 60.0)
        prompt = student.draw.integers(0, 11, (4,)).tolist()
        ids = written(student, model, prompt, 6, eos_id=eos_id)
        new = ["the end token" if token == eos_id else "another" for token in ids[len(prompt) :]]
        student.note("new tokens where the end token is always the most likely one", new)
        expect.equal(
            ids,
            [*prompt, eos_id],
            "ids if the first new token is the end token",
            hint="the end token may be the first token that is generated; then it is the only new token",
        )
        for eos_id in (student.draw.integer(1, 11), 0):
            others = [token for token in range(11) if token != eos_id]
            body = [others[int(place)] for place in student.draw.integers(0, 10, (13,))]
            prompt = [body[0], eos_id, body[1]]
            script = [*prompt, *body[2:10], eos_id, *body[10:]]
            model = student.fixtures.basics.ScriptedModel(torch.zeros(11), script, 60.0)
            source = student.fixtures.basics.generator(student.draw.seed())
            ids = written(student, model, prompt, 12, eos_id=eos_id, do_sample=True, generator=source)
            if ids[:11] != script[:11] and ids != script[: len(ids)]:
                continue  # these samples do not follow the model, which another check tests
            student.note("sampled ids", ids)
            expect.equal(
                ids,
                [*prompt, *body[2:10], eos_id],
                say("ids with eos_id={eos_id} and do_sample=True", eos_id=eos_id),
                hint=(
                    "sampling stops at the end token, as greedy decoding does, and the end token is part of the result"
                ),
            )

    @check(points=2)
    def check_distribution(self, student):
        """sampled tokens follow softmax(logits / temperature)"""
        # Hoeffding: P(|share - p| > s) <= 2 exp(-2 n s^2) for each of 5 tokens at 2 temperatures; n = 990 and
        # s = 0.11 give 20 exp(-23.96) = 8e-10 for a correct answer.
        n, slack = 990, 0.11
        logits = torch.tensor([2.0, 1.0, 0.0, -1.0, -2.0])[torch.randperm(5, generator=student.draw.generator)]
        model = student.fixtures.basics.PrefixModel(logits)
        right: list[bool] = []
        most_likely: list[bool] = []
        for temperature in (2.0, 0.5):
            counts = self.sampled_counts(student, model, temperature, n)
            factors = {"divided": 1 / temperature, "multiplied": temperature, "ignored": 1.0, "all alike": 0.0}
            distances = {
                name: float((counts / n - (logits * factor).double().softmax(0)).abs().max())
                for name, factor in factors.items()
            }
            alone = bool((counts > 0).sum() == 1)
            student.note("only one token is ever written", alone)
            if alone:  # which one it is depends on the random numbers
                most_likely.append(bool(counts.argmax() == logits.argmax()))
            else:
                student.note("what the temperature looks like", min(distances, key=distances.__getitem__))
            right.append(near(counts, (logits / temperature).double().softmax(0), slack))
        ahead = student.draw.integer(60, 200)
        seen = self.sampled_evenly_counts(student, ahead)
        different = int((seen > 0).sum())
        bound = next((most for most in (1, 10, 50, 100) if different <= most), None)
        varied = different > 190
        student.note(
            "of 200 equally likely tokens occur",
            "nearly all" if varied else "more than 100" if bound is None else f"at most {bound}",
        )
        if bound == 1:
            most_likely.append(int(seen.argmax()) == ahead)
        if most_likely:
            student.note("a token that is always written is the most likely one", all(most_likely))
        expect.true(
            all(right),
            "the sampled tokens do not follow softmax(logits / temperature)",
            hint=(
                "a temperature of 0.5 must make likely tokens more likely; a temperature of 2 must make them "
                "less likely"
            ),
        )
        expect.true(
            bound is None,
            "without top_k, at least half of the vocabulary is never sampled although all tokens are equally likely",
            expected=say("more than 100 of 200 tokens in 300 samples"),
            actual=different,
            hint="top_k=None means no restriction: does your code leave out part of a large vocabulary?",
        )
        expect.true(
            not varied,
            "tokens that are already in the text are sampled far too rarely",
            expected=say("at most 190 of 200 tokens in 300 samples"),
            actual=different,
            hint="a token may occur again and again: does your code change the logits of tokens that are in the text?",
        )

    @staticmethod
    def sampled_counts(student, model, temperature: float, n: int) -> Tensor:
        """Count how often each of 5 tokens occurs among n sampled ones."""
        source = student.fixtures.basics.generator(student.draw.seed())
        prompt = student.draw.integers(0, 5, (12,)).tolist()
        ids = written(student, model, prompt, n + 10, do_sample=True, temperature=temperature, generator=source)
        counts = counted(ids, 5, n)
        if len(ids) == n + 22:  # another check tests whether the prompt is returned at all
            expect.equal(
                ids[:12],
                prompt,
                "the beginning of a sampled text",
                hint="does your result keep the prompt in its original order?",
            )
        return counts

    @staticmethod
    def sampled_evenly_counts(student, ahead: int) -> Tensor:
        """Count how often each of 200 tokens occurs among 300; all are equally likely except one slightly ahead.

        Their logits are so large that a token whose logit is divided by a penalty does not occur again.
        """
        # For a correct answer, at most 100 of them occur with a probability below 2 C(200, 100) / 2**300 < 1e-30;
        # more than 190 of them occur with a probability of 5e-18.
        flat_logits = torch.full((200,), 60.0)
        flat_logits[ahead] += 0.01
        model, source = student.fixtures.basics.PrefixModel(flat_logits), student.draw.seed()
        ids = written(student, model, [1, 2], 310, do_sample=True, generator=student.fixtures.basics.generator(source))
        return counted(ids, 200, 300)

    @check(points=1)
    def check_top_k(self, student):
        """with top_k, only the k most likely tokens are sampled"""
        # Hoeffding for 3 tokens, n = 990, slack 0.11: 6 exp(-23.96) = 2e-10 for a correct answer.
        n, slack = 990, 0.11
        order = torch.randperm(6, generator=student.draw.generator)[:3] + 3  # ids 3 to 8, so that no rank is an id
        logits = -1.6 + 0.2 * student.draw.uniform(0, 1, 9)
        logits[order] = torch.tensor([2.0, 1.0, 0.5])
        model = student.fixtures.basics.PrefixModel(logits)
        counts = counted(written(student, model, [1, 2], n + 10, do_sample=True, top_k=3), 9, n)
        inside = counts[order]
        outside = float(counts.sum() - inside.sum()) / n
        student.note("only ranks are written", bool(counts[3:].sum() == 0))
        if counts[3:].sum():
            student.note("share of other tokens", named_share(outside, shares_of_others(logits), n))
        occur = (inside > 0).nonzero().flatten().tolist()
        first = occur == [0] and len(set(written(student, model, [1, 2], 30, do_sample=True)[2:])) > 1
        # if only one token occurs even without top_k, the generator is stuck, and it determines which token
        student.note("which of the three occur", str(occur) if len(occur) > 1 else "the first" if first else "one")
        student.note("all k tokens are equally likely", near(inside + 1e-9, torch.full((3,), 1 / 3), slack))
        renormalised = near(inside + 1e-9, logits[order].double().softmax(0), slack)
        student.note("in proportion to their probabilities", renormalised)
        expect.true(
            outside == 0,
            "with top_k=3, tokens other than the three most likely ones are sampled",
            hint="sampling from the top-k list gives an index into that list: do you map it back to a token id?",
        )
        expect.true(
            renormalised,
            "the three tokens are not sampled in proportion to their probabilities",
            hint="the k probabilities must keep their proportions and be renormalised to sum to 1",
        )
        only = written(student, model, [1, 2], 20, do_sample=True, top_k=1)[-10:]
        greedy = only == [int(order[0])] * 10
        expect.true(
            greedy,
            "with top_k=1, the most likely token is not always picked",
            hint="with top_k=1, only the most likely token is left to sample",
            fact=True,
        )
        self.expect_both(student)
        self.expect_whole_vocabulary(student)

    @staticmethod
    def expect_whole_vocabulary(student) -> None:
        """Require that top_k = V allows every token. (One of five is missed in 200 with 5 * 0.84 ** 200 = 4e-15.)"""
        logits = 0.1 * torch.randperm(5, generator=student.draw.generator).float()
        model = student.fixtures.basics.PrefixModel(logits)
        hint = "top_k may be as large as V: then no token is left out"
        try:
            ids = written(student, model, [1, 2], 200, do_sample=True, top_k=5)
        except StudentRaised as error:
            if error.no_answer:
                raise
            student.note("with top_k = V", "an error")
            expect.true(
                False, "an error is raised when top_k equals V", actual=str(error)[:120], hint=hint, reveal=True
            )
            return
        missing = 5 - len(set(ids[2:]))
        student.note("tokens that never occur with top_k = V", missing)
        expect.true(missing == 0, "with top_k = V, some tokens are never sampled", hint=hint)

    @staticmethod
    def expect_both(student) -> None:
        """Require that a temperature of 6 and top_k=3 work together.

        Hoeffding for 3 tokens, n = 240, slack 0.22: 6 exp(-23.2) = 5e-10 for a correct answer. The most likely of the
        three should have a share of 0.42; it has 0.79 without a temperature, and 1 if logits are multiplied. The limits
        between them, and the slack, are at least five standard deviations from each.
        """
        n, slack, temperature = 240, 0.22, 6.0
        order = torch.randperm(6, generator=student.draw.generator)[:3] + 3
        logits = -3.0 - 0.2 * student.draw.uniform(0, 1, 9)
        logits[order] = torch.tensor([3.0, 1.5, 0.0])
        model = student.fixtures.basics.PrefixModel(logits)
        options = {"do_sample": True, "temperature": temperature}
        counts = counted(written(student, model, [1, 2], n + 10, top_k=3, **options), 9, n)
        inside = counts[order]
        outside = int(counts.sum() - inside.sum())
        student.note("with a temperature occur", "others as well" if outside else "only the three most likely tokens")
        first = float(inside[0] / inside.sum().clamp(min=1))
        looks = "flatter than at temperature 1" if first < 0.6 else "as at temperature 1"
        student.note("they are distributed", looks if first < 0.93 else "much too sharply")
        expect.true(
            outside == 0,
            "with top_k=3 and a temperature of 6, tokens other than the three most likely ones are sampled",
            hint="does your code use top_k at every temperature?",
        )
        if near(inside, (logits[order] / temperature).double().softmax(0), slack):
            return
        alone = counted(written(student, model, [1, 2], n + 10, **options), 9, n)
        expect.true(  # another check tests the temperature without top_k
            not near(alone, (logits / temperature).double().softmax(0), slack),
            "a temperature of 6 does not have the same effect with top_k=3 as without top_k",
            hint="top_k and temperature may be given together: which logits does your code divide by the temperature?",
        )

    @check(points=1, after=("distribution",))
    def check_seeded(self, student):
        """the same seed gives the same text, a different seed a different one"""
        model, _ = reader(student, 23, height=0.5, noise=1.0)
        prompt = student.draw.integers(0, 23, (3,)).tolist()
        mine = student.fixtures.hold(prompt)
        seed = student.draw.seed()
        with student.untraced():
            function = student.value(None, "generate")
            texts_ = []
            for number in (seed, seed, seed + 1):
                source = student.fixtures.basics.generator(number)
                texts_.append(flat(student.fixtures.call(function, model, mine, 30, None, True, 1.0, None, source)))
                student.note("the prompt is as it was", mine.read() == prompt)
            untouched = mine.read() == prompt
            onwards = flat(student.fixtures.call(function, model, mine, 30, None, True, 1.0, None, source))[3:33]
            rounds = [
                [flat(ids)[3:33] for ids in student.fixtures.basics.called_twice(function, seed, model, prompt)]
                for _ in range(2)
            ]
        moves = onwards != texts_[2][3:33]
        student.note("a second call with the same generator", "another text" if moves else "the same once more")
        unlike, decided = rounds[0][0] != rounds[0][1], rounds[0] == rounds[1]
        student.note(
            "without a generator",
            "the same text in every call"
            if not unlike
            else "decided by the seed of torch"
            if decided
            else "other texts every time",
        )
        again, other = (texts_[0][3:33] == texts_[1][3:33]), texts_[0][3:33] != texts_[2][3:33]
        student.note("same seed, same text", again)
        student.note("another seed, another text", other)
        expect.true(untouched, "the prompt list was modified", hint="do you append to the caller's list or to a copy?")
        expect.true(
            again,
            "two generators with the same seed produce different texts",
            hint="sample every token with the generator passed in",
        )
        expect.true(
            other,
            "generators with different seeds produce the same text",
            hint="sample every token with the generator passed in, and let its state advance",
        )
        expect.true(
            moves,
            "two calls with the same generator produce the same text",
            hint="the caller's generator must advance from call to call: does your code reset it?",
        )
        expect.true(
            unlike,
            "two calls without a generator produce the same text",
            hint="torch's global generator advances from call to call: where does your code set a seed?",
        )
        expect.true(
            decided,
            "without a generator, torch's global seed does not determine the text",
            hint="which source of random numbers does your code use with generator=None?",
        )


# --- named entities ---


class Sentence:
    """A text, its tagged tokens, and their positions."""

    @classmethod
    def twice(cls, student, *words: tuple[str, str], uncased: bool = False, rising: bool = False) -> Iterator[Sentence]:
        """Yield the sentence, and then the same sentence after an exclamation of random length, with other scores."""
        yield cls(student, *words, uncased=uncased, rising=rising)
        exclamation = ("A" + "h" * student.draw.integer(1, 9), "O")
        later = cls(student, exclamation, *words, uncased=uncased, rising=rising)
        later.shift = 1
        yield later

    def __init__(self, student, *words: tuple[str, str], uncased: bool = False, rising: bool = False) -> None:
        """Build the sentence from words and their tags.

        Args:
            student: draws the scores.
            uncased: True if the tokenizer writes lower case, and [UNK] for a piece with a character that is not ASCII.
            rising: True if a word's first piece has the lowest score, so that rules based on scores are never right.
            words: (pieces, tags) per word, pieces separated by "|", tags by blanks; a word that begins with "+" follows
                the previous one without a blank, one that begins with "_" after two or more blanks.
        """
        self.text, self.shift = "", 0
        self.tokens: list[dict[str, Any]] = []
        for pieces, tags in words:
            glued, apart = pieces.startswith("+"), pieces.startswith("_")
            blanks = student.draw.integer(2, 6) if apart else 1
            self.text += "" if glued or not self.text else " " * blanks
            least = 0.5
            for number, (piece, tag) in enumerate(zip(pieces.lstrip("+_").split("|"), tags.split(), strict=True)):
                start, score = len(self.text), round(float(student.draw.uniform(least, 1, 1)), 6)
                least = score if rising else least
                self.text += piece
                written = piece if not uncased else piece.lower() if piece.isascii() else "[UNK]"
                self.tokens.append(
                    {
                        "entity": tag,
                        "score": score,
                        "index": len(self.tokens) + 1,
                        "word": f"##{written}" if number else written,
                        "start": start,
                        "end": len(self.text),
                    }
                )

    def score_again(self, student) -> None:
        """Draw another score for every token."""
        self.tokens = [{**token, "score": round(float(student.draw.uniform(0.5, 1, 1)), 6)} for token in self.tokens]

    def group(self, kind: str, *places: int) -> dict[str, Any]:
        """Return the entity that these tokens should form; their indices do not count the exclamation."""
        pieces = [self.tokens[place + self.shift] for place in places]
        start, end = pieces[0]["start"], pieces[-1]["end"]
        return {
            "entity_group": kind,
            "score": math.fsum(piece["score"] for piece in pieces) / len(pieces),
            "word": without_blanks(self.text[start:end]),
            "start": start,
            "end": end,
        }


def as_in_the_text(found: list[dict[str, Any]], sentence: Sentence) -> list[dict[str, Any]]:
    """Return the entities; replace words rebuilt from the tokenizer's pieces by those of the text, with a remark."""
    corrected = []
    for entity in found:
        start, end = entity["start"], entity["end"]
        if isinstance(start, int) and isinstance(end, int):
            inside = [token["word"] for token in sentence.tokens if start <= token["start"] and token["end"] <= end]
            rebuilt, written = "".join(inside).replace("##", ""), without_blanks(sentence.text[start:end])
            if entity["word"] == rebuilt != written:
                expect.remark(
                    "a word is rebuilt from the tokenizer's pieces; the docstring asks for the word as it appears in "
                    "the text"
                )
                entity = {**entity, "word": written}
        corrected.append(entity)
    return corrected


def without_blanks(word: object) -> object:
    """Return a word in the form in which it is compared."""
    return "".join(word.split()) if isinstance(word, str) else word


def what_changed(before: list[dict[str, Any]], after: Any) -> str:
    """Describe in one word how a call has changed a list of tokens."""
    if not isinstance(after, list) or len(after) != len(before):
        return "the list"
    changed = {
        key if key in old else "a key of its own"
        for old, new in zip(before, after, strict=True)
        for key in old.keys() | new.keys()
        if key not in old or key not in new or new[key] != old[key]
    }
    return "several keys" if len(changed) > 1 else "".join(changed) or "nothing"


def grouped(
    student, sentence: Sentence, pure: bool = False, function: str = "aggregate_simple"
) -> list[dict[str, Any]]:
    """Return the student's entities, with the five known keys of each."""
    with student.untraced():
        if pure:
            mine = student.fixtures.hold(sentence.tokens)
            student.fixtures.call(student.value(None, function), mine, sentence.text)
            student.note("what changed in the caller's tokens", what_changed(sentence.tokens, mine.read()))
            result = student.pure(function, sentence.tokens, sentence.text)
        else:
            result = getattr(student, function)(sentence.tokens, sentence.text)
    expect.true(
        isinstance(result, (list, tuple)),
        say("{name} must return a list", name=function),
        actual=expect.shown(result),
        reveal=True,
    )
    most = 10 * len(sentence.tokens)
    expect.true(
        len(result) <= most,
        "the result has many more entities than the text has tokens",
        expected=say("at most {count}", count=len(sentence.tokens)),
        actual=len(result),
        reveal=True,
    )
    found = []
    for group in result:
        if isinstance(group, dict) and "entity_group" not in group:
            student.note("keys of an entity", sorted(map(str, group))[:10])
        entity = {key: part(group, key, "any") for key in ("entity_group", "score", "word", "start", "end")}
        entity["word"] = without_blanks(entity["word"])
        if isinstance(entity["score"], Tensor) and entity["score"].numel() == 1:
            entity["score"] = entity["score"].item()
        found.append(entity)
    student.note("entities", found)
    return found


def expect_entities(found: list[dict[str, Any]], want: list[dict[str, Any]], hint: str) -> None:
    """Expect the type, words and position of every entity; scores are not compared."""
    keys = ("entity_group", "word", "start", "end")
    expect.equal(
        [[entity[key] for key in keys] for entity in found],
        [[entity[key] for key in keys] for entity in want],
        "entities (type, word, start, end)",
        hint=hint,
        reveal=True,
    )


class CheckAggregateSimple:
    """Named entities from tagged tokens"""

    function = "aggregate_simple"

    @check(points=1, visible=True)
    def check_basic(self, student):
        """four entities are found in the chapter's sentence about Apple"""
        for sentence in Sentence.twice(
            student,
            ("Apple", "B-ORG"),
            ("Inc", "I-ORG"),
            ("+.", "I-ORG"),
            ("was", "O"),
            ("founded", "O"),
            ("by", "O"),
            ("Steve", "B-PER"),
            ("Jobs", "I-PER"),
            ("in", "O"),
            ("Cup|ert|ino", "B-LOC I-LOC I-LOC"),
            ("+,", "O"),
            ("California", "B-LOC"),
            ("+.", "O"),
        ):
            want = [
                sentence.group("ORG", 0, 1, 2),
                sentence.group("PER", 6, 7),
                sentence.group("LOC", 9, 10, 11),
                sentence.group("LOC", 13),
            ]
            expect_entities(
                grouped(student, sentence),
                want,
                "an entity runs from the start of its first token to the end of its last token; slice its word "
                "out of the text",
            )
        for sentence in Sentence.twice(
            student,
            ("Mar|len", "B-PER I-PER"),
            ("of", "O"),
            ("Tromsø", "B-LOC"),
            ("+,", "O"),
            ("IBM", "B-ORG"),
            uncased=True,
        ):
            expect_entities(
                as_in_the_text(grouped(student, sentence), sentence),
                [sentence.group("PER", 0, 1), sentence.group("LOC", 3), sentence.group("ORG", 5)],
                "a tokenizer may lowercase a word or replace it with [UNK]: use start and end to look it up in the "
                "text",
            )

    @check(points=1, visible=True)
    def check_score_mean(self, student):
        """the score of an entity is the mean of its tokens' scores"""
        seen = []  # of one text alone, the lowest score may be the last one by chance
        for sentence in Sentence.twice(
            student,
            ("Nov|osi|bir|sk", "B-LOC I-LOC I-LOC I-LOC"),
            ("and", "O"),
            ("Marie", "B-PER"),
            ("Cur|ie", "I-PER I-PER"),
        ):
            want = [sentence.group("LOC", 0, 1, 2, 3), sentence.group("PER", 5, 6, 7)]
            seen.append((grouped(student, sentence), want))
        sentence.score_again(student)
        last = grouped(student, sentence)
        for found, want in seen:
            expect.close(
                [entity["score"] for entity in found],
                [entity["score"] for entity in want],
                "scores",
                hint="sum the scores of the entity's tokens and divide by the number of tokens",
            )
        expect.close(
            [entity["score"] for entity in last],
            [entity["score"] for entity in (sentence.group("LOC", 0, 1, 2, 3), sentence.group("PER", 5, 6, 7))],
            "scores, for the same text with other token scores",
            hint="the text comes from an earlier call, but the tokens do not: what does your code keep between calls?",
        )

    @check(points=1)
    def check_adjacent_B(self, student):  # noqa: N802
        """a B tag starts a new entity, even directly after an entity of the same type"""
        for sentence in Sentence.twice(
            student,
            ("Give", "O"),
            ("An|na", "B-PER I-PER"),
            ("Bob", "B-PER"),
            ("Mar|ley", "I-PER I-PER"),
            ("Carl", "B-PER"),
            ("a", "O"),
            ("call", "O"),
        ):
            want = [sentence.group("PER", 1, 2), sentence.group("PER", 3, 4, 5), sentence.group("PER", 6)]
            expect_entities(
                grouped(student, sentence),
                want,
                "the text names three people, and the first token of each name has a B tag",
            )

    @check(points=1)
    def check_O_separates(self, student):  # noqa: N802
        """an O between two tokens of the same type splits them into two entities"""
        for sentence in Sentence.twice(
            student,
            ("Paris", "B-LOC"),
            ("and", "O"),
            ("Lon|don", "I-LOC I-LOC"),
            ("+,", "O"),
            ("or", "O"),
            ("Rome", "B-LOC"),
            ("not", "O"),
            ("Paris", "B-LOC"),  # again, at another position
        ):
            want = [
                sentence.group("LOC", 0),
                sentence.group("LOC", 2, 3),
                sentence.group("LOC", 6),
                sentence.group("LOC", 8),
            ]
            expect_entities(
                grouped(student, sentence),
                want,
                "only adjacent tokens belong to one entity: does your code end an entity at an O?",
            )

    @check(points=1)
    def check_IOB1_and_type_change(self, student):  # noqa: N802
        """an I tag can start an entity, and a change of type always starts one"""
        for sentence in Sentence.twice(
            student,
            ("Ada", "I-PER"),
            ("_Love|lace", "I-PER I-PER"),
            ("London", "I-LOC"),
            ("visited", "O"),
            ("Turin", "B-LOC"),
            ("Fiat", "I-ORG"),
            ("Works", "I-ORG"),
            ("builds", "O"),
            ("Panda", "I-PRODUCT-CAR"),
            ("Fiorino", "I-PRODUCT-VAN"),
            ("Car|go", "I-PRODUCT-VAN I-PRODUCT-VAN"),
            ("Ferrari", "I-MAKER-VAN"),
            ("Enzo", "I-PER"),  # of the same type as the first token of the list
        ):
            want = [
                sentence.group("PER", 0, 1, 2),
                sentence.group("LOC", 3),
                sentence.group("LOC", 5),
                sentence.group("ORG", 6, 7),
                sentence.group("PRODUCT-CAR", 9),
                sentence.group("PRODUCT-VAN", 10, 11, 12),
                sentence.group("MAKER-VAN", 13),
                sentence.group("PER", 14),
            ]
            expect_entities(
                grouped(student, sentence),
                want,
                "some corpora have no B tags at all, so only a change of type separates adjacent entities; the type is "
                "everything after the first hyphen",
            )

    @check(points=1, after=("basic",))
    def check_pure(self, student):
        """tokens and text are not modified, and a second call gives the same result"""
        words = (("Mar|len", "B-PER I-PER"), ("left", "O"), ("New", "B-LOC"), ("York", "I-LOC"))
        for sentence in Sentence.twice(student, *words):
            want = [sentence.group("PER", 0, 1), sentence.group("LOC", 3, 4)]
            for pure in (True, False):
                expect_entities(
                    grouped(student, sentence, pure),
                    want,
                    "both calls got the same inputs: what did the first call change?",
                )


# --- counting real models ---


def tallied(student, model) -> dict[str, Any]:
    """Return the student's three numbers."""
    with student.untraced():
        result = student.count_parameters(model)
    found = {key: part(result, key, "int") for key in ("total", "trainable", "bytes")}
    for key, value in found.items():
        if isinstance(value, Tensor) and value.numel() == 1:
            found[key] = value.item()
    student.note("counts", found)
    return found


def drawn_widths(student) -> list[int]:
    """Draw four different widths."""
    draw = student.draw.integer
    return [draw(3, 9), draw(10, 19), draw(20, 29), draw(30, 39)]


class CheckCountParameters:
    """Parameter counts and memory of a model"""

    function = "count_parameters"

    @check(points=1, visible=True)
    def check_plain(self, student):
        """the total is the number of elements in all parameter tensors"""
        for _ in range(2):
            a, b, c, d = drawn_widths(student)
            found = tallied(student, student.fixtures.basics.network([a, b, c, d]))
            expect.equal(
                found["total"],
                (a + 1) * b + (b + 1) * c + (c + 1) * d,
                say("total of linear layers {widths}", widths=f"{a} -> {b} -> {c} -> {d}"),
                hint="a tensor of shape (3, 2) has six elements; count biases and nested modules, too",
            )

    @check(points=1)
    def check_tied(self, student):
        """a parameter shared by two modules is counted once, and buffers are not counted"""
        for _ in range(2):
            vocabulary, width = student.draw.integer(40, 90), student.draw.integer(5, 30)
            found = tallied(student, student.fixtures.basics.TiedModel(vocabulary, width))
            total = vocabulary * width + 2 * 2 * width + vocabulary
            hint = (
                "a state dict lists a shared matrix twice, once under each of its names, and also includes "
                "buffers such as running averages; two norms that start with equal values are still two"
            )
            expect.equal(found["total"], total, "total of a model with shared word embeddings", hint=hint)
            expect.equal(found["trainable"], total, "trainable of a model with shared word embeddings", hint=hint)
            expect.equal(found["bytes"], 4 * total, "bytes of a model with shared word embeddings", hint=hint)

    @check(points=1)
    def check_trainable(self, student):
        """frozen parameters count towards the total but not as trainable"""
        for _ in range(2):
            a, b, c, d = drawn_widths(student)
            frozen = ["first.weight", "rest.0.bias"]
            found = tallied(student, student.fixtures.basics.network([a, b, c, d], frozen))
            total = (a + 1) * b + (b + 1) * c + (c + 1) * d
            hint = "freezing a parameter only sets its requires_grad to False; it stays in the model"
            expect.equal(found["trainable"], total - a * b - c, "trainable, with two frozen tensors", hint=hint)
            expect.equal(found["total"], total, "total, with two frozen tensors", hint=hint)
        model = student.fixtures.basics.network([a, b, c, d])
        first = tallied(student, model)
        with student.untraced():
            model.first.requires_grad_(False)
        second = tallied(student, model)
        expect.equal(first["trainable"], total, "trainable, with no frozen tensor", hint=hint)
        expect.equal(
            second["trainable"],
            total - (a + 1) * b,
            "trainable, after a layer of the same model was frozen",
            hint="the model changed between the two calls: what does your function keep from the first one?",
        )

    @check(points=1)
    def check_bytes(self, student):
        """memory depends on the dtype of each parameter"""
        a, b, c, d = drawn_widths(student)
        network = student.fixtures.basics.network
        halved = tallied(student, network([a, b, c, d], [], ["first", "rest.0", "rest.1"]))
        mixed = tallied(student, network([a, b, c, d], ["rest.1.weight"], ["rest.0"]))
        doubled = tallied(student, network([a, b, c, d], [], ["first"], ["rest.1"]))
        rough = tallied(student, network([a, b, c, d], [], ["rest.1"], [], ["first"]))
        whole = tallied(student, network([a, b, c, d], [], ["rest.1"], [], [], ["rest.0"], scalar=True))
        sizes = (a + 1) * b, (b + 1) * c, (c + 1) * d
        hint = "a half-precision value takes two bytes, and a model may mix dtypes; frozen parameters need memory, too"
        expect.equal(halved["bytes"], 2 * sum(sizes), "bytes of a model in half precision", hint=hint)
        expect.equal(mixed["bytes"], 4 * sizes[0] + 2 * sizes[1] + 4 * sizes[2], "bytes of a mixed model", hint=hint)
        expect.equal(
            doubled["bytes"],
            2 * sizes[0] + 4 * sizes[1] + 8 * sizes[2],
            "bytes of a model with float16, float32 and float64",
            hint=hint,
        )
        expect.equal(
            rough["bytes"],
            2 * sizes[0] + 4 * sizes[1] + 2 * sizes[2],
            "bytes of a model with bfloat16, float32 and float16",
            hint=hint,
        )
        hint = (
            "this model has parameters of an integer dtype and a scalar parameter of shape (): "
            "which parameters does your code count?"
        )
        expect.equal(whole["total"], sum(sizes) + 1, "total of a model with float32, int8 and float16", hint=hint)
        expect.equal(
            whole["bytes"],
            4 * sizes[0] + sizes[1] + 2 * sizes[2] + 4,
            "bytes of a model with float32, int8 and float16",
            hint=hint,
        )
        expect.equal(
            whole["trainable"],
            sizes[0] + sizes[2] + 1,
            "trainable of a model with float32, int8 and float16",
            hint=hint,
        )

    @check(points=1, after=("plain",))
    def check_pure(self, student):
        """counting the parameters leaves the model unchanged"""
        a, b, c, d = drawn_widths(student)
        model = student.fixtures.basics.network([a, b, c, d], ["rest.1.weight"], ["rest.0"])
        student.fixtures.basics.set_modes(model, ["first"])
        before = student.fixtures.basics.inventory(model)
        for _ in range(2):
            found = tallied(student, model)
            expect.equal(found["total"], (a + 1) * b + (b + 1) * c + (c + 1) * d, "total of the same model")
        after = student.fixtures.basics.inventory(model)
        hint = "counting must not change the model: what does your code assign, convert or switch?"
        for key, what in (
            ("form", mark("names, shapes, dtypes and requires_grad, after counting")),
            ("training", mark("modules in training mode, after counting")),
        ):
            expect.equal(after[key], before[key], what, hint=hint)
        expect.equal(after["numbers"], before["numbers"], "the parameters, after counting", hint=hint)


# --- trainable parameters ---


class Body:
    """A small BERT with the given head, in the student process."""

    def __init__(self, student, *head: str) -> None:
        """Build the model."""
        self.student = student
        self.model = student.fixtures.basics.headed_bert(list(head))
        self.names = student.fixtures.basics.parameter_names(self.model)
        self.everything = student.fixtures.basics.module_names(self.model)

    def freeze(self) -> None:
        """Freeze every parameter, including the head's."""
        with self.student.untraced():
            self.model.requires_grad_(False)

    def wanted(self, *bert: str) -> list[str]:
        """Return the names of the head's parameters and of the parameters of ``bert`` below these names."""
        parts = tuple(f"bert.{name}." for name in bert)
        return [name for name in self.names if not name.startswith("bert.") or name.startswith(parts)]

    def choose(self, mode: str, *n_top: int) -> None:
        """Call the student's function; it may return anything."""
        try:
            with self.student.untraced():
                self.student.set_trainable(self.model, mode, *n_top)
        except StudentRaised as error:
            if n_top != (12,) or error.type != "ValueError":
                raise
            self.student.note("n_top=12 of 12 layers is refused", True)
            expect.true(
                False,
                say("{what}: a ValueError was raised", what=say("n_top={n_top} of 12 layers", n_top=12)),
                hint="in a model with 12 layers, n_top=12 selects all of them: which values of n_top are out of range?",
            )

    def choose_beyond(self, mode: str, n_top: int) -> None:
        """Call the student's function with an ``n_top`` that this mode ignores."""
        with self.student.untraced():
            function = self.student.value(None, "set_trainable")
            kinds = self.student.fixtures.basics.refusal(function, self.model, mode, n_top)
        expect.true(
            not kinds,
            say("mode {mode} with n_top={n_top} raises an error", mode=mode, n_top=n_top),
            hint="only one mode uses n_top, and the others ignore it: which mode is it?",
            fact=True,
        )

    def switched(self, before: list[str]) -> str:
        """Describe the modules whose mode has changed; ``before`` are those that were in training mode.

        A student who freezes by setting evaluation mode may choose which modules of bert to set.
        """
        with self.student.untraced():
            changed = set(self.student.fixtures.basics.modes(self.model)) ^ set(before)
        there = {"in bert" if name.split(".")[0] == "bert" else "outside bert" for name in changed}
        return " and ".join(sorted(there)) or "nowhere"

    def expect(self, what: str, hint: str, *bert: str) -> None:
        """Expect that the head is trainable, and of ``bert`` exactly the parameters below these names."""
        found = self.student.fixtures.basics.trainable_names(self.model)
        self.student.note("modules out of training mode", self.switched(self.everything))
        want = self.wanted(*bert)
        missing, extra = sorted(set(want) - set(found)), sorted(set(found) - set(want))
        complaint = listed(
            [say("{name} is frozen", name=name) for name in missing[:2]]
            + [say("{name} is trainable", name=name) for name in extra[:2]]
        )
        expect.true(
            not complaint,
            say(
                "{what}: requires_grad is wrong for {count} parameters ({complaint})",
                what=translated(what),
                count=len(missing) + len(extra),
                complaint=complaint,
            ),
            hint=hint,
        )

    def expect_refusal(self, what: str, hint: str, mode: str, *n_top: int) -> None:
        """Expect that a call with these arguments raises a ValueError."""
        with self.student.untraced():
            function = self.student.value(None, "set_trainable")
            kinds = self.student.fixtures.basics.refusal(function, self.model, mode, *n_top)
        refused = isinstance(kinds, list) and "ValueError" in kinds
        got = kinds[0] if isinstance(kinds, list) and kinds else say("no error")
        self.student.note(f"refused: {what}", "a ValueError" if refused else "no error" if kinds == [] else "another")
        expect.true(
            refused,
            say("{what}: expected a ValueError", what=what),
            expected="ValueError",
            actual=str(got)[:60],
            hint=hint,
            reveal=True,
        )


TOP = "the top layers are the last ones in the list; everything above them is trained, too"


class CheckSetTrainable:
    """Feature extraction, partial and full fine-tuning"""

    function = "set_trainable"

    @check(points=1, visible=True)
    def check_head(self, student):
        """mode "head" trains exactly the parameters outside bert, whatever their names"""
        for head in (("classifier",), ("qa_outputs", "bert_scorer")):
            body = Body(student, *head)
            body.choose("head")
            hint = (
                "the head is everything outside model.bert, whatever it is called. Evaluation mode does not freeze "
                "any parameters"
            )
            if len(head) == 1:
                what = say("with a head called {name}", name=head[0])
            else:
                what = say("with a head called {first} and {second}", first=head[0], second=head[1])
            body.expect(what, hint)

    @check(points=1, after=("head",))
    def check_full_again(self, student):
        """each mode unfreezes the parameters that it trains, whatever was frozen before"""
        everything = ("embeddings", "encoder", "pooler")
        hint = "each call must set requires_grad for every parameter, whatever an earlier call did"
        body = Body(student, "regressor")
        body.freeze()
        body.choose("full")
        body.expect(mark("mode full after everything was frozen"), hint, *everything)
        body.choose("head")
        body.choose("full")
        body.expect(mark("mode full after mode head"), hint, *everything)
        with student.untraced():
            body.model.bert.requires_grad_(False)
        body.choose("top", 2)
        top = student.fixtures.basics.trainable_names(body.model)
        body.freeze()
        body.choose("head")
        with student.untraced():
            thawed = student.fixtures.basics.trainable_names(body.model)
        student.note("thawed by mode head", "the head" if thawed == body.wanted() else "something else")
        body.expect(mark("mode head after everything was frozen"), hint)
        parts = ("pooler", "encoder.layer.10", "encoder.layer.11")
        if top == body.wanted(*parts):  # otherwise, another check fails; here, only the head was also frozen
            body.freeze()
            body.choose("top", 2)
            body.expect(mark("mode top with n_top=2 after everything was frozen"), hint, *parts)

    @check(points=2)
    def check_top(self, student):
        """mode "top" trains the head, the pooler and the last n_top layers"""
        n = student.draw.integer(3, 10)
        body = Body(student, "span_head", "length")
        for n_top in (n, 2, 12, 0):
            body.choose("top", n_top)
            layers = [f"encoder.layer.{layer}" for layer in range(12 - n_top, 12)]
            body.expect(say("with n_top={n_top} of 12 layers", n_top=n_top), TOP, "pooler", *layers)
        body.choose("top")
        body.expect(mark("without n_top, which defaults to 0"), TOP, "pooler")

    @check(points=1, after=("head",))
    def check_refusals(self, student):
        """an unknown mode or an n_top out of range raises a ValueError"""
        body = Body(student, "classifier")
        unknown = "without an error, a misspelt mode would silently train the wrong parameters"
        for mode in ("haed", "FULL", "hea", " head "):
            body.expect_refusal(say('the mode "{mode}"', mode=mode), unknown, mode)
        beyond = "a slice accepts any bounds, so n_top=13 with 12 layers goes unnoticed unless your code checks it"
        for n_top in (13, -1, 12 + student.draw.integer(2, 12)):
            body.expect_refusal(say("n_top={n_top} of 12 layers", n_top=n_top), beyond, "top", n_top)
        body.choose("top", 12)
        body.expect(say("with n_top={n_top} of 12 layers", n_top=12), TOP, "pooler", "encoder")
        for mode, trained in (("full", ("embeddings", "encoder", "pooler")), ("head", ())):
            body.choose_beyond(mode, 13)
            body.expect(
                say("mode {mode} with n_top={n_top}", mode=mode, n_top=13),
                "only one mode uses n_top, and the others ignore it: which mode is it?",
                *trained,
            )

    @check(points=1, after=("head",))
    def check_mode_untouched(self, student):
        """only requires_grad changes, not the parameter values or training modes"""
        body = Body(student, "classifier")
        numbers = student.fixtures.basics.inventory(body.model)["numbers"]
        found = []
        for evaluating in ((), ("bert.encoder.layer.3", "bert.pooler"), ("",)):
            for mode in ("full", "head", "top"):
                student.fixtures.basics.set_modes(body.model, list(evaluating))
                with student.untraced():
                    before = student.fixtures.basics.modes(body.model)
                body.choose(mode, 2)
                student.note("modules in another mode", body.switched(before))
                with student.untraced():
                    found.append((mode, before, student.fixtures.basics.modes(body.model)))
        for mode, before, after in found:
            expect.equal(
                after,
                before,
                say("submodules in training mode, after mode {mode!r}", mode=mode),
                hint="train() and eval() control dropout, not which parameters are trained",
            )
        expect.equal(
            student.fixtures.basics.inventory(body.model)["numbers"],
            numbers,
            "the parameter values of the model",
            hint="freezing a parameter must not change its value",
        )


# --- bonus: top-p ---


def settled(student, *shares: float) -> Tensor:
    """Return logits whose softmax gives these shares, in random order and shifted by a random number."""
    order = torch.randperm(len(shares), generator=student.draw.generator)
    moved: Tensor = torch.tensor(shares)[order].log() + student.draw.uniform(-3, 3, 1)
    return moved


def nucleus_of(logits: Tensor, p: float) -> Tensor:
    """Return the nucleus of one row, computed token by token in float64."""
    shares = logits.double().softmax(0).tolist()
    kept: list[int] = []
    total = 0.0
    for token in sorted(range(len(shares)), key=lambda token: -shares[token]):
        if kept and total >= p:
            break
        kept.append(token)
        total += shares[token]
    left = torch.full_like(logits, -math.inf)
    left[kept] = logits[kept]
    return left


SHARES = (0.35, 0.25, 0.15, 0.12, 0.08, 0.05)


class CheckNucleus:
    """Top-p"""

    function = "nucleus"

    @check(points=2, visible=True)
    def check_smallest_set(self, student):
        """the nucleus is the smallest set of most likely tokens that reaches p"""
        # These are 2, 1, 5, 3 and 4 tokens; in half precision, the first two of them already reach 0.60005.
        asked = [(p, settled(student, *SHARES)) for p in (0.4, 0.3, 0.92, 0.60005, 0.83)]
        asked += [(0.83, settled(student, *SHARES) + far) for far in (60.0, -60.0)]
        answers = [student.nucleus(logits, p) for p, logits in asked]
        for (p, logits), answer in zip(asked, answers, strict=True):
            expect.close(
                answer,
                nucleus_of(logits, p),
                say(
                    "logits with p={p}, for tokens with probabilities 0.35, 0.25, 0.15, 0.12, 0.08 and 0.05",
                    p=p,
                ),
                hint=(
                    "sum the probabilities from the most likely token downwards: do the tokens you keep reach p, and "
                    "would one token fewer be enough?"
                ),
            )

    @check(points=1, visible=True, after=("smallest_set",))
    def check_rows(self, student):
        """every row of a batch has its own nucleus"""
        for shares in (
            ((0.97, 0.01, 0.01, 0.01), (0.3, 0.28, 0.22, 0.2), (0.5, 0.3, 0.15, 0.05)),
            ((0.44, 0.26, 0.16, 0.08, 0.06), (0.22, 0.21, 0.2, 0.19, 0.18)),
            ((0.4, 0.3, 0.2, 0.1),),
        ):
            p = float(student.draw.uniform(0.83, 0.85))
            logits = torch.stack([settled(student, *row) for row in shares])
            expect.close(
                student.nucleus(logits, p),
                torch.stack([nucleus_of(row, p) for row in logits]),
                "logits of a batch",
                hint="each row has its own softmax, its own order and its own cutoff",
            )

    @check(points=1, after=("smallest_set",))
    def check_ends(self, student):
        """p=0 keeps one token, p=1 keeps all, and ties do not enlarge the set"""
        logits = settled(student, *SHARES)
        for p, hint in (
            (0.0, "at least one token must be left to sample from"),
            (1.0, "with p=1, the nucleus contains every token"),
        ):
            for row in (logits, logits.flip(-1)):  # in one of them, the most likely token is not the first
                expect.close(student.nucleus(row, p), nucleus_of(row, p), say("logits with p={p}", p=p), hint=hint)
        rare = torch.tensor([0.0] * 8 + [-44.0] * 3)  # even a float64 sum reaches 1 before the last three
        rare = rare[torch.randperm(11, generator=student.draw.generator)] + student.draw.uniform(-2, 2, 1)
        expect.close(
            student.nucleus(rare, 1.0),
            rare,
            "logits with p=1, where three tokens have a probability of about 1e-20",
            hint="with p=1, the nucleus contains every token, however unlikely: does your sum reach 1 too early?",
        )
        # The last three reach p exactly: for zeros, every softmax gives a half and a quarter without rounding.
        cases = ((8, 0.55, 5), (5, 0.5, 3), (2, 0.5, 1), (4, 0.5, 2), (4, 0.25, 1))
        shifts = [float(student.draw.uniform(-2, 2)) if place < 2 else 0.0 for place in range(len(cases))]
        kept = []
        for (n, p, _), shift in zip(cases, shifts, strict=True):
            with student.untraced():  # any of the equally likely tokens may stay
                left = student.nucleus(torch.full((n,), shift), p)
            expect.shape(left, (n,), say("logits of {n} equally likely tokens", n=n))
            kept.append(left[left.isfinite()])
            student.note("equally likely tokens that stay", int(kept[-1].numel()))
        for (n, p, want), shift, finite in zip(cases, shifts, kept, strict=True):
            expect.close(
                finite.double(), torch.full_like(finite, shift).double()[: len(finite)], "logits of the kept tokens"
            )
            expect.equal(
                int(finite.numel()),
                want,
                say("tokens kept out of {n} equally likely ones, with p={p}", n=n, p=p),
                hint="keep the smallest set that reaches p: how many of the equally likely tokens does it need?",
            )

    @check(points=1, after=("smallest_set",))
    def check_care(self, student):
        """a p outside [0, 1] raises a ValueError, and the logits are not modified"""
        for p in (0.5, 0.8):
            logits = settled(student, *SHARES)
            expect.close(student.pure("nucleus", logits, p), nucleus_of(logits, p), say("logits with p={p}", p=p))
        logits = settled(student, *SHARES)
        asked = []
        for p in (1.5, -0.2, float(student.draw.uniform(2, 90))):
            with student.untraced():
                kinds = student.fixtures.basics.refusal(student.value(None, "nucleus"), logits, p)
            refused = isinstance(kinds, list) and "ValueError" in kinds
            student.note("refused", "a ValueError" if refused else "no error" if kinds == [] else "another")
            asked.append((p, refused, kinds[0] if isinstance(kinds, list) and kinds else say("no error")))
        for p, refused, got in asked:
            expect.true(
                refused,
                say("p={p}: expected a ValueError", p=round(p, 2)),
                expected="ValueError",
                actual=str(got)[:60],
                hint="without an error, a caller who passes 90 to mean 90% would silently get the whole vocabulary",
                reveal=True,
            )


# --- bonus: words before entities ---


def spoken_for(sentence: Sentence, kind: str, *words: tuple[int, ...]) -> dict[str, Any]:
    """Return the entity that these words should form, each given by its tokens' indices; the first token decides."""
    whole = sentence.group(kind, *(place for word in words for place in word))
    heads = [sentence.tokens[word[0] + sentence.shift]["score"] for word in words]
    return {**whole, "score": math.fsum(heads) / len(heads)}


def first_grouped(student, sentence: Sentence, pure: bool = False) -> list[dict[str, Any]]:
    """Return the student's entities with the strategy "first"."""
    return grouped(student, sentence, pure, "aggregate_first")


class CheckAggregateFirst:
    """Named entities, word by word"""

    function = "aggregate_first"

    @check(points=2, visible=True, substitutes=("aggregate_simple",))
    def check_words(self, student):
        """the first piece of a word decides the tag of the whole word"""
        for sentence in Sentence.twice(
            student,
            ("Mar|len|e", "B-PER O I-LOC"),
            ("Diet|rich", "I-PER B-PER"),
            ("met", "O"),
            ("Sm|ith|son", "O B-PER I-PER"),
            ("in", "O"),
            ("Nov|osi|bir|sk", "B-LOC B-ORG I-ORG I-ORG"),
        ):
            want = [
                spoken_for(sentence, "PER", (0, 1, 2), (3, 4)),
                spoken_for(sentence, "LOC", (10, 11, 12, 13)),
            ]
            expect_entities(
                first_grouped(student, sentence),
                want,
                "the pieces of a word may have different tags: which of them should decide the tag of the whole word?",
            )
        for sentence in Sentence.twice(
            student, ("Mar|len", "B-PER O"), ("left", "O"), ("Tromsø", "B-LOC"), uncased=True
        ):
            expect_entities(
                as_in_the_text(first_grouped(student, sentence), sentence),
                [spoken_for(sentence, "PER", (0, 1)), spoken_for(sentence, "LOC", (3,))],
                "a tokenizer may lowercase a word or replace it with [UNK]: use start and end to look it up in the "
                "text",
            )

    @check(points=1, visible=True, substitutes=("aggregate_simple",))
    def check_score(self, student):
        """a word has its first piece's score; an entity has the mean of its words"""
        seen = []
        for sentence in Sentence.twice(
            student,
            ("Ma|rie", "B-PER I-PER"),
            ("Sk|lo|dow|ska", "I-PER I-PER I-PER I-PER"),
            ("Curie", "I-PER"),
            ("left", "O"),
            ("War|saw", "B-LOC I-LOC"),
        ):
            want = [spoken_for(sentence, "PER", (0, 1), (2, 3, 4, 5), (6,)), spoken_for(sentence, "LOC", (8, 9))]
            seen.append((first_grouped(student, sentence), want))
        sentence.score_again(student)
        last = first_grouped(student, sentence)
        for found, want in seen:
            expect.close(
                [entity["score"] for entity in found],
                [entity["score"] for entity in want],
                "scores",
                hint="average one score per word: a word with many pieces counts no more than a word with one piece",
            )
        want = [spoken_for(sentence, "PER", (0, 1), (2, 3, 4, 5), (6,)), spoken_for(sentence, "LOC", (8, 9))]
        expect.close(
            [entity["score"] for entity in last],
            [entity["score"] for entity in want],
            "scores, for the same text with other token scores",
            hint="the text comes from an earlier call, but the tokens do not: what does your code keep between calls?",
        )

    @check(points=1, substitutes=("aggregate_simple",))
    def check_punctuation(self, student):
        """a token without ## starts a new word, even if no space precedes it"""
        for sentence in Sentence.twice(
            student,
            ("Stra|tford", "B-LOC I-LOC"),
            ("+-", "I-LOC"),
            ("+up|on", "I-LOC O"),
            ("+,", "O"),
            ("+Ba|th", "I-LOC I-ORG"),
            ("+/", "O"),
            ("+Wells", "B-LOC"),
            ("+#", "O"),
            ("+.", "O"),
            rising=True,
        ):
            want = [
                spoken_for(sentence, "LOC", (0, 1), (2,), (3, 4)),
                spoken_for(sentence, "LOC", (6, 7)),
                spoken_for(sentence, "LOC", (9,)),
            ]
            found = first_grouped(student, sentence)
            hint = (
                "the tokenizer marks a continuation piece with ##; a comma without a space before it has no such mark"
            )
            expect_entities(found, want, hint)
            expect.close([one["score"] for one in found], [one["score"] for one in want], "scores", hint=hint)

    @check(points=1, after=("words",), substitutes=("aggregate_simple",))
    def check_entities(self, student):
        """a word tagged B starts an entity; an O or a change of type ends it"""
        for sentence in Sentence.twice(
            student,
            ("An|na", "I-PER I-PER"),
            ("Bo|b", "B-PER O"),
            ("_Mar|ley", "I-PER I-PER"),
            ("Lon|don", "I-LOC I-PER"),
            ("or", "O"),
            ("Par|is", "I-LOC O"),
            ("Ju|ly", "I-TIME-DAY O"),
            ("14", "I-TIME-DAY"),
            ("noon", "I-TIME-HOUR"),
            ("Ida", "I-PER"),  # of the same type as the first word
        ):
            want = [
                spoken_for(sentence, "PER", (0, 1)),
                spoken_for(sentence, "PER", (2, 3), (4, 5)),
                spoken_for(sentence, "LOC", (6, 7)),
                spoken_for(sentence, "LOC", (9, 10)),
                spoken_for(sentence, "TIME-DAY", (11, 12), (13,)),
                spoken_for(sentence, "TIME-HOUR", (14,)),
                spoken_for(sentence, "PER", (15,)),
            ]
            for pure in (True, False):
                expect_entities(
                    first_grouped(student, sentence, pure),
                    want,
                    "work in two steps: first group pieces into words, then group words into entities",
                )
