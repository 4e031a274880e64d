"""A fake GPU for tests: tensors that claim to be on ``cuda:0``, and are computed by the CPU.

With it, tests reach the code that runs only on a GPU: its branches, its calls of ``torch.cuda``, and above all the
moments at which the CPU would have to wait. Each of these is recorded, with the line of ours that caused it:

- a number or a boolean leaves a tensor (``item``, ``tolist``, ``bool``, ``float``, ``range``, ...)
- a shape depends on values (``nonzero``, an index of booleans, ...)
- a tensor is copied to the CPU
- a tensor is copied to the GPU from memory that is not pinned, or without ``non_blocking``; this includes an index
  that is a list or on the CPU

As on a GPU, tensors on the CPU and on the GPU cannot be mixed, random numbers come from a generator of the GPU's own,
and the allocator knows how much memory is in use. It has neither the speed nor the rounding of real kernels.
"""

from __future__ import annotations

import collections
import contextlib
import threading
import traceback
import types
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from solutions.recipes import preflight

GPU, CPU = torch.device("cuda", 0), torch.device("cpu")
NAME = "Toy GPU"
ROOT = Path(__file__).resolve().parents[1]
WAITS_FOR_VALUES = {
    "_local_scalar_dense", "item", "is_nonzero", "equal", "nonzero", "masked_select", "_unique2", "unique_dim",
    "unique_consecutive", "repeat_interleave", "bincount", "histc",
}  # fmt: skip
"""Operators whose result, or its shape, a program needs before it can continue."""
LEAVES = ("tolist", "numpy", "__array__")
"""Methods that read the memory itself."""
MIXED = ("index", "index_put_", "index_put", "_index_put_impl_", "copy_", "_to_copy", "_unsafe_index")
"""Operators that copy arguments from the CPU to the GPU by themselves."""


class OnGpu(torch.Tensor):
    """A tensor on the GPU; torch's own code sees one on the CPU without memory."""

    __torch_function__ = torch._C._disabled_torch_function_impl
    elem: torch.Tensor
    """The tensor with the values, on the CPU."""

    @staticmethod
    def __new__(cls, elem: torch.Tensor) -> OnGpu:
        return torch.Tensor._make_wrapper_subclass(
            cls, elem.size(), strides=elem.stride(), storage_offset=elem.storage_offset(), dtype=elem.dtype,
            device=CPU, requires_grad=False,
        )  # fmt: skip

    def __init__(self, elem: torch.Tensor) -> None:
        self.elem = elem

    device = property(lambda self: GPU)
    is_cuda = property(lambda self: True)
    is_cpu = property(lambda self: False)

    def __repr__(self) -> str:
        return f"OnGpu({self.elem})"

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return FakeGpu.now.compute(func, args, kwargs or {})


def is_gpu(device: Any) -> bool:
    return device is not None and not isinstance(device, int) and torch.device(device).type == "cuda"


class FakeGpu:
    """Records what happens on the fake GPU. There is one at a time: see ``fake_gpu``."""

    now: FakeGpu

    def __init__(self, bf16: bool = True) -> None:
        self.waits: list[str] = []
        """``kind at file: line`` for each time that the CPU would have waited."""
        self.chosen: list[torch.device] = []
        """Devices that were made current."""
        self.bf16 = bf16
        self.random = torch.Generator().manual_seed(4321).get_state()
        self.allocated = self.highest = 0
        self.storages: collections.Counter[int] = collections.Counter()
        self.lock = threading.RLock()
        self.leaving = False
        """Whether a tensor is being copied to the CPU."""

    # --- operators ---

    def compute(self, func: Any, args: Any, kwargs: Any) -> Any:
        """Compute an operator of the GPU on the CPU."""
        name = func.overloadpacket.__name__
        tensors = [one for one in tree_leaves((args, kwargs)) if isinstance(one, torch.Tensor)]
        ours = [one for one in tensors if isinstance(one, OnGpu)]
        if ours:  # torch's own code asks for the device of these tensors
            to_gpu = not self.leaving
        else:
            to_gpu = is_gpu(kwargs.get("device"))
        if ours:
            self.look(name, args, tensors, to_gpu)
        elif to_gpu and tensors:
            self.copied(name, args[0], kwargs)
        plain_args, plain = tree_map(plain_one, (args, kwargs))
        plain.pop("pin_memory", None)
        drawn = to_gpu and torch.Tag.nondeterministic_seeded in func.tags and plain.get("generator") is None
        with self.own_random_numbers() if drawn else contextlib.nullcontext():
            found = func(*plain_args, **plain)
        known = {id(one.elem): one for one in ours} if func._schema.is_mutable else {}

        def wrapped(one: Any) -> Any:
            if not isinstance(one, torch.Tensor) or not to_gpu:
                return one
            return known[id(one)] if id(one) in known else self.new(one)

        return tree_map(wrapped, found)

    def look(self, name: str, args: Any, tensors: list[Any], to_gpu: bool) -> None:
        """Record a wait of the CPU for this operator; refuse what a GPU refuses."""
        if name in WAITS_FOR_VALUES:
            self.wait(name)
        if name == "_to_copy" and not to_gpu:
            self.wait("copy to the CPU")
        if name == "copy_":
            to, source = args[:2]
            if not isinstance(to, OnGpu):
                self.wait("copy to the CPU")
            elif not isinstance(source, OnGpu) and source.dim():
                self.copied(name, source, {"non_blocking": len(args) > 2 and args[2]})
        if name.strip("_").startswith(("index_put", "index")) and name in MIXED:
            indices = [one for one in args[1] if one is not None]
            if any(one.dtype in (torch.bool, torch.uint8) for one in indices):
                self.wait("an index of booleans")
            if any(not isinstance(one, OnGpu) for one in indices):
                self.wait("an index from the CPU")
        if name not in MIXED and any(not isinstance(one, OnGpu) and one.dim() for one in tensors):
            raise RuntimeError(f"Expected all tensors to be on the same device, but found cuda:0 and cpu, in {name}")

    def copied(self, name: str, source: torch.Tensor, kwargs: Any) -> None:
        """Record a copy of a tensor to the GPU."""
        if source.numel() and not (kwargs.get("non_blocking") and getattr(source, "pinned", False)):
            self.wait(f"{'blocking' if getattr(source, 'pinned', False) else 'pageable'} copy to the GPU")

    def wait(self, kind: str) -> None:
        """Record a wait of the CPU."""
        own = [one for one in traceback.extract_stack() if one.filename.startswith(str(ROOT / "solutions"))]
        where = f"{Path(own[-1].filename).relative_to(ROOT)}: {own[-1].line}" if own else "a test"
        with self.lock:
            self.waits.append(f"{kind} at {where}")

    @contextlib.contextmanager
    def own_random_numbers(self) -> Iterator[None]:
        """Leave the CPU's generator unchanged by random numbers on the GPU."""
        before = torch.get_rng_state()
        torch.set_rng_state(self.random)
        try:
            yield
        finally:
            self.random = torch.get_rng_state()
            torch.set_rng_state(before)

    # --- memory ---

    def new(self, elem: torch.Tensor) -> OnGpu:
        """Return a tensor on the GPU; its memory counts until the last tensor that uses it is deleted."""
        storage = elem.untyped_storage()
        key, size = storage.data_ptr(), -(-storage.nbytes() // 512) * 512
        with self.lock:
            self.storages[key] += 1
            if self.storages[key] == 1:
                self.allocated += size
                self.highest = max(self.highest, self.allocated)
        weakref.finalize(elem, self.free, key, size)
        return OnGpu(elem)

    def free(self, key: int, size: int) -> None:
        """Subtract the memory of a deleted tensor."""
        with self.lock:
            self.storages[key] -= 1
            if not self.storages[key]:
                del self.storages[key]
                self.allocated -= size

    def forget_the_peak(self) -> None:
        """Reset the peak of memory."""
        self.highest = self.allocated


def plain_one(one: Any) -> Any:
    """Return the CPU tensor of a GPU tensor; other values unchanged."""
    if isinstance(one, OnGpu):
        return one.elem
    return CPU if isinstance(one, torch.device) and one.type == "cuda" else one


class Operators(TorchDispatchMode):
    """Catches operators that create a tensor on the GPU or copy one there, with CPU tensors or none as arguments."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return FakeGpu.now.compute(func, args, kwargs or {})


class Functions(TorchFunctionMode):
    """Answers torch functions that call no operator, since torch sees tensors on the CPU."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        gpu, name = FakeGpu.now, getattr(func, "__name__", "")
        if is_gpu(kwargs.get("device")):
            kwargs["device"] = GPU
            if name in ("tensor", "as_tensor"):
                return func(*args, **{key: value for key, value in kwargs.items() if key != "device"}).to(GPU)
        first = args[0] if args and isinstance(args[0], torch.Tensor) else None
        if first is not None and name in ("to", "cpu", "cuda"):
            return self.moved(func, name, first, args[1:], kwargs)
        if not isinstance(first, OnGpu):
            return func(*args, **kwargs)
        if name in ("untyped_storage", "data_ptr"):
            return getattr(first.elem, name)()
        if name == "scaled_dot_product_attention" and kwargs.pop("is_causal", False):  # that of a CPU has a mask there
            visible = torch.ones(first.shape[-2], args[1].shape[-2], dtype=torch.bool, device=GPU).tril()
            return func(*args, **kwargs | {"attn_mask": visible})
        if name == "dropout" and kwargs.get("training", True) and kwargs.get("p", 0.5) > 0:  # masks of one byte
            return torch.native_dropout(first, kwargs.get("p", 0.5), True)[0]
        if name == "one_hot":  # reads the classes on a CPU, but not on a GPU
            return (first[..., None] == torch.arange(args[1], device=GPU)).long()
        if name in LEAVES:
            if name != "tolist":
                raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() first")
            gpu.wait(name)
            return first.elem.tolist()
        if name == "__set__" and func == torch.Tensor.data.__set__:
            func(*args, **kwargs)
            first.elem = args[1].elem
            return None
        return func(*args, **kwargs)

    def moved(self, func: Any, name: str, first: torch.Tensor, args: Any, kwargs: Any) -> Any:
        """Emulate ``to`` and similar methods."""
        if name == "to":
            if args and isinstance(args[0], torch.Tensor):
                args = (args[0].device, args[0].dtype, *args[1:])
            device, dtype, non_blocking, _ = torch._C._nn._parse_to(
                *(GPU if is_named_gpu(one) else one for one in args), **{k: v for k, v in kwargs.items() if k != "copy"}
            )
        else:
            device, dtype, non_blocking = CPU if name == "cpu" else GPU, None, kwargs.get("non_blocking", False)
        if not is_gpu(device) and not isinstance(first, OnGpu):
            return func(first, *args, **kwargs)
        where = GPU if is_gpu(device) or device is None else device
        if where.type == first.device.type and dtype in (None, first.dtype) and not kwargs.get("copy"):
            return first
        if where.type == first.device.type:
            return func(first, dtype or first.dtype)
        FakeGpu.now.leaving = where.type != "cuda"
        try:
            return torch.ops.aten._to_copy(first, dtype=dtype, device=where, non_blocking=non_blocking)
        finally:
            FakeGpu.now.leaving = False


def is_named_gpu(one: Any) -> bool:
    return (isinstance(one, str) and one.startswith("cuda")) or (isinstance(one, torch.device) and one.type == "cuda")


def pinned(tensor: torch.Tensor, *_: Any) -> torch.Tensor:
    """Emulate ``pin_memory``."""
    if isinstance(tensor, OnGpu):
        raise RuntimeError("cannot pin a tensor on the GPU: only dense CPU tensors can be pinned")
    copy = tensor.clone()
    copy.pinned = True
    return copy


@contextlib.contextmanager
def fake_gpu(monkeypatch: Any, bf16: bool = True) -> Iterator[FakeGpu]:
    """Install a fake GPU within the ``with`` block."""
    gpu = FakeGpu.now = FakeGpu(bf16)
    about = types.SimpleNamespace(name=NAME, total_memory=10**9, major=9, minor=0)
    autocast = torch.autocast

    def chosen(device: torch.device) -> None:
        gpu.chosen.append(device)

    answers: dict[str, Any] = {
        "_lazy_init": lambda: None,
        "is_available": lambda: True,
        "is_initialized": lambda: True,
        "device_count": lambda: 1,
        "current_device": lambda: 0,
        "set_device": chosen,
        "get_device_name": lambda *_: NAME,
        "get_device_properties": lambda *_: about,
        "is_bf16_supported": lambda including_emulation=True: gpu.bf16 or including_emulation,
        "get_rng_state": lambda *_: gpu.random.clone(),
        "set_rng_state": lambda state, *_: setattr(gpu, "random", state.clone()),
        "memory_allocated": lambda *_: gpu.allocated,
        "max_memory_allocated": lambda *_: gpu.highest,
        "reset_peak_memory_stats": lambda *_: gpu.forget_the_peak(),
        "synchronize": lambda *_: gpu.wait("synchronize"),
    }
    for name, answer in answers.items():
        monkeypatch.setattr(torch.cuda, name, answer)
    backward = torch.autograd._engine_run_backward

    def run_backward(*arguments: Any, **options: Any) -> Any:
        with Functions():  # activation checkpointing calls modules again
            return backward(*arguments, **options)

    monkeypatch.setattr(torch.autograd, "_engine_run_backward", run_backward)
    grouped = torch._C._group_tensors_by_device_and_dtype

    def grouped_here(tensors: Any, with_indices: bool = False) -> Any:
        found = grouped(tensors, with_indices)
        return {(GPU if isinstance(one[0][0][0], OnGpu) else kind[0], kind[1]): one for kind, one in found.items()}

    monkeypatch.setattr(torch._C, "_group_tensors_by_device_and_dtype", grouped_here)
    monkeypatch.setattr(torch.backends.cudnn, "is_acceptable", lambda tensor: False)
    monkeypatch.setattr(torch.Tensor, "pin_memory", pinned)
    monkeypatch.setattr(torch, "autocast", lambda device_type, **options: autocast(
        "cpu" if device_type == "cuda" else device_type, **options))  # fmt: skip
    monkeypatch.setattr(torch, "inference_mode", torch.no_grad)  # tensor subclasses cannot be created in inference mode
    monkeypatch.setattr(preflight, "find_device", lambda name: None)
    before = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    try:
        with Operators(), Functions():
            yield gpu
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(before)
