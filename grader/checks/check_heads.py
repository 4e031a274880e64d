"""Hidden checks of exercise-4: heads, and how padding gets into them.

Dimensions as in the exercise: B texts, T positions, C width, N states. All sizes differ. The poolings have one right
answer, worked out here text by text from the real tokens alone. The heads have no single right answer: any architecture
is allowed, so they are tested against laws (padding changes nothing, order matters, gradients flow back). A head's
parameters are first filled with seeded random numbers, because a law that holds only at the start, or only
because a layer starts at zero, is not a law.

Every check of a head first demands that the head reads its input (``Head.demand_reading``): a function of the mask
alone, of the number of its calls, or of nothing satisfies most laws, and must not earn points.

What a head returns depends on its author's layers, so it is read untraced, and the facts are stated as notes.
"""

import contextlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from course.text import mark, say, translated
from grader.judge import expect
from grader.judge.check import check


class Texts:
    """Texts of different lengths, and the padded batches that can be made of them.

    Args:
        student: the student of this check.
        lengths: real tokens of each text.
        width: C.
    """

    def __init__(self, student, lengths: list[int], width: int) -> None:
        """Draw the tokens."""
        self.student = student
        self.lengths = lengths
        self.width = width
        self.tokens = [student.draw.normal(length, width) for length in lengths]

    def mask(self, longer: int = 0) -> Tensor:
        """(B, T) of ones and zeros (int64), T being the length of the longest text and ``longer`` columns more."""
        mask = torch.zeros(len(self.lengths), max(self.lengths) + longer, dtype=torch.long)
        for row, length in zip(mask, self.lengths, strict=True):
            row[:length] = 1
        return mask

    def hidden(self, longer: int = 0, scale: float = 0.0, tokens: list[Tensor] | None = None, first: int = 0) -> Tensor:
        """(B, T, C): the tokens, and zeros behind them; or normal numbers of a scale, at PAD position ``first`` on."""
        junk: Tensor = self.student.draw.normal(len(self.lengths), max(self.lengths) + longer, self.width) * scale
        for row, text in enumerate(self.tokens if tokens is None else tokens):
            junk[row, : len(text) + first] = 0.0
            junk[row, : len(text)] = text
        return junk


def same(one: object, other: object, tolerance: float = 1e-4) -> bool:
    """Two answers are equal up to float32 rounding; for notes, where a check does not end at once."""
    return (
        isinstance(one, Tensor)
        and isinstance(other, Tensor)
        and one.shape == other.shape
        and bool(((one - other).abs() <= tolerance * (1 + other.abs())).all())
    )


def per_text(function: Callable[[Tensor], Tensor], hidden: Tensor, mask: Tensor) -> Tensor:
    """(B, C): a function of the real tokens (n, C) of each text."""
    return torch.stack([function(row[keep != 0]) for row, keep in zip(hidden, mask, strict=True)])


def average(tokens: Tensor) -> Tensor:
    """(C,), in float64."""
    return tokens.double().mean(0)


def largest(tokens: Tensor) -> Tensor:
    """(C,)"""
    return tokens.double().amax(0)


def both(tokens: Tensor) -> Tensor:
    """(2C,), mean first."""
    return torch.cat([average(tokens), largest(tokens)])


def unchanged(student, name: str, hidden: Tensor, mask: Tensor) -> Any:
    """The answer, the hidden states and the mask being as they were; with what they are overwritten does not matter."""
    with student.untraced():
        return student.pure(name, hidden, mask)


def expect_gradient(student, name: str, hidden: Tensor, mask: Tensor, pool: Callable[[Tensor], Tensor]) -> None:
    """The encoder learns through a pooling: the gradient of the hidden states is what it is through ours."""
    leaf = hidden.clone().requires_grad_()
    ours = pool(leaf)
    upstream = student.draw.normal(*ours.shape)
    (want,) = torch.autograd.grad(ours, leaf, upstream)
    expect.close(
        student.fixtures.heads.input_gradient(student.value(None, name), hidden, mask, upstream),
        want,
        "gradient of hidden",
        hint=("the encoder learns only if the gradient passes through: use only torch operations, and detach nothing"),
    )


def winners(got: Tensor, want: Tensor, hidden: Tensor, mask: Tensor) -> str:
    """What is returned instead of the largest real values: one constant, PAD's own values, or these and a constant."""
    wrong = (got - want).abs() > 1e-5 * want.abs()
    if not bool(wrong.any()):
        return "nothing else"
    if bool((got[wrong] == got[wrong][0]).all()):
        constant = float(got[wrong][0])
        named = {0.0: "zero", -65504.0: "the lowest number of float16"}
        return named.get(constant, "one constant" if math.isfinite(constant) else str(constant))
    padding = hidden.double().masked_fill(mask[:, :, None] == 1, -torch.inf).amax(1)
    apart = (got - padding)[wrong]
    if bool((apart.abs() <= 1e-6 * padding[wrong].abs()).all()):
        return "the largest PAD value"
    return "PAD values and a constant" if float((apart - apart[0]).abs().max()) < 1e3 else "something else"


def expect_indifferent(pool: Callable[..., Any], student, width: int, features: int, shift: float = 0.0) -> None:
    """A pooling gives the same result whatever the content and the number of the PAD positions.

    Args:
        pool: the student's function.
        student: the student of this check.
        width: C.
        features: width of the result.
        shift: added to all tokens. Far enough below 0, a PAD of zeros shows in some maximum on every seed.
    """
    texts = Texts(student, [4, 1, 6, 3], width)
    texts.tokens = [tokens + shift for tokens in texts.tokens]
    clean = pool(texts.hidden(), texts.mask())
    expect.shape(clean, (4, features), "result", hint="the result must have one row per text")
    expect.differs(
        clean[:1],
        clean[1:2],
        "the results of two different texts",
        hint="does your code use the hidden states of the real tokens?",
    )
    other = Texts(student, [4, 1, 6, 3], width)
    expect.differs(
        pool(other.hidden(), other.mask()),
        clean,
        "the results of two batches",
        hint="does your code use the hidden states of the real tokens?",
    )
    full = pool(texts.hidden(scale=10.0), texts.mask())
    longer = pool(texts.hidden(longer=7, scale=10.0), texts.mask(longer=7))
    expect.close(
        full,
        clean,
        "result with different values at the PAD positions",
        hint="which step of your code still uses the PAD positions?",
    )
    expect.close(
        longer,
        clean,
        "result with seven more PAD positions",
        hint="the result must not depend on the amount of padding",
    )


# --- pooling ---

HOLES = torch.tensor([[1, 1, 1, 1, 1, 0], [1, 0, 1, 1, 0, 0], [0, 0, 1, 0, 0, 1]])
"""A mask of three texts, two of them with holes."""
ENDING = torch.tensor([[0, 1, 1, 1, 1, 1], [1, 0, 1, 1, 0, 1], [0, 0, 1, 0, 0, 1]])
"""Another one, in which the last position of every text is real."""


def with_loud_padding(student, mask: Tensor, width: int) -> Tensor:
    """States (B, T, C) that are larger at PAD positions than at most real ones, so that they would win a maximum."""
    states: Tensor = student.draw.normal(*mask.shape, width) + 3 * (mask == 0).float()[:, :, None]
    return states


class CheckMeanPool:
    """The average over the real tokens"""

    function = "mean_pool"

    @check(points=2, visible=True)
    def check_value(self, student):
        """the result for each text is the mean of its own real tokens"""
        for lengths, more in (([5, 3, 1], 0), ([2, 4, 4, 1], 0), ([150], 2)):
            texts = Texts(student, lengths, 4)
            hidden, mask = texts.hidden(more, scale=1.0), texts.mask(more)
            expect.close(
                student.mean_pool(hidden, mask),
                per_text(average, hidden, mask),
                say(
                    "mean over {lengths} real tokens of {positions} positions",
                    lengths=", ".join(map(str, lengths)),
                    positions=max(lengths) + more,
                ),
                hint="sum the tokens that the mask keeps, then divide by the number of real tokens in THIS text",
            )
        texts = Texts(student, [2, 5, 3], 4)
        for text in texts.tokens:
            text[1, ::2] = 0.0
        hidden, mask = texts.hidden(scale=1.0), texts.mask()
        expect.close(
            student.mean_pool(hidden, mask),
            per_text(average, hidden, mask),
            "mean over real tokens when some features are exactly 0",
            hint=(
                "every real token must be counted, even if its values are all zero: what tells you how many there are?"
            ),
        )

    @check(points=2, after=("value",))
    def check_pad_invariant(self, student):
        """the result depends neither on the content nor on the number of PAD positions"""
        expect_indifferent(student.mean_pool, student, width=5, features=5)

    @check(points=1)
    def check_any_mask_dtype(self, student):
        """the mask may be bool, integer or float, and the real tokens need not be contiguous"""
        hidden = student.draw.normal(3, 6, 4)
        for mask, dtype in (
            (HOLES, torch.int64),
            (ENDING, torch.int64),
            (HOLES, torch.bool),
            (ENDING, torch.float32),
            (HOLES, torch.uint8),
        ):
            expect.close(
                student.mean_pool(hidden, mask.to(dtype)),
                per_text(average, hidden, mask),
                say("mean with a mask of {dtype}", dtype=dtype),
                hint="the mask says which tokens are real, whatever its dtype; real tokens need not come first",
            )

    @check(points=1)
    def check_pure(self, student):
        """inputs are not modified; only real tokens get a gradient; an empty text gives finite values"""
        hidden, upstream = student.draw.normal(3, 6, 4), student.draw.normal(3, 4)
        pool = student.value(None, "mean_pool")
        unchanged(student, "mean_pool", hidden, HOLES)
        expect.close(
            student.fixtures.heads.input_gradient(pool, hidden, HOLES, upstream),
            HOLES[:, :, None] * (upstream / HOLES.sum(1, keepdim=True))[:, None],
            "gradient of hidden",
            hint="every real token of a text has the same weight in the mean; padding has weight 0",
        )
        mask = HOLES.clone()
        mask[1] = 0
        with student.untraced():
            result = student.mean_pool(hidden, mask)
        expect.shape(result, (3, 4), "mean with an empty text in the batch")
        expect.true(
            result.isfinite().all(),
            "the result for a text without real tokens contains nan or inf",
            hint="what does your division return when the number of real tokens is 0?",
            fact=True,
        )
        with student.untraced():
            gradient = student.fixtures.heads.input_gradient(pool, hidden, mask, upstream)
        if not bool(gradient.isfinite().all()):  # the docstring promises a finite result
            expect.remark("in mean_pool, a text without real tokens has a gradient that contains nan or inf")

    @check(points=1, visible=True)
    def check_no_padding(self, student):
        """without padding, the result is the plain mean over the tokens"""
        for shape in ((3, 5, 4), (2, 6, 3)):
            hidden = student.draw.normal(*shape)
            expect.close(
                student.mean_pool(hidden, torch.ones(shape[:2], dtype=torch.long)),
                hidden.mean(1),
                "mean of texts of the same length",
                hint="pool over the token axis: (B, T, C) -> (B, C)",
            )


class CheckMaxPool:
    """The maximum over the real tokens"""

    function = "max_pool"

    @check(points=2, visible=True)
    def check_value(self, student):
        """the result contains the maximum of each feature over the real tokens of a text"""
        texts, single = Texts(student, [5, 3, 1], 4), Texts(student, [150], 4)
        single.tokens[0][140, 0] += 9.0  # the maximum comes late in a long text
        for hidden, mask in (
            (texts.hidden(scale=1.0), texts.mask()),
            (with_loud_padding(student, HOLES, 4), HOLES),
            (with_loud_padding(student, ENDING, 4), ENDING),
            (single.hidden(longer=9, scale=50.0), single.mask(longer=9)),
        ):
            expect.close(
                student.max_pool(hidden, mask),
                per_text(largest, hidden, mask),
                "maximum over the real tokens",
                hint="(B, T, C) -> (B, C): which axis do you reduce, and what do you do with the PAD positions?",
            )
        texts = Texts(student, [2, 5, 3], 4)
        tokens = [-text.abs() - 0.1 for text in texts.tokens]
        for text in tokens:
            text[1] = 0.0
        expect.close(
            student.max_pool(texts.hidden(tokens=tokens), texts.mask()),
            torch.zeros(3, 4),
            "maximum of texts whose largest real value is exactly 0",
            hint="a real token may contain zeros, too: how does your code tell real tokens from padding?",
        )

    @check(points=1)
    def check_all_negative(self, student):
        """a text whose values are all negative has a negative maximum"""
        for lengths in ([4, 2, 5], [1, 3, 2]):
            texts = Texts(student, lengths, 3)
            tokens = [-text.abs() - 0.1 for text in texts.tokens]
            hidden = texts.hidden(tokens=tokens)
            hidden[texts.mask() == 0] = -100.0
            expect.close(
                student.max_pool(hidden, texts.mask()),
                torch.stack([largest(text) for text in tokens]),
                "maximum of texts with negative values only",
                hint="0 is not neutral in a maximum: it is larger than every negative number",
            )

    @check(points=2, after=("value",))
    def check_pad_invariant(self, student):
        """the result depends neither on the content nor on the number of PAD positions"""
        expect_indifferent(student.max_pool, student, width=5, features=5, shift=-1.5)

    @check(points=1)
    def check_half(self, student):
        """float16, bfloat16 and masks of any dtype work; the inputs are not modified and get a gradient"""
        texts = Texts(student, [4, 1, 3], 5)
        for dtype in (torch.float16, torch.bfloat16):
            hidden = texts.hidden().to(dtype)
            hidden[texts.mask() == 0] = -100.0  # whether PAD is kept from winning is not asked here
            expect.close(
                student.max_pool(hidden, texts.mask()),
                per_text(largest, hidden, texts.mask()),
                say("maximum of {dtype} states", dtype=dtype),
                hint="each dtype has its own lowest value; the lowest float32 value does not fit into float16",
            )
        unchanged(student, "max_pool", texts.hidden(scale=1.0), texts.mask())
        hidden = student.draw.normal(3, 6, 4)
        expect_gradient(student, "max_pool", hidden, HOLES, lambda states: per_text(largest, states, HOLES))
        for dtype in (torch.float32, torch.bool, torch.int32, torch.uint8):
            expect.close(
                student.max_pool(hidden, HOLES.to(dtype)),
                per_text(largest, hidden, HOLES),
                say("maximum with a mask of {dtype}", dtype=dtype),
                hint="the mask says which tokens are real, whatever its dtype",
            )

    @check(points=1)
    def check_very_negative(self, student):
        """padding is never the maximum, however negative the real values are"""
        for power in (33, 12, 5):  # of ten; float32 ends at 38
            depth = float(student.draw.uniform(2, 9)) * 10.0**power
            texts = Texts(student, [4, 1, 3], 5)
            tokens = [-depth * (1 + text.abs()) for text in texts.tokens]
            hidden = texts.hidden(tokens=tokens, scale=1e6)  # PAD is higher by far, and no two PAD values are equal
            with student.untraced():
                got = student.max_pool(hidden, texts.mask())
            expect.shape(got, (3, 5), "maximum of very negative values")
            want = torch.stack([largest(text) for text in tokens])
            full = got.double()[:1] - want[:1]  # the longest text, which has no padding
            student.note("without padding, the maximum is right", bool((full.abs() <= 1e-5 * want[:1].abs()).all()))
            student.note("what has won, where no real value has", winners(got.double(), want, hidden, texts.mask()))
            expect.close(
                got,
                want,
                say("maximum of values below -1e{power}", power=power),
                hint="real values can be below any fixed constant: what is the lowest value of the dtype?",
            )

    @check(points=1, visible=True)
    def check_no_padding(self, student):
        """without padding, the result is the plain maximum over the tokens"""
        for shape in ((3, 5, 4), (2, 6, 3)):
            hidden = student.draw.normal(*shape)
            expect.close(
                student.max_pool(hidden, torch.ones(shape[:2], dtype=torch.long)),
                hidden.amax(1),
                "maximum over texts of the same length",
                hint="pool over the token axis: (B, T, C) -> (B, C)",
            )


class CheckMeanMaxPool:
    """Mean and max pooling, concatenated"""

    function = "mean_max_pool"

    @check(points=2, visible=True, substitutes=("mean_pool", "max_pool"))
    def check_shape_and_value(self, student):
        """the result has shape (B, 2C): first the means, then the maxima"""
        for lengths in ([5, 2, 4], [1, 3, 6, 2]):
            texts = Texts(student, lengths, 3)
            texts.tokens[lengths.index(min(lengths))][:, 0] -= 5.0  # below zero: a zero at PAD would win the maximum
            hidden, mask = texts.hidden(scale=1.0), texts.mask()
            expect.close(
                student.mean_max_pool(hidden, mask),
                per_text(both, hidden, mask),
                "mean and max pooling",
                hint="return one row of length 2C per text: first its C means, then its C maxima",
            )

    @check(points=1, substitutes=("mean_pool", "max_pool"), after=("shape_and_value",))
    def check_pad_invariant(self, student):
        """neither the means nor the maxima depend on the padding, which may also be between real tokens"""
        expect_indifferent(student.mean_max_pool, student, width=4, features=8, shift=-1.5)
        for mask in (
            torch.tensor([[0, 1, 0, 0, 1, 0, 1], [1, 1, 0, 0, 0, 1, 0]]),
            torch.tensor([[1, 0, 0, 1, 0, 1, 1], [0, 1, 0, 0, 0, 0, 1]]),
            torch.tensor([[0, 0, 1, 0, 1, 1, 0]]),
        ):
            hidden = with_loud_padding(student, mask, 4)
            expect.close(
                student.mean_max_pool(hidden, mask),
                per_text(both, hidden, mask),
                "mean and max pooling with padding between real tokens",
                hint="the mask says which positions are real: they need not be adjacent",
            )

    @check(points=1, substitutes=("mean_pool", "max_pool"))
    def check_no_padding(self, student):
        """without padding, the result is the plain mean followed by the plain maximum"""
        for shape in ((2, 5, 3), (3, 4, 2)):
            hidden = student.draw.normal(*shape)
            expect.close(
                student.mean_max_pool(hidden, torch.ones(shape[:2], dtype=torch.long)),
                torch.cat([hidden.mean(1), hidden.amax(1)], dim=1),
                "mean and max pooling of texts of the same length",
                hint="first the C means of a text, then its C maxima",
            )

    @check(points=1, substitutes=("mean_pool", "max_pool"), after=("shape_and_value",))
    def check_pure(self, student):
        """neither the hidden states nor the mask is modified, and the hidden states get a gradient"""
        for lengths, dtype in (
            ([4, 1, 3], torch.int64),
            ([1, 3, 4], torch.int64),
            ([3, 4, 1], torch.float32),
            ([4, 3, 1], torch.bool),
            ([3, 1, 4], torch.uint8),
        ):
            texts = Texts(student, lengths, 5)
            hidden, mask = texts.hidden(scale=1.0), texts.mask().to(dtype)
            expect.close(
                unchanged(student, "mean_max_pool", hidden, mask),
                per_text(both, hidden, mask),
                say("mean and max pooling with a mask of {dtype}", dtype=dtype),
                hint="the mask says which tokens are real, whatever its dtype",
            )
        hidden = student.draw.normal(3, 6, 4)
        expect_gradient(student, "mean_max_pool", hidden, HOLES, lambda states: per_text(both, states, HOLES))


# --- heads with an architecture of their own ---


class Head:
    """A head of the student with seeded numbers in all its parameters, in evaluation mode; what it answers is untraced.

    Args:
        student: the student of this check.
        name: its class.
        arguments: for the class.
        scale: of the normal numbers.
        options: for the class.
    """

    def __init__(self, student, name: str, *arguments: int, scale: float = 0.5, **options: int | list[int]) -> None:
        """Build it in the student's process."""
        self.student = student
        self.module = getattr(student, name)(*arguments, **options)
        self.again = lambda: Head(student, name, *arguments, scale=scale, **options)
        with student.untraced():
            self.module.eval()
            student.fixtures.randomize(self.module, student.draw.seed(), scale)

    def __call__(self, *inputs: object, shape: tuple[int, ...]) -> Tensor:
        """Its answer, in float32; it must have this shape and be finite."""
        with self.student.untraced():
            answer: Tensor = self.module(*inputs)
        got = tuple(answer.shape) if isinstance(answer, Tensor) else type(answer).__name__
        self.student.note("shape of the answer", str(got))
        expect.shape(
            answer,
            shape,
            "the output of the head",
            hint=say("return one row per text: the batch has {count} texts", count=shape[0]),
        )
        finite = bool(answer.isfinite().all())
        if not finite:
            self.student.note("the answer is finite", False)
            held = {"nan": answer.isnan(), "inf": answer == torch.inf, "minus inf": answer == -torch.inf}
            self.student.note("what the answer holds", ", ".join(kind for kind, where in held.items() if where.any()))
            self.student.note("texts with a finite answer", finite_rows(answer, inputs[-1]))
        expect.true(
            finite,
            "the output is not finite",
            hint="inf * 0 and 0 / 0 both give nan: where could either happen in your code?",
        )
        return answer.float()

    def with_others(self, n: int) -> list["Head"]:
        """Itself, and n more with other random numbers."""
        return [self, *(self.again() for _ in range(n))]

    def demand_reading(self, width: int, features: int = 1) -> None:
        """It tells texts of one length apart, says the same twice, and says something else with other parameters.

        Nothing that looks at the mask alone, counts its calls, repeats an answer or draws one does all of that. Whether
        a score follows its text, or padding matters, is checked elsewhere: here there is no padding, and no reordering.
        """
        mask, shape = torch.ones(6, 4, dtype=torch.long), (6, features)
        texts, others = self.student.draw.normal(6, 4, width), self.student.draw.normal(6, 4, width)
        first = self(texts, mask, shape=shape)
        steady = same(self(texts, mask, shape=shape), first)
        distinct = (
            unequal(first, first[[1, 2, 3, 4, 5, 0]]) >= 2 and unequal(self(others, mask, shape=shape), first) >= 2
        )
        changed = [unequal(self.again()(texts, mask, shape=shape), first) for _ in range(2)]
        learned = max(changed) >= 2  # a choice between four tokens may come out alike once
        self.fact("the same batch again, the same answer", steady)
        if not steady:  # what was stored, or what was drawn?
            seed = self.student.draw.seed()
            with self.student.untraced():
                drawn = [self.student.fixtures.heads.while_training(self.module, texts, mask, seed) for _ in range(2)]
            self.fact("with one seed, the same answer twice", same(*drawn))
        self.fact("texts of one length are told apart", distinct)
        self.fact("other parameters, other answers", learned)
        expect.true(
            steady,
            "a second call with the same batch gives different scores",
            hint="what does your head store during the first call?",
        )
        expect.true(
            distinct,
            "different texts of the same length get the same score",
            hint="does your forward pass use the hidden states?",
        )
        expect.true(
            learned,
            "changing the parameters does not change the scores",
            hint="which parameters does your head have, and where does the forward pass use them?",
        )

    def demand_own_mask(self, texts: "Texts", features: int = 1, facts: tuple[bool, bool] | None = None) -> None:
        """A text keeps its result in reverse order and beside a text without padding.

        Args:
            texts: of different lengths.
            features: width of a result.
            facts: what ``look_at_other_texts`` returned; None to look now.
        """
        kept, apart = self.look_at_other_texts(texts, features) if facts is None else facts
        expect.true(
            kept,
            "the same texts in reverse order get different results",
            hint="each batch has its own mask: what does your head keep from one call to the next?",
        )
        expect.true(
            apart,
            "the results of texts with padding change if another text of the batch has no padding",
            hint="the mask of each text says where its own padding is: which row of the mask does your code look at?",
        )

    def look_at_other_texts(self, texts: "Texts", features: int = 1) -> tuple[bool, bool]:
        """Whether texts keep their results in reverse order, in a batch of the same shape, and beside a full text."""
        hidden, mask, shape = texts.hidden(longer=2), texts.mask(longer=2), (len(texts.tokens), features)
        forth, back = self(hidden, mask, shape=shape), self(hidden.flip(0), mask.flip(0), shape=shape)
        kept = self.fact("in reverse order, texts keep their results", same(back.flip(0), forth, 1e-3))
        lone = [(text[None], torch.ones(1, len(text), dtype=torch.long)) for text in texts.tokens]
        alone = torch.cat([self(*one, shape=(1, features)) for one in lone])
        own = self.fact("before PAD, texts have the results that they have alone", same(forth, alone, 1e-3))
        known = all(row_of(row, alone) >= 0 for row in forth)
        self.fact("texts have the results of other texts", known and not own)
        beside = self(texts.hidden(scale=3.0), texts.mask(), shape=shape)
        apart = self.fact("beside a text without padding, texts keep their results", same(beside, alone, 1e-3))
        return kept, apart

    def demand_any_shape(self, features: int = 1) -> None:
        """Texts keep their results in a batch in which two of B, T and C are equal; C is 6 here.

        Asked only where padding is known to change nothing, since the batches differ in it.
        """
        texts = Texts(self.student, [4, 2, 5, 1, 3, 2, 5], 6)
        hidden, mask = texts.hidden(longer=3), texts.mask(longer=3)
        want, changed = self(hidden, mask, shape=(7, features)), []
        for equal, rows, positions in (("T = C", 4, 6), ("B = T", 5, 5), ("B = C", 6, 5)):
            few = hidden[:rows, :positions].clone(), mask[:rows, :positions].clone()
            if not same(self(*few, shape=(rows, features)), want[:rows], 1e-3):
                changed.append(equal)
        self.student.note("texts have other results if", ", ".join(changed) or "never")
        expect.true(
            not changed,
            "the results of texts change when two of the sizes B, T and C are equal",
            expected=say("the same results for batches of any shape"),
            actual=say("different results with {equal}", equal=", ".join(changed)),
            hint="hidden_states always has the axes (B, T, C): does your code tell one axis from another by its size?",
            reveal=True,
        )

    def fact(self, fact: str, holds: bool) -> bool:
        """Note a fact for the diagnosis, and return it."""
        self.student.note(fact, holds)
        return holds

    def parameter_gradients(self, inputs: list[object], upstream: Tensor) -> list[Tensor | None]:
        """Gradients of its trainable parameters."""
        with self.student.untraced():
            gradients: list[Tensor | None] = self.student.fixtures.heads.parameter_gradients(
                self.module, inputs, upstream
            )
        return gradients

    def input_gradient(self, hidden: Tensor, mask: Tensor, upstream: Tensor) -> Tensor:
        """Gradient of the hidden states."""
        with self.student.untraced():
            gradient: Tensor = self.student.fixtures.heads.input_gradient(self.module, hidden, mask, upstream)
        return gradient

    def n_trainable(self) -> int:
        """Number of trainable parameters."""
        with self.student.untraced():
            return sum(math.prod(shape) for shape in self.student.fixtures.trainable_shapes(self.module))

    def demand_pure(self, *inputs: Any) -> None:
        """A call leaves the hidden states and the mask unchanged."""
        with self.student.untraced():
            after = self.student.fixtures.heads.afterwards(self.module, *inputs)
        kept = len(after) == len(inputs) and all(map(untouched, inputs, after))
        self.fact("the inputs are not modified", kept)
        self.student.note("what is overwritten", overwritten(inputs, after))
        expect.true(
            kept,
            "hidden_states or mask is modified in place",
            hint="the encoder's output is still used elsewhere: do not modify it in place",
        )

    def expect_all_trained(self, inputs: list[object], upstream: Tensor, counted: bool = False) -> None:
        """There are parameters, each affects the output, and every weight matrix gets a gradient.

        How many do not is noted where the kind of layers is prescribed (``counted``).
        """
        gradients = self.parameter_gradients(inputs, upstream)
        used = [isinstance(gradient, Tensor) for gradient in gradients]
        # A vector may rightly get none: a bias that shifts all scores alike does not matter to a softmax.
        arrived = [bool((g != 0).any()) for g in gradients if isinstance(g, Tensor) and g.dim() > 1]
        with self.student.untraced():
            hidden = self.student.fixtures.heads.n_unregistered(self.module)
        self.fact("something trainable is not registered", hidden > 0)
        self.fact("there are parameters", bool(gradients))
        self.fact("all parameters are used", all(used))
        if not all(used):  # cut off from the graph, or without effect?
            with self.student.untraced():
                heard = self.student.fixtures.heads.heard_without_gradient(
                    self.module, inputs, self.student.draw.seed()
                )
            self.student.note("parameters without a gradient that change the output", str(heard))
        self.fact("a gradient arrives at every matrix", all(arrived))
        if counted:
            self.student.note("matrices without a gradient", len(arrived) - sum(arrived) + len(used) - sum(used))
        hint = (
            "an optimizer trains only registered parameters: layers and Parameters assigned as attributes of the module"
        )
        expect.true(gradients, "the head has no trainable parameters", hint=hint)
        expect.true(hidden == 0, "a trainable tensor is missing from the module's parameters()", hint=hint)
        expect.true(
            all(used),
            "a parameter does not affect the output",
            hint="is a layer created but never used, or is its output detached from the graph?",
        )
        expect.true(
            all(arrived) and any(bool((g != 0).any()) for g in gradients if isinstance(g, Tensor)),
            "a weight gets no gradient at all",
            hint="follow the graph back from the output to that weight: where is the graph broken?",
        )


def demand_defaults(student, name: str, hint: str, **defaults: Any) -> None:
    """Built without options, a head has as many trainable numbers as with these."""
    with student.untraced():
        build = getattr(student, name)
        bare, told = (student.fixtures.n_trainable(build(6, **options)) for options in ({}, defaults))
    student.note("the defaults are those of the signature", bare == told)
    listed = ", ".join(f"{option}={value}" for option, value in defaults.items())
    expect.equal(
        bare,
        told,
        say("number of trainable parameters in {name}(6), compared with {listed}", name=name, listed=listed),
        hint=hint,
        reveal=True,
    )


def demand_constants(head: Head, hidden: Tensor, value: float, want: Tensor, what: str, hint: str) -> None:
    """With every parameter at ``value``, each score is arithmetic, wherever the parameters are kept.

    Args:
        head: the head; its parameters are overwritten.
        hidden: (B, T, C), texts without padding.
        value: of every parameter.
        want: (B,) the scores.
        what: names the scores.
        hint: shown when they differ.
    """
    with head.student.untraced():
        head.student.fixtures.heads.fill(head.module, value)
    scores = head(hidden, torch.ones(hidden.shape[:2], dtype=torch.long), shape=(len(hidden), 1))
    expect.close(
        scores[:, 0],
        want,
        say("{what}, with every parameter set to {value}", what=translated(what), value=value),
        tolerance=1e-4,
        hint=hint,
        fact=True,
    )


def demand_no_training_mode(student, head: Head, hidden: Tensor) -> None:
    """A head whose layers are all prescribed gives the same scores (B, 1) in training mode; no text has padding."""
    mask = torch.ones(hidden.shape[:2], dtype=torch.long)
    calm = head(hidden, mask, shape=(len(hidden), 1))
    with student.untraced():
        trained = student.fixtures.heads.while_training(head.module, hidden, mask, student.draw.seed())
    alike = head.fact("the same scores in training mode", same(trained, calm))
    expect.true(
        alike,
        "the scores in training mode differ from the scores in evaluation mode",
        hint="which of your layers behaves differently in training mode, and does the docstring list it?",
    )


def demand_any_number(student, name: str, width: int, **options: int) -> None:
    """With large parameters, some score is below -1 and some above 1; over 16 heads, since one may show neither."""
    lowest = highest = spread = 0.0
    for _ in range(16):  # all of them, so that the trace does not tell how soon one was found
        head = Head(student, name, width, scale=2.0, **options)
        scores = head(student.draw.normal(6, 1, width), torch.ones(6, 1, dtype=torch.long), shape=(6, 1))
        lowest, highest = min(lowest, float(scores.min())), max(highest, float(scores.max()))
        spread = max(spread, float(scores.max() - scores.min()))
    student.note("scores below zero", lowest < 0)
    student.note("scores below minus one", lowest < -1.01)
    student.note("scores beyond one", highest > 1.01)
    student.note("every text has the same score", spread == 0)
    if spread == 0 and lowest == 0 == highest:
        student.note("which is zero", True)
    expect.true(
        lowest < -1.01 and highest > 1.01,
        "the scores of sixteen random heads are limited on at least one side: none is below -1, or none is above 1",
        hint="a score can be any number: does the last operation in your forward pass limit its range?",
    )


def padded_in_four_ways(head: Head, texts: Texts, more: int, first: int) -> Tensor:
    """(B, 4): each text alone, before ``more`` PADs, with content in all of these, and in those from ``first`` on."""
    mask, shape = texts.mask(longer=more), (len(texts.tokens), 1)
    alone = [(text[None], torch.ones(1, len(text), dtype=torch.long)) for text in texts.tokens]
    bare = torch.cat([head(*one, shape=(1, 1)) for one in alone])
    clean = head(texts.hidden(longer=more), mask, shape=shape)
    full = head(texts.hidden(longer=more, scale=10.0), mask, shape=shape)
    far = head(texts.hidden(longer=more, scale=10.0, first=first), mask, shape=shape)
    return torch.cat([bare, clean, full, far], dim=1)


def remark_on_training(student, head: Head, texts: Texts) -> None:
    """Remark on a head whose score for a text, in training mode, depends on the other texts.

    Dropout draws the same numbers, since shapes, masks and seed are the same; a head that
    draws other random numbers has other scores for the same batch as well, and gets no remark.
    """
    mask, seed = texts.mask(), student.draw.seed()
    tokens = [texts.tokens[0], *(3 * student.draw.normal(length, texts.width) for length in texts.lengths[1:])]
    batch, others = texts.hidden(), texts.hidden(tokens=tokens)
    with student.untraced():
        first, again, beside = (
            student.fixtures.heads.while_training(head.module, hidden, mask, seed) for hidden in (batch, batch, others)
        )
    if same(first, again, 1e-6) and isinstance(beside, Tensor) and not same(first[:1], beside[:1]):
        expect.remark("in training mode, ConvHead's score for a text depends on the other texts in the batch")


def untouched(before: Any, after: Any) -> bool:
    """A tensor, or each of several, is unchanged."""
    if isinstance(before, Tensor):
        return isinstance(after, Tensor) and torch.equal(before, after)
    return len(before) == len(after) and all(map(untouched, before, after))


def overwritten(before: Sequence[Any], after: Sequence[Any]) -> str:
    """Which numbers of the hidden states and the mask a call has changed, and to what."""
    if len(before) != 2 or len(after) != 2 or not all(isinstance(item, Tensor) for item in after):
        return "something"
    (hidden, mask), (states, keep) = before, after
    if not untouched(mask, keep) or states.shape != hidden.shape:
        return "the mask" if states.shape == hidden.shape else "the shape of the hidden states"
    if untouched(hidden, states):
        return "nothing"
    if not torch.equal(hidden[mask != 0], states[mask != 0]):
        return "hidden states of real tokens"
    return "hidden states of PAD, with zeros" if not bool(states[mask == 0].any()) else "hidden states of PAD"


def unequal(one: Tensor, other: Tensor) -> int:
    """In how many rows two answers of one shape differ, by more than float32 rounds."""
    return int(((one - other).abs() > 1e-5 * (1 + other.abs())).any(-1).sum())


def row_of(score: Tensor, scores: Tensor) -> int:
    """The row of ``scores`` that holds this one, -1 if none does."""
    return next((row for row, other in enumerate(scores) if same(score, other)), -1)


def keep_apart(student, head: Head, features: int) -> None:
    """Note whether texts without padding go through a head of width 6 as each of them does alone.

    Errors about padding leave that as it is; a scrambled axis, which may look like one, does not.
    """
    even = student.draw.normal(4, 5, 6)
    whole = torch.ones(4, 5, dtype=torch.long)
    together = head(even, whole, shape=(4, features))
    alone = torch.cat([head(even[i : i + 1], whole[:1], shape=(1, features)) for i in range(4)])
    head.fact("texts without padding keep to themselves", same(together, alone, 1e-3))


def side_by_side(places: Tensor) -> bool:
    """Whether the true facts are consecutive, the first place being the next one after the last."""
    return bool(places.any()) and int((places != places.roll(1)).sum()) <= 2


def reversed_texts(texts: Texts) -> list[Tensor]:
    """The tokens of each text from the last to the first."""
    return [text.flip(0) for text in texts.tokens]


def keeps_score_in_a_long_text(student, head: Head, kernel: int) -> bool:
    """Whether a passage gives a long text the same score wherever it stands; noted is where it does not.

    A text that is cut into pieces loses the windows across a cut; a text that is cut short loses its end.
    """
    filler, passage = 0.1 * student.draw.normal(8, 1, 6), 2 * student.draw.normal(8, kernel + 1, 6)
    whole, scores = torch.ones(8, 150, dtype=torch.long), {}
    places = [13, 20, 30, 62, 100, 126, 134]
    for place in places:
        texts = filler.repeat(1, 150, 1)
        texts[:, place : place + kernel + 1] = passage
        scores[place] = head(texts, whole, shape=(8, 1))
    others = [place for place in places if not same(scores[place], scores[13], 1e-3)]
    across = [place for place in others if place in (30, 62, 126)]  # a multiple of 32, 64 or 128
    end = others == places[len(places) - len(others) :]
    where = "nowhere" if not others else "across a cut" if others == across else "at the end" if end else "elsewhere"
    student.note("where in a long text a passage gives another score", where)
    return not others


def demand_long_texts(kept: bool) -> None:
    """What ``keeps_score_in_a_long_text`` has found is right."""
    expect.true(
        kept,
        "the scores change when a passage is moved within texts of 150 words",
        hint="a long text has the same windows as a short one, only more of them: which windows does your code miss?",
    )


class CheckConvHead:
    """n-grams without padding"""

    function = "ConvHead"

    @check(points=1, visible=True)
    def check_shape(self, student):
        """the scores have shape (B, 1), even for a single text and for texts of one token"""
        for kernel, lengths in ((2, [2]), (2, [1]), (2, [3, 1, 5]), (3, [1, 1])):
            head = Head(student, "ConvHead", 6, channels=4, kernel=kernel)
            texts = Texts(student, lengths, 6)
            head(texts.hidden(), texts.mask(), shape=(len(lengths), 1))
        Head(student, "ConvHead", 7).demand_reading(7)
        demand_any_number(student, "ConvHead", 6, channels=8)
        demand_defaults(
            student,
            "ConvHead",
            hint="what are the default values of channels and kernel?",
            channels=256,
            kernel=2,
        )

    @check(points=3)
    def check_pad_invariant(self, student):
        """the scores depend neither on the content nor on the number of PAD positions"""
        answers, firsts, seconds, endless, raised, added, exchanged = [], [], [], [], set(), [], []
        for kernel in (2, 3) * 3:  # six heads, since padding shows only where it wins a maximum
            head = Head(student, "ConvHead", 6, channels=16, kernel=kernel)
            texts = Texts(student, [1, 2, 5, 1, 3, 2, 4, 2, 3], 6)
            # Two windows in a row look 2 (kernel - 1) tokens ahead: what is farther away is seen by PAD windows only.
            answers.append(padded_in_four_ways(head, texts, more=2 * kernel + 2, first=2 * kernel - 2))
            bare, clean = answers[-1][:, :1], answers[-1][:, 1:2]
            exchanged.append(not same(clean, bare) and all(row_of(row, bare) >= 0 for row in clean))
            higher = clean[clean > bare + 1e-4 * (1 + bare.abs())]
            if len(higher):
                alike = float(higher.max() - higher.min()) < 1e-4 * (1 + float(higher.abs().max()))
                zero = float(higher.abs().max()) < 1e-6
                raised.add("zero" if zero else "one number of the head" if alike else "several numbers")
            words = Texts(student, [1] * 20, 6)
            none, one, two = (head(words.hidden(longer=n), words.mask(longer=n), shape=(20, 1)) for n in (0, 1, 2))
            firsts.append(not same(one, none))
            if kernel == 2:  # with larger ones, a window around the first PAD may reach back to the word
                added.append(firsts[-1] and same(one - none, (one - none)[:1].expand(20, 1), 1e-3))
            if kernel == 3:
                seconds.append(not same(two, one))
            much, more = (head(texts.hidden(longer=n), texts.mask(longer=n), shape=(9, 1)) for n in (24, 60))
            endless.append(not same(more, much))
        bare, clean, full, far = torch.cat(answers).T
        # Behind one word, a window of three has room for two PADs; for a window over PAD alone one is enough.
        student.note("a second PAD matters", any(seconds))
        circle = student.draw.normal(20, 3, 6)
        everywhere = torch.ones(20, 3, dtype=torch.long)
        still, turned = (head(words, everywhere, shape=(20, 1)) for words in (circle, circle.roll(1, 1)))
        student.note("without padding, a text is a circle", same(still, turned))
        # No window reaches across 24 PADs: what still changes then is a sum, or a number that grows with the batch.
        every = self.depends_on_every_word(student, head)
        student.note(
            "what depends on endless padding",
            "nothing" if not any(endless) else "scores that depend on every word" if every else "scores",
        )
        keep_apart(student, head, 1)
        student.note("texts have the scores of other texts", all(exchanged))
        student.note("content matters", not same(full, clean))
        student.note("far content matters", not same(far, clean))
        number = not same(clean, bare)
        student.note("number matters", number)
        # A window that only a longer row has begins at the second word or later, so one word does not notice it.
        # Whether such a window can lower a score is a matter of the layers behind it.
        notice = "texts of one word too" if any(firsts) else "only texts of several words" if number else "none"
        student.note("which texts notice the number", notice)
        student.note("the first PAD adds the same number to every text of one word", all(added))
        student.note("padding shrinks the scores", bool((clean.abs() < 0.8 * bare.abs()).double().mean() > 0.8))
        raises = bool((clean - bare > -1e-4).all())
        student.note("more padding only raises scores", raises or not any(firsts))
        kinds = [kind for kind in ("several numbers", "one number of the head", "zero") if kind in raised]
        student.note("what padding raises a score to", kinds[0] if kinds else "")  # one text alone shows one number
        below = clean[bare < -0.01]
        student.note("before padding, scores below zero become zero", bool(len(below) and (below.abs() < 1e-6).all()))
        expect.close(
            full,
            clean,
            "scores with different values at the PAD positions",
            tolerance=1e-4,
            hint="the last windows of a text include PAD positions: does your convolution read zeros there?",
        )
        expect.close(
            clean,
            bare,
            "scores in a padded batch, compared with the scores of each text on its own",
            tolerance=1e-4,
            hint="over a window of zeros, a convolution still outputs its bias: how do you keep the bias out of "
            "the maximum?",
        )
        head.demand_reading(6)
        head.demand_own_mask(texts)
        head.demand_any_shape()

    @staticmethod
    def depends_on_every_word(student, head: Head) -> bool:
        """Whether, without padding, another word changes the score wherever it stands, as in a mean over the words."""
        first, moved = student.draw.normal(16, 6), torch.zeros(16, dtype=torch.bool)
        for _ in range(2):  # by accident, one word may do as well as another
            texts = first.repeat(17, 1, 1)
            texts[range(16), range(16)] = student.draw.normal(16, 6)  # another word in each row, none in the last
            scores = head(texts, torch.ones(17, 16, dtype=torch.long), shape=(17, 1))
            moved |= torch.tensor([unequal(score[None], scores[16:]) > 0 for score in scores[:16]])
        return bool(moved.all())

    @check(points=3)
    def check_order(self, student):
        """the head reads n-grams: reversing a text changes its score; moving a passage within it does not"""
        sizes = []
        for kernel in (2, 3):
            head = Head(student, "ConvHead", 6, channels=16, kernel=kernel)
            texts = Texts(student, [4, 7, 5, 6, 7, 3, 6, 5], 6)
            mask = texts.mask()
            forth = head(texts.hidden(), mask, shape=(8, 1))
            back = head(texts.hidden(tokens=reversed_texts(texts)), mask, shape=(8, 1))
            ordered = head.fact("order matters", not same(forth, back))
            sizes.append(head.n_trainable())
            placeless, inside = self.reading_of_a_passage(student, head)
            kept = keeps_score_in_a_long_text(student, head, 3) if placeless and kernel == 3 else True
            head.demand_reading(6)
            expect.true(
                placeless,
                say("the scores change when a passage is moved by five words (kernel {kernel})", kernel=kernel),
                hint=(
                    "a convolution uses the same weights at every position, so the score must not depend on "
                    "where the passage is"
                ),
            )
            demand_long_texts(kept)
            expect.true(
                ordered and inside,
                say(
                    "reversing the words of eight texts does not change their scores (kernel {kernel})",
                    kernel=kernel,
                ),
                hint="a window of one word cannot tell 'not good, bad' from 'not bad, good'",
            )
        larger = sizes[1] > sizes[0]
        expect.true(
            larger,
            "a head with kernel=3 has no more weights than one with kernel=2",
            hint="a window of three words needs separate weights for each word: does your code use the argument "
            "kernel?",
            fact=True,
        )

    @staticmethod
    def reading_of_a_passage(student, head: Head) -> tuple[bool, bool]:
        """Whether the place of a passage in a text does not matter, and whether the order of its words does."""
        # One passage between many equal words: wherever it stands, the text has the same n-grams.
        filler, passage = 0.1 * student.draw.normal(6, 1, 6).expand(6, 34, 6), 2 * student.draw.normal(6, 4, 6)
        early, late, turned = filler.clone(), filler.clone(), filler.clone()
        early[:, 13:17], late[:, 18:22], turned[:, 13:17] = passage, passage, passage.flip(1)
        whole = torch.ones(6, 34, dtype=torch.long)
        here, there, back = (head(texts, whole, shape=(6, 1)) for texts in (early, late, turned))
        placeless = head.fact("the place of a passage does not matter", same(there, here, 1e-3))
        # The equal words may have the maximum to themselves, with some parameters of a deep head in every text.
        heads = head.with_others(4)
        turns = [(one(turned, whole, shape=(6, 1)), one(early, whole, shape=(6, 1))) for one in heads]
        moved = any(unequal(one, other) > 0 for one, other in turns)
        inside = head.fact("the order in a passage matters", moved)
        moves = []
        for step in range(1, 7):
            further = filler.clone()
            further[:, 13 + step : 17 + step] = passage
            moves.append(0 if same(head(further, whole, shape=(6, 1)), here, 1e-3) else step)
        student.note("by how many words a passage may not be moved", moves)
        return placeless, inside

    @check(points=1)
    def check_gradients(self, student):
        """every parameter and the encoder get a gradient, texts do not mix, and more channels mean more weights"""
        head = Head(student, "ConvHead", 6, channels=16)
        head.demand_reading(6)
        texts = Texts(student, [4, 7, 5, 6, 7, 3, 6, 5], 6)
        hidden, mask = texts.hidden(scale=1.0), texts.mask()
        head.demand_pure(hidden, mask)
        head.expect_all_trained([hidden, mask], student.draw.normal(8, 1))
        upstream = torch.zeros(8, 1)
        upstream[1] = 1.0  # a text without padding, which is the matter of another check
        gradient = head.input_gradient(hidden, mask, upstream)
        expect.shape(gradient, tuple(hidden.shape), "gradient of the hidden states")
        others = torch.cat([gradient[:1], gradient[2:]])
        reached = head.fact("the encoder gets a gradient", bool((gradient[1] != 0).any()))
        apart = head.fact("texts do not mix", not bool((others != 0).any()))
        at = (gradient[1] != 0)[: texts.lengths[1]]
        turned = (gradient[1].reshape(gradient.shape[2], gradient.shape[1]) != 0).any(0)
        beside, mixed = side_by_side(at.any(-1)), side_by_side(turned)
        head.fact("the gradient of a score reaches neighbours", beside)
        head.fact("only features and positions reshaped are neighbours", not beside and mixed)
        more = Head(student, "ConvHead", 6, channels=32).n_trainable() > head.n_trainable()
        head.fact("more channels, more weights", more)
        expect.true(
            reached,
            "no gradient reaches the hidden states",
            hint="the encoder must be trained, too: where is the graph broken between the scores and the hidden "
            "states?",
        )
        expect.true(
            apart,
            "the score of a text depends on the other texts in the batch",
            hint="along which axis does your window slide: over the tokens, or over the texts?",
        )
        expect.true(
            more,
            "a head with channels=32 has no more weights than one with channels=16",
            hint="does your code use the argument channels?",
        )
        remark_on_training(student, head, texts)


class CheckLSTMHead:
    """The state after the last real token"""

    function = "LSTMHead"

    @check(points=1, visible=True)
    def check_returns_tensor(self, student):
        """the scores have shape (B, 1), whatever the number of units"""
        head = Head(student, "LSTMHead", 6)
        texts = Texts(student, [2], 6)  # with one token, a score per token would have the shape of an extra axis
        head(texts.hidden(), texts.mask(), shape=(1, 1))
        head = Head(student, "LSTMHead", 5, units=7)
        texts = Texts(student, [3, 1, 4], 5)
        head(texts.hidden(scale=1.0), texts.mask(), shape=(3, 1))
        head.demand_reading(5)
        sizes = [Head(student, "LSTMHead", 5, units=units).n_trainable() for units in (7, 12)]
        used = head.fact("other units, another number of weights", sizes[0] != sizes[1])
        demand_any_number(student, "LSTMHead", 6, units=4)
        expect.true(
            used,
            say("heads with 7 and with 12 units have the same number of trainable parameters, {count}", count=sizes[0]),
            hint="a larger state needs more weights: does your code use the argument units?",
        )
        demand_defaults(student, "LSTMHead", hint="how wide is the state when units is None?", units=6)

    @check(points=3)
    def check_pad_invariant(self, student):
        """the scores depend neither on the content nor on the number of PAD positions"""
        head = Head(student, "LSTMHead", 6, units=8, scale=0.3)
        texts = Texts(student, [4, 2, 7, 1, 3, 5, 7, 2], 6)
        shape = (8, 1)
        mask = texts.mask(longer=50)
        bare = head(texts.hidden(), texts.mask(), shape=shape)
        clean = head(texts.hidden(longer=50), mask, shape=shape)
        full = head(texts.hidden(longer=50, scale=3.0), mask, shape=shape)
        far = head(texts.hidden(longer=50, scale=3.0, first=1), mask, shape=shape)
        end = texts.hidden(longer=50)
        end[:, -1] = 3 * student.draw.normal(8, 6)
        latest = head(end, mask, shape=shape)
        alone = [head(text[None], torch.ones(1, len(text), dtype=torch.long), shape=(1, 1)) for text in texts.tokens]
        spread = float((clean - clean.mean()).norm() / (bare - bare.mean()).norm().clamp(min=1e-9))
        head.fact("content matters", not same(full, clean))
        head.fact("content behind the first PAD matters", not same(far, clean))
        head.fact("the last PAD matters", not same(latest, clean))
        head.fact("number matters", not same(clean, bare))
        head.fact("a text alone has another score", not same(torch.cat(alone), bare))
        # After 50 PADs, the state of an LSTM hardly changes any more, so a sum over the PADs grows by equal steps.
        more, most = (head(texts.hidden(longer=n), texts.mask(longer=n), shape=shape) for n in (100, 150))
        grows = not same(more, clean) and same(most - more, more - clean, 1e-2)
        head.fact("each further PAD adds the same to a score", grows)
        student.note(
            "lengths of the texts that their number changes",
            [0 if same(one, other) else length for one, other, length in zip(clean, bare, texts.lengths, strict=True)],
        )
        student.note("50 PADs wipe the text out", "all" if spread < 0.02 else "most" if spread < 0.35 else "little")
        head.demand_reading(6)
        hint = (
            "an LSTM does not stop at the padding: at which position has its state read the whole text "
            "and nothing else?"
        )
        expect.close(full, clean, "scores with different values at the PAD positions", tolerance=1e-4, hint=hint)
        expect.close(clean, bare, "scores with 50 more PAD positions", tolerance=1e-4, hint=hint)
        expect.close(torch.cat(alone), bare, "scores of the texts alone", tolerance=1e-4, hint=hint)
        head.demand_any_shape()

    @check(points=2, visible=True)
    def check_uses_whole_text(self, student):
        """the first and last real tokens of a text both affect its score; other texts do not"""
        head = Head(student, "LSTMHead", 6, units=8)
        texts = Texts(student, [4, 2, 5, 3, 5, 4], 6)
        mask, shape = texts.mask(), (6, 1)
        before = head(texts.hidden(), mask, shape=shape)
        changed = {}
        for what, place in (("first", 0), ("second", 1), ("last", -1)):
            tokens = [text.clone() for text in texts.tokens]
            for text in tokens:
                if what == "second" and len(text) < 3:
                    continue  # there it is the last one
                text[place] = student.draw.normal(6)
            after = head(texts.hidden(tokens=tokens), mask, shape=shape)
            changed[what] = head.fact(f"the {what} token matters", not same(after, before, tolerance=1e-6))
        unread = self.unread_in_long_texts(student, head)
        tokens = [student.draw.normal(len(texts.tokens[0]), 6), *texts.tokens[1:]]
        other = head(texts.hidden(tokens=tokens), mask, shape=shape)
        alone = head.fact("other texts do not matter", same(other[1:], before[1:]))
        tokens = [*texts.tokens[:-1], student.draw.normal(len(texts.tokens[-1]), 6)]
        later = head(texts.hidden(tokens=tokens), mask, shape=shape)
        head.fact("texts farther down do not matter", same(later[:-1], before[:-1]))
        head.demand_reading(6)
        expect.true(
            changed["last"],
            "changing the last tokens of six texts does not change their scores",
            hint="which state has read the whole text, including its last token?",
        )
        expect.true(
            changed["first"],
            "changing the first tokens of six texts does not change their scores",
            hint="along which axis does your LSTM read: over the tokens, or over the texts?",
        )
        expect.true(
            not unread,
            say("in texts of 34, 66 and 130 words, changing the {place} word does not change the score", place=unread),
            hint="at which word of a long text does your LSTM start reading, and at which does it stop?",
        )
        expect.true(
            alone,
            "a text's score depends on the other texts in the batch",
            hint="which argument tells your LSTM which axis is time?",
        )
        short = before[[length < max(texts.lengths) for length in texts.lengths]]
        if unequal(short, short.roll(1, 0)) == 0:
            student.note("all shorter texts have one score", True)
            expect.true(
                False,
                "all texts shorter than the longest one get the same score",
                hint="at which position do you read the state of a text that ends early?",
            )

    @staticmethod
    def unread_in_long_texts(student, head: Head) -> str:
        """Which word, near the end of a long text, does not matter; a text may be cut short, or cut into pieces."""
        found = []
        for length in (34, 66, 130):  # the third-last word is the last one of a piece of 32, 64 or 128
            text, mask = student.draw.normal(4, length, 6), torch.ones(4, length, dtype=torch.long)
            before = head(text, mask, shape=(4, 1))
            for name, place in ((mark("last"), -1), (mark("third-to-last"), -3)):
                other = text.clone()
                other[:, place] = 3 * student.draw.normal(4, 6)
                if same(head(other, mask, shape=(4, 1)), before, 1e-6):
                    found.append(name)
        kinds = sorted(set(found))
        student.note("words of long texts that do not matter", kinds)
        return translated(kinds[0]) if kinds else ""

    @check(points=1)
    def check_order(self, student):
        """words are read in order, each in the context of earlier ones; reordering texts only reorders scores"""
        head = Head(student, "LSTMHead", 6, units=8)
        texts = Texts(student, [4, 2, 5, 3, 6, 7], 6)
        hidden, mask, shape = texts.hidden(), texts.mask(), (6, 1)
        forth = head(hidden, mask, shape=shape)
        again = head(hidden, mask, shape=shape)
        back = head(texts.hidden(tokens=reversed_texts(texts)), mask, shape=shape)
        shift = torch.tensor([3, 0, 5, 1, 4, 2])
        moved = head(hidden[shift], mask[shift], shape=shape)
        ordered = head.fact("the order of the words matters", not same(forth, back))
        steady = head.fact("the same again", same(again, forth))
        interplay = self.interplay_of_words(student, head)
        loud, louder = (head(scale * hidden, mask, shape=shape) for scale in (1e6, 1e7))
        bounded = loud.abs().max()
        joint = head.fact("words are read together", interplay > 1e-3)
        gated = head.fact("the state has bounds", bool(bounded < 1e4))
        head.fact("ten times the states are ten times the score", not gated and same(louder, 10 * loud, 1e-2))
        followed = head.fact("scores follow their texts", same(moved, forth[shift]))
        rows = [row_of(score, forth) for score in moved] if steady else "never twice in one place"
        student.note("where the scores of the texts stood before", rows)
        expect.true(
            steady,
            "a second call with the same batch gives different scores",
            hint="the LSTM must start from its initial state in every call",
        )
        expect.true(
            ordered,
            "reversing the words of the texts does not change the scores",
            hint="does your score depend on the output of the LSTM?",
        )
        expect.true(
            followed,
            "when the texts are reordered, the scores are not reordered with them",
            hint="if you sort the texts by length, put the scores back into the original order",
        )
        expect.true(
            joint,
            "the effect of a word on the score does not depend on the words before it",
            hint="an LSTM reads each word in the context of the earlier ones; a sum over words ignores context",
        )
        expect.true(
            gated,
            "with hidden states a million times larger, the scores grow without bound",
            hint="the state of an LSTM stays between -1 and 1, whatever its input",
        )
        head.demand_reading(6)
        head.demand_pure(texts.hidden(longer=2, scale=1.0), texts.mask(longer=2))
        with student.untraced():
            reached = bool(student.fixtures.heads.encoder_learns(head.module, hidden, mask))
        if not reached:
            expect.remark("no gradient reaches the hidden states through LSTMHead, so the encoder would not learn")

    @staticmethod
    def interplay_of_words(student, head: Head) -> float:
        """How much what the second of two words adds to the score depends on the first; 0 if they are read apart."""
        one, two = student.draw.normal(2, 5, 6), student.draw.normal(2, 5, 6)
        pairs = torch.stack([torch.stack([one[i], two[j]], dim=1) for i in (0, 1) for j in (0, 1)])  # (4, 5, 2, 6)
        read = head(pairs.flatten(0, 1), torch.ones(20, 2, dtype=torch.long), shape=(20, 1)).double().view(2, 2, 5)
        return float((read[0, 0] - read[0, 1] - read[1, 0] + read[1, 1]).abs().max())


class CheckClsConcat:
    """[CLS] of the last layers"""

    function = "cls_concat"

    @staticmethod
    def ask(student, states: tuple[Tensor, ...], pure: bool = False, **options: int) -> Any:
        """The answer; what is noted of it is the same for both orders of the layers, since the order is free."""
        with student.untraced():
            got = student.pure("cls_concat", states, **options) if pure else student.cls_concat(states, **options)
        if not isinstance(got, Tensor):
            student.note("answer", type(got).__name__)
            return got
        seen = got.detach()
        if seen.ndim == 2 and seen.numel() and seen.is_floating_point():
            blocks = seen.split(states[0].shape[2], dim=1)
            seen = torch.cat(blocks[::-1] if float(blocks[0][0, 0]) < float(blocks[-1][0, 0]) else blocks, dim=1)
        student.note("shape", list(got.shape))
        student.note("blocks", seen.tolist())
        return got

    @check(points=3, visible=True)
    def check_value(self, student):
        """each row has 4 * C values: the [CLS] states of the last four layers"""
        for _ in range(2):
            states = tuple(student.draw.normal(2, 5, 3) for _ in range(13))
            got = self.ask(student, states)
            expect.shape(
                got, (2, 12), "[CLS] of four layers of width 3", hint="concatenate the layers into one row per text"
            )
            want = torch.cat([state[:, 0] for state in states[9:]], dim=1)
            expect.close(
                got.sort(dim=1).values,  # in whatever order; that is the next check's
                want.sort(dim=1).values,
                "the values for one text, sorted",
                hint=(
                    "of the 13 states, index 0 is the embeddings and index 12 the last layer; [CLS] is the first token"
                ),
            )

    @check(points=1)
    def check_order(self, student):
        """each row has one block per layer, in either order of layers, and these layers get a gradient"""
        for _ in range(2):
            states = tuple(student.draw.normal(3, 4, 5) for _ in range(7))
            got = self.ask(student, states, pure=True, n_last=3)
            expect.shape(got, (3, 15), "[CLS] of three layers of width 5")
            down = torch.cat([states[layer][:, 0] for layer in (6, 5, 4)], dim=1)
            up = torch.cat([states[layer][:, 0] for layer in (4, 5, 6)], dim=1)
            expect.close(
                got,
                up if same(got, up) else down,
                "blocks of three layers",
                hint="keep the C features of each layer together, and order the layers from the last one backwards",
            )
        upstream = student.draw.normal(3, 5)  # the same for each block, so their order does not matter
        want = torch.zeros(7, 3, 4, 5)
        want[3:, :, 0] = upstream
        expect.close(
            student.fixtures.heads.state_gradients(student.value(None, "cls_concat"), states, upstream.repeat(1, 4)),
            list(want),
            "gradients of 7 states, with n_last=4",
            hint=(
                "the encoder learns only if the gradient passes through: use only torch operations, and detach nothing"
            ),
        )

    @check(points=1)
    def check_n_last(self, student):
        """n_last layers are used, whatever the depth of the encoder"""
        for n_texts, n_states, n_last in ((2, 5, 4), (2, 5, 1), (1, 25, 6)):
            states = tuple(student.draw.normal(n_texts, 3, 4) for _ in range(n_states))
            with expect.allowed(f"n_last={n_last}"):
                got = self.ask(student, states, n_last=n_last)
            expect.shape(
                got, (n_texts, 4 * n_last), f"n_last={n_last}", hint="the argument n_last gives the number of layers"
            )
            want = torch.cat([state[:, 0] for state in states[-n_last:]], dim=1)
            expect.close(
                got.sort(dim=1).values,
                want.sort(dim=1).values,
                say(
                    "the values for one text, sorted, for n_last={n_last} and {n_states} states",
                    n_last=n_last,
                    n_states=n_states,
                ),
                hint="count from the end of the tuple, whatever its length",
            )


class CheckLayerMix:
    """A learned average of all layers"""

    function = "LayerMix"

    @staticmethod
    def states(student, n_states: int) -> tuple[Tensor, ...]:
        """N states (2, 3, 4)."""
        return tuple(student.draw.normal(2, 3, 4) for _ in range(n_states))

    @staticmethod
    def weights(states: tuple[Tensor, ...], mixed: Tensor) -> tuple[Tensor, float, float]:
        """The weights (N,) that would give this mix, a constant beside them, and how far that is from the mix."""
        columns = torch.stack([*states, torch.ones_like(states[0])]).double().flatten(1).T  # (24, N + 1)
        found = torch.linalg.lstsq(columns, mixed.double().flatten()[:, None]).solution
        return found[:-1, 0], float(found[-1]), float((columns @ found - mixed.double().flatten()[:, None]).abs().max())

    @check(points=2, visible=True)
    def check_uniform_start(self, student):
        """the mix starts as the plain average of the states and changes with the parameters"""
        self.demand_no_dice(student)
        for n_states in (5, 13):
            mix = student.LayerMix(n_states)
            for _ in range(2):
                states = self.states(student, n_states)
                with student.untraced():
                    got = mix(states)
                student.note("shape", str(tuple(got.shape)) if isinstance(got, Tensor) else type(got).__name__)
                if isinstance(got, Tensor) and got.shape != (2, 3, 4):
                    student.note("what it is instead of a mix", instead_of_a_mix(states, got))
                expect.shape(
                    got,
                    (2, 3, 4),
                    say("mix of {n_states} states", n_states=n_states),
                    hint="the mix must have the same shape as a single state",
                )
                expect.true(
                    got.isfinite().all(), "the mix is not finite", hint="what does your code divide, and by what?"
                )
                self.describe_start(student, states, got)
                expect.close(
                    got,
                    torch.stack(states).mean(0),
                    say("average of {n_states} states", n_states=n_states),
                    hint="all states start with the same weight, and the weights sum to 1",
                )
        states = self.states(student, 5)
        moved = not same(Head(student, "LayerMix", 5)(states, shape=(2, 3, 4)), torch.stack(states).mean(0), 1e-3)
        expect.true(
            moved,
            "with different parameter values, the mix is still the plain average",
            hint="the weights must be equal at the start, but need not stay equal: how do your parameters change them?",
            fact=True,
        )

    def demand_no_dice(self, student) -> None:
        """In training mode, the same states give the same mix every time."""
        n = 13
        mix, states = student.LayerMix(n), tuple(torch.eye(n).reshape(n, 1, 1, n).expand(n, 2, 3, n))
        with student.untraced():
            calm = mix.eval()(states)
            mix.train()
            mixes = [mix(states) for _ in range(12)]
        usable = all(isinstance(one, Tensor) and one.shape == (2, 3, n) for one in (calm, *mixes))
        steady = not usable or all(same(one, mixes[0]) for one in mixes)  # what it is instead is noted below
        student.note("in training mode, the same mix in every call", steady)
        if steady:
            return
        student.note("in evaluation mode, it is the average", same(calm, torch.full((2, 3, n), 1 / n)))
        student.note("in training mode, some weights are 0", any(bool((one == 0).any()) for one in mixes))
        whole = [bool((one.sum(2) - 1).abs().max() < 1e-3) for one in mixes]
        student.note("in training mode, the weights sum to one", all(whole))
        expect.true(
            False,
            "in training mode, the same states give a different mix in every call",
            hint="which step of your forward pass uses random numbers, and what does it do to the weights?",
        )

    def describe_start(self, student, states: tuple[Tensor, ...], got: Tensor) -> None:
        """Note what a new mix gives; what starts at random is known by its kind, not by its numbers."""
        weights, constant, left = self.weights(states, got)
        even = bool((weights - weights.mean()).abs().max() < 1e-3)
        student.note("it is a weighted sum", left < 1e-3)
        if left < 1e-3:
            student.note("all weights at the start", round(float(weights.mean()), 4) if even else "different")
            rest = bool((weights[1:] - weights[1]).abs().max() < 1e-3)
            student.note("those of the first and the others are even", rest)
            student.note("they sum to one", abs(float(weights.sum()) - 1) < 1e-3)
            student.note("a constant is added", abs(constant) > 1e-3)
        else:
            student.note("it is the average of", averaged(states, got))

    @check(points=2)
    def check_learnable(self, student):
        """exactly N values are trained; each of them gets a gradient, and so does every state"""
        n = 5
        states, upstream = self.states(student, n), student.draw.normal(2, 3, 4)
        mix = student.LayerMix(n)
        with student.untraced():
            trainable = sum(math.prod(shape) for shape in student.fixtures.trainable_shapes(mix))
        student.note("trainable numbers", trainable if trainable <= n + 1 else "many more")
        expect.equal(
            trainable,
            n,
            say("trainable values for {n} states", n=n),
            hint="train one value per state, in a registered parameter",
            reveal=True,
        )
        with student.untraced():
            later = student.fixtures.heads.parameters_learn(Head(student, "LayerMix", n).module, states)
        student.note("once the numbers differ, they have gradients", later)
        with student.untraced():
            mix.eval()  # what is random in training mode is the matter of another check
            gradients = student.fixtures.heads.parameter_gradients(mix, [states], upstream)
            after = student.fixtures.heads.afterwards(mix, states)
        used = all(isinstance(gradient, Tensor) for gradient in gradients)
        moving = used and all(bool((gradient != 0).all()) for gradient in gradients)
        student.note("the numbers have gradients", moving)
        kept = untouched(states, after[0])
        student.note("the states are not modified", kept)
        expect.true(
            moving,
            "some of the trainable values get no gradient",
            hint="does the mix use every trainable value without detaching it from the graph?",
        )
        expect.true(
            kept,
            "the hidden states are modified in place",
            hint="do not modify the encoder's output: create a new tensor",
        )
        with student.untraced():
            weights, constant, left = self.weights(states, mix(states))
        even = left < 1e-3 and bool((weights - weights.mean()).abs().max() < 1e-3)
        with contextlib.nullcontext() if even else student.untraced():  # what starts at random has random gradients
            below = student.fixtures.heads.state_gradients(mix, states, upstream)
        expect.close(
            below,
            [upstream / n] * n,
            "initial gradients of the states",
            hint="the encoder's layers learn through the mix: each state's gradient is proportional to its weight",
        )

    @check(points=2)
    def check_convex(self, student):
        """the mix is always an average: its weights depend on the parameters, are positive and sum to 1"""
        n = 5
        self.describe_formula(student, n)
        for scale in (1.0, 3.0):
            mix = Head(student, "LayerMix", n, scale=scale)
            found = []
            for _ in range(2):
                states = self.states(student, n)
                found.append(self.weights(states, mix(states, shape=(2, 3, 4))))
            (weights, constant, left), (again, _, more) = found
            total, lowest = float(weights.sum()), float(weights.min())
            shared = mix.fact(
                "the same weights everywhere", max(left, more) < 1e-3 and bool((weights - again).abs().max() < 1e-3)
            )
            summed, positive = abs(total - 1) < 1e-3, lowest > -1e-3
            followed = float(weights.max()) - lowest > 1e-3
            if shared:  # else these are no weights
                mix.fact("a constant is added", abs(constant) > 1e-3)
                mix.fact("the weights sum to one", summed)
                if summed:  # the sign of a common factor is an accident
                    mix.fact("no weight is negative", positive)
                mix.fact("all weights have one sign", bool((weights * weights[0] > -1e-3).all()))
                mix.fact("the weights follow the parameters", followed)
                if positive and not summed:
                    student.note(
                        "several states have the same smallest weight",
                        self.least_is_shared(self.weights_of_two(student, scale=2.0)),
                    )
            expect.true(
                shared and abs(constant) < 1e-3,
                "the mix is not a weighted sum of the states",
                hint="each state must have a single weight, the same for all tokens",
            )
            expect.true(
                summed,
                say(
                    "after the parameters have changed, the weights sum to {total:.3g} instead of 1",
                    total=total,
                ),
                hint="the weights change during training: normalise them in every forward pass, not only at the start",
            )
            expect.true(
                positive,
                say("a weight is negative: {lowest:.3g}", lowest=lowest),
                hint="the weights of an average are never negative",
            )
            expect.true(
                followed,
                "all weights are equal, whatever the parameters are",
                hint="how do the weights in your code depend on the parameters?",
            )
        self.demand_average_at_zero(student, n)
        self.demand_average_at_large_values(student, n)
        self.demand_every_state(student)

    @staticmethod
    def describe_formula(student, n: int, value: float = 3.0) -> None:
        """Note what a mix of n states gives with all parameters equal, where the weights of an average are 1 / n."""
        mix = Head(student, "LayerMix", n)
        levels, others = (
            [torch.full((2, 3, 4), level) for level in student.draw.uniform(1, 2, n).tolist()] for _ in range(2)
        )
        with student.untraced():
            student.fixtures.fill(mix.module, value)
        found = [mix(tuple(states), shape=(2, 3, 4)) for states in ([torch.ones(2, 3, 4)] * n, levels, others)]
        even = all(bool((mixed - mixed.mean()).abs().max() < 1e-3) for mixed in found)
        what = f"mix of states of one number each, with all parameters at {value:g}"
        student.note(what, [round(float(mixed.mean()), 3) for mixed in found] if even else "uneven")

    @staticmethod
    def weights_of_two(student, scale: float) -> list[Tensor]:
        """The weights of two heads for 13 states; the parameters have this scale."""
        n = 13
        alone = torch.eye(n).reshape(n, 1, 1, n).expand(n, 2, 3, n)  # the mix holds the weight of state i at feature i
        return [Head(student, "LayerMix", n, scale=scale)(tuple(alone), shape=(2, 3, n))[0, 0] for _ in range(2)]

    @staticmethod
    def least_is_shared(found: Sequence[Tensor]) -> bool:
        """Whether several states have the smallest weight, which is above 0, while others weigh more."""
        more = [int((weights > weights.min() + 1e-6).sum()) for weights in found]
        return all(
            0 < count < len(weights) - 1 and float(weights.min()) > 0
            for count, weights in zip(more, found, strict=True)
        )

    def demand_every_state(self, student) -> None:
        """No state of thirteen is left out, however little it weighs: beside zeros, each leaves its weight."""
        found = self.weights_of_two(student, scale=2.0)
        least = min(float(mixed.min()) for mixed in found)
        student.note("every state has a weight, however small", least > 0)
        expect.true(
            least > 0,
            "some states have a weight of exactly 0",
            hint="the weight of a state can be small, but must be positive: which states does your code leave out?",
        )
        total = max((float(mixed.sum()) for mixed in found), key=lambda total: abs(total - 1))
        if abs(total - 1) > 1e-3:
            student.note("the weights of thirteen states sum to one", False)
            student.note("several states have the same smallest weight", self.least_is_shared(found))
        expect.true(
            abs(total - 1) <= 1e-3,
            say("the weights of thirteen states sum to {total:.3g} instead of 1", total=total),
            hint="some of the thirteen weights are small: what does your code do with small weights?",
        )

    def demand_average_at_large_values(self, student, n: int) -> None:
        """With all parameters at 100, whose exponential is too large for float32, it is the plain average."""
        mix = Head(student, "LayerMix", n)
        with student.untraced():
            states = self.states(student, n)
            student.fixtures.fill(mix.module, 100.0)
            level = mix.module(states)
        expect.shape(level, (2, 3, 4), "mix in evaluation mode")
        finite = mix.fact("a finite mix with all parameters at 100", bool(level.isfinite().all()))
        expect.true(
            finite,
            "with all parameters at 100, the mix is NaN or infinite",
            hint="the weights are equal here: which step of your code gives a number that is too large for float32?",
        )

    def demand_average_at_zero(self, student, n: int) -> None:
        """With all parameters at 0, the mix of n states is still an average."""
        mix = Head(student, "LayerMix", n)
        with student.untraced():
            states = self.states(student, n)
            before = mix.module(states)
            student.fixtures.fill(mix.module, 0.0)
            level = mix.module(states)
        for mixed in (before, level):
            expect.shape(mixed, (2, 3, 4), "mix in evaluation mode")
        stale = mix.fact("in evaluation mode, other parameters change nothing", same(level, before))
        weights, constant, left = self.weights(states, level.nan_to_num())
        average = bool(level.isfinite().all()) and left < 1e-3 and abs(constant) < 1e-3 and bool((weights > 1e-3).all())
        mix.fact("an average with all parameters at 0", average and abs(float(weights.sum()) - 1) < 1e-3)
        expect.true(
            average and abs(float(weights.sum()) - 1) < 1e-3,
            "with all parameters at 0, the mix is not an average of the states",
            hint="parameters can become 0 during training: what are the weights then, and do you divide by 0?",
        )
        expect.true(
            not stale,
            "in evaluation mode, the mix does not change when the parameters change",
            hint="the parameters can change even in evaluation mode, for example when a checkpoint is loaded: when "
            "does your code compute the weights?",
        )


def averaged(states: tuple[Tensor, ...], mixed: Tensor) -> str:
    """What the average is of, where it is not the states as they are."""
    whole, width = torch.stack(states), states[0].shape[-1:]
    known = {
        "the states, each token with mean 0 and variance 1": torch.nn.functional.layer_norm(whole, width).mean(0),
        "the states, each token of length 1": torch.nn.functional.normalize(whole, dim=-1).mean(0),
        "the states, and then each token with mean 0 and variance 1": torch.nn.functional.layer_norm(
            whole.mean(0), width
        ),
        "the states, and then each token of length 1": torch.nn.functional.normalize(whole.mean(0), dim=-1),
    }
    return next((name for name, value in known.items() if same(mixed, value, 1e-3)), "something else")


class CheckAttentionPool:
    """A learned average of the real tokens"""

    function = "AttentionPool"

    @check(points=1, visible=True)
    def check_shape(self, student):
        """the result has shape (B, C), one vector per text"""
        for lengths in ([2], [1], [3, 1, 5, 2]):
            texts = Texts(student, lengths, 7)
            pool = Head(student, "AttentionPool", 7)
            pool(texts.hidden(), texts.mask(), shape=(len(lengths), 7))
        pool.demand_reading(7, features=7)

    @check(points=3)
    def check_pad_invariant(self, student):
        """PAD positions have weight 0: neither their content nor their number changes the result"""
        pool = Head(student, "AttentionPool", 6)
        texts = Texts(student, [4, 2, 6, 1, 3, 5], 6)
        shape = (6, 6)
        bare = pool(texts.hidden(), texts.mask(), shape=shape)
        clean = pool(texts.hidden(longer=8), texts.mask(longer=8), shape=shape)
        junk = texts.hidden(longer=8, scale=5.0)
        full = pool(junk, texts.mask(longer=8), shape=shape)
        double = pool(
            torch.where(texts.mask(longer=8)[:, :, None] == 0, 2 * junk, junk), texts.mask(longer=8), shape=shape
        )
        pool.fact("content matters", not same(full, clean))
        pool.fact("number matters", not same(clean, bare))
        others = Texts(student, texts.lengths, 6)
        swapped = torch.where(texts.mask(longer=8)[:, :, None] == 0, junk, others.hidden(longer=8))
        replaced = pool(swapped, texts.mask(longer=8), shape=shape)
        pool.fact("behind the text, PAD alone decides", same(replaced, full))
        twice = same(full, clean) or same(double - clean, 2 * (full - clean), 1e-3)
        pool.fact("twice the content matters twice as much", twice)
        pool.fact("PAD keeps the direction", bool(cosines(full, bare).min() > 1 - 1e-3))
        positions = texts.mask().shape[1], texts.mask(longer=8).shape[1]
        pool.fact("divided by the positions", same(clean * positions[1], bare * positions[0], 1e-3))
        keep_apart(student, pool, 6)
        even, whole = student.draw.normal(3, 5, 6), torch.ones(3, 5, dtype=torch.long)
        forth, back = (pool(tokens, whole, shape=(3, 6)) for tokens in (even, even.flip(1)))
        pool.fact("without padding the order does not matter", same(forth, back, 1e-3))
        hint = "to get a weight of 0, set the score to minus infinity before the softmax"
        others_and_order = pool.look_at_other_texts(texts, features=6)
        pool.demand_reading(6, features=6)
        expect.close(clean, bare, "result with eight more PAD positions", tolerance=1e-4, hint=hint)
        expect.close(full, clean, "result with different values at the PAD positions", tolerance=1e-4, hint=hint)
        self.demand_no_weight_whatever_the_scores(student)
        pool.demand_own_mask(texts, features=6, facts=others_and_order)
        pool.demand_any_shape(features=6)

    @staticmethod
    def demand_no_weight_whatever_the_scores(student) -> None:
        """With parameters in the hundreds, all real scores of a text may be far below zero: PAD has weight 0 even then.

        A text whose two best scores are nearly equal may come out differently because of rounding. Whether the results
        are finite without padding is the matter of another check.
        """
        moved = lost = 0
        for _ in range(2):
            pool = Head(student, "AttentionPool", 6, scale=100.0)
            signs = student.draw.normal(24, 1, 6).sign()
            real = signs * (1 + student.draw.normal(24, 3, 6).abs())
            mask = torch.tensor([1, 1, 1, 0, 0]).repeat(24, 1)
            with student.untraced():
                bare = pool.module(real, mask[:, :3])
                padded = pool.module(torch.cat([real, -real[:, :2]], dim=1), mask)
            for answer in (bare, padded):
                expect.shape(answer, (24, 6), "the output of the head")
            gone = (bare.isfinite() & ~padded.isfinite()).any(1)
            lost += int(gone.sum())
            moved += int((((padded - bare).abs() > 0.2 * (1 + bare.abs())).any(1) | gone).sum())
        student.note("with large parameters, padding changes the results", moved > 2)
        student.note("with large parameters, results are finite without padding only", lost > 2)
        expect.true(
            moved <= 2,
            "with parameter values in the hundreds, two additional PAD positions change the result",
            hint="a real token can have a score of -100,000: which score for PAD is lower than every possible score?",
        )

    @check(points=2, visible=True)
    def check_weighted_mean(self, student):
        """the result is an average: it stays within the range of the real tokens, and identical tokens give that
        same token
        """
        pool = Head(student, "AttentionPool", 6)
        single = student.draw.normal(16, 1, 6)
        ones = torch.ones(16, 4, dtype=torch.long)
        lone = pool(single, ones[:, :1], shape=(16, 6))
        equal = pool(single.expand(16, 3, 6), ones[:, :3], shape=(16, 6))  # a third is never exact
        several = student.draw.normal(7, 5, 6)
        mixed = pool(several, torch.ones(7, 5, dtype=torch.long), shape=(7, 6))
        longer = pool(3 * single, ones[:, :1], shape=(16, 6))
        with student.untraced():
            trained = student.fixtures.heads.while_training(pool.module, single, ones[:, :1], student.draw.seed())
        inside = bool(((mixed >= several.amin(1) - 1e-4) & (mixed <= several.amax(1) + 1e-4)).all())
        pool.fact("one token is itself", same(lone, single[:, 0]))
        pool.fact("one token keeps its direction", bool(cosines(lone, single[:, 0]).min() > 0.999))
        lean = bool(cosines(lone, single[:, 0]).min() > 0.999)  # then what it weighs is the network's own business
        pool.fact("one token can grow", bool((lone.norm(dim=1) > 1.001 * single.norm(dim=2)[:, 0]).any()))
        pool.fact("one token is projected", affine(single[:, 0], lone))
        pool.fact("one token is cut at zero", same(lone, single[:, 0].clamp(min=0)))
        pool.fact("three times a token is no other result", same(longer, lone, 1e-2))
        pool.fact("one token stays within -1 and 1", not lean and bool((longer.abs() <= 1).all()))
        pool.fact("no result is negative", bool((longer >= 0).all()))
        pool.fact("equal tokens are that token", same(equal, single[:, 0]))
        pool.fact("three equal tokens are as one", same(equal, lone))
        pool.fact("three equal tokens add up", same(equal, 3 * lone))
        pool.fact("five tokens add up", same(mixed, several.sum(1)))
        pool.fact("within the range", inside)
        describe_weights(pool, several, mixed)
        pool.fact("one token is itself in training mode", same(trained, single[:, 0]))
        pool.demand_reading(6, features=6)
        hint = "average the hidden states themselves, with weights that sum to 1 over the real tokens of a text"
        expect.close(lone, single[:, 0], "result for texts of one token", tolerance=1e-4, hint=hint)
        expect.close(equal, single[:, 0], "result for texts of three equal tokens", tolerance=1e-4, hint=hint)
        expect.true(inside, "the result is outside the range of the real tokens", hint=hint)
        expect.close(
            trained,
            single[:, 0],
            "result for texts of one token in training mode",
            tolerance=1e-4,
            hint="the weights must sum to 1 in training mode, too: what changes them before the weighted sum?",
        )
        self.demand_finite_whatever_the_scores(student)

    @staticmethod
    def demand_finite_whatever_the_scores(student) -> None:
        """With parameters in the thousands, scores are so large, or so small, that their exponentials overflow."""
        pool = Head(student, "AttentionPool", 6, scale=1000.0)
        texts, whole = student.draw.normal(24, 5, 6), torch.ones(24, 5, dtype=torch.long)
        with student.untraced():
            together = pool.module(texts, whole)
            alone = torch.cat([pool.module(text[None], whole[:1]) for text in texts])
        finite = [
            bool(((found >= texts.amin(1) - 1e-3) & (found <= texts.amax(1) + 1e-3)).all())
            for found in (together, alone)
        ]
        student.note("with huge parameters, texts are averaged together and alone", finite)
        expect.true(
            all(finite),
            "with parameter values in the thousands, the result is inf, NaN or outside the range of the real tokens",
            hint="exp() gives inf for a large score and 0 for a very negative score: what can you subtract from the "
            "scores of a text without changing its weights?",
        )

    @check(points=1)
    def check_content_based(self, student):
        """the weights depend on the tokens but not on their order; each real token has a positive weight"""
        pool = Head(student, "AttentionPool", 6)
        texts = Texts(student, [4, 7, 6, 3, 5, 6], 6)
        shape = (6, 6)
        # Four heads, since the random numbers of one may make all its scores alike, or far apart.
        pools = pool.with_others(3)
        result, *more = (one(texts.hidden(), texts.mask(), shape=shape) for one in pools)
        plain = torch.stack([text.mean(0) for text in texts.tokens])
        back = pool(texts.hidden(tokens=reversed_texts(texts)), texts.mask(), shape=shape)
        long = student.draw.normal(2, 150, 6)
        ends = [pool(one, torch.ones(2, 150, dtype=torch.long), shape=(2, 6)) for one in (long, long.flip(1))]
        long_free = pool.fact("the order does not matter in long texts", same(ends[0], ends[1], 1e-3))
        equal = [same(row, mean, 1e-3) for rows in (result, *more) for row, mean in zip(rows, plain, strict=True)]
        # Of two tokens, one is zero: then the weight of the other one is seen even if the two do not sum to 1.
        pairs = 0.5 * student.draw.normal(24, 2, 6) * torch.tensor([1.0, 0.0])[:, None]
        answers = [one(pairs, torch.ones(24, 2, dtype=torch.long), shape=(24, 6)) for one in pools]
        weights = [(answer / pairs[:, 0])[pairs[:, 0].abs() > 0.2] for answer in answers]
        learned = pool.fact("not the plain mean", not all(equal))
        pool.fact("two tokens share their weight alike, whatever stands beside them", unmoved(pool, student))
        free = pool.fact("the order does not matter", same(back, result))
        varied = pool.fact("the weight of a token varies", any(bool(w.max() - w.min() > 1e-2) for w in weights))
        between = any(bool(((w > 1e-5) & (w < 1 - 1e-5)).all()) for w in weights)
        both = pool.fact("both of two tokens have a weight", between)
        gains = pool.fact("a token gains weight by a neighbour", gaining(student) >= 3)
        pool.demand_reading(6, features=6)
        expect.true(
            learned,
            "the result for every text is the plain mean of its tokens",
            hint="compute the weights from the tokens",
        )
        expect.true(
            free,
            "reversing the tokens of a text changes the result",
            hint="a token's weight must depend on its state, not on its position",
        )
        expect.true(
            long_free,
            "reversing the tokens of a text of 150 tokens changes the result",
            hint="up to which token does your code read a long text?",
        )
        expect.true(
            varied and both,
            "in texts of two tokens, the weights are not between 0 and 1, or they are the same in every text",
            hint="use a softmax over the scores: each token gets a weight according to its score",
        )
        expect.true(
            not gains,
            "adding a token to a text increases the weight of another token",
            hint="a token's score must depend only on its own state: what else does it depend on in your code?",
        )

    @check(points=1)
    def check_gradients(self, student):
        """every weight matrix and the encoder get a gradient; the inputs are not modified"""
        pool = Head(student, "AttentionPool", 6)
        pool.demand_reading(6, features=6)
        texts = Texts(student, [4, 7, 6, 3, 5, 6], 6)
        hidden, mask, upstream = texts.hidden(scale=1.0), texts.mask(), student.draw.normal(6, 6)
        pool.demand_pure(hidden, mask)
        pool.expect_all_trained([hidden, mask], upstream)
        gradient = pool.input_gradient(hidden, mask, upstream)
        expect.shape(gradient, tuple(hidden.shape), "gradient of the hidden states")
        reached = pool.fact("every real token gets a gradient", bool((gradient[mask == 1] != 0).any(-1).all()))
        if not reached:
            pool.fact("some token gets a gradient", bool((gradient != 0).any()))
        expect.true(reached, "some real tokens get no gradient", hint="every real token must have a weight above zero")


def finite_rows(answer: Tensor, mask: object) -> str:
    """Whether the answers that are finite are exactly those of the texts with padding."""
    finite = answer.flatten(1).isfinite().all(1)
    if not finite.any():
        return "none"
    if not (isinstance(mask, Tensor) and mask.ndim == 2 and len(mask) == len(answer)):
        return "some"
    return "those with padding" if torch.equal(finite, (mask == 0).any(1)) else "others"


def instead_of_a_mix(states: tuple[Tensor, ...], got: Tensor) -> str:
    """What came in place of the average of N states (B, T, C), as far as it has a name."""
    average = torch.stack(states).mean(0)
    known = {
        "the average of the first tokens": average[:, 0],
        "the average of all tokens": average.mean(1),
        "the weighted states one by one": torch.stack(states) / len(states),
        "the states one by one": torch.stack(states),
    }
    return next((name for name, value in known.items() if got.shape == value.shape and same(got, value)), "others")


def shares(tokens: Tensor, pooled: Tensor) -> tuple[Tensor, bool]:
    """The weights (B, T) of the tokens (B, T, C) in what they were pooled to (B, C), T < C; and whether it is that."""
    columns, wanted = tokens.double().transpose(1, 2), pooled.double()[:, :, None]
    found = torch.linalg.lstsq(columns, wanted).solution
    return found[:, :, 0], bool((columns @ found - wanted).abs().max() < 1e-3)


def describe_weights(pool: Head, tokens: Tensor, pooled: Tensor) -> None:
    """Note what weights five tokens have, where the result is a weighted sum of them."""
    weights, summed = shares(tokens, pooled)
    pool.fact("a weighted sum of the tokens", summed)
    if not summed:
        return
    total = weights.sum(1)
    known = {
        "one": 1.0,
        "the number of tokens": weights.shape[1],
        "one over the number of tokens": 1 / weights.shape[1],
    }
    sums = [name for name, number in known.items() if bool((total - number).abs().max() < 1e-2)]
    pool.student.note("the weights of a text sum to", sums[0] if sums else "different numbers")
    pool.fact("the weights at a position sum to one", bool((weights.sum(0) - 1).abs().max() < 1e-2))
    pool.fact("all weights are equal", bool((weights - weights[0, 0]).abs().max() < 1e-2))
    if not pool.fact("some weight is negative", bool((weights < -1e-2).any())):
        pool.fact("some weight is above one", bool((weights > 1.01).any()))
    pool.fact("one token has it all", bool((weights.amax(1) > 0.999).all()))


def unmoved(pool: Head, student) -> bool:
    """Whether the second to fourth of five tokens weigh, beside each other, what they do with other neighbours."""
    tokens = student.draw.normal(12, 5, 6)
    others = tokens.clone()
    others[:, 0], others[:, 4] = student.draw.normal(12, 6), student.draw.normal(12, 6)
    whole = torch.ones(12, 5, dtype=torch.long)
    found = []
    for texts in (tokens, others):
        weights, summed = shares(texts, pool(texts, whole, shape=(12, 6)))
        if not summed:
            return False
        found.append(weights[:, 1:4])
    heavy = (torch.stack(found).sum(2).abs() > 0.05).all(0)  # a share of next to nothing is rounding
    one, other = (weights[heavy] / weights[heavy].sum(1, keepdim=True) for weights in found)
    return not bool(heavy.any()) or bool((one - other).abs().median() < 1e-3)


def gaining(student) -> int:
    """In how many of 40 texts a fifth token makes one of the first four weigh more; none where there are no weights.

    The softmax of scores that each come from one token can only take from the others what a new one gets.
    """
    pool = Head(student, "AttentionPool", 6, scale=2.0)  # scores that differ a lot
    tokens = student.draw.normal(40, 5, 6)
    found = []
    for count in (4, 5):
        texts = tokens[:, :count]
        weights, summed = shares(texts, pool(texts, torch.ones(40, count, dtype=torch.long), shape=(40, 6)))
        if not summed:
            return 0
        found.append(weights[:, :4])
    return int((found[1] - found[0] > 0.01).any(1).sum())


def affine(inputs: Tensor, outputs: Tensor) -> bool:
    """Whether one matrix and one bias lead from all the inputs (n, k) to the outputs (n, d)."""
    columns = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1).double()
    found = torch.linalg.lstsq(columns, outputs.double()).solution
    return bool((columns @ found - outputs.double()).abs().max() < 1e-3)


def cosines(one: Tensor, other: Tensor) -> Tensor:
    """Cosine of the angle, row by row."""
    return torch.nn.functional.cosine_similarity(one, other)


# --- bonus: the generalised mean ---


def generalised(p: float, eps: float) -> Callable[[Tensor], Tensor]:
    """The generalised mean of the real tokens (n, C) of one text, in float64."""

    def pooled(tokens: Tensor) -> Tensor:
        powers = tokens.double().clamp(min=eps).pow(p)
        mean: Tensor = powers.sum(0) / len(tokens)
        return mean.pow(1 / p)

    return pooled


class CheckGeMPool:
    """The generalised mean"""

    function = "GeMPool"

    @check(points=2, visible=True)
    def check_value(self, student):
        """once the real tokens are clamped at eps, the result is the p-th root of the mean of their p-th powers"""
        answers = []
        for p, eps, lengths, size in (
            (3.0, 1e-6, [5, 3, 1], 1.0),
            (2.5, 1e-6, [2, 6, 4, 1], 1.0),
            (2.0, 0.3, [4, 3], 1.0),
            (1.5, 1e-6, [5], 15_000.0),
            (1.0, 0.2, [4, 2, 3], 1.0),
        ):
            texts = Texts(student, lengths, 4)
            texts.tokens = [size * text for text in texts.tokens]
            hidden, mask = texts.hidden(scale=1.0), texts.mask()
            pool = student.GeMPool() if p == 3.0 else student.GeMPool(p=p, eps=eps)
            answers.append((pool(hidden, mask), per_text(generalised(p, eps), hidden, mask), p, eps))
        for got, want, p, eps in answers:
            expect.close(
                got,
                want,
                say("generalised mean with p={p}, eps={eps}", p=p, eps=eps),
                tolerance=1e-4,
                hint="clamp at eps, raise to the power p, average over the text's real tokens, take the p-th root",
            )

    @check(points=1, visible=True)
    def check_learned(self, student):
        """p is a single trainable parameter with a gradient; p = 1 gives the mean, and p = 40 nearly the maximum"""
        for start in (3.0, float(student.draw.uniform(1.5, 4.5))):
            pool = student.GeMPool(p=start)
            p = student.fixtures.heads.exponent(pool)
            expect.close(p.read(), start, "initial p", tolerance=1e-4)
            texts = Texts(student, [5, 3, 2], 4)
            tokens = [text.abs() + 0.5 for text in texts.tokens]
            hidden, mask = texts.hidden(tokens=tokens), texts.mask()
            seen = {}
            for value in (1.0, 40.0, 0.5, 2.2):
                p.write(value)
                seen[value] = pool(hidden, mask)
            hint = "does your forward pass use the trained p both for the power and for the root?"
            for value, got in seen.items():
                want = per_text(generalised(value, 1e-6), hidden, mask)
                what = say("generalised mean after p was set to {value}", value=value)
                expect.close(got, want, what, tolerance=1e-3, hint=hint)
            upstream = student.draw.normal(3, 4)
            leaf = torch.tensor(2.2, dtype=torch.float64, requires_grad=True)
            pooled = [
                row[: len(text)].double().pow(leaf).mean(0).pow(1 / leaf)
                for row, text in zip(hidden, tokens, strict=True)
            ]
            (torch.stack(pooled) * upstream).sum().backward()
            expect.close(p.gradients(hidden, mask, upstream)[1], leaf.grad, "gradient of p", tolerance=1e-3, hint=hint)
            p.write(1.0)
            expect.true(
                bool(p.gradients(hidden, mask, upstream)[1].any()),
                "at p = 1, p gets no gradient",
                hint="at p = 1 the result is the plain mean, but training can move p: does the result still depend "
                "on p in your code?",
            )

    @check(points=1, after=("value",))
    def check_pad_invariant(self, student):
        """PAD positions do not change the result; the mask may have gaps, and it may have any dtype"""
        pool = student.GeMPool()
        expect_indifferent(pool, student, width=5, features=5)
        hidden = student.draw.normal(3, 6, 4)
        want = per_text(generalised(3.0, 1e-6), hidden, HOLES)
        for mask, dtype in (
            (HOLES, torch.int64),
            (ENDING, torch.int64),
            (HOLES, torch.bool),
            (ENDING, torch.float32),
            (HOLES, torch.uint8),
        ):
            got = pool(hidden, mask.to(dtype))
            hint = "the mask says which tokens are real, whatever its dtype; real tokens need not come first"
            expect.close(
                got,
                per_text(generalised(3.0, 1e-6), hidden, mask),
                say("generalised mean with a mask of {dtype}", dtype=dtype),
                tolerance=1e-4,
                hint=hint,
            )
        expect.close(
            pool(hidden.flip(0), HOLES.flip(0)),
            want.flip(0),
            "generalised mean of the same texts in reverse order",
            tolerance=1e-4,
            hint="each batch has its own mask: what does your module keep from one call to the next?",
        )

    @check(points=1, after=("value",))
    def check_gradient(self, student):
        """real tokens get the correct gradient, padding gets none, and the inputs are not modified"""
        for p in (3.0, 0.5):
            with expect.allowed(f"p={p}"):
                pool = student.GeMPool(p=p)
            hidden, upstream = student.draw.normal(3, 6, 4), student.draw.normal(3, 4)
            got = student.fixtures.heads.exponent(pool).gradients(hidden, HOLES, upstream)[0]
            leaf = hidden.double().requires_grad_()
            (per_text(generalised(p, 1e-6), leaf, HOLES) * upstream).sum().backward()
            expect.close(
                got,
                leaf.grad,
                say("gradient of hidden_states, p={p}", p=p),
                tolerance=1e-3,
                hint="values below eps must get no gradient",
            )
            with student.untraced():
                after = student.fixtures.heads.afterwards(pool, hidden, HOLES)
            kept = len(after) == 2 and all(map(untouched, (hidden, HOLES), after))
            student.note("what is overwritten", overwritten((hidden, HOLES), after))
            expect.true(
                kept,
                "hidden_states or mask is modified in place",
                hint="do you use in-place operations such as clamp_ or pow_? They overwrite the encoder's output",
                fact=True,
            )


# --- bonus: two directions ---


def ends_of_constants(words: Tensor, units: int, value: float) -> Tensor:
    """(B,): what each unit of an LSTM answers after all words (B, T, C), if each of its parameters has this value."""
    state = cell = torch.zeros(len(words), dtype=torch.float64)
    for word in words.double().unbind(1):
        gate = value * (word.sum(1) + units * state + 2)  # two biases; all gates are alike
        cell = gate.sigmoid() * (cell + gate.tanh())
        state = gate.sigmoid() * cell.tanh()
    return state


class CheckBiLSTMHead:
    """An LSTM that reads in both directions"""

    function = "BiLSTMHead"

    @check(points=1, visible=True)
    def check_shape(self, student):
        """the scores have shape (B, 1); each direction has its own weights, and the linear layer reads both states"""
        counts = []
        for width, units, lengths in ((5, student.draw.integer(7, 12), [3, 1, 4]), (6, None, [1]), (4, 3, [2, 2])):
            options = {} if units is None else {"units": units}
            head = Head(student, "BiLSTMHead", width, **options)
            texts = Texts(student, lengths, width)
            head(texts.hidden(scale=1.0), texts.mask(), shape=(len(lengths), 1))
            size = width if units is None else units
            counts.append((head.n_trainable(), 2 * 4 * size * (width + size + 2) + 2 * size + 1, width, size))
            student.note("trained numbers", counts[-1][0])
        for got, want, width, size in counts:
            what = say("trainable parameters, C={width} and {size} units", width=width, size=size)
            expect.equal(
                got,
                want,
                what,
                hint="you need weights for two directions, and a linear layer that reads both final states",
                reveal=True,
            )
        head.demand_reading(4)
        demand_any_number(student, "BiLSTMHead", 6, units=4)

    @check(points=2)
    def check_pad_invariant(self, student):
        """the scores depend neither on the content nor on the number of PAD positions"""
        head = Head(student, "BiLSTMHead", 6, units=8, scale=0.3)
        texts = Texts(student, [4, 2, 6, 1, 3, 5, 6, 2], 6)
        shape, mask = (8, 1), texts.mask(longer=50)
        bare = head(texts.hidden(), texts.mask(), shape=shape)
        clean = head(texts.hidden(longer=50), mask, shape=shape)
        full = head(texts.hidden(longer=50, scale=3.0), mask, shape=shape)
        alone = [head(text[None], torch.ones(1, len(text), dtype=torch.long), shape=(1, 1)) for text in texts.tokens]
        head.fact("content matters", not same(full, clean))
        head.fact("number matters", not same(clean, bare))
        head.fact("a text alone has another score", not same(torch.cat(alone), bare))
        moved = [n for n, one, other in zip(texts.lengths, clean, bare, strict=True) if not same(one, other)]
        student.note("lengths of the texts that the number of PADs changes", moved)
        head.demand_reading(6)
        hint = "the backward direction must start at the end of the TEXT: how does your LSTM know where the text ends?"
        expect.close(full, clean, "scores with different values at the PAD positions", tolerance=1e-4, hint=hint)
        expect.close(clean, bare, "scores with 50 more PAD positions", tolerance=1e-4, hint=hint)
        expect.close(torch.cat(alone), bare, "scores of the texts alone", tolerance=1e-4, hint=hint)
        head.demand_any_shape()

    @check(points=1, visible=True)
    def check_both_ends(self, student):
        """the score is linear in two final states; it depends on the ends of a long text, but hardly on its middle"""
        moved = []
        for _ in range(3):
            head = Head(student, "BiLSTMHead", 6, units=8, scale=0.3)
            texts = student.draw.normal(4, 161, 6)
            mask, shape = torch.ones(4, 161, dtype=torch.long), (4, 1)
            before, steps = head(texts, mask, shape=shape), []
            for place in (0, 80, 160):
                other = texts.clone()
                other[:, place] = 3 * student.draw.normal(4, 6)
                steps.append(float((head(other, mask, shape=shape) - before).abs().mean()))
            moved.append(steps)
            head.demand_reading(6)
        first, middle, last = torch.tensor(moved).T
        heard = [
            bool(first.min() > 1e-4),
            bool(last.min() > 1e-4),
            bool((middle < 0.05 * torch.minimum(first, last)).all()),
        ]
        student.note("first word, last word, middle forgotten", heard)
        expect.true(
            heard[1],
            "in texts of 161 words, the last word does not affect the score",
            hint="the forward direction reads the last word last: which of its states do you use?",
        )
        expect.true(
            heard[0],
            "in texts of 161 words, the first word does not affect the score",
            hint="the backward direction reads the first word last: at which position is its final state?",
        )
        expect.true(
            heard[2],
            "in texts of 161 words, the middle word affects the score as much as the first and last words",
            hint=(
                "the score must depend on one state per direction: at which position has each direction read "
                "the whole text?"
            ),
        )
        for length, value in ((1, 0.5), (1, -0.5), (3, 0.4)):
            words = student.draw.normal(12, length, 4)
            ends = [ends_of_constants(words if forth else words.flip(1), 3, value) for forth in (True, False)]
            demand_constants(
                Head(student, "BiLSTMHead", 4, units=3),
                words,
                value,
                value * (3 * (ends[0] + ends[1]) + 1),
                say("scores of texts of length {length}", length=length),
                "the linear layer reads the final hidden state of each direction: what does yours read?",
            )
        demand_no_training_mode(student, head, student.draw.normal(6, 7, 6))

    @check(points=1)
    def check_gradients(self, student):
        """every parameter gets a gradient; if texts are reordered, so are their scores; inputs are not modified"""
        head = Head(student, "BiLSTMHead", 6, units=8)
        texts = Texts(student, [4, 2, 5, 3, 6, 7], 6)
        hidden, mask, shape = texts.hidden(scale=1.0), texts.mask(), (6, 1)
        shift = torch.tensor([3, 0, 5, 1, 4, 2])
        before, after = head(hidden, mask, shape=shape), head(hidden[shift], mask[shift], shape=shape)
        followed = head.fact("scores follow their texts", same(after, before[shift]))
        student.note("where the scores of the texts stood before", [row_of(score, before) for score in after])
        backwards = head(texts.hidden(tokens=reversed_texts(texts)), mask, shape=shape)
        ordered = head.fact("the order of the words matters", not same(before, backwards))
        head.demand_reading(6)
        head.demand_pure(hidden, mask)
        head.expect_all_trained([hidden, mask], student.draw.normal(6, 1), counted=True)
        expect.true(
            followed,
            "when the texts are reordered, the scores are not reordered with them",
            hint="if you sort the texts by length, put the scores back into the original order",
        )
        expect.true(
            ordered,
            "reversing the words of the texts does not change the scores",
            hint="how does your code tell the final states of the two directions apart?",
        )


# --- bonus: kernels side by side ---


class CheckKernelsHead:
    """n-grams of several sizes"""

    function = "KernelsHead"

    @check(points=1, visible=True)
    def check_shape(self, student):
        """the scores have shape (B, 1), even for one token; there is one convolution per kernel and one linear layer"""
        counts = []
        for width, channels, kernels, lengths in (
            (6, student.draw.integer(5, 9), [2, 3, 4], [1, 1]),
            (5, 4, None, [3, 1, 6]),
            (5, 6, [3, 2, 3], [4, 1]),
            (7, 3, [1, 5], [2]),
        ):
            options = {"channels": channels} if kernels is None else {"channels": channels, "kernels": kernels}
            head = Head(student, "KernelsHead", width, **options)
            texts = Texts(student, lengths, width)
            head(texts.hidden(), texts.mask(), shape=(len(lengths), 1))
            sizes = kernels or [2, 3, 4]
            want = sum(channels * (width * kernel + 1) for kernel in sizes) + channels * len(sizes) + 1
            counts.append((head.n_trainable(), want, width, channels, sizes))
            student.note("trained numbers", counts[-1][0])
        for got, want, width, channels, sizes in counts:
            what = say(
                "trainable parameters, C={width}, {channels} channels, kernels {sizes}",
                width=width,
                channels=channels,
                sizes=sizes,
            )
            expect.equal(
                got,
                want,
                what,
                hint="each entry of kernels needs its own convolution, with weights and a bias, in a registered module",
                reveal=True,
            )
        head.demand_reading(7)
        demand_defaults(
            student,
            "KernelsHead",
            hint="what are the default values of channels and kernels?",
            channels=128,
            kernels=[2, 3, 4],
        )
        demand_any_number(student, "KernelsHead", 6, channels=8)

    @check(points=2)
    def check_pad_invariant(self, student):
        """the scores depend neither on the content nor on the number of PAD positions"""
        answers = []
        for kernels in ([2, 3, 4], [4, 2, 3]) * 2:
            head = Head(student, "KernelsHead", 6, channels=8, kernels=kernels)
            texts = Texts(student, [1, 2, 5, 1, 3], 6)
            answers.append(padded_in_four_ways(head, texts, more=9, first=3))
        bare, clean, full, far = torch.cat(answers).T
        head.fact("content matters", not same(full, clean))
        head.fact("far content matters", not same(far, clean))
        head.fact("number matters", not same(clean, bare))
        keep_apart(student, head, 1)
        student.note("lengths of texts that depend on the number, kernel 4", self.lengths_that_notice(student))
        early = 0.1 * student.draw.normal(3, 1, 6).repeat(1, 24, 1)
        late, passage = early.clone(), 2 * student.draw.normal(3, 4, 6)
        early[:, 7:11], late[:, 12:16] = passage, passage
        whole = torch.ones(3, 24, dtype=torch.long)
        here, there = (head(tokens, whole, shape=(3, 1)) for tokens in (early, late))
        head.fact("without padding the place of a passage does not matter", same(here, there, 1e-3))
        head.demand_reading(6)
        expect.close(
            full,
            clean,
            "scores with different values at the PAD positions",
            tolerance=1e-4,
            hint=(
                "a window of four words reads up to three PAD positions after the last word: does it read zeros there?"
            ),
        )
        expect.close(
            clean,
            bare,
            "scores in a padded batch, compared with the scores of each text on its own",
            tolerance=1e-4,
            hint="over a window of zeros, a convolution still outputs its bias: how do you keep the bias out of "
            "the maximum?",
        )
        head.demand_own_mask(texts)
        head.demand_any_shape()

    @staticmethod
    def lengths_that_notice(student) -> list[int]:
        """How many words, of one to five, the texts have whose scores change before PAD; a window has four words.

        A window over PAD alone shows behind a text of any length; a window that only a longer row has, or only a full
        one, shows in texts of some lengths.
        """
        noticed = set()
        for _ in range(3):  # three heads, since a window shows only where it wins a maximum
            head = Head(student, "KernelsHead", 6, channels=32, kernels=[4])
            for length in range(1, 6):
                texts = Texts(student, [length] * 8, 6)
                bare, clean = (head(texts.hidden(longer=n), texts.mask(longer=n), shape=(8, 1)) for n in (0, 9))
                if unequal(clean, bare):
                    noticed.add(length)
        return sorted(noticed)

    @check(points=1)
    def check_windows(self, student):
        """features are maxima of ReLU outputs for any text length; order matters within a window, position does not"""
        head = Head(student, "KernelsHead", 6, channels=16)
        filler, passage = 0.1 * student.draw.normal(6, 1, 6).expand(6, 40, 6), 2 * student.draw.normal(6, 4, 6)
        early, late, turned, twice = (filler.clone() for _ in range(4))
        early[:, 13:17], late[:, 18:22], turned[:, 13:17] = passage, passage, passage.flip(1)
        twice[:, 10:14], twice[:, 23:27] = passage, passage
        whole = torch.ones(6, 40, dtype=torch.long)
        here, there, back, again = (head(texts, whole, shape=(6, 1)) for texts in (early, late, turned, twice))
        placeless = head.fact("the place of a passage does not matter", same(there, here, 1e-3))
        countless = head.fact("a passage twice is a passage once", same(again, here, 1e-3))
        ordered = head.fact("the order in a passage matters", unequal(back, here) > 0)
        kept = keeps_score_in_a_long_text(student, head, 3) if placeless else True
        head.demand_reading(6)
        expect.true(
            ordered,
            "reversing a passage does not change the score",
            hint="a window of one word cannot tell 'not good, bad' from 'not bad, good'",
        )
        expect.true(
            placeless,
            "the scores change when a passage is moved by five words",
            hint=(
                "a convolution uses the same weights at every position, so the score must not depend on where "
                "the passage is"
            ),
        )
        expect.true(
            countless,
            "the score of a text changes when one of its passages occurs twice instead of once",
            hint="take the maximum of each feature over the windows, not the mean or the sum",
        )
        demand_long_texts(kept)
        self.demand_relu(student)
        demand_no_training_mode(student, head, student.draw.normal(6, 7, 6))

    @staticmethod
    def demand_relu(student) -> None:
        """The score of a single word is a linear function of the ReLU of a linear one, for any kernels."""
        words = student.draw.normal(24, 1, 4)
        # An equal weight for everything: where in a window the word stands does not matter.
        for kernels, hint in (
            ([1], "which functions does your code apply besides the convolutions, the maximum and the linear layer?"),
            ([2, 4], "a single word is shorter than these kernels: what fills the rest of its window?"),
        ):
            for value in (0.37, -0.43):  # no round numbers
                activations = (value * (words.double().sum((1, 2)) + 1)).clamp(min=0)
                demand_constants(
                    Head(student, "KernelsHead", 4, channels=3, kernels=kernels),
                    words,
                    value,
                    value * (3 * len(kernels) * activations + 1),
                    say("scores of single words, kernels {kernels}", kernels=kernels),
                    hint,
                )

    @check(points=1)
    def check_gradients(self, student):
        """every kernel affects the score and gets a gradient, texts do not affect each other, and inputs are not
        modified
        """
        head = Head(student, "KernelsHead", 6, channels=16)
        head.demand_reading(6)
        texts = Texts(student, [4, 7, 5, 6, 7, 3, 6, 5], 6)
        hidden, mask = texts.hidden(scale=1.0), texts.mask()
        head.demand_pure(hidden, mask)
        head.expect_all_trained([hidden, mask], student.draw.normal(8, 1))
        upstream = torch.zeros(8, 1)
        upstream[1] = 1.0  # a text without padding, which is the matter of another check
        gradient = head.input_gradient(hidden, mask, upstream)
        expect.shape(gradient, tuple(hidden.shape), "gradient of the hidden states")
        others = torch.cat([gradient[:1], gradient[2:]])
        reached = head.fact("the encoder gets a gradient", bool((gradient[1] != 0).any()))
        apart = head.fact("texts do not mix", not bool((others != 0).any()))
        expect.true(
            reached,
            "no gradient reaches the hidden states",
            hint="the encoder must be trained, too: where is the graph broken between the scores and the hidden "
            "states?",
        )
        expect.true(
            apart,
            "the score of a text depends on the other texts in the batch",
            hint="along which axis does your window slide: over the tokens, or over the texts?",
        )
