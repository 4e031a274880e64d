"""One word per thing: in names, docstrings, comments, messages, documents and lessons."""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from house import Look, files, nodes, parsed

CODE = ("course", "grader", "scripts", "solutions")
"""Rooms whose names and sentences are checked."""
NAMES = {
    **dict.fromkeys(
        "mistake mistakes mistaken misunderstanding misunderstandings misunderstood".split(), "misconception"
    ),
    **dict.fromkeys("unwritten untouched hole holes".split(), "not_started"),
    "stock": "model pool",
    **dict.fromkeys("warmer warmers".split(), "fork server"),
    **dict.fromkeys("sweeper sweepers".split(), "cleaner"),
    **dict.fromkeys("handle handles".split(), "RemoteRef"),
    "standin": "substitute",
    **dict.fromkeys("offer offers".split(), "preloads"),
}
"""Words that names in our code avoid -> the word to use."""
OF_THE_GRADER = {
    **dict.fromkeys("needs extra extras".split(), "preloads"),
    "given": "substitutes",
}
"""More such words for the grader's own processes, where they would be synonyms of our terms."""
ENGINE = ("grader/host", "grader/judge", "grader/student")
TEXTS = {
    r"mistak(?:e|es|en|enly)|misunderstandings?": "misconception",
    r"unwritten|untouched|holes?": "not_started",
    r"stock": "model pool",
    r"(?:warm(?:ed)?[ _-])(?:host|process|grader|server)(?:e?s)?|stays? warm|warmers?": "host or fork server",
    r"sweepers?": "cleaner",
    r"(?:a|an|the|our|its|opaque) handles?|ServerHandle": "RemoteRef",
    r"stand-ins?": "substitute or RemoteRef",
}
"""Patterns that sentences avoid -> the words to use."""
SENTENCES = {re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE): word for pattern, word in TEXTS.items()}
WARM = re.compile(r"warm_?(?:host|process|grader|server)", re.IGNORECASE)
"""Pattern of a name with a banned pair of words."""
ALLOWED = {
    # The field of the result, which other programs read.
    ("course/hints.py", "mistake"): 3,
    ("course/result.py", "mistake"): 1,
    ("course/session.py", "mistake"): 2,
    ("course/workspace.py", "mistake"): 3,
    ("grader/judge/grading.py", "mistake"): 3,
    ("scripts/demo.py", "mistake"): 2,
    ("grader/__init__.py", "mistake"): 1,
    # Ordinary English: a learner's slip, a tensor or a file that nobody has changed, a mask with zeros in it.
    ("course/lessons/en", "mistake"): 9,
    ("course/lessons/en", "mistakes"): 5,
    ("course/lessons/en", "untouched"): 1,
    ("course/cli/learner.py", "untouched"): 1,
    ("grader/checks", "untouched"): 30,
    ("grader/checks", "holes"): 40,
    ("grader/misconceptions", "mistake"): 3,
    ("grader/misconceptions", "untouched"): 1,
    # pytest's own name; a verb, and a placeholder of a message.
    ("grader/judge/authors.py", "extra"): 1,
    ("course/spelling.py", "handle"): 2,
    ("grader/judge/loading.py", "needs"): 1,
}
"""(file or folder, word) -> maximum number of occurrences."""


def names_in(tree: ast.Module) -> Iterator[str]:
    """Yield the names that the code defines, binds or looks up."""
    for node in nodes(tree):
        for part in ("id", "attr", "arg", "name"):
            if isinstance(name := getattr(node, part, None), str):
                yield name


def sentences_in(text: str, suffix: str) -> Iterator[str]:
    """Yield the strings, docstrings and comments of a module, or the lines of another file."""
    if suffix != ".py":
        yield from text.splitlines()
        return
    for node in nodes(parsed(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def is_prose(path: Path) -> bool:
    """Return whether a file is a text for readers."""
    name = path.as_posix()
    lesson = name.startswith("course/lessons/en/") or name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
    document = path.suffix in (".md", ".html") and path.parts[0] in ("docs", "course", "solutions", "scripts")
    table = path.suffix == ".toml" and path.parts[0] in ("course", "grader", "solutions")
    return lesson or (document and "lessons" not in path.parts) or table or name in ("Makefile", "pyproject.toml")


@functools.lru_cache(maxsize=8192)
def words_of(text: str, suffix: str, code: bool, engine: bool) -> tuple[list[str], Counter[tuple[str, str]]]:
    """Return the checked parts of a file, and a count of (word, word to use)."""
    looked_at: list[str] = []
    found: Counter[tuple[str, str]] = Counter()
    banned = NAMES | (OF_THE_GRADER if engine else {})
    for identifier in names_in(parsed(text)) if code else ():
        looked_at.append(identifier)
        if WARM.search(identifier):
            found[identifier, "host or fork server"] += 1
        for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier):
            if word.lower() in banned:
                found[word.lower(), banned[word.lower()]] += 1
    for sentence in sentences_in(text, suffix):
        looked_at.append(sentence[:40])
        for pattern, instead in SENTENCES.items():
            for match in pattern.findall(sentence):
                found[match.lower(), instead] += 1
    return looked_at, found


def guard_vocabulary(root: Path) -> Look:
    """One word per thing: names and sentences use the agreed words."""
    look = Look()
    left = dict(ALLOWED)
    for path in files(root):
        name = path.as_posix()
        code = path.suffix == ".py" and path.parts[0] in CODE
        if not (code or is_prose(path)):
            continue
        text = (root / path).read_text(encoding="utf-8")
        looked_at, found = words_of(text, path.suffix, code, name.startswith(ENGINE))
        look.seen += [f"{name}: {one}" for one in looked_at]
        look.offences += _offences(name, found, left)
    unused = [key for key in ALLOWED if left[key] == ALLOWED[key]]
    look.offences += [f"nothing in {folder} says {word!r} any more: take that off the list" for folder, word in unused]
    return look


def _offences(name: str, found: Counter[tuple[str, str]], left: dict[tuple[str, str], int]) -> Iterator[str]:
    """Yield the words of a file that are not allowed; allowed ones are subtracted from their number."""
    for (word, instead), count in sorted(found.items()):
        key = next(((folder, one) for folder, one in left if one == word and f"{name}/".startswith(f"{folder}/")), None)
        if key is None or count > left[key]:
            yield f"{name} says {word!r} {count} times: say {instead}"
        else:
            left[key] -= count
