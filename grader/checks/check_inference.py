"""Hidden checks of exercise-8: from a text to a label and a probability.

The judge draws the same weights as the student process, from the same seeds, and computes by arithmetic what a tiny
BERT predicts for each text, alone and without padding. So it need not wait for transformers, and it needs no masks.

The judge also learns from the answers how the student's code called the model: a metered model
(``grader.fixtures.inference``) predicts a class that reports the number of the call, the width of the batch or the
mode, and gives that class a probability that reports the same. Either is accepted, so a wrong confidence costs nothing
in a check of labels, and vice versa; but if they belong to different classes, the label is ignored, and it costs
points in one check. What the helpers in the student process report can only cost points.

Which texts share a batch is the student's choice. Results that depend on it are read untraced, and noted.
"""

import functools
import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from course.text import listed, mark, say, translated
from grader.errors import StudentRaised
from grader.fixtures import inference as built
from grader.judge import expect
from grader.judge.check import check
from grader.judge.proxy import Draw

LABELS = (
    "passive-Aggressive very-Disappointed quite-Enthusiastic slightly-Embarrassed rather-Melancholic "
    "deeply-Overwhelmed somewhat-Apprehensive mildly-Affectionate"
).split()
"""Labels, all of them long, so that truncating names is noticed whatever class is predicted."""
PLAIN = [word for word in built.WORDS if not word.startswith("##") and word not in ("bor", "pain", "amaz")]
"""Words of one token."""
LETTERS = [word for word in PLAIN if word.isalpha() and word.islower()]
"""Lower-case words, for checks that do not test the cleaning of texts."""
COMPOUND = {
    "boring": ["bor", "##ing"],
    "painful": ["pain", "##ful"],
    "amazingly": ["amaz", "##ing", "##ly"],
    "bored": ["bor", "##ed"],
}
"""Words of several tokens."""
IDS = {piece: place for place, piece in enumerate(built.VOCABULARY)}
PARTS = "query", "key", "value"
CANDIDATES = 12
"""Number of texts drawn for each one that is used."""
EDGE = 0.02
"""Minimum lead of the most likely class in a drawn text."""


def text_of(draw, n_tokens: int, plain: bool = False) -> str:
    """Draw a text of ``n_tokens`` tokens without special ones; ``plain`` leaves out capitals and punctuation."""
    words: list[str] = []
    left, known = n_tokens, LETTERS if plain else PLAIN
    while left > 0:
        word = list(COMPOUND)[draw.integer(0, len(COMPOUND))]
        size = len(COMPOUND[word])
        if size >= left or draw.integer(0, 4):
            word, size = known[draw.integer(0, len(known))], 1
        words.append(word)
        left -= size
    return " ".join(words)


def distinct(draw, lengths: Sequence[int]) -> list[str]:
    """Draw different texts with these numbers of tokens; a separate check tests equal texts."""
    texts: list[str] = []
    for length in lengths:
        text = text_of(draw, length)
        while text in texts:
            text = text_of(draw, length)
        texts.append(text)
    return texts


def bert(weights: dict[str, Tensor], ids: Tensor, seen: Tensor | None = None) -> Tensor:
    """Compute BERT's logits (B, C) for texts (B, T) of one length; tokens that are not in ``seen`` are hidden."""

    def linear(hidden: Tensor, name: str) -> Tensor:
        return functional.linear(hidden, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def norm(hidden: Tensor, name: str) -> Tensor:
        scale, shift = weights[f"{name}.LayerNorm.weight"], weights[f"{name}.LayerNorm.bias"]
        normed: Tensor = functional.layer_norm(hidden, (built.WIDTH,), scale, shift, eps=1e-12)
        return normed

    def heads(hidden: Tensor) -> Tensor:
        split: Tensor = hidden.unflatten(-1, (built.HEADS, -1)).transpose(1, 2)  # (B, H, T, D)
        return split

    table = "bert.embeddings.{}_embeddings.weight"
    words, places = weights[table.format("word")][ids], weights[table.format("position")][: ids.shape[1]]
    hidden = norm(words + places + weights[table.format("token_type")][0], "bert.embeddings")
    for layer in (f"bert.encoder.layer.{i}" for i in range(built.LAYERS)):
        query, key, value = (heads(linear(hidden, f"{layer}.attention.self.{part}")) for part in PARTS)
        scores = query @ key.mT * (built.WIDTH / built.HEADS) ** -0.5
        shares = (scores if seen is None else scores.masked_fill(~seen[:, None, None], -torch.inf)).softmax(-1)
        mixed = (shares @ value).transpose(1, 2).flatten(2)
        hidden = norm(hidden + linear(mixed, f"{layer}.attention.output.dense"), f"{layer}.attention.output")
        grown = functional.gelu(linear(hidden, f"{layer}.intermediate.dense"))
        hidden = norm(hidden + linear(grown, f"{layer}.output.dense"), f"{layer}.output")
    return linear(linear(hidden[:, 0], "bert.pooler.dense").tanh(), "classifier")


def encoded(text: str) -> list[int]:
    """Return the ids of a text of known words, including special tokens."""
    pieces = [piece for word in text.split() for piece in COMPOUND.get(word, [word])]
    return [IDS[piece] for piece in (built.CLS, *pieces, built.SEP)]


@dataclass(frozen=True)
class Drawn:
    """The arguments for building a model, and texts with their right answers."""

    seed: int
    labels: tuple[str, ...]
    bias: Tensor
    texts: tuple[str, ...]
    right: tuple[tuple[str, float], ...]
    """Label and probability for each text."""


@functools.lru_cache(maxsize=64)  # the diagnosis runs a check many times
def drawn(
    seed: int,
    n_classes: int,
    lengths: tuple[int, ...],
    max_length: int,
    gain: float,
    cut: bool,
    plain: bool = False,
    pads: int = 0,
) -> Drawn:
    """Draw a model without a preferred class and candidates for every text, and choose texts.

    Args:
        seed: determines everything.
        n_classes: C.
        lengths: lengths of the texts, in tokens.
        max_length: length to which longer texts are truncated.
        gain: approximate spread of the logits.
        cut: True to choose texts for which other ways of truncating lead to other labels: for the first one, keeping
            the end of the text; for the second one, losing the last special token; for the third one, cutting it into
            windows and averaging the model's predictions. For later ones, cutting out the middle.
        plain: True for no capitals and no punctuation.
        pads: number of tokens ``[PAD]`` in each text; the chosen texts have other labels if these are hidden.
    """
    draw = Draw(seed)
    order = torch.randperm(len(LABELS), generator=draw.generator).tolist()
    labels = tuple(LABELS[place] for place in order[:n_classes])
    weights = {name: part.double() for name, part in built.weights(seed, n_classes, gain).items()}
    weights["classifier.bias"] = torch.zeros(n_classes, dtype=torch.float64)

    def ids_of(text: str, limit: int = built.POSITIONS) -> list[int]:
        """Return the ids as the tokenizer should truncate them: at the end, inside the special tokens."""
        first, *inner, last = encoded(text)
        return [first, *inner[: limit - 2], last]

    def logits_of(rows: list[list[int]], unseen: int = -1) -> Tensor:
        """Return logits (B, C); all texts have the same length, so nothing is padded. One id can be hidden."""
        ids = torch.tensor(rows)
        return bert(weights, ids, ids != unseen if unseen >= 0 else None)

    def candidate(length: int) -> str:
        words = text_of(draw, length - pads, plain).split()
        for _ in range(pads):
            words.insert(draw.integer(0, len(words) + 1), built.PAD)
        return " ".join(words)

    n_candidates = CANDIDATES * (5 if cut or pads else 1)
    candidates = [[candidate(length) for _ in range(n_candidates)] for length in lengths]
    logits = [logits_of([ids_of(text, max_length) for text in texts]) for texts in candidates]
    bias = -torch.stack([part.mean(0) for part in logits]).mean(0).float()
    bias += 5.0 * (n_classes == 2)  # reveals comparing a logit with 0 instead of with the other one
    chosen: list[str] = []
    right: list[tuple[str, float]] = []
    for place, texts in enumerate(candidates):
        likely, classes = (logits[place] + bias.double()).softmax(-1).sort(descending=True)
        scores = likely[:, 0] - likely[:, 1]  # lead of the most likely class
        scores[scores < EDGE] -= 9
        if cut:
            whole = [ids_of(text) for text in texts]
            if place < 2:
                wrong = [[ids[0], *ids[1 - max_length :]] if place == 0 else ids[:max_length] for ids in whole]
                others = [logits_of(wrong) + bias.double()]
            elif place > 2:
                room = max_length - 2
                others = [
                    logits_of([[*ids[: 1 + head], *ids[-1 - (room - head) :]] for ids in whole]) + bias.double()
                    for head in (room // 4, room // 2)
                ]
            else:
                starts = range(1, len(whole[0]) - 1, max_length - 2)
                ends = [min(start + max_length - 2, len(whole[0]) - 1) for start in starts]
                windows = torch.stack(
                    [
                        logits_of([[ids[0], *ids[start:end], ids[-1]] for ids in whole]) + bias.double()
                        for start, end in zip(starts, ends, strict=True)
                    ]
                )
                others = [windows.softmax(-1).mean(0), windows.mean(0)]
            for other in others:
                scores += 5 * (other.argmax(-1) != classes[:, 0])
        if pads:
            hidden = logits_of([ids_of(text, max_length) for text in texts], IDS[built.PAD])
            scores += 5 * ((hidden + bias.double()).argmax(-1) != classes[:, 0])
        known = [label for label, _ in right]
        for i, index in enumerate(classes[:, 0].tolist()):
            scores[i] -= 2 * known.count(labels[index])  # prefer labels that are not used yet
        best = int(scores.argmax())
        chosen.append(texts[best])
        right.append((labels[int(classes[best, 0])], float(likely[best, 0])))
    return Drawn(seed, labels, bias, tuple(chosen), tuple(right))


class Desk:
    """A classifier and its tokenizer in the student process, and texts with known right answers."""

    def __init__(
        self,
        student,
        n_classes: int,
        lengths: tuple[int, ...],
        *,
        max_length: int = 128,
        gain: float = 3.0,
        cut: bool = False,
        plain: bool = False,
        pads: int = 0,
    ) -> None:
        """Build everything; see ``drawn`` for the arguments."""
        found = drawn(student.draw.seed(), n_classes, lengths, max_length, gain, cut, plain, pads)
        self.texts, self.right = list(found.texts), list(found.right)
        self.model = student.fixtures.inference.classifier(found.seed, list(found.labels), found.bias, gain=gain)
        self.tokenizer = student.fixtures.inference.tokenizer()
        self._built = (found.seed, list(found.labels), found.bias), gain

    def moved(self, student) -> tuple[Any, Any, list[str]]:
        """Return another model, its tokenizer and the right labels; all tokens have other ids, all classes other names.

        The right probabilities are the same.
        """
        ((seed, labels, bias), gain), help = self._built, student.fixtures.inference
        names = dict(zip(labels, labels[1:] + labels[:1], strict=True))
        model = help.classifier(seed, list(names.values()), bias, gain=gain, moved=True)
        return model, help.tokenizer(moved=True), [names[label] for label, _ in self.right]


class Metered:
    """A model whose answers report how it was called; only its labels are known here."""

    def __init__(self, student, meter: str, *, training: bool = False, left: bool = False) -> None:
        """Build it in the student process; with ``left``, the tokenizer pads and truncates on the left."""
        seed = student.draw.seed()
        self.names = built.names_of(seed, built.METERS[meter])
        self.apart: list[int] = []
        """Difference in classes between label and confidence, for each answer with a report."""
        self.model = student.fixtures.inference.metered(seed, meter, training=training)
        self.tokenizer = student.fixtures.inference.tokenizer(left=left)

    def told(self, answer: Any, what: str) -> int:
        """Return the report in an answer: from its probability if that is one of the model's, or else from its label.

        A label of another class is a false report, and ``apart`` stores the difference. A probability of another
        class is close to 0; one that is rounded to two digits may be one of the model's by chance.
        """
        what = translated(what)
        label, confidence = parts(answer, what)
        if label in self.names:
            value = plain(confidence)
            if isinstance(value, float) and math.isfinite(value) and abs(value - round(value, 2)) > 1e-5:
                place = self.place(value)
                if 0 <= round(place) < len(self.names) and abs(place - round(place)) < 0.02:
                    self.apart.append(round(place) - self.names.index(label))
                    return round(place)
            self.apart.append(0)
            return self.names.index(label)
        place = self.place(number_of(confidence, what))
        told = round(place) if math.isfinite(place) else -1
        expect.true(
            0 <= told < len(self.names) and abs(place - told) < 0.1,
            say("{what}: the label and the confidence do not match any class in the model's output", what=what),
            expected=say("a label from model.config.id2label and its probability"),
            actual=expect.shown(answer),
            hint="take the logits from the model and the class names from its config",
            reveal=True,
        )
        return told

    def place(self, confidence: float) -> float:
        """Return the class with this probability; not an integer if there is none."""
        return (confidence - built.LEAST) / built.SPAN * len(self.names)

    def confirmed(self, answer: Any, told: int) -> bool:
        """Return whether the confidence of an answer is about that of the reported class."""
        confidence = plain(answer[1])
        return isinstance(confidence, (int, float)) and abs(self.place(confidence) - told) < 10


def demand_one_class(student, apart: list[int]) -> None:
    """Require that label and confidence belong to one class, even for a model with hundreds of classes."""
    student.note("classes between label and confidence", apart)
    expect.true(
        not any(apart),
        "with several hundred classes, the label and the confidence of a result belong to different classes",
        hint="both belong to the same class index: what does your code do with this index before it looks up the name?",
        reveal=True,
    )


def parts(answer: Any, what: str) -> tuple[Any, Any]:
    """Return label and confidence of one answer."""
    expect.true(
        isinstance(answer, (tuple, list)) and len(answer) == 2,
        say("{what}: not a (label, confidence) pair", what=translated(what)),
        expected=say("(label, confidence)"),
        actual=expect.shown(answer),
        reveal=True,
    )
    label, confidence = answer
    return label, confidence


def number_of(value: Any, what: str) -> float:
    """Return a confidence as a float; remark on one that is still a tensor."""
    if isinstance(value, Tensor) and value.numel() == 1:
        expect.remark(say("a confidence is a tensor; the docstring asks for a plain number"))
        value = value.item()
    expect.true(
        isinstance(value, (int, float)),
        say("{what}: the confidence is not a number", what=translated(what)),
        expected=say("a number"),
        actual=expect.shown(value),
        reveal=True,
    )
    return float(value)


def demand_count(answers: Any, n: int, what: str = "predict_batch") -> list[Any]:
    """Require as many answers as texts."""
    expect.true(
        isinstance(answers, (list, tuple)),
        say("{what} should return a list of pairs", what=what),
        expected=say("a list"),
        actual=expect.shown(answers),
        reveal=True,
    )
    expect.true(
        len(answers) == n,
        say("the number of results is wrong: {got} results for {n} texts", got=len(answers), n=n),
        hint="every text needs one result, including texts in the last batch and texts that occur twice",
        reveal=True,
    )
    return list(answers)


def demand(answer: Any, right: tuple[str, float], what: str, hint: str) -> None:
    """Require the right label with its probability."""
    what = translated(what)
    label, confidence = parts(answer, what)
    expect.equal(label, right[0], say("{what}, label", what=what), hint=hint)
    expect.close(number_of(confidence, what), right[1], say("{what}, confidence", what=what), hint=hint)


def note_digits(student, answers: Sequence[Any]) -> None:
    """Note to how many digits the confidences are rounded, which no other note would show."""
    found = [answer[1] for answer in answers if isinstance(answer, (tuple, list)) and len(answer) == 2]
    numbers = [number for number in found if isinstance(number, float) and math.isfinite(number)]
    digits = next((n for n in range(5) if numbers and all(round(number, n) == number for number in numbers)), None)
    student.note("confidences", "as they are" if digits is None else f"rounded to {digits} digits")


TYPED = {
    mark("line breaks at the ends"): "\n {} \n",
    mark("line breaks between words"): "{} \n\n {} \n {}",
    mark("tags"): "{} <br /> {} <i> {} </i>",
    mark("addresses"): "{} http://a.film/good {} www.film.story",
    mark("names"): "{} @people {} #film {}",
    mark("numbers"): "{} 10 {} 7 / 10 {}",
    mark("character references"): "{} &amp; {} &quot; {}",
    mark("emoji"): "{} \U0001f600 {} \U0001f44d",
}
"""Things in a text that some code removes; each gap is filled with words."""


def demand_unchanged(student, name: str) -> None:
    """Require that the tokenizer receives the whole text; lengths are such that any loss shows in multiples of 8."""
    metered, typed = Metered(student, "mode"), {}
    for what, form in TYPED.items():
        fixed = len(re.findall(r"\w+|[^\w\s]|\n", form.replace("{}", "")))
        gaps = form.count("{}")
        left = -(fixed + gaps + 1) % 8 + gaps  # with both special tokens, 1 more than a multiple of 8
        sizes = [left - gaps + 1, *[1] * (gaps - 1)]
        words = [" ".join(LETTERS[student.draw.integer(0, len(LETTERS))] for _ in range(size)) for size in sizes]
        typed[what] = form.format(*words), fixed + left + 2
    texts = [text for text, _ in typed.values()]
    with student.untraced():
        if name == "predict":
            answers = [student.predict(text, metered.model, metered.tokenizer) for text in texts]
        else:
            answers = demand_count(
                student.predict_batch(texts, metered.model, metered.tokenizer, batch_size=1), len(texts)
            )
    changed = {}
    for answer, (what, (_, n)) in zip(answers, typed.items(), strict=True):
        width = metered.told(answer, "a result from a test model whose output encodes its input width") // 4
        student.note(f"a text with {what} is all there", width >= n)  # another check tests the padding
        if width < n:
            changed[what] = say("{width} of {n} tokens of a text with {what}", width=width, n=n, what=translated(what))
    expect.true(
        not changed,
        "the model did not receive all tokens of the text",
        expected=say("all tokens of the text"),
        actual="; ".join(changed.values()),
        hint="the text goes to the tokenizer unchanged: what does your code do to the text first?",
        reveal=True,
    )


def demand_either(answers: Sequence[Any], right: Sequence[tuple[str, float]], what: str, hint: str) -> None:
    """Require the right labels or the right probabilities; other checks test both."""
    what = translated(what)
    pairs = [parts(answer, what) for answer in answers]
    if [label for label, _ in pairs] != [label for label, _ in right]:
        known = all(
            abs(number_of(confidence, what) - probability) < 1e-4
            for (_, confidence), (_, probability) in zip(pairs, right, strict=True)
        )
        if not known:
            labels = [label for label, _ in pairs]
            expect.equal(labels, [label for label, _ in right], say("{what}, labels", what=what), hint=hint)


def still_old(student, desk: Desk, ask: Callable[[], Sequence[Any]]) -> bool:
    """Return whether the old labels are returned although a change of the model's weights has made them wrong."""
    with student.untraced():
        before = [parts(answer, "a result")[0] for answer in ask()]
        student.fixtures.inference.move_classes(desk.model)
        after = [parts(answer, "a result")[0] for answer in ask()]
    right = [label for label, _ in desk.right[: len(before)]]
    old = before == right and any(one == other for one, other in zip(before, after, strict=False))
    student.note("old labels, though the weights have changed", old)
    return old


def demand_new_answers(old: bool) -> None:
    """Require that no results are kept for a model that may be trained further."""
    expect.true(
        not old,
        "the weights of the model have changed, but the old label is still returned",
        hint="the caller may train the model further between two calls: which results does your code keep?",
        reveal=True,
    )


IN_WORDS = (
    mark("trainable parameters"),
    mark("precision of the model"),
    mark("numbers of the model"),
    mark("gradients of the model"),
    mark("size of the vocabulary"),
)
"""Keys of ``fixtures.inference.state`` that are words."""


@dataclass(frozen=True)
class InMode:
    """The mode in which a metered model was called, and the changes made by the call."""

    graph: bool
    dropout: bool
    changed: list[str]
    left_training: bool
    """True if the model is in training mode after the call."""


def in_mode(student, name: str, texts: list[str], training: bool, options: dict[str, Any]) -> InMode:
    """Call the function with a model that was set to training or evaluation mode before."""
    metered, help = Metered(student, "mode", training=training, left=not training), student.fixtures.inference
    with student.untraced():
        before = help.state(metered.model, metered.tokenizer)
        answers, on = help.asked(
            student.value(None, name),
            texts,
            metered.model,
            metered.tokenizer,
            one_by_one=name == "predict",
            **options,
        )
        codes = [
            metered.told(answer, "a result from a test model whose output encodes its mode")
            for answer in demand_count(answers, len(texts), name)
        ]
        after = help.state(metered.model, metered.tokenizer)
        left_training = help.in_training_mode(metered.model)
    lengths = [len(encoded(text)) for text in texts]
    widths = {128, *lengths, *(-(-length // 8) * 8 for length in lengths)}
    expect.true(
        all(
            length <= code // 4 and code // 4 in widths
            for length, code in zip(sorted(lengths), sorted(codes), strict=True)  # another check tests their order
        ),
        "some results cannot come from the model's output for these texts",
        hint="compute each result from the model's own logits for that text",
        reveal=True,
    )
    graph, dropout = any(code % 4 >= 2 for code in codes), any(code % 2 for code in codes)
    changed = [key for key in before if not _same(before[key], after.get(key))]
    changed += [] if on else ["torch.is_grad_enabled()"]
    student.note(f"training {training}: graph", graph)
    student.note(f"training {training}: dropout", dropout)
    student.note(f"training {training}: changed", str(changed))
    student.note(f"training {training}: trainable parameters afterwards", after.get("trainable parameters"))
    return InMode(graph, dropout, changed, left_training)


def demand_quiet(student, name: str, texts: list[str], **options: Any) -> None:
    """Require no dropout, no graph, and no changes except of the mode.

    Args:
        student: the student of this check.
        name: the function to call; ``predict`` is called with one text after the other.
        texts: texts to classify.
        options: more arguments for the function.
    """
    seen = [in_mode(student, name, texts, training, options) for training in (True, False)]
    left_training = seen[-1].left_training
    student.note("left in training mode", left_training)
    switched_on = records_afterwards(student, name, texts[:1], options)
    student.note("on after a call under no_grad", switched_on)
    expect.true(
        not any(one.dropout for one in seen),
        "dropout was active during a prediction: the caller's model was in training mode when your function was called",
        hint="with active dropout, predictions differ from call to call: which mode switches dropout off?",
        reveal=True,
    )
    expect.true(
        not any(one.graph for one in seen),
        "the forward pass built an autograd graph that no backward pass will use",
        hint="the graph keeps every intermediate result in memory: how do you tell torch not to build it?",
        reveal=True,
    )
    expect.true(
        not any(one.changed for one in seen),
        "a prediction had side effects",
        expected=say("only the model's mode may change"),
        actual=next((listed(map(translated, one.changed)) for one in seen if one.changed), None),
        hint=(
            "the caller keeps using the model, its tokenizer and torch: what does your code change "
            "without restoring it?"
        ),
        reveal=True,
    )
    expect.true(
        not switched_on,
        "called inside torch.no_grad(), the function leaves gradients enabled",
        hint="leave autograd as it was before the call, on or off: what does your code set it to?",
        reveal=True,
    )
    expect.true(
        not left_training,
        "a model that was in evaluation mode is in training mode after the call",
        hint="restore the model's original mode, or leave the model in evaluation mode",
        reveal=True,
    )


def records_afterwards(student, name: str, texts: list[str], options: dict[str, Any]) -> bool:
    """Return whether autograd is on after a call for which it was off."""
    metered, help = Metered(student, "mode"), student.fixtures.inference
    with student.untraced():
        _, on = help.asked(
            student.value(None, name),
            texts,
            metered.model,
            metered.tokenizer,
            one_by_one=name == "predict",
            caller_records=False,
            **options,
        )
    return bool(on)


def _same(one: Any, other: Any) -> bool:
    return torch.equal(one, other) if isinstance(one, Tensor) and isinstance(other, Tensor) else bool(one == other)


# --- predict ---


class CheckPredict:
    """One text, one label, one probability"""

    function = "predict"

    @check(points=3, visible=True, preloads=("transformers",))
    def check_values(self, student):
        """label and probability match the model's output for short, long and empty texts"""
        for n_classes, lengths in ((3, (3, 12, 0, 23)), (2, (9, 4, 0, 17))):
            desk = Desk(student, n_classes, lengths)
            answers = [student.predict(text, desk.model, desk.tokenizer) for text in desk.texts]
            note_digits(student, answers)
            for i, (answer, right) in enumerate(zip(answers, desk.right, strict=True)):
                demand(
                    answer,
                    right,
                    say("text {i}", i=i),
                    "the steps are tokenizer, model, softmax over the classes, maximum: what is the input of "
                    "each in your code?",
                )
        demand_unchanged(student, "predict")

    @check(points=2, preloads=("transformers",))
    def check_eval_no_grad(self, student):
        """dropout is off and no autograd graph is built, whatever the model's mode"""
        texts = [text_of(student.draw, 6, plain=True), text_of(student.draw, 11, plain=True)]
        demand_quiet(student, "predict", texts)

    @check(points=1, preloads=("transformers",))
    def check_own_confidence(self, student):
        """the confidence is the probability of the predicted label, at least 1/C"""
        for n_classes in (5, 2):
            desk = Desk(student, n_classes, (4, 9, 6, 14), gain=0.6)
            answers = [student.predict(text, desk.model, desk.tokenizer) for text in desk.texts]
            for i, (answer, (_, right)) in enumerate(zip(answers, desk.right, strict=True)):
                what = say("text {i}", i=i)
                confidence = number_of(parts(answer, what)[1], what)
                expect.true(
                    confidence > 1 / n_classes,
                    say(
                        "a confidence is below 1/C: {confidence:.4f} with {n} classes",
                        confidence=confidence,
                        n=n_classes,
                    ),
                    hint="the largest of C probabilities is at least 1/C: which class's probability do you return?",
                    reveal=True,
                )
                expect.close(
                    confidence,
                    right,
                    say("confidence of text {i}", i=i),
                    hint="which class's probability do you return?",
                )

    @check(points=1, preloads=("transformers",))
    def check_truncates(self, student):
        """a text longer than max_length is truncated by the tokenizer"""
        cases = ((30, 12), (41, 17), (41, 12), (170, 20), (200, None), (157, 144), (181, built.POSITIONS))
        metered = Metered(student, "mode")
        widths: list[int | None] = []
        confirmed = []  # a class that does not come from the model's output is always the same, and so is its width
        texts = {n_tokens: text_of(student.draw, n_tokens, plain=True) for n_tokens, _ in cases}
        for n_tokens, max_length in cases:
            text = texts[n_tokens]  # the same text if only the limit is different
            options = {} if max_length is None else {"max_length": max_length}
            try:
                with student.untraced():
                    answer = student.predict(text, metered.model, metered.tokenizer, **options)
            except StudentRaised as error:
                if error.no_answer or n_tokens <= built.POSITIONS:
                    raise
                widths.append(None)
                student.note(f"error for {n_tokens} tokens", True)
                continue
            told = metered.told(answer, "a result from a test model whose output encodes its input width")
            confirmed.append(metered.confirmed(answer, told))
            widths.append(told // 4)
            student.note(f"width for {n_tokens} tokens", widths[-1])
        hint = "where does your code use max_length?"
        short = Desk(student, 4, (38, 33, 40, 35), max_length=13, cut=True, plain=True)
        answers = [student.predict(text, short.model, short.tokenizer, max_length=13) for text in short.texts]
        for (n_tokens, max_length), width in zip(cases, widths, strict=True):
            expect.true(
                width is not None,
                say("a text of {n} tokens (more than the model's limit) raised an error", n=n_tokens),
                hint="which part of your code keeps a text within the model's limit?",
                reveal=True,
            )
            expect.true(
                any(widths) and (any(confirmed) or len({*widths}) > 1),
                "some results cannot come from the model's output for these texts",
                hint=(
                    "the steps are tokenizer, model, softmax over the classes, maximum: what is the input of "
                    "each in your code?"
                ),
                reveal=True,
            )
            expect.true(
                width == (max_length or 128),
                say("for a text longer than max_length, the model did not receive exactly max_length tokens"),
                expected=say("{most} tokens of {n}", most=max_length or 128, n=n_tokens + 2),
                actual=say("{count} tokens", count=width),
                hint=hint,
                reveal=True,
            )
        demand_either(
            answers,
            short.right,
            mark("truncated texts"),
            "let the tokenizer truncate: it cuts the end of the text and keeps both special tokens",
        )
        demand_one_class(student, metered.apart)

    @check(points=1, visible=True, preloads=("transformers",))
    def check_labels_from_config(self, student):
        """the label is the model's own name for the most likely class"""
        labels, right = [], []
        for n_classes, gain in ((2, 0.6), (4, 1.0)):  # together, since one difference would hide others
            desk = Desk(student, n_classes, (5, 11, 8, 4, 15), gain=gain, plain=True)
            answers = [student.predict(text, desk.model, desk.tokenizer) for text in desk.texts]
            labels += [parts(answer, "a result")[0] for answer in answers]
            right += [label for label, _ in desk.right]
            if n_classes == 4:  # the same texts with another tokenizer, and with other class names
                model, tokenizer, moved = desk.moved(student)
                labels += [parts(student.predict(text, model, tokenizer), "a result")[0] for text in desk.texts]
                right += moved
        old = still_old(
            student, desk, lambda: [student.predict(text, desk.model, desk.tokenizer) for text in desk.texts[:2]]
        )
        expect.equal(
            labels, right, "labels", hint="model.config.id2label maps every class index to its name", reveal=True
        )
        demand_new_answers(old)


# --- predict_batch ---

SHARED = "each result must depend only on its own text, not on the other texts in the batch or on their order"


def multiple(n: int, of: int) -> int:
    """Round n up to a multiple."""
    return -(-n // of) * of


def up_to(limit: int, width: Callable[[int], int]) -> Callable[[int], Collection[int]]:
    """Return the function that gives the widths for a longest text of n tokens, at most ``limit``."""
    return lambda n: (min(limit, width(n)),)


def each_has_its_own(
    widths: list[int], lengths: list[int], padded: Callable[[int], Collection[int]] = lambda n: (n, multiple(n, 8))
) -> bool:
    """Return whether every batch has its own text that is as long as the batch is wide, up to a multiple of 8.

    It does not matter which texts were in which batch: losing their order does not make the padding wrong.
    ``padded`` gives the widths of a batch whose longest text has n tokens.
    """
    left = list(lengths)
    for width in widths:
        found = [length for length in left if width in padded(length)]
        if not found:
            return False
        left.remove(found[-1])
    return True


class CheckPredictBatch:
    """Many texts at once"""

    function = "predict_batch"

    @check(points=3, visible=True, preloads=("transformers",), substitutes=("predict",))
    def check_same_as_single(self, student):
        """each result equals that of the text alone, in the order of the texts"""
        for n_classes, lengths, batch_size, max_length in (
            (3, (14, 3, 27, 6, 20, 10, 36, 17), 4, 128),
            (2, (9, 25, 4, 12, 6, 19), 2, 16),
        ):
            desk = Desk(student, n_classes, lengths, max_length=max_length)
            answers = student.predict_batch(
                desk.texts, desk.model, desk.tokenizer, batch_size=batch_size, max_length=max_length
            )
            answers = demand_count(answers, len(lengths))
            note_digits(student, answers)
            for i, answer in enumerate(answers):
                demand(answer, desk.right[i], say("text {i} of {n}", i=i, n=len(lengths)), SHARED)
        demand_unchanged(student, "predict_batch")

    @check(points=2, visible=True, preloads=("transformers",), substitutes=("predict",))
    def check_forward_calls(self, student):
        """the model is called once per batch: ceil(n / batch_size) times"""
        seen = []
        for n, batch_size in ((11, 4), (6, 6), (7, 2), (35, 32), (35, None), (32, None)):
            metered = Metered(student, "calls")
            texts = distinct(student.draw, [2 + 5 * (i % 5) for i in range(n)])
            options = {} if batch_size is None else {"batch_size": batch_size}
            with student.untraced():
                answers = student.predict_batch(texts, metered.model, metered.tokenizer, **options)
                reported = student.fixtures.inference.calls(metered.model)
            codes = [
                metered.told(answer, "a result from a test model whose output encodes the call number")
                for answer in demand_count(answers, n)
            ]
            told = [code // built.ROWS for code in codes]
            largest = max(told.count(call) for call in told)
            expect.true(
                all(told.count(code // built.ROWS) <= code % built.ROWS for code in codes),
                "one forward pass produced more results than it had texts",
                hint="compute each result from the model's own logits for that text",
                reveal=True,
            )
            # The calls that produced the answers; the count in the student process can only be higher.
            calls = max(len(set(told)), max(told) + 1, int(reported))
            asked = "" if batch_size is None else f", batch_size={batch_size}"
            student.note(f"forward passes for {n} texts{asked}", calls)
            student.note(f"texts in the largest batch of {n}", largest)
            seen.append((n, batch_size or 32, calls, largest))
        for n, batch_size, calls, largest in seen:
            expect.true(
                largest <= batch_size,
                "a forward pass received more than batch_size texts",
                expected=say("at most {batch_size} of {n} texts", batch_size=batch_size, n=n),
                actual=say("{count} texts", count=largest),
                hint="a batch has to fit into GPU memory: where does your code use batch_size?",
                reveal=True,
            )
            expect.true(
                calls == -(-n // batch_size),
                "the number of model calls differs from the number of batches",
                expected=say(
                    "{calls} calls for {n} texts, batch_size={batch_size}",
                    calls=-(-n // batch_size),
                    n=n,
                    batch_size=batch_size,
                ),
                actual=say("{count} calls", count=calls),
                hint="call the model once per batch, not once per text",
                reveal=True,
            )

    @check(points=1, preloads=("transformers",), substitutes=("predict",))
    def check_dynamic_padding(self, student):
        """each batch is padded to its own longest text, not to max_length"""
        for lengths, batch_size in (((5, 3, 4, 38, 4, 6, 2, 2, 5), 3), ((4, 10, 33, 6, 3, 5, 11, 17), 2)):
            tokens, batches = self.lengths_and_widths(student, lengths, batch_size)
            widths = [batch[0] for batch in batches]
            sizes = [len(batch) for batch in batches]
            fit = all(
                sum(sizes[: place + 1]) <= sum(length <= width for length in tokens)
                for place, width in enumerate(widths)
            )
            expect.true(
                fit,
                "a batch is narrower than its longest text",
                hint="truncate texts to max_length, but no further",
                reveal=True,
                fact=True,
            )
            own = each_has_its_own(widths, tokens)
            student.note("width", "right" if own else self.wrong_width(widths, tokens))
            if own and not set(widths) <= set(tokens):
                expect.remark(
                    say("predict_batch pads to multiples of 8; the docstring asks for the length of the longest text")
                )
            expect.true(
                own,
                "the width of a batch differs from the length of its longest text",
                expected=say("each batch as wide as its own longest text"),
                actual=say("batches of {widths} columns", widths=widths),
                hint="pad each batch to its own longest text: every extra column of padding costs compute",
                reveal=True,
            )
        self.demand_default_length(student)

    @staticmethod
    def wrong_width(widths: list[int], lengths: list[int]) -> str:
        """Describe what determines the widths of the batches, if it is not the longest text of each."""
        most = 48, built.COLUMNS - 1  # with max_length as the limit, or without
        if set(widths) == {48}:
            return "as max_length"
        if len(widths) > 1 and len(set(widths)) == 1:
            return "as the longest of all"
        for limit in most:
            if each_has_its_own(widths, lengths, up_to(limit, lambda n: 1 << (n - 1).bit_length())):
                return "a power of two"
            for factor in (10, 16, 20, 24, 32):
                if each_has_its_own(widths, lengths, up_to(limit, functools.partial(multiple, of=factor))):
                    return "a larger multiple than of 8"
        return "wider"

    @staticmethod
    def lengths_and_widths(student, lengths: tuple[int, ...], batch_size: int) -> tuple[list[int], list[list[int]]]:
        """Return the sorted lengths of the texts in tokens, and for each forward pass, the widths of its texts."""
        metered = Metered(student, "columns")
        texts = [text_of(student.draw, length) for length in lengths]
        with student.untraced():
            answers = student.predict_batch(
                texts, metered.model, metered.tokenizer, batch_size=batch_size, max_length=48
            )
        batches: dict[int, list[int]] = {}
        for answer in demand_count(answers, len(texts)):
            call, width = divmod(
                metered.told(answer, "a result from a test model whose output encodes its input width"), built.COLUMNS
            )
            batches.setdefault(call, []).append(width)
        expect.true(
            all(width for batch in batches.values() for width in batch),
            "some results cannot come from the model's output for these texts",
            hint="compute each result from the model's own logits for that text",
            reveal=True,
        )
        expect.true(
            all(len(set(batch)) == 1 for batch in batches.values()),
            "results of one forward pass contradict each other: they imply different batch widths",
            hint="compute each result from the model's own logits for that text",
            reveal=True,
        )
        return sorted(len(encoded(text)) for text in texts), sorted(batches.values())

    @staticmethod
    def demand_default_length(student) -> None:
        """Require that longer texts are truncated to 128 tokens by default, else to ``max_length``."""
        widths = []
        apart: list[int] = []
        for n_tokens, max_length in (
            (131, None),
            (144, None),
            (157, None),  # lengths that the model accepts whole
            (157, 144),
            (181, built.POSITIONS),
        ):
            metered = Metered(student, "mode")
            options = {} if max_length is None else {"max_length": max_length}
            try:
                with student.untraced():
                    answers = student.predict_batch(
                        [text_of(student.draw, n_tokens)], metered.model, metered.tokenizer, **options
                    )
            except StudentRaised as error:
                if error.no_answer or n_tokens <= built.POSITIONS:
                    raise
                widths.append(0)  # an error, since the model cannot process this text whole
                continue
            (answer,) = demand_count(answers, 1)
            widths.append(metered.told(answer, "a result from a test model whose output encodes its input width") // 4)
            apart += metered.apart
        expect.equal(
            widths,
            [128, 128, 128, 144, built.POSITIONS],
            (
                "columns of a batch with a long text: three calls with the default max_length, then "
                "one with 144 and one with 160"
            ),
            hint="the signature gives max_length a default value: where does your code use this argument?",
            reveal=True,
            fact=True,
        )
        demand_one_class(student, apart)

    @check(points=1, preloads=("transformers",), substitutes=("predict",))
    def check_edge(self, student):
        """works for empty lists, partial batches, repeated texts and texts with [PAD]"""
        desk = Desk(student, 4, (8, 2, 18, 0, 12, 26, 5))  # so different that letters and tokens give the same order
        texts, right = desk.texts, desk.right
        model, tokenizer = desk.model, desk.tokenizer
        cases: list[tuple[str, list[int], int, type]] = [
            (mark("7 texts, batches of 3"), [0, 1, 2, 3, 4, 5, 6], 3, list),
            (mark("6 texts, batches of 3"), [0, 1, 2, 3, 4, 5], 3, list),
            (mark("one text"), [2], 4, list),
            (mark("3 texts, batches of 1"), [4, 3, 5], 1, list),
            (mark("5 texts, with two duplicates"), [6, 2, 6, 0, 2], 4, list),
            (mark("a tuple of texts"), [5, 1, 3], 2, tuple),
        ]
        for what, places, batch_size, kind in cases:
            sent = kind(texts[place] for place in places)
            answers = demand_count(
                student.pure("predict_batch", sent, model, tokenizer, batch_size=batch_size), len(places)
            )
            demand_either(answers, [right[place] for place in places], what, SHARED)
        answers = student.predict_batch([], model, tokenizer, batch_size=3)
        expect.true(
            isinstance(answers, (list, tuple)) and not answers,
            "for an empty list of texts, the result should be an empty list",
            expected="[]",
            actual=expect.shown(answers),
            hint="without texts, the loop over the batches never runs: what does your code return then?",
            reveal=True,
        )
        typed = Desk(student, 3, (7, 12), pads=4)
        answers = student.predict_batch(typed.texts, typed.model, typed.tokenizer, batch_size=2)
        demand_either(
            demand_count(answers, 2),
            typed.right,
            mark("texts that contain [PAD]"),
            "the word [PAD] in a text gets the id of padding: does the tokenizer's own attention mask hide it?",
        )
        demand_new_answers(
            still_old(
                student,
                desk,
                lambda: demand_count(student.predict_batch(texts[:3], model, tokenizer, batch_size=2), 3),
            )
        )

    @check(points=1, preloads=("transformers",), substitutes=("predict",))
    def check_eval_no_grad(self, student):
        """dropout is off and no autograd graph is built, whatever the model's mode"""
        texts = [text_of(student.draw, length, plain=True) for length in (6, 11, 3, 8, 5, 9)]
        demand_quiet(student, "predict_batch", texts, batch_size=2)


# --- bonus: expected_calibration_error ---


def gaps_of(confidences: list[float], correct: list[int], n_bins: int) -> float:
    """Compute the expected calibration error by looking up the bin of every prediction."""
    sums: dict[int, float] = {}
    for confidence, right in zip(confidences, correct, strict=True):
        place = max(1, next(m for m in range(n_bins + 1) if confidence * n_bins <= m))
        sums[place] = sums.get(place, 0.0) + confidence - right
    return sum(abs(total) for total in sums.values()) / len(confidences)


class CheckExpectedCalibrationError:
    """Whether confidences match the accuracy"""

    function = "expected_calibration_error"

    def compare(self, student, confidences: Tensor, correct: Tensor, what: str, hint: str, **options: int) -> None:
        """Compare the returned number, and require that the caller's tensors are unchanged."""
        got = student.pure("expected_calibration_error", confidences, correct, **options)
        want = gaps_of(confidences.tolist(), correct.int().tolist(), options.get("n_bins", 10))
        expect.close(plain(got), want, say("calibration error, {what}", what=translated(what)), hint=hint)

    @check(points=2, visible=True, preloads=("transformers",))
    def check_reference(self, student):
        """the result is the average gap between confidence and accuracy, bin by bin"""
        for n, n_bins in ((120, None), (77, 6)):
            confidences = student.draw.uniform(0.02, 0.98, n).double()
            correct = student.draw.uniform(0, 1, n).double() < 0.2 + 0.6 * (1 - confidences)
            options = {} if n_bins is None else {"n_bins": n_bins}
            hint = "in each bin, compare two means: the mean confidence and the accuracy"
            what = say("{n} predictions, {n_bins} bins", n=n, n_bins=n_bins or 10)
            self.compare(student, confidences, correct, what, hint, **options)

    @check(points=1, preloads=("transformers",))
    def check_weights(self, student):
        """bins are weighted by their number of predictions; an empty bin has weight 0"""
        for high, low, some in ((9, 1, True), (3, 11, True), (2, 8, False)):  # at the end, all of the highest are wrong
            confidences = torch.cat([student.draw.uniform(0.91, 0.99, high), student.draw.uniform(0.31, 0.39, low)])
            correct = torch.tensor([some and i % 3 == 0 for i in range(high)] + [i % 4 != 1 for i in range(low)])
            hint = "give each bin's gap a weight: how many predictions does the bin contain?"
            what = say("{high} predictions in one bin, {low} in another", high=high, low=low)
            self.compare(student, confidences, correct, what, hint)

    @check(points=1, preloads=("transformers",))
    def check_borders(self, student):
        """a confidence on a bin edge belongs to the lower bin, and 0 to the first"""
        # With four bins, the signed gaps add up to less than 0, which distinguishes returning that sum from
        # returning its absolute value.
        for n_bins, extra in ((4, 0.3), (8, 0.55)):
            confidences = torch.tensor([0.0, 0.0, 1.0, 1.0, 0.25, 0.5, 0.75, 0.75, extra], dtype=torch.float64)
            correct = torch.tensor([True, True, True, False, True, False, False, True, True])
            near = student.draw.uniform(0.02, 0.1, 3).double()  # all wrong, while those with 0 are right
            confidences, correct = torch.cat([confidences, near]), torch.cat([correct, torch.tensor([False] * 3)])
            hint = (
                "does each of your bins include its lower or its upper edge, and which bin contains a confidence "
                "of exactly 1?"
            )
            what = say("some confidences on bin edges, {n_bins} bins", n_bins=n_bins)
            self.compare(student, confidences, correct, what, hint, n_bins=n_bins)

    @check(points=1, after=("reference",), preloads=("transformers",))
    def check_none(self, student):
        """an empty input raises an error, and perfect calibration gives 0"""
        share = student.draw.integer(2, 4)  # one quarter would be the middle of its bin
        confidences = torch.full((2 * share,), 1 / share)
        correct = torch.tensor([i % share == 0 for i in range(2 * share)])
        self.compare(
            student,
            confidences,
            correct,
            mark("all perfectly calibrated"),
            ("if every confidence is 0.5 and half of the predictions are correct, the model is perfectly calibrated"),
        )
        self.compare(
            student,
            confidences[:1],
            correct[:1],
            mark("a single prediction"),
            "a single prediction needs no special case: use the same formula as for many",
        )
        self.compare(
            student,
            torch.cat([student.draw.uniform(0.51, 0.59, 1), student.draw.uniform(0.61, 0.69, 1)]),
            torch.tensor([True, False]),
            "two predictions",
            "the bins depend on n_bins alone: how many do you use for two predictions?",
        )
        confidences = torch.cat([student.draw.uniform(0.61, 0.69, 8), student.draw.uniform(0.81, 0.89, 5)])
        for dtype in (torch.int64, torch.float32, torch.float64):
            self.compare(
                student,
                confidences.to(dtype if dtype.is_floating_point else torch.float32),
                torch.tensor([1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1], dtype=dtype),
                mark("`correct` holds 0 and 1"),
                "`correct` holds 0 and 1 instead of False and True: does your code use it as a mask?",
            )
        nothing = torch.zeros(0)
        try:
            got = student.expected_calibration_error(nothing, nothing.bool())
        except StudentRaised as error:
            if error.no_answer:
                raise
            expect.remark_on_type(
                error, mark("without predictions, expected_calibration_error raises {type} instead of ValueError")
            )
        else:
            expect.true(
                False,
                "no error was raised although there were no predictions",
                actual=expect.shown(got),
                hint="what does your mean return for an empty tensor?",
                reveal=True,
            )


# --- bonus: temperature_scale ---


def plain(value: Any) -> Any:
    """Return a tensor of one number as that number."""
    return value.item() if isinstance(value, Tensor) and value.numel() == 1 else value


def best_temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the temperature at which the slope of the cross-entropy with respect to 1/T is 0."""
    scores = logits.double()
    right = scores[torch.arange(len(labels)), labels].mean()
    low, high = 1e-3, 1e3
    for _ in range(80):
        beta = math.sqrt(low * high)
        slope = ((beta * scores).softmax(-1) * scores).sum(-1).mean() - right
        low, high = (low, beta) if slope > 0 else (beta, high)
    return 1 / beta


def matching_temperature(logits: Tensor, labels: Tensor) -> float:
    """Return the temperature at which the mean confidence equals the accuracy, not the cross-entropy's minimum."""
    scores, (low, high) = logits.double(), (1e-3, 1e3)
    accuracy = (scores.argmax(-1) == labels).double().mean()
    for _ in range(60):
        temperature = math.sqrt(low * high)
        sure = (scores / temperature).softmax(-1).amax(-1).mean() > accuracy
        low, high = (temperature, high) if sure else (low, temperature)
    return temperature


def between(student, low: int, high: int, step: float) -> float:
    """Draw a temperature between two points of a grid, so that a grid that is too coarse always misses it.

    It is slightly nearer to the upper point, so that rounding to the grid and trying every point agree.
    """
    return (int(student.draw.integer(low, high)) + 0.55) * step


def is_temperature(value: Any) -> bool:
    """Return whether a value is a finite number above 0."""
    return isinstance(value, (int, float)) and math.isfinite(value) and value > 0


def at_a_limit(value: float) -> float | None:
    """Return the value if it is a likely limit of a search (an integer, or below 1, one digit), else None."""
    limit = float(f"{value:.1g}") if value < 1 else float(round(value))
    return limit if abs(value - limit) < 1e-4 * value else None


LOWEST, HIGHEST = 0.0501, 49.9
"""Bounds just inside the range of temperatures in the docstring."""


def reached(found: Any, best: float) -> str:
    """Describe how far a search got, whatever its steps."""
    if not is_temperature(found):
        return "no temperature"
    if abs(found / best - 1) <= 2 * ACCURACY:
        return "right"
    if not LOWEST < found < HIGHEST:  # a search may end there, or continue
        return "at the lower end" if found < best else "at the upper end"
    if (limit := at_a_limit(found)) is not None:
        return f"at {limit:g}"
    return "too low" if found < best else "too high"


def steps_of(found: Sequence[Any]) -> str:
    """Return the coarsest grid that contains all these temperatures; those at a limit may be on any grid."""
    counted = [value for value in found if is_temperature(value) and at_a_limit(value) is None]
    for step in (0.1, 0.01):
        if counted and all(abs(value - step * round(value / step)) <= 3e-7 * value for value in counted):
            return f"multiples of {step}"
    return "on no grid"


ACCURACY = 0.006
"""Tolerance of the ratio to the best temperature; ``expect.close`` doubles it, since the ratio is 1."""


class CheckTemperatureScale:
    """One number that corrects all confidences"""

    function = "temperature_scale"

    def sample(self, student, n: int, n_classes: int, temperature: float, spread: float = 1.2) -> tuple[Tensor, Tensor]:
        """Draw logits and labels with this best temperature, for which another rule gives a clearly different one.

        With a larger spread, more predictions are correct: with 8, more than nine of ten.
        """
        while True:
            logits = spread * student.draw.normal(n, n_classes)
            noise = -(-student.draw.uniform(1e-6, 1 - 1e-6, n, n_classes).log()).log()
            labels = (logits + noise).argmax(-1)
            best = best_temperature(logits, labels)
            apart = matching_temperature(logits, labels) / best
            if abs(math.log(apart)) > 0.03 and 0.051 < apart * temperature < 49.9:  # a search for it also ends there
                return temperature / best * logits, labels

    def asked(self, student, logits: Tensor, labels: Tensor, what: str, *, far: bool = False) -> tuple[str, Any, float]:
        """Return a description of the sample, the returned temperature, and the best one.

        The method of the search is free, so the digits are not traced. If it is far from 1, the distance of a
        search that ended too early is not traced either, since it depends on the steps.
        """
        with student.untraced():
            got = plain(student.pure("temperature_scale", logits, labels))
        want = best_temperature(logits, labels)
        if far:
            student.note(f"{what}: found", reached(got, want))
        else:
            student.note(f"{what}: a number above 0", is_temperature(got))
            if is_temperature(got):
                right = abs(got / want - 1) <= 2 * ACCURACY
                within = min(max(got, LOWEST), HIGHEST)
                student.note(f"{what}: steps of 2% above the best", 0 if right else round(50 * math.log(within / want)))
        return what, got, want

    def demand(self, asked: tuple[str, Any, float], hint: str) -> None:
        """Require the best temperature, to 1%."""
        what, got, want = asked
        ratio = got / want if is_temperature(got) else got
        label = say("ratio to the best temperature, {what}", what=translated(what))
        expect.close(ratio, 1.0, label, tolerance=ACCURACY, hint=hint)

    @check(points=2, visible=True, preloads=("transformers",), seconds=20)
    def check_too_sure(self, student):
        """for logits that are too large, the temperature is above 1"""
        asked = []
        for n, n_classes, low, high in ((200, 3, 30, 35), (150, 2, 16, 22)):
            logits, labels = self.sample(student, n, n_classes, between(student, low, high, 0.1))
            what = say("{n} predictions, {n_classes} classes, logits too large", n=n, n_classes=n_classes)
            asked.append(self.asked(student, logits, labels, what))
        student.note("temperatures above 1", steps_of([got for _, got, _ in asked]))
        for one in asked:
            self.demand(one, "the cross-entropy of logits / T has a single minimum: does your search find it?")

    @check(points=1, preloads=("transformers",), seconds=30)
    def check_too_shy(self, student):
        """for logits that are too small, the temperature is below 1"""
        asked = []
        for n, n_classes, low, high in ((180, 4, 31, 34), (1210, 2, 70, 80), (170, 3, 6, 9)):
            logits, labels = self.sample(student, n, n_classes, between(student, low, high, 0.01))
            if n > 1000:  # the wrong predictions come last, so the first ones contain hardly any
                order = (logits.argmax(-1) != labels).long().argsort(stable=True)
                logits, labels = logits[order], labels[order]
            what = say("{n} predictions, {n_classes} classes, logits too small", n=n, n_classes=n_classes)
            asked.append(self.asked(student, logits, labels, what, far=high < 10))
        student.note("temperatures below 1", steps_of([got for _, got, _ in asked]))
        for one in asked[:2]:
            self.demand(one, "does your search allow temperatures below 1?")
        self.demand(
            asked[2],
            (
                "the docstring says how low the temperature may be: is your search accurate enough for "
                "such low temperatures?"
            ),
        )

    @check(points=1, preloads=("transformers",), seconds=40)
    def check_large(self, student):
        """works for logits in the hundreds and ignores a constant added to a row"""
        for n_classes in (4, 3, 2):  # is it right there, at least?
            ordinary = self.sample(student, 140, n_classes, 0.1 * student.draw.integer(22, 29))
            self.asked(student, *ordinary, f"logits of ordinary size, {n_classes} classes", far=True)
        raised = (ordinary[0] + 300 * student.draw.normal(140, 1)).double(), ordinary[1]
        best = best_temperature(*ordinary)
        while abs(math.log(best_temperature(raised[0].clamp(-100, 100), raised[1]) / best)) < 0.05:
            # clamped logits would by chance have the same best temperature
            raised = (ordinary[0] + 300 * student.draw.normal(140, 1)).double(), ordinary[1]
        hint = (
            "exp(800) overflows, and adding a constant to a whole row must not change the result: how do you "
            "compute the softmax?"
        )
        moved = self.asked(student, *raised, mark("logits of ordinary size, rows shifted"), far=True)
        logits, labels = self.sample(student, 190, 3, float(student.draw.uniform(15, 19)))
        asked = [self.asked(student, logits, labels, "logits in the tens", far=True)]
        larger = self.sample(student, 160, 4, float(student.draw.uniform(41, 48)))
        asked.append(self.asked(student, *larger, mark("logits in the hundreds"), far=True))
        for one in asked:
            self.demand(
                one,
                ("the docstring says how high the temperature may be: does your search reach such high temperatures?"),
            )
        self.demand(moved, hint)
        logits, labels = self.sample(student, 190, 3, float(student.draw.uniform(28, 36)))  # between those above
        shifted = logits + 300 * student.draw.normal(190, 1)
        self.demand(self.asked(student, shifted.double(), labels, "logits in the hundreds, rows shifted"), hint)

    @check(points=1, after=("too_sure",), preloads=("transformers",), seconds=20)
    def check_right_classes(self, student):
        """the temperature depends on the correct classes, not on the most likely ones"""
        temperature = between(student, 16, 22, 0.1)
        logits, labels = self.sample(student, 160, 3, temperature)
        swapped = torch.where(torch.arange(160) % 4 == 0, (labels + 1) % 3, labels)
        hint = "the logit of the correct class should be high: where does your code use the labels?"
        changed = logits * (temperature / best_temperature(logits, swapped))
        few = torch.where(torch.arange(160) % 16 == 0, (labels + 1) % 3, labels)
        asked = [
            self.asked(student, changed, swapped, "a quarter of the labels changed"),
            self.asked(student, logits, labels, "the original labels"),
            self.asked(student, logits, few, "a few labels changed", far=True),
        ]
        before, after = (got if is_temperature(got) else None for _, got, _ in asked[1:])
        student.note("a few labels changed: the same temperature", before is not None and before == after)
        sure = self.sample(student, 200, 3, between(student, 16, 22, 0.1), spread=8)
        converged = self.asked(student, *sure, mark("most predictions correct"), far=True)
        for one in asked:
            self.demand(one, hint)
        self.demand(converged, "when does your search stop, and how do you know that it has converged by then?")
