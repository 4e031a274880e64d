"""Messages between judge and student arrive unchanged or as ``WireError``, whatever is sent."""

from __future__ import annotations

import math
import os
import random
import resource
import socket
import struct
import threading
import time
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgpack
import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from grader import wire
from grader.errors import StudentRaised
from grader.link import MAX_OUTPUT_BYTES, Link, LinkClosed, LinkGarbled, LinkTimeout, receive, send
from grader.wire import WireError

MIB = 2**20
SEED = 3
FUZZ_CASES = 3000
PLAIN = (type(None), bool, int, float, str, bytes, list, tuple, set, dict, torch.Tensor, torch.dtype, wire.Reference)


def travel(value: object) -> Any:
    return wire.decode(wire.encode(value))


def same(one: object, other: object) -> bool:
    """Return whether two values are equal in type, dtype, shape and every bit of every number."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        alike = one.dtype == other.dtype and one.shape == other.shape
        return alike and torch.equal(one.reshape(-1).view(torch.uint8), other.reshape(-1).view(torch.uint8))
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float) and isinstance(other, float):
        return struct.pack("d", one) == struct.pack("d", other)
    return one == other


def assert_plain(value: object) -> None:
    """Assert that a value contains only kinds that the reader makes itself, at every depth."""
    assert type(value) in PLAIN, type(value)
    if isinstance(value, (list, tuple, set)):
        for item in value:
            assert_plain(item)
    if isinstance(value, dict):
        for key, item in value.items():
            assert_plain(key)
            assert_plain(item)


# --- values that arrive unchanged ---

DTYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.bool]
DTYPES += [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]
SHAPES = [(), (0,), (1,), (7,), (2, 3), (0, 5), (3, 0), (1, 2, 3, 4), (1,) * 16]
SCALARS = [None, True, False, 0, 1, -1, 2**63 - 1, -(2**63), 2**63, 2**64, -(2**63) - 1, 10**4000, -(10**4000)]
SCALARS += [0.0, -0.0, 1.5, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308]
SCALARS += ["", "text", "größe 文字 🙂", "\0\n\x1b", b"", b"\0\xff" * 100, "x" * 100_000]


@pytest.mark.parametrize("value", SCALARS, ids=lambda value: f"{type(value).__name__} {str(value)[:20]!r}"[:40])
def test_scalar_arrives(value: object) -> None:
    assert same(travel(value), value)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_tensor_arrives(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(SEED)
    bits = torch.randint(0, 256, (math.prod(shape) * dtype.itemsize,), generator=generator, dtype=torch.uint8)
    value = (bits.remainder(2).bool() if dtype is torch.bool else bits.view(dtype)).reshape(shape)
    got = travel(value)
    assert type(got) is torch.Tensor and same(got, value)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_dtype_arrives(dtype: torch.dtype) -> None:
    assert travel([dtype]) == [dtype]


def test_order_and_nesting_arrive() -> None:
    value = {"b": [1, (2.5, [None, {"x": torch.arange(3)}])], "a": {}, (1, ("x", b"y")): (), 7: [[]], None: 0, 2**70: 1}
    assert same(travel(value), value)
    assert travel({1, 2, 3}) == {1, 2, 3}


def test_random_values_arrive() -> None:
    generator = random.Random(SEED)
    for _ in range(300):
        value = random_value(generator, 4)
        assert same(travel(value), value)


def random_value(generator: random.Random, depth: int) -> object:
    kind = generator.randrange(9 if depth else 6)
    if kind < 4:
        return generator.choice(SCALARS[:-1])
    if kind == 4:
        return generator.choice(DTYPES)
    if kind == 5:
        shape = [generator.randrange(4) for _ in range(generator.randrange(4))]
        return torch.full(shape, generator.randrange(2)).to(generator.choice(DTYPES))
    items = [random_value(generator, depth - 1) for _ in range(generator.randrange(5))]
    if kind == 8:
        return {f"key {place}": item for place, item in enumerate(items)}
    return items if kind == 6 else tuple(items)


# --- values that arrive as plain ones ---


class LyingTensor(torch.Tensor):
    """A tensor that is equal to everything."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return super().__torch_function__(function, types, args, kwargs or {})

    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return True


class LyingList(list):  # type: ignore[type-arg]
    def __eq__(self, other: object) -> bool:
        return True


class LyingText(str):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class LyingNumber(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


def counting() -> Iterator[int]:
    yield from range(3)


Pair = namedtuple("Pair", "one other")
BECOMES: list[tuple[Callable[[], object], object]] = [
    (lambda: torch.ones(2).as_subclass(LyingTensor), torch.ones(2)),
    (lambda: nn.Parameter(torch.ones(2)), torch.ones(2)),
    (lambda: torch.ones(2, requires_grad=True) * 2, torch.full((2,), 2.0)),
    (lambda: torch.arange(6).reshape(2, 3).T, torch.tensor([[0, 3], [1, 4], [2, 5]])),
    (lambda: torch.ones(1).expand(4), torch.ones(4)),
    (lambda: np.arange(3.0), torch.arange(3, dtype=torch.float64)),
    (lambda: np.float32(1.5), 1.5),
    (lambda: np.bool_(True), True),
    (lambda: np.int8(-3), -3),
    (lambda: Fraction(1, 4), 0.25),
    (lambda: Decimal("0.5"), 0.5),
    (lambda: LyingList([1, 2]), [1, 2]),
    (lambda: LyingText("x"), "x"),
    (lambda: LyingNumber(2.5), 2.5),
    (lambda: bytearray(b"x"), b"x"),
    (lambda: Pair(1, 2), (1, 2)),
    (lambda: torch.Size((2, 3)), (2, 3)),
    (lambda: OrderedDict(a=1), {"a": 1}),
    (lambda: {"a": 1}.items(), [("a", 1)]),
    (lambda: range(3), [0, 1, 2]),
    (counting, [0, 1, 2]),
    (lambda: map(str, [1]), ["1"]),
    (lambda: frozenset({1}), {1}),
]


@pytest.mark.parametrize("place", range(len(BECOMES)))
def test_arrives_plain(place: int) -> None:
    make, expected = BECOMES[place]
    got = travel(make())
    assert_plain(got)
    assert same(got, expected)


def test_what_arrives_shares_nothing_with_what_left() -> None:
    value = torch.zeros(3)
    got = wire.decode(wire.encode([value, value]))
    got[0].fill_(1)
    assert torch.equal(value, torch.zeros(3)) and torch.equal(got[1], torch.zeros(3))


def test_other_objects_stay_and_are_named() -> None:
    kept: list[object] = []

    def keep(value: object) -> int:
        kept.append(value)
        return len(kept) - 1

    layer = nn.Linear(2, 3)
    frame = wire.encode({"layer": layer, "again": [layer]}, keep)
    got = wire.decode(frame)
    assert kept == [layer, layer] and got["layer"].number == 0 and got["again"][0].number == 1
    assert wire.decode(frame, kept.__getitem__)["layer"] is layer
    with pytest.raises(WireError, match="Linear cannot travel"):
        wire.encode(layer)


# --- values that are refused ---


def deep(levels: int) -> object:
    value: object = None
    for _ in range(levels):
        value = [value]
    return value


TOO_MUCH: dict[str, Callable[[], object]] = {
    "deep": lambda: deep(wire.MAX_DEPTH + 1),
    "long": lambda: [0] * wire.MAX_ITEMS,
    "endless": lambda: iter_forever(),
    "text": lambda: "x" * (wire.MAX_TEXT_CHARS + 1),
    "texts": lambda: ["x" * wire.MAX_TEXT_CHARS] * 40,
    "bytes": lambda: bytes(wire.MAX_STRUCTURE_BYTES),
    "numbers": lambda: torch.empty(wire.MAX_NUMBERS + 1, dtype=torch.int8),
    "numbers in sum": lambda: [torch.empty(wire.MAX_NUMBERS // 2, dtype=torch.int8)] * 3,
    "dimensions": lambda: torch.zeros((1,) * (wire.MAX_DIMENSIONS + 1)),
    "digits": lambda: 10**5000,
    "half a character": lambda: "\ud800",
    "sparse": lambda: torch.zeros(2, 2).to_sparse(),
    "meta": lambda: torch.zeros(2, device="meta"),
    "an unknown dtype": lambda: torch.zeros(2, dtype=torch.complex128),
    "a tensor as a key": lambda: {torch.zeros(1): 1},
    "itself": lambda: holds_itself(),
    "a function": lambda: travel,
    "a class": lambda: nn.Linear,
}


def iter_forever() -> Iterator[int]:
    while True:
        yield 1


def holds_itself() -> list[object]:
    value: list[object] = []
    value.append(value)
    return value


@pytest.mark.parametrize("what", TOO_MUCH)
def test_does_not_travel(what: str) -> None:
    with pytest.raises(WireError):
        wire.encode(TOO_MUCH[what]())


LARGEST: dict[str, Callable[[], object]] = {
    "deep": lambda: deep(wire.MAX_DEPTH),
    "long": lambda: list(range(wire.MAX_ITEMS - 1)),
    "text": lambda: "x" * wire.MAX_TEXT_CHARS,
    "texts": lambda: ["x" * wire.MAX_TEXT_CHARS] * 30,
    "bytes": lambda: bytes(wire.MAX_STRUCTURE_BYTES - 10),
    "numbers": lambda: torch.zeros(wire.MAX_NUMBERS, dtype=torch.int8),
    "many tensors": lambda: [torch.tensor(float(number)) for number in range(5000)],
    "vocabulary": lambda: {f"token {number}": number for number in range(40_000)},
    "merges": lambda: {(f"a{number}", f"b{number}"): number for number in range(10_000)},
}


@pytest.mark.parametrize("what", LARGEST)
def test_largest_travels(what: str) -> None:
    value = LARGEST[what]()
    assert same(travel(value), value)


# --- malformed frames ---


def frame(structure: object, blob: bytes = b"") -> bytes:
    packed: bytes = msgpack.packb(structure)
    return raw_frame(packed, blob)


def raw_frame(packed: bytes, blob: bytes = b"") -> bytes:
    return struct.pack(">I", len(packed)) + packed + blob


def blob_of(header: bytes, data: bytes = b"") -> bytes:
    return struct.pack("<Q", len(header)) + header + data


def colliding(count: int) -> list[object]:
    """Return integers that all have the hash 0."""
    return [["i", hex(number * (2**61 - 1))] for number in range(5, 5 + count)]


ONE = safetensors.torch.save({"0": torch.ones(3)})
MALFORMED = {
    "nothing": b"",
    "a header": b"\0\0\0\1",
    "no structure": raw_frame(b""),
    "a structure longer than the frame": struct.pack(">I", 100) + b"\xc0",
    "rubbish behind the value": raw_frame(b"\xc0\xc0"),
    "half a value": raw_frame(b"\x92\xc0"),
    "a map": frame({"a": 1}),
    "an extension": frame(msgpack.ExtType(5, b"x")),
    "a date": frame(msgpack.Timestamp(1)),
    "half a character": raw_frame(b"\xa1\xff"),
    "an untagged list": frame([1, 2, 3]),
    "an unknown tag": frame(["q", 1]),
    "a tag that is a number": frame([1, 1]),
    "a tag that is a list": frame([["l"], []]),
    "a list that is a number": frame(["l", 7]),
    "a mapping of three": frame(["d", [1, 2, 3]]),
    "a mapping with a list as key": frame(["d", [["l", []], 2]]),
    "a mapping with a tensor as key": frame(["d", [["T", 0], 2]], ONE),
    "a mapping with an object as key": frame(["d", [["h", 0], 2]]),
    "a mapping with the same key twice": frame(["d", ["x", 1, "x", 2]]),
    "a mapping with equal keys": frame(["d", [1, 1, True, 2]]),
    "a key that holds a list": frame(["d", [["u", [["l", []]]], 2]]),
    "a set of lists": frame(["s", [["l", []]]]),
    "keys that collide": frame(["d", [item for key in colliding(20_000) for item in (key, 0)]]),
    "members that collide": frame(["s", colliding(20_000)]),
    "tuples that collide": frame(["s", [["u", [key, 1]] for key in colliding(20_000)]]),
    "a tensor that is not there": frame(["T", 1], ONE),
    "a tensor with a true name": frame(["T", False], ONE),
    "a tensor with a negative name": frame(["T", -1], ONE),
    "a tensor named twice": frame(["l", [["T", 0], ["T", 0]]], ONE),
    "a tensor that nobody names": frame(None, ONE),
    "an object with half a number": frame(["h", 0.5]),
    "an object with a true number": frame(["h", True]),
    "a dtype that torch has": frame(["y", "complex128"]),
    "a dtype that nobody has": frame(["y", "__class__"]),
    "an integer that is none": frame(["i", "xyz"]),
    "an integer that is too long": frame(["i", "f" * 4000]),
    "deep lists": raw_frame(b"\x92\xa1l\x91" * 40 + b"\xc0"),
    "a thousand brackets": raw_frame(b"\x91" * 1000 + b"\xc0"),
    "a million brackets": raw_frame(b"\x91" * MIB + b"\xc0"),
    "four billion items": raw_frame(b"\xdd\xff\xff\xff\xff"),
    "two gigabytes of text": raw_frame(b"\xdb\x7f\xff\xff\xff"),
    "four million nothings": raw_frame(b"\x92\xa1l\xdd" + struct.pack(">I", 4_000_000) + b"\xc0" * 4_000_000),
    "three million lists": raw_frame(b"\x92\xa1l\xdd" + struct.pack(">I", 3_000_000) + b"\x90" * 3_000_000),
    "a long structure": raw_frame(b"\xdb" + struct.pack(">I", 5 * MIB) + b"x" * 5 * MIB),
    "a blob that is too short": frame(["T", 0], b"\1\2\3"),
    "a header that is too long": frame(["T", 0], struct.pack("<Q", 2**40) + b"{}"),
    "a header of two megabytes": frame(["T", 0], blob_of(b'{"0":' + b" " * 2 * MIB + b"{}}")),
    "a header that is no JSON": frame(["T", 0], blob_of(b"nonsense")),
    "a header without tensors": frame(["T", 0], blob_of(b"{}")),
    "a tensor beyond the data": frame(
        ["T", 0], blob_of(b'{"0":{"dtype":"F64","shape":[1000000,1000000],"data_offsets":[0,8000000000000]}}')
    ),
    "a tensor with too little data": frame(
        ["T", 0], blob_of(b'{"0":{"dtype":"F32","shape":[3],"data_offsets":[0,4]}}', bytes(4))
    ),
    "a tensor of negative size": frame(
        ["T", 0], blob_of(b'{"0":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', bytes(4))
    ),
    "a tensor whose size overflows": frame(
        ["T", 0], blob_of(b'{"0":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}')
    ),
    "a tensor of a strange dtype": frame(
        ["T", 0], blob_of(b'{"0":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}', bytes(4))
    ),
    "a tensor of twenty dimensions": frame(["T", 0], safetensors.torch.save({"0": torch.ones((1,) * 20)})),
    "a tensor of a hundred thousand dimensions": frame(
        ["T", 0],
        blob_of(b'{"0":{"dtype":"U8","shape":[' + b",".join([b"1"] * 100_000) + b'],"data_offsets":[0,1]}}', b"x"),
    ),
    "five million numbers": frame(["T", 0], safetensors.torch.save({"0": torch.zeros(5_000_000, dtype=torch.int8)})),
    "a frame that is too long": bytes(wire.MAX_FRAME_BYTES + 1),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_frame_is_refused(what: str) -> None:
    with pytest.raises(WireError):
        wire.decode(MALFORMED[what])


def test_reading_takes_memory_in_proportion() -> None:
    """In a child with a gigabyte to spare, exceeding the limit gives a MemoryError, which is not our WireError."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            with open("/proc/self/statm", encoding="ascii") as file:
                space = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            resource.setrlimit(resource.RLIMIT_AS, (space + 1024 * MIB,) * 2)
            for what, data in MALFORMED.items():
                try:
                    wire.decode(data)
                except WireError as error:
                    if "Memory" in str(error):
                        os.write(writer, what.encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as file:
        assert file.read() == ""
    assert os.waitpid(pid, 0)[1] == 0


def test_random_frames_are_refused_or_read() -> None:
    """Noise, truncated valid frames, valid frames with bytes changed: a value of plain kinds, or WireError."""
    generator = random.Random(SEED)
    valid = [wire.encode(random_value(generator, 4)) for _ in range(60)]
    valid += [wire.encode(value) for value in ([torch.ones(3), {"a": 1}], {1, 2}, [2**70, torch.float32], "text")]
    valid += [frame(["h", 3]), frame(["d", ["x", ["u", [1, ["h", 2]]]]])]
    read = refused = 0
    for case in range(FUZZ_CASES):
        data = bytearray(generator.choice(valid))
        if case % 5 == 0:
            data = bytearray(generator.randbytes(generator.randrange(200)))
        elif case % 5 == 1:
            data = data[: generator.randrange(len(data))]
        elif case % 5 == 2:  # the length is right, the structure is noise
            data = bytearray(raw_frame(generator.randbytes(generator.randrange(1, 60)), bytes(data[: case % 40])))
        else:
            for _ in range(generator.randrange(1, 6)):
                data[generator.randrange(len(data))] = generator.randrange(256)
        try:
            value = wire.decode(bytes(data))
        except WireError:
            refused += 1
        else:
            assert_plain(value)
            read += 1
    assert read + refused == FUZZ_CASES and read > 50 and refused > 1000


DESCRIPTION = {
    "type": "E",
    "message": "m",
    "frames": [[1, "f"]],
    "bad_line": 2,
    "not_started": False,
    "memory": True,
}


def test_random_descriptions_are_refused_or_read() -> None:
    generator = random.Random(SEED)
    assert StudentRaised.from_wire(DESCRIPTION).frames == [(1, "f")]
    read = 0
    for _ in range(FUZZ_CASES):
        changed: Any = dict(DESCRIPTION)
        for _ in range(generator.randrange(1, 3)):
            changed[generator.choice(list(DESCRIPTION))] = random_value(generator, 2)
        if generator.random() < 0.1:
            changed = random_value(generator, 2)
        try:
            error = StudentRaised.from_wire(changed)
        except WireError:
            continue
        read += 1
        assert len(str(error)) <= 5000 and len(error.frames) <= 20
        assert all(type(line) is int and type(name) is str for line, name in error.frames)
        assert type(error.not_started) is bool and type(error.memory) is bool
    assert read > 100


# --- frames over a socket ---


@pytest.fixture
def ends() -> Iterator[tuple[Link, socket.socket]]:
    """Yield the judge's link and the student's socket."""
    ours, theirs = socket.socketpair()
    judge = Link(ours, None)
    yield judge, theirs
    judge.close()
    theirs.close()


def test_question_and_answer_arrive(ends: tuple[Link, socket.socket]) -> None:
    judge, theirs = ends
    large = os.urandom(3 * MIB)

    def answer() -> None:
        with theirs.makefile("rb") as incoming:
            for _ in range(2):
                send(theirs, receive(incoming)[::-1])

    thread = threading.Thread(target=answer)
    thread.start()
    assert judge.ask(b"abc", 10) == b"cba"
    assert judge.ask(large, 30) == large[::-1]
    thread.join()


def test_frame_in_pieces_arrives(ends: tuple[Link, socket.socket]) -> None:
    judge, theirs = ends

    def dribble() -> None:
        for byte in struct.pack(">I", 5) + b"hello":
            theirs.sendall(bytes([byte]))
            time.sleep(0.002)

    thread = threading.Thread(target=dribble)
    thread.start()
    assert judge.wait(10) == b"hello"
    thread.join()


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\5hell"])
def test_silence_ends_at_the_deadline(ends: tuple[Link, socket.socket], sent: bytes) -> None:
    judge, theirs = ends
    theirs.sendall(sent)
    with pytest.raises(LinkTimeout):
        judge.wait(0.05)


@pytest.mark.parametrize("sent", [b"", b"\0\0", b"\0\0\0\5hell"])
def test_end_of_the_other_side_is_noticed(ends: tuple[Link, socket.socket], sent: bytes) -> None:
    judge, theirs = ends
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(LinkClosed):
        judge.wait(10)


def test_dribbling_does_not_move_the_deadline(ends: tuple[Link, socket.socket]) -> None:
    judge, theirs = ends
    stop = threading.Event()

    def dribble() -> None:
        theirs.sendall(struct.pack(">I", 10**6))
        while not stop.wait(0.005):
            theirs.sendall(b"x")

    thread = threading.Thread(target=dribble)
    thread.start()
    with pytest.raises(LinkTimeout):
        judge.wait(0.2)
    stop.set()
    thread.join()


def test_oversized_frame_is_refused_unread(ends: tuple[Link, socket.socket]) -> None:
    judge, theirs = ends
    theirs.sendall(struct.pack(">I", wire.MAX_FRAME_BYTES + 1))
    with pytest.raises(LinkGarbled, match="67,108,865"):
        judge.wait(10)


def test_question_to_one_who_does_not_read_ends_at_the_deadline(ends: tuple[Link, socket.socket]) -> None:
    judge, _ = ends
    with pytest.raises(LinkTimeout):
        judge.ask(bytes(10 * MIB), 0.1)


def test_flood_of_prints_is_capped_and_does_not_stall_the_answer() -> None:
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()
    judge = Link(ours, reader)

    def flood_then_answer() -> None:
        for _ in range(100):
            os.write(writer, b"x" * 60_000)
        send(theirs, b"answer")
        os.close(writer)

    thread = threading.Thread(target=flood_then_answer)
    thread.start()
    assert judge.wait(30) == b"answer"
    thread.join()
    judge.close()
    theirs.close()
    assert len(judge.printed) == MAX_OUTPUT_BYTES and judge.printed_bytes == 100 * 60_000
