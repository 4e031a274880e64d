"""Hidden checks of exercise-9: data augmentation.

Random results are judged as distributions. The generator is built from a seed in the student process. Which numbers
are drawn from it, and how many, is the student's choice, so no result is ever compared with a fixed one. Hundreds of
calls are sent as one request. The judge computes everything from the returned texts: most texts contain
every word only once, so a word tells its position.

Bounds are seven standard deviations wide, and something that must occur among many calls is missing with a probability
below 1e-10. The facts noted for an explanation are at least five standard deviations from every threshold; facts that
depend on the numbers drawn are not noted.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from course.text import mark, say, translated
from grader.errors import StudentRaised
from grader.judge import expect
from grader.judge.check import check

# --- texts, and many calls at once ---


def words(student, n: int) -> list[str]:
    """Draw different words, in no order."""
    numbers = torch.randperm(9000, generator=student.draw.generator)[:n] + 1000
    return [f"w{number}" for number in numbers.tolist()]


def shuffled(student, items: Sequence[Any]) -> list[Any]:
    """Return the same items in a random order."""
    return [items[place] for place in torch.randperm(len(items), generator=student.draw.generator).tolist()]


def answers(
    student, name: str, tokens: list[str], *rest: object, times: int = 1, **options: list[str]
) -> list[list[str]]:
    """Return the student's answers in several calls with one generator, as lists of words."""
    student.note("asked about", listed(tokens[:3]))  # the judge's words; the answers themselves are not traced
    with student.untraced():
        made = student.fixtures.augmentation.calls(
            student.value(None, name), tokens, list(rest), student.draw.seed(), times, options
        )
    expect.true(isinstance(made, list) and len(made) == times, "not every call returned a result", actual=made)
    return texts_of(student, name, made)


def texts_of(student, name: str, made: list[Any]) -> list[list[str]]:
    """Convert answers to lists of words; any sequence of words is accepted."""
    pairs: list[Any] = [
        answer if isinstance(answer, list) and len(answer) == 2 else ("nothing", None) for answer in made
    ]
    good = [isinstance(value, list) and all(isinstance(word, str) for word in value) for _, value in pairs]
    kind, value = pairs[good.index(False)] if False in good else ("list", [])
    inside = sorted({type(word).__name__ for word in value})[:3] if isinstance(value, list) else []
    student.note("form of the answer", "a list of words" if all(good) else f"{kind}, {listed(inside)}")
    expect.true(
        all(good),
        say("{name} should return a list of tokens", name=name),
        expected=say("a list of strings"),
        actual=expect.shown(value) if value is not None else str(kind),
        hint="the input is a list of words, and the result must be a list of words, too",
        reveal=True,
    )
    if other := sorted({str(kind) for kind, _ in pairs} - {"list"}):
        expect.remark(say("{name} returned a {kind}; the docstring asks for a list", name=name, kind=other[0][:40]))
    return [value for _, value in pairs]


def edge(student, what: str, ask: Callable[[], Any], hint: str) -> Any:
    """Return the answer for an allowed edge case, for which an exception fails the check."""
    try:
        return ask()
    except StudentRaised as error:
        if error.no_answer:
            raise
        student.note(f"{what} raises an exception", True)
        expect.true(
            False,
            say("{what}: an exception was raised although there is a valid result", what=translated(what)),
            expected=say("no exception"),
            actual=str(error),
            hint=hint,
            reveal=True,
        )


def demand_variety(student, made: list[list[str]]) -> None:
    """Require that many calls with one generator do not all give the same text."""
    alike = all(text == made[0] for text in made)
    expect.true(
        not alike,
        say("{times} calls with the same `rng` all return the same text", times=len(made)),
        hint="each call should return a new variant of the text: where do your random numbers come from?",
        fact=True,
    )


def seven_sigma(share: float, n: float) -> float:
    """Return seven standard deviations of a share of n independent draws: exceeded with a probability below 1e-11."""
    return 7 * math.sqrt(share * (1 - share) / n)


def called(share: float, names: Iterable[float]) -> float:
    """Return the nearest of the shares that have a name."""
    return min(names, key=lambda name: abs(name - share))


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    """Return whether all words of one text occur in the other in the same order."""
    rest = iter(whole)
    return all(any(word == other for other in rest) for word in part)


def listed(numbers: Iterable[object]) -> str:
    """Join the numbers in one line, for a note."""
    return " ".join(str(number) for number in numbers)


SERIES = 30
"""Number of calls with one generator that are compared with as many others."""


def demand_seeded(student, name: str, tokens: list[str], *rest: object) -> None:
    """Require that only the generator passed in decides, and that all other arguments stay unchanged.

    Two series of calls are compared, so that they do not agree by chance even if a wrong solution has two results only.
    """
    seed, other = student.draw.seed(), student.draw.seed()
    student.note("asked about", listed(tokens[:3]))
    with student.untraced():
        function, helpers = student.value(None, name), student.fixtures.augmentation
        dice = helpers.dice(seed)
        made = [
            helpers.beside(function, tokens, list(rest), rng, SERIES)
            for rng in (dice, dice, helpers.dice(seed), helpers.dice(other))
        ]
        numbers = [0.5, 1.0] if name == "random_deletion" else [2]
        one, equal, turned = helpers.in_hash_orders(
            function, numbers, len(rest) > 1, student.draw.integers(0, 10**6, (6,)).tolist(), student.draw.seed()
        )
    expect.true(
        all(isinstance(one["answers"], list) and len(one["answers"]) == SERIES for one in made),
        "not every call returned a result",
    )
    first, later, again, different = (texts_of(student, name, one["answers"]) for one in made)
    facts = (
        (
            any(one["tokens"] != [tokens] * len(one["tokens"]) for one in made),
            mark("the text passed in was modified"),
            mark("the next variant needs the original text again: work on a copy"),
        ),
        (
            any(one["rest"] != [list(rest)] * len(one["rest"]) for one in made),
            mark("the lexicon passed in was modified"),
            mark("the lexicon is shared by all texts: do not modify it"),
        ),
        (
            first != again,
            mark("the same seed produced a different text"),
            mark("does every random number in your code come from the `rng` argument?"),
        ),
        (
            first == later,
            mark("a second call with the same `rng` produced the same text again"),
            mark("drawing a random number changes the state of `rng`; do not seed it again"),
        ),
        (
            first == different,
            mark("a different seed produced the same text"),
            mark(
                "the `rng` argument must determine the result: does your function use a different "
                "source of random numbers?"
            ),
        ),
        (
            one == equal != turned,
            mark("the result depends on the hash values of the words, which differ from process to process"),
            mark("a set of strings has a different order in each process: does your code depend on such an order?"),
        ),
    )
    for found, what, _ in facts:
        student.note(what, found)
    student.note("the same seed gives the same words", list(map(sorted, first)) == list(map(sorted, again)))
    for found, what, hint in facts:
        expect.true(not found, what, hint=hint)


def demand_new_list(student, name: str, cases: Mapping[str, tuple[object, ...]]) -> None:
    """Require that the answer is a new list even if the text is unchanged.

    Args:
        student: the student of this check.
        name: name of the function.
        cases: description of the input -> the text, and the arguments between it and the generator.
    """
    with student.untraced():
        found = student.fixtures.augmentation.handed_back(
            student.value(None, name), [list(case) for case in cases.values()], student.draw.seed()
        )
    demand_not_handed_back(student, [what for what, own in zip(cases, found, strict=True) if own])


def demand_not_handed_back(student, cases: Sequence[str]) -> None:
    """Require that no answer is an object that was passed in; ``cases`` names the cases where one was."""
    student.note("an object passed in is returned", bool(cases))
    expect.true(
        not cases,
        "one of the arguments is returned instead of a new object",
        expected=say("new objects in any case"),
        actual=say("the object passed in, for {case}", case=translated(cases[0])) if cases else None,
        hint="if the caller changes the result, the original must stay as it is: return a copy",
        reveal=True,
    )


# --- random_deletion ---


class CheckRandomDeletion:
    """Tokens are deleted with probability p"""

    function = "random_deletion"

    @check(points=2, visible=True)
    def check_rate(self, student):
        """the share of deleted tokens is about p, spread evenly over the text"""
        # Shares with a name, at p = 0.75: 1 - p; p/(1+p), the share that remains if each removal skips the
        # next token; and shares that are often written as constants. 0.4286 and 0.5 are 10 standard deviations apart.
        cases = ((5200, 0.75, (0, 0.1, 0.25, 0.4286, 0.5, 0.75, 1)), (1700, 0.2, ()))
        texts = [words(student, n) for n, _, _ in cases]
        asked = list(zip(cases, texts, strict=True))
        made = [answers(student, "random_deletion", tokens, p)[0] for (_, p, _), tokens in asked]
        numbers = {len(tokens) - len(kept) for tokens, kept in zip(texts, made, strict=True)}
        student.note("equally many tokens go from a longer text with a larger p", len(numbers) == 1)
        # The share that is kept, or a smaller one; the boundary between the names is six deviations from 0.5.
        student.note("share of the tokens that goes at p = 0.2", called(1 - len(made[1]) / 1700, (0.2, 0.95)))
        for ((n, p, names), tokens), kept in zip(asked, made, strict=True):
            place = {word: number for number, word in enumerate(tokens)}
            foreign = sorted(set(kept) - set(place))
            student.note("different words that are not in the text", min(len(foreign), 3))
            gone = n - len(kept)
            whole = gone == 0 or len(kept) <= 1
            student.note("tokens that go", "one" if gone == 1 else "all or none" if whole else "some")
            if names and not whole:
                student.note("share of the tokens that goes", called(gone / n, names))
            expect.true(
                not foreign,
                "the result contains words that do not occur in the text",
                actual=foreign[:5],
                hint="remove a deleted token entirely: do not put anything in its place",
                reveal=True,
            )
            expect.true(
                abs(gone / n - p) <= seven_sigma(p, n),
                say("the share of deleted tokens is too far from p = {p}", p=p),
                expected=f"{p} ± {seven_sigma(p, n):.3f}",
                actual=f"{gone / n:.3f}",
                hint="the share of tokens to delete is p, and the share to keep is 1 - p",
                reveal=True,
            )
            quarter = n / 4
            there = Counter(int(place[word] // quarter) for word in kept)
            lost = [1 - there[number] / quarter for number in range(4)]
            even = all(abs(share - p) <= seven_sigma(p, quarter) for share in lost)
            expect.true(
                even,
                "the deleted tokens are not spread evenly over the whole text",
                expected=say("{p} ± {bound:.3f} of each quarter", p=p, bound=seven_sigma(p, quarter)),
                actual=listed(f"{share:.3f}" for share in lost),
                hint="every token must be deleted with the same probability, whatever its position",
                reveal=True,
                fact=True,
            )
        self.demand_nearest(student)

    @staticmethod
    def demand_nearest(student) -> None:
        """Require that a count computed in advance is the one nearest to p * n. (Missed by chance: 1e-100.)"""
        n, times = 5, 200
        made = [answers(student, "random_deletion", words(student, n), p, times=times) for p in (0.78, 0.22)]
        for texts in made:
            demand_variety(student, texts)
        down, up = ([n - len(kept) for kept in texts] for texts in made)
        student.note("p * n = 3.9: always fewer than 4 go", max(down) < 4)
        student.note("p * n = 1.1: always more than 1 go", min(up) > 1)
        few = answers(student, "random_deletion", words(student, n), 0.06, times=times)
        one = all(len(kept) < n for kept in few)
        student.note("p * n = 0.3: always at least 1 goes", one)
        for wrong, p, found in ((max(down) < 4, 0.78, down), (min(up) > 1, 0.22, up)):
            expect.true(
                not wrong,
                say("the number of tokens deleted out of {n} is always too far from p * n", n=n),
                expected=say("with p = {p}, {mean:.1f} of {n} tokens on average", p=p, mean=p * n, n=n),
                actual=say("{numbers} in each of {times} calls", numbers=listed(sorted(set(found))), times=times),
                hint="if your code first computes the number of tokens to delete, how does it round that number?",
                reveal=True,
            )
        expect.true(
            not one,
            say("with p = {p}, every call deletes at least one of {n} tokens", p=0.06, n=n),
            hint="with a small p, a short text often stays as it is: how many tokens does your code delete at least?",
            reveal=True,
        )

    @check(points=1)
    def check_order(self, student):
        """kept tokens stay in order, and a repeated word may be kept more than once"""
        few = words(student, 5)
        for n in (24, 31):
            tokens = shuffled(student, (few * 7)[:n])
            made = answers(student, "random_deletion", tokens, 0.3, times=60)
            in_order = all(is_subsequence(kept, tokens) for kept in made)
            repeated = any(len(set(kept)) < len(kept) for kept in made)
            student.note("the tokens keep their order", in_order)
            student.note("a word may stay twice", repeated)
            student.note("the tokens are sorted", all(kept == sorted(kept) for kept in made))
            expect.true(
                any(1 < len(kept) < n for kept in made),
                say(
                    "the order cannot be checked: with p = 0.3, each call keeps either all {n} tokens or almost none",
                    n=n,
                ),
                hint="about 30% of the tokens should be deleted",
            )
            expect.true(
                repeated,
                "every word in the text is repeated, yet in 60 calls no output contains a repeated word",
                hint="each occurrence of a repeated word is a separate token: does your code treat equal words as one?",
            )
            expect.true(
                in_order,
                "the tokens you return are in a different order than in the text, or include some that were not in it",
                expected=say("a part of {text}", text=listed(tokens)),
                actual=listed(next((kept for kept in made if not is_subsequence(kept, tokens)), [])),
                hint="deletion must not change the order",
                reveal=True,
            )

    @check(points=2, visible=True)
    def check_edges(self, student):
        """p = 0 changes nothing, and p = 1 keeps one random token"""
        for n in (300, 1):
            self.demand_all_kept(student, n)
        self.demand_one_kept(student)
        self.demand_short(student)
        empty = edge(
            student,
            mark("an empty text"),
            lambda: answers(student, "random_deletion", [], 0.5),
            "there is nothing to delete and nothing to keep",
        )
        expect.equal(empty, [[]], "an empty text", hint="for an empty text, return an empty list", reveal=True)

    @staticmethod
    def demand_all_kept(student, n: int) -> None:
        """Require that a text of n tokens stays unchanged with p = 0."""
        tokens = words(student, n)
        (kept,) = answers(student, "random_deletion", tokens, 0.0)
        student.note(
            "p = 0", "nothing" if kept == tokens else "tokens go" if is_subsequence(kept, tokens) else "another text"
        )
        student.note("p = 0: a single token is left", len(kept) == 1 < n)
        expect.equal(
            kept,
            tokens,
            say("{n} tokens, with p = 0", n=n),
            hint="with p = 0, how many tokens should be deleted?",
            reveal=True,
        )

    @staticmethod
    def demand_one_kept(student) -> None:
        """Require that one token is kept with p = 1, and not always the same one."""
        short = answers(student, "random_deletion", words(student, 3), 0.9, times=60)
        student.note("p = 0.9: often all of three tokens are left", sum(len(kept) == 3 for kept in short) > 20)
        lengths = (2, 3, 5, 300, 6, 4)
        texts = [words(student, n) for n in lengths]
        made = [answers(student, "random_deletion", tokens, 1.0, times=60) for tokens in texts]
        left = {len(kept) for several in made for kept in several}
        whole = all(kept == tokens for tokens, several in zip(texts, made, strict=True) for kept in several)
        more = "all tokens" if whole else "two tokens" if left == {2} else "more than one token now and then"
        student.note("left at p = 1", "nothing" if 0 in left else "one token" if left == {1} else more)
        long = max(len(kept) for kept in made[lengths.index(300)])
        student.note("left at p = 1 of 300 tokens", "more than one" if long > 1 else "one" if long else "nothing")
        if long == 1:
            more_left = [n for n, several in zip(lengths, made, strict=True) if max(map(len, several)) > 1]
            student.note("short texts of which more is left at p = 1", listed(sorted(more_left)) or "none")
        expect.true(
            0 not in left,
            "the result for a non-empty text is empty",
            expected=say("at least one of its tokens"),
            actual="[]",
            hint=(
                "a model learns nothing from a label without text: what do you return if every token is chosen for "
                "deletion?"
            ),
            reveal=True,
        )
        expect.true(
            left == {1},
            "with p = 1, more than one token is kept",
            expected=say("1 token"),
            actual=say("{count} tokens", count=max(left)),
            hint="with p = 1, every token is chosen for deletion, but exactly one of them must still be kept",
            reveal=True,
        )
        survivors = [
            "first" if kept[0] == tokens[0] else "last" if kept[0] == tokens[-1] else "other"
            for tokens, several in zip(texts, made, strict=True)
            for kept in several
        ]
        student.note("what is left at p = 1", survivors[0] if len(set(survivors)) == 1 else "now this, now that")
        always = {"first": mark("always the first"), "last": mark("always the last"), "other": mark("always the other")}
        expect.true(
            len(set(survivors)) > 1,
            "with p = 1, the same token is always kept",
            expected=say("any token of the text"),
            actual=translated(always[survivors[0]]),
            hint="if every token is chosen for deletion, choose at random which one to keep",
            reveal=True,
        )
        # One of three tokens is missing by chance among 60 calls with a probability of 1e-10.
        few = [(tokens, {kept[0] for kept in several}) for tokens, several in zip(texts, made, strict=True)][:2]
        never = sorted({tokens.index(word) - len(tokens) for tokens, seen in few for word in set(tokens) - seen})
        always_one = all(len(seen) == 1 for _, seen in few)  # which one it is may be chance
        what = "all but one" if always_one else listed(never) or "none"
        student.note("tokens that are never left at p = 1, from the end", what)
        expect.true(
            not never,
            "with p = 1, some tokens of a short text are never kept",
            hint="if every token is chosen for deletion, any of them may be kept: which indices can your code draw?",
        )

    @staticmethod
    def demand_short(student) -> None:
        """Require that one of three tokens is kept when all are drawn for deletion, and more only if drawn to stay.

        More are kept in 2.8% of the calls; in 10.3% if tokens are drawn repeatedly until one stays; in 19% if one
        token is set aside before the others are drawn; in 75.7% if the whole text is kept.
        """
        p, times = 0.9, 2000
        tokens = words(student, 3)
        short = answers(student, "random_deletion", tokens, p, times=times)
        several = 3 * p * (1 - p) ** 2 + (1 - p) ** 3
        share, bound = sum(len(kept) > 1 for kept in short) / times, several + seven_sigma(several, times)
        student.note("short texts keep too many tokens", share > bound)
        # Each boundary is more than five standard deviations from the shares.
        often = "a tenth" if share < 0.14 else "a fifth" if share < 0.4 else "most"
        student.note("share of the calls in which they do", often if share > bound else "as expected")
        always = [place for place, token in enumerate(tokens) if all(token in kept for kept in short)]
        student.note("tokens of a short text that are always kept", listed(always) or "none")
        expect.true(
            all(short),
            "with p = 0.9, the result for a text of three tokens is empty",
            hint="with any p > 0, all tokens of a text may happen to be chosen for deletion: what do you return then?",
            fact=True,
        )
        expect.true(
            share <= bound,
            "with p = 0.9, more than one of three tokens is kept too often",
            expected=say(
                "in {share:.1f}% of the calls, and never in more than {most:.1f}% by chance",
                share=100 * several,
                most=100 * bound,
            ),
            actual=say("in {share:.1f}% of {times:,} calls", share=100 * share, times=times),
            hint="if all tokens are chosen for deletion, how many of them do you return?",
            reveal=True,
        )

    @check(points=1)
    def check_pure_seeded(self, student):
        """the input is not modified or returned, and equal seeds give equal texts"""
        demand_seeded(student, "random_deletion", words(student, 30), 0.5)
        text, seed = words(student, 6), student.draw.seed()
        with student.untraced():
            function, helpers = student.value(None, "random_deletion"), student.fixtures.augmentation
            twice = [helpers.beside(function, text, [1.0], helpers.dice(seed), SERIES)["answers"] for _ in range(2)]
        student.note("p = 1: the same seed keeps different tokens", twice[0] != twice[1])
        expect.true(
            twice[0] == twice[1],
            "with p = 1, the same seed keeps a different token",
            hint="does every random number in your code come from the `rng` argument?",
        )
        demand_new_list(
            student,
            "random_deletion",
            {
                mark("a text of one token"): (text[:1], 0.5),
                "p = 0": (text, 0.0),
                mark("a text of one token, with p = 0"): (text[:1], 0.0),
                mark("a text of one token, with p = 1"): (text[:1], 1.0),
                mark("an empty text"): ([], 0.5),
            },
        )

    @check(points=1)
    def check_order_dup(self, student):
        """whether a token is deleted depends neither on its word nor its neighbours"""
        n = 1500
        tokens = words(student, n)
        (kept,) = answers(student, "random_deletion", tokens, 0.5)
        stay = set(kept)
        fates = [word in stay for word in tokens]
        share = sum(fates) / n
        both = 0.02 < share < 0.98
        expect.true(
            both,
            "with p = 0.5, either almost all tokens are kept or almost all are deleted",
            hint="draw one random number per token",
            fact=True,
        )
        turns = sum(one != other for one, other in pairwise(fates)) / (n - 1)
        student.note("what goes is one run of tokens", round(turns * (n - 1)) <= 2)
        alone = abs(turns - 2 * share * (1 - share)) <= seven_sigma(0.5, n)
        expect.true(
            alone,
            "whether a token is deleted depends on the previous token",
            expected=say(
                "{turns:.2f} of the tokens treated differently from the previous one", turns=2 * share * (1 - share)
            ),
            actual=f"{turns:.2f}",
            hint="does your code change the list while it iterates over it?",
            reveal=True,
            fact=True,
        )
        self.demand_copies_apart(student)
        first, *middle, last = words(student, 5)
        tokens = [first, *shuffled(student, [*middle, *NEGATIONS[:2]]), last]  # none of them is protected in this check
        made = answers(student, "random_deletion", tokens, 0.5, times=250)
        alike = all(kept == made[0] for kept in made)  # `pure_seeded` checks this
        if 0.2 < share < 0.8 and not alike:  # otherwise a position may be missed by chance
            never = [place for place, word in enumerate(tokens) if all(word in kept for kept in made)]
            student.note("positions that never go", listed(never))
            student.note("only negations stay", [tokens[place] for place in never] in (["not", "no"], ["no", "not"]))
            expect.true(
                not never,
                "in 250 calls with p = 0.5, the tokens at some positions are never deleted",
                actual=say("positions {places} of 7", places=listed(never)),
                hint="every token can be deleted: the first, the last, and any word between them",
                reveal=True,
            )

    @staticmethod
    def demand_copies_apart(student) -> None:
        """Require that each copy of a word is drawn separately."""
        few = words(student, 6)
        made = answers(student, "random_deletion", shuffled(student, few * 10), 0.5, times=30)
        counts = [Counter(kept)[word] for kept in made for word in few]
        together = sum(count in (0, 10) for count in counts) > len(counts) / 2
        expect.true(
            not together,
            "when a word is deleted, every occurrence of it is deleted",
            expected=say("if a word occurs several times, some copies may be kept while others are deleted"),
            hint="do you decide for each word or for each position?",
            fact=True,
        )
        # The same word before each of 1,200 different ones: if two neighbouring ones stay, one can see whether the copy
        # between them stayed.
        marks, again = words(student, 1200), "again"
        place = {word: number for number, word in enumerate(marks)}
        (kept,) = answers(student, "random_deletion", [word for one in marks for word in (again, one)], 0.5)
        seen: list[list[bool]] = [[], []]
        spots = [(spot, place[word]) for spot, word in enumerate(kept) if word in place]
        for (spot, number), (following, next_number) in pairwise(spots):
            if next_number == number + 1:
                seen[number >= 600].append(following - spot == 1)
        sizes = [max(1, len(half)) for half in seen]
        gone = [sum(half) / size for half, size in zip(seen, sizes, strict=True)]
        bound = 7 * math.sqrt(0.25 / sizes[0] + 0.25 / sizes[1])
        student.note("the first copies go first", gone[0] - gone[1] > bound)
        expect.true(
            abs(gone[0] - gone[1]) <= bound,
            "the deleted occurrences of a repeated word are mostly from one half of the text",
            expected=say("as many from the first half of the text as from the second"),
            actual=say(
                "{first:.2f} of the copies in the first half, {second:.2f} in the second", first=gone[0], second=gone[1]
            ),
            hint="if you use list.remove, which occurrence of a repeated word does it remove?",
            reveal=True,
        )


# --- random_swap ---


def moved(tokens: list[str], text: list[str]) -> list[int]:
    """Return the positions at which the word is different."""
    return [place for place, (old, new) in enumerate(zip(tokens, text, strict=True)) if old != new]


def n_swaps(tokens: list[str], text: list[str]) -> int:
    """Return the minimum number of swaps that turn one text into the other: k - 1 for every cycle of k positions."""
    place = {word: number for number, word in enumerate(tokens)}
    comes_from = [place[word] for word in text]
    seen: set[int] = set()
    swaps = 0
    for start in range(len(comes_from)):
        at = start
        while at not in seen:
            seen.add(at)
            at = comes_from[at]
            swaps += at not in seen
    return swaps


class Swapped:
    """Answers of ``random_swap`` for a text without repeated words."""

    def __init__(self, student, n_words: int, n: int, times: int) -> None:
        """Call the function, and require that the words are still the same."""
        self.tokens = words(student, n_words)
        self.texts = answers(student, "random_swap", self.tokens, n, times=times)
        same = all(sorted(text) == sorted(self.tokens) for text in self.texts)
        expect.true(
            same,
            "the words in the result differ from those in the text",
            expected=say("{n_words} words in some order", n_words=n_words),
            actual=listed(next((text for text in self.texts if sorted(text) != sorted(self.tokens)), [])),
            hint="swaps only reorder words: they neither lose nor duplicate any",
            fact=True,
        )
        self.changed = [moved(self.tokens, text) for text in self.texts]


class CheckRandomSwap:
    """Words swap places"""

    function = "random_swap"

    @check(points=2)
    def check_same_words(self, student):
        """the same words occur as often as before, in a different order"""
        few = words(student, 4)
        for n, size in ((1, 7), (4, 10)):
            tokens = shuffled(student, (few * 3)[:size])
            made = answers(student, "random_swap", tokens, n, times=40)
            lengths = {len(text) - size for text in made}
            student.note("length", "another" if lengths != {0} else "the same")
            lost = any(Counter(tokens) - Counter(text) for text in made)
            more = any(Counter(text) - Counter(tokens) for text in made)
            student.note("words", f"{'lost' if lost else 'all'} {'added' if more else 'there'}")
            wrong = next((text for text in made if Counter(text) != Counter(tokens)), [])
            expect.true(
                not (lost or more),
                "a word was lost or duplicated",
                expected=listed(sorted(tokens)),
                actual=listed(sorted(wrong)),
                hint=(
                    "look at both positions after a swap: when you overwrite the first word, is it still stored "
                    "somewhere else?"
                ),
                reveal=True,
            )
            other = any(text != tokens for text in made)
            expect.true(other, "the text never changes", hint="your function must make n swaps", fact=True)

    @check(points=2, visible=True)
    def check_one_swap(self, student):
        """the function makes n swaps, each of two different positions"""
        # Two words, 400 calls: drawing one position twice would leave them unchanged in half of the calls, and stopping
        # after some attempts would in a few of them. Neither share is near 1/4.
        pair, four = Swapped(student, 2, 1, 400), Swapped(student, 4, 1, 400)
        if any(four.changed):
            demand_variety(student, four.texts)
        idle = sum(not changed for changed in pair.changed) / 400
        often = "always" if idle == 1 else "often" if idle > 0.25 else "rarely"
        student.note("a swap of two words does nothing", often if idle else "never")
        alike = sum(not changed for changed in four.changed) / 400
        student.note("share of swaps of four words that do nothing", called(alike, (0, 0.25, 0.5, 1)))
        more = max(len(changed) for changed in four.changed)
        student.note("a single swap moves more than two words", more > 2)
        # 300 words: seven swaps are hardly ever undone, so the largest number seen is n.
        numbers = {n: Swapped(student, 300, n, 20) for n in (7, 4)}
        most = {n: max(n_swaps(one.tokens, text) for text in one.texts) for n, one in numbers.items()}
        student.note("swaps seen for n = 7 and n = 4", listed(min(number, 20) for number in most.values()))
        expect.true(
            not idle,
            "with n = 1, a text of two words stays unchanged",
            expected=say("swapped in every call"),
            actual=say("unchanged in {share:.0f}% of 400 calls", share=100 * idle),
            hint="can your two random positions be the same?",
            reveal=True,
        )
        expect.true(
            more <= 2,
            "with n = 1, more than two words move",
            expected=say("2 words at new positions"),
            actual=f"{more}",
            hint="in one swap, two words exchange places and all others stay where they are",
            reveal=True,
        )
        for n, number in most.items():
            expect.true(
                number == n,
                say("with n = {n}, the number of swaps is not {n}", n=n),
                expected=say("{n} swaps, unless some undo each other", n=n),
                actual=f"{number}",
                hint=(
                    "choose two positions and swap them, n times: does each swap start from the result of the "
                    "previous one?"
                ),
                reveal=True,
            )
        self.demand_new_positions(student)
        self.demand_parity(student)
        many = Swapped(student, 300, 25, 20)
        number = max(n_swaps(many.tokens, text) for text in many.texts)
        student.note("n = 25, 300 words: 25 swaps", number == 25)
        expect.true(
            number == 25,
            say("with n = {n}, the number of swaps is not {n}", n=25),
            expected=say("{n} swaps, unless some undo each other", n=25),
            actual=f"{number}",
            hint="make as many swaps as the argument says, however many that is",
            reveal=True,
        )

    @staticmethod
    def demand_new_positions(student) -> None:
        """Require that two swaps sometimes share a position: then three words move, otherwise four."""
        found = [
            {len(changed) for changed in Swapped(student, n_words, 2, 200).changed}.intersection((3, 4))
            for n_words in (4, 5)
        ]
        shared = {(3, 4): "sometimes", (3,): "always", (4,): "never", (): "neither"}
        student.note("two swaps share a position", listed(shared[tuple(sorted(numbers))] for numbers in found))
        hint = "choose two new positions for each swap, from all positions in the text"
        expect.true(3 in found[1], "with n = 2, the two swaps never have a position in common", hint=hint)
        expect.true(4 in found[1], "with n = 2, the two swaps always have a position in common", hint=hint)

    @staticmethod
    def demand_parity(student) -> None:
        """Require the right parity: each swap makes an even order odd and an odd one even, whatever its positions."""
        swaps = {}
        for n in (5, 6):
            few = Swapped(student, 5, n, 60)
            swaps[n] = [n_swaps(few.tokens, text) for text in few.texts]
        student.note("swaps seen for n = 5 and n = 6, five words", listed(max(numbers) for numbers in swaps.values()))
        pairs = {}
        for n in (2, 3):
            pair = Swapped(student, 2, n, 200)
            pairs[n] = [mark("reversed") if changed else mark("as it was") for changed in pair.changed]
        student.note(
            "a text of two words after 2 and 3 swaps",
            listed(found[0] if len(set(found)) == 1 else "now this, now that" for found in pairs.values()),
        )
        for n, found in pairs.items():
            expect.true(
                set(found) == {"reversed" if n % 2 else "as it was"},
                say("{n} swaps in a text of length {n_words}", n=n, n_words=2),
                expected=say(
                    "the two words exchanged" if n % 2 else "the text as it was, since the swaps undo each other"
                ),
                actual=translated(found[0]),
                hint="if the same two words are swapped several times, where do they end up?",
                reveal=True,
            )
        for n, numbers in swaps.items():
            expect.true(
                max(numbers) > 0,
                say("with n = {n}, a text of five words never changes", n=n),
                hint="there may be more swaps than words in the text: which texts are really too short for a swap?",
            )
            expect.true(
                not any(number % 2 != n % 2 for number in numbers),
                say("{n} swaps of two different positions cannot produce the order in the result", n=n),
                hint="choose two new positions for each swap, from all positions in the text",
                fact=True,
            )

    @check(points=1)
    def check_edges(self, student):
        """nothing changes if n = 0, or if the text is empty or has only one word"""
        for n_words, n, hint, unchanged in (
            (
                6,
                0,
                "if n is 0, there is nothing to do: which line of your code fails in that case?",
                "with n = 0, return the text unchanged",
            ),
            (
                1,
                2,
                "a text can be very short: does your code check that there are two positions to swap?",
                "a text of one word has no two positions to swap: return it unchanged",
            ),
            (
                0,
                3,
                "a text can be empty: does your code check that there are two positions to swap?",
                "for an empty text, return an empty list",
            ),
        ):
            tokens = words(student, n_words)
            if tokens:
                what = say("{n} swaps in a text of length {n_words}", n=n, n_words=n_words)
            else:
                what = say("{n} swaps on an empty text", n=n)
            made = edge(student, what, partial(answers, student, "random_swap", tokens, n, times=20), hint)
            student.note(f"{n} swaps, {n_words} words: unchanged", all(text == tokens for text in made))
            for text in made:
                expect.equal(text, tokens, what, hint=unchanged, reveal=True)
        tokens = words(student, 2)
        reversed_ = any(text == tokens[::-1] for text in answers(student, "random_swap", tokens, 1, times=60))
        expect.true(
            reversed_,
            "with n = 1, no two words are ever swapped",
            hint="if n is at least 1, the text must change",
            fact=True,
        )

    @check(points=1)
    def check_pure_seeded(self, student):
        """any two words can be swapped, and equal seeds give equal texts"""
        demand_seeded(student, "random_swap", words(student, 20), 6)
        text = words(student, 6)
        demand_new_list(
            student,
            "random_swap",
            {
                mark("a text of one word"): (text[:1], 2),
                "n = 0": (text, 0),
                mark("a text of two words"): (text[:2], 2),
                mark("an empty text"): ([], 3),
            },
        )
        single = Swapped(student, 5, 1, 1500)  # enough to detect a shuffle, too, although that is another check
        seen = {tuple(changed) for changed in single.changed if len(changed) == 2}
        missing = [(i, j) for i in range(5) for j in range(i + 1, 5) if (i, j) not in seen]
        student.note("pairs that are never exchanged", listed(f"{i}-{j}" for i, j in missing))
        # Of 30 words, more than 7% of all pairs are 20 positions apart or more, even if the second position is drawn
        # from those after the first: 500 calls without such a pair have a probability below 1e-15.
        long = Swapped(student, 30, 1, 500)
        far = any(changed[-1] - changed[0] >= 20 for changed in long.changed if changed)
        student.note("words far apart are exchanged", far)
        expect.true(
            not missing,
            "some pairs of positions are never swapped",
            expected=say("all 10 pairs of 5 words, in 1500 calls"),
            actual=say("never swapped: {pairs}", pairs=listed(f"{i}-{j}" for i, j in missing)),
            hint="any two positions can be swapped, including the first and the last, adjacent or not",
            reveal=True,
        )
        expect.true(
            far,
            "two words far apart are never swapped",
            expected=say("in some of 500 calls, a swap of two words that are 20 or more positions apart"),
            hint="any two positions can be swapped, however far apart they are",
            reveal=True,
        )
        first, second, third = words(student, 3)
        tokens = [first, second, third, first]
        last_moves = any(text[3:] != [first] for text in answers(student, "random_swap", tokens, 1, times=300))
        expect.true(
            last_moves,
            "only the first occurrence of a repeated word is ever moved",
            hint="if you look up a word with list.index, which occurrence of the word is found?",
            fact=True,
        )


# --- lexicons, for random_insertion and synonym_replacement ---


class Lexicon:
    """A text and synonyms for some of its words.

    Args:
        student: the student of this check.
        known: number of different words of the text that have synonyms.
        unknown: number of words without synonyms.
        itself: True if an entry lists its own word among the synonyms.
        written: True if one synonym of each entry has a capital, an underscore and a hyphen, and another one a space.
        earlier: a lexicon whose known words are known in this one, too, with other synonyms.
        negation: True if one of the known words is "not".
    """

    def __init__(
        self,
        student,
        known: int,
        unknown: int,
        itself: bool = False,
        written: bool = False,
        earlier: "Lexicon | None" = None,
        negation: bool = False,
    ) -> None:
        """Draw the lexicon. Every entry has three synonyms, which are not keys and occur in no other entry."""
        before = list(earlier.entries) if earlier else []
        self.earlier = {word for of in earlier.synonyms.values() for word in of} if earlier else set()
        n = known + unknown + 6 + 3 * (known + 6)
        found = [word for word in words(student, n + 40) if word not in before and word not in self.earlier][:n]
        if earlier:
            found[: len(earlier.known)] = list(earlier.known)
        if negation:
            found[known - 1] = "not"
        self.known: list[str] = found[:known]
        self.unknown: list[str] = found[known : known + unknown]
        self.elsewhere = found[known + unknown :][:6]
        synonyms = iter(found[known + unknown + 6 :])
        self.synonyms: dict[str, list[str]] = {
            word: [next(synonyms) for _ in range(3)] for word in (*self.known, *self.elsewhere)
        }
        if written:
            for of in self.synonyms.values():
                of[1] = f"W{of[1][1:]}_x-y"
                of[2] = f"{of[2]} z"
        self.text = shuffled(student, self.known + self.unknown)
        self.entries: dict[str, list[str]] = {
            word: shuffled(student, [*of, word]) if itself else of
            for word, of in zip(self.synonyms, map(list, self.synonyms.values()), strict=True)
        }
        self.entries = {word: self.entries[word] for word in shuffled(student, list(self.entries))}
        self.stranger = {word: of for of in self.synonyms for word in self.synonyms[of]}
        """Synonym -> word whose synonym it is."""

    def origin(self, word: str) -> str:
        """Return where a word comes from, such as the text or the synonyms."""
        of = self.stranger.get(word)
        if of is None:
            return (
                "text" if word in self.text else "the lexicon of an earlier call" if word in self.earlier else "nowhere"
            )
        return "synonyms" if of in self.known else "others"

    def note_spelling(self, student, new: Sequence[str]) -> None:
        """Note whether synonyms with a capital, an underscore and a hyphen are spelt as in the lexicon."""
        special = {re.sub(r"\W|_", "", word).lower(): word for word in self.stranger if "_" in word}
        found = [word for word in new if re.sub(r"\W|_", "", word).lower() in special]
        for what, sign in (("capitals", "W"), ("underscores", "_"), ("hyphens", "-")):
            student.note(f"{what} of synonyms stay", all(sign in word for word in found))
        student.note("synonyms of two words come apart", "z" in new)

    def without_choice(self, student) -> None:
        """Add two words to the text that the lexicon lists without a synonym."""
        empty, alone = words(student, 2)
        for word, entry in ((empty + "e", []), (alone + "a", [alone + "a"])):
            self.text.insert(student.draw.integer(0, len(self.text) + 1), word)
            self.entries[word] = entry


def sizes(numbers: Iterable[int]) -> str:
    """Return the only number that occurs, or state that there are several."""
    found = sorted(set(numbers))
    return str(found[0]) if len(found) == 1 else "several"


# --- random_insertion ---


class CheckRandomInsertion:
    """Synonyms are inserted"""

    function = "random_insertion"

    @check(points=1, visible=True)
    def check_length(self, student):
        """the text grows by n tokens, even if only a few of its words are in the lexicon"""
        cases, often, related = [], [], []
        for n, known in ((4, 5), (1, 5), (9, 2), (11, 4), (3, 1)):  # two words have six synonyms, and three positions
            lexicon = Lexicon(student, known, 0)
            made = answers(student, "random_insertion", lexicon.text, n, lexicon.entries, times=25)
            grown = {len(text) - len(lexicon.text) for text in made}
            # Nine draws leave out one of two words in 0.4% of the calls, one of three places in 8%, by chance.
            usual = {max(grown)} if known == 2 and grown in ({1, 2}, {2, 3}) else grown
            student.note(f"tokens added, n = {n}", sizes(usual))
            cases.append((n, known, grown))
            new = [[word for word in text if word in lexicon.stranger] for text in made]
            often.append(any(len(set(added)) < len(added) for added in new))
            related.append(any(len({lexicon.stranger[word] for word in added}) < len(added) for added in new))
        # By chance, two words get the same position only in some of the calls.
        crowded = all(max(grown) <= known + 1 for n, known, grown in cases if n > 2 * known)
        student.note("never more insertions than places", crowded)
        student.note("a synonym is inserted twice in a call", any(often))
        student.note("two synonyms of a word are inserted in a call", any(related))
        lexicon = Lexicon(student, 2, 4)
        made = answers(student, "random_insertion", lexicon.text, 5, lexicon.entries, times=25)
        fewer = all(len(text) - 6 <= 2 for text in made)
        student.note("two known words among six: no more than two insertions", fewer)
        lexicon = Lexicon(student, 1, 19)
        lexicon.entries[lexicon.known[0]][:] = shuffled(student, lexicon.unknown)[:3]  # a text may already contain them
        for number, word in enumerate(lexicon.unknown[:4]):  # in the lexicon, but without synonyms
            lexicon.entries[word] = [word] * (number % 2)
        made = answers(student, "random_insertion", lexicon.text, 1, lexicon.entries, times=800)
        share = sum(len(text) == 21 for text in made) / 800
        shares = (0.05, 0.2, 0.37, 1)
        student.note("one known word among twenty: share of insertions", called(share, shares) if share else 0)
        for n, known, grown in cases:
            expect.true(
                grown == {n},
                say("the text does not grow by n = {n} tokens", n=n),
                expected=say("{known} tokens become {numbers}", known=known, numbers=known + n),
                actual=say(
                    "{known} tokens become {numbers}",
                    known=known,
                    numbers=listed(known + number for number in sorted(grown)),
                ),
                hint="each insertion must add one word to the text and remove none",
                reveal=True,
            )
        expect.true(
            share == 1,
            "when only one of the text's twenty words is known, some insertions are missing",
            expected=say("one token more in each of 800 calls"),
            actual=say("in {share:.0f}% of them", share=100 * share),
            hint="a word that is not known must not use up an insertion: which words do you choose from?",
            reveal=True,
        )

    @check(points=2)
    def check_synonyms(self, student):
        """any synonym of any word in the text can be inserted"""
        lexicon: Lexicon | None = None
        for known, unknown, n in ((2, 7, 2), (4, 2, 3)):
            lexicon = Lexicon(student, known, unknown, True, True, earlier=lexicon, negation=known == 4)
            tokens = lexicon.text
            made = answers(student, "random_insertion", tokens, n, lexicon.entries, times=300)
            demand_variety(student, made)
            lost = any(Counter(tokens) - Counter(text) for text in made)
            new = [word for text in made for word in (Counter(text) - Counter(tokens)).elements()]
            origins = {lexicon.origin(word) for word in new}
            in_order = all(is_subsequence(tokens, text) for text in made)
            lexicon.note_spelling(student, new)
            student.note("old words", f"{'lost' if lost else 'all'} {'in' if in_order else 'out of'} order")
            student.note("more tokens come than insertions", any(len(text) > len(tokens) + n for text in made))
            student.note("where the new words come from", listed(sorted(origins)))
            seen = {word for word in new if lexicon.origin(word) == "synonyms"}
            places = {
                lexicon.entries[of].index(word) - (lexicon.entries[of].index(of) < lexicon.entries[of].index(word))
                for word in seen
                for of in (lexicon.stranger[word],)
            }
            of_words = {lexicon.stranger[word] for word in seen}
            student.note("places of the entries that are used", listed(sorted(places)))
            known_in_order = [word for word in tokens if word in lexicon.known]
            student.note("known words used", listed(n for n, word in enumerate(known_in_order) if word in of_words))
            student.note("synonyms of a negation are used", "not" in of_words)
            expect.true(
                not lost and in_order,
                "words of the text are missing or in a different order",
                expected=say("the old words in their original order, with new ones among them"),
                hint="an insertion must keep all words of the text in order and add a new one",
            )
            expect.true(new, "no word was inserted", hint="your function must make n insertions")
            expect.true(
                origins == {"synonyms"},
                "some inserted words are not synonyms of any word in the text",
                expected=say("synonyms of known words of the text"),
                actual=next((expect.shown(word) for word in new if lexicon.origin(word) != "synonyms"), None),
                hint=(
                    "an inserted word must be a synonym of a word in the text. A word is not its own synonym, "
                    "even if its entry lists it"
                ),
                reveal=True,
            )
            missing = [word for of in lexicon.known for word in lexicon.synonyms[of] if word not in seen]
            expect.true(
                not missing,
                "in 300 calls, some synonyms of known words are never inserted",
                actual=say("never seen: {count} of {n} synonyms", count=len(missing), n=3 * known),
                hint="choose a word at random, then one of its synonyms at random",
                reveal=True,
            )

    @check(points=1)
    def check_places(self, student):
        """a new word can be inserted anywhere, including the start and the end"""
        lexicon = Lexicon(student, 5, 0)
        tokens = lexicon.text
        n = 3000
        made = answers(student, "random_insertion", tokens, 1, lexicon.entries, times=n)
        demand_variety(student, made)
        found = [(gap, text[gap]) for text in made for gap in gaps(tokens, text)]
        seen = {gap for gap, _ in found}
        student.note(
            "gaps that are used", listed(sorted(seen)) if len(found) > 0.8 * n else "the old text is another one"
        )
        beside = [lexicon.stranger.get(word) in tokens[max(0, gap - 1) : gap + 1] for gap, word in found]
        student.note("a new word always stands beside its own", len(found) > 0.8 * n and all(beside))
        expect.true(
            len(found) == len(made),
            "the result is not the original text with one new word in it",
            hint="insert one new word and leave the original words unchanged",
        )
        expect.true(
            seen == set(range(6)),
            "at some positions, no word is ever inserted",
            expected=say("insertions in each of the 6 gaps before, between and after 5 words"),
            actual=say("in gaps {places}, counted from 0", places=listed(sorted(seen))),
            hint=(
                "five words have six positions for a new word, the first and the last included. Which of them can your "
                "random index reach?"
            ),
            reveal=True,
        )
        expect.true(
            not all(beside),
            "a new word is always inserted next to the word that it is a synonym of",
            hint="choose the position of a synonym at random, independently of the position of its word",
        )
        self.demand_no_preference(student, [gap for gap, _ in found], beside)
        self.demand_no_lean(student)
        self.demand_positions_apart(student)

    @staticmethod
    def demand_no_preference(student, used: list[int], beside: list[bool]) -> None:
        """Require that each of the 6 gaps is used equally often, and a new word is next to its own only by chance."""
        n = len(used)
        counts, bound = Counter(used), seven_sigma(1 / 6, n)
        # A fifth if one gap is never used, or if a position is rounded, and a third if two become one; the boundary is
        # five deviations from both.
        often = [gap for gap in range(6) if counts[gap] / n > 0.24]
        near, near_bound = sum(beside) / n, seven_sigma(1 / 3, n)
        student.note("gaps that are preferred", listed(often) or "none")
        if not often and near <= 1 / 3 + near_bound:
            # A third of the words, or a fifth if a position is rounded; the boundary is five deviations from both.
            student.note("the two ends", "avoided" if (counts[0] + counts[5]) / n < 0.24 else "not avoided")
        student.note("beside its own word", "usually" if near > 1 / 3 + near_bound else "not preferred")
        expect.true(
            all(abs(counts[gap] / n - 1 / 6) <= bound for gap in range(6)),
            "words are inserted in some gaps more often than in others",
            expected=say(
                "for each of the 6 gaps, {share:.3f} ± {bound:.3f} of the {n:,} calls", share=1 / 6, bound=bound, n=n
            ),
            actual=listed(f"{counts[gap] / n:.3f}" for gap in range(6)),
            hint=(
                "which positions can you pass to list.insert, and what does list.insert do with a position "
                "beyond either end?"
            ),
            reveal=True,
        )
        expect.true(
            abs(near - 1 / 3) <= near_bound,
            "an inserted synonym is next to its word too often or too rarely for a random position",
            expected=say(
                "next to its word in {share:.3f} ± {bound:.3f} of the calls, since 2 of the 6 gaps are "
                "next to the word",
                share=1 / 3,
                bound=near_bound,
            ),
            actual=f"{near:.3f}",
            hint="choose the position of a synonym at random, independently of the position of its word",
            reveal=True,
        )

    @staticmethod
    def demand_positions_apart(student) -> None:
        """Require that the second of two new words is not always next to the first."""
        lexicon = Lexicon(student, 8, 0)
        made = answers(student, "random_insertion", lexicon.text, 2, lexicon.entries, times=150)
        spots = [[spot for spot, word in enumerate(text) if word in lexicon.stranger] for text in made]
        together = all(len(two) == 2 and two[1] - two[0] == 1 for two in spots)
        new = [[text[spot] for spot in two] for text, two in zip(made, spots, strict=True)]
        same = all(len(set(two)) == 1 for two in new)
        related = all(len({lexicon.stranger[word] for word in two}) == 1 for two in new)
        student.note("two new words are always", "the same" if same else "synonyms" if related else "independent")
        expect.true(
            not together,
            "two new words are always next to each other",
            hint="choose a new position for each insertion",
            fact=True,
        )
        expect.true(
            not related,
            "the two words inserted in one call are always identical, or synonyms of the same word",
            hint="for each insertion, make a fresh choice of a word of the text and one of its synonyms",
        )

    @staticmethod
    def demand_no_lean(student) -> None:
        """Require that, on average, as many new words are inserted before a text of one word as after it."""
        n, times = 6, 500
        lexicon = Lexicon(student, 1, 0)
        made = answers(student, "random_insertion", lexicon.text, n, lexicon.entries, times=times)
        before = [text.index(lexicon.text[0]) for text in made if lexicon.text[0] in text]
        new = [len(text) - 1 for text in made if lexicon.text[0] in text]  # another check tests how many
        lean = sum(2 * count - number for count, number in zip(before, new, strict=True)) / times
        bound = 7 * n / math.sqrt(times)  # every standard deviation is at most n
        student.note("new words gather", "in front" if lean > bound else "behind" if lean < -bound else "nowhere")
        expect.true(
            abs(lean) <= bound,
            say("of {n} words inserted into a text of one word, most end up on the same side of that word", n=n),
            expected=say("{half:.0f} ± {bound:.1f} before it, on average", half=n / 2, bound=bound / 2),
            actual=f"{sum(before) / max(1, len(before)):.1f}",
            hint=("the number of gaps grows with each insertion: can your next random index reach all of them?"),
            reveal=True,
        )

    @check(points=1)
    def check_edges(self, student):
        """n = 0 or no known word changes nothing, and inputs are not modified"""
        demand_no_change(student, "random_insertion")
        lexicon = Lexicon(student, 6, 3, itself=True)
        demand_seeded(student, "random_insertion", lexicon.text, 4, lexicon.entries)
        demand_new_list(student, "random_insertion", unchanged_cases(student))
        made = answers(student, "random_insertion", lexicon.text, 2, lexicon.entries, times=12)
        grows = any(len(text) > len(lexicon.text) for text in made)  # another check tests how often
        expect.true(
            grows,
            "nothing was inserted although the text contains known words",
            hint="if n is at least 1 and the text has a known word, a word must be inserted",
            fact=True,
        )


def gaps(tokens: list[str], text: list[str]) -> list[int]:
    """Return the gap where one word was inserted, as a list of one; an empty list if the rest has changed."""
    found = [gap for gap in range(len(text)) if text[:gap] + text[gap + 1 :] == tokens]
    return found[:1]  # next to an equal word, it may be in either of two


def no_change(student) -> list[tuple[str, int, list[str], dict[str, list[str]], str, str]]:
    """Return (what, n, text, entries, two hints: for an exception, for a change) of the cases without a change."""
    unknown, empty, zero, without, turned = (Lexicon(student, known, 4) for known in (0, 3, 3, 0, 0))
    unknown.text += [word.upper() for word in unknown.elsewhere[:2]]  # the lexicon has them only in lower case
    without.without_choice(student)
    turned.text += [turned.synonyms[word][number] for number, word in enumerate(turned.elsewhere[:3])]
    return [
        (
            mark("n being 0"),
            0,
            zero.text,
            zero.entries,
            "if n is 0, there is nothing to do: which line of your code fails in that case?",
            "with n = 0, return the text unchanged",
        ),
        (
            mark("the lexicon being empty"),
            3,
            zero.text,
            {},
            "a lexicon can be empty: what does your code choose from then?",
            "if the lexicon contains no word of the text, return the text unchanged",
        ),
        (
            mark("no word being known"),
            3,
            unknown.text,
            unknown.entries,
            "some texts contain no word of the lexicon: what does your code choose from then?",
            "if the lexicon contains no word of the text, return the text unchanged",
        ),
        (
            mark("the text being empty"),
            2,
            [],
            empty.entries,
            "a text can be empty: what does your code choose from then?",
            "for an empty text, return an empty list",
        ),
        (
            mark("entries that list no other word"),
            3,
            without.text,
            without.entries,
            "an entry can be empty or list only its own word: what does your code choose from then?",
            "an entry that is empty or lists only its own word has no synonym to offer: return the text unchanged",
        ),
        (
            mark("words that the lexicon lists only as synonyms"),
            3,
            turned.text,
            turned.entries,
            "a word that only stands in the entries of others has no entry: what does your code choose from then?",
            "a word that has no entry of its own is not known, even if other entries list it",
        ),
    ]


def unchanged_cases(student) -> dict[str, tuple[list[str], int, dict[str, list[str]]]]:
    """Return the cases of ``no_change`` for ``demand_new_list``."""
    return {
        say("a text with {what}", what=translated(what)): (text, n, entries)
        for what, n, text, entries, _, _ in no_change(student)
    }


def demand_no_change(student, name: str) -> None:
    """Require that the text is returned unchanged if there is nothing to insert or to replace."""
    cases = no_change(student)
    found = []
    for what, n, text, entries, hint, _ in cases:
        ask = partial(answers, student, name, text, n, entries, times=5)
        found.append(edge(student, what, ask, hint))
        student.note(f"{what}: unchanged", all(one == text for one in found[-1]))
        student.note(f"{what}: longer", any(len(one) > len(text) for one in found[-1]))
        held = {*entries, *(word for synonyms in entries.values() for word in synonyms)}
        foreign = any(word not in held for one in found[-1] for word in Counter(one) - Counter(text))
        student.note(f"{what}: words that the lexicon does not hold", foreign)
    student.note("unchanged", [all(one == case[2] for one in made) for case, made in zip(cases, found, strict=True)])
    for (what, _, text, _, _, unchanged), made in zip(cases, found, strict=True):
        for one in made:
            expect.equal(one, text, say("the text, with {what}", what=translated(what)), hint=unchanged, reveal=True)


# --- synonym_replacement ---


def differences(tokens: list[str], text: list[str]) -> list[int]:
    """Return the positions at which two texts differ, even if their lengths differ (see ``moved``)."""
    return moved(tokens, text) if len(text) == len(tokens) else []


NEGATIONS = ["not", "no", "never"]
"""Words that are protected by default."""
LIKELY = ["nothing", "know", "nevertheless", "ever", "Not"]
"""Words that look like negations, but are not protected."""


class CheckSynonymReplacement:
    """Words are replaced by synonyms"""

    function = "synonym_replacement"

    @check(points=2, visible=True)
    def check_count(self, student):
        """exactly n positions change, or all replaceable ones if there are fewer"""
        lexicon = Lexicon(student, 4, 5)
        tokens = shuffled(student, [*lexicon.text, lexicon.known[0], lexicon.known[0]])  # one word three times
        possible = sum(word in lexicon.known for word in tokens)
        cases: list[tuple[int, set[int], int]] = []
        for n in (1, 3, possible, possible + 1, len(tokens) + 3):

            def ask(n: int = n) -> list[list[str]]:
                return answers(student, "synonym_replacement", tokens, n, lexicon.entries, times=200)

            if n > possible:
                made = edge(
                    student,
                    mark("n above the number of replaceable positions"),
                    ask,
                    "there may be fewer than n positions that can be replaced",
                )
            else:
                made = ask()
            self.demand_same_length(student, tokens, made)
            counts, want = {len(moved(tokens, text)) for text in made}, min(n, possible)
            student.note(f"positions changed, n = {n}, {want} being right", compared(counts, want))
            cases.append((n, counts, want))
        alone = lexicon.known[:1]
        single = {
            len(differences(alone, text))
            for text in answers(student, "synonym_replacement", alone, 1, lexicon.entries, times=20)
        }
        student.note("a text of one known word stays as it is", single == {0})
        for n, counts, want in cases:
            expect.true(
                counts == {want},
                say("the number of changed positions is wrong for n = {n}", n=n),
                expected=say("{want} positions, of {possible} that can change", want=want, possible=possible),
                actual=say("{counts} positions", counts=listed(sorted(counts))),
                hint=(
                    "count positions: a word that occurs twice counts twice, and a word that is not in the "
                    "lexicon does not count"
                ),
                reveal=True,
            )
        expect.true(
            single == {1},
            "the only word of a text is not replaced although it is known",
            hint="a text can be very short: which texts does your code return unchanged?",
            reveal=True,
        )

    @staticmethod
    def demand_same_length(student, tokens: list[str], made: list[list[str]]) -> None:
        """Require that all variants are as long as the text."""
        lengths = {len(text) - len(tokens) for text in made}
        student.note("length", "the same" if lengths == {0} else "shorter" if max(lengths) <= 0 else "longer")
        expect.true(
            lengths == {0},
            "the length of the text has changed",
            expected=say("{count} tokens", count=len(tokens)),
            actual=say("{count} tokens", count=len(max(made, key=lambda text: abs(len(text) - len(tokens))))),
            hint="a synonym takes the place of its word, so the length must stay the same",
            reveal=True,
        )

    @check(points=1)
    def check_synonyms(self, student):
        """a word is replaced by one of its synonyms, and any of them can be chosen"""
        lexicon: Lexicon | None = None
        for known, unknown, n in ((4, 5, 2), (5, 1, 1)):
            lexicon = Lexicon(student, known, unknown, True, True, earlier=lexicon)
            tokens = lexicon.text
            made = answers(student, "synonym_replacement", tokens, n, lexicon.entries, times=400)
            demand_variety(student, made)
            student.note("the second word of a synonym becomes a token", any("z" in text for text in made))
            self.demand_same_length(student, tokens, made)
            pairs = [(place, text[place]) for text in made for place in differences(tokens, text)]
            origins = {
                "own" if lexicon.stranger.get(word) == tokens[place] else lexicon.origin(word) for place, word in pairs
            }
            student.note("where the new words come from", listed(sorted(origins)))
            lexicon.note_spelling(student, [word for _, word in pairs])
            fewer = any(len(differences(tokens, text)) < n for text in made)
            student.note("fewer words change than n", fewer)
            seen = {word for place, word in pairs if lexicon.stranger.get(word) == tokens[place]}
            places = {lexicon.synonyms[of].index(word) for word in seen for of in (lexicon.stranger[word],)}
            ranks = {
                rank
                for of in lexicon.known
                for rank, word in enumerate(w for w in lexicon.entries[of] if w != of)
                if word in seen
            }
            student.note("places of the entries that are used", listed(sorted(ranks if places else ())))
            known_places = [place for place, word in enumerate(tokens) if word in lexicon.known]
            changed = {place for place, _ in pairs}
            student.note("known words that change", listed(n for n, p in enumerate(known_places) if p in changed))
            used: dict[str, set[str]] = {}
            for _, word in pairs:
                used.setdefault(lexicon.stranger.get(word, ""), set()).add(word)
            sources = [number for number, place in enumerate(known_places) if tokens[place] in used]
            student.note("known words whose synonyms come", listed(sources))
            student.note(
                "different synonyms of a word", "one" if max(map(len, used.values()), default=0) < 2 else "several"
            )
            expect.true(pairs, "no word was replaced", hint="your function must replace n words")
            expect.true(
                origins == {"own"},
                "a word was replaced by something other than one of its synonyms",
                expected=say("a synonym of the old word"),
                actual=next(
                    (
                        say("{old} became {new}", old=tokens[place], new=word)
                        for place, word in pairs
                        if lexicon.stranger.get(word) != tokens[place]
                    ),
                    None,
                ),
                hint="which word's entry do you take the new word from?",
                reveal=True,
            )
            expect.true(
                not fewer,
                "a word chosen for replacement is unchanged",
                hint="an entry may list the word itself: does your code count that as a replacement?",
            )
            missing = [word for of in lexicon.known for word in lexicon.synonyms[of] if word not in seen]
            expect.true(
                not missing,
                "in 400 calls, some synonyms are never used",
                actual=say("never seen: {count} of {n} synonyms", count=len(missing), n=3 * known),
                hint="choose positions and synonyms anew in every call",
                reveal=True,
            )
        self.demand_every_copy(student)

    @staticmethod
    def demand_every_copy(student) -> None:
        """Require that any occurrence of a repeated word can be the one that changes. (Missed by chance: 1e-15.)"""
        lexicon = Lexicon(student, 2, 3)
        tokens = [*lexicon.text, *shuffled(student, [*lexicon.known, *lexicon.known, *lexicon.unknown])]
        made = answers(student, "synonym_replacement", tokens, 1, lexicon.entries, times=250)
        changed = {place for text in made for place in differences(tokens, text)}
        copies = [[place for place, word in enumerate(tokens) if word == of] for of in lexicon.known]
        never = [[number for number, place in enumerate(places) if place not in changed] for places in copies]
        student.note("occurrences of a word that never change", never)
        expect.true(
            not any(never),
            "in 250 calls with n = 1, some occurrences of a repeated word are never replaced",
            hint="two occurrences of a word are two positions: how does your code find the position to change?",
        )

    @check(points=2, visible=True)
    def check_protected(self, student):
        """protected words, by default negations, are never replaced; others can be"""
        lexicon = Lexicon(student, 4, 2)
        entries = dict(lexicon.entries)
        for word in (*NEGATIONS, *LIKELY):
            entries[word] = words(student, 3)
        own = lexicon.known[:2]
        # Not protected, whatever their synonyms are.
        only, only_own, among = (f"{word}p" for word in words(student, 3))
        first, second = shuffled(student, NEGATIONS)[:2]
        entries |= {only: [first], only_own: own[1:], among: [*words(student, 2), second]}
        kinds = {only: "synonym-protected", only_own: "synonym-protected", among: "one-synonym-protected"}
        entries = {word: entries[word] for word in shuffled(student, list(entries))}
        tokens = shuffled(student, [*lexicon.text, *NEGATIONS, *LIKELY, *kinds])
        kinds |= {word: word for word in LIKELY} | dict.fromkeys(NEGATIONS, "negations")
        cases: tuple[tuple[str, list[str], dict[str, list[str]]], ...] = (
            (mark("custom words"), own, {"protected": own}),  # before any call with the default
            (mark("the default"), NEGATIONS, {}),
            (mark("none"), [], {"protected": []}),
        )
        facts = [
            (which, *self.touched_and_left(student, which, tokens, entries, protected, options, kinds))
            for which, protected, options in cases
        ]
        for which, touched, left in facts:
            expect.true(
                not touched,
                say("a protected word was replaced (protected: {which})", which=say(which)),
                actual=listed(touched),
                hint='"not bad" and "hardly bad" have different labels: which words must not be replaced?',
                reveal=True,
            )
            expect.true(
                not left,
                say(
                    "some known, unprotected words were not replaced although n is large enough for all "
                    "(protected: {which})",
                    which=say(which),
                ),
                actual=listed(left),
                hint="protect exactly the words in the argument, and no others",
                reveal=True,
            )

    @staticmethod
    def touched_and_left(
        student,
        which: str,
        tokens: list[str],
        entries: dict[str, list[str]],
        protected: list[str],
        options: dict[str, list[str]],
        kinds: dict[str, str],
    ) -> tuple[list[str], list[str]]:
        """Return the protected words that were replaced, and the others that were not although n is enough for all."""
        n = sum(word in entries and word not in protected for word in tokens)
        made = answers(student, "synonym_replacement", tokens, n, entries, times=100, **options)
        changed = {tokens[place] for text in made for place in differences(tokens, text)}
        still = {tokens[place] for text in made for place in set(range(len(tokens))) - set(differences(tokens, text))}
        touched = [word for word in protected if word in changed]
        left = [word for word in entries if word in still and word in tokens and word not in protected]
        student.note(f"protected: {which}; replaced all the same", "none" if not touched else "some")
        which_left = {kinds.get(word, "others") for word in left}
        student.note(f"protected: {which}; not replaced", listed(sorted(which_left)) or "none")
        student.note(f"protected: {which}; replaced in some calls only", any(word in changed for word in left))
        counts = {len(differences(tokens, text)) for text in made}
        student.note(f"protected: {which}; positions changed", compared(counts, n))
        return touched, left

    @check(points=1)
    def check_edges(self, student):
        """n = 0 or no known word changes nothing, and inputs are not modified"""
        demand_no_change(student, "synonym_replacement")
        lexicon = Lexicon(student, 8, 3, itself=True)
        demand_seeded(student, "synonym_replacement", lexicon.text, 4, lexicon.entries)
        negations = ["not", "no"], 2, {"not": ["hardly"], "no": ["any"]}
        demand_new_list(
            student,
            "synonym_replacement",
            {**unchanged_cases(student), mark("a text of protected words"): negations},
        )
        made = answers(student, "synonym_replacement", lexicon.text, 3, lexicon.entries, times=12)
        same_length = all(len(text) == len(lexicon.text) for text in made)
        changes = same_length and any(text != lexicon.text for text in made)  # another check tests how often
        expect.true(
            changes,
            "nothing was replaced although the text contains known words",
            hint="if n is at least 1, the text must change",
            fact=True,
        )


def compared(counts: set[int], want: int) -> str:
    """Describe how many positions change, in words that do not depend on the random numbers."""
    if len(counts) == 1:
        return str(*counts)
    fewer, more = min(counts) < want, max(counts) > want
    return "sometimes fewer, sometimes more" if fewer and more else "fewer" if fewer else "more"


# --- mixup ---


class Batch:
    """Features, labels, a partner for each example, and the share ``lam``."""

    def __init__(self, student, shape: tuple[int, ...], n_classes: int, lam: float, dtype: torch.dtype = torch.float32):
        """Draw a batch: half of the labels soft, and partners that are not mutual."""
        draw, B = student.draw, shape[0]
        self.x = draw.normal(*shape, dtype=dtype)
        self.y = torch.eye(n_classes)[torch.arange(B) % n_classes][torch.randperm(B, generator=draw.generator)]
        soft = draw.normal(B // 2, n_classes).softmax(-1)
        self.y[: B // 2] = soft
        order = torch.randperm(B, generator=draw.generator)
        self.perm = torch.empty(B, dtype=torch.int64)
        self.perm[order] = order.roll(1)  # one large cycle: no example is its own partner, or its partner's partner
        self.lam = lam

    def arguments(self) -> tuple[Tensor, Tensor, float, Tensor]:
        """Return the arguments of ``mixup``."""
        return self.x, self.y, self.lam, self.perm

    def leave_one_alone(self) -> int:
        """Make one example its own partner, and return its number."""
        one = int(self.perm[0])
        self.perm[0], self.perm[one] = self.perm[one].clone(), one
        return one

    def mixed(self, values: Tensor) -> Tensor:
        """Return the weighted sum, example by example."""
        rows = values.double()
        return torch.stack([self.lam * rows[i] + (1 - self.lam) * rows[j] for i, j in enumerate(self.perm.tolist())])


def parts_of(answer: Any, exactly: bool) -> Any:
    """Return the two parts of the answer; without ``exactly``, more parts are accepted."""
    good = isinstance(answer, (list, tuple)) and (len(answer) == 2 or (not exactly and len(answer) > 2))
    expect.true(
        good,
        "mixup should return two tensors: mixed features and mixed labels",
        actual=say("{count} values", count=len(answer)) if isinstance(answer, (list, tuple)) else expect.shown(answer),
        hint="return one tensor of mixed features and one of mixed labels",
        reveal=True,
    )
    return answer


class CheckMixup:
    """Examples and labels are mixed in the same way"""

    function = "mixup"

    @check(points=2, visible=True)
    def check_x(self, student):
        """mixed features are lam times one example plus (1 - lam) times its partner"""
        draw = student.draw
        batches = [
            Batch(student, (5, 3), 2, float(draw.uniform(0.55, 0.9))),
            Batch(student, (7, 4, 6), 2, float(draw.uniform(0.1, 0.4))),
        ]
        mixtures = [student.mixup(*batch.arguments()) for batch in batches]  # call both before either is judged
        for batch, answer in zip(batches, mixtures, strict=True):
            shape, lam = tuple(batch.x.shape), batch.lam
            expect.close(
                parts_of(answer, exactly=False)[0],
                batch.mixed(batch.x),
                say("features {shape}, lam = {lam:.2f}", shape=shape, lam=lam),
                hint="perm[i] is the partner of example i: is lam the share of the example or of its partner?",
            )

    @check(points=2, visible=True)
    def check_y(self, student):
        """labels are mixed with the same lam and partner as the features"""
        draw = student.draw
        for shape, n_classes, lam in (
            ((6, 4), 3, float(draw.uniform(0.55, 0.9))),
            ((7, 2, 5), 4, float(draw.uniform(0.1, 0.4))),
        ):
            batch = Batch(student, shape, n_classes, lam)
            answer = parts_of(student.mixup(*batch.arguments()), exactly=True)
            expect.close(
                answer[1],
                batch.mixed(batch.y),
                say("labels {shape}, lam = {lam:.2f}", shape=(shape[0], n_classes), lam=lam),
                hint="a mixture of 70% of one review and 30% of another needs a label mixed in the same shares",
            )

    @check(points=1, after=("x",))
    def check_ids_refused(self, student):
        """token ids are rejected; features of any floating-point dtype are accepted"""
        draw = student.draw
        refused = {}
        for dtype in (torch.int64, torch.int32, torch.int16, torch.uint8):
            batch = Batch(student, (4, 6), 2, float(draw.uniform(0.6, 0.9)))
            ids = draw.integers(*((20, 256) if dtype == torch.uint8 else (1000, 30000)), (4, 6)).to(dtype)
            with student.untraced():
                refused[dtype] = self.refuses(student, ids, batch)
            student.note(f"{dtype} refused", refused[dtype])
        features = [
            (name, Batch(student, (5, 2, 3), 2, float(draw.uniform(0.6, 0.9)), dtype), tolerance)
            for name, dtype, tolerance in (
                ("float64", torch.float64, 1e-5),
                ("float16", torch.float16, 2e-2),
                ("bfloat16", torch.bfloat16, 1e-1),
            )
        ]
        with student.untraced():
            accepted = [self.accepts(student, batch) for _, batch, _ in features]
        student.note("ids refused, features accepted", [*refused.values(), *(one is not False for one in accepted)])
        for dtype, error in refused.items():
            expect.true(
                error,
                say(
                    "token ids ({dtype}) were mixed instead of being rejected", dtype=str(dtype).removeprefix("torch.")
                ),
                expected="TypeError",
                actual=say("no error"),
                hint=(
                    "the mean of the ids 2054 and 3185 is about 2620: does token 2620 mean something halfway "
                    "between the two?"
                ),
                reveal=True,
            )
        hint = "reject only integer dtypes"
        for (name, batch, tolerance), taken in zip(features, accepted, strict=True):
            if taken is None:
                expect.remark(say("mixup passes its features to numpy, which has no {dtype}", dtype=name))
                continue
            what = say("features in {dtype}", dtype=name)
            with student.untraced():  # the rounding in a short dtype depends on the order of operations
                answer = edge(student, what, partial(student.mixup, *batch.arguments()), hint)
            x = parts_of(answer, exactly=False)[0]
            expect.close(x, batch.mixed(batch.x), what, tolerance=tolerance, hint=hint)

    @staticmethod
    def accepts(student, batch: Batch) -> bool | None:
        """Return whether there is no error; None, with a remark, if numpy lacks the dtype, which costs no points."""
        try:
            student.mixup(*batch.arguments())
        except StudentRaised as error:
            if error.no_answer:
                raise
            return None if batch.x.dtype == torch.bfloat16 and "unsupported ScalarType" in str(error) else False
        return True

    @staticmethod
    def refuses(student, ids: Tensor, batch: Batch) -> bool:
        """Return whether an exception of any type is raised."""
        try:
            student.mixup(ids, batch.y, batch.lam, batch.perm)
        except StudentRaised as error:
            if error.no_answer:
                raise
            expect.remark_on_type(error, mark("mixup raises {type} for token ids instead of TypeError"), "TypeError")
            return True
        return False

    @check(points=1)
    def check_limits(self, student):
        """lam = 1 changes nothing, lam = 0 gives the partner, integer labels work"""
        for lam, n_classes in ((1.0, 3), (0.0, 4)):
            batch = Batch(student, (6, 5), n_classes, lam)
            x, y = parts_of(student.pure("mixup", *batch.arguments()), exactly=True)
            hint = "the share of the example itself is lam; the share of its partner is 1 - lam"
            expect.close(x, batch.mixed(batch.x), say("features, lam = {lam:.0f}", lam=lam), hint=hint)
            expect.close(y, batch.mixed(batch.y), say("labels, lam = {lam:.0f}", lam=lam), hint=hint)
        hint = "one-hot labels may have an integer dtype, but a mixture of them cannot"
        kinds = {}
        for lam in (float(student.draw.uniform(0.6, 0.9)), 1.0, 0.0):
            batch = Batch(student, (6, 5), 3, lam)
            batch.y = torch.eye(3, dtype=torch.int64)[shuffled(student, [0, 1, 2, 0, 1, 2])]
            answer = edge(student, mark("integer one-hot labels"), partial(student.mixup, *batch.arguments()), hint)
            x, y = parts_of(answer, exactly=True)
            expect.close(x, batch.mixed(batch.x), "features mixed along with integer one-hot labels")
            expect.close(y, batch.mixed(batch.y), "integer one-hot labels, mixed", hint=hint)
            kinds[lam] = isinstance(y, Tensor) and not y.is_floating_point()
        student.note("integer labels stay integers", [*kinds.values()])
        batch = Batch(student, (6, 3), 4, float(student.draw.uniform(0.6, 0.9)))
        one = batch.leave_one_alone()
        hint = "in a random permutation, some examples may be their own partners: what is lam * x + (1 - lam) * x?"
        what = mark("an example that is its own partner")
        answer = edge(student, what, lambda: student.mixup(*batch.arguments()), hint)
        x, y = parts_of(answer, exactly=True)
        expect.close(x, batch.mixed(batch.x), say("features, perm[{one}] = {one}", one=one), hint=hint)
        expect.close(y, batch.mixed(batch.y), say("labels, perm[{one}] = {one}", one=one), hint=hint)
        own, still = [], mark("a permutation that moves nothing")
        for lam in (1.0, 0.0, 0.7):
            batch = Batch(student, (6, 5), 3, lam)
            if lam == 0.7:
                batch.perm = torch.arange(6)
            with student.untraced():
                shared = student.fixtures.augmentation.shares_memory(student.value(None, "mixup"), *batch.arguments())
            own += [still if lam == 0.7 else f"lam = {lam:.0f}"] * any(shared)
        student.note("only if every example is its own partner", own == [still])
        demand_not_handed_back(student, own)
        for lam, whole in kinds.items():
            expect.true(
                not whole,
                say("with lam = {lam}, integer labels come back in an integer dtype", lam=round(lam, 2)),
                hint="according to the docstring, which dtypes may the mixed labels have?",
                reveal=True,
            )


# --- back_translate ---


def lengths_in_disorder(student, n: int, least: int) -> list[int]:
    """Draw the number of words of each of n texts, at least ``least``; if there are few texts, all numbers differ.

    Sorting the texts by length, in either direction, and confusing the order with its inverse gives another order.
    """
    if n > 12:
        return [least + extra for extra in student.draw.integers(0, 6, (n,)).tolist()]
    while True:
        found = shuffled(student, range(least, least + n))
        order = sorted(range(n), key=found.__getitem__)
        if n < 4 or not any(all(one[one[k]] == k for k in range(n)) for one in (order, order[::-1])):
            return found


CYRILLIC = str.maketrans("wW0123456789", "шШабвгдежзик")
KINDS = {
    "new": lambda text, new: new,
    "spaced": lambda text, new: new.replace(" ", "  ", 2),
    "unchanged": lambda text, new: text,
    "case": lambda text, new: text.upper(),
    "outer": lambda text, new: f"  {text} ",
    "inner": lambda text, new: text.replace(" ", "   "),
    "tabs": lambda text, new: text.replace(" ", "\t"),
    "marks": lambda text, new: text.removesuffix(".") + "!",
    "accent": lambda text, new: text.replace(" w", " ẃ", 1),
    "script": lambda text, new: new.translate(CYRILLIC),
    "order": lambda text, new: " ".join([*text.split()[:1], *text.split()[-2:0:-1], *text.split()[-1:]]),
    "empty": lambda text, new: "",
    "blank": lambda text, new: "   ",
}
"""Kind of a text -> what the translators make of it."""


class Journey:
    """Texts, their back-translations, and the student's result.

    Args:
        student: the student of this check.
        kinds: the back-translation of each text: a key of KINDS, or ``again`` with the number of an earlier text, or
            ``again case``, ``again marks`` and so on likewise; or ``copy`` with the number of an earlier text, if the
            text itself repeats that one, with another label; or ``twin`` with that number, if the text differs
            from that one only in case, and its back-translation is new.
        known: back-translation of the first text that is ``new``, if an earlier call has already returned it.
        given: the second text, if it is ``new`` and an earlier call received it.
    """

    def __init__(self, student, kinds: Sequence[str], known: str = "", given: str = "") -> None:
        """Draw texts and labels, and call the function."""
        n, draw = len(kinds), student.draw
        lengths = lengths_in_disorder(student, n, 4)
        found = iter(words(student, sum(lengths) + 4 * n))
        sentences = [" ".join(next(found) for _ in range(length)).capitalize() + "." for length in (*lengths, *[4] * n)]
        self.texts, fresh = sentences[:n], sentences[n:]
        if known:
            fresh[list(kinds).index("new")] = known
        if given and kinds[1] == "new":
            self.texts[1] = given
        self.labels = torch.randperm(900, generator=draw.generator)[:n].tolist()
        self.kinds = list(kinds)
        self.returned: list[str] = []
        for text, new, kind in zip(self.texts, fresh, kinds, strict=True):
            again, _, number = kind.rpartition(" ")
            if again == "copy":
                self.texts[len(self.returned)] = self.texts[int(number)]
                self.returned.append(self.returned[int(number)])
            elif again == "twin":
                self.texts[len(self.returned)] = self.texts[int(number)].upper()
                self.returned.append(new)
            elif again:
                back = self.returned[int(number)]
                _, _, how = again.partition(" ")
                self.returned.append(KINDS[how](back, new) if how else back)
            else:
                self.returned.append(KINDS[kind](text, new))
        self.pivots = [f"pivot {number}" for number in shuffled(student, range(100, 100 + n))]
        self.pivots = [self.pivots[self.texts.index(text)] for text in self.texts]
        student.note("asked about", self.texts[:1])
        helpers = student.fixtures.augmentation
        with student.untraced():
            there = helpers.translator(dict(zip(self.texts, self.pivots, strict=True)), "-xx")
            back = helpers.translator(dict(zip(self.pivots, self.returned, strict=True)), "-yy")
            function = student.value(None, "back_translate")
            read = helpers.translated(function, self.texts, self.labels, there, back)
        self.calls = read["calls"]
        self.after = read["texts"], read["labels"]
        self.own = read["own"]
        self.found, self.found_labels = two_lists(student, "back_translate", read["answer"])
        student.note("texts", [listed(self.owner(text)) for text in self.found][:100])

    def owner(self, text: str) -> tuple[int, str]:
        """Return the number of the text that it was made from, or -1, and its kind; blanks are ignored."""
        key = " ".join(text.split())
        for number, back in enumerate(self.returned):
            kind = self.kinds[number].partition(" ")[0]
            if " ".join(back.split()) == key and kind in NEW:
                return number, "new"
        for number, original in enumerate(self.texts):
            if original.casefold() == key.casefold():
                return number, "original"
        for what, known in (("pivot", self.pivots), ("new", self.returned), ("original", self.texts)):
            for number, start in enumerate(known):
                if (
                    start.strip()
                    and key.casefold().startswith(start.casefold().split()[0])
                    and known is not self.pivots
                ):
                    return number, f"{what} {' '.join(ENDINGS.findall(key.split()[0])) or 'altered'}"
                if key.startswith(start) and known is self.pivots:
                    return number, what
        return -1, "nothing known" if key else "nothing"

    def blanks(self, text: str) -> str:
        """Describe whether the blanks between the words of a new text are those of the back-translation."""
        number, what = self.owner(text)
        if what != "new":
            return "none"
        return "good" if text.strip() == self.returned[number].strip() else "changed"

    def numbers(self, *kinds: str) -> list[int]:
        """Return the numbers of the texts of these kinds."""
        return [number for number, kind in enumerate(self.kinds) if kind in kinds]

    def new(self) -> list[int]:
        """Return the numbers of the new texts; a text that differs in a punctuation mark or an accent is new."""
        return [
            number
            for number, kind in enumerate(self.kinds)
            if kind == "new" or {"marks", "accent", "script", "order", "twin"}.intersection(kind.split())
        ]

    def demand_new(self, student) -> None:
        """Require that all new texts are in the result."""
        owners = {self.owner(text) for text in self.found}
        gone = [number for number in self.new() if (number, "new") not in owners]
        kinds = sorted({self.kinds[number].rstrip("0123456789 ") for number in gone})
        student.note("dropped, though new", listed(kinds) or "none")
        missing = [self.returned[number] for number in gone]
        expect.true(
            not missing,
            "some changed texts are missing from the result",
            expected=expect.shown(missing[0]) if missing else None,
            actual=self.found[:3],
            hint="translate into the other language, then back, and keep each text that has changed",
            reveal=True,
        )


def two_lists(student, name: str, answer: Any) -> tuple[list[str], list[Any]]:
    """Return the texts and labels in the answer."""
    pair = isinstance(answer, (list, tuple)) and len(answer) == 2
    found: Any
    labels: Any
    found, labels = answer if pair else (None, None)
    labels = labels.tolist() if isinstance(labels, Tensor) and labels.ndim == 1 else labels
    good = isinstance(found, (list, tuple)) and isinstance(labels, (list, tuple))
    good = good and all(isinstance(text, str) for text in found)
    student.note("form of the answer", "two lists" if good else form(answer))
    expect.true(
        good,
        say("{name} should return two lists: texts and labels", name=name),
        actual=expect.shown(answer),
        hint="return two lists of equal length, texts and labels, not one list of pairs",
        reveal=True,
    )
    labels = [label.item() if isinstance(label, Tensor) and label.numel() == 1 else label for label in labels]
    return list(found), labels


NEW = ("new", "spaced", "again", "marks", "accent", "script", "order", "twin")
"""Kinds of texts that are not another form of an original."""
ENDINGS = re.compile("-(?:xx|yy)")
"""Endings that a translator appends to the words of a text that is not in its language."""


def form(value: Any) -> str:
    """Describe the types of an answer, two levels deep, and its length."""
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__} of {len(value)}: {listed(sorted({type(part).__name__ for part in value}))}"
    return type(value).__name__


class CheckBackTranslate:
    """There and back again"""

    function = "back_translate"

    @check(points=2, visible=True)
    def check_round_trip(self, student):
        """a text is translated there and back, and the result is returned as it is"""
        for n in (5, 8):
            trip = Journey(student, shuffled(student, ["spaced", "spaced", *["new"] * (n - 2)]))
            student.note("blanks between words", [trip.blanks(text) for text in trip.found][:100])
            expect.equal(
                [text.strip() for text in trip.found],  # blanks at the ends may be removed
                trip.returned,
                say("{n} texts, there and back", n=n),
                hint=(
                    "call to_pivot first, then from_pivot on its output, and return the texts exactly as "
                    "from_pivot gave them"
                ),
                reveal=True,
            )

    @check(points=2)
    def check_labels(self, student):
        """every kept text keeps its own label"""
        for kinds in (
            ("unchanged", "new", "new", "unchanged", "new", "new"),
            ("new", "unchanged", "unchanged", "new", "new", "unchanged", "new"),
        ):
            trip = Journey(student, kinds)
            student.note("labels for texts", len(trip.found_labels) - len(trip.found))
            owners = [trip.owner(text) for text in trip.found]
            made = {number for number, what in owners if what != "original"}
            expect.true(
                made >= set(trip.numbers("new")),
                "some texts that translation has changed are missing from the result",
                expected=say("{count} texts", count=len(trip.numbers("new"))),
                actual=say("{count} texts", count=len(made)),
                hint="keep every text that translation has changed",
                reveal=True,
            )
            expect.true(
                len(trip.found) == len(trip.found_labels),
                "the number of labels differs from the number of texts",
                expected=say("{count} labels", count=len(trip.found)),
                actual=say("{count} labels", count=len(trip.found_labels)),
                hint="when you drop a text, drop its label, too",
                reveal=True,
            )
            mine = {label: number for number, label in enumerate(trip.labels)}
            student.note("whose labels", [mine.get(label, "nobody's") for label in map(plain_label, trip.found_labels)])
            expect.equal(
                [plain_label(label) for label in trip.found_labels],
                [trip.labels[number] if number >= 0 else None for number, _ in owners],
                "labels of the returned texts",
                hint=("some texts were dropped: did you drop their labels, too, or did other texts get those labels?"),
                reveal=True,
            )
            for what, before, after in zip(("texts", "labels"), (trip.texts, trip.labels), trip.after, strict=True):
                student.note(f"{what} passed in change", before != after)
                expect.true(
                    before == after,
                    "the texts passed in were modified" if what == "texts" else "the labels passed in were modified",
                    hint="the caller still needs the originals: build new lists",
                )

    @check(points=1)
    def check_filters(self, student):
        """a result that matches its original or an earlier result is dropped"""
        cases: list[tuple[Journey, list[str], list[str], set[str]]] = []
        for kinds in (
            (
                "new",
                "unchanged",
                "case",
                "new",
                "outer",
                "again 0",
                "again case 3",
                "again inner 0",
                "new",
                "inner",
                "tabs",
            ),
            (
                "case",
                "new",
                "again 1",
                "new",
                "unchanged",
                "again inner 3",
                "inner",
                "outer",
                "again case 1",
                "new",
                "tabs",
            ),
            (
                "new",
                "new",
                "unchanged",
                "copy 1",
                "new",
                "copy 0",
                "marks",
                "again accent 4",
                "accent",
                "again marks 0",
                "order",
                "again order 0",
                "twin 0",
                "script",
                "script",
            ),
        ):
            # A text that an earlier call returned is as new as any other; one that an earlier call received may now
            # have another translation.
            before = cases[0][0] if cases else None
            trip = Journey(
                student, kinds, known=before.returned[0] if before else "", given=before.texts[3] if before else ""
            )
            cases.append((trip, *self.facts(student, trip)))
        for trip, names, kept, again in cases:
            trip.demand_new(student)
            expect.true(
                not kept,
                "an unchanged text was kept",
                expected=say("only new texts"),
                actual=kept,
                hint=(
                    "a model learns nothing from a copy: which differences should your code ignore when it "
                    "compares texts?"
                ),
                reveal=True,
            )
            expect.true(
                not again,
                "a text was kept twice",
                expected=say("each new text once"),
                actual=sorted(names, key=str.casefold),
                hint="two different originals may be translated back into the same text",
                reveal=True,
            )
            expect.equal(
                names,
                [trip.returned[number] for number in trip.new()],
                "new texts",
                hint="if two results are equal, keep the first",
                reveal=True,
            )
            own = [trip.labels[number] for number in trip.new()]
            later = any(
                label not in (mine, "nobody's") and trip.returned[trip.labels.index(label)] == text
                for label, mine, text in zip(map(plain_label, trip.found_labels), own, names, strict=False)
                if label in trip.labels
            )
            expect.true(
                not later,
                "a kept text has the label of a later duplicate",
                hint="if two results are equal, keep the first, with its label",
                fact=True,
            )

    def facts(self, student, trip: Journey) -> tuple[list[str], list[str], set[str]]:
        """Return the texts of the result with single blanks, the unchanged ones among them, and the repetitions."""
        names = [" ".join(text.split()) for text in trip.found]
        originals = {text.casefold(): kind for text, kind in zip(trip.texts, trip.kinds, strict=True)}
        kinds = [originals[name.casefold()] for name in names if name.casefold() in originals]
        again = self.repetitions(trip.found)
        student.note("kept, though unchanged", listed(sorted(set(kinds))) or "none")
        student.note("kept, though there already", listed(sorted(again)) or "none")
        return names, [name for name in names if name.casefold() in originals], again

    @staticmethod
    def repetitions(found: list[str]) -> set[str]:
        """Describe how repeated texts differ from their first occurrence, and whether that directly precedes them."""
        seen: dict[str, tuple[int, str]] = {}
        kinds = set()
        for place, text in enumerate(found):
            key = " ".join(text.split())
            if key.casefold() in seen:
                before, first = seen[key.casefold()]
                how = "exact" if text == first else "blanks" if key == " ".join(first.split()) else "case"
                kinds.add(f"{how} {'beside' if place == before + 1 else 'apart'}")
            seen[key.casefold()] = place, text
        return kinds

    @check(points=1, after=("round_trip",))
    def check_batched(self, student):
        """the translators are called with lists of texts, in one or a few calls"""
        n = 64
        trip = Journey(student, ["new"] * n)
        trip.demand_new(student)
        kinds = sorted({str(kind) for calls in trip.calls for kind, _ in calls} - {"list", "tuple"})
        few = all(len(calls) <= n / 4 for calls in trip.calls)
        student.note("argument of a translator", listed(kinds) or "list")
        student.note("calls of a translator", "few" if few else "about one for each text")
        expect.true(
            few,
            "a translator is called too often",
            expected=say("for {n} texts, at most {most} calls of each", n=n, most=n // 4),
            actual=say("{count} calls", count=listed(len(calls) for calls in trip.calls)),
            hint=(
                "a model translates a batch of 64 texts nearly as fast as a single one: how many texts do you "
                "pass per call?"
            ),
            reveal=True,
        )
        expect.true(
            not kinds,
            "a translator was called with something other than a list",
            expected=say("a list of texts"),
            actual=listed(kinds),
            hint="look at the types in the signature",
            reveal=True,
        )

    @check(points=1)
    def check_filters_empty(self, student):
        """empty and blank texts are dropped, and an empty list gives an empty list"""
        for kinds in (("new", "empty", "new", "blank"), ("blank", "new", "empty", "new", "new")):
            trip = Journey(student, kinds)
            trip.demand_new(student)
            kept = {"empty" if not text else "blank" for text in trip.found if not text.strip()}
            student.note("texts without words", listed(sorted(kept)) or "none")
            mine = {label: number for number, label in enumerate(trip.labels)}
            student.note("whose labels", [mine.get(label, "nobody's") for label in map(plain_label, trip.found_labels)])
            expect.true(
                not kept,
                "an empty or blank text was kept",
                expected=say("no text that is empty or only whitespace"),
                actual=[text for text in trip.found if not text.strip()],
                hint="a translator sometimes returns an empty or blank text: does your code drop it?",
                reveal=True,
            )
            expect.equal(
                [plain_label(label) for label in trip.found_labels],
                [trip.labels[number] for number in trip.new()],
                "labels of the returned texts",
                hint="when you drop a text, drop its label, too; all other texts keep theirs",
                reveal=True,
            )
        hint = "if no text is kept, return two empty lists"
        none = edge(student, mark("no new texts"), lambda: Journey(student, ["unchanged", "unchanged"]), hint)
        expect.equal([none.found, none.found_labels], [[], []], "no new texts", hint=hint, reveal=True)
        hint = "for two empty lists, return two empty lists"
        nothing = edge(student, mark("no texts"), lambda: Journey(student, []), hint)
        expect.equal([nothing.found, nothing.found_labels], [[], []], "no texts", reveal=True)
        cases = {mark("texts that are all kept"): Journey(student, ["new"] * 3), mark("two empty lists"): nothing}
        demand_not_handed_back(student, [what for what, trip in cases.items() if trip.own])


def plain_label(label: object) -> object:
    """Return a label as an int if it is a whole number."""
    return int(label) if isinstance(label, (int, float)) and float(label).is_integer() else str(label)[:20]


# --- bonus: keep_confirmed ---


class Verdicts:
    """Texts with labels, a classifier's probabilities, and the student's selection.

    Args:
        student: the student of this check.
        shares: for each text the probability of its label, and that of its strongest rival class.
        n_classes: C
        fixed: number of a text -> its label, if it should not be drawn.
        options: the threshold, if it is passed.
    """

    def __init__(
        self,
        student,
        shares: Sequence[tuple[float, float]],
        n_classes: int,
        fixed: Mapping[int, int] | None = None,
        **options: float,
    ) -> None:
        """Draw texts, labels and the other probabilities, and call the function."""
        draw, n = student.draw, len(shares)
        lengths = lengths_in_disorder(student, n, 3)
        found = iter(words(student, sum(lengths)))
        self.texts = [" ".join(next(found) for _ in range(length)) for length in lengths]
        drawn = [(place + draw.integer(0, 2)) % n_classes for place in range(n)]
        self.labels = [(fixed or {}).get(place, label) for place, label in enumerate(drawn)]
        self.rows = []
        first = draw.integer(0, max(1, n_classes - 1))
        for place, (label, (own, rival)) in enumerate(zip(self.labels, shares, strict=True), start=first):
            others = [(label + step) % n_classes for step in range(1, n_classes)]
            row = dict.fromkeys(others, (1 - own - rival) / max(1, n_classes - 2))
            row |= {others[place % len(others)]: rival, label: own}  # in turn, so that each class is a rival
            self.rows.append([row[number] for number in range(n_classes)])
        threshold = options.get("threshold", 0.5)
        self.kept = [place for place, (own, rival) in enumerate(shares) if own > rival and own >= threshold]
        self.ask(student, options)

    def ask(self, student, options: dict[str, float]) -> None:
        """Call the function and store its result."""
        student.note("asked about", self.texts[:1])
        with student.untraced():
            function = student.value(None, "keep_confirmed")
            read = student.fixtures.augmentation.confirmed(function, self.texts, self.labels, self.rows, options)
        self.calls, self.after, self.own = read["calls"], (read["texts"], read["labels"]), read["own"]
        self.found, labels = two_lists(student, "keep_confirmed", read["answer"])
        self.found_labels = [plain_label(label) for label in labels]
        places = {text: place for place, text in enumerate(self.texts)}
        student.note("texts", [places.get(text, -1) for text in self.found][:100])
        student.note("labels", [label if isinstance(label, int) else -1 for label in self.found_labels][:100])

    def demand(self, what: str, hint: str) -> None:
        """Require that exactly the confirmed texts and labels are in the result."""
        what = translated(what)
        expect.equal(
            self.found,
            [self.texts[place] for place in self.kept],
            say("texts, {what}", what=what),
            hint=hint,
            reveal=True,
        )
        expect.equal(
            self.found_labels,
            [self.labels[place] for place in self.kept],
            say("labels, {what}", what=what),
            hint="when you drop a text, drop its label, too; all other texts keep theirs",
            reveal=True,
        )


class CheckKeepConfirmed:
    """Bonus: does the label still hold?"""

    function = "keep_confirmed"

    @staticmethod
    def pairs(student, wins: Sequence[bool]) -> list[tuple[float, float]]:
        """Draw clear cases: the label wins with 0.7 or more, every second time above 0.9, or another class does."""
        found = []
        for place, label_wins in enumerate(wins):
            large = float(student.draw.uniform(*((0.7, 0.88), (0.92, 0.98))[place % 2]))
            found.append((large, 1 - large) if label_wins else (1 - large, large))
        return found

    @check(points=2, visible=True)
    def check_confirmed(self, student):
        """only texts whose label the classifier predicts are kept, in order"""
        two = Verdicts(student, self.pairs(student, (True, True, False, True, True, False, True, True)), 2)
        shares = [
            (0.9 * own, 0.9 * rival) for own, rival in self.pairs(student, (False, True, True, False, True, True))
        ]
        four = Verdicts(student, shares, 4)
        for verdicts, n_classes in ((two, 2), (four, 4)):
            verdicts.demand(
                say("{n_classes} classes, with a confident classifier", n_classes=n_classes),
                "compare the class that the classifier predicts with the label of the text",
            )

    @check(points=1)
    def check_threshold(self, student):
        """the label must be the most likely class and reach the threshold"""
        by_chance = float(student.draw.uniform(0.0, 0.02))
        default = [
            (0.65, 0.2),
            (0.4999 - 0.0005 * by_chance, 0.3),
            (0.2, 0.6),
            (0.56 + by_chance, 0.2),
            (0.42, 0.38),
            (0.5, 0.25),
        ]
        low = [(0.4, 0.3), (0.35 + by_chance, 0.45), (0.28, 0.25), (0.33, 0.25), (0.1, 0.7), (0.36, 0.4), (0.34, 0.41)]
        high = [(0.8, 0.2), (0.7 - by_chance, 0.3), (0.75, 0.25), (0.1, 0.9), (0.6, 0.4), (0.9 + by_chance, 0.08)]
        higher = [(0.93, 0.05), (0.88, 0.1), (0.86, 0.1), (0.91 + by_chance, 0.03), (0.2, 0.7), (0.78, 0.1)]
        two = [(0.66, 0.34), (0.8 + by_chance, 0.2 - by_chance), (0.7, 0.3), (0.31, 0.69), (0.9, 0.1), (0.55, 0.45)]
        cases = [
            (Verdicts(student, low, 4, threshold=0.3), "threshold=0.3"),  # before any call with the default
            # Texts of the first and of the last class are unsure.
            (Verdicts(student, default, 4, {1: 0, 4: 3}), mark("with the default threshold, 0.5")),
            (Verdicts(student, low, 4, threshold=0.2), "threshold=0.2"),  # the largest of four classes always has more
            (Verdicts(student, low, 4, threshold=0.0), "threshold=0"),
            (Verdicts(student, high, 3, threshold=0.75), "threshold=0.75"),
            (Verdicts(student, higher, 3, threshold=0.9), "threshold=0.9"),
            (Verdicts(student, two, 2, {0: 0, 2: 1}, threshold=0.75), mark("two classes, threshold=0.75")),
        ]
        for verdicts, what in cases:
            verdicts.demand(
                what,
                "check two conditions: the label is the most likely class, and its probability is at least the "
                "threshold",
            )

    @check(points=1, after=("confirmed",))
    def check_batched(self, student):
        """the classifier is called with lists of texts, in one or a few calls"""
        n = 64
        verdicts = Verdicts(student, self.pairs(student, [place % 3 > 0 for place in range(n)]), 2)
        kinds = sorted({str(kind) for kind, _ in verdicts.calls} - {"list", "tuple"})
        few = len(verdicts.calls) <= n / 4
        student.note("argument of the classifier", listed(kinds) or "list")
        student.note("calls of the classifier", "few" if few else "about one for each text")
        expect.true(
            few,
            "the classifier is called too often",
            expected=say("for {n} texts, at most {most} calls", n=n, most=n // 4),
            actual=say("{count} calls", count=len(verdicts.calls)),
            hint=(
                "a model classifies a batch of 64 texts nearly as fast as a single one: how many texts do you "
                "pass per call?"
            ),
            reveal=True,
        )
        expect.true(
            not kinds,
            "the classifier was called with something other than a list",
            expected=say("a list of texts"),
            actual=listed(kinds),
            hint="look at the types in the signature",
            reveal=True,
        )
        what = say("{count} texts", count=n)
        verdicts.demand(what, "does each of your batches begin exactly where the previous batch ends?")

    @staticmethod
    def refuses(student, uneven: Verdicts) -> bool:
        """Return whether an exception of any type is raised."""
        try:
            with student.untraced():
                function = student.value(None, "keep_confirmed")
                student.fixtures.augmentation.confirmed(function, uneven.texts, uneven.labels, uneven.rows, {})
        except StudentRaised as error:
            if error.no_answer:
                raise
            return True
        return False

    @check(points=1, after=("confirmed",))
    def check_edges(self, student):
        """equal texts are judged separately, and missing labels raise an error"""
        verdicts = Verdicts(student, self.pairs(student, (True, False, True, True)), 2)
        again = Verdicts(student, self.pairs(student, (True, True, False)), 2)
        # The first text occurs three times: twice with its own label, then with the other one.
        # The last text occurs twice: with a wrong label, and with the other one.
        again.texts += [again.texts[0]] * 2 + [again.texts[2]]
        again.labels += [again.labels[0], 1 - again.labels[0], 1 - again.labels[2]]
        again.rows += [again.rows[0]] * 2 + [again.rows[2]]
        again.kept = [0, 1, 3, 5]
        again.ask(student, {})
        for seen in (verdicts, again):
            seen.demand(
                mark("some of them equal"),
                "the same text may come from two originals with different labels: judge each copy separately",
            )
            for what, before, after in zip(("texts", "labels"), (seen.texts, seen.labels), seen.after, strict=True):
                student.note(f"{what} passed in change", before != after)
                expect.true(
                    before == after,
                    "the texts passed in were modified" if what == "texts" else "the labels passed in were modified",
                    hint="the caller still needs the originals: build new lists",
                )
        self.demand_new_verdicts(student)
        hint = "if no text is kept, return two empty lists"
        wins = self.pairs(student, (False, False))
        none = edge(student, mark("no confirmed texts"), lambda: Verdicts(student, wins, 2), hint)
        expect.equal([none.found, none.found_labels], [[], []], "no confirmed texts", hint=hint, reveal=True)
        hint = "for two empty lists, return two empty lists"
        nothing = edge(student, mark("no texts"), lambda: Verdicts(student, [], 2), hint)
        expect.equal([nothing.found, nothing.found_labels], [[], []], "no texts", reveal=True)
        cases = {mark("texts that are all kept"): Verdicts(student, self.pairs(student, (True,) * 3), 2)}
        cases[mark("two empty lists")] = nothing
        demand_not_handed_back(student, [what for what, one in cases.items() if one.own])
        uneven = {}
        for n_texts, n_labels in ((3, 4), (3, 2), (0, 2), (2, 0), (3, 1), (1, 0)):
            won = (True, True, False)[: max(n_texts, n_labels)]
            uneven[n_texts, n_labels] = short = Verdicts(student, self.pairs(student, won), 2)
            short.labels = [*short.labels, 0][:n_labels]
            short.texts, short.rows = short.texts[:n_texts], short.rows[:n_texts]
            student.note(f"{n_labels} labels for {n_texts} texts are refused", self.refuses(student, short))
        for (n_texts, n_labels), short in uneven.items():
            expect.raises(
                partial(short.ask, student, {}),
                say("{n_texts} texts and {n_labels} labels", n_texts=n_texts, n_labels=n_labels),
                unpromised=mark("without one label per text, keep_confirmed raises {type} instead of ValueError"),
                hint="zip silently stops at the end of the shorter list",
            )

    @staticmethod
    def demand_new_verdicts(student) -> None:
        """Require that texts from an earlier call are judged by the current classifier."""
        changed = Verdicts(student, CheckKeepConfirmed.pairs(student, (True, False, False, True, True)), 2)
        changed.rows = [row[::-1] for row in changed.rows]
        changed.kept = [place for place in range(5) if place not in changed.kept]
        changed.ask(student, {})
        changed.demand(
            mark("some of them from an earlier call"),
            ("the classifier may return different probabilities in a later call: does your code call it every time?"),
        )
