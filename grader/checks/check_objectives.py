"""Hidden checks of exercise-2: the objectives of pre-training.

Letters as in the exercise: B texts, T positions, V size of the vocabulary; all sizes differ. Losses are worked out here
in float64 from their definition.

What depends on dice is judged as a distribution. Its bounds lie seven standard deviations from the mean, so that a
correct answer fails by bad luck with a probability below 1e-11 per comparison, and below 1e-9 per check. The raw
results depend on the order in which a student draws, so they are taken untraced; the facts that follow from them,
shares rounded to one decimal, are stated as notes.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from grader import expect
from grader.check import check

IGNORED = -100

# --- corruption ---

PAD, CLS, SEP, MASK = 0, 1, 2, 4
FIRST_ORDINARY = 5
"""Smaller ids are special; a student may keep them out of the random draw."""


class Texts:
    """A batch of texts with [CLS], [SEP] and [PAD], 100 positions or more of each text ordinary, and who is special."""

    def __init__(self, student, vocab_size: int, rows: int = 100, length: int = 200, known: int | None = None) -> None:
        """Draw them; ``known`` limits the ordinary ids that occur."""
        self.vocab_size = vocab_size
        self.ids = student.draw.integers(FIRST_ORDINARY, known or vocab_size, (rows, length))
        ends = student.draw.integers(min(101, length - 1), length, (rows, 1))
        places = torch.arange(length)
        self.ids = torch.where(places == ends, SEP, torch.where(places > ends, PAD, self.ids))
        self.ids[:, 0] = CLS
        self.special = (places == 0) | (places >= ends)
        self.ordinary = ~self.special


class Corrupted:
    """What the student made of a batch; the facts that do not depend on the order of drawing are noted at once."""

    def __init__(self, student, texts: Texts, p: float | None, seed: int | None = None) -> None:
        """Call ``mask_tokens``; ``p`` None leaves the default, ``seed`` None the generator out."""
        options: dict[str, object] = {} if p is None else {"p": p}
        with student.untraced():
            if seed is not None:
                options["generator"] = student.given.objectives.generator(seed)
            answer = student.mask_tokens(texts.ids, texts.special, MASK, texts.vocab_size, **options)
        self.read(student, texts, answer, 0.15 if p is None else p)

    def read(self, student, texts: Texts, answer: object, p: float) -> None:
        """Look at shapes and types, and work out the facts."""
        self.ids, self.labels = two_tensors(answer, texts.ids)
        silent = self.labels[texts.special].unique().tolist()
        self.silent = silent[0] if len(silent) == 1 else IGNORED  # another number than -100 costs `labels`, not all
        self.selected = self.labels != self.silent
        changed = self.ids != texts.ids
        self.special_labelled = bool((self.selected & texts.special).any())
        self.special_changed = bool((changed & texts.special).any())
        strays = changed & texts.ordinary & ~self.selected
        self.strays = bool(strays.any())
        chosen = self.selected & texts.ordinary
        wrong = self.selected & (self.labels != texts.ids)
        self.rate = float(chosen.sum() / texts.ordinary.sum())
        self.n_selected = int(chosen.sum())
        masked, random = chosen & (self.ids == MASK), chosen & changed & (self.ids != MASK)
        self.random_ids = self.ids[random]
        fates = (masked, random, chosen & ~changed)
        self.shares = [float(fate.sum() / max(1, self.n_selected)) for fate in fates]
        student.note("silent label", self.silent)
        student.note("wrong labels", "none" if not wrong.any() else kind(self.labels, self.ids, wrong))
        student.note("special tokens labelled, changed", f"{self.special_labelled} {self.special_changed}")
        student.note("changed without a label", kind(self.ids, self.ids, strays) if self.strays else "none")
        student.note("labelled share, of p", f"{self.rate / p if p else self.rate:.1f}")
        student.note("masked, random, kept", " ".join(f"{share:.1f}" for share in self.shares))


def kind(numbers: Tensor, corrupted: Tensor, places: Tensor) -> str:
    """What stands at some places: one and the same number, the corrupted ids, or something else."""
    found = numbers[places]
    if bool((found == found[0]).all()):
        return str(int(found[0]))
    return "the corrupted ids" if torch.equal(found, corrupted[places]) else "others"


def two_tensors(answer: Any, like: Tensor) -> tuple[Tensor, Tensor]:
    """Corrupted ids and labels: integers of the shape of the input."""
    expect.true(
        isinstance(answer, (tuple, list)) and len(answer) == 2,
        "mask_tokens returns two tensors: corrupted ids and labels",
        actual=answer,
        reveal=True,
    )
    for what, tensor in zip(("the corrupted ids", "the labels"), answer, strict=True):
        expect.shape(tensor, like.shape, what)
        whole = not (tensor.is_floating_point() or tensor.is_complex() or tensor.dtype == torch.bool)
        expect.true(whole, f"{what} should be integers", actual=tensor.dtype, reveal=True)
    return answer[0].long(), answer[1].long()


def seven_sigma(share: float, n: int) -> float:
    """Seven standard deviations of a share of n independent throws: exceeded with a probability below 1e-11."""
    return 7 * math.sqrt(share * (1 - share) / n)


class CheckMaskTokens:
    """15 % selected; of these 80 % [MASK], 10 % random, 10 % kept"""

    function = "mask_tokens"

    @check(points=2, visible=True)
    def check_labels(self, student):
        """a label is the original id where a token was selected, and -100 elsewhere"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        made = Corrupted(student, texts, p=0.3, seed=student.draw.seed())
        expect.true(
            made.selected.any(),
            "no position has a label, with p = 0.3",
            hint="the positions that were selected get a label: the id that stood there",
        )
        wrong = (made.labels != IGNORED) & (made.labels != texts.ids)
        places = wrong.nonzero()[:1].tolist()
        place = tuple(places[0]) if places else (0, 0)
        expect.true(
            not places,
            "a label is neither -100 nor the id that stood there before",
            expected=f"-100 or {texts.ids[place]}",
            actual=made.labels[place],
            hint="which id stood here in the ORIGINAL text, and which label does PyTorch skip by default?",
            reveal=True,
        )

    @check(points=1, visible=True)
    def check_specials(self, student):
        """[CLS], [SEP] and [PAD] are never selected and never changed"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        made = Corrupted(student, texts, p=1.0, seed=student.draw.seed())
        hint = "special tokens carry no content that could be predicted: see what special_mask says of them"
        expect.true(not made.special_labelled, "a special token has a label", hint=hint)
        expect.true(not made.special_changed, "a special token was replaced", hint=hint)
        expect.true(made.n_selected, "no ordinary token has a label, with p = 1", hint=hint)

    @check(points=1)
    def check_rate(self, student):
        """the share p of the ordinary tokens is selected, each by a throw of its own"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        n = int(texts.ordinary.sum())
        default = Corrupted(student, texts, p=None)
        other = Corrupted(student, texts, p=0.3, seed=student.draw.seed())
        none = Corrupted(student, texts, p=0.0, seed=student.draw.seed())
        everything = Corrupted(student, texts, p=1.0, seed=student.draw.seed())
        # A row or a column with 99 ordinary tokens or more is all or nothing with a probability below 0.7**99 = 5e-16;
        # there are 199 of them.
        columns = range(1, 100)
        whole_rows = any(
            len(set(row[ordinary].tolist())) < 2 for row, ordinary in zip(other.selected, texts.ordinary, strict=True)
        )
        whole_columns = any(len(set(other.selected[:, place].tolist())) < 2 for place in columns)
        student.note("rows, columns as a whole", f"{whole_rows} {whole_columns}")
        hint = "p is the share of the ordinary tokens that get a label; what becomes of them is another matter"
        for made, p in ((default, 0.15), (other, 0.3), (none, 0.0), (everything, 1.0)):
            expect.true(
                abs(made.rate - p) <= seven_sigma(p, n),
                f"the share of ordinary tokens with a label is too far from p = {p}",
                expected=f"{p} ± {seven_sigma(p, n):.3f}",
                actual=f"{made.rate:.3f}",
                hint=hint,
                reveal=True,
            )
        expect.true(
            not (whole_rows or whole_columns),
            f"a whole {'text' if whole_rows else 'position'} is selected or spared at once",
            hint="every token throws its own die: how many random numbers does a batch of B texts of T tokens need?",
        )

    @check(points=3)
    def check_split_80_10_10(self, student):
        """of the SELECTED tokens 80 % become [MASK], 10 % a random token, and 10 % stay"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        for p in (0.75, 1.0):  # a second p, since one throw for both decisions may look right at one of them
            made = Corrupted(student, texts, p=p, seed=student.draw.seed())
            expect.true(made.n_selected, f"no token has a label, with p = {p}")
            for share, want, fate in zip(
                made.shares, (0.8, 0.1, 0.1), ("become [MASK]", "become another token", "stay as they are"), strict=True
            ):
                slack = seven_sigma(want, made.n_selected) + 1e-3  # a random token may be [MASK], or the old one
                expect.true(
                    abs(share - want) <= slack,
                    f"the share of the selected tokens that {fate} is not {want:.0%}",
                    expected=f"{want} ± {slack:.3f}",
                    actual=f"{share:.3f}",
                    hint="three fates that exclude each other; a selected token has a label whichever one it meets",
                    reveal=True,
                )

    @check(points=1)
    def check_random_range(self, student):
        """random tokens come from the whole vocabulary, and from nowhere else"""
        # 19,000 throws, some 1,900 random tokens: one of 55 ids is missing with a probability of 55 * (59/60)**1900,
        # about 1e-12. Only six ids occur in the texts, and T = 40 is less than V = 60.
        texts = Texts(student, vocab_size=60, rows=500, length=40, known=FIRST_ORDINARY + 6)
        made = Corrupted(student, texts, p=1.0, seed=student.draw.seed())
        expect.true(
            len(made.random_ids), "no token was replaced by a random one, with p = 1", hint="one in ten should be"
        )
        found = set(made.random_ids.tolist())
        outside = sorted(token for token in found if not 0 <= token < texts.vocab_size)
        missing = sorted(set(range(FIRST_ORDINARY, texts.vocab_size)) - found)
        student.note("outside the vocabulary", str([token - texts.vocab_size for token in outside[:3]]))
        student.note("missing", str(missing[:3]))
        expect.true(
            not outside,
            "a random token has an id that does not exist",
            expected="0 to 59, with vocab_size = 60",
            actual=outside[:5],
            hint="ids run from 0 to vocab_size - 1",
            reveal=True,
        )
        expect.true(
            not missing,
            "some ordinary ids never appear as a random token",
            actual=missing,
            hint="each of the ids of the vocabulary has the same chance, whatever occurs in the batch",
        )

    @check(points=1)
    def check_unselected(self, student):
        """a token without a label is unchanged"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        made = Corrupted(student, texts, p=0.3, seed=student.draw.seed())
        expect.true(
            not made.strays,
            "an ordinary token was replaced, but has no label",
            hint="whatever is replaced is asked for; a hole without a question is only noise",
        )

    @check(points=1)
    def check_pure_and_seeded(self, student):
        """the input is left alone; equal seeds give equal results, and the dice are thrown anew in every call"""
        texts = Texts(student, vocab_size=student.draw.integer(2000, 3000))
        seed, other = student.draw.seed(), student.draw.seed()
        rest = MASK, texts.vocab_size
        with student.untraced():
            dice = student.given.objectives.generator(seed)
            function = student.value(None, "mask_tokens")
            call = student.given.objectives.corrupted_beside_its_input
            first = call(function, texts.ids, texts.special, *rest, generator=dice)
            later = student.mask_tokens(texts.ids, texts.special, *rest, generator=dice)
            again, different = (
                student.mask_tokens(
                    texts.ids, texts.special, *rest, generator=student.given.objectives.generator(number)
                )
                for number in (seed, other)
            )
        pure = bool(torch.equal(first["input_ids"], texts.ids) and torch.equal(first["special_mask"], texts.special))
        results = [two_tensors(answer, texts.ids) for answer in (first["answer"], again, later, different)]
        (ids, labels), (ids_again, labels_again), (_, labels_later), (_, labels_different) = results
        given_dice = "is every random number drawn from the generator that you were given?"
        demands = (
            (pure, "the batch that went in is changed", "the next epoch wants to mask the same text anew: use a copy"),
            (torch.equal(labels, labels_again), "the same seed selects other tokens", given_dice),
            (torch.equal(ids, ids_again), "the same seed gives other corrupted ids", given_dice),
            (
                not torch.equal(labels, labels_later),
                "the next call with the same generator selects the same tokens again",
                "a generator moves on by itself; nobody has to seed it again",
            ),
            (
                not torch.equal(labels, labels_different),
                "another seed selects the same tokens",
                "the generator that you were given decides; has yours a seed of its own?",
            ),
        )
        for holds, otherwise, _ in demands:
            student.note(otherwise, not holds)
        for holds, otherwise, hint in demands:
            expect.true(holds, otherwise, hint=hint)


# --- losses ---


def surprise(logits: Tensor, targets: Tensor) -> Tensor:
    """-log P of every target, (B, T) in float64."""
    return -logits.double().log_softmax(-1).gather(-1, targets.unsqueeze(-1)).squeeze(-1)


def graded(student, name: str, *arguments: Tensor) -> tuple[Tensor, Tensor]:
    """Loss and gradient of the logits, for a loss of the student."""
    with student.untraced():
        function = student.value(None, name)
    found = student.given.objectives.loss_and_gradient(function, *arguments)
    return found["loss"], found["gradient"]


def one_number(loss: object) -> object:
    """A loss of shape (1,) is as good as one without dimensions."""
    return loss.reshape(()) if isinstance(loss, Tensor) and loss.numel() == 1 else loss


class Riddle:
    """Random logits, and labels at few places: one in the first text, three in the second, none in the third, ..."""

    def __init__(self, student, scale: float = 2.0) -> None:
        """Draw them; the id 0 is among the labels."""
        self.B, self.T, self.V = 4, student.draw.integer(8, 12), student.draw.integer(13, 20)
        self.logits = scale * student.draw.normal(self.B, self.T, self.V)
        self.ids = student.draw.integers(0, self.V, (self.B, self.T))
        self.labelled = torch.zeros(self.B, self.T, dtype=torch.bool)
        for row, count in enumerate((1, 3, 0, 5)):
            self.labelled[row, torch.randperm(self.T, generator=student.draw.generator)[:count]] = True
        self.ids[1, self.labelled[1].nonzero()[0]] = 0
        self.labels = self.ids.masked_fill(~self.labelled, IGNORED)

    def loss(self) -> Tensor:
        """The mean over labelled positions."""
        return surprise(self.logits, self.ids)[self.labelled].mean()


class CheckMlmLoss:
    """The mean cross entropy over labelled positions"""

    function = "mlm_loss"

    @check(points=3, visible=True)
    def check_value(self, student):
        """the loss is the mean cross entropy over the labelled positions of the batch"""
        riddle = Riddle(student)
        n = int(riddle.labelled.sum())
        expect.close(
            one_number(student.mlm_loss(riddle.logits, riddle.labels)),
            riddle.loss(),
            f"loss of a batch with {n} labels at {riddle.labels.numel()} positions",
            hint="a position answers for itself; only labelled ones count, and each of them counts the same",
        )

    @check(points=2)
    def check_ignores_rest(self, student):
        """logits at positions without a label have no influence and no gradient"""
        riddle = Riddle(student)
        before, gradient = graded(student, "mlm_loss", riddle.logits, riddle.labels)
        noise = 3 * student.draw.normal(*riddle.logits.shape)
        after = student.mlm_loss(riddle.logits + noise.masked_fill(riddle.labelled.unsqueeze(-1), 0), riddle.labels)
        hint = "only positions with a label are asked anything; what do the others enter your mean with?"
        expect.close(one_number(after), one_number(before), "loss after a change of logits elsewhere", hint=hint)
        silent = gradient[~riddle.labelled]
        expect.close(silent, torch.zeros_like(silent), "gradient at positions without a label", hint=hint)
        expect.true(
            bool((gradient[riddle.labelled] != 0).any()),
            "no gradient arrives at the labelled positions either",
            hint="the loss must stay on the graph of the logits",
        )

    @check(points=1)
    def check_empty(self, student):
        """a batch without any label has the loss 0, and can be sent backward"""
        riddle = Riddle(student)
        hint = "15 % of 23 tokens may be none at all: what does your mean divide by then?"
        loss, gradient = graded(student, "mlm_loss", riddle.logits, torch.full_like(riddle.labels, IGNORED))
        expect.close(one_number(loss), 0.0, "loss of a batch without labels", hint=hint)
        expect.close(gradient, torch.zeros_like(gradient), "its gradient", hint=hint)

    @check(points=1)
    def check_ln_V(self, student):
        """equal logits give ln V, and huge ones a finite loss"""
        riddle = Riddle(student)
        level = student.draw.normal(riddle.B, riddle.T, 1)
        expect.close(
            one_number(student.mlm_loss(level.expand_as(riddle.logits).contiguous(), riddle.labels)),
            torch.tensor(float(riddle.V)).log(),
            f"loss of a model that holds all {riddle.V} tokens for equally likely",
            hint="natural logarithm of the number of tokens: what does yours give for 1/V each?",
        )
        huge = 1000 * F.one_hot((riddle.ids + 1) % riddle.V, riddle.V).float()
        loss = one_number(student.mlm_loss(huge, riddle.labels))
        student.note("finite", isinstance(loss, Tensor) and bool(loss.isfinite().all()))
        expect.close(
            loss,
            1000.0,
            "loss of a model that is sure of a wrong token, by a logit of 1000",
            hint="a softmax rounds to 0 here, and its logarithm is lost; which function takes both steps at once?",
        )


class Pages:
    """Random logits for texts of different lengths, padded on the right; no token follows itself."""

    LENGTHS = (11, 4, 7, 2)
    PAD = 0

    def __init__(self, student) -> None:
        """Draw them."""
        self.B, self.T, self.V = len(self.LENGTHS), max(self.LENGTHS), student.draw.integer(13, 20)
        self.logits = 2 * student.draw.normal(self.B, self.T, self.V)
        steps = student.draw.integers(1, self.V - 1, (self.B, self.T))
        self.full = 1 + steps.cumsum(1) % (self.V - 1)
        self.mask = (torch.arange(self.T) < torch.tensor(self.LENGTHS).unsqueeze(1)).long()
        self.ids = self.full * self.mask  # [PAD] is 0

    def next_tokens(self, ids: Tensor) -> Tensor:
        """-log P of the token after each position but the last, (B, T - 1)."""
        return surprise(self.logits[:, :-1], ids[:, 1:])


class CheckClmLoss:
    """The mean cross entropy of the next token"""

    function = "clm_loss"

    @check(points=3, visible=True, uses=("mlm_loss",))
    def check_shift(self, student):
        """position t predicts the token at t + 1"""
        pages = Pages(student)
        expect.close(
            one_number(student.clm_loss(pages.logits, pages.full)),
            pages.next_tokens(pages.full).mean(),
            f"loss of {pages.B} texts of {pages.T} tokens, {pages.T - 1} questions each",
            hint="which token does the model not know yet when it stands at position t?",
        )

    @check(points=2, uses=("mlm_loss",))
    def check_padding(self, student):
        """padding is no target, and every real target of the batch has the same weight"""
        pages = Pages(student)
        real = pages.mask[:, 1:].bool()
        expect.close(
            one_number(student.clm_loss(pages.logits, pages.ids, attention_mask=pages.mask)),
            pages.next_tokens(pages.ids)[real].mean(),
            f"loss of texts of {', '.join(map(str, pages.LENGTHS))} tokens: {int(real.sum())} targets in all",
            hint="a text of n tokens has n - 1 questions; does your mask belong to the position, or to its target?",
        )

    @check(points=1, uses=("mlm_loss",))
    def check_oracle(self, student):
        """who knows the next token has the loss 0; who repeats the current one has a large loss"""
        pages = Pages(student)
        knows = 50 * F.one_hot(pages.full.roll(-1, 1), pages.V).float()
        copies = 50 * F.one_hot(pages.full, pages.V).float()
        expect.close(
            one_number(student.clm_loss(knows, pages.full)),
            0.0,
            "loss of a model that is sure of the right next token",
            hint="let the model say at every position what comes next: what is left to learn?",
        )
        expect.close(
            one_number(student.clm_loss(copies, pages.full)),
            50.0,
            "loss of a model that repeats what it has just read",
            hint="repeating the current token must not pay: it is no prediction",
        )

    @check(points=1, uses=("mlm_loss",))
    def check_last_logit_unused(self, student):
        """the last position has no target; every other one has"""
        pages = Pages(student)
        loss, gradient = graded(student, "clm_loss", pages.logits, pages.full)
        other = pages.logits.clone()
        other[:, -1] = student.draw.normal(pages.B, pages.V)
        hint = "n tokens hold n - 1 questions: nothing follows the last one, not even the first"
        expect.close(
            one_number(student.clm_loss(other, pages.full)),
            one_number(loss),
            "loss after a change of the last logits",
            hint=hint,
        )
        expect.close(gradient[:, -1], torch.zeros(pages.B, pages.V), "gradient at the last position", hint=hint)
        asked = gradient.abs().sum(-1)[:, :-1] > 0
        expect.true(
            asked.all(),
            "some position before the last has no gradient",
            expected=f"{asked.numel()} positions",
            actual=f"{int(asked.sum())} positions",
            hint="teacher forcing: all questions of a text are asked at once",
        )


# --- attention ---


def seen(student, mask: Tensor, causal: bool) -> list[Tensor]:
    """What the student lets the real queries of each text see, (real queries, T) each; the other rows are free."""
    with student.untraced():
        answer = student.attention_visibility(mask, causal=causal)
    student.note("shape", str(tuple(answer.shape)) if isinstance(answer, Tensor) else "no tensor")
    expect.shape(answer, (*mask.shape, mask.shape[1]), "the visibility", hint="a row per query, a column per key")
    rows = [answer[number][real.bool()] for number, real in enumerate(mask)]
    for row in rows:
        student.note("finite", bool(row.isfinite().all()))
        student.note("seen", row.float())
    outside = [bool((row.float() * (1 - real)).any()) for row, real in zip(rows, mask, strict=True)]
    if any(outside):  # a token sees padding; then, and only then, it is of interest what the padding sees
        student.note("padding sees nothing", not any(answer[n][~real.bool()].any() for n, real in enumerate(mask)))
    return rows


def allowed(mask: Tensor, causal: bool) -> list[Tensor]:
    """The same by the rule, one query and one key at a time."""
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
    """A small drawing: # visible, . hidden."""
    return " / ".join("".join("#" if cell else "." for cell in row) for row in rows.tolist())


def same_view(got: Tensor, want: Tensor, what: str, hint: str) -> None:
    """One text, all real queries: True, or 1, where it is visible."""
    expect.true(
        torch.equal(got.float(), want.float()),
        f"{what}: not what was expected (# visible, . hidden, a group per query)",
        expected=picture(want),
        actual=picture(got) if got.dtype == torch.bool else got,
        hint=hint,
        reveal=True,
    )


def padded(student, length: int, left: bool) -> Tensor:
    """(3, length) of 0 and 1: texts of different lengths, the second one full."""
    lengths = torch.tensor([[student.draw.integer(3, length - 1)], [length], [2]])
    mask = (torch.arange(length) < lengths).long()
    return mask.flip(1) if left else mask


class CheckAttentionVisibility:
    """Who may look at whom"""

    function = "attention_visibility"

    @check(points=1, visible=True)
    def check_full(self, student):
        """bidirectional: every query sees every real key, before and after it"""
        T = student.draw.integer(4, 7)
        mask = torch.ones(2, T, dtype=torch.long)
        for got, want in zip(seen(student, mask, causal=False), allowed(mask, causal=False), strict=True):
            same_view(
                got, want, "a full text, causal=False", "MLM reads in both directions; True means that it is visible"
            )

    @check(points=2, visible=True)
    def check_causal(self, student):
        """causal: a query sees itself and what came before it"""
        T = student.draw.integer(4, 7)
        mask = torch.ones(3, T, dtype=torch.long)
        for got, want in zip(seen(student, mask, causal=True), allowed(mask, causal=True), strict=True):
            same_view(got, want, "a full text, causal=True", "in which half lies the past, and who sees the diagonal?")

    @check(points=2)
    def check_padding(self, student):
        """padding is visible to no token, in either mode and on either side"""
        for causal in (False, True):
            for left in (False, True):
                mask = padded(student, student.draw.integer(5, 9), left)
                hidden = [1 - real for real in mask]
                for number, got in enumerate(seen(student, mask, causal)):
                    what = f"a text padded on the {'left' if left else 'right'}, causal={causal}"
                    expect.true(
                        not bool((got.float() * hidden[number] != 0).any()),
                        f"{what}: a token sees padding",
                        expected=f"nothing at {picture(mask[number : number + 1])}",
                        actual=picture(got),
                        hint="the mask says which KEYS exist; which axis is that?",
                        reveal=True,
                    )
                    real = mask[number].bool()
                    (alone,) = seen(student, torch.ones(1, int(real.sum()), dtype=torch.long), causal)
                    same_view(
                        got[:, real],
                        alone,
                        f"{what}: the tokens among themselves, against the same text without padding",
                        "padding changes nothing between tokens; each text of the batch has its own mask",
                    )

    @check(points=1)
    def check_no_empty_row(self, student):
        """every token sees at least itself, or its softmax would be NaN"""
        for causal in (False, True):
            for left in (False, True):
                mask = padded(student, student.draw.integer(5, 9), left)
                for number, got in enumerate(seen(student, mask, causal)):
                    places = mask[number].nonzero().flatten()
                    own = got[torch.arange(len(places)), places]
                    expect.true(
                        bool((got != 0).any(1).all()),
                        f"a token sees nothing at all (causal={causal}, padding on the {'left' if left else 'right'})",
                        actual=picture(got),
                        hint="what is the softmax of a row that is hidden altogether?",
                        reveal=True,
                    )
                    expect.true(
                        bool((own != 0).all()),
                        f"a token does not see itself (causal={causal}, padding on the {'left' if left else 'right'})",
                        actual=picture(got),
                        hint="position t predicts what comes at t + 1, so it may look at itself",
                        reveal=True,
                    )


# --- pairs of sentences ---


class Library:
    """Documents whose sentences are all different, so that each is known by where it stands."""

    def __init__(self, student, single: bool = False) -> None:
        """Draw them: five with several sentences; with ``single`` also two with one."""
        lengths = [student.draw.integer(3, 7) for _ in range(5)]
        if single:
            lengths[1:1], lengths[4:4] = [1], [1]
        numbers = torch.randperm(10_000, generator=student.draw.generator).tolist()
        self.documents = [[f"Sentence {numbers.pop()}." for _ in range(length)] for length in lengths]
        self.place = {
            sentence: (number, index)
            for number, sentences in enumerate(self.documents)
            for index, sentence in enumerate(sentences)
        }


class Pairs:
    """What the student made of them; the facts that do not depend on the order of drawing are noted at once."""

    def __init__(self, student, library: Library, n_pairs: int) -> None:
        """Call ``make_nsp_pairs`` with fresh dice."""
        with student.untraced():
            dice = student.given.objectives.dice(student.draw.seed())
            answer = student.make_nsp_pairs(library.documents, n_pairs, dice)
        self.triples = triples_of(answer)
        expect.true(
            all(sentence in library.place for first, second, _ in self.triples for sentence in (first, second)),
            "a pair holds a sentence that stands in no document",
            hint="sentences are handed on as they are",
        )
        places = [(library.place[first], library.place[second]) for first, second, _ in self.triples]
        labels = [label for _, _, label in self.triples]
        self.positive = [pair for pair, label in zip(places, labels, strict=True) if label == 0]
        self.negative = [pair for pair, label in zip(places, labels, strict=True) if label == 1]
        self.steps = sorted({other[1] - one[1] for one, other in self.positive if one[0] == other[0]})
        self.crossing = sum(one[0] != other[0] for one, other in self.positive)
        self.strangers = [one[0] != other[0] for one, other in self.negative]
        self.starts = {one for one, _ in self.positive}
        student.note("how many", "right" if len(labels) == n_pairs else f"{len(labels) / n_pairs:.1f}")
        student.note("share of label 0", f"{len(self.positive) / max(1, len(labels)):.1f}")
        kinds = {"next": 1 in self.steps, "later": max(self.steps, default=1) > 1, "same": 0 in self.steps}
        kinds |= {"before": -1 in self.steps, "long before": min(self.steps, default=0) < -1}
        student.note("second sentence of positive pairs", ", ".join(kind for kind, found in kinds.items() if found))
        student.note("positive pairs over a border", "none" if not self.crossing else "some")
        student.note("negative pairs of one document", stated(self.strangers))
        following = [one[0] == other[0] and other[1] - one[1] == 1 for one, other in self.negative]
        student.note("negative pairs in sequence", stated([not follows for follows in following]))
        student.note("documents of positive pairs", min(3, len({number for number, _ in self.starts})))
        student.note("places of positive pairs", min(3, len({place for _, place in self.starts})))
        student.note("first documents of negative pairs", min(3, len({one[0] for one, _ in self.negative})))


def stated(good: list[bool]) -> str:
    """How many are not."""
    return "none" if all(good) else "all" if not any(good) else "some"


def triples_of(answer: Any) -> list[tuple[str, str, int]]:
    """Any sequence of triples; a label may be a bool or a tensor of one number."""
    expect.true(isinstance(answer, (list, tuple)), "make_nsp_pairs returns a list", actual=answer, reveal=True)
    triples = []
    for entry in answer:
        expect.true(
            isinstance(entry, (list, tuple)) and len(entry) == 3,
            "an entry is no triple (first sentence, second sentence, label)",
            actual=entry,
            reveal=True,
        )
        first, second, label = entry
        if isinstance(label, Tensor):
            label = label.item() if label.numel() == 1 else None
        expect.true(
            isinstance(first, str) and isinstance(second, str) and label in (0, 1),
            "a triple holds two sentences and then a label, 0 or 1",
            actual=entry,
            reveal=True,
        )
        triples.append((first, second, int(label)))
    return triples


class CheckMakeNspPairs:
    """Half consecutive, half from another document"""

    function = "make_nsp_pairs"

    N = 400

    @check(points=1, visible=True)
    def check_count(self, student):
        """as many triples as were asked for, even if some documents have a single sentence"""
        library = Library(student, single=True)
        for n in (student.draw.integer(301, 399), 1):
            with student.untraced():
                dice = student.given.objectives.dice(student.draw.seed())
                answer = student.make_nsp_pairs(library.documents, n, dice)
            triples = triples_of(answer)
            student.note("how many", "right" if len(triples) == n else f"{len(triples) / n:.1f}")
            expect.equal(
                len(triples), n, "number of pairs", hint="one triple in each turn, whatever its label", reveal=True
            )

    @check(points=2, visible=True)
    def check_positive(self, student):
        """label 0: the second sentence follows the first one in the same document"""
        pairs = Pairs(student, Library(student), self.N)
        hint = "0 means that B follows A, in transformers; and does a document go on after its last sentence?"
        expect.true(pairs.positive, f"no pair among {self.N} has the label 0", hint=hint)
        expect.true(not pairs.crossing, f"{pairs.crossing} pairs with label 0 come from two documents", hint=hint)
        expect.equal(pairs.steps, [1], "steps from the first to the second sentence", hint=hint, reveal=True)

    @check(points=2)
    def check_negative(self, student):
        """label 1: the second sentence comes from another document"""
        pairs = Pairs(student, Library(student), self.N)
        expect.true(pairs.negative, f"no pair among {self.N} has the label 1", hint="a task needs both of its classes")
        expect.true(
            all(pairs.strangers),
            f"{pairs.strangers.count(False)} of {len(pairs.strangers)} pairs with label 1 come from one document",
            hint="a sentence of the same text can be its true continuation: where must the other one come from?",
        )

    @check(points=1)
    def check_balance(self, student):
        """about half of the pairs of either label, from several documents and places"""
        # 400 tosses; 7 standard deviations are 0.175. That 150 positive pairs use fewer than three of five documents
        # has a probability below 10 * (2/5)**130, and fewer than two places an even smaller one.
        pairs = Pairs(student, Library(student), self.N)
        share = len(pairs.positive) / self.N
        expect.true(
            abs(share - 0.5) <= seven_sigma(0.5, self.N),
            "the share of pairs with label 0 is too far from one half",
            expected=f"0.5 ± {seven_sigma(0.5, self.N):.3f}",
            actual=f"{share:.3f}",
            hint="a fair coin, tossed anew for every pair",
            reveal=True,
        )
        n_documents, n_places = (len({start[axis] for start in pairs.starts}) for axis in (0, 1))
        n_others = len({one[0] for one, _ in pairs.negative})
        expect.true(
            min(n_documents, n_others) >= 3 and n_places >= 2,
            "the pairs begin in too few documents, or always at the same place",
            expected="several documents and places",
            actual=f"{min(n_documents, n_others)} documents, {n_places} places",
            hint="draw the document, and the place in it, anew for every pair",
            reveal=True,
        )

    @check(points=1)
    def check_seeded(self, student):
        """equal seeds give equal pairs, other seeds others"""
        library = Library(student)
        seed, other = student.draw.seed(), student.draw.seed()
        with student.untraced():
            first, again, different = (
                triples_of(student.make_nsp_pairs(library.documents, 60, student.given.objectives.dice(number)))
                for number in (seed, seed, other)
            )
        student.note("same seed, same pairs", first == again)
        student.note("other seed, other pairs", first != different)
        expect.true(
            first == again,
            "the same seed gave other pairs",
            hint="is every random number drawn from the `rng` that you were given?",
        )
        expect.true(
            first != different,
            "another seed gave the same pairs",
            hint="the `rng` that you were given decides; have you made one of your own?",
        )


# --- filling in ---


class Cloze:
    """A text with holes, and what a model says at every position."""

    def __init__(self, student, masks: tuple[int, ...]) -> None:
        """Draw it; ``masks`` are the places of [MASK]."""
        self.T, self.V, self.masks = 9, student.draw.integer(17, 30), masks
        self.mask_id = student.draw.integer(0, self.V)
        self.ids = student.draw.integers(0, self.V - 1, (self.T,))
        self.ids += self.ids >= self.mask_id  # every id but that of [MASK]
        self.ids[list(masks)] = self.mask_id
        # Steps of 0.3 between neighbours, so that no rounding decides who is first.
        steps = [torch.randperm(self.V, generator=student.draw.generator) for _ in range(self.T)]
        self.logits = 0.3 * torch.stack(steps).float() + student.draw.uniform(-2, 2, self.T, 1)
        self.probabilities = self.logits.double().softmax(-1)

    def best(self, place: int, k: int) -> list[int]:
        """Ids of the k most probable tokens."""
        found: list[int] = self.logits[place].topk(k).indices.tolist()
        return found


def guesses_of(student, cloze: Cloze, *rest: int, **options: int) -> list[list[tuple[float, float]]]:
    """The student's guesses as plain pairs: a list of lists of (id, number)."""
    with student.untraced():
        answer = student.fill_mask_topk(cloze.logits, cloze.ids, cloze.mask_id, *rest, **options)
    guesses = [plain_pairs(entry) for entry in answer] if isinstance(answer, (list, tuple)) else None
    well_formed = guesses is not None and all(entry is not None for entry in guesses)
    student.note("guesses", guesses if well_formed else "malformed")
    expect.true(
        well_formed,
        "fill_mask_topk returns a list per [MASK], each a list of pairs (token id, probability)",
        actual=answer,
        reveal=True,
    )
    return guesses  # type: ignore[return-value]


def plain_pairs(entry: object) -> list[tuple[float, float]] | None:
    """Pairs of numbers, whatever holds them."""
    if isinstance(entry, Tensor):
        entry = entry.tolist()
    if not isinstance(entry, (list, tuple)):
        return None
    pairs: list[tuple[float, float]] = []
    for pair in entry:
        if isinstance(pair, Tensor):
            pair = pair.tolist()
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            return None
        numbers = [part.item() if isinstance(part, Tensor) and part.numel() == 1 else part for part in pair]
        if not all(isinstance(number, (int, float)) and not abs(number) > 1e15 for number in numbers):
            return None
        token, probability = numbers
        pairs.append((int(token) if float(token).is_integer() else token, float(probability)))
    return pairs


def upright(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """With the id in front; pairs that were turned round cost the points of ``probability``, not those of the rest."""
    turned = all(isinstance(last, float) and last.is_integer() for _, last in pairs)
    return [(int(last), float(first)) for first, last in pairs] if turned and pairs else pairs


class CheckFillMaskTopk:
    """The best guesses at every [MASK]"""

    function = "fill_mask_topk"

    @check(points=2, visible=True)
    def check_each_mask(self, student):
        """one list per [MASK], in the order of the text, with the k most probable tokens"""
        for masks, options in (((3,), {}), ((1, 4, 5, 8), {"k": 3})):
            cloze, k = Cloze(student, masks), options.get("k", 5)
            guesses = guesses_of(student, cloze, **options)
            expect.equal(
                len(guesses),
                len(masks),
                f"number of lists for a text with {len(masks)} [MASK]",
                hint="a text can hold several masks, and each of them wants an answer",
                reveal=True,
            )
            for place, pairs in zip(masks, guesses, strict=True):
                expect.equal(
                    sorted(token for token, _ in upright(pairs)),
                    sorted(cloze.best(place, k)),
                    f"ids of the {k} guesses for the [MASK] at position {place}, sorted",
                    hint="an MLM answers at the masked position itself; the largest logits there are its best guesses",
                )

    @check(points=2)
    def check_probability(self, student):
        """the numbers are probabilities among the whole vocabulary"""
        cloze = Cloze(student, (2, 6))
        guesses = guesses_of(student, cloze, k=4)
        expect.true(guesses and guesses[0], "no guess for a text with two [MASK]", actual=guesses, reveal=True)
        for place, pairs in zip(cloze.masks, guesses, strict=False):
            expect.true(
                all(isinstance(token, int) and 0 <= token < cloze.V for token, _ in pairs),
                "a pair does not begin with a token id",
                actual=pairs,
                hint="first the id, then its probability",
                reveal=True,
            )
            for token, probability in pairs:
                expect.close(
                    probability,
                    cloze.probabilities[place, token],
                    f"probability of token {token} at position {place}",
                    hint="softmax over all V tokens first, and only then the k best: the others keep their share",
                )

    @check(points=1)
    def check_order_and_none(self, student):
        """the most probable token comes first; a text without [MASK] gives an empty list"""
        cloze = Cloze(student, (0, 7))
        guesses = guesses_of(student, cloze, k=4)
        expect.true(guesses and guesses[0], "no guess for a text with two [MASK]", actual=guesses, reveal=True)
        for pairs in guesses:
            numbers = [probability for _, probability in upright(pairs)]
            expect.true(
                numbers == sorted(numbers, reverse=True),
                "the guesses are not in falling order",
                actual=numbers,
                hint="the best guess first",
                reveal=True,
            )
        expect.equal(
            guesses_of(student, Cloze(student, ())),
            [],
            "answer for a text without [MASK]",
            hint="no question, no answer: a list without entries",
            reveal=True,
        )
