"""Process submissions as text: split them into definitions, and anonymise them. Nothing is run or parsed into a tree.

Only the standard tokenizer reads a student's file: it works line by line, so no nesting in the file can exhaust it.
"""

from __future__ import annotations

import builtins
import functools
import hashlib
import io
import keyword
import re
import tokenize
from collections.abc import Iterable, Iterator

from course import paths, submission
from course.classroom.model import Student

OPENING = ("def", "class", "async", "@")
"""Tokens that a definition begins with."""
LEAVE_OUT = (tokenize.COMMENT, tokenize.NL)
LAYOUT = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING)
ELIDED = '"..."'
"""Replacement for a string that could contain anything."""
LONG_NUMBER = 5
"""Digits from which a number could identify someone."""
LONGEST = 200_000
"""Maximum bytes of a file that is read; far more than anyone writes, and tokenizing takes time."""
SHORT = 3
"""Minimum letters of a name that is also searched for inside longer words; shorter names must be the whole word."""


class Unreadable(Exception):
    """Python cannot tokenize this text."""


def decode(source: bytes) -> str:
    """Decode a file by the encoding that it declares.

    Raises:
        Unreadable: the file is not in that encoding, or too long.
    """
    if len(source) > LONGEST:
        raise Unreadable(f"{len(source)} bytes")
    try:
        return submission.decode(source).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeError as error:
        raise Unreadable(str(error)) from None


def tokens(text: str) -> list[tokenize.TokenInfo]:
    """Return all tokens.

    Raises:
        Unreadable: the text ends in the middle, or its indentation makes no sense.
    """
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        raise Unreadable(str(error)) from None


def definitions(text: str) -> dict[str, str]:
    """Return top-level functions and classes by name, including decorators; the last one if a name occurs twice.

    Raises:
        Unreadable: see ``tokens``.
    """
    lines = [f"{line}\n" for line in text.split("\n")]  # split as the tokenizer does
    return {name: "".join(lines[first - 1 : last]) for name, first, last in _spans(tokens(text))}


def _spans(found: Iterable[tokenize.TokenInfo]) -> Iterator[tuple[str, int, int]]:
    """Yield name, first and last line of each top-level definition."""
    depth, first, name, last, fresh, previous = 0, 0, "", 0, True, ""
    for token in found:
        if token.type == tokenize.INDENT:
            depth += 1
        elif token.type == tokenize.DEDENT:
            depth -= 1
        if token.type in LAYOUT or token.type in LEAVE_OUT:
            fresh = fresh or token.type == tokenize.NEWLINE
            continue
        if depth == 0 and fresh:
            if name:
                yield name, first, last
                name, first = "", 0
            if token.string in OPENING:
                first = first or token.start[0]
            else:
                first = 0
        elif first and not name and depth == 0 and previous in ("def", "class"):
            name = token.string
        previous, last, fresh = token.string, token.end[0], False
    if name:
        yield name, first, last


# --- anonymity ------------------------------------------------------------------------------------------------------


def words(name: str) -> list[str]:
    """Split an identifier, a name or an address into lower-case words.

    >>> words("annaMeier_lora2")
    ['anna', 'meier', 'lora']
    """
    return [word.casefold() for word in re.findall(r"[^\W\d_A-Z]+|[A-Z]+(?![a-z])|[A-Z][^\W\d_A-Z]*", name)]


PYTHON = frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins)) | {"self", "cls"}
"""Names that are part of Python itself."""


@functools.cache
def _spoken() -> frozenset[str]:
    """Return the words of all identifiers in the course's references."""
    names = set(PYTHON)
    for path in sorted(paths.solution("any").parent.glob("*.py")):
        names |= {token.string for token in tokens(path.read_text(encoding="utf-8")) if token.type == tokenize.NAME}
    return frozenset(word for name in names for word in words(name))


class Vocabulary:
    """Words that identifiers in an anonymous example are allowed to contain.

    Args:
        exercise: the slug; words in its skeleton and its reference are allowed.
        students: the students of the class.
    """

    def __init__(self, exercise: str, students: Iterable[Student]) -> None:
        """Read the course's own files for the exercise."""
        self.given = set(PYTHON)
        self.strings: set[str] = set()
        self.numbers: set[str] = set()
        for path in (paths.skeleton(exercise), paths.solution(exercise)):
            if path.is_file():
                self._learn(path.read_text(encoding="utf-8"))
        self.known = _spoken() | ORDINARY
        self.names: set[str] = set()
        for student in students:
            for text in (student.id, student.name, student.email.partition("@")[0]):
                self.names |= set(words(text)) | {text.casefold()}
        self.names -= {""}
        self.longer = tuple(name for name in self.names if len(name) >= SHORT)

    def _learn(self, text: str) -> None:
        for token in tokens(text):
            if token.type == tokenize.NAME:
                self.given.add(token.string)
            elif token.type == tokenize.STRING:
                self.strings.add(token.string[1:-1])
            elif token.type == tokenize.NUMBER:
                self.numbers.add(token.string)

    def allows(self, name: str) -> bool:
        """Return whether an identifier reveals nothing about its author."""
        if name in self.given:
            return True
        if name.casefold() in self.known and name.casefold() not in self.names:
            return True  # ReLU, LayerNorm
        parts = words(name)
        return bool(parts) and all(
            (len(part) == 1 or part in self.known) and part not in self.names and not self._hides_a_name(part)
            for part in parts
        )

    def _hides_a_name(self, part: str) -> bool:
        return part not in self.known and any(name in part for name in self.longer)


ORDINARY = frozenset(
    "abs acc accumulator adam adapter addmm all allclose amax amin answer arange argmax argsort arr array avg axis "
    "batch bernoulli bias bmm bool buffer cache cat cell chunk clamp class clone cols column columns concat conv "
    "conv1d copy count counter counts cum cumsum cumulative cur current data delta denom denominator detach dev "
    "device dict diff dim dims div dtype einsum element elements embedding end err error exp expand factor factors "
    "feat features final first flag flat flatten flip float fn found frac full func function gather gelu grad grads "
    "group groups gru half hidden high hstack idx in index indices init inner inp input inputs int item items iter "
    "key keys label labels last layer layernorm layers left len length lengths level linalg linear list log logit "
    "logits logsumexp loop loss low lr lstm mask masked masks mat matmul matrix max mean merged min mlp mm mod "
    "model module modulelist mul multinomial name names new next norm num number numel numer numerator obj old one "
    "ones optim order original out outer output outputs pad padded pair pairs param parameter parameters params "
    "parent part parts path permutation permute pick picked pos position positions pow prefix prev previous prob "
    "probs prod product qr query rand randn random randperm rank ranks rate ratio ref relu rem repeat res reshape "
    "rest result results ret right root row rows sample samples scale scaled scatter score scores second seed seen "
    "segment sent sentence sentences seq sequence sequential set sgd shape shapes shift shifted shuffled sigmoid "
    "silu sin size sizes softmax sort sorted source split spread sqrt squeeze stack start state std step steps stop "
    "string sub suffix sum sums svd tag tags tanh target targets temp tensor tensors text texts tmp token tokens "
    "top topk total train trainable transpose tril triu tuple type unsqueeze update upper use used val valid value "
    "values var vec vector vectors version view vocab vstack weight weighted weights where width word words work "
    "zero zeros".split()
)
"""Words of variable names that reveal nothing about anyone."""


def anonymous(text: str, vocabulary: Vocabulary) -> str:
    """Return a definition without anything that could identify its author, in the original layout.

    Comments and docstrings are removed; strings and long numbers that are not in the course's own files are elided;
    identifiers outside the vocabulary become ``name_1``, ``name_2``.

    Raises:
        Unreadable: see ``tokens``.
    """
    renamed: dict[str, str] = {}
    kept: list[tuple[tokenize.TokenInfo, str]] = []
    beginning, nested, formatted = True, 0, 0
    for token in tokens(text):
        opened = token.type in FORMATTED_START
        formatted += opened - (token.type in FORMATTED_END)
        if formatted > opened or token.type in FORMATTED_END:
            continue  # since Python 3.12 an f-string is many tokens; its first one stands for it
        spelt = ELIDED if opened else _spelt(token, vocabulary, renamed)
        alone = beginning and not nested and (token.type == tokenize.STRING or bool(opened))
        if token.type == tokenize.OP:
            nested += (token.string in "([{") - (token.string in ")]}")
        if spelt is not None and not alone:
            kept.append((token, spelt))
        if token.type not in LEAVE_OUT:
            beginning = token.type in LAYOUT or alone
    return _laid_out(kept)


def _spelt(token: tokenize.TokenInfo, vocabulary: Vocabulary, renamed: dict[str, str]) -> str | None:
    """Return the replacement of a token; None to omit it."""
    if token.type in LEAVE_OUT or token.type in LAYOUT:
        return None
    if token.type == tokenize.NAME and not vocabulary.allows(token.string):
        return renamed.setdefault(token.string, f"name_{len(renamed) + 1}")
    if token.type == tokenize.STRING and token.string[1:-1] not in vocabulary.strings:
        return ELIDED
    if token.type == tokenize.NUMBER and token.string not in vocabulary.numbers:
        return "..." if sum(map(str.isdigit, token.string)) >= LONG_NUMBER else token.string
    if token.type in (tokenize.NAME, tokenize.STRING, tokenize.NUMBER, tokenize.OP):
        return token.string
    return None


FORMATTED_START, FORMATTED_END = (
    tuple(getattr(tokenize, kind + end) for kind in ("FSTRING", "TSTRING") if hasattr(tokenize, kind + end))
    for end in ("_START", "_END")
)


def _laid_out(found: list[tuple[tokenize.TokenInfo, str]]) -> str:
    """Return the tokens in their lines and columns; of the empty lines, only those between methods are kept."""
    lines: list[str] = []
    line, end = 0, 0
    for token, spelt in found:
        if token.start[0] != line:
            if lines and token.start[0] > line + 1 and token.string in OPENING:
                lines.append("")
            lines.append(" " * token.start[1])
        elif token.start[1] > end:
            lines[-1] += " "
        lines[-1] += spelt
        line, end = token.end
    return "\n".join(lines)


def digest(source: bytes) -> str:
    """Return the SHA-256 hash of a file."""
    return hashlib.sha256(source).hexdigest()
