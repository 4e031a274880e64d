"""Reduce a compiled gettext catalogue to the messages that a student edition can show.

A catalogue of the whole course has translations of titles and hints of hidden checks and misconceptions. The format
is that of GNU gettext: two tables of (length, offset), one for messages and one for their translations, then the texts,
each followed by a zero byte. A message with two plural forms contains both, separated by a zero byte.
"""

from __future__ import annotations

import ast
import inspect
import struct
from collections.abc import Collection, Iterable, Iterator

MAGIC = 0x950412DE
HEADER = struct.Struct("<7I")
"""Magic number, revision, number of messages, offsets of the two tables, size and offset of a hash table."""
ENTRY = struct.Struct("<2I")


def messages(content: bytes) -> dict[bytes, bytes]:
    """Return messages and their translations, plural forms joined by zero bytes; the message ``b""`` is the header.

    Raises:
        ValueError: the content is not a catalogue, or is incomplete.
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
    """Return the compiled catalogue of these messages; the same messages always give the same bytes."""
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
    """Return the catalogue without the messages that are never shown.

    Args:
        content: a compiled catalogue.
        said: all strings in the edition's code, and its titles.
    """
    found = messages(content)
    return compiled({key: text for key, text in found.items() if all(one in said for one in _forms(key))})


def _forms(key: bytes) -> list[str]:
    words = key.decode().rpartition("\x04")[2]  # a context can precede it
    return words.split("\0") if words else []


def strings(tree: ast.AST) -> Iterator[str]:
    """Yield all strings in a module; docstrings also as the grader (one line) and click (dedented) show them."""
    yield from said(ast.walk(tree))


def said(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield all strings in these nodes of a module, as in ``strings``."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            if "\n" in node.value or node.value != node.value.strip():
                yield " ".join(node.value.split())
                yield inspect.cleandoc(node.value)
