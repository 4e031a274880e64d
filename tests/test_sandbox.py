"""Every door of the sandbox is tried from inside; without the sandbox it must open, or the test proves nothing.

The doors are tried in forks of one host, as in grading; this file is also that host's program. Everything stays
within one temporary folder and the loopback interface, with at most one more process, 200 MiB of memory, 2 MiB of disk
and ``PATIENCE_SECONDS``.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import dataclasses
import errno
import faulthandler
import json
import mmap
import os
import platform
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from grader.student import sandbox

REPOSITORY = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 60
MIB = 2**20
SECRET = "what the checks expect"

LEVEL, REASONS = sandbox.available()
needs_full = pytest.mark.skipif(LEVEL != "full", reason=f"level full is not available here: {'; '.join(REASONS)}")
needs_limits = pytest.mark.skipif(LEVEL == "none", reason="no resource limits on this platform")
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="the host forks, which is safe on Linux only")


# --- The attempts. Each function does what its name says and returns, or raises, or dies ------------------------------


class Place:
    """Folders of an attempt: ``scratch`` is the student process's own, ``world`` holds files that it must not touch."""

    def __init__(self, world: Path, scratch: Path, inherited: int, host: int) -> None:
        self.world, self.scratch, self.inherited, self.host = world, scratch, inherited, host
        self.secret = world / "secret.txt"
        self.packages = world / "site-packages"


DOORS: dict[str, Callable[[Place], Any]] = {}
"""Attempts that ``full`` must prevent."""
WINDOWS: dict[str, Callable[[Place], Any]] = {}
"""Actions that ``full`` must allow."""


def door(function: Callable[[Place], Any]) -> Callable[[Place], Any]:
    DOORS[function.__name__] = function
    return function


def window(function: Callable[[Place], Any]) -> Callable[[Place], Any]:
    WINDOWS[function.__name__] = function
    return function


def syscall(name: str, *arguments: Any) -> int:
    """Make a system call without libc's wrapper; raise OSError as Python's own functions do."""
    import pyseccomp

    libc = ctypes.CDLL(None, use_errno=True)
    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")
    return int(result)


@door
def read_a_file(place: Place) -> str:
    return place.secret.read_text()


@door
def read_this_checkout(place: Place) -> str:
    return (REPOSITORY / "grader" / "student" / "sandbox.py").read_text()[:10]


@door
def read_through_a_symlink_made_here(place: Place) -> str:
    (place.scratch / "link").symlink_to(place.secret)
    return (place.scratch / "link").read_text()


@door
def read_through_a_symlink_found_here(place: Place) -> str:
    return (place.scratch / "found").read_text()


@door
def read_through_a_hard_link(place: Place) -> str:
    os.link(place.secret, place.scratch / "hard")
    return (place.scratch / "hard").read_text()


@door
def read_after_moving_it_here(place: Place) -> str:
    os.rename(place.world / "victim.txt", place.scratch / "moved")
    return (place.scratch / "moved").read_text()


@door
def read_through_dotdot(place: Place) -> str:
    return (place.scratch / ".." / "secret.txt").read_text()


@door
def read_through_proc_self_root(place: Place) -> str:
    return Path(f"/proc/self/root{place.secret}").read_text()


@door
def read_through_proc_self_cwd(place: Place) -> str:
    os.chdir(place.world)
    return Path("/proc/self/cwd/secret.txt").read_text()


@door
def read_through_the_hosts_root(place: Place) -> str:
    return Path(f"/proc/{place.host}/root{place.secret}").read_text()


@door
def read_through_an_o_path_descriptor(place: Place) -> str:
    descriptor = os.open(place.secret, os.O_PATH)
    return Path(f"/proc/self/fd/{descriptor}").read_text()


@door
def read_through_an_inherited_descriptor(place: Place) -> str:
    return os.pread(place.inherited, 100, 0).decode()


@door
def read_the_hosts_environment(place: Place) -> int:
    return len(Path(f"/proc/{place.host}/environ").read_bytes())


@door
def read_the_hosts_command_line(place: Place) -> int:
    return len(Path(f"/proc/{place.host}/cmdline").read_bytes())


@door
def open_the_hosts_memory(place: Place) -> None:
    os.close(os.open(f"/proc/{place.host}/mem", os.O_RDONLY))


@door
def read_the_hosts_memory(place: Place) -> int:
    buffer = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(
        ctypes.addressof(buffer), 8
    )  # the host has the same address mapped: it is our parent
    return syscall("process_vm_readv", place.host, vector, 1, vector, 1, 0)


@door
def trace_the_host(place: Place) -> None:
    seize = 0x4206
    syscall("ptrace", seize, place.host, None, None)


@door
def read_a_module_of_ours(place: Place) -> str:
    return (place.packages / "grader" / "checks" / "check_x.py").read_text()


@door
def read_bytecode_of_ours(place: Place) -> bytes:
    return (place.packages / "grader" / "__pycache__" / "x.cpython-311.pyc").read_bytes()


@door
def list_the_world(place: Place) -> list[str]:
    return os.listdir(place.world)


@door
def list_the_root_folder(place: Place) -> list[str]:
    return os.listdir("/")


@door
def find_the_hosts_token_in_memory(place: Place) -> bool:
    """The host's environment follows its arguments in memory; ``write`` finds where that memory ends."""
    libc = ctypes.CDLL(None)
    address = ctypes.c_void_p.in_dll(libc, "program_invocation_name").value
    assert address is not None
    reader, writer = os.pipe()
    found = b""
    while (count := libc.write(writer, ctypes.c_void_p(address), 4096 - address % 4096)) > 0:  # to the end of the page
        found += os.read(reader, count)
        address += count
    if SECRET.encode() not in found:
        raise PermissionError(errno.EACCES, f"not in the {len(found)} bytes there")
    return True


@door
def read_etc(place: Place) -> str:
    return Path("/etc/passwd").read_text()[:4]


@door
def write_outside(place: Place) -> None:
    (place.world / "written.txt").write_text("x")


@door
def write_to_tmp(place: Place) -> None:
    with tempfile.TemporaryFile(dir="/tmp"):
        pass


@door
def write_to_shared_memory(place: Place) -> None:
    name = f"/dev/shm/course-sandbox-test-{os.getpid()}"
    with open(name, "w"):
        os.unlink(name)


@door
def overwrite_a_library(place: Place) -> None:
    (place.packages / "other" / "__init__.py").write_text("x = 2\n")


@door
def truncate_a_library(place: Place) -> None:
    os.truncate(place.packages / "other" / "lazy.py", 5)


@door
def truncate_a_library_by_opening_it(place: Place) -> None:
    os.close(os.open(place.packages / "other" / "lazy.py", os.O_RDONLY | os.O_TRUNC))


@door
def remove_outside(place: Place) -> None:
    (place.world / "victim.txt").unlink()


@door
def make_a_folder_outside(place: Place) -> None:
    (place.world / f"folder-{os.getpid()}").mkdir()


@door
def make_a_symlink(place: Place) -> None:
    os.symlink("nowhere", place.scratch / "symlink")


@door
def make_a_fifo(place: Place) -> None:
    os.mkfifo(place.scratch / "fifo")


@door
def lease_a_library(place: Place) -> None:
    import fcntl

    with open(place.packages / "plain.py") as file:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)


@door
def see_which_pages_of_a_library_lie_in_memory(place: Place) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    with open(place.packages / "plain.py", "rb") as file:
        pages = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    first = ctypes.c_char.from_buffer(pages)
    seen = ctypes.c_ubyte()
    if libc.mincore(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(1), ctypes.byref(seen)) != 0:
        raise OSError(ctypes.get_errno(), "mincore")
    return seen.value


@door
def read_only_what_lies_in_memory(place: Place) -> int:
    descriptor = os.open(place.packages / "plain.py", os.O_RDONLY)
    return os.preadv(descriptor, [bytearray(4)], 0, os.RWF_NOWAIT)


@door
def count_the_pages_of_a_file_in_memory(place: Place) -> int:
    cachestat = 451
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(place.packages / "plain.py", os.O_RDONLY)
    span, found = (ctypes.c_uint64 * 2)(0, 4096), (ctypes.c_uint64 * 5)()
    if libc.syscall(ctypes.c_long(cachestat), descriptor, span, found, 0) != 0:
        raise OSError(ctypes.get_errno(), "cachestat")
    return int(found[0])


@door
def count_the_reads_that_had_to_wait(place: Place) -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_majflt


@door
def see_a_lock_of_another_process(place: Place) -> bytes:
    import fcntl
    import struct

    with open(place.packages / "plain.py") as file:
        return fcntl.fcntl(file, fcntl.F_GETLK, struct.pack("hhllhh", fcntl.F_WRLCK, 0, 0, 0, 0, 0))


@door
def lock_the_open_file(place: Place) -> bytes:
    import fcntl
    import struct

    set_lock = 37
    with open(place.packages / "plain.py") as file:
        return fcntl.fcntl(file, set_lock, struct.pack("hhllhh", fcntl.F_RDLCK, 0, 0, 0, 0, 0))


@door
def see_the_processors_of_the_host(place: Place) -> int:
    return len(os.sched_getaffinity(place.host))


@door
def see_how_long_the_host_has_computed(place: Place) -> float:
    return time.clock_gettime(~place.host << 3 | 2)


@door
def see_whether_a_process_exists(place: Place) -> int:
    return os.getsid(place.host)


@door
def take_an_attribute_of_a_file(place: Place) -> None:
    os.setxattr(place.packages / "plain.py", "user.course", b"x")


@door
def open_a_socket(place: Place) -> None:
    socket.socket().close()


@door
def open_a_unix_socket(place: Place) -> None:
    socket.socket(socket.AF_UNIX).close()


@door
def open_a_pair_of_sockets(place: Place) -> None:
    for end in socket.socketpair():
        end.close()


@door
def connect_to_loopback(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


@door
def send_to_another_address(place: Place) -> None:
    DATAGRAMS[0].sendto(b"x", str(place.world / "mailbox"))


@door
def send_a_descriptor(place: Place) -> None:
    socket.send_fds(PAIR[0], [b"x"], [2])


@door
def fork(place: Place) -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


@door
def fork_past_libc(place: Place) -> None:
    pid = syscall("clone", signal.SIGCHLD, None, None, None, None)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


@door
def run_a_program(place: Place) -> None:
    subprocess.run(["/bin/true"], check=True)


@door
def run_a_program_by_spawning(place: Place) -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


@door
def become_a_program(place: Place) -> None:
    os.execv("/bin/true", ["true"])


@door
def signal_the_host(place: Place) -> None:
    os.kill(place.host, signal.SIGWINCH)


@door
def signal_a_thread_of_the_host(place: Place) -> None:
    syscall("tgkill", place.host, place.host, signal.SIGWINCH)


@door
def signal_the_host_by_queue(place: Place) -> None:
    syscall("pidfd_send_signal", os.pidfd_open(place.host), signal.SIGWINCH, None, 0)


@door
def signal_the_host_through_a_pipe(place: Place) -> None:
    import fcntl

    reader, _ = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, place.host)


@door
def slow_the_host_down(place: Place) -> None:
    os.setpriority(os.PRIO_PROCESS, place.host, os.getpriority(os.PRIO_PROCESS, place.host))


@door
def pin_the_host_to_a_processor(place: Place) -> None:
    before = os.sched_getaffinity(place.host)
    os.sched_setaffinity(place.host, {min(before)})
    after = os.sched_getaffinity(place.host)
    os.sched_setaffinity(place.host, before)
    if after == before:
        raise PermissionError(errno.EPERM, "nothing came of it")


@door
def move_to_another_processor(place: Place) -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    if os.sched_getaffinity(0) == before:
        raise PermissionError(errno.EPERM, "nothing came of it")


@door
def limit_the_host(place: Place) -> None:
    import resource

    resource.prlimit(place.host, resource.RLIMIT_CORE, (0, resource.prlimit(place.host, resource.RLIMIT_CORE)[1]))


@door
def raise_a_limit(place: Place) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))  # even unchanged limits: no call gets through


@door
def share_memory(place: Place) -> None:
    mmap.mmap(-1, MIB).close()


@door
def use_memory_that_grows_like_a_stack(place: Place) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    grows_down, both = 0x100, mmap.PROT_READ | mmap.PROT_WRITE
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | grows_down
    if libc.mmap(None, ctypes.c_size_t(MIB), both, flags, -1, ctypes.c_long(0)) == 2**64 - 1:
        raise OSError(ctypes.get_errno(), "mmap")


@door
def use_a_call_that_nobody_thought_of(place: Place) -> None:
    os.close(syscall("inotify_init1", 0))


@door
def make_a_memory_file(place: Place) -> None:
    os.close(os.memfd_create("x"))


@door
def make_a_system_v_segment(place: Place) -> None:
    private, remove = 0, 0
    syscall("shmctl", syscall("shmget", private, MIB, 0o600), remove, None)


@door
def add_a_key(place: Place) -> None:
    thread_keyring = -1
    syscall("add_key", b"user", b"course", b"x", 1, thread_keyring)


@door
def make_a_user_namespace(place: Place) -> None:
    new_user = 0x10000000
    syscall("unshare", new_user)


@door
def enter_the_kernel_by_the_old_door(place: Place) -> int:
    """``int 0x80`` numbers calls as i386 does, where 20 is getpid; a filter that sees only the number is fooled."""
    if platform.machine() != "x86_64":
        raise OSError(errno.ENOSYS, "only x86-64 has it")
    code = bytes.fromhex("b814000000cd80c3")  # mov eax, 20; int 0x80; ret
    page = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())


@door
def take_more_memory_than_allowed(place: Place) -> int:
    return len(bytearray(200 * MIB))


@door
def write_a_larger_file_than_allowed(place: Place) -> None:
    (place.scratch / "large").write_bytes(bytes(2 * MIB))


@door
def open_more_files_than_allowed(place: Place) -> int:
    return len([os.open("/dev/null", os.O_RDONLY) for _ in range(200)])


@door
def compute_longer_than_allowed(place: Place) -> None:
    start = time.process_time()
    while time.process_time() - start < 1.5:
        pass


@window
def use_the_scratch(place: Place) -> list[str]:
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("w") as file:
        assert Path(folder).parent == Path(file.name).parent == place.scratch
        Path(folder, "a").write_text("x")
        shutil.copy2(Path(folder, "a"), place.scratch / "b")
        os.makedirs(place.scratch / "c" / "d")
        os.replace(place.scratch / "b", place.scratch / "c" / "d" / "e")
    return sorted(str(path.relative_to(place.scratch)) for path in place.scratch.rglob("[cde]"))


@window
def read_what_was_allowed(place: Place) -> str:
    return (place.world / "data" / "numbers.txt").read_text()


@window
def change_modes_and_dates_of_a_library(place: Place) -> bool:
    """The call reports success, whatever its effect."""
    os.chmod(place.packages / "plain.py", 0o606)
    os.utime(place.packages / "plain.py", (1, 1))
    with open(place.packages / "plain.py") as file:
        os.fchmod(file.fileno(), 0o606)
        os.utime(file.fileno(), (1, 1))
    status = os.stat(place.packages / "plain.py")
    return status.st_mode & 0o777 == 0o606 or status.st_mtime == 1


@window
def have_a_library_evicted_from_memory(place: Place) -> bool:
    """The call reports success, whatever its effect."""
    libc = ctypes.CDLL(None, use_errno=True)
    evict = 21
    with open(place.world / "pages", "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        pages = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    first = ctypes.c_char.from_buffer(pages)
    return libc.madvise(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(len(pages)), evict) == 0


@window
def use_the_neighbours_of_our_packages(place: Place) -> int:
    sys.path.insert(0, str(place.packages))
    import other.lazy  # type: ignore[import-not-found]
    import plain  # type: ignore[import-not-found]

    return int(other.lazy.y + plain.z)


@window
def use_threads(place: Place) -> int:
    import torch

    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(1))
    thread.start()
    thread.join()
    torch.set_num_threads(2)
    torch.autograd.backward((torch.ones(600, 600, requires_grad=True) @ torch.ones(600, 600)).sum())
    return len(found)


@window
def signal_itself(place: Place) -> int:
    caught: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _: caught.append(number))
    signal.raise_signal(signal.SIGUSR1)
    return len(caught)


@window
def see_the_environment(place: Place) -> dict[str, str]:
    return {**os.environ, "temporary": tempfile.gettempdir(), "scratch": str(place.scratch)}


@window
def see_what_it_may(place: Place) -> dict[str, Any]:
    libc = ctypes.CDLL(None)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, data)
    import resource

    get_death_signal, get_dumpable, get_no_new_privileges = 2, 3, 39
    death = ctypes.c_int()
    libc.prctl(get_death_signal, ctypes.byref(death), 0, 0, 0)
    return {
        "dies with its parent": death.value == signal.SIGKILL,
        "capabilities": sum(data),
        "gains rights": libc.prctl(get_no_new_privileges, 0, 0, 0, 0) != 1,
        "memory can be read": libc.prctl(get_dumpable, 0, 0, 0, 0) != 0,
        "leads": os.getsid(0) == os.getpid(),
        "umask": os.umask(0o077),
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "address space": resource.getrlimit(resource.RLIMIT_AS)[1] != resource.RLIM_INFINITY,
    }


@window
def use_null_random_and_time(place: Place) -> str:
    with open("/dev/null", "w") as file:
        file.write(os.urandom(4).hex())
    from datetime import datetime
    from zoneinfo import ZoneInfo

    return datetime(2024, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo")).isoformat()


@window
def answer_on_an_inherited_socket(place: Place) -> str:
    ours, theirs = PAIR
    theirs.sendall(b"hello")
    theirs.shutdown(socket.SHUT_WR)
    return ours.recv(100).decode()


@window
def learn_the_rest_of_the_libraries_and_train(place: Place) -> dict[str, Any]:
    """Import modules that the host has not imported, and build, train, save and load a tiny BERT with adapters."""
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model
    from safetensors.torch import load_file, save_file
    from transformers import BertConfig, BertForSequenceClassification

    torch.manual_seed(0)
    config = BertConfig(vocab_size=20, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    base = BertForSequenceClassification(config)
    base.save_pretrained(place.scratch / "base")
    model = get_peft_model(base, LoraConfig(r=2, target_modules=["query", "value"]))
    optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=1e-2, fused=True)
    tokens, labels = torch.randint(20, (4, 7)), torch.randint(2, (4,))
    losses = []
    for _ in range(10):
        losses.append(model(input_ids=tokens, labels=labels).loss)
        losses[-1].backward()
        optimizer.step()
        optimizer.zero_grad()
    model.save_pretrained(str(place.scratch / "adapter"))
    again = BertForSequenceClassification.from_pretrained(place.scratch / "base")
    PeftModel.from_pretrained(again, place.scratch / "adapter")
    save_file({"x": torch.ones(2)}, place.scratch / "x.safetensors")
    torch.save({"x": torch.ones(2)}, place.scratch / "x.pt")
    torch.testing.assert_close(torch.load(place.scratch / "x.pt")["x"], load_file(place.scratch / "x.safetensors")["x"])
    return {"fell": bool(losses[-1] < losses[0])}


# --- The host: imports torch, forks on request -----------------------------------------------------------------------

PAIR: tuple[socket.socket, socket.socket]
DATAGRAMS: tuple[socket.socket, socket.socket]
LIMITS = {"memory_bytes": 150 * MIB, "cpu_seconds": 1, "file_bytes": MIB, "open_files": 64}
ROOMY = {"memory_bytes": 1024 * MIB, "cpu_seconds": 50, "file_bytes": 8 * MIB, "open_files": 64}


def prepare(level: str, world: Path) -> sandbox.Prepared:
    """Prepare the sandbox as the host does, with the simulated ``site-packages`` among the libraries."""
    if level in ("limits", "none"):
        return sandbox.prepare(level)
    from py_landlock import landlock_sys

    # seccomp must refuse what the first version of Landlock does not cover.
    version = (lambda: 1) if level == "full, Landlock 1" else landlock_sys.get_abi_version
    with mock.patch.object(landlock_sys, "get_abi_version", version):
        prepared = sandbox.prepare(
            "full",
            libraries=[*sandbox.library_folders(), world / "site-packages"],
            read_paths=[world / "data", world / "pages"],
        )
    if level == "broken filter":
        return dataclasses.replace(prepared, program=b"")
    if level == "broken rules":
        return dataclasses.replace(prepared, rules=(("/usr", 1 << 40),))
    return prepared


def serve(world: Path) -> None:
    """Answer requests, a JSON object per line, each in a fork: its result, exception or the signal that killed it."""
    import torch  # noqa: F401

    global PAIR, DATAGRAMS
    PAIR, DATAGRAMS = socket.socketpair(), socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    mailbox = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    mailbox.bind(str(world / "mailbox"))
    inherited = os.open(world / "secret.txt", os.O_RDONLY)
    prepared: dict[str, sandbox.Prepared] = {}
    for line in sys.stdin:
        request = json.loads(line)
        level = request["level"]
        if level not in prepared:
            prepared[level] = prepare(level, world)
        reader, writer = os.pipe()
        host = os.getpid()
        pid = os.fork()
        if pid == 0:
            faulthandler.register(signal.SIGALRM, chain=True)  # prints where it hangs, and ends it
            signal.alarm(PATIENCE_SECONDS)
            set_death_signal = 1
            ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL, 0, 0, 0)  # dropping rights must not undo it
            os.dup2(2, 1)
            try:
                scratch = Path(request["scratch"])
                os.chdir(scratch)
                if level != "none":
                    sandbox.close_fds({0, 1, 2, writer, *(end.fileno() for end in (*PAIR, *DATAGRAMS))})
                    sandbox.clean_environment(scratch)
                folder = scratch / "missing" if level == "missing scratch" else scratch
                sandbox.apply(prepared[level], folder, sandbox.Limits(**request["limits"]))
                function = {**DOORS, **WINDOWS}[request["what"]]
                answer = {"returned": function(Place(world, scratch, inherited, host))}
            except BaseException as error:
                answer = {"raised": type(error).__name__, "errno": getattr(error, "errno", None), "text": str(error)}
                answer["traceback"] = traceback.format_exc()
            os.write(writer, json.dumps(answer, default=str).encode())
            os._exit(0)
        os.close(writer)
        with open(reader, "rb") as file:
            said = file.read()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        answer = json.loads(said) if said else {"signal": -status} if status < 0 else {"returned": "exit"}
        print(json.dumps(answer), flush=True)


FILES = {
    "secret.txt": SECRET,
    "victim.txt": SECRET,
    "data/numbers.txt": "1 2 3",
    "pages": SECRET * 10_000,
    "site-packages/grader/checks/check_x.py": SECRET,
    "site-packages/grader/__pycache__/x.cpython-311.pyc": SECRET,
    "site-packages/other/__init__.py": "x = 1\n",
    "site-packages/other/lazy.py": "y = 1\n",
    "site-packages/plain.py": "z = 1\n",
}
"""The files in ``world``, written again before each attempt."""


class Host:
    """The tests' end of the connection to the host."""

    def __init__(self, world: Path) -> None:
        self.world = world
        (world / "secret.txt").write_text(SECRET)
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(world)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "PYTHONPATH": str(REPOSITORY),
                "HF_HUB_OFFLINE": "1",
                "OMP_NUM_THREADS": "2",
                "TOKEN": SECRET,
            },
        )
        self.tries = 0
        self.free: dict[str, dict[str, Any]] = {}

    def ask_freely(self, what: str) -> dict[str, Any]:
        """Return the positive control: the same attempt at level ``none``, made once."""
        if what not in self.free:
            self.free[what] = self.ask(what, "none", LIMITS)
        return self.free[what]

    def ask(self, what: str, level: str, limits: dict[str, int] = ROOMY) -> dict[str, Any]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.tries += 1
        for name, text in FILES.items():
            (self.world / name).parent.mkdir(parents=True, exist_ok=True)
            (self.world / name).write_text(text)
        scratch = self.world / f"scratch-{self.tries}"
        scratch.mkdir()
        (scratch / "found").symlink_to(self.world / "secret.txt")
        request = {"what": what, "level": level, "limits": limits, "scratch": str(scratch)}
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        assert ready, f"the host did not answer to {what}"
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    world = tmp_path_factory.mktemp("world").resolve()
    host = Host(world)
    yield host
    host.close()


# --- The tests -------------------------------------------------------------------------------------------------------

CLOSED_ELSEWHERE = {
    "open_the_hosts_memory": "the kernel may keep processes of one user apart",
    "read_the_hosts_memory": "the kernel may keep processes of one user apart",
    "trace_the_host": "the kernel may keep processes of one user apart",
    "read_through_the_hosts_root": "the kernel may keep processes of one user apart",
    "make_a_user_namespace": "a container may refuse it",
    "pin_the_host_to_a_processor": "there may be but one",
    "count_the_pages_of_a_file_in_memory": "Linux has it from 6.5 on",
    "add_a_key": "a container may refuse it",
    "take_an_attribute_of_a_file": "the file system may have none",
    "enter_the_kernel_by_the_old_door": "the kernel or the processor may have none",
}
"""Doors that can be closed without our sandbox, and then cannot be tested."""
ANSWERS: dict[str, set[int | str]] = {
    "raise_a_limit": {"ValueError"},
    "take_more_memory_than_allowed": {"MemoryError"},
    "write_a_larger_file_than_allowed": {errno.EFBIG},
    "open_more_files_than_allowed": {errno.EMFILE},
    "compute_longer_than_allowed": {-signal.SIGXCPU} if sys.platform != "win32" else set(),
    "read_through_an_inherited_descriptor": {errno.EBADF},
    "signal_the_host_through_a_pipe": {errno.ENOSYS},
    "see_a_lock_of_another_process": {errno.ENOSYS},
    "lock_the_open_file": {errno.ENOSYS},
    "read_only_what_lies_in_memory": {errno.ENOTSUP},
    "see_how_long_the_host_has_computed": {errno.EINVAL},
    "lease_a_library": {errno.ENOSYS},
    "use_a_call_that_nobody_thought_of": {errno.ENOSYS},
    "take_an_attribute_of_a_file": {errno.ENOTSUP},
    "enter_the_kernel_by_the_old_door": {-signal.SIGSYS} if sys.platform != "win32" else set(),
    "read_through_a_hard_link": {errno.EXDEV, errno.EACCES},
    "read_after_moving_it_here": {errno.EXDEV, errno.EACCES},
}
"""Outcomes of a closed door, other than PermissionError."""
WITHOUT_LATER_LANDLOCK = [
    name
    for name in DOORS
    if name.startswith(("truncate_", "signal_", "connect_", "lease_"))
    or name in ("read_through_a_hard_link", "read_after_moving_it_here", "overwrite_a_library", "remove_outside")
]
"""Rules that the first version of Landlock lacked, or that it still lacks; seccomp covers them."""
RESOURCES = [name for name in DOORS if name.endswith("_than_allowed")]


def answer_of(outcome: dict[str, Any]) -> Any:
    """Return an errno, the name of another exception, or minus the signal that ended the process."""
    if "signal" in outcome:
        return -outcome["signal"]
    return outcome.get("errno") or outcome.get("raised")


@needs_linux
@needs_full
@pytest.mark.parametrize(
    ("name", "level"),
    [*((name, "full") for name in DOORS), *((name, "full, Landlock 1") for name in WITHOUT_LATER_LANDLOCK)],
)
def test_door_is_shut(host: Host, name: str, level: str) -> None:
    free = host.ask_freely(name)
    if "returned" not in free and name in CLOSED_ELSEWHERE:
        pytest.skip(f"{CLOSED_ELSEWHERE[name]}: {free}")
    assert "returned" in free, f"the try itself does not work: {free}"
    shut = host.ask(name, level, LIMITS)
    assert answer_of(shut) in ANSWERS.get(name, {errno.EPERM, errno.EACCES}), shut


@needs_linux
@needs_full
@pytest.mark.parametrize("name", WINDOWS)
def test_window_is_open(host: Host, name: str) -> None:
    answer = host.ask(name, "full")
    expected: dict[str, Any] = {
        "use_the_scratch": ["c", "c/d", "c/d/e"],
        "read_what_was_allowed": "1 2 3",
        "change_modes_and_dates_of_a_library": False,
        "have_a_library_evicted_from_memory": True,
        "use_the_neighbours_of_our_packages": 2,
        "use_threads": 1,
        "signal_itself": 1,
        "see_what_it_may": {
            "dies with its parent": True,
            "capabilities": 0,
            "gains rights": False,
            "memory can be read": False,
            "leads": True,
            "umask": 0o077,
            "core": [0, 0],
            "address space": True,
        },
        "use_null_random_and_time": "2024-01-01T00:00:00+09:00",
        "answer_on_an_inherited_socket": "hello",
        "learn_the_rest_of_the_libraries_and_train": {"fell": True},
    }
    if name == "see_the_environment":
        seen = answer["returned"]
        assert "TOKEN" not in seen and "PYTHONPATH" not in seen
        assert seen["HF_HUB_OFFLINE"] == "1" and seen["OMP_NUM_THREADS"] == "2"
        assert seen["HOME"] == seen["temporary"] == seen["scratch"]
    else:
        assert answer == {"returned": expected[name]}, answer.get("traceback")


@needs_linux
@needs_full
def test_modes_and_dates_change_without_the_sandbox(host: Host) -> None:
    assert host.ask("change_modes_and_dates_of_a_library", "none") == {"returned": True}


@needs_linux
@needs_full
def test_what_lies_in_memory_stays_there(host: Host) -> None:
    """Without the sandbox they can be evicted, and the pages of a file are a channel to the next process."""
    for level, stays in (("none", False), ("full", True)):
        (host.world / "pages").write_text(FILES["pages"])
        os.sync()  # pages that are not on the disk yet cannot be evicted
        assert host.ask("have_a_library_evicted_from_memory", level) == {"returned": True}
        with open(host.world / "pages", "rb") as file:
            pages = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
        seen = (ctypes.c_ubyte * (len(pages) // mmap.PAGESIZE))()
        first = ctypes.c_char.from_buffer(pages)
        assert (
            ctypes.CDLL(None).mincore(ctypes.c_void_p(ctypes.addressof(first)), ctypes.c_size_t(len(pages)), seen) == 0
        )
        if not stays and any(page & 1 for page in seen):
            pytest.skip("this file system keeps its pages")
        assert all(page & 1 for page in seen) == stays


@needs_linux
@needs_limits
@pytest.mark.parametrize("name", RESOURCES)
def test_resources_are_limited_at_level_limits(host: Host, name: str) -> None:
    assert answer_of(host.ask(name, "limits", LIMITS)) in ANSWERS[name]


@needs_linux
@needs_limits
def test_level_limits_is_no_more_than_that(host: Host) -> None:
    assert host.ask("read_a_file", "limits") == {"returned": SECRET}


@needs_linux
@needs_full
@pytest.mark.parametrize("level", ["broken filter", "broken rules"])
def test_a_door_that_cannot_be_shut_stops_the_process(host: Host, level: str) -> None:
    assert host.ask("use_threads", level)["raised"] == "SandboxError"


@needs_linux
@needs_full
def test_a_scratch_folder_that_is_missing_stops_the_process(host: Host) -> None:
    answer = host.ask("use_threads", "missing scratch")
    assert answer["raised"] == "SandboxError" and "No such file" in answer["text"]


def test_all_doors_and_windows_were_counted() -> None:
    assert len(DOORS) == 76 and len(WINDOWS) == 12
    assert ANSWERS.keys() | CLOSED_ELSEWHERE.keys() <= DOORS.keys()
    assert len(RESOURCES) == 4 and len(WITHOUT_LATER_LANDLOCK) == 12


def test_level_that_is_not_available_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "obstacles", lambda: ("Landlock is on holiday",))
    level, reasons = sandbox.available()
    assert level == ("none" if sys.platform == "win32" else "limits") and reasons
    with pytest.raises(sandbox.SandboxError, match="'full' cannot be reached here: "):
        sandbox.prepare("full")
    assert sandbox.prepare("none").level == "none"


def no_landlock() -> int:
    """Raise as py-landlock does on a kernel without Landlock."""
    from py_landlock.errors import LandlockNotAvailableError

    raise LandlockNotAvailableError


@needs_linux
def test_obstacles_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    find = sandbox.obstacles.__wrapped__  # not the cached result
    with monkeypatch.context() as patch:
        patch.setattr("py_landlock.landlock_sys.get_abi_version", no_landlock)
        patch.setitem(sys.modules, "pyseccomp", None)
        assert find() == ("Landlock is not in this kernel or switched off", "the package pyseccomp is not installed")
    with monkeypatch.context() as patch:
        patch.setattr(ctypes.util, "find_library", lambda name: None if name == "seccomp" else "libc.so.6")
        patch.delitem(sys.modules, "pyseccomp", raising=False)
        assert any("libseccomp.so.2 not found" in obstacle for obstacle in find())
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "darwin")
        assert find() == ("Landlock and seccomp exist on Linux only",)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        assert sandbox.available()[0] == "none"


def test_full_is_available_where_landlock_and_libseccomp_are() -> None:
    """Otherwise an error of ours could skip the tests of level ``full``."""
    landlock_sys, errors = (pytest.importorskip(f"py_landlock.{name}") for name in ("landlock_sys", "errors"))
    try:
        landlock_sys.get_abi_version()
    except errors.LandlockError:
        pytest.skip("no Landlock")
    if not ctypes.util.find_library("seccomp"):
        pytest.skip("no libseccomp")
    assert LEVEL == "full", REASONS


@needs_full
def test_a_machine_that_refuses_at_the_last_moment_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyseccomp.SyscallFilter.export_bpf", lambda self, file: file.write(b"\0" * 8))
    assert "seccomp" in sandbox.obstacles.__wrapped__()[0]


@pytest.mark.parametrize("name", ["memory_bytes", "cpu_seconds", "file_bytes", "open_files"])
def test_limits_that_leave_nothing_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name}=0 leaves nothing"):
        sandbox.Limits(**{name: 0})


def test_unknown_level_is_named() -> None:
    with pytest.raises(ValueError, match="no sandbox level 'maximum'; there are full, limits, none"):
        sandbox.prepare("maximum")


@needs_full
def test_our_packages_are_left_out_wherever_they_lie(tmp_path: Path) -> None:
    from py_landlock.flags import AccessFs

    names, content = int(AccessFs.READ_DIR), int(AccessFs.READ_FILE)
    library = tmp_path / "lib"
    for name in ("python3.11/site-packages/grader/x.py", "python3.11/site-packages/torch/y.py", "libc.so"):
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).touch()
    rules = sandbox.prepare("full", libraries=[library]).rules
    assert {path: rights for path, rights in rules if Path(path).is_relative_to(library)} == {
        str(library): names,
        str(library / "libc.so"): content,
        str(library / "python3.11" / "site-packages" / "torch"): names | content,
    }
    rules = sandbox.prepare("full", libraries=[REPOSITORY]).rules
    readable = [Path(path) for path, rights in rules if rights & content]
    assert REPOSITORY / "README.md" in readable
    for ours in (REPOSITORY / name for name in sandbox.OURS):
        assert ours.is_dir() and not [
            path for path in readable if path.is_relative_to(ours) or ours.is_relative_to(path)
        ]


@needs_linux
def test_threads_are_counted() -> None:
    alone = sandbox.threads(os.getpid())
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    assert sandbox.threads(os.getpid()) == alone + 1
    done.set()
    thread.join()
    assert sandbox.threads(2**22 + 1) == 0


@needs_full
def test_every_call_in_the_lists_exists_and_stands_there_once() -> None:
    import pyseccomp

    newer = {"fchmodat2", "futex_requeue", "futex_wait", "futex_wake", "map_shadow_stack", "mseal"}
    names = [*sandbox.ALLOWED, *sandbox.REFUSED, *sandbox.IGNORED, *sandbox.UNSUPPORTED]
    assert len(names) == len(set(names)) > 250
    architectures = (pyseccomp.Arch.X86_64, pyseccomp.Arch.AARCH64)
    unknown = {name for name in names if all(pyseccomp.resolve_syscall(a, name) < 0 for a in architectures)}
    assert unknown <= newer


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
