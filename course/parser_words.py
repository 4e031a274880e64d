"""Translate the most common messages of Python's parser into the reader's language.

In English, Python's own message is shown. A message that is not listed here, or that another Python version words
differently, is left unchanged.
"""

from __future__ import annotations

import functools
import re
import string

from course.text import language, mark, say, translated

SENTENCES = (
    mark("invalid syntax"),
    mark("invalid syntax. Perhaps you forgot a comma?"),
    mark("invalid syntax. Maybe you meant '==' or ':=' instead of '='?"),
    mark("invalid syntax. Maybe you meant '==' instead of '='?"),
    mark("unexpected EOF while parsing"),
    mark("unexpected indent"),
    mark("unindent does not match any outer indentation level"),
    mark("inconsistent use of tabs and spaces in indentation"),
    mark("expected an indented block"),
    mark("expected an indented block after {what} on line {line}"),
    mark("'{bracket}' was never closed"),
    mark("unmatched '{bracket}'"),
    mark("closing parenthesis '{closing}' does not match opening parenthesis '{opening}'"),
    mark("closing parenthesis '{closing}' does not match opening parenthesis '{opening}' on line {line}"),
    mark("unterminated string literal (detected at line {line})"),
    mark("unterminated triple-quoted string literal (detected at line {line})"),
    mark("unterminated f-string literal (detected at line {line})"),
    mark("unterminated triple-quoted f-string literal (detected at line {line})"),
    mark("expected 'except' or 'finally' block"),
    mark("expected '{token}'"),
    mark("invalid character '{character}' ({code})"),
    mark("invalid non-printable character {code}"),
    mark("unexpected character after line continuation character"),
    mark("invalid decimal literal"),
    mark("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"),
    mark("cannot assign to {what}"),
    mark("cannot assign to {what} here. Maybe you meant '==' instead of '='?"),
    mark("cannot delete {what}"),
    mark('expression cannot contain assignment, perhaps you meant "=="?'),
    mark("positional argument follows keyword argument"),
    mark("positional argument follows keyword argument unpacking"),
    mark("keyword argument repeated: {name}"),
    mark("duplicate argument '{name}' in function definition"),
    mark("duplicate parameter '{name}' in function definition"),
    mark("non-default argument follows default argument"),
    mark("parameter without a default follows parameter with a default"),
    mark("Generator expression must be parenthesized"),
    mark("Missing parentheses in call to '{name}'. Did you mean {name}(...)?"),
    mark("'{word}' outside function"),
    mark("'{word}' outside loop"),
    mark("'{word}' not properly in loop"),
    mark("name '{name}' is used prior to global declaration"),
    mark("name '{name}' is assigned to before global declaration"),
    mark("f-string: empty expression not allowed"),
    mark("f-string: valid expression required before '}}'"),
    mark("f-string: single '{bracket}' is not allowed"),
    mark("f-string: expecting '{bracket}'"),
    mark("f-string expression part cannot include a backslash"),
)
"""Of several matches, one without placeholders is used, otherwise the longest; ``f-string: `` can precede others."""
PARTS = (
    mark("function definition"),
    mark("class definition"),
    mark("'{word}' statement"),
    mark("literal"),
    mark("expression"),
    mark("attribute"),
    mark("subscript"),
    mark("function call"),
    mark("comparison"),
    mark("conditional expression"),
    mark("f-string expression"),
    mark("list"),
    mark("tuple"),
    mark("dict literal"),
    mark("set display"),
    mark("lambda"),
    mark("generator expression"),
    mark("list comprehension"),
)
"""Possible values of ``{what}``."""
F_STRING = "f-string: "


def parser_words(message: str) -> str:
    """Return a message of Python's parser in the reader's language, or unchanged."""
    if language() == "en":
        return message
    said = _said(message, SENTENCES)
    if said is None and message.startswith(F_STRING):
        said = _said(message.removeprefix(F_STRING), SENTENCES)
        return message if said is None else F_STRING + said
    return message if said is None else said


def _said(message: str, sentences: tuple[str, ...]) -> str | None:
    for sentence in sorted(sentences, key=lambda one: ("{" in one, -len(one))):
        if found := _pattern(sentence).fullmatch(message):
            values = found.groupdict()
            if translated(sentence) != sentence:
                if "what" in values:
                    values["what"] = _said(values["what"], PARTS) or values["what"]
                return say(sentence, **values)
    return None


@functools.cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pattern, known = "", set()
    for words, gap, _, _ in string.Formatter().parse(sentence):
        pattern += re.escape(words)
        if gap:
            pattern += f"(?P={gap})" if gap in known else f"(?P<{gap}>.+?)"
            known.add(gap)
    return re.compile(pattern)
