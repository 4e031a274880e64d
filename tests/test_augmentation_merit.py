"""Exercise 9 pays only for work that was done: cheap, forged and careless files, and the explanations they get."""

from __future__ import annotations

import random
import sys

import pytest
from sample import sampled

from course import paths
from grader.judge import diagnose
from tests.merit import composed, examples_that_fail, grade, remarked, seen_of_reference, specs_of

SLUG = "augmentation"
RANDOM = ("random_deletion", "random_swap", "random_insertion", "synonym_replacement")
HELPERS = sys.modules["grader.fixtures.augmentation"]

CHEAP = {
    "unchanged": ("lambda tokens, *rest, **more: list(tokens)", 0),
    "nothing": ("lambda *rest, **more: []", 0),
    "always the same": ("lambda *rest, **more: ['w', 'o']", 0),
    "reversed": ("lambda tokens, *rest, **more: tokens[::-1]", 2),
    "the first half": ("lambda tokens, *rest, **more: tokens[: len(tokens) // 2]", 1),  # it is in order
    "a string": ("lambda tokens, *rest, **more: ' '.join(tokens)", 0),
}


@pytest.mark.parametrize("function", RANDOM)
@pytest.mark.parametrize("kind", CHEAP)
def test_a_cheap_text_earns_next_to_nothing(function, kind):
    code, most = CHEAP[kind]
    assert grade(SLUG, function, f"{function} = {code}\n").points <= most


@pytest.mark.parametrize("function", RANDOM)
def test_the_first_answer_forever_earns_nothing(function):
    source = f"""
def {function}(*arguments, right={function}, first=[], **more):
    if not first:
        first.append(right(*arguments, **more))
    return list(first[0])
"""
    assert grade(SLUG, function, source).points == 0


@pytest.mark.parametrize("function", ["mixup", "back_translate"])
def test_arguments_handed_back_earn_nothing(function):
    assert grade(SLUG, function, f"{function} = lambda one, two, *rest: (one, two)\n").points == 0


def test_helpers_that_are_told_what_to_say_earn_nothing(monkeypatch):
    monkeypatch.setattr(HELPERS, "calls", lambda *args: [["list", ["a", "b"]]] * args[4])
    monkeypatch.setattr(
        HELPERS,
        "beside",
        lambda function, tokens, rest, rng, times: {
            "answers": [["list", [rng.choice("ab")]] for _ in range(times)],
            "tokens": [tokens],
            "rest": [rest],
        },
    )
    monkeypatch.setattr(HELPERS.Translator, "calls", lambda self: [("list", 1)])
    assert grade(SLUG, "random_insertion", "def random_insertion(*rest): return []\n").points == 0
    assert grade(SLUG, "random_deletion", "def random_deletion(*rest): return []\n").points <= 1
    assert grade(SLUG, "back_translate", "def back_translate(texts, labels, *rest): return texts, labels\n").points == 0


# --- what people publish ---

EDA = {
    "random_swap": (
        """
def random_swap(words, n, rng):
    new_words = words.copy()
    for _ in range(n):
        first = rng.randint(0, len(new_words) - 1)
        second, counter = first, 0
        while second == first and counter <= 3:
            second = rng.randint(0, len(new_words) - 1)
            counter += 1
        if first != second:
            new_words[first], new_words[second] = new_words[second], new_words[first]
    return new_words
""",
        {"one_swap"},
    ),
    "random_insertion": (
        """
def random_insertion(words, n, lexicon, rng):
    new_words = words.copy()
    for _ in range(n):
        synonyms, counter = [], 0
        while len(synonyms) < 1:
            word = new_words[rng.randint(0, len(new_words) - 1)]
            synonyms = [s for s in lexicon.get(word, []) if s != word]
            counter += 1
            if counter >= 10:
                return new_words
        new_words.insert(rng.randint(0, len(new_words) - 1), synonyms[0])
    return new_words
""",
        {"length", "synonyms", "places"},
    ),
    "synonym_replacement": (
        """
def synonym_replacement(words, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    new_words = words.copy()
    chosen = sorted({word for word in words if word not in protected})
    rng.shuffle(chosen)
    replaced = 0
    for word in chosen:
        if replaced >= n:
            break
        synonyms = [s for s in lexicon.get(word, []) if s != word]
        if synonyms:
            synonym = rng.choice(synonyms)
            new_words = [synonym if other == word else other for other in new_words]
            replaced += 1
    return new_words
""",
        {"count"},
    ),
}


@pytest.mark.parametrize("function", EDA)
def test_the_best_known_published_code_loses_what_it_should(function):
    source, lost = EDA[function]
    assert lost <= grade(SLUG, function, source).lost <= lost | {"edges"}


NAMED = [
    (
        "random_deletion",
        "removes-while-walking-through",
        """
def random_deletion(tokens, p, rng):
    words = list(tokens)
    for word in words:
        if rng.random() < p:
            words.remove(word)
    if not words and tokens:
        words = [rng.choice(tokens)]
    return words
""",
    ),
    (
        "random_deletion",
        "keeps-with-probability-p",
        """
def random_deletion(tokens, p, rng):
    kept = []
    for index in range(len(tokens)):
        if rng.uniform(0, 1) <= p:
            kept.append(tokens[index])
    if len(tokens) > 0 and len(kept) == 0:
        kept = [tokens[rng.randint(0, len(tokens) - 1)]]
    return kept
""",
    ),
    (
        "random_swap",
        "neighbours-only",
        """
def random_swap(tokens, n, rng):
    words = tokens[:]
    if len(words) > 1:
        for _ in range(n):
            i = rng.randint(1, len(words) - 1)
            words[i - 1], words[i] = words[i], words[i - 1]
    return words
""",
    ),
    (
        "random_swap",
        "same-position-twice",
        """
def random_swap(tokens, n, rng):
    words = tokens[:]
    for _ in range(n if len(words) > 1 else 0):
        i, j = rng.randrange(len(words)), rng.randrange(len(words))
        words[i], words[j] = words[j], words[i]
    return words
""",
    ),
    (
        "random_insertion",
        "never-at-the-end",
        """
def random_insertion(tokens, n, lexicon, rng):
    words = tokens[:]
    pool = [s for t in tokens for s in lexicon.get(t, []) if s != t]
    for _ in range(n if pool else 0):
        place = int(rng.random() * len(words))
        words = words[:place] + [rng.choice(pool)] + words[place:]
    return words
""",
    ),
    (
        "synonym_replacement",
        "protected-inside-a-word",
        """
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    able = []
    for i, token in enumerate(tokens):
        if [s for s in lexicon.get(token, []) if s != token] and not [w for w in protected if w in token]:
            able.append(i)
    rng.shuffle(able)
    words = list(tokens)
    for i in able[:n]:
        words[i] = rng.choice([s for s in lexicon[tokens[i]] if s != tokens[i]])
    return words
""",
    ),
    (
        "mixup",
        "labels-of-both-and-lambda-returned",
        """
def mixup(x, y, lam, perm):
    if not x.is_floating_point():
        raise TypeError
    return lam * x + (1 - lam) * x[perm], y, y[perm], lam
""",
    ),
    (
        "back_translate",
        "labels-cut-to-length",
        """
def back_translate(texts, labels, to_pivot, from_pivot):
    new, seen = [], set()
    for old, text in zip(texts, from_pivot(to_pivot(texts))):
        form = " ".join(text.lower().split())
        if form and form != " ".join(old.lower().split()) and form not in seen:
            seen.add(form)
            new.append(text)
    return new, [label for _, label in zip(new, labels)]
""",
    ),
]


@pytest.mark.parametrize(("function", "name", "source"), NAMED, ids=[entry[1] for entry in NAMED])
def test_a_careless_file_in_other_words_is_named(function, name, source):
    assert grade(SLUG, function, source).named == {name}


def test_two_mistakes_in_one_function_are_both_seen():
    graded = grade(
        SLUG,
        "random_insertion",
        """
def random_insertion(tokens, n, lexicon, rng):
    pool = [s for t in tokens for s in lexicon.get(t, []) if s != t]
    for _ in range(n if pool else 0):
        tokens.insert(rng.randrange(len(tokens)), rng.choice(pool))
    return tokens
""",
    )
    assert graded.lost == {"places", "edges"}
    assert graded.named <= {"never-at-the-end", "inserts-into-the-callers-list"} | {
        "never-at-the-end + inserts-into-the-callers-list"
    }


# --- the learner's own random numbers ---


ALIKE = {"protected-words-of-an-earlier-call": "only-negations-protected"}
"""With some random numbers, the two cannot be told apart: the first call is one with the default."""


def chosen() -> list[diagnose.Misconception]:
    """Return one in eight misconceptions of functions that draw random numbers, without those that keep state."""
    known = diagnose.load_misconceptions(paths.misconceptions(SLUG))
    keeping = {one.name for one in known if any("__dict__" in new for _, new in one.edits)}
    return [one for one in known if one.function in RANDOM and one.name not in keeping][::8]


@pytest.mark.parametrize("misconception", sampled(chosen(), one_in=2), ids=lambda one: one.name)
def test_a_name_does_not_depend_on_the_numbers_drawn(misconception, monkeypatch):
    """Code that draws other random numbers than the reference, or more of them, gets the same explanation."""
    seed = 11
    module = diagnose.edited_module(SLUG, misconception)
    specs = [spec for spec in specs_of(SLUG) if spec.function == misconception.function]
    with monkeypatch.context() as patched:
        patched.setattr(HELPERS, "dice", lambda number: random.Random(7 * number + 1))
        observed = {spec.id: diagnose.observe(spec, module, seed) for spec in specs}
    failed = [name for name, item in observed.items() if item.status in ("failed", "crashed")]
    references = {name: seen_of_reference(SLUG, name, seed) for name in failed}
    found = diagnose.diagnose(SLUG, observed, references, seed)
    known = diagnose.load_misconceptions(paths.misconceptions(SLUG))
    kin = {one.name for one in known if one.kin and one.kin == misconception.kin}
    assert found[misconception.caught_by].id in {misconception.name, ALIKE.get(misconception.name), *kin}


# --- what is accepted ---


def test_another_sequence_and_another_error_are_remarked_upon():
    tuples = "def random_swap(tokens, n, rng, right=random_swap): return tuple(right(tokens, n, rng))\n"
    assert "tuple" in remarked(SLUG, "random_swap.edges", tuples)[0]
    other = """
def mixup(x, y, lam, perm, right=mixup):
    assert x.is_floating_point()
    return right(x, y, lam, perm)
"""
    assert "AssertionError" in remarked(SLUG, "mixup.ids_refused", other)[0]
    other = """
def keep_confirmed(texts, labels, classify, threshold=0.5, right=keep_confirmed):
    assert len(texts) == len(labels)
    return right(texts, labels, classify, threshold)
"""
    (remark,) = remarked(SLUG, "keep_confirmed.edges", other)
    assert "AssertionError" in remark and "ValueError" in remark
    assert not remarked(SLUG, "keep_confirmed.edges", "")


def test_numpy_may_do_without_bfloat16_and_a_list_of_dtypes_may_not():
    by_numpy = """
def mixup(x, y, lam, perm, right=mixup):
    import torch
    return right(torch.from_numpy(x.numpy()), y, lam, perm)
"""
    listed = by_numpy.replace("right(torch.from_numpy(x.numpy())", "right(x").replace(
        "    import torch\n",
        "    if str(x.dtype) not in ('torch.float16', 'torch.float32', 'torch.float64'): raise TypeError\n",
    )
    assert not grade(SLUG, "mixup", by_numpy).lost
    (remark,) = remarked(SLUG, "mixup.ids_refused", by_numpy)
    assert "bfloat16" in remark
    assert grade(SLUG, "mixup", listed).lost == {"ids_refused"}


def test_the_examples_do_not_suffice():
    """A file that only knows the docstrings' examples passes them, and earns next to nothing."""
    source = """
def random_swap(tokens, n, rng):
    return tokens[::-1]

def random_deletion(tokens, p, rng):
    return tokens if p == 0 else tokens[:1]
"""
    module = composed(SLUG, source)
    assert examples_that_fail(SLUG, module, {"random_swap", "random_deletion"}) == []
    assert grade(SLUG, "random_swap", source).points <= 2
    assert grade(SLUG, "random_deletion", source).points == 0


PLACES = {
    "gap-before-the-last-word-preferred": "rng.randint(-1, len(text))",
    "end-preferred": "rng.randint(0, len(text) + 1)",
    "start-preferred": "max(rng.randint(-1, len(text)), 0)",
    "only-at-the-ends": "len(text) * rng.randint(0, 1)",
    "places-of-the-old-text": "int(rng.random() * (len(tokens) + 1))",
    "usually-beside-its-word": "text.index(word) + 1 if rng.random() < 0.5 else rng.randint(0, len(text))",
    "": "(rng.randint(0, len(text)) + rng.randint(0, len(text))) // 2",  # the middle is preferred
}


@pytest.mark.parametrize("name", sampled(PLACES, one_in=2))
def test_a_place_that_is_not_left_to_chance_costs_the_places_alone(name):
    source = f"""
def random_insertion(tokens, n, lexicon, rng):
    known = [word for word in tokens if set(lexicon.get(word, [])) - {{word}}]
    text = list(tokens)
    for _ in range(n if known else 0):
        word = rng.choice(known)
        new = rng.choice([one for one in lexicon[word] if one != word])
        text.insert({PLACES[name]}, new)
    return text
"""
    graded = grade(SLUG, "random_insertion", source)
    assert graded.lost == {"places"}
    assert graded.named == ({name} if name else set())


# --- bonus ---

CONFIRMED_CHEAP = {
    "everything": "return list(texts), list(labels)",
    "nothing": "return [], []",
    "every second one": "return texts[::2], labels[::2]",
    "the first answer": "found = first or first.append(right(texts, labels, classify)); return first[0]",
}


@pytest.mark.parametrize("kind", CONFIRMED_CHEAP)
def test_a_cheap_filter_earns_nothing(kind):
    source = f"""
def keep_confirmed(texts, labels, classify, threshold=0.5, right=keep_confirmed, first=[]):
    {CONFIRMED_CHEAP[kind]}
"""
    assert grade(SLUG, "keep_confirmed", source).points == 0


FILTER = """
def keep_confirmed(texts, labels, classify, threshold=0.5):
    if len(texts) != len(labels):
        raise ValueError
    kept = []
    for row, text, label in zip(classify(texts), texts, labels):
        best = row.index(max(row))
        if best == label and row[best] >= threshold:
            kept.append((text, label))
    return [text for text, _ in kept], [label for _, label in kept]
"""

FILTERS = {
    "right": ([], set(), set()),
    "no limit": ([(" and row[best] >= threshold", "")], {"threshold"}, {"threshold-not-used"}),
    "above": ([(">= threshold", "> threshold")], {"threshold"}, {"strictly-above-the-threshold"}),
    "one condition": ([("best == label and row[best]", "row[label]")], {"threshold"}, {"label-need-not-win"}),
    "confident": (
        [("best == label and ", "")],
        {"confirmed", "threshold"},
        {"any-confident-text-kept"},
    ),
    "relabelled": (
        [("best == label and ", ""), ("(text, label))", "(text, best))")],
        {"confirmed", "threshold"},
        {"labels-corrected"},
    ),
    "lengths": ([("raise ValueError", "pass")], {"edges"}, {"missing-labels-go-unnoticed"}),
    "one by one": (
        [("zip(classify(texts), texts", "zip([classify([text])[0] for text in texts], texts")],
        {"batched"},
        {"classified-text-by-text"},
    ),
    "no list": ([("zip(classify(texts), texts", "zip(map(classify, texts), texts")], {"batched"}, set()),
    "backwards": (
        [("    return [text", "    kept.reverse()\n    return [text")],
        {"confirmed", "threshold"},
        {"parts-in-another-order"},
    ),
    "above and lengths": (
        [(">= threshold", "> threshold"), ("raise ValueError", "pass")],
        {"threshold", "edges"},
        {"strictly-above-the-threshold", "missing-labels-go-unnoticed"},
    ),
    "pairs": (
        [("[text for text, _ in kept], [label for _, label in kept]", "kept")],
        {"confirmed", "threshold"},
        set(),
    ),
    "texts alone": ([(", [label for _, label in kept]", "")], {"confirmed", "threshold"}, set()),
}


@pytest.mark.parametrize("what", FILTERS)
def test_a_filter_loses_what_it_should_and_is_told_why(what):
    edits, lost, named = FILTERS[what]
    source = FILTER
    for old, new in edits:
        assert source.count(old) == 1
        source = source.replace(old, new)
    graded = grade(SLUG, "keep_confirmed", source)
    assert graded.lost == lost
    assert {part for name in graded.named for part in name.split(" + ")} == named
