"""The format of messages between judge and student: typed, by value, bounded, never pickled.

A frame is the length of its structure, the structure, and a blob. The structure is msgpack: scalars unchanged and
everything else as a tagged list. All tensors of a frame are in the blob, which is safetensors, and are named by their
index. Both sides decode with the same limits, so that neither a hostile answer nor an honest accident (a list of a
million elements) can hurt the reader, whose work and memory stay in proportion to the frame: anything out of bounds or
of an unknown form raises ``WireError``.

The receiver always builds new objects: a plain ``torch.Tensor``, a plain ``dict``. None of the sender's classes is
transmitted, so neither ``__eq__`` nor ``__torch_function__`` of a student ever runs in the judge.
"""

from __future__ import annotations

import math
import struct
import types
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import msgpack
import numpy as np
import safetensors
import torch

MAX_SAID = 2000
"""Characters of an exception's message that are passed on."""
MAX_FRAMES = 20
"""Frames of a traceback that are passed on: a few outermost ones, then the innermost ones."""
OUTER_FRAMES = 6
MAX_VALUE = 200
"""Characters of a value in a fixture's complaint."""
MAX_FRAME_BYTES = 64 * 2**20
MAX_STRUCTURE_BYTES = 4 * 2**20
MAX_ITEMS = 100_000
MAX_TEXT_CHARS = 2**17
"""Characters of one str. No answer of the course needs a hundredth of that, and names end up in sentences."""
MAX_DEPTH = 32
MAX_NUMBERS = 2**22
"""Numbers in all tensors of a frame together; judging converts them to float64, and may decompose them."""
MAX_DIMENSIONS = 16
MAX_HEADER_BYTES = 2**20
"""Bytes for names, dtypes and shapes of a frame's tensors; enough for some ten thousand tensors."""
MAX_HEX_DIGITS = 3500
"""Hexadecimal digits of an integer; Python refuses to print one of more than 4300 decimal digits."""
MAX_COLLISIONS = 100
"""Keys of one mapping that share a hash; with many of them, building the mapping would take minutes."""

_LENGTH = struct.Struct(">I")
_HEADER = struct.Struct("<Q")
_AS_IT_IS = (type(None), bool, float, bytes)  # not sets: their elements may have a student's __hash__
_READ_AS_IT_IS = frozenset((*_AS_IT_IS, int))
_KEYS = (type(None), bool, int, float, str, bytes, tuple)

_DTYPES = {
    name: getattr(torch, name)
    for name in ("float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool complex64".split())
}
_DTYPE_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_CODES = dict(zip("F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL C64".split(), _DTYPES.values(), strict=True))
"""Name of a dtype in safetensors -> the dtype of torch."""

# Lazy results that a method may return (``named_parameters()``, ``dict.keys()``): sent as lists of up to MAX_ITEMS.
_LAZY: tuple[type, ...] = (
    types.GeneratorType,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
    map,
    zip,
    filter,
    range,
)


class WireError(Exception):
    """The value cannot be sent, or the frame is malformed."""


class Reference:
    """Reference to an object that stays on the other side; ``number`` is its index in the other side's table."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number


def encode(value: object, keep: Callable[[object], int] | None = None) -> bytes:
    """Write ``value`` as one frame.

    Args:
        value: None, bool, int, float, str, bytes, list, tuple, set, dict, tensor, ndarray, dtype, ``Reference``.
        keep: called for any other object; keeps it and returns its number, which is sent instead.

    Raises:
        WireError: the value is of an unknown type and ``keep`` is None, or it is too deep, too long or too large.
    """
    writer = _Writer(keep)
    try:
        structure: bytes = msgpack.packb(writer.write(value, 0))
    except (ValueError, UnicodeEncodeError) as error:  # a lone surrogate in a str, for example
        raise WireError(f"cannot be written: {error}") from None
    blob = _save(writer.tensors) if writer.tensors else b""
    frame = b"".join((_LENGTH.pack(len(structure)), structure, blob))
    for size, limit in ((len(structure), MAX_STRUCTURE_BYTES), (len(frame), MAX_FRAME_BYTES)):
        if size > limit:
            raise WireError(f"{size:,} bytes are more than can travel at once ({limit:,})")
    return frame


def decode(frame: bytes, resolve: Callable[[int], object] | None = None) -> Any:
    """Read one frame.

    Args:
        frame: bytes that ``encode`` wrote, or a forgery of them.
        resolve: returns the object to use for the number of a kept object (default: a ``Reference``).

    Raises:
        WireError: for anything that ``encode`` would not have written.
    """
    if not _LENGTH.size < len(frame) <= MAX_FRAME_BYTES:
        raise WireError(f"a frame of {len(frame):,} bytes")
    (length,) = _LENGTH.unpack_from(frame)
    start, end = _LENGTH.size, _LENGTH.size + length
    if not 0 < length <= MAX_STRUCTURE_BYTES or end > len(frame):
        raise WireError(f"a structure of {length:,} bytes")
    lists = 0

    def count(items: list[object]) -> list[object]:
        nonlocal lists
        lists += 1
        if lists > MAX_ITEMS:  # an empty one is a byte in the frame and sixty in memory
            raise WireError("too many lists")
        return items

    try:
        structure = msgpack.unpackb(
            memoryview(frame)[start:end], list_hook=count, strict_map_key=True, max_map_len=0, max_ext_len=0
        )
        tensors = _load(frame[end:]) if end < len(frame) else {}
    except WireError:
        raise
    except Exception as error:  # msgpack and safetensors raise many types; each means that the frame is malformed
        raise WireError(f"malformed frame: {type(error).__name__}") from None
    reader = _Reader(tensors, resolve or Reference)
    value = reader.read(structure, 0)
    if reader.tensors:
        raise WireError("a tensor that nothing refers to")
    return value


def _save(tensors: dict[str, torch.Tensor]) -> bytes:
    """Return the same bytes as ``safetensors.torch.save``, which takes over ten times as long for small tensors."""
    blob: bytes = safetensors.serialize(
        {
            name: safetensors.TensorSpec(
                dtype=_DTYPE_NAMES[tensor.dtype],
                shape=tensor.shape,
                data_ptr=tensor.data_ptr(),
                data_len=tensor.nbytes,
            )
            for name, tensor in tensors.items()
        }
    )
    return blob


def _load(blob: bytes) -> dict[str, torch.Tensor]:
    """Return the tensors by name."""
    if len(blob) < _HEADER.size or _HEADER.unpack_from(blob)[0] > MAX_HEADER_BYTES:
        raise WireError("malformed or oversized header")
    found = safetensors.deserialize(blob)  # type: ignore[no-untyped-call]
    numbers = 0
    for _, view in found:
        if view["dtype"] not in _CODES or len(view["shape"]) > MAX_DIMENSIONS:
            raise WireError(f"a tensor of kind {view['dtype']} with {len(view['shape'])} dimensions")
        numbers += math.prod(view["shape"])
    if numbers > MAX_NUMBERS:
        raise WireError("too many numbers")
    return {
        name: torch.frombuffer(view["data"], dtype=_CODES[view["dtype"]]).reshape(view["shape"])
        if view["data"]
        else torch.empty(view["shape"], dtype=_CODES[view["dtype"]])
        for name, view in found
    }


class _Writer:
    def __init__(self, keep: Callable[[object], int] | None) -> None:
        self.keep = keep
        self.tensors: dict[str, torch.Tensor] = {}
        self.items = self.numbers = 0

    def write(self, value: object, depth: int) -> object:
        self.items += 1
        if depth > MAX_DEPTH or self.items > MAX_ITEMS:
            raise WireError("nested too deep" if depth > MAX_DEPTH else f"more than {MAX_ITEMS:,} values")
        kind = type(value)
        if kind in _AS_IT_IS or (kind is int and -(2**63) <= value < 2**63):  # type: ignore[operator]
            return value
        if isinstance(value, str):
            if len(value) > MAX_TEXT_CHARS:
                raise WireError(f"a text of {len(value):,} characters is more than can travel ({MAX_TEXT_CHARS:,})")
            return value if kind is str else str(value)
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, (tuple, list, set, frozenset)):
            tag = "u" if isinstance(value, tuple) else "l" if isinstance(value, list) else "s"
            return [tag, [self.write(item, depth + 1) for item in list(value)]]
        if isinstance(value, dict):
            flat: list[object] = []
            for key, item in list(value.items()):
                written = self.write(key, depth + 1)
                if isinstance(written, list) and written[0] not in ("u", "i"):
                    raise WireError(f"a {type(key).__name__} cannot be a key")
                flat += [written, self.write(item, depth + 1)]
            return ["d", flat]
        if isinstance(value, np.generic):
            return self.write(value.item(), depth + 1)
        if isinstance(value, int):
            return int(value) if -(2**63) <= value < 2**63 else self.large(value)
        if isinstance(value, (float, Fraction, Decimal)):  # exact numbers arrive as floats
            return float(value)
        if isinstance(value, (bytes, bytearray)):
            return bytes(value)
        if isinstance(value, np.ndarray):
            return self.tensor(torch.from_numpy(np.array(value, copy=True)))
        if isinstance(value, Reference):
            return ["h", value.number]
        if isinstance(value, torch.dtype):
            return ["y", _DTYPE_NAMES.get(value) or str(value).removeprefix("torch.")]
        if isinstance(value, (*_LAZY, AbstractSet)) and isinstance(value, Iterable):
            return self.write(list(islice(value, MAX_ITEMS)), depth + 1)
        if self.keep is None:
            raise WireError(f"a {type(value).__name__} cannot travel")
        return ["h", self.keep(value)]

    def large(self, value: int) -> list[object]:
        if len(digits := hex(value)) > MAX_HEX_DIGITS:
            raise WireError("an integer of more than four thousand digits")
        return ["i", digits]

    def tensor(self, value: torch.Tensor) -> list[object]:
        if value.dim() > MAX_DIMENSIONS:
            raise WireError(f"a tensor of {value.dim()} dimensions cannot travel")
        self.numbers += value.numel()
        if self.numbers > MAX_NUMBERS:
            raise WireError(f"more than {MAX_NUMBERS:,} numbers in tensors")
        if value.layout is not torch.strided or value.device.type == "meta" or value.dtype not in _DTYPE_NAMES:
            raise WireError(f"a tensor of kind {value.dtype}, {value.layout}, {value.device} cannot travel")
        plain = value.detach().to("cpu").contiguous().clone()
        if type(plain) is not torch.Tensor:  # a Parameter's detach is plain; a subclass may stay one
            plain = plain.as_subclass(torch.Tensor)
        name = str(len(self.tensors))
        self.tensors[name] = plain
        return ["T", int(name)]


class _Reader:
    def __init__(self, tensors: dict[str, torch.Tensor], resolve: Callable[[int], object]) -> None:
        self.tensors = tensors
        self.resolve = resolve
        self.items = 1

    def read(self, node: object, depth: int) -> object:
        kind = type(node)  # msgpack creates no other types than these
        if kind in _READ_AS_IT_IS:
            return node
        if isinstance(node, str):
            if len(node) > MAX_TEXT_CHARS:
                raise WireError("a text that is too long")
            return node
        if not (isinstance(node, list) and len(node) == 2 and isinstance(node[0], str)):
            raise WireError("untagged value")
        tag, content = node
        if tag in ("l", "u", "s", "d") and isinstance(content, list):
            self.items += len(content)
            if self.items > MAX_ITEMS or (content and depth >= MAX_DEPTH):
                raise WireError("frame nested too deep or too long")
            items = [self.read(item, depth + 1) for item in content]
            if tag == "d":
                return self.mapping(items[::2], items[1::2])
            return items if tag == "l" else tuple(items) if tag == "u" else set(self.distinguishable(items))
        if tag == "T" and type(content) is int and str(content) in self.tensors:
            return self.tensors.pop(str(content))  # each is named once, or a small frame could hold a huge list
        if tag == "h" and type(content) is int:
            return self.resolve(content)
        if tag == "y" and isinstance(content, str) and content in _DTYPES:
            return _DTYPES[content]
        if tag == "i" and isinstance(content, str) and len(content) <= MAX_HEX_DIGITS:
            try:
                return int(content, 16)
            except ValueError:
                raise WireError("malformed integer") from None
        raise WireError(f"unknown tag {tag!r:.20}")

    def mapping(self, keys: list[object], values: list[object]) -> dict[object, object]:
        if len(keys) != len(values) or not all(isinstance(key, _KEYS) for key in keys):
            raise WireError("malformed mapping")
        found = dict(zip(self.distinguishable(keys), values, strict=True))
        if len(found) != len(keys):
            raise WireError("a mapping with the same key twice")
        return found

    @staticmethod
    def distinguishable(keys: list[object]) -> list[object]:
        try:
            hashes = {hash(key) for key in keys}
        except TypeError:
            raise WireError("a key without a hash") from None
        if len(keys) - len(hashes) > MAX_COLLISIONS:
            raise WireError("keys that share a hash")
        return keys
