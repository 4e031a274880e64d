"""Find Python code in any text: whatever can be parsed, in every place and after every prefix."""

from __future__ import annotations

import ast
import json
import re
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from course.classroom import disguises
from course.compat import tomllib

FENCED = re.compile(r"^([> ]*)(`{3,}|~{3,})[^\n]*\n(.*?)(?:^[> ]*\2|\Z)", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^(?: {4}|\t)[^\n]*\n(?:[ \t]*\n)*)+", re.MULTILINE)
PARAGRAPH = re.compile(r"(?:^[ \t]*\S[^\n]*\n)+", re.MULTILINE)
STATEMENT = re.compile(r"^[ \t]*(?:def|return|raise|assert|for|if|while|with)\b|=", re.MULTILINE)
PROMPT = re.compile(r"^ *(?:>>>|\.\.\.:?|In \[\d+\]:) ?")
DEFINITION = re.compile(
    r"([ \t]*)(?:(?:[-*+>#|]+|\d+[.)])[ \t]+)?((?:async[ \t]+def|def|class)[ \t]+\w+[ \t]*[(:\[].*)", re.DOTALL
)
"""First line of a definition, possibly after the marker of a list item."""
SHORT = 40
"""Characters of the shortest string that can contain code."""


def parsed(source: str) -> ast.Module | None:
    """Parse a text as Python; None if it is not Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in code that is not ours
        try:
            return ast.parse(textwrap.dedent(source))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


Nodes = Sequence[ast.AST]
"""All nodes of a tree, as a sequence because they are traversed several times."""


def sources(text: str, nodes: Nodes, suffix: str) -> Iterator[str]:
    """Yield the texts in a file that can contain code: for Python, its comments and strings.

    Args:
        text: content of the file.
        nodes: the file's nodes if it is Python; otherwise empty.
        suffix: suffix of the file name.
    """
    if nodes:
        yield "\n".join(line.partition("#")[2].removeprefix(" ") for line in text.split("\n"))
        yield from strings(nodes)
        yield from joined(nodes)
        return
    yield text
    try:
        if suffix == ".toml":
            yield from _strings_in(tomllib.loads(text))
        elif suffix == ".json":
            yield from _strings_in(json.loads(text))
    except ValueError:
        return


def strings(nodes: Nodes) -> Iterator[str]:
    """Yield the strings in Python code that are long enough to contain code."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > SHORT:
            yield node.value


def joined(nodes: Nodes) -> Iterator[str]:
    """Yield adjacent strings in Python code, joined: in lists, calls and sums."""
    for node in nodes:
        if isinstance(node, (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BinOp, ast.Call, ast.JoinedStr)):
            pieces = list(_side_by_side(node))
            if len(pieces) > 1 and sum(map(len, pieces)) > SHORT:
                yield "".join(pieces)
                yield "\n".join(pieces)


def _side_by_side(node: ast.AST) -> Iterator[str]:
    waiting = [*ast.iter_child_nodes(node)]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, ast.BinOp) and isinstance(node, ast.BinOp):
            waiting[:0] = ast.iter_child_nodes(one)


def data(nodes: Nodes) -> Iterator[bytes]:
    """Yield the constants in Python code that can encode data: bytes, strings with escapes, large numbers."""
    for node in nodes:
        if not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, bytes):
            yield node.value
        elif isinstance(node.value, str) and not node.value.isprintable() and all(map("\u0100".__gt__, node.value)):
            yield node.value.encode("latin-1")
        elif isinstance(node.value, int) and node.value.bit_length() > 256:
            yield from disguises.of_number(node.value)


def _strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings_in(inner)
    elif isinstance(value, list):
        if value and all(isinstance(inner, str) for inner in value):
            yield "".join(value)  # the lines of a cell
        for inner in value:
            yield from _strings_in(inner)


def trees(text: str) -> Iterator[ast.Module]:
    """Yield everything in a text that is Python: the whole text, its blocks, and definitions wherever they begin."""
    seen: set[str] = set()
    for reading in disguises.readings(disguises.plain(text)):
        for block in _blocks(reading):
            for source in (block, _typed(block)):  # a docstring also has prompts
                if source not in seen and STATEMENT.search(source):
                    seen.add(source)
                    if (tree := parsed(source)) is not None:
                        yield tree
        yield from _definitions(reading)


def _blocks(text: str) -> Iterator[str]:
    yield text
    text += "\n"
    yield from (match[3] for match in FENCED.finditer(text))
    yield from INDENTED.findall(text)
    yield from PARAGRAPH.findall(text)


def _typed(block: str) -> str:
    """Return the input of an interactive session, without prompts and output."""
    if ">>>" not in block and "In [" not in block:
        return ""
    return "\n".join(PROMPT.sub("", line) for line in block.splitlines() if PROMPT.match(line))


def _definitions(text: str) -> Iterator[ast.Module]:
    lines = text.split("\n")
    done = 0
    for number, line in enumerate(lines):
        if number < done or not (found := DEFINITION.match(line)):
            continue
        margin, end = found[1], number + 1
        while end < len(lines) and _belongs(lines[end], margin):
            end += 1
        block = [margin + found[2], *lines[number + 1 : end]]
        for length in (len(block), _whole(block)):
            if length and (tree := parsed("\n".join(block[:length]))) is not None:
                yield tree
                done = number + length
                break


def _belongs(line: str, margin: str) -> bool:
    """Return whether a line is part of the definition with this indentation."""
    return not line.strip() or line.startswith((f"{margin} ", f"{margin}\t", f"{margin})"))


def _whole(block: list[str]) -> int:
    """Return the number of lines before the first one that is not Python."""
    try:
        ast.parse(textwrap.dedent("\n".join(block)))
    except SyntaxError as error:
        return (error.lineno or 1) - 1
    except (ValueError, RecursionError, MemoryError):
        return 0
    return 0
