"""Hidden checks of exercise-2: the objectives of pre-training.

Dimensions as in the exercise: B texts, T positions, V size of the vocabulary; all sizes differ. Losses are computed
here in float64 from their definition.

Random results are judged as distributions. The bounds are seven standard deviations from the mean, so a
correct answer fails by chance with a probability below 1e-11 per comparison, and below 1e-9 per check. The raw
results depend on the order in which a student draws, so they are read untraced; the facts that follow from them
(shares rounded to one decimal) are noted.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course.text import mark, say, translated
from grader.errors import StudentRaised
from grader.judge import expect
from grader.judge.check import check

IGNORED = -100

# --- corruption ---

FIRST_ORDINARY = 5
"""Four of the smaller ids, drawn at random, are special; a student may exclude all five from random tokens."""
BERTS = (101, 102, 103)
"""[CLS], [SEP] and [MASK] of bert-base-uncased. In these checks, they are ordinary words, and so is 0."""
LABELLED = (0, 0.01, 0.05, 0.12, 0.135, 0.15, 0.1875, 0.24, 0.27, 0.3, 0.375, 0.6, 0.7, 0.75, 0.8, 0.85, 1)
MASKED = (0, 0.01, 0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.72, 0.8, 0.85, 0.9, 1)
RANDOM = (0, 0.01, 0.02, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.72, 0.8, 0.9, 1)
NEIGHBOURING = {0.15: 0.1, 0.2: 0.1, 0.85: 0.8, 0.9: 0.8}
"""Shares that a few thousand tokens cannot distinguish from each other."""
STRAYS = (0, 0.12, 0.3, 0.6, 0.9)
"""Names of shares in a note: the nearest one is used. Shares that occur are far from the boundaries; otherwise, one
misconception would get different names in different draws."""


class Texts:
    """A batch of texts with [CLS], [SEP] and [PAD], at least 100 ordinary positions each, and the special mask."""

    def __init__(self, student, vocab_size: int, rows: int = 100, length: int = 200, known: int | None = None) -> None:
        """Draw the texts; ``known`` limits the ordinary ids that occur."""
        self.vocab_size = vocab_size
        names = torch.randperm(FIRST_ORDINARY - 1, generator=student.draw.generator) + 1  # 0 is a word
        self.pad, self.cls, self.sep, self.mask = names.tolist()
        self.ids = student.draw.integers(FIRST_ORDINARY, known or vocab_size, (rows, length))
        words = torch.tensor([0, *(word for word in BERTS if word < (known or vocab_size))])
        often = student.draw.uniform(0, 1, rows, length) < 0.05
        self.ids = torch.where(often, words[student.draw.integers(0, len(words), (rows, length))], self.ids)
        ends = student.draw.integers(min(101, length - 1), length, (rows, 1))
        places = torch.arange(length)
        self.ids = torch.where(places == ends, self.sep, torch.where(places > ends, self.pad, self.ids))
        self.ids[:, 0] = self.cls
        self.special = (places == 0) | (places >= ends)
        self.ordinary = ~self.special

    def names_at(self, places: Tensor) -> str:
        """Name the special tokens at these places."""
        there = set(self.ids[places & self.special].unique().tolist())
        names = {"[CLS]": self.cls, "[SEP]": self.sep, "[PAD]": self.pad}
        return " ".join(name for name, token in names.items() if token in there) or "none"


FATES_IN_WORDS = (
    mark("the share of selected tokens that become [MASK] is not {want:.0%}"),
    mark("the share of selected tokens that become a different token is not {want:.0%}"),
    mark("the share of selected tokens that stay unchanged is not {want:.0%}"),
)


UNITS = (mark("text"), mark("position"))
"""Names of the axes of a batch."""
NEIGHBOURS = {
    "together": mark("neighbouring tokens are selected together more often than by chance"),
    "apart": mark("neighbouring tokens are selected together less often than by chance"),
}


class Corrupted:
    """A batch that the student has corrupted; facts that do not depend on the order of drawing are noted at once."""

    def __init__(self, student, texts: Texts, p: float | None, seed: int | None = None) -> None:
        """Call ``mask_tokens``; ``p`` None leaves the default, ``seed`` None the generator out."""
        options: dict[str, object] = {} if p is None else {"p": p}
        with student.untraced():
            if seed is not None:
                options["generator"] = student.fixtures.objectives.generator(seed)
            answer = student.mask_tokens(texts.ids, texts.special, texts.mask, texts.vocab_size, **options)
        self.read(student, texts, answer, 0.15 if p is None else p)

    def read(self, student, texts: Texts, answer: object, p: float) -> None:
        """Check shapes and types, and compute the facts."""
        self.ids, self.labels = two_tensors(answer, texts.ids)
        silent = self.labels[texts.special].unique().tolist()
        self.silent = silent[0] if len(silent) == 1 else IGNORED  # a number other than -100 fails `labels` only
        self.selected = self.labels != self.silent
        changed = self.ids != texts.ids
        self.special_labelled = bool((self.selected & texts.special).any())
        self.special_changed = bool((changed & texts.special).any())
        strays = changed & texts.ordinary & ~self.selected
        self.strays = bool(strays.any())
        chosen = self.selected & texts.ordinary
        wrong = self.selected & (self.labels != texts.ids)
        self.n_ordinary, self.n_selected = int(texts.ordinary.sum()), int(chosen.sum())
        self.rate = self.n_selected / self.n_ordinary
        masked, random = chosen & (self.ids == texts.mask), chosen & changed & (self.ids != texts.mask)
        new = changed & texts.ordinary & (self.ids != texts.mask)
        self.new_ids, self.new_places = self.ids[new], new.nonzero()
        fates = (masked, random, chosen & ~changed)
        self.shares = [float(fate.sum() / max(1, self.n_selected)) for fate in fates]
        # For every text, the share of its most frequent fate. A random token may be [MASK], or the old one.
        most = torch.stack([fate.sum(1) for fate in fates]).max(0).values
        alike = bool((most >= 0.95 * chosen.sum(1)).all())
        self.by_text = alike and max(self.shares) < 0.98
        """True if all selected tokens of a text have the same fate, but not those of all texts."""
        student.note("silent label", self.silent)
        student.note("wrong labels", "none" if not wrong.any() else kind(self.labels, self.ids, wrong))
        student.note("special tokens labelled", texts.names_at(self.selected))
        student.note("special tokens changed", texts.names_at(changed))
        student.note("changed without a label", kind(self.ids, self.ids, strays) if self.strays else "none")
        student.note(
            "share of what has no label that is changed", called(float(strays.sum()) / self.n_ordinary, STRAYS)
        )
        student.note("labelled share", called(self.rate, LABELLED))
        if p and self.n_selected > 1000:
            to_mask, to_random = called(self.shares[0], MASKED), called(self.shares[1], RANDOM)
            if self.n_selected < 9000:
                to_mask, to_random = NEIGHBOURING.get(to_mask, to_mask), NEIGHBOURING.get(to_random, to_random)
            shares = f"{to_mask} {to_random} {round(1 - to_mask - to_random, 2)}"
            student.note("masked, random, kept", "one fate for all" if max(self.shares) > 0.98 else shares)
        if p == 1:  # tokens without a label are intended
            counts = [
                (word, int((texts.ids[texts.ordinary] == word).sum()), int((texts.ids[chosen] == word).sum()))
                for word in (0, *BERTS)
            ]
            student.note("frequent words without a label", [word for word, n, found in counts if n > 100 and not found])

    def expect_a_choice(self) -> None:
        """Expect that some ordinary tokens have a label and some have none; called if p allows both."""
        hint = "selected positions get their original ids as labels; all others get no label"
        expect.true(self.n_selected, "with p = 0.3, no ordinary token has a label", hint=hint)
        expect.true(self.n_selected < self.n_ordinary, "with p = 0.3, every ordinary token has a label", hint=hint)


def called(share: float, names: tuple[float, ...]) -> float:
    """Return the nearest of the shares that have a name."""
    return min(names, key=lambda name: abs(name - share))


def kind(numbers: Tensor, corrupted: Tensor, places: Tensor) -> str:
    """Describe the numbers at some places: always the same number, the corrupted ids, or something else."""
    found = numbers[places]
    if bool((found == found[0]).all()):
        return str(int(found[0]))
    return "the corrupted ids" if torch.equal(found, corrupted[places]) else "others"


def two_tensors(answer: Any, like: Tensor) -> tuple[Tensor, Tensor]:
    """Return corrupted ids and labels, which must be integers of the shape of the input."""
    expect.true(
        isinstance(answer, (tuple, list)) and len(answer) == 2,
        "mask_tokens must return two tensors: the corrupted ids and the labels",
        actual=expect.shown(answer),
        reveal=True,
    )
    for what, tensor in zip((mark("the corrupted ids"), mark("the labels")), answer, strict=True):
        expect.shape(tensor, like.shape, what)
        whole = not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool)
        expect.true(whole, say("{what} should be integers", what=translated(what)), actual=tensor.dtype, reveal=True)
        expect.true(
            int(tensor.min()) >= -200_000 and int(tensor.max()) <= 200_000,
            say("{what} contain values that cannot be token ids", what=translated(what)),
            expected=say("ids below the vocabulary size"),
            actual=say("{low} to {high}", low=int(tensor.min()), high=int(tensor.max())),
            reveal=True,
        )
    return answer[0].long(), answer[1].long()


def seven_sigma(share: float, n: int) -> float:
    """Return seven standard deviations of a share of n independent draws: exceeded with a probability below 1e-11."""
    return 7 * math.sqrt(share * (1 - share) / n)


class CheckMaskTokens:
    """15% selected; of these 80% [MASK], 10% random, 10% kept"""

    function = "mask_tokens"

    @check(points=2, visible=True)
    def check_labels(self, student):
        """labels are the original ids at selected positions and -100 at all others"""
        for size in (2000, 120_000):  # vocabularies of either size exist
            texts = Texts(student, vocab_size=size + student.draw.integer(0, 1000))
            made = Corrupted(student, texts, p=0.3, seed=student.draw.seed())
            wrong = (made.labels != IGNORED) & (made.labels != texts.ids)
            places = wrong.nonzero()[:1].tolist()
            place = tuple(places[0]) if places else (0, 0)
            expect.true(
                not places,
                "a label is neither -100 nor the original id at its position",
                expected=say("-100 or {id}", id=int(texts.ids[place])),
                actual=made.labels[place],
                hint=(
                    "which id did the ORIGINAL text have at this position, and which label does cross-entropy "
                    "ignore by default?"
                ),
                reveal=True,
            )
            made.expect_a_choice()
        expect.true(
            self.replaces(student, made),
            "with p = 0.3, no token with a label was replaced",
            hint="most labelled tokens must be replaced in the input; the label keeps the original id",
        )

    @staticmethod
    def replaces(student, made: Corrupted) -> bool:
        """Return whether any selected token was replaced, in this or six more calls; other checks test how many."""
        for _ in range(6):
            if made.shares[2] < 1:
                return True
            texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
            made = Corrupted(student, texts, p=0.3, seed=student.draw.seed())
        return made.shares[2] < 1

    @check(points=1, visible=True)
    def check_specials(self, student):
        """[CLS], [SEP] and [PAD] are never selected and never changed"""
        for p in (1.0, 0.3):
            texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
            made = Corrupted(student, texts, p=p, seed=student.draw.seed())
            hint = "special tokens are not worth predicting; special_mask marks their positions"
            expect.true(not made.special_labelled, "a special token has a label", hint=hint)
            expect.true(not made.special_changed, "a special token was replaced", hint=hint)
            expect.true(made.n_selected, say("with p = {p}, no ordinary token has a label", p=p), hint=hint)
        made.expect_a_choice()

    @check(points=1)
    def check_rate(self, student):
        """each ordinary token is selected with probability p, independently of the others"""
        hint = (
            "on average, a share p of the ordinary tokens must get a label; what replaces them is decided in a "
            "separate step"
        )
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        default = Corrupted(student, texts, p=None)
        other = Corrupted(student, texts, p=0.3, seed=student.draw.seed())
        whole_rows, whole_columns = self.selected_as_a_whole(texts, other)
        student.note("rows, columns as a whole", f"{whole_rows} {whole_columns}")
        spread = self.spread_of_counts(texts, other)
        student.note("counts per text", "alike" if spread < 30 else "scattered" if spread > 250 else "thrown")
        linked = self.linked_neighbours(texts, other)
        student.note("neighbours", linked or "independent")
        steady = self.steady_total(student)
        student.note("labels in every call", "various numbers" if steady is None else steady)
        for made, p in ((default, 0.15), (other, 0.3)):
            self.expect_share(made, p, hint)
        expect.true(
            not (whole_rows or whole_columns),
            say(
                "for every {unit}, either all tokens are selected or none",
                unit=say(UNITS[0] if whole_rows else UNITS[1]),
            ),
            hint="every token needs its own random number: how many does your code sample for B texts of T tokens?",
        )
        expect.true(
            spread >= 30,
            "the number of labels per text hardly varies from text to text",
            hint=(
                "with an independent draw for every token, would every text of 150 tokens get the same number "
                "of labels?"
            ),
        )
        expect.true(spread <= 250, "the number of labels per text varies more than independent draws allow", hint=hint)
        expect.true(
            linked is None,
            say(linked or NEIGHBOURS["together"]),
            hint=(
                "every token needs its own random number: does selecting one token affect whether the next one is "
                "selected?"
            ),
        )
        expect.true(
            steady is None,
            "with p = 0.3, every call gives the same number of labels",
            expected=say("numbers that vary from call to call"),
            actual=say("{count} labels in each of 10 calls", count=steady),
            hint="with an independent draw for every token, would every call select exactly the same number of tokens?",
            reveal=True,
        )
        none = Corrupted(student, texts, p=0.0, seed=student.draw.seed())
        few = {0: "none", 1: "one", len(texts.ids): "one for each text"}
        student.note("labels with p = 0", few.get(none.n_selected, "some"))
        self.expect_share(none, 0.0, hint)
        everything = Corrupted(student, texts, p=1.0, seed=student.draw.seed())
        self.expect_share(everything, 1.0, hint)
        self.expect_silent_texts(student)

    @staticmethod
    def expect_silent_texts(student) -> None:
        """Expect that most texts of ten ordinary tokens have no label at all with p = 0.05.

        Of the 10,000 tokens, 500 are selected, standard deviation 22; with at least one label in every text, 1,100.
        """
        texts = Texts(student, vocab_size=2000, rows=1000, length=12)
        with student.untraced():
            dice = student.fixtures.objectives.generator(student.draw.seed())
            answer = student.mask_tokens(texts.ids, texts.special, texts.mask, texts.vocab_size, p=0.05, generator=dice)
        labels = two_tensors(answer, texts.ids)[1]
        selected = (labels == texts.ids) & texts.ordinary
        share = float(selected.sum() / texts.ordinary.sum())
        student.note("labels in short texts", "at least one" if bool(selected.any(1).all()) else "in some texts none")
        expect.true(
            abs(share - 0.05) <= seven_sigma(0.05, int(texts.ordinary.sum())),
            "in texts of ten ordinary tokens, the share of tokens with a label is too far from p = 0.05",
            expected=f"0.05 ± {seven_sigma(0.05, int(texts.ordinary.sum())):.3f}",
            actual=f"{share:.3f}",
            hint="with an independent draw for every token, how many labels can a short text have?",
            reveal=True,
        )
        # Six ordinary tokens: a call has no label with a probability of 0.74, and all of 30 calls have one with 3e-18.
        alone = Texts(student, vocab_size=2000, rows=1, length=8)
        with student.untraced():
            function, dice = student.value(None, "mask_tokens"), student.draw.seed()
            answers = student.fixtures.objectives.corrupted_again(
                function, dice, 30, alone.ids, alone.special, alone.mask, alone.vocab_size, 0.05
            )
        marked = [two_tensors(answer, alone.ids)[1] == alone.ids for answer in answers]
        always = all(bool((selected & alone.ordinary).any()) for selected in marked)
        student.note("labels in calls with six tokens", "at least one" if always else "in some calls none")
        expect.true(
            not always,
            "with p = 0.05, each of 30 calls gives a label, although the text has only six ordinary tokens",
            hint="with an independent draw for every token, how often would no token of such a text be selected?",
        )

    @staticmethod
    def selected_as_a_whole(texts: Texts, made: Corrupted) -> tuple[bool, bool]:
        """Return whether all tokens of some row are selected or none, and the same for a column."""
        # A row or a column with at least 99 ordinary tokens is all or nothing with a probability below 0.7**99 = 5e-16;
        # there are 199 of them.
        rows = any(
            len(set(row[ordinary].tolist())) < 2 for row, ordinary in zip(made.selected, texts.ordinary, strict=True)
        )
        columns = any(len(set(made.selected[:, place].tolist())) < 2 for place in range(1, 100))
        return rows, columns

    @staticmethod
    def linked_neighbours(texts: Texts, made: Corrupted) -> str | None:
        """Describe whether neighbouring tokens are selected together more or less often than by chance."""
        # At least 10,000 pairs. The correlation of independent draws is normal with a standard deviation of 1/sqrt(n):
        # a value of 0.1 is at least ten of them.
        pairs = texts.ordinary[:, 1:] & texts.ordinary[:, :-1]
        chosen = made.selected.double() - made.rate
        spread = max(made.rate * (1 - made.rate), 1e-6)
        correlation = float((chosen[:, 1:] * chosen[:, :-1])[pairs].mean()) / spread
        return None if abs(correlation) < 0.1 else NEIGHBOURS["together" if correlation > 0 else "apart"]

    @staticmethod
    def steady_total(student) -> int | None:
        """Return the number of tokens that each of ten calls selects, if it is constant and the tokens are not."""
        # 300 to 600 ordinary tokens: a standard deviation of at least 8, so ten numbers are equal with a probability
        # below 0.05**9 = 2e-12.
        texts = Texts(student, vocab_size=2000, rows=3)
        found = []
        with student.untraced():
            generator = student.fixtures.objectives.generator(student.draw.seed())
            for _ in range(10):
                answer = student.mask_tokens(
                    texts.ids, texts.special, texts.mask, texts.vocab_size, p=0.3, generator=generator
                )
                labels = two_tensors(answer, texts.ids)[1]
                found.append(labels[texts.ordinary] == texts.ids[texts.ordinary])
        totals = {int(selected.sum()) for selected in found}
        always = all(torch.equal(selected, found[0]) for selected in found)  # tested by another check
        return None if always or len(totals) > 1 else totals.pop()

    @staticmethod
    def spread_of_counts(texts: Texts, made: Corrupted) -> float:
        """Return how much the number of selected tokens varies between texts."""
        # The counts of 100 texts, squared and scaled, are close to chi-square with 100 degrees of freedom: below 30 or
        # above 250 with a probability below 1e-12. Equal counts give less than 1.
        n = texts.ordinary.sum(1)
        counts = (made.selected & texts.ordinary).sum(1)
        share = min(max(made.rate, 0.01), 0.99)
        return float(((counts - share * n) ** 2 / (share * (1 - share) * n)).sum())

    @staticmethod
    def expect_share(made: Corrupted, p: float, hint: str) -> None:
        """Expect that about a share p of the ordinary tokens is selected."""
        slack = seven_sigma(p, made.n_ordinary)
        expect.true(
            abs(made.rate - p) <= slack,
            say("the share of ordinary tokens with a label is too far from p = {p}", p=p),
            expected=f"{p} ± {slack:.3f}",
            actual=f"{made.rate:.3f}",
            hint=hint,
            reveal=True,
        )

    @check(points=3)
    def check_split_80_10_10(self, student):
        """of the SELECTED tokens, 80% become [MASK], 10% random, 10% stay the same"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        for p in (0.75, 1.0):  # a second p, since one draw for both decisions may look right for one of them
            made = Corrupted(student, texts, p=p, seed=student.draw.seed())
            replaced = made.new_ids.mode().values if len(made.new_ids) else made.new_ids
            alike = len(made.new_ids) > 0 and float((made.new_ids == replaced).double().mean()) > 0.7
            student.note("the id that most others become", int(replaced) if alike else "none")
            if max(made.shares) > 0.98:
                student.note("fate of everything in 24 calls", self.fates_of_calls(student))
            student.note("one fate for each text", made.by_text)
            expect.true(made.n_selected, say("with p = {p}, no token has a label", p=p))
            expect.true(
                not made.by_text,
                "all selected tokens of a text get the same treatment",
                hint="how many random numbers do you draw per text to choose between the three cases?",
            )
            for share, want, what in zip(made.shares, (0.8, 0.1, 0.1), FATES_IN_WORDS, strict=True):
                slack = seven_sigma(want, made.n_selected) + 1e-3  # a random token may be [MASK], or the old one
                expect.true(
                    abs(share - want) <= slack,
                    say(what, want=want),
                    expected=f"{want} ± {slack:.3f}",
                    actual=f"{share:.3f}",
                    hint="each selected token falls into exactly one of the three cases, and always has a label",
                    reveal=True,
                )

    def fates_of_calls(self, student) -> str:
        """Describe whether all selected tokens of a call have the same fate, and whether that is constant.

        If one draw decides for a whole call, 24 of them agree with a probability of 0.8**24 = 0.5%.
        """
        found = set()
        for _ in range(24):
            texts = Texts(student, vocab_size=2000, rows=1, length=130)
            with student.untraced():
                dice = student.fixtures.objectives.generator(student.draw.seed())
                answer = student.mask_tokens(texts.ids, texts.special, texts.mask, 2000, p=1.0, generator=dice)
            ids, _ = two_tensors(answer, texts.ids)
            before, after = texts.ids[texts.ordinary], ids[texts.ordinary]
            kept, masked = (after == before).double().mean(), (after == texts.mask).double().mean()
            fates = (("masked", masked), ("kept", kept), ("random", 1 - kept - masked))
            found.add(next((name for name, share in fates if share > 0.95), "several"))
        return found.pop() if len(found) == 1 else "several" if "several" in found else "one, not always the same"

    @check(points=1)
    def check_unselected(self, student):
        """tokens without a label are never changed"""
        for _ in range(2):
            texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
            made = Corrupted(student, texts, p=0.3, seed=student.draw.seed())
            expect.true(
                not made.strays,
                "an ordinary token was replaced but has no label",
                hint="every replaced token must have a label: otherwise the corruption is only noise",
            )
            made.expect_a_choice()
        expect.true(
            self.replaces(student, made),
            "with p = 0.3, no token was replaced at all",
            hint="where does your code use p?",
        )

    @check(points=1, after=("unselected",))
    def check_random_range(self, student):
        """random tokens are sampled from the whole vocabulary, and never from outside it"""
        # Only six ids occur in the texts, and T = 40 is less than V = 60. HOW MANY tokens become random is the subject
        # of another check, so calls are added until there are 4,400, which reveal a skewed distribution. One of
        # 55 ids is missing from 2,000 with a probability of 55 * (59/60)**2000, about 1e-13; fewer than that in twelve
        # calls say nothing about what is missing.
        found: list[int] = []
        kept: list[float] = []
        repeated: dict[str, list[float]] = {unit: [] for unit in UNITS}
        for _ in range(12):
            texts = Texts(student, vocab_size=60, rows=500, length=40, known=FIRST_ORDINARY + 6)
            made = Corrupted(student, texts, p=1.0, seed=student.draw.seed())
            kept.append(made.shares[2])
            for axis, unit in enumerate(UNITS):
                repeated[unit].append(self.repeated(made, axis))
            new = made.new_ids
            if len(new) and len(new) > made.n_ordinary / 3:  # used like [MASK] by two thirds of them
                usual = int(new.mode().values)
                new = new[new != usual] if int((new == usual).sum()) > len(new) / 2 else new
            expect.true(
                len(new),
                "with p = 1, no token was replaced by a random one",
                hint="one in ten selected tokens should become a random token",
            )
            found += new.tolist()
            if len(found) >= 4400:
                break
        enough, found_ids = len(found) >= 2000, set(found)
        outside = sorted(token for token in found_ids if not 0 <= token < texts.vocab_size)
        missing = sorted(set(range(FIRST_ORDINARY, texts.vocab_size)) - found_ids) if enough else []
        student.note("outside the vocabulary", str([token - texts.vocab_size for token in outside[:3]]))
        student.note("missing", str(missing[:3]))
        shared = next((unit for unit, shares in repeated.items() if min(shares) > 0.75), None)
        uneven = self.uneven(found, texts) if enough and not missing and not shared else None
        if missing and found_ids and max(found_ids) < texts.mask:
            student.note("ids from that of [MASK] on", "never random tokens")
        student.note("one random token for each", shared or "place")
        student.note("random ids", uneven or "equally likely")
        expect.true(
            not outside,
            "a random token has an id outside the vocabulary",
            expected=say("0 to 59, with vocab_size = 60"),
            actual=outside[:5],
            hint="ids run from 0 to vocab_size - 1",
            reveal=True,
        )
        expect.true(
            not missing,
            "some ordinary ids never appear as a random token",
            actual=missing,
            hint="every id in the vocabulary must be equally likely, whichever ids occur in the batch",
        )
        expect.true(
            shared is None,
            say("all random tokens of a {unit} are the same token", unit=say(shared or "text")),
            hint="how many random ids do you draw for B texts of T tokens?",
        )
        expect.true(
            uneven is None,
            "some ordinary ids appear as a random token much more often than others",
            hint=("every id in the vocabulary must be equally likely: which distribution do your random ids have?"),
        )
        if abs(sum(kept) / len(kept) - 0.1) < 0.02:  # otherwise, another check fails: too few or too many tokens stay
            self.expect_same_again(student)

    @staticmethod
    def expect_same_again(student) -> None:
        """Expect that a random token may be the token that it replaces.

        With eight ids, it is in at least an eighth of the cases: an eighth if none is left out. Then 11.25% of all
        tokens stay unchanged, and 10% if the token itself cannot be drawn. The boundary is between them, seven standard
        deviations of 126,000 tokens from either.

        In the other cases, the last id of the vocabulary is as likely as the one before it. These two come up 3,100
        times, so the share of the last id is 0.5, with a standard deviation of 0.009. It is 1/3 if random numbers are
        rounded to the nearest id, and 0.6 if one id too many is drawn and moved to the last one.
        """
        texts = Texts(student, vocab_size=FIRST_ORDINARY + 3, rows=1100, length=130, known=FIRST_ORDINARY + 1)
        with student.untraced():
            dice = student.fixtures.objectives.generator(student.draw.seed())
            answer = student.mask_tokens(texts.ids, texts.special, texts.mask, texts.vocab_size, p=1.0, generator=dice)
        ids = two_tensors(answer, texts.ids)[0]
        stays = float((ids == texts.ids)[texts.ordinary].double().mean()) > 0.1 + 1 / 160
        student.note("a random token can be the old one", stays)
        last, before = (int((ids[texts.ordinary] == texts.vocab_size - n).sum()) for n in (1, 2))
        share = last / max(1, last + before)
        often = "too rarely" if share < 0.42 else "too often" if share > 0.555 else "as often as the one before it"
        student.note("the last id of the vocabulary comes up", often)
        expect.true(
            stays,
            "a random token is never the same as the token it replaces",
            hint="every id in the vocabulary must be equally likely, including the original one",
        )
        expect.true(
            0.42 <= share <= 0.555,
            "the last id of the vocabulary is not as likely a random token as the id before it",
            expected=say("each as often as the other"),
            actual=say("{last} and {before} times", last=last, before=before),
            hint="every id in the vocabulary must be equally likely: how do you turn a random number into an id?",
            reveal=True,
        )

    @staticmethod
    def repeated(made: Corrupted, axis: int) -> float:
        """Return how often two successive random tokens along an axis are equal; by chance, once in fifty."""
        line, order = made.new_places[:, axis].sort(stable=True)
        ids, pairs = made.new_ids[order], line[1:] == line[:-1]
        return float((ids[1:] == ids[:-1])[pairs].double().mean()) if bool(pairs.any()) else 0.0

    @staticmethod
    def uneven(found: list[int], texts: Texts) -> str | None:
        """Describe which ids occur too often, among those that no text contains."""
        # These are 49 ids. For a uniform draw, Pearson's statistic is about chi-square with 48 degrees of freedom, so
        # it exceeds 162 with a probability of about 1e-13.
        counts = torch.tensor(found).clamp(0, texts.vocab_size).bincount(minlength=texts.vocab_size + 1)
        unknown = counts[FIRST_ORDINARY + 6 : texts.vocab_size].double()
        if float(((unknown - unknown.mean()) ** 2).sum() / unknown.mean()) <= 162:
            return None
        third = len(unknown) // 3
        shares = {"small": unknown[:third], "middle": unknown[third:-third], "large": unknown[-third:]}
        return max(shares, key=lambda name: float(shares[name].mean()))

    @check(points=1)
    def check_pure_and_seeded(self, student):
        """equal seeds give equal results, and the input is not modified"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        seed, other = student.draw.seed(), student.draw.seed()
        rest = texts.mask, texts.vocab_size
        with student.untraced():
            dice = student.fixtures.objectives.generator(seed)
            function = student.value(None, "mask_tokens")
            call = student.fixtures.objectives.corrupted_beside_its_input
            first = call(function, texts.ids, texts.special, *rest, generator=dice)
            later = student.mask_tokens(texts.ids, texts.special, *rest, generator=dice)
            again, different = (
                student.mask_tokens(
                    texts.ids, texts.special, *rest, generator=student.fixtures.objectives.generator(number)
                )
                for number in (seed, other)
            )
            unseeded = [
                [
                    two_tensors(answer, texts.ids)
                    for answer in student.fixtures.objectives.corrupted_twice(
                        function, other, texts.ids, texts.special, *rest
                    )
                ]
                for _ in range(2)
            ]
        unlike = not torch.equal(unseeded[0][0][1], unseeded[0][1][1])
        decided = all(
            torch.equal(one, again)
            for made, remade in zip(*unseeded, strict=True)
            for one, again in zip(made, remade, strict=True)
        )
        student.note(
            "without a generator",
            "the same tokens in every call"
            if not unlike
            else "decided by the seed of torch"
            if decided
            else "other tokens every time",
        )
        pure = bool(torch.equal(first["input_ids"], texts.ids) and torch.equal(first["special_mask"], texts.special))
        results = [two_tensors(answer, texts.ids) for answer in (first["answer"], again, later, different)]
        (ids, labels), (ids_again, labels_again), (ids_later, labels_later), (ids_different, labels_different) = results
        replaced = any(not torch.equal(one, texts.ids) for one in (ids, ids_later, ids_different))
        given_dice = mark("does every random number in your code come from the generator argument?")
        demands = (
            (
                pure,
                mark("the input batch was modified"),
                mark("the next epoch will mask the same text again: work on a copy"),
            ),
            (torch.equal(labels, labels_again), mark("the same seed selects different tokens"), given_dice),
            (torch.equal(ids, ids_again), mark("the same seed produced different corrupted ids"), given_dice),
            (
                not torch.equal(labels, labels_later),
                mark("the next call with the same generator selects the same tokens again"),
                mark("every draw changes the state of the generator: does your code reset its seed in every call?"),
            ),
            (
                not torch.equal(labels, labels_different),
                mark("a different seed selects the same tokens"),
                mark("all random numbers must come from the generator argument: does your code set a seed of its own?"),
            ),
            (
                replaced and bool((labels[texts.ordinary] != ids[texts.ordinary]).any()),
                mark("nothing was selected, or nothing was replaced"),
                mark("this check compares masked texts, so your code must select and replace some tokens"),
            ),
            (
                unlike,
                mark("two calls without a generator select the same tokens"),
                mark("torch's global generator advances from call to call: where does your code set a seed?"),
            ),
            (
                decided,
                mark("without a generator, torch's global seed does not determine the result"),
                mark("which source of random numbers does your code use with generator=None?"),
            ),
        )
        for holds, otherwise, _ in demands:
            student.note(otherwise, not holds)
        if not pure:
            student.note("what changed in the batch", self.what_changed(texts, first, ids))
        for holds, otherwise, hint in demands:
            expect.true(holds, otherwise, hint=hint)

    @staticmethod
    def what_changed(texts: Texts, after: dict[str, Tensor], corrupted: Tensor) -> str:
        """Describe whether the caller's changed ids are now the corrupted ones."""
        if not torch.equal(after["special_mask"], texts.special):
            return "special_mask"
        now = after["input_ids"]
        return "corrupted ids" if bool(((now == texts.ids) | (now == corrupted)).all()) else "others"


# --- losses ---


def surprise(logits: Tensor, targets: Tensor) -> Tensor:
    """Return -log P of every target, (B, T) in float64."""
    return -logits.double().log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)


def graded(student, name: str, *arguments: Tensor) -> tuple[Tensor, Tensor]:
    """Return the loss and the gradient of the logits, for a loss function of the student."""
    with student.untraced():
        function = student.value(None, name)
    found = student.fixtures.objectives.loss_and_gradient(function, *arguments)
    return found["loss"], found["gradient"]


def one_number(loss: object) -> object:
    """Return a loss of shape (1,) without dimensions, since both are accepted."""
    return loss.reshape(()) if isinstance(loss, Tensor) and loss.numel() == 1 else loss


def expect_questions(gradient: Tensor, asked: Tensor, hint: str) -> None:
    """Expect the gradient of a probability of one token among V at every place in ``asked``.

    Adding a number to all logits of a place changes no probability, so the gradient sums to 0 there without being 0.
    """
    rows = gradient[asked].double()
    scale = rows.abs().sum(-1)
    expect.true(
        bool((scale > 0).all()), "a labelled position receives no gradient", actual=f"{int((scale > 0).sum())}",
        expected=say("{count} positions with a gradient", count=len(rows)), hint=hint,
    )  # fmt: skip
    expect.true(
        bool((rows.sum(-1).abs() <= 1e-3 * scale).all()),
        "adding the same number to all logits at one position changes the loss",
        hint="with a softmax, only differences between logits matter: does your loss use a softmax?",
    )


def limited(loss: object, want: float) -> object:
    """Return a loss that should be ``want``, or words if it stays below a limit, which many constants would cause.

    The logarithm of 1e-9 or more is above -24; that of the smallest number above 0 is -104 in float32.
    """
    if not isinstance(loss, Tensor) or loss.numel() != 1:
        return loss
    number = float(loss)
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "infinite"
    for limit in (24, 110):
        if 5 < number < min(limit, 0.97 * want):
            return f"below {limit}"
    return number


def moved(after: object, before: object) -> object:
    """Return how far a loss has changed; return anything but a number unchanged."""
    one, other = one_number(after), one_number(before)
    if not (isinstance(one, Tensor) and isinstance(other, Tensor) and one.dim() == 0 and other.dim() == 0):
        return after
    return one.double() - other.double()


class Riddle:
    """Random logits, and labels at a few places: one in the first text, three in the second, none in two, ..."""

    def __init__(
        self, student, scale: float = 2.0, counts: Sequence[int] = (1, 3, 0, 5, 0), like: "Riddle | None" = None
    ) -> None:
        """Draw them with ``counts`` labels per text, those of the second being 0, 1, 2; with the sizes of ``like``."""
        self.B, self.T, self.V = 5, student.draw.integer(8, 12), student.draw.integer(13, 20)
        if like:
            self.T, self.V = like.T, like.V
        self.logits = scale * student.draw.normal(self.B, self.T, self.V)
        self.ids = student.draw.integers(0, self.V, (self.B, self.T))
        self.labelled = torch.zeros(self.B, self.T, dtype=torch.bool)
        for row, count in enumerate(counts):
            self.labelled[row, torch.randperm(self.T, generator=student.draw.generator)[:count]] = True
        self.ids[1, self.labelled[1]] = torch.arange(counts[1])
        self.labels = self.ids.masked_fill(~self.labelled, IGNORED)

    def loss(self) -> Tensor:
        """Return the mean over labelled positions."""
        return surprise(self.logits, self.ids)[self.labelled].mean()


class CheckMlmLoss:
    """The mean cross entropy over labelled positions"""

    function = "mlm_loss"

    @check(points=2, visible=True)
    def check_value(self, student):
        """the loss is the mean cross-entropy over the labelled positions of the batch"""
        # With the larger scale, some label is so unlikely that adding 1e-7 shows; then, the first text has no label.
        first = Riddle(student, 2.0)
        second = Riddle(student, 3.0, (0, 3, 1, 5, 0), like=first)
        second.ids[1, second.labelled[1]] = torch.tensor([0, 0, 1])  # 0 twice, which a count of labels must include
        second.labels = second.ids.masked_fill(~second.labelled, IGNORED)
        losses = [one_number(student.mlm_loss(riddle.logits, riddle.labels)) for riddle in (first, second)]
        for loss, riddle in zip(losses, (first, second), strict=True):
            n = int(riddle.labelled.sum())
            expect.close(
                loss,
                riddle.loss(),
                say("loss for a batch with {n} labels at {places} positions", n=n, places=riddle.labels.numel()),
                hint=(
                    "the logits at a position predict the label at the same position; only labelled positions "
                    "count, with equal weight"
                ),
            )
        singles = []
        for token in (0, student.draw.integer(1, 13)):
            riddle = Riddle(student)
            riddle.labelled[1:] = False  # only this label is left
            riddle.ids[riddle.labelled] = token
            labels = riddle.ids.masked_fill(~riddle.labelled, IGNORED)
            singles.append((one_number(student.mlm_loss(riddle.logits, labels)), riddle.loss()))
        for loss, want in singles:
            expect.close(
                loss,
                want,
                "loss for a batch with a single label",
                hint="with a single label, the mean loss is the loss at that position",
            )

    @check(points=2)
    def check_ignores_rest(self, student):
        """positions without a label do not affect the loss and get no gradient"""
        riddle = Riddle(student)
        before, gradient = graded(student, "mlm_loss", riddle.logits, riddle.labels)
        noise = 3 * student.draw.normal(*riddle.logits.shape)
        after = student.mlm_loss(riddle.logits + noise.masked_fill(riddle.labelled.unsqueeze(-1), 0), riddle.labels)
        hint = "only positions with a label are targets: what do the other positions contribute to your mean?"
        expect.close(
            moved(after, before),
            0.0,
            "loss after changing the logits at positions without a label",
            tolerance=1e-4,
            hint=hint,
        )
        silent = gradient[~riddle.labelled]
        expect.close(silent, torch.zeros_like(silent), "gradient at positions without a label", hint=hint)
        expect_questions(
            gradient, riddle.labelled, "the loss must stay attached to the computation graph of the logits"
        )

    @check(points=1)
    def check_empty(self, student):
        """a batch without labels has loss 0 and supports backward()"""
        riddle = Riddle(student)
        hint = "a short text can have no labels at all: what do you divide by in that case?"
        with student.untraced():
            function = student.value(None, "mlm_loss")
        empty = torch.full_like(riddle.labels, IGNORED)
        found = student.fixtures.objectives.loss_and_gradient(function, riddle.logits, empty)
        loss, gradient = found["loss"], found["gradient"]
        expect.close(one_number(loss), 0.0, "loss for a batch without labels", hint=hint)
        if found["reached"] is not True:
            expect.remark(
                "without labels, the loss is a newly created zero: backward() works but reaches no parameter; the "
                "docstring asks for a loss attached to the graph of the logits"
            )
        expect.close(gradient, torch.zeros_like(gradient), "gradient for a batch without labels", hint=hint)
        _, asked = graded(student, "mlm_loss", riddle.logits, riddle.labels)
        expect_questions(asked, riddle.labelled, "the loss is 0 only if no position has a label")

    @check(points=1)
    def check_ln_V(self, student):
        """equal logits give a loss of ln V, and very large logits still give a finite loss"""
        riddle = Riddle(student)
        level = student.draw.normal(riddle.B, riddle.T, 1)
        flat = torch.where(riddle.labelled.unsqueeze(-1), level, riddle.logits)  # no label elsewhere
        expect.close(
            one_number(student.mlm_loss(flat, riddle.labels)),
            torch.tensor(float(riddle.V)).log(),
            say("loss for equal logits over {count} tokens", count=riddle.V),
            hint=(
                "the loss should be the natural logarithm of V: what is the logarithm of a probability of 1/V "
                "in your code?"
            ),
        )
        huge = 1000 * F.one_hot((riddle.ids + 1) % riddle.V, riddle.V).float()
        with student.untraced():
            loss = one_number(student.mlm_loss(huge, riddle.labels))
        student.note("loss for a confident wrong prediction", limited(loss, 1000.0))
        expect.close(
            loss,
            1000.0,
            "loss for a confident wrong prediction with a logit of 1000",
            hint=(
                "here the softmax rounds to 0, and its logarithm is -inf: which function computes softmax and "
                "logarithm in one stable step?"
            ),
        )
        # Each label has its own level: shifting all logits of the batch together loses the lowest ones.
        level = torch.zeros(riddle.B, riddle.T, 1)
        level[riddle.labelled, 0] = 1000.0 * (torch.arange(int(riddle.labelled.sum())) % 3 - 1)
        expect.close(
            one_number(
                student.mlm_loss(torch.where(riddle.labelled.unsqueeze(-1), level, riddle.logits), riddle.labels)
            ),
            torch.tensor(float(riddle.V)).log(),
            "loss for equal logits, with another number added to all logits of each position",
            tolerance=1e-4,
            hint="adding the same number to all logits of a position changes no probability",
        )

    @check(points=1, after=("value",))
    def check_pure(self, student):
        """logits and labels are not modified, and a second call gives the same loss"""
        riddle = Riddle(student)
        first = student.pure("mlm_loss", riddle.logits, riddle.labels)
        second = student.mlm_loss(riddle.logits, riddle.labels)
        for loss, what in ((first, mark("loss")), (second, mark("loss for the same batch in a second call"))):
            expect.close(
                one_number(loss),
                riddle.loss(),
                what,
                hint="both calls got the same inputs: what did the first call change?",
            )


class Pages:
    """Random logits for texts of different lengths, padded on the right; no token follows itself.

    The id of [PAD] is drawn, and it also occurs as a token of a text, like the end token with which GPT-2 pads;
    so do the ids 0 and 1. Only the mask identifies padding.
    """

    def __init__(self, student, like: "Pages | None" = None) -> None:
        """Draw them; with the shape of ``like``, the padding is at other positions."""
        self.lengths = (4, 1, 11, 7) if like else (11, 4, 7, 2)  # a text of one token has no target
        self.B, self.T = len(self.lengths), max(self.lengths)
        self.V: int = like.V if like else student.draw.integer(13, 20)
        self.logits = 2 * student.draw.normal(self.B, self.T, self.V)
        longest = self.lengths.index(self.T)
        named: list[int] = []
        while len(named) < 3:  # neighbours differ, more distant tokens need not
            steps = student.draw.integers(1, self.V, (self.B, self.T))
            full = steps.cumsum(1) % self.V
            named = list(dict.fromkeys(full[longest, 3:6].tolist()))
        self.pad = student.draw.integer(2, self.V)
        names = torch.arange(self.V)
        for token, name in zip(named, (0, self.pad, 1), strict=True):
            names = torch.where(names == names[token], name, torch.where(names == name, names[token], names))
        self.full = names[full]
        self.mask = (torch.arange(self.T) < torch.tensor(self.lengths).unsqueeze(1)).long()
        self.ids = torch.where(self.mask.bool(), self.full, self.pad)

    def next_tokens(self, ids: Tensor) -> Tensor:
        """Return -log P of the token after each position except the last, (B, T - 1)."""
        return surprise(self.logits[:, :-1], ids[:, 1:])


class CheckClmLoss:
    """The mean cross entropy of the next token"""

    function = "clm_loss"

    @check(points=2, visible=True, substitutes=("mlm_loss",))
    def check_shift(self, student):
        """position t predicts the token at t + 1"""
        pages = None
        for _ in range(2):
            pages = Pages(student, like=pages)
            expect.close(
                one_number(student.clm_loss(pages.logits, pages.full)),
                pages.next_tokens(pages.full).mean(),
                say(
                    "loss for {texts} texts of {tokens} tokens, {targets} targets each",
                    texts=pages.B,
                    tokens=pages.T,
                    targets=pages.T - 1,
                ),
                hint="which token should position t predict: one it has already seen, or the next?",
            )

    @check(points=2, substitutes=("mlm_loss",))
    def check_padding(self, student):
        """padding is never a target, and all real targets have equal weight"""
        first = Pages(student)
        for pages in (first, Pages(student, like=first)):
            real = pages.mask[:, 1:].bool()
            expect.close(
                one_number(student.clm_loss(pages.logits, pages.ids, attention_mask=pages.mask)),
                pages.next_tokens(pages.ids)[real].mean(),
                say(
                    "loss for texts of {lengths} tokens: {targets} targets in all",
                    lengths=", ".join(map(str, pages.lengths)),
                    targets=int(real.sum()),
                ),
                hint=(
                    "a text of n tokens has n - 1 targets. Which argument says where the text ends, and do you "
                    "apply the mask to positions or to their targets?"
                ),
            )
        expect.close(
            one_number(student.clm_loss(pages.logits, pages.full)),
            pages.next_tokens(pages.full).mean(),
            "loss without a mask, after calls with one",
            hint="without a mask there is no padding: where does your code take a mask from?",
        )

    @check(points=1, substitutes=("mlm_loss",))
    def check_oracle(self, student):
        """perfect next-token predictions give loss 0"""
        pages = Pages(student)
        while bool((pages.full[:, 0] == pages.full[:, -1]).any()):  # another check tests whether a text wraps around
            pages = Pages(student)
        knows = 50 * F.one_hot(pages.full.roll(-1, 1), pages.V).float()
        copies = 50 * F.one_hot(pages.full, pages.V).float()
        expect.close(
            one_number(student.clm_loss(knows, pages.full)),
            0.0,
            "loss for a model that predicts the correct next token with certainty",
            hint="which token is the target at position t: the one at t, which the model already sees, or the next?",
        )
        with student.untraced():
            loss = one_number(student.clm_loss(copies, pages.full))
        student.note("loss for a model that repeats the current token", limited(loss, 50.0))
        expect.close(
            loss,
            50.0,
            "loss for a model that repeats the current token",
            hint="a model that repeats the current token does not predict the next one, so its loss must be large",
        )
        # Each position has its own level: shifting all logits together loses the lowest ones.
        level = torch.tensor([30.0, -80.0, 0.0])[torch.arange(pages.T) % 3].unsqueeze(-1)
        expect.close(
            one_number(student.clm_loss(copies + level, pages.full)),
            50.0,
            "loss for that model, with another number added to all logits of each position",
            hint="adding the same number to all logits of a position changes no probability",
        )

    @check(points=1, substitutes=("mlm_loss",))
    def check_last_logit_unused(self, student):
        """the last position has no target; all other positions have one"""
        pages = Pages(student)
        loss, gradient = graded(student, "clm_loss", pages.logits, pages.full)
        other = pages.logits.clone()
        other[:, -1] = student.draw.normal(pages.B, pages.V)
        hint = (
            "a text of n tokens has n - 1 targets: nothing follows the last token, and the text does not wrap around "
            "to the first"
        )
        after = student.clm_loss(other, pages.full)
        expect.close(
            moved(after, loss), 0.0, "loss after changing the logits at the last position", tolerance=1e-4, hint=hint
        )
        expect.close(gradient[:, -1], torch.zeros(pages.B, pages.V), "gradient at the last position", hint=hint)
        asked = torch.ones(pages.B, pages.T, dtype=torch.bool)
        asked[:, -1] = False
        expect_questions(
            gradient,
            asked,
            "with teacher forcing, every position but the last predicts its next token in the same forward pass",
        )

    @check(points=1, substitutes=("mlm_loss",), after=("shift",))
    def check_pure(self, student):
        """logits, ids and mask are not modified, and a second call gives the same loss"""
        pages = Pages(student)
        once = student.pure("clm_loss", pages.logits, pages.ids, pages.mask)
        again = student.clm_loss(pages.logits, pages.ids, pages.mask)
        expect.close(
            moved(again, once),
            0.0,
            "loss in a second call minus loss in the first",
            hint="both calls got the same inputs: what did the first call change?",
        )


# --- attention ---


def seen(student, mask: Tensor, causal: bool, pure: bool = False) -> list[Tensor]:
    """Return the student's visibility for the real queries of each text, (real queries, T); other rows are free."""
    with student.untraced():
        if pure:
            answer = student.pure("attention_visibility", mask, causal)
        else:
            answer = student.attention_visibility(mask, causal=causal)
    student.note("shape", str(tuple(answer.shape)) if isinstance(answer, Tensor) else "no tensor")
    expect.shape(
        answer,
        (*mask.shape, mask.shape[1]),
        "the visibility tensor",
        hint="return one row per query and one column per key",
    )
    expect.true(not answer.is_complex(), "the visibility tensor has a complex dtype", actual=answer.dtype, reveal=True)
    rows = [answer[number][real.bool()] for number, real in enumerate(mask)]
    numbers = torch.cat([row.flatten() for row in rows]).double()
    added = bool(((numbers == 0) | (numbers <= -100)).all() and (numbers < 0).any())
    student.note("numbers to be added to scores", added)
    for row in rows:  # the negative number may be -10000 or minus infinity
        student.note("seen", (row == 0).float() if added else row.float())
    expect.true(
        not added,
        "the result contains 0 and large negative numbers, like a mask to be added to attention scores",
        expected=say("return True where a key is visible and False where it is hidden"),
        actual=rows[0],
        hint="each entry must be a boolean: is this key visible to this query?",
        reveal=True,
    )
    outside = [bool((row.float() * (1 - real)).any()) for row, real in zip(rows, mask, strict=True)]
    if any(outside):  # a token sees padding; only then, it matters what the padding sees
        student.note("padding sees nothing", not any(answer[n][~real.bool()].any() for n, real in enumerate(mask)))
    if answer.dtype != torch.bool:
        name = str(answer.dtype).removeprefix("torch.")
        expect.remark(say("attention_visibility returned {name}; the docstring asks for bool", name=name))
    return rows


def allowed(mask: Tensor, causal: bool) -> list[Tensor]:
    """Return the expected visibility, by the rule for one query and one key at a time."""
    texts = []
    for real in mask.tolist():
        queries = [query for query, token in enumerate(real) if token]
        texts.append(
            torch.tensor(
                [[bool(token) and (key <= query or not causal) for key, token in enumerate(real)] for query in queries]
            )
        )
    return texts


def picture(rows: Tensor) -> str:
    """Draw the mask with characters: # visible, . hidden."""
    return " / ".join("".join("#" if cell else "." for cell in row) for row in rows.tolist())


def same_view(got: Tensor, want: Tensor, what: str, hint: str) -> None:
    """Expect the right visibility for all real queries of one text: True or 1 for visible."""
    expect.true(
        torch.equal(got.float(), want.float()),
        say(
            "{what}: the wrong positions are visible ('#' = visible, '.' = hidden; one group of symbols per query)",
            what=translated(what),
        ),
        expected=picture(want),
        actual=picture(got) if got.dtype == torch.bool else got,
        hint=hint,
        reveal=True,
    )


def padded(student, length: int, left: bool, first: int = 0) -> Tensor:
    """Return a (3, length) mask: texts of different lengths, the second one full; ``first`` sets the first length."""
    lengths = torch.tensor([[first or student.draw.integer(3, length - 1)], [length], [2]])
    mask = (torch.arange(length) < lengths).long()
    return mask.flip(1) if left else mask


class CheckAttentionVisibility:
    """Who may look at whom"""

    function = "attention_visibility"

    @check(points=1, visible=True)
    def check_full(self, student):
        """causal=False: every query sees all real tokens before and after it"""
        for length in (student.draw.integer(4, 7), student.draw.integer(7, 9)):
            mask = torch.ones(2, length, dtype=torch.long)
            both = seen(student, mask, causal=False)
            for got, want in zip(both, allowed(mask, causal=False), strict=True):
                same_view(
                    got,
                    want,
                    mark("a text without padding, causal=False"),
                    "MLM uses context from both sides of a token; True means that a key is visible",
                )
        alike = all(
            torch.equal(one.float(), other.float())
            for one, other in zip(both, seen(student, mask, causal=True), strict=True)
        )
        expect.true(
            not alike,
            "causal=True and causal=False give the same result for a text without padding",
            hint="which keys does a query see in BERT but not in GPT?",
        )

    @check(points=1, visible=True)
    def check_causal(self, student):
        """causal=True: a query sees itself and the tokens before it"""
        for length in (student.draw.integer(4, 7), student.draw.integer(7, 9)):
            mask = torch.ones(3, length, dtype=torch.long)
            for got, want in zip(seen(student, mask, causal=True), allowed(mask, causal=True), strict=True):
                same_view(
                    got,
                    want,
                    mark("a text without padding, causal=True"),
                    "which triangle of the (query, key) matrix holds the past, and is the diagonal visible?",
                )

    @check(points=2)
    def check_padding(self, student):
        """padding keys are hidden in both modes, with padding on either side"""
        length = student.draw.integer(5, 9)  # the same for all, since each call has its own mask
        # Two lengths of at least 3, below that of the batch: no text has the same padding as in the previous call.
        shorter = (torch.randperm(length - 3, generator=student.draw.generator) + 3).tolist()[:2]
        views = []  # call all before judging any, so that hiding padding in only one mode is recognized
        for causal in (False, True):
            for left in (True, False):
                first = shorter[left == causal]
                mask = padded(student, length, left, first)
                views.append((causal, left, mask, seen(student, mask, causal)))
        for causal in (False, True):  # as many texts as positions: such a mask is not a (query, key) pattern
            ends = torch.randperm(4, generator=student.draw.generator) + 1
            square = (torch.arange(4) < ends.unsqueeze(1)).long()
            views.append((causal, False, square, seen(student, square, causal)))
        for causal, left, mask, rows in views:
            hidden = [1 - real for real in mask]
            lengths = mask.sum(1).tolist()
            expect.true(
                sum(float(row.float().abs().sum()) for row in rows) >= sum(n * (n - 1) / 2 for n in lengths),
                say("hardly any keys are visible (causal={causal})", causal=causal),
                actual=picture(rows[1]),
                hint="hide only the padding keys: the real tokens must stay visible",
                reveal=True,
            )
            for number, got in enumerate(rows):
                what = (
                    say("a text padded on the left, causal={causal}", causal=causal)
                    if left
                    else say("a text padded on the right, causal={causal}", causal=causal)
                )
                expect.true(
                    not bool((got.float() * hidden[number] != 0).any()),
                    say("{what}: a token sees padding", what=what),
                    expected=say("nothing at {places}", places=picture(mask[number : number + 1])),
                    actual=picture(got),
                    hint="the attention mask says which KEYS are real: which axis of your result holds the keys?",
                    reveal=True,
                )
                real = mask[number].bool()
                (alone,) = seen(student, torch.ones(1, int(real.sum()), dtype=torch.long), causal)
                same_view(
                    got[:, real],
                    alone,
                    say(
                        "{what}: visibility among the real tokens, compared with the same text without padding",
                        what=what,
                    ),
                    "padding must not change which real tokens see each other; each text in the batch has its own mask",
                )

    @check(points=1, after=("padding",))
    def check_no_empty_row(self, student):
        """every token sees at least itself, so that no softmax returns NaN"""
        for causal in (False, True):
            for left in (False, True):
                mask = padded(student, student.draw.integer(5, 9), left)
                for number, got in enumerate(seen(student, mask, causal)):
                    places = mask[number].nonzero().flatten()
                    own = got[torch.arange(len(places)), places]
                    expect.true(
                        bool((got != 0).any(1).all()),
                        say(
                            "a token sees nothing at all (causal={causal}, padding on the {side})",
                            causal=causal,
                            side=say("left" if left else "right"),
                        ),
                        actual=picture(got),
                        hint="what does softmax return for a row in which every key is hidden?",
                        reveal=True,
                    )
                    expect.true(
                        bool((own != 0).all()),
                        say(
                            "a token does not see itself (causal={causal}, padding on the {side})",
                            causal=causal,
                            side=say("left" if left else "right"),
                        ),
                        actual=picture(got),
                        hint="position t predicts token t + 1, so it may see token t itself",
                        reveal=True,
                    )

    @check(points=1, after=("padding",))
    def check_pure(self, student):
        """the mask passed in is not modified, and a second call gives the same result"""
        mask = padded(student, student.draw.integer(5, 9), left=False)
        for causal in (True, False):
            first = seen(student, mask, causal, pure=True)
            for one, other in zip(first, seen(student, mask, causal), strict=True):
                same_view(
                    other,
                    one,
                    "result of a second call, compared with the first",
                    "both calls got the same inputs: what did the first call change?",
                )


# --- pairs of sentences ---


class Library:
    """Documents whose sentences are all different, so that each sentence has a known position."""

    def __init__(self, student, single: bool = False, lengths: Sequence[int] = ()) -> None:
        """Draw five documents with several sentences; with ``single``, also two with one, and one with two."""
        self.n_pairs = 0  # in the last call
        lengths = list(lengths) or [student.draw.integer(3, 7) for _ in range(5)]
        if single:
            lengths[1:1], lengths[4:4] = [1], [1, 2]
        numbers = torch.randperm(10_000, generator=student.draw.generator).tolist()
        self.documents = [[f"Sentence {numbers.pop()}." for _ in range(length)] for length in lengths]
        self.place = {
            sentence: (number, index)
            for number, sentences in enumerate(self.documents)
            for index, sentence in enumerate(sentences)
        }


class Pairs:
    """The student's pairs from some documents; facts that do not depend on the order of drawing are noted at once."""

    def __init__(
        self,
        student,
        library: Library,
        n_pairs: int,
        seed: int | None = None,
        pure: bool = False,
        share_noted: bool = True,
        earlier: Library | None = None,
    ) -> None:
        """Call ``make_nsp_pairs`` with a new generator; ``earlier`` are the documents of an earlier call."""
        with student.untraced():
            dice = student.fixtures.objectives.dice(student.draw.seed() if seed is None else seed)
            if pure:
                answer = student.pure("make_nsp_pairs", library.documents, n_pairs, dice)
            else:
                answer = student.make_nsp_pairs(library.documents, n_pairs, dice)
        if earlier and isinstance(answer, (list, tuple)):
            too_many = len(answer) == n_pairs + earlier.n_pairs
            student.note("as many pairs as in both calls together", too_many)
        library.n_pairs = n_pairs
        self.lengths = [len(sentences) for sentences in library.documents]
        self.triples = triples_of(student, answer, n_pairs)
        found = [(library.place.get(first), library.place.get(second)) for first, second, _ in self.triples]
        places = [(first, second) for first, second in found if first is not None and second is not None]
        if earlier:
            strange = {one for pair in self.triples for one in pair[:2] if one not in library.place}
            student.note("sentences of an earlier call", bool(strange) and strange <= set(earlier.place))
        expect.true(
            len(places) == len(found),
            "a pair contains a sentence that occurs in no document",
            hint="return the sentences exactly as they are in the documents",
        )
        self.labels = [label for _, _, label in self.triples]
        self.positive = [pair for pair, label in zip(places, self.labels, strict=True) if label == 0]
        self.negative = [pair for pair, label in zip(places, self.labels, strict=True) if label == 1]
        self.steps = sorted({other[1] - one[1] for one, other in self.positive if one[0] == other[0]})
        self.crossing = sum(one[0] != other[0] for one, other in self.positive)
        self.strangers = [one[0] != other[0] for one, other in self.negative]
        self.starts = {one for one, _ in self.positive}
        many = called(len(self.labels) / n_pairs, (0, 0.5, 0.75, 0.875, 1, 1.5, 2, 10))
        if n_pairs >= 100 or len(self.labels) == n_pairs:
            student.note("how many", "right" if len(self.labels) == n_pairs else many)
        changes = [one != other for one, other in zip(self.labels[:-1], self.labels[1:], strict=True)]
        self.turns = sum(changes) / max(1, len(changes))
        if n_pairs >= 100:  # a few draws show only chance
            self.describe_pairs(student, share_noted)

    def describe_pairs(self, student, share_noted: bool) -> None:
        """Note how the labels are drawn, and which pairs have each label."""
        share = roughly(len(self.positive) / max(1, len(self.labels)))
        if share_noted:
            student.note("share of label 0", share)
        if share_noted and share == 0.5:
            student.note("share of labels that differ from the one before", called(self.turns, (0, 0.5, 1)))
            student.note("two halves with a label each", round(self.turns * (len(self.labels) - 1)) == 1)
        student.note("second sentence of positive pairs", in_words(self.steps))
        student.note("positive pairs over a border", stated([one[0] == other[0] for one, other in self.positive]))
        if self.crossing:
            student.note("at the border", "an end and the beginning after it" if self.on_to_the_next() else "others")
        student.note("negative pairs of one document", stated(self.strangers))
        shared = self.strangers.count(False) / max(1, len(self.strangers))
        if sum(self.lengths) > 2 * len(self.lengths):  # otherwise, 0.3 also occurs, which is on a boundary
            student.note("share of negative pairs of one document", shared and called(shared, (0.16, 0.5, 1)))
        if shared == 1:  # a few pairs would not show what is missing
            steps = {other[1] - one[1] for one, other in self.negative}
            student.note("second sentence of negative pairs", in_words(steps))
        student.note("documents of positive pairs", min(3, len({number for number, _ in self.starts})))
        n_documents = len({number for number, _ in self.starts})
        # For a single document, the number of places is just its length.
        student.note("places of positive pairs", min(3, len({place for _, place in self.starts}) * (n_documents > 1)))
        student.note("first documents of negative pairs", min(3, len({one[0] for one, _ in self.negative})))
        student.note("second documents of negative pairs", min(3, len({other[0] for _, other in self.negative})))
        student.note("places of negative pairs", min(3, len({other[1] for _, other in self.negative})))
        self.describe_places(student)

    def describe_places(self, student) -> None:
        """Note how positions are drawn: within a document, and jointly with those of the other sentence."""
        at_first = any(place == 0 for _, place in self.starts)
        student.note("first sentences in positive pairs", "these occur" if at_first else "only later ones")
        for name, places in self.sides():
            several = self.places(places) > 1 or len({number for number, _ in places}) == 1
            student.note(f"positions of {name}", "several in a document" if several else "one in each document")
        if any(self.strangers):
            alike = len(self.crossing_steps()) == 1
            student.note("steps of negative pairs", "always one and the same" if alike else "several")
            alone = self.companions() == 1
            student.note("companions of a document", "always one and the same" if alone else "several documents")

    def on_to_the_next(self) -> bool:
        """Return whether all positive pairs from two documents join the end of one and the beginning of the next."""
        n = len(self.lengths)
        return all(
            one[1] == self.lengths[one[0]] - 1 and other == ((one[0] + 1) % n, 0)
            for one, other in self.positive
            if one[0] != other[0]
        )

    def sides(self) -> list[tuple[str, list[tuple[int, int]]]]:
        """Return the places of those sentences that may be anywhere."""
        return [
            (mark("first sentences of pairs with label 0"), [one for one, _ in self.positive]),
            (mark("first sentences of pairs with label 1"), [one for one, _ in self.negative]),
            (mark("second sentences of pairs with label 1"), [other for _, other in self.negative]),
        ]

    @staticmethod
    def places(sentences: list[tuple[int, int]]) -> int:
        """Return the number of positions in the document with the most sentences."""
        numbers = [number for number, _ in set(sentences)]
        return max(map(numbers.count, numbers), default=0)

    def crossing_steps(self) -> set[int]:
        """Return the differences between the positions of negative pairs from two documents, each in its own."""
        return {other[1] - one[1] for one, other in self.negative if one[0] != other[0]}

    def companions(self) -> int:
        """Return, for the document with most negative pairs, the number of other documents that complete them."""
        numbers = [number for number, _ in {(one[0], other[0]) for one, other in self.negative if one[0] != other[0]}]
        return max(map(numbers.count, numbers), default=0)

    def expect_questions(self) -> None:
        """Expect that the label depends on the pair, and that the pairs are not all the same.

        Pairing any sentences and labelling them at random is not enough. Other checks test the meaning of the labels
        and the exact composition of a pair. For 150 random pairs with each label, a difference of 0.4 in a share has a
        probability below 1e-11.
        """
        expect.true(
            len(set(self.triples)) > min(3, len(self.triples) - 1),
            "nearly all pairs are identical",
            hint="sample a new document and a new position for every pair",
        )

        def shares(pairs: list[Any]) -> list[float]:
            same = [one[0] == other[0] for one, other in pairs]
            steps = [other[1] - one[1] if one[0] == other[0] else None for one, other in pairs]
            return [sum(same) / len(pairs), steps.count(1) / len(pairs), steps.count(-1) / len(pairs)]

        if self.positive and self.negative:
            apart = [abs(a - b) for a, b in zip(shares(self.positive), shares(self.negative), strict=True)]
            told = max(apart) > 0.4
        else:  # another check tests a single class, as long as its pairs are of one kind
            told = max(shares(self.positive or self.negative)) > 0.9 or shares(self.positive or self.negative)[0] < 0.05
        expect.true(
            told,
            "pairs with label 0 and pairs with label 1 look the same",
            hint="for each of the two labels, where should the second sentence come from?",
        )


def roughly(share: float) -> float:
    """Return none, all, or the nearest of a few shares that are far enough apart for some hundred draws."""
    return share if share in (0, 1) else 0.2 if share < 0.25 else 0.8 if share > 0.75 else 0.5


def in_words(steps: Collection[int]) -> str:
    """Describe the positions of second sentences relative to the first ones, by the distance in sentences."""
    kinds = {"next": 1 in steps, "later": max(steps, default=1) > 1, "same": 0 in steps}
    kinds |= {"before": -1 in steps, "long before": min(steps, default=0) < -1}
    return ", ".join(kind for kind, found in kinds.items() if found)


def stated(good: list[bool]) -> str:
    """State how many are not good."""
    return "none" if all(good) else "all" if not any(good) else "some"


def triples_of(student, answer: Any, n_pairs: int) -> list[tuple[str, str, int]]:
    """Read any sequence of triples; a label may be a bool or a tensor of one number."""
    expect.true(
        isinstance(answer, (list, tuple)), "make_nsp_pairs must return a list", actual=expect.shown(answer), reveal=True
    )
    expect.true(
        len(answer) <= 10 * n_pairs,
        "the result has more than ten times as many pairs as requested",
        expected=say("{count} pairs", count=n_pairs),
        actual=say("{count} pairs", count=len(answer)),
        reveal=True,
    )
    return [triple_of(student, entry) for entry in answer]


def triple_of(student, entry: Any) -> tuple[str, str, int]:
    """Read two sentences and a label, 0 or 1."""
    expect.true(
        isinstance(entry, (list, tuple)) and len(entry) == 3,
        "an entry is not a triple of first sentence, second sentence and label",
        actual=expect.shown(entry),
        hint="each entry is a triple: two sentences and their label",
        reveal=True,
    )
    first, second, label = entry
    if isinstance(label, Tensor):
        label = label.item() if label.numel() == 1 else None
    elif isinstance(label, (list, tuple)) and len(label) == 1:
        label = label[0]
    form = ", ".join(part if isinstance(part, str) else type(part).__name__ for part in map(worded, entry))
    if not (isinstance(first, str) and isinstance(second, str)):
        student.note("form of an entry", form)
    expect.true(
        isinstance(first, str) and isinstance(second, str),
        "the first two elements of a triple are not both sentences",
        expected=say("(first sentence, second sentence, label)"),
        actual=expect.shown(entry),
        hint="what are the three parts of a triple, and in which order?",
        reveal=True,
    )
    if isinstance(label, str):
        student.note("form of an entry", form)
    expect.true(
        not isinstance(label, str),
        "a label is a string instead of a number",
        expected=say("0 or 1"),
        actual=expect.shown(label),
        hint="labels are numbers: which number means that the second sentence follows the first?",
        reveal=True,
    )
    if label not in (0, 1):
        student.note("label", str(label)[:20])
    expect.true(
        label in (0, 1),
        "a label is neither 0 nor 1",
        expected=say("0 or 1"),
        actual=expect.shown(label),
        hint="a label has two possible values, one for each case: the second sentence follows the first, or it "
        "does not",
        reveal=True,
    )
    return first, second, int(label)


def worded(part: object) -> object:
    """Return the word "text" for a text, and anything else unchanged."""
    return "text" if isinstance(part, str) else part


class CheckMakeNspPairs:
    """Half consecutive, half from a different document"""

    function = "make_nsp_pairs"

    N = 400

    @check(points=1, visible=True)
    def check_count(self, student):
        """the result has n_pairs triples, even with very short documents"""
        earlier = None
        for n in (student.draw.integer(301, 399), 1):
            # If single sentences never begin a pair with label 0, its share may be on a boundary of the notes.
            library = Library(student, single=True)
            pairs = Pairs(student, library, n, share_noted=False, earlier=earlier)
            earlier = library
            expect.equal(
                len(pairs.triples),
                n,
                "number of pairs",
                hint="each iteration must add exactly one triple, whatever its label",
                reveal=True,
            )
            if n > 1:
                pairs.expect_questions()
        pairs = Pairs(student, Library(student, lengths=[2, 1, 2]), 60)
        expect.equal(len(pairs.triples), 60, "number of pairs from documents with at most two sentences", reveal=True)

    @check(points=2, visible=True)
    def check_positive(self, student):
        """label 0: the second sentence directly follows the first in the same document"""
        pairs = Pairs(student, Library(student), self.N)
        hint = "in transformers, label 0 means that B follows A. Can A be the last sentence of its document?"
        expect.true(
            pairs.positive,
            "no pair has label 0",
            actual=say("{count} with label 1", count=self.N),
            hint=hint,
            reveal=True,
        )
        expect.true(
            not pairs.crossing,
            "in some pairs with label 0, the sentences come from two different documents",
            expected=say("none"),
            actual=say("{count} of {total}", count=pairs.crossing, total=len(pairs.positive)),
            hint=hint,
            reveal=True,
        )
        expect.equal(pairs.steps, [1], "distance in sentences from the first to the second", hint=hint, reveal=True)
        expect.true(
            len(pairs.starts) > 1,
            "all pairs with label 0 are identical",
            hint="sample a new document and a new position for every pair",
        )

    @check(points=2)
    def check_negative(self, student):
        """label 1: the second sentence comes from a different document"""
        # The other document has a single sentence, which must be used, since there is no third document.
        scarce = Pairs(student, Library(student, lengths=[student.draw.integer(4, 8), 1]), 60)
        scarce_shared = scarce.strangers.count(False)
        student.note("of two documents, pairs of one document", stated(scarce.strangers))
        # Behind a document with a single sentence, a document has another number among those with several.
        behind = Library(student, lengths=[1, student.draw.integer(4, 8), student.draw.integer(4, 8)])
        behind_shared = Pairs(student, behind, 60).strangers.count(False)
        student.note("behind a single sentence, pairs of one document", bool(behind_shared))
        pairs = Pairs(student, Library(student), self.N)
        hint = "the task needs both classes"
        expect.true(
            pairs.negative,
            "no pair has label 1",
            actual=say("{count} with label 0", count=self.N),
            hint=hint,
            reveal=True,
        )
        expect.true(
            all(pairs.strangers),
            "in some pairs with label 1, both sentences come from the same document",
            expected=say("none"),
            actual=say("{count} of {total}", count=pairs.strangers.count(False), total=len(pairs.strangers)),
            hint=(
                "a sentence from the same document might really follow the first: where must the second "
                "sentence come from?"
            ),
            reveal=True,
        )
        expect.true(
            len(set(pairs.negative)) > 3,
            "nearly all pairs with label 1 are identical",
            hint="sample a new document and a new position for every pair",
        )
        expect.true(
            not scarce_shared,
            "if only one of two documents has several sentences, both sentences of a pair with label 1 come from it",
            hint="which documents may the second sentence come from if all but one of them have a single sentence?",
        )
        expect.true(
            not behind_shared,
            "if a document of one sentence comes first, in some pairs with label 1 both sentences come from the same "
            "document",
            hint="how does your code make sure that the second sentence comes from another document?",
        )

    @check(points=1)
    def check_balance(self, student):
        """labels are independent fair coin tosses, and pairs come from many places"""
        # 400 draws; 7 standard deviations are 0.175, both for the labels and for how often they change from pair to
        # pair. That 150 positive pairs use fewer than three of five documents has a probability below
        # 10 * (2/5)**130, and fewer than two places an even smaller one. The last pair of a document has a share of one
        # in six or more (a document has at most 7 sentences): that none of 130 positive pairs is one has a probability
        # below 6e-11, and that 400 draws give fewer than 130 one below 3e-11. The order of the documents is the same in
        # twelve calls of six pairs with a probability below 1e-20, even if one document has half of the pairs.
        # If no last sentence begins a pair with label 0, longer documents have enough of these for the bound.
        library = Library(student, lengths=[student.draw.integer(5, 8) for _ in range(5)])
        pairs = Pairs(student, library, self.N)
        short = [Pairs(student, library, 6) for _ in range(12)]
        student.note("labels of twelve short calls together", str(sorted({n for few in short for n in few.labels})))
        orders = {tuple(library.place[first][0] for first, _, _ in few.triples) for few in short}
        in_turn = len(orders) == 1 and len({tuple(few.labels) for few in short}) > 1
        student.note("the documents come in one order, the labels do not", in_turn)
        share = len(pairs.positive) / max(1, len(pairs.labels))
        expect.true(
            abs(share - 0.5) <= seven_sigma(0.5, self.N),
            "the share of pairs with label 0 is too far from one half",
            expected=f"0.5 ± {seven_sigma(0.5, self.N):.3f}",
            actual=f"{share:.3f}",
            hint="sample a new label for every pair, 0 and 1 with equal probability",
            reveal=True,
        )
        expect.true(
            abs(pairs.turns - 0.5) <= seven_sigma(0.5, self.N - 1),
            "the sequence of labels does not look like independent fair coin tosses",
            expected=say(
                "share of labels that differ from the previous one: 0.5 ± {slack:.3f}",
                slack=seven_sigma(0.5, self.N - 1),
            ),
            actual=f"{pairs.turns:.3f}",
            hint=("sample a new label for every pair: can the next label be predicted from the labels before it?"),
            reveal=True,
        )
        self.expect_many_places(pairs)
        expect.true(
            not in_turn,
            "twelve calls with different seeds all take their first sentences from the same documents in the same "
            "order",
            hint=(
                "in a corpus of thousands of documents, a small number of pairs would all come from the first few "
                "documents: how does your code choose the document?"
            ),
        )
        last = any(place == len(library.documents[number]) - 2 for number, place in pairs.starts)
        expect.true(
            last,
            "no pair with label 0 ends with the last sentence of its document",
            hint="how many pairs of consecutive sentences are there in a document of three sentences, and how "
            "many in a document of two?",
            fact=True,
        )
        pairs.expect_questions()
        self.expect_balance_of_single_sentences(student)

    @staticmethod
    def expect_many_places(pairs: Pairs) -> None:
        """Expect sentences from several documents, and from several positions in them."""
        n_documents, n_places = (len({start[axis] for start in pairs.starts}) for axis in (0, 1))
        n_others = min(len({pair[side][0] for pair in pairs.negative}) for side in (0, 1))
        expect.true(
            min(n_documents, n_others) >= 3 and n_places >= 2,
            "the first sentences come from too few documents, or always from the same position",
            expected=say("several documents and positions"),
            actual=say(
                "{documents} documents, {places} positions", documents=min(n_documents, n_others), places=n_places
            ),
            hint="sample a new document, and a new position in it, for every pair",
            reveal=True,
        )
        hint = "documents and positions are drawn at random: which random numbers does your code draw for one pair?"
        for name, places in pairs.sides():
            expect.true(
                pairs.places(places) > 1,
                say("in each document, the {what} always have the same position", what=say(name)),
                hint=hint,
            )
        expect.true(
            any(place == 0 for _, place in pairs.starts),
            "no pair with label 0 begins with the first sentence of its document",
            hint="how many pairs of consecutive sentences are there in a document of three sentences, and how "
            "many in a document of two?",
        )
        expect.true(  # another check tests pairs from one document; also for the next expectation
            len(pairs.crossing_steps()) != 1,
            "in pairs with label 1, the position of the first sentence determines the position of the second",
            hint=hint,
        )
        expect.true(
            pairs.companions() != 1,
            "in pairs with label 1, the document of the first sentence determines the document of the second",
            hint=hint,
        )

    def expect_balance_of_single_sentences(self, student) -> None:
        """Expect label 0 for half of the pairs even if most documents have no second sentence."""
        in_twos = Library(student, lengths=[2] * 6)
        with student.untraced():
            dice = student.fixtures.objectives.dice(student.draw.seed())
            answer = student.make_nsp_pairs(in_twos.documents, self.N, dice)
        labels = [label for _, _, label in triples_of(student, answer, self.N)]
        halves = labels.count(0) / max(1, len(labels))
        # Half of them, or a quarter if no last sentence begins one; the boundary is five deviations from both.
        student.note("of documents of two sentences, pairs with label 0", "few" if halves < 0.372 else "half or more")
        sparse = Pairs(student, Library(student, lengths=[1, 3, 1, 1, 4, 1, 1]), self.N)
        share = len(sparse.positive) / max(1, len(sparse.labels))
        expect.true(
            abs(share - 0.5) <= seven_sigma(0.5, self.N),
            "if most documents have only one sentence, the share of pairs with label 0 is too far from one half",
            expected=f"0.5 ± {seven_sigma(0.5, self.N):.3f}",
            actual=f"{share:.3f}",
            hint="sample the label first, then a document that contains a pair with this label",
            reveal=True,
            fact=True,
        )

    @check(points=1)
    def check_seeded(self, student):
        """equal seeds give equal pairs, and different seeds give different pairs"""
        lengths = [student.draw.integer(3, 7) for _ in range(12)]  # a shuffle may not change the order of five
        library = Library(student, lengths=lengths)
        seed, other = student.draw.seed(), student.draw.seed()
        n = 300
        first = Pairs(student, library, n, seed, pure=True)
        with student.untraced():
            again, different = (
                triples_of(
                    student, student.make_nsp_pairs(library.documents, n, student.fixtures.objectives.dice(number)), n
                )
                for number in (seed, other)
            )
            dice = student.fixtures.objectives.dice(seed)
            twice = [triples_of(student, student.make_nsp_pairs(library.documents, n, dice), n) for _ in range(2)]
        student.note("a later call, other pairs", twice[0] != twice[1])
        student.note("other seed, other pairs", first.triples != different)
        student.note("other seed, other labels", first.labels != [label for _, _, label in different])
        expect.true(
            first.triples == again,
            "the same seed produced different pairs",
            hint="does every random number in your code come from the `rng` argument?",
            fact=True,
        )
        expect.true(
            first.triples != different,
            "a different seed produced the same pairs",
            hint="all random numbers must come from the `rng` argument: does your code create a generator of its own?",
        )
        expect.true(
            twice[0] != twice[1],
            "a second call with the same generator produced the same pairs again",
            hint="every draw changes the state of the generator: does your code draw from `rng` itself?",
        )
        first.expect_questions()


# --- filling in ---


class Cloze:
    """A text with holes, and a model's logits at every position."""

    def __init__(self, student, masks: tuple[int, ...], large: bool = False) -> None:
        """Draw it; ``masks`` are the places of [MASK], and a ``large`` vocabulary has somewhat more than 600 tokens."""
        self.T, self.masks = 9, masks
        self.V = student.draw.integer(600, 660) if large else student.draw.integer(17, 30)
        self.mask_id = student.draw.integer(0, self.V)
        self.ids = student.draw.integers(0, self.V - 1, (self.T,))
        self.ids += self.ids >= self.mask_id  # every id except that of [MASK]
        self.ids[list(masks)] = self.mask_id
        # Steps of at least 0.08 between neighbours, so that rounding keeps the order, and exp(logit) is finite.
        steps = [torch.randperm(self.V, generator=student.draw.generator) for _ in range(self.T)]
        self.logits = (0.1 if large else 0.3) * torch.stack(steps).float() + student.draw.uniform(-2, 2, self.T, 1)
        if len(masks) > 1:  # the last one has other probabilities: a limit of them leaves another number of guesses
            self.logits[masks[-1]] *= 0.8
        self.probabilities = self.logits.double().softmax(-1)
        favourites = torch.randperm(self.V, generator=student.draw.generator).tolist()
        for place, token in zip(masks, favourites, strict=False):  # so that no two [MASK] have the same by chance
            self.prefer(place, token)

    def prefer(self, place: int, token: int) -> None:
        """Make this token the most probable one at ``place``, by swapping it with the present one."""
        before = self.best(place, 1)[0]
        self.logits[place, [before, token]] = self.logits[place, [token, before]]
        self.probabilities = self.logits.double().softmax(-1)

    def repeat(self, place: int, at: int) -> None:
        """Copy the logits at ``place`` to ``at``."""
        self.logits[at] = self.logits[place]
        self.probabilities = self.logits.double().softmax(-1)

    def best(self, place: int, k: int) -> list[int]:
        """Return the ids of the k most probable tokens."""
        found: list[int] = self.logits[place].topk(k).indices.tolist()
        return found


MOST = 1000
"""Entries of an answer that are read; more than any right answer has."""


def guesses_of(
    student, cloze: Cloze, *rest: int, pure: bool = False, noted: bool = True, strict: bool = False, **options: int
) -> list[list[tuple[float, float]]]:
    """Return the student's guesses as plain pairs: a list of lists of (id, number).

    They are noted sorted by id, because the order of unsorted guesses depends on the library. If a limit omits some of
    many guesses, only the kind of the limit is noted, because there are many limits. If some guesses are a free choice,
    nothing is noted.
    """
    with student.untraced():
        if pure:
            answer = student.pure("fill_mask_topk", cloze.logits, cloze.ids, cloze.mask_id, *rest)
        else:
            answer = student.fill_mask_topk(cloze.logits, cloze.ids, cloze.mask_id, *rest, **options)
    few = isinstance(answer, (list, tuple)) and len(answer) <= MOST
    guesses = [plain_pairs(entry) for entry in answer] if few else None
    well_formed = guesses is not None and all(entry is not None for entry in guesses)
    limit = limit_of(cloze, guesses, options["k"]) if well_formed and options.get("k", 0) > 100 else None  # type: ignore[arg-type]
    if noted:
        student.note("guesses", limit or ([sorted(pairs) for pairs in guesses] if well_formed else "malformed"))  # type: ignore[union-attr, arg-type]
    if not well_formed:
        student.note("form", form_of(answer))
    expect.true(
        well_formed,
        "fill_mask_topk must return one list per [MASK], each a list of (token id, probability) pairs",
        actual=expect.shown(answer),
        reveal=True,
    )
    if strict:
        expect_integers(student, answer)
    if not all(
        isinstance(pair, (list, tuple)) and isinstance(pair[0], int) and isinstance(pair[1], float)
        for entry in answer
        for pair in entry
    ):
        expect.remark(
            "fill_mask_topk returned numbers of other types, such as tensors; the docstring asks for plain int "
            "and float"
        )
    return guesses  # type: ignore[return-value]


def expect_integers(student, answer: list[Any]) -> None:
    """No id is a float, as 7.0 is, which finds no token; what is still in a tensor is left to a remark."""
    entries = [entry for entry in answer if isinstance(entry, (list, tuple))]
    firsts = [pair[0] for entry in entries for pair in entry if isinstance(pair, (list, tuple))]
    floats = [number for number in firsts if isinstance(number, float) and number.is_integer()]
    student.note("token ids that are floats", "all" if floats and len(floats) == len(firsts) else bool(floats))
    expect.true(
        not floats,
        "the token ids are floats",
        expected=say("a plain int such as {id}", id=7),
        actual=floats[0] if floats else "",
        hint="a tokenizer finds no token for the id 7.0: which operation in your code turns the ids into floats?",
        reveal=True,
    )


def limit_of(cloze: Cloze, guesses: list[list[tuple[float, float]]], k: int) -> str | None:
    """Describe the limit of the guesses, if they are the best ones with their probabilities, but fewer than k."""
    if len(guesses) != len(cloze.masks) or not all(guesses):
        return None
    kept, dropped = [], []
    for place, pairs in zip(cloze.masks, guesses, strict=True):
        true = cloze.probabilities[place].double()
        found = [token for token, _ in pairs]
        if len(found) >= k or sorted(found) != sorted(cloze.best(place, len(found))):
            return None
        if any(abs(number - float(true[int(token)])) > 1e-5 for token, number in pairs):
            return None
        ranked = true.sort(descending=True).values
        kept.append(float(ranked[len(found) - 1]))
        dropped.append(float(ranked[len(found)]))
    if len({len(pairs) for pairs in guesses}) == 1:
        return "a largest number"
    return "a smallest probability" if min(kept) > max(dropped) else "something else"


def form_of(value: object, depth: int = 3) -> str:
    """Describe types and lengths of an answer, a few levels deep."""
    if isinstance(value, Tensor):
        return f"tensor {tuple(value.shape)}"
    if isinstance(value, (list, tuple)) and depth:
        return f"{len(value)} x [{', '.join(form_of(item, depth - 1) for item in value[:3])}]"
    return type(value).__name__


def plain_pairs(entry: object) -> list[tuple[float, float]] | None:
    """Return pairs of numbers from any kind of sequence, None for anything else."""
    if isinstance(entry, Tensor):
        entry = entry.tolist() if entry.numel() <= 2 * MOST else None
    if not isinstance(entry, (list, tuple)) or len(entry) > MOST:
        return None
    pairs: list[tuple[float, float]] = []
    for pair in entry:
        if isinstance(pair, Tensor):
            pair = pair.tolist() if pair.numel() <= 2 else None
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            return None
        numbers = [part.item() if isinstance(part, Tensor) and part.numel() == 1 else part for part in pair]
        if not all(isinstance(number, (int, float)) and not abs(number) > 1e15 for number in numbers):
            return None
        token, probability = numbers
        pairs.append((int(token) if float(token).is_integer() else token, float(probability)))
    return pairs


def order_of(pairs: list[tuple[float, float]]) -> str:
    """Describe how the guesses for one [MASK] are sorted."""
    tokens, numbers = ([pair[side] for pair in upright(pairs)] for side in (0, 1))
    orders = {
        "descending": numbers == sorted(numbers, reverse=True),
        "ascending": numbers == sorted(numbers),
        "by id": tokens == sorted(tokens),
    }
    return next((name for name, found in orders.items() if found), "not sorted")


def upright(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return pairs with the id first; swapped pairs fail ``probability``, not the other checks."""
    turned = all(isinstance(last, float) and last.is_integer() for _, last in pairs)
    return [(int(last), float(first)) for first, last in pairs] if turned and pairs else pairs


class CheckFillMaskTopk:
    """The top-k guesses for every [MASK]"""

    function = "fill_mask_topk"

    @check(points=2, visible=True)
    def check_each_mask(self, student):
        """the result has one list per [MASK], with the k most probable tokens"""
        for masks, options in (((3,), {}), ((1, 4, 5, 8), {"k": 3}), ((2,), {"k": 11}), ((0, 2, 6, 7), {"k": 4})):
            cloze, k = Cloze(student, masks), options.get("k", 5)
            if masks[0] == 0:  # two [MASK] with the same best token, and two with the same guesses
                cloze.prefer(2, cloze.best(0, 1)[0])
                cloze.repeat(6, at=7)
            guesses = guesses_of(student, cloze, **options)  # type: ignore[arg-type]
            expect.equal(
                len(guesses),
                len(masks),
                say("number of lists for a text with {count} [MASK]", count=len(masks)),
                hint="a text can contain several [MASK] tokens, and each needs a list of its own",
                reveal=True,
            )
            for place, pairs in zip(masks, guesses, strict=True):
                expect.equal(
                    sorted(token for token, _ in upright(pairs)),
                    sorted(cloze.best(place, k)),
                    say("ids of the {k} guesses for the [MASK] at position {place}, sorted", k=k, place=place),
                    hint=(
                        "an MLM predicts a masked token at the position of the [MASK] itself; the tokens with the "
                        "largest logits there are its best guesses"
                    ),
                )

    @check(points=1)
    def check_probability(self, student):
        """the probabilities come from a softmax over the whole vocabulary"""
        for masks in ((2, 6), (5,)):
            cloze = Cloze(student, masks)
            guesses = guesses_of(student, cloze, strict=True, k=4)
            expect.true(
                guesses and all(guesses),
                "no guesses were returned for a text with a [MASK]",
                actual=guesses,
                reveal=True,
            )
            numbers = [number for pairs in guesses for _, number in upright(pairs)]
            student.note(
                "decimals of the probabilities",
                next((n for n in range(1, 5) if all(abs(round(one, n) - one) < 1e-7 for one in numbers)), "many"),
            )
            for place, pairs in zip(cloze.masks, guesses, strict=False):
                expect.true(
                    all(isinstance(token, int) and 0 <= token < cloze.V for token, _ in pairs),
                    "the first element of a pair is not a token id",
                    actual=pairs,
                    hint="in each pair, the token id comes first, then its probability",
                    reveal=True,
                )
                for token, probability in pairs:
                    expect.close(
                        probability,
                        cloze.probabilities[place, token],
                        say("probability of token {token} at position {place}", token=token, place=place),
                        hint=(
                            "take the softmax over all V tokens before you pick the top k: the other tokens "
                            "have probabilities, too"
                        ),
                    )

    @check(points=1, after=("each_mask",))
    def check_order_and_none(self, student):
        """guesses are sorted by descending probability; without a [MASK] there are none"""
        cloze = Cloze(student, (0, 7), large=True)  # with few numbers, a search for the largest may return them sorted
        guesses = guesses_of(student, cloze, k=300)
        student.note("order of the guesses", [order_of(pairs) for pairs in guesses])
        expect.true(
            guesses and all(guesses),
            "no guesses were returned for a text with two [MASK] tokens",
            actual=guesses,
            reveal=True,
        )
        numbers_of_guesses = [len(pairs) for pairs in guesses]
        student.note("with k = 300", "fewer guesses" if min(numbers_of_guesses) < 300 else "300 guesses or more")
        for place, pairs in zip(cloze.masks, guesses, strict=False):
            order = [token for token, _ in upright(pairs)]
            numbers = [float(cloze.logits[place, int(token)]) for token in order if 0 <= token < cloze.V]
            expect.true(
                numbers == sorted(numbers, reverse=True) and len(numbers) == len(order),
                "the guesses are not sorted by descending probability",
                actual=pairs[:5],
                hint="the most probable guess must come first",
                reveal=True,
            )
        expect.equal(
            numbers_of_guesses,
            [300] * len(guesses),
            "number of guesses for each [MASK], with k=300",
            hint="return k guesses for each [MASK], however improbable some of them are",
            reveal=True,
        )
        self.demand_k_of_ties(student)
        expect.equal(
            guesses_of(student, Cloze(student, ())),
            [],
            "result for a text without [MASK]",
            hint="without a [MASK] there is nothing to predict: return an empty list",
            reveal=True,
        )
        self.demand_extremes(student)

    @staticmethod
    def demand_k_of_ties(student) -> None:
        """Require at most k guesses if tokens are equally probable, of which any may be returned."""
        cloze, places = Cloze(student, (1, 6)), {}
        for place, first, last in ((1, 2, 6), (6, 0, 3)):  # positions of the guesses with equal probabilities
            tied = cloze.best(place, last)[first:]
            cloze.logits[place, tied] = cloze.logits[place, tied].max()
            places[place] = cloze.logits[place].double().softmax(-1).topk(4).values
        guesses = guesses_of(student, cloze, noted=False, k=4)  # any of the tied tokens may be returned
        found = [sorted((float(number) for _, number in upright(pairs)), reverse=True) for pairs in guesses]
        student.note("probabilities of the guesses, where tokens are equally probable", found)
        expect.equal(
            list(map(len, found)),
            [4, 4],
            "number of guesses for each [MASK], with k=4, if several tokens are equally probable",
            hint="return k guesses even if the next token is as probable as the last of them",
            reveal=True,
        )
        expect.close(
            torch.tensor(found, dtype=torch.float64),
            torch.stack([places[1], places[6]]),
            "probabilities of the guesses, sorted, if several tokens are equally probable",
            hint="two tokens with the same probability are two guesses",
        )

    @staticmethod
    def demand_extremes(student) -> None:
        """Require right answers for k = 1 and k = V, too. An error is noted as a fact, without the library's words."""
        hint = "any integer k from 1 to V is allowed; with k = V, every token of the vocabulary is one of the guesses"
        for name, of_vocabulary in (("1", False), ("V", True)):
            cloze = Cloze(student, (2, 5))
            k = cloze.V if of_vocabulary else 1
            try:
                guesses = guesses_of(student, cloze, k=k)
            except StudentRaised as error:
                if error.no_answer:
                    raise
                student.note(f"with k = {name}", "an error")
                expect.true(
                    False,
                    say("an error is raised when k equals {limit}", limit=name),
                    actual=str(error)[:120],
                    hint=hint,
                    reveal=True,
                )
                return
            student.note(f"with k = {name}", "guesses")
            found = [sorted({token for token, _ in upright(pairs)}) for pairs in guesses]
            student.note(f"number of guesses with k = {name}", list(map(len, found)))
            expect.true(
                found == [sorted(cloze.best(place, k)) for place in cloze.masks],
                say("with k = {limit}, the guesses are not the k most probable tokens of each [MASK]", limit=name),
                hint=hint,
            )

    @check(points=1, after=("each_mask",))
    def check_pure(self, student):
        """logits and ids are not modified, and a second call gives the same result"""
        cloze = Cloze(student, (1, 3, 4))
        first = guesses_of(student, cloze, 3, pure=True)
        expect.close(
            guesses_of(student, cloze, 3),
            first,
            "result of a second call, compared with the first",
            hint="both calls got the same inputs: what did the first call change?",
        )
        expect.equal(
            [sorted(token for token, _ in upright(pairs)) for pairs in first],
            [sorted(cloze.best(place, 3)) for place in cloze.masks],
            "ids of the guesses, sorted",
            hint="return one list per [MASK], each with its top-k tokens",
        )


# --- bonus: whole words ---


def text_of(*lengths: int, specials: int = 0) -> list[int | None]:
    """Return word numbers for [CLS] words [SEP] [PAD]..., with these lengths, and more special tokens at the end."""
    row: list[int | None] = [None]
    for number, length in enumerate(lengths):
        row += [number] * length
    return [*row, *[None] * (1 + specials)]


def words_of(word_ids: list[int | None]) -> list[list[int]]:
    """Return the positions of every word."""
    words: list[list[int]] = []
    for place, number in enumerate(word_ids):
        if number is None:
            continue
        if place and word_ids[place - 1] == number:
            words[-1].append(place)
        else:
            words.append([place])
    return words


class Selections:
    """The student's selections for one text, in many calls with the same generator.

    Which words are selected depends on the order of the draws; facts that do not are noted.
    """

    def __init__(
        self,
        student,
        word_ids: list[int | None],
        p: float,
        n: int,
        what: str,
        limit: int | None = None,
        noted: bool = True,
    ) -> None:
        """Call ``whole_word_mask`` n times. If it obeys a limit of its own, only that is noted, not the numbers."""
        self.student, self.what, self.p = student, translated(what), p
        self.words = words_of(word_ids)
        self.specials = [place for place, number in enumerate(word_ids) if number is None]
        with student.untraced():
            function = student.value(None, "whole_word_mask")
            answers = student.fixtures.objectives.drawn_again(function, word_ids, p, student.draw.seed(), n)
        self.answers = [self.read(answer, len(word_ids)) for answer in answers]
        self.sizes = [sum(answer) for answer in self.answers]
        budget = p * sum(map(len, self.words))
        self.budget = max(1, math.floor(budget + 0.5))  # for these texts, nothing is near one half

        if not noted:
            return
        same = set(self.sizes)
        length = len(self.words[0])
        if limit is not None and same == {min(limit, self.budget) // length * length}:
            student.note(f"tokens selected, {what}", "all that fit into a limit")
            return
        if len({len(word) for word in self.words}) > 1 and min(same) >= max(same) - 2:
            # For some orders of the words, one token of the budget is left over.
            sizes: int | str = "all that fit" if max(same) == self.budget else f"at most {max(same)}"
        else:
            sizes = self.sizes[0] if len(same) == 1 else "varying"
        student.note(f"tokens selected, {what}", sizes)
        student.note(f"different selections, {what}", min(3, len(set(map(tuple, self.answers)))))
        student.note(f"special tokens selected, {what}", self.any_special())
        student.note(f"words in part, {what}", self.parts())
        alike = len(set(map(tuple, self.answers))) == 1
        student.note(f"always these words, {what}", [i for i, n in enumerate(self.how_often()) if n and alike])

    def read(self, answer: Any, n: int) -> list[bool]:
        """Read T entries, each True or False in some form."""
        if isinstance(answer, Tensor) and answer.dim() == 1:
            answer = answer.tolist()
        expect.true(
            isinstance(answer, (list, tuple)) and len(answer) == n,
            say("{name} must return one entry for each of the {count} tokens", name="whole_word_mask", count=n),
            actual=expect.shown(answer),
            hint="return True or False for every token, including special tokens",
            reveal=True,
        )
        entries = [entry.item() if isinstance(entry, Tensor) and entry.numel() == 1 else entry for entry in answer]
        expect.true(
            all(isinstance(entry, (bool, int, float)) and entry in (0, 1) for entry in entries),
            "an entry is neither True nor False",
            actual=expect.shown(answer),
            reveal=True,
        )
        return [bool(entry) for entry in entries]

    def any_special(self) -> bool:
        """Return whether a special token was selected."""
        return any(answer[place] for answer in self.answers for place in self.specials)

    def cut(self) -> list[int] | None:
        """Return a word of which only some tokens were selected, if any."""
        for answer in self.answers:
            for word in self.words:
                if len({answer[place] for place in word}) > 1:
                    return [int(answer[place]) for place in word]
        return None

    def parts(self) -> str:
        """Describe the selected part of a partly selected word; only one form is distinguished."""
        found = {tuple(answer[place] for place in word) for answer in self.answers for word in self.words}
        found = {form for form in found if len(set(form)) > 1}
        firsts, rests = {form[0] for form in found}, {form[1:] for form in found}
        if not found:
            return "none"
        alike = len(firsts) == 1 and all(len(set(rest)) == 1 for rest in rests)
        if alike:
            return "the first token" if True in firsts else "all but the first token"
        cut = {
            number
            for number, word in enumerate(self.words)
            for answer in self.answers
            if len({answer[i] for i in word}) > 1
        }
        if cut == {0}:
            return "of the first word"
        return "any tokens" if self.several_cut() else "of one word in each call"

    def several_cut(self) -> bool:
        """Return whether a call selected several words in part; truncating a word to the budget cuts only one."""
        return any(
            sum(len({answer[place] for place in word}) > 1 for word in self.words) > 1 for answer in self.answers
        )

    def too_much(self) -> bool:
        """Return whether more tokens were selected than the share allows."""
        return max(self.sizes) > self.budget

    def left_out(self) -> bool:
        """Return whether a word was not selected although it would have fitted."""
        for answer, size in zip(self.answers, self.sizes, strict=True):
            shortest = min((len(word) for word in self.words if not any(answer[i] for i in word)), default=self.budget)
            if size + shortest <= self.budget:
                return True
        return False

    def how_often(self) -> list[int]:
        """Return for every word the number of calls that selected all of it."""
        return [sum(all(answer[place] for place in word) for answer in self.answers) for word in self.words]

    def expect_a_choice(self) -> None:
        """Expect that something is selected, and not always the same."""
        expect.true(
            max(self.sizes) > 0,
            say("{what}: nothing is ever selected", what=self.what),
            hint="sample one word after another until the budget is used up",
        )
        expect.true(
            len(set(map(tuple, self.answers))) > 1,
            say("{what}: repeated calls with the same generator all select the same tokens", what=self.what),
            hint=(
                "each call should draw new random numbers and select different tokens: where do your random numbers "
                "come from?"
            ),
        )

    def expect_whole(self) -> None:
        """Expect that no word is selected in part."""
        cut = self.cut()
        expect.true(
            cut is None,
            say("{what}: only some tokens of a word are selected", what=self.what),
            expected=say("all its tokens, or none"),
            actual=expect.shown(cut),
            hint="select whole words: how does your code decide which tokens belong to the same word?",
            reveal=True,
        )


class CheckWholeWordMask:
    """Whole-word masking"""

    function = "whole_word_mask"

    @check(points=1, visible=True)
    def check_whole(self, student):
        """either all tokens of a word are selected or none"""
        for lengths in ((3, 1, 2, 1, 4, 2, 1, 3, 2, 1), (2, 4, 1, 1, 3, 1, 2, 1, 1, 1, 1, 1, 1)):
            chosen = Selections(student, text_of(*lengths), 0.3, 60, say("{count} words", count=len(lengths)))
            chosen.expect_a_choice()
            chosen.expect_whole()

    @check(points=2, visible=True, after=("whole",))
    def check_share(self, student):
        """words are selected as long as they fit the budget, a share p of the tokens"""
        singles = student.draw.integer(52, 59)
        texts = (
            ([1] * 46, 0.15),  # 6.9 tokens: 7
            ([3] * 17, 0.15),  # 7.65 tokens: two words of three
            ([1] * singles, 0.25 if singles % 4 != 2 else 0.21),
            ([2] * 21, 0.4),  # 16.8 tokens: eight words of two
            ([2] * 19, 0.3),  # 11.4 tokens: five words of two
            ([4] * 11, 0.25),  # 11 tokens: two words of four
            *(([1] * n, p) for n, p in ((39, 0.3), (23, 0.2), (41, 0.25), (27, 0.3), (29, 0.25))),
            ([1] * 30, 0.9),
            *(([n] * 11, 1.0) for n in (1, 2, 3)),  # all of them
            ([1] * 3, 0.1),  # less than half a token: still one
            *(([n] * 3, 0.2) for n in (4, 6, 8)),  # 2.4, 3.6 and 4.8 tokens: no word fits
            ([7], 0.3),  # 2.1 tokens: the only word does not fit
        )
        what = say("{count} words of {length}, p={p}", count=420, length=1, p=0.5)
        long = Selections(student, text_of(*[1] * 420), 0.5, 3, what, noted=False)
        kept_to = long.sizes[0] if len(set(long.sizes)) == 1 and 11 <= long.sizes[0] < long.budget else None
        student.note("a large budget is cut to a limit", kept_to is not None)
        seen = []
        for lengths, p in texts:
            what = say("{count} words of {length}, p={p}", count=len(lengths), length=lengths[0], p=p)
            seen.append(Selections(student, text_of(*lengths, specials=len(lengths) // 2), p, 30, what, kept_to))
        mixed = [5, 1, 4, 6, 1, 3, 5, 1, 2, 6, 1, 4, 3, 5, 2, 1]
        chosen = Selections(student, text_of(*mixed), 0.22, 80, "words of 1 to 6")  # 11 of 50 tokens
        student.note("more than the share", chosen.too_much())
        student.note("a word that fits is passed over", chosen.left_out())
        hint = "the budget is p times the number of ordinary tokens, rounded: do not count words or special tokens"
        for (lengths, _), of_one_size in zip((*texts, ([1] * 420, 0.5)), (*seen, long), strict=True):
            fitting = of_one_size.budget // lengths[0] * lengths[0]
            what = say("tokens selected from {what}", what=of_one_size.what)
            for size in (min(of_one_size.sizes), max(of_one_size.sizes)):
                expect.equal(size, fitting, what, hint=hint, reveal=True)
        expect.true(
            not chosen.too_much(),
            "more tokens are selected than the budget allows",
            expected=say("at most {count}", count=chosen.budget),
            actual=max(chosen.sizes),
            hint="a word that does not fit into the remaining budget must be skipped entirely",
            reveal=True,
        )
        expect.true(
            not chosen.left_out(),
            "a word is skipped although all its tokens would fit into the remaining budget",
            hint=(
                "a long word that does not fit must not end the selection: a shorter word later in the "
                "random order can still fit"
            ),
        )

    @check(points=1, after=("whole",))
    def check_special(self, student):
        """special tokens are never selected; a pair's two texts have separate words"""
        chosen = Selections(student, text_of(1, 2, 1, 1, specials=9), 0.6, 80, "a short text with a lot of padding")
        # Two words of the same length, and a budget for one.
        rows = [[None, *[0] * n, None, *[0] * n, None] for n in (1, 2)]
        pairs = [
            Selections(student, row, 0.5, 60, say("two one-word texts, {count} ids", count=len(row))) for row in rows
        ]
        alone = [
            Selections(student, [0] * n, 1.0, 3, say("one word of length {length}, no special tokens", length=n))
            for n in (1, 3)
        ]
        expect.true(
            not chosen.any_special(),
            "a special token is selected",
            hint="a special token has the word index None and must never be selected",
        )
        counts = chosen.how_often()
        expect.true(
            counts[0] > 0,
            "the first word, which has index 0, is never selected",
            hint="0 is a word index like any other; only None means that there is no word",
            fact=True,
        )
        pair = [None, 0, 1, 1, 2, 3, 4, None, 0, 0, 1, 2, 2, 3, 4, None]
        chosen = Selections(student, pair, 0.4, 80, "a pair of texts")
        chosen.expect_a_choice()
        chosen.expect_whole()
        first, second = chosen.how_often()[:5], chosen.how_often()[5:]
        together = all(
            all(answer[i] for i in one) == all(answer[i] for i in other)
            for answer in chosen.answers
            for one, other in zip(chosen.words[:5], chosen.words[5:], strict=True)
        )
        student.note("both texts", [max(first) > 0, max(second) > 0])
        expect.true(
            not together,
            "in a pair of texts, words with the same index are always selected together",
            hint=(
                "word indices restart at 0 after the first [SEP], so two different words can have the same index. "
                "The tokens of one word are adjacent: does your code check that?"
            ),
            fact=True,
        )
        expect.true(
            max(first) > 0 and max(second) > 0,
            "in a pair of texts, one text never has a selected token",
            hint="both texts of a pair contain words that can be selected",
        )
        for chosen in pairs:
            expect.true(
                max(chosen.sizes) > 0,
                "in a pair of texts of one word each, neither word is ever selected",
                hint=(
                    "both words have index 0, but there is a [SEP] between them: does your code treat them as one word?"
                ),
            )
            chosen.expect_whole()
        for chosen in alone:
            expect.equal(
                min(chosen.sizes),
                chosen.budget,
                say("tokens selected from {what}, p={p}", what=chosen.what, p=1.0),
                hint=(
                    "a text need not contain special tokens: what does your code assume about its first and last token?"
                ),
                reveal=True,
            )

    @check(points=1, after=("whole",))
    def check_dice(self, student):
        """every word can be selected, and the same seed selects the same words"""
        # 6 of 40 words in each of 500 calls: 75 times each on average, standard deviation 8. Fewer than 25 or more than
        # 128 times occur with a probability of 1e-8, for any of the 40.
        row = text_of(*[1] * 40)
        chosen = Selections(student, row, 0.15, 500, say("{count} words", count=40))
        counts = chosen.how_often()
        never = [number for number, count in enumerate(counts) if not count]
        student.note("words never selected", never if len(never) <= 3 or len(never) > 30 else "some")
        student.note("all words alike", all(30 <= count <= 115 for count in counts))
        always = [number for number, count in enumerate(counts) if count == 500]
        favourite = "the first word" if always == [0] else "the last word" if always == [39] else "several words"
        student.note("selected in every call", favourite if always else "none")
        # Six words together: 450 times on average, standard deviation 18; six of them are 110. Who sorts by random
        # comparisons selects the first six 595 times, standard deviation 22: the note's border lies between these.
        ends = [sum(counts[:6]), sum(counts[-6:])]
        leaning = ["rarely" if n < 283 else "often" if n > 521 else "as others" for n in ends]
        student.note("the first and the last six words", leaning)
        # Neighbours among 6 of 40 words: 0.75 pairs on average, standard deviation 0.76, or 0.034 over 500 calls.
        pairs = sum(a and b for answer in chosen.answers for a, b in zip(answer[1:], answer[2:], strict=False)) / 500
        student.note("side by side", pairs > 1.1)
        expect.true(
            not never,
            "some words are never selected",
            expected=say("all 40 words, in 500 calls"),
            actual=40 - len(never),
            hint="in which order does your code consider the words?",
        )
        expect.true(
            all(25 <= count <= 128 for count in counts) and pairs <= 1.1 and all(283 <= n <= 560 for n in ends),
            "some words are selected far more often than others, or adjacent words are selected together too often",
            expected=say("each word about 75 times in 500 calls"),
            hint="every order of the words must be equally likely",
        )
        self.expect_any_length(student)
        self.expect_seeded(student, chosen, row)

    @staticmethod
    def expect_any_length(student) -> None:
        """Expect that short and long words are selected."""
        # 20 short words and 10 of four tokens, 18 of 60 tokens: 7 of the short ones per call, and of the long ones
        # nearly 3; over 120 calls the averages have standard deviations of 0.23 and 0.06.
        sizes = [1, 4, 1] * 10
        mixed = Selections(student, text_of(*sizes), 0.3, 120, "short and long words")
        often = mixed.how_often()
        short, long = (sum(n for n, size in zip(often, sizes, strict=True) if size == kind) / 120 for kind in (1, 4))
        student.note("short words are rare", short < 4)
        student.note("long words are rare", long < 0.5)
        expect.true(
            short >= 4 and long >= 0.5,
            "the order in which words are selected depends on their length",
            hint="every order of the words must be equally likely, whatever their length",
        )
        # One word of one token and one of five, and a budget for either: the first in the order is selected. The long
        # one is the first in 150 of 300 calls, standard deviation 8.7; seven of them are 61. With draws multiplied by
        # its length, it would be in 30, 50 or 250 calls: at least six standard deviations beyond the boundaries.
        lengths = (1, 5) if student.draw.integer(0, 2) else (5, 1)
        two = Selections(student, text_of(*lengths), 0.85, 300, "a short and a long word", noted=False)
        if set(two.sizes) == {1, 5}:  # another check tests whether both or none can be selected
            earlier = two.sizes.count(5)
            leads = "the long one" if earlier > 211 else "the short one" if earlier < 89 else "either"
            student.note("of two words, the first in the order", leads)
            expect.true(
                leads == "either",
                "the order in which words are selected depends on their length",
                hint="every order of the words must be equally likely, whatever their length",
            )

    @staticmethod
    def expect_seeded(student, chosen: Selections, row: list[int | None]) -> None:
        """Expect that the seed decides, and that the caller's list stays unchanged."""
        seed = student.draw.seed()
        with student.untraced():
            function = student.value(None, "whole_word_mask")
            masks = [
                chosen.read(student.fixtures.objectives.drawn_again(function, row, 0.15, number, 1)[0], len(row))
                for number in (seed, seed, seed + 1)
            ]
            student.pure("whole_word_mask", row, 0.15, student.fixtures.objectives.dice(seed))
        again, other = masks[0] == masks[1], masks[0] != masks[2]
        student.note("other dice, other words", other)
        expect.true(
            again,
            "the same seed selects different words",
            hint="all random numbers must come from rng",
            fact=True,
        )
        expect.true(other, "a different seed selects the same words", hint="all random numbers must come from rng")


# --- bonus: perplexity ---


def corpus_of(student, sizes: list[tuple[int, int, int]], vocab_size: int, scale: float) -> list[tuple[Tensor, Tensor]]:
    """Draw batches (B, T) with these numbers of labels; larger batches have more likely labels."""
    batches = []
    for rows, length, n_labels in sizes:
        logits = scale * student.draw.normal(rows, length, vocab_size)
        labels = student.draw.integers(0, vocab_size, (rows, length))
        logits += F.one_hot(labels, vocab_size) * min(5.0, rows * length / 8)
        places = torch.randperm(rows * length, generator=student.draw.generator)[n_labels:]
        labels.view(-1)[places] = IGNORED
        batches.append((logits, labels))
    return batches


def mean_loss(batches: list[tuple[Tensor, Tensor]]) -> float:
    """Return the mean loss over all labelled tokens, from the definition."""
    losses: list[float] = []
    for logits, labels in batches:
        known = labels != IGNORED
        rows = logits.double()[known]
        losses += (rows.logsumexp(-1) - rows.gather(-1, labels[known].view(-1, 1)).view(-1)).tolist()
    return math.fsum(losses) / len(losses)


def logarithms_of(means: list[float], answers: list[Any]) -> list[float | str]:
    """Return the logarithms of perplexities; the last mean is so large that its perplexity should be infinite.

    If it is not, there is a limit, whose number is left out, because there are many.
    """
    found: list[float | str] = []
    numbers = [answer.item() if isinstance(answer, Tensor) and answer.numel() == 1 else answer for answer in answers]
    if not all(isinstance(number, (int, float)) for number in numbers):
        return ["no number"]
    logarithms = [math.log(number) if number > 0 else math.nan for number in numbers]
    limit = logarithms[-1]
    for mean, got in zip(means, logarithms, strict=True):
        if not math.isfinite(got):
            found.append("infinite" if got > 0 else "NaN or not above 0")
        elif math.isclose(got, mean, rel_tol=1e-4):
            found.append("right")
        elif math.isfinite(limit) and got <= limit * (1 + 1e-4):
            found.append("the limit" if math.isclose(got, limit, rel_tol=1e-4) else "below the limit")
        else:
            found.append(got)
    return found


UNEQUAL = [(2, 3, 2), (5, 8, 31), (1, 4, 4), (3, 7, 9)]


class CheckPerplexity:
    """Perplexity of a corpus"""

    function = "perplexity"

    @check(points=1, visible=True)
    def check_ends(self, student):
        """uniform predictions have perplexity V, perfect predictions have perplexity 1"""
        found, expected = [], []
        for vocab_size in (student.draw.integer(30, 60), student.draw.integer(200, 300)):
            labels = [student.draw.integers(0, vocab_size, (rows, 4)) for rows in (3, 2)]
            nothing = [(torch.full((len(row), 4, vocab_size), 1.5), row) for row in labels]
            everything = [(90.0 * F.one_hot(row, vocab_size), row) for row in labels]
            found += [student.perplexity(nothing), student.perplexity(everything)]
            expected += [float(vocab_size), 1.0]
        whats = mark("perplexity of uniform predictions"), mark("perplexity of perfect predictions")
        for number, want, what in zip(found, expected, whats * 2, strict=True):
            hint = "perplexity is e to the power of the mean loss: what is the loss for a token with probability 1/V?"
            expect.close(number, want, what, tolerance=1e-4, hint=hint)

    @check(points=2, visible=True)
    def check_corpus(self, student):
        """all labelled tokens have equal weight, whichever batch they are in"""
        corpora = [
            corpus_of(student, UNEQUAL, student.draw.integer(11, 19), 2.0),
            corpus_of(student, [(4, 6, 24), (1, 2, 1), (25, 20, student.draw.integer(450, 499))], 23, 1.0),
            corpus_of(student, [(2, 5, 3), (3, 4, 6)], student.draw.integer(11, 19), 1.5),
        ]
        for labels in (corpora[1][1][1], *(labels for _, labels in corpora[2])):  # 0 is an ordinary token
            labels[labels != IGNORED] = 0
        some = corpora[0][1][1]
        some[some != IGNORED] = torch.arange(31) % 3  # 0, 1 and 2
        found = [student.perplexity(batches) for batches in corpora]
        for number, batches in zip(found, corpora, strict=True):
            hint = (
                "sum the losses of all labelled tokens in the corpus, divide once by their number, then "
                "exponentiate once"
            )
            expect.close(
                number,
                math.exp(mean_loss(batches)),
                say("perplexity over {count} batches", count=len(batches)),
                tolerance=1e-4,
                hint=hint,
            )

    @check(points=1, after=("corpus",))
    def check_huge(self, student):
        """very bad predictions give a huge perplexity, up to inf, and never raise an error"""
        vocab_size = student.draw.integer(11, 19)
        asked = []
        for worth, share in ((60.0, 1.0), (120.0, 1.0), (600.0, 1.0), (4000.0, 0.1), (700.0, 1.0), (5000.0, 1.0)):
            batches = []
            for rows in (2, 3):
                labels = student.draw.integers(0, vocab_size, (rows, 4))
                wrong = torch.zeros(rows * 4, 1)
                wrong[: max(1, int(share * len(wrong)))] = worth
                logits = student.draw.normal(rows, 4, vocab_size)
                logits += 800.0 * (torch.arange(4) % 2).view(1, 4, 1) - 400.0  # each position at its own level
                logits -= F.one_hot(labels, vocab_size) * wrong.view(rows, 4, 1)
                batches.append((logits, labels))
            if worth == 700:  # the mean loss should be just below 709, where float64 ends
                missing = 706.0 + float(student.draw.uniform(-1, 1)) - mean_loss(batches)
                batches = [(logits - missing * F.one_hot(labels, vocab_size), labels) for logits, labels in batches]
            asked.append(batches)
        with student.untraced():
            answers = [student.perplexity(batches) for batches in asked]
        student.note("logarithms", logarithms_of([mean_loss(batches) for batches in asked], answers))
        self.note_few(student, asked[0])
        for batches, found in zip(asked, answers, strict=True):
            mean = mean_loss(batches)
            expect.true(
                isinstance(found, (int, float, Tensor)),
                "perplexity is not a number",
                actual=expect.shown(found),
                reveal=True,
            )
            number = float(found.item() if isinstance(found, Tensor) else found)
            if mean > 1000:
                expect.close(number, math.inf, "perplexity with a mean loss far above 709")
                continue
            hint = "exp() overflows above about 88 in float32, and above about 709 in float64"
            expect.close(
                math.log(number) if number > 0 else number,
                mean,
                "logarithm of the perplexity with a mean loss between 50 and 709",
                tolerance=1e-4,
                hint=hint,
            )

    @staticmethod
    def note_few(student, batches: list[tuple[Tensor, Tensor]]) -> None:
        """Note whether one token with a loss of about 60 has a finite perplexity, since no product underflows there."""
        logits, labels = batches[0]
        row, place = (labels > 0).nonzero()[0].tolist() if bool((labels > 0).any()) else (0, 0)
        try:
            with student.untraced():
                found = student.perplexity([(logits[row, place].view(1, 1, -1), labels[row, place].view(1, 1))])
        except StudentRaised as error:
            if error.no_answer:
                raise
            found = None  # this check does not test a single token
        number = found.item() if isinstance(found, Tensor) and found.numel() == 1 else found
        finite = isinstance(number, (int, float)) and math.isfinite(number)
        student.note("one token with a loss of 60", "finite" if finite else "not finite")

    @check(points=1, after=("corpus",))
    def check_stream(self, student):
        """batches can come from a generator; without any labels, it is a ValueError"""
        vocab_size = student.draw.integer(11, 19)
        batches = corpus_of(student, [(3, 4, 7), (2, 5, 0), (2, 8, 15), (1, 6, 0)], vocab_size, 1.5)
        want = math.exp(mean_loss([batches[0], batches[2]]))
        hint = (
            "a batch without labels must add nothing to the sum of losses and nothing to the number of labelled tokens"
        )
        expect.close(
            student.pure("perplexity", batches),
            want,
            "perplexity when some batches have no labels",
            hint=hint,
            tolerance=1e-4,
        )
        streamed = student.fixtures.objectives.streamed(student.value(None, "perplexity"), batches)
        hint = "a Python generator has no length and can be read only once"
        expect.close(streamed, want, "perplexity of batches from a Python generator", hint=hint, tolerance=1e-4)
        for corpus in ([batches[1], batches[3]], []):
            with student.untraced():
                kinds = student.fixtures.objectives.refusal(student.value(None, "perplexity"), corpus)
            refused = isinstance(kinds, list) and "ValueError" in kinds
            got = kinds[0] if isinstance(kinds, list) and kinds else say("no error")
            division = isinstance(kinds, list) and "ZeroDivisionError" in kinds
            other = "a division by zero" if division else "another"
            student.note("refused", "a ValueError" if refused else "no error" if kinds == [] else other)
            expect.true(
                refused,
                "a corpus without labels: expected a ValueError",
                expected="ValueError",
                actual=str(got)[:60],
                hint="without labels there is nothing to average: what would you divide by?",
                reveal=True,
            )
