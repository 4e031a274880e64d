"""Cuts a compiled gettext catalogue down to the sentences that a student edition can say.

A catalogue of the whole course holds translations of titles and hints of hidden checks and misconceptions. The format
is that of GNU gettext: two tables of (length, offset), one of sentences and one of their translations, then the texts,
each with a zero byte behind it. A sentence with two forms holds both, with a zero byte between them.
"""

from __future__ import annotations

import ast
import inspect
import struct
from collections.abc import Collection, Iterable, Iterator

MAGIC = 0x950412DE
HEADER = struct.Struct("<7I")
"""Magic number, revision, number of sentences, where the two tables begin, size and place of a hash table."""
ENTRY = struct.Struct("<2I")


def messages(content: bytes) -> dict[bytes, bytes]:
    """Sentences and their translations, forms of a count joined by zero bytes; the sentence ``b""`` is the header.

    Raises:
        ValueError: this is no catalogue, or one that is not whole.
    """
    try:
        magic, _, count, sentences, translations, _, _ = HEADER.unpack_from(content)
        if magic != MAGIC:
            raise ValueError("no compiled catalogue")
        return {
            _text(content, sentences + number * ENTRY.size): _text(content, translations + number * ENTRY.size)
            for number in range(count)
        }
    except struct.error as error:
        raise ValueError("a catalogue that is not whole") from error


def _text(content: bytes, place: int) -> bytes:
    length, start = ENTRY.unpack_from(content, place)
    return content[start : start + length]


def compiled(found: dict[bytes, bytes]) -> bytes:
    """The catalogue of these messages; the same messages give the same bytes."""
    pairs = sorted(found.items())
    sentences = HEADER.size
    translations = sentences + len(pairs) * ENTRY.size
    place = translations + len(pairs) * ENTRY.size
    tables = [b"", b""]
    texts = b""
    for column in range(2):
        for pair in pairs:
            tables[column] += ENTRY.pack(len(pair[column]), place + len(texts))
            texts += pair[column] + b"\0"
    head = HEADER.pack(MAGIC, 0, len(pairs), sentences, translations, 0, place)
    return head + tables[0] + tables[1] + texts


def restricted(content: bytes, said: Collection[str]) -> bytes:
    """The catalogue without the sentences that nobody says.

    Args:
        content: a compiled catalogue.
        said: all strings of the edition's code, and its titles.
    """
    found = messages(content)
    return compiled({key: text for key, text in found.items() if all(one in said for one in _forms(key))})


def _forms(key: bytes) -> list[str]:
    words = key.decode().rpartition("\x04")[2]  # before it stands a context
    return words.split("\0") if words else []


def strings(tree: ast.AST) -> Iterator[str]:
    """All strings in a module, docstrings also as the grader (one line) and click (not indented) say them."""
    yield from said(ast.walk(tree))


def said(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The same of all nodes of a module."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            if "\n" in node.value or node.value != node.value.strip():
                yield " ".join(node.value.split())
                yield inspect.cleandoc(node.value)
