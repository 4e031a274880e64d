"""The sandbox of a student process: restricts files, network, other processes and resources.

Applied in a process just forked from a fork server, before the first line of the student's code runs. Three levels:

``full``
    Linux with Landlock and seccomp. The process can read only the interpreter, the installed libraries (except our own
    packages) and the scratch folder, and can write only to the scratch folder. Only the system calls that a computation
    needs are allowed: memory, files, time, threads, the socket it was given. No capabilities, not even for root.
    Resource limits as below.
``limits``
    Resource limits only: memory, processor time, file size, open files, no core dump (macOS, old kernels).
``none``
    No restrictions.

Not covered, even by ``full``: existence, size and dates of any file (Landlock has no right for ``stat``), and the names
in our packages if they are installed next to the libraries; bugs of the processor and the kernel; the total disk usage
of the scratch folder, and the number of threads that root starts within the memory limit (the host watches both:
``scratch.overflows``, ``threads``); the host's memory at the fork, which must therefore contain nothing secret.

Student processes share a kernel, so there are covert channels between them. Calls that would directly tell a process
what another has done are refused: which pages of a file are in memory (``mincore``, ``preadv2`` with RWF_NOWAIT,
``cachestat``, the faults that ``getrusage`` counts), evicting or fetching them (``fadvise64``, ``readahead``, most of
``madvise``), locks and leases on files that all can read, wake-ups across processes, attributes of other processes. The
remaining channels have to be measured or guessed: how long the first read of a library's page takes (a read keeps it in
memory for hours), the date of the last access to a file if the file system keeps it, and, between processes that run at
the same time, anything that slows the other down, the load, free memory and free disk of the machine, and which process
numbers are taken. The kernel has no switch for these. If they are not acceptable, grade each submission on a machine of
its own.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import os
import platform
import site
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if sys.platform != "win32":
    import resource

LEVELS = ("full", "limits", "none")

OURS = ("course", "exercises", "grader", "solutions", "tests")
"""Packages that no student process may read, wherever they are installed."""


class SandboxError(RuntimeError):
    """The requested level cannot be reached; the process must not run the student's code."""


@dataclass(frozen=True)
class Limits:
    """Resources of one student process. Beyond these, it gets an error or is killed; the caller finds out which."""

    memory_bytes: int = 1024 * 2**20
    """Bytes of private memory beyond what the process has when the limit is set."""
    cpu_seconds: int = 60
    """Processor time of all threads together; SIGXCPU ends the process, or SIGKILL one second later."""
    file_bytes: int = 64 * 2**20
    """Size of any one file."""
    open_files: int = 128
    """Descriptors open at the same time."""

    def __post_init__(self) -> None:
        """Refuse limits below 1."""
        for name, value in vars(self).items():
            if value < 1:
                raise ValueError(f"{name}={value} leaves nothing to run with")


@dataclass(frozen=True)
class Prepared:
    """A sandbox level, prepared once in the host, so that ``apply`` takes only a millisecond in each fork."""

    level: str
    rules: tuple[tuple[str, int], ...] = ()
    """Paths, and the Landlock rights for each path and everything below it."""
    scratch_rights: int = 0
    landlock_abi: int = 0
    program: bytes = b""
    """The seccomp filter, compiled."""


def available() -> tuple[str, list[str]]:
    """Find the best level that this machine supports, by trying it in a child process.

    Returns:
        The level and, unless it is ``full``, the reasons why it is not higher.
    """
    if sys.platform == "win32":
        return "none", ["Windows has no resource limits, Landlock or seccomp"]
    reasons = list(obstacles())
    return ("limits", reasons) if reasons else ("full", [])


def prepare(level: str, read_paths: Iterable[Path] = (), libraries: Iterable[Path] | None = None) -> Prepared:
    """Prepare everything about ``level`` that is the same for all student processes.

    Args:
        level: one of ``LEVELS``.
        read_paths: files and folders that student processes may read besides the libraries (data sets).
        libraries: folders of the interpreter and its installed packages; found by default.

    Raises:
        SandboxError: the level cannot be reached on this machine.
    """
    if level not in LEVELS:
        raise ValueError(f"no sandbox level {level!r}; there are {', '.join(LEVELS)}")
    best, reasons = available()
    if LEVELS.index(level) < LEVELS.index(best):
        raise SandboxError(f"sandbox level {level!r} cannot be reached here: {'; '.join(reasons)}")
    if level != "full":
        return Prepared(level)
    for name in ("prctl", "capset", "syscall"):  # looked up once here instead of in every fork
        getattr(_libc(), name)
    rights = _rights(_landlock_abi())
    folders = [*(library_folders() if libraries is None else libraries), *_SYSTEM_FOLDERS]
    rules = {"/dev/null": rights.read_file | rights.overwrite}
    for path, names_only in [
        *_without_ours(folders, _our_paths(folders)),
        *((os.path.realpath(path, strict=True), False) for path in read_paths),
    ]:
        rules[path] = rights.names if names_only else rights.read if os.path.isdir(path) else rights.read_file
    for path in [path for path, right in rules.items() if _allowed_above(path, right, rules)]:
        del rules[path]
    return Prepared(level, tuple(rules.items()), rights.scratch, _landlock_abi(), _compile_filter(_landlock_abi()))


def apply(prepared: Prepared, scratch: Path, limits: Limits) -> str:
    """Restrict this process irrevocably. Call it while the process has a single thread.

    Args:
        prepared: result of ``prepare``, from the host.
        scratch: the folder that the process may write to; it exists.
        limits: resource limits.

    Returns:
        The level reached, which is always the prepared one.

    Raises:
        SandboxError: a restriction failed. Others may already be in force: end the process.
    """
    if prepared.level == "none":
        return prepared.level
    try:
        with contextlib.suppress(PermissionError):  # it may already lead a session
            os.setsid()
        os.umask(0o077)
        _limit_resources(limits)
        if prepared.level == "full":
            with contextlib.suppress(OSError):  # if the machine runs out of memory, this process is killed first
                _proc("self/oom_score_adj", b"1000")
            _drop_privileges()
            _restrict_paths(prepared, scratch)
            _load_filter(prepared.program)  # last: it forbids the calls above
    except (OSError, ValueError, OverflowError, AttributeError) as error:
        raise SandboxError(f"sandbox level {prepared.level!r} failed: {error}") from error
    return prepared.level


# --- Files: Landlock -------------------------------------------------------------------------------------------------

_SYSTEM_FOLDERS = (
    # Shared libraries and the loader's cache.
    *map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")),
    # Number and features of the processors, which torch and OpenMP read.
    *map(Path, ("/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu", "/sys/devices/system/node")),
    # Time zones, file types, locales.
    *map(Path, ("/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo", "/etc/mime.types", "/usr/share/locale")),
    *map(Path, ("/dev/zero", "/dev/random", "/dev/urandom")),
)


@dataclass(frozen=True)
class _Rights:
    """Landlock rights that this kernel supports."""

    read: int
    read_file: int
    names: int
    """Right to list a folder."""
    overwrite: int
    scratch: int


def _rights(abi: int) -> _Rights:
    from py_landlock.abi import ABIVersion, get_supported_fs
    from py_landlock.flags import AccessFs as Fs

    read = Fs.READ_FILE | Fs.READ_DIR
    overwrite = Fs.WRITE_FILE | Fs.TRUNCATE
    # No links, devices or sockets, so that looking at the scratch folder later is safe. There is no right to execute
    # anywhere; mapping a shared library does not need it.
    scratch = read | overwrite | Fs.MAKE_REG | Fs.MAKE_DIR | Fs.REMOVE_FILE | Fs.REMOVE_DIR | Fs.REFER
    known = get_supported_fs(ABIVersion(abi))
    return _Rights(*(int(rights & known) for rights in (read, Fs.READ_FILE, Fs.READ_DIR, overwrite, scratch)))


def _landlock_abi() -> int:
    """Return the version of Landlock in this kernel; 0 without Landlock."""
    from py_landlock.errors import LandlockError
    from py_landlock.landlock_sys import get_abi_version

    try:
        return int(get_abi_version())
    except LandlockError:
        return 0


def _allowed_above(path: str, right: int, rules: Mapping[str, int]) -> bool:
    """Return whether a rule for a parent folder allows as much; each rule costs every student process some time."""
    return any(str(folder) in rules and right & ~rules[str(folder)] == 0 for folder in Path(path).parents)


def library_folders() -> list[Path]:
    """Return the folders of the standard library and of installed packages, for this environment and its base."""
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [os.path.join(sys.base_prefix, "lib"), site.getusersitepackages() if site.ENABLE_USER_SITE else ""]
    folders += [entry for entry in sys.path if os.path.basename(entry) in ("site-packages", "dist-packages")]
    return [Path(folder) for folder in dict.fromkeys(folders) if folder and os.path.isdir(folder)]


def _our_paths(folders: Iterable[Path]) -> set[str]:
    """Return the possible paths of our packages: next to this one, and in every library folder."""
    roots = {os.path.realpath(Path(__file__).parents[2])}
    for folder in folders:
        roots.add(os.path.realpath(folder))
        roots.update(os.path.realpath(path) for path in folder.glob("python3*/*-packages"))
    return {os.path.join(root, name) for root in roots for name in OURS}


def _without_ours(paths: Iterable[Path], ours: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Split ``paths`` so that ``ours`` are left out: Landlock cannot forbid a path below an allowed folder.

    Yields:
        A path to allow, and whether only the names in it may be read (some of its children are ours).
    """
    for path in map(os.path.realpath, paths):
        if not os.path.exists(path) or any(path == our or path.startswith(our + os.sep) for our in ours):
            continue
        if any(our.startswith(path.rstrip(os.sep) + os.sep) and os.path.exists(our) for our in ours):
            yield path, True
            yield from _without_ours((Path(entry) for entry in os.scandir(path)), ours)
        else:
            yield path, False


def _restrict_paths(prepared: Prepared, scratch: Path) -> None:
    """Allow only the prepared paths and the scratch folder; block TCP and, from ABI 6, signals to other processes."""
    from py_landlock.abi import ABIVersion, get_supported_fs, get_supported_net, get_supported_scope
    from py_landlock.errors import LandlockError
    from py_landlock.landlock_sys import (
        PathBeneathAttr,
        RestrictSelfFlag,
        RulesetAttr,
        add_rule,
        create_ruleset,
        restrict_self,
    )

    abi = ABIVersion(prepared.landlock_abi)
    # The kernel would log a line per refusal.
    quiet = RestrictSelfFlag.LANDLOCK_RESTRICT_SELF_LOG_SAME_EXEC_OFF if abi >= 7 else None
    try:
        ruleset = create_ruleset(RulesetAttr(get_supported_fs(abi), get_supported_net(abi), get_supported_scope(abi)))
        for path, rights in ((os.fspath(scratch), prepared.scratch_rights), *prepared.rules):
            try:
                descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except FileNotFoundError:
                if path == os.fspath(scratch):
                    raise
                continue  # a library that has been uninstalled since
            add_rule(ruleset, PathBeneathAttr(rights, descriptor))
            os.close(descriptor)
        restrict_self(ruleset, quiet)
        os.close(ruleset)
    except LandlockError as error:
        raise OSError(str(error)) from error


# --- System calls: seccomp -------------------------------------------------------------------------------------------

ALLOWED = """
    brk mlock mprotect mremap msync munlock munmap membarrier pkey_alloc pkey_free pkey_mprotect
    map_shadow_stack mseal

    access chdir close close_range creat dup dup2 dup3 faccessat faccessat2 fchdir fdatasync
    fstat fstatfs fsync ftruncate getcwd getdents getdents64 link linkat lseek lstat mkdir mkdirat newfstatat
    pread64 preadv pwrite64 pwritev read readlink readlinkat readv rename renameat
    renameat2 rmdir sendfile copy_file_range stat statfs statx symlink symlinkat sync_file_range umask unlink
    unlinkat write writev

    epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 pipe pipe2 poll ppoll
    pselect6 select timerfd_create timerfd_gettime timerfd_settime

    getpeername getsockname getsockopt recvfrom shutdown

    arch_prctl exit exit_group rseq set_robust_list set_tid_address sched_get_priority_max sched_get_priority_min
    sched_yield

    alarm getitimer pause restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend
    rt_sigtimedwait setitimer sigaltstack

    capget getcpu getegid geteuid getgid getgroups getpgrp getpid getppid getrandom getresgid
    getresuid getrlimit gettid getuid sysinfo times uname wait4 waitid

    gettimeofday nanosleep time timer_delete timer_getoverrun timer_gettime timer_settime
""".split()
"""Calls that a computation needs, by line group: memory; files (Landlock decides which); waiting; its socket; threads;
its own signals; information about itself; time."""

REFUSED = """
    accept accept4 bind connect listen recvmmsg recvmsg sendmmsg sendmsg setsockopt socket socketpair

    execve execveat fork vfork

    pidfd_getfd pidfd_open pidfd_send_signal process_madvise process_vm_readv process_vm_writev ptrace kcmp
    rt_sigqueueinfo rt_tgsigqueueinfo setpriority sched_setattr sched_setparam sched_setscheduler setrlimit setpgid
    setsid ioprio_set

    chown fchown fchownat lchown truncate mknod mknodat

    mincore cachestat process_mrelease move_pages migrate_pages get_robust_list getrusage remap_file_pages
    mq_timedsend mq_timedreceive mq_notify mq_getsetattr

    memfd_create memfd_secret shmat shmctl shmdt shmget msgctl msgget msgrcv msgsnd semctl semget semop semtimedop
    mq_open mq_unlink add_key keyctl request_key

    bpf fanotify_init fspick io_uring_enter io_uring_register io_uring_setup mount move_mount name_to_handle_at
    open_by_handle_at open_tree perf_event_open personality pivot_root chroot setns swapoff swapon syslog umount2
    unshare userfaultfd reboot sethostname settimeofday clock_settime init_module finit_module delete_module
    kexec_load setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset sync syncfs
""".split()
"""Calls answered with EPERM, so that Python raises a PermissionError where they were made. The list need not be
complete: a call in neither list is answered with ENOSYS, as by a kernel without it, and libraries use a fallback."""

IGNORED = (
    "flock chmod fchmod fchmodat fchmodat2 futimesat utime utimensat utimes fadvise64 readahead sched_setaffinity"
).split()
"""Calls that succeed and do nothing, as on a file system without modes, locks and a cache. Landlock does not see them:
they would change read-only files, and a lock on a library, or which of its pages are in memory, would be visible to the
next student process. Refusing them would break ``shutil.copy``. ``sched_setaffinity`` is ignored because a student
process must stay on its judge's core, or it could slow another grading; if it were refused, OpenMP could not start
bound threads."""
_OF_ITSELF = (
    "getpgid getsid sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval"
).split()
"""Calls that ask about a process or thread by number: allowed only for the caller itself (0)."""
_CLOCKS = "clock_getres clock_gettime clock_nanosleep timer_create".split()
_LAST_CLOCK = 11
"""Highest ordinary clock; higher numbers are the clocks of any process or thread, including other processes."""
_ADVICE = (0, 4, 8, 10, 11, 14, 15, 16, 17, 18, 19)
"""Allowed advice: normal, discard (private memory), (not) across forks, huge pages or none, (not) in dumps, wipe."""
_IDLE_ADVICE = (1, 2, 3, 12, 13, 20, 21)
"""Advice that succeeds and does nothing: how to read ahead, what to fetch or evict, merging of equal pages."""
_FUTEX_PRIVATE, _FUTEX_REALTIME = 128, 256
UNSUPPORTED = (
    "fallocate getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr removexattr"
).split()
"""Calls answered with EOPNOTSUPP, as by a file system without them; disk that is reserved would be noticed too late."""

_CLONE_THREAD = 0x00010000
_CLONE_NEW = 0x7E020000 | 0x00000080
"""All flags that create a new namespace."""
_MAP_TYPE, _MAP_SHARED, _MAP_PRIVATE, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 0x0F, 0x01, 0x02, 0x20, 0x100
_FCNTL = (0, 1, 2, 3, 4, 1030, 1032)
"""Allowed operations: duplicate, flags, pipe size. Not F_SETOWN and F_SETSIG, which send signals; not F_SETLEASE."""
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Allowed operations: whether it is a terminal and its width, bytes waiting, (non-)blocking, close on exec."""
_PRCTL = (2, 3, 39, 15, 16, 0x53564D41)
"""Allowed operations: get the death signal, dumpable and no_new_privs; name a thread or a memory area."""


def _compile_filter(abi: int) -> bytes:
    """Compile the filter. libseccomp handles 64-bit arguments; calls by another ABI (i386, x32) kill the process."""
    import pyseccomp as scmp

    def refuse(code: int) -> int:
        return int(scmp.ERRNO(code))

    def masked(position: int, mask: int, value: int) -> Any:
        return scmp.Arg(position, scmp.MASKED_EQ, mask, value)

    def is_(position: int, value: int) -> Any:
        return scmp.Arg(position, scmp.EQ, value)

    program = scmp.SyscallFilter(refuse(errno.ENOSYS))
    program.set_attr(scmp.Attr.ACT_BADARCH, scmp.KILL_PROCESS)

    def rule(action: int, name: str, *conditions: Any) -> None:
        if scmp.resolve_syscall(scmp.Arch.NATIVE, name) >= 0:  # negative: libseccomp or this processor has no such call
            program.add_rule(action, name, *conditions)

    signals = ["kill", "tgkill", "tkill"]  # Landlock keeps them within the process from ABI 6
    for name in (*ALLOWED, *(signals if abi >= 6 else ())):
        rule(scmp.ALLOW, name)
    for name in (*REFUSED, *(signals if abi < 6 else ())):
        rule(refuse(errno.EPERM), name)
    for name in IGNORED:
        rule(refuse(0), name)
    for name in UNSUPPORTED:
        rule(refuse(errno.ENOTSUP), name)

    # Threads, no processes. A filter cannot see the flags of clone3, which are in memory: on ENOSYS, libc uses clone.
    rule(scmp.ALLOW, "clone", masked(0, _CLONE_THREAD | _CLONE_NEW, _CLONE_THREAD))
    rule(refuse(errno.EPERM), "clone", masked(0, _CLONE_THREAD, 0))
    # Anonymous shared memory and memory that grows like a stack do not count towards RLIMIT_DATA.
    kind = _MAP_TYPE | _MAP_ANONYMOUS | _MAP_GROWSDOWN
    for flags in (_MAP_PRIVATE, _MAP_PRIVATE | _MAP_ANONYMOUS, _MAP_SHARED):
        rule(scmp.ALLOW, "mmap", masked(3, kind, flags))
    for flags in (_MAP_SHARED | _MAP_ANONYMOUS, _MAP_PRIVATE | _MAP_ANONYMOUS | _MAP_GROWSDOWN):
        rule(refuse(errno.EPERM), "mmap", masked(3, kind, flags))
    # O_RDONLY | O_TRUNC empties a read-only file, and Landlock before ABI 3 does not see it.
    for name, position in (("open", 1), ("openat", 2)):
        mask = os.O_TRUNC | os.O_ACCMODE
        for mode in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC, os.O_RDWR | os.O_TRUNC):
            rule(scmp.ALLOW, name, masked(position, mask, mode))
        rule(refuse(errno.EPERM), name, masked(position, mask, os.O_RDONLY | os.O_TRUNC))
    # Send only to the connected address; only read limits.
    for name, position in (("sendto", 4), ("prlimit64", 2)):
        rule(scmp.ALLOW, name, is_(position, 0))
        rule(refuse(errno.EPERM), name, scmp.Arg(position, scmp.NE, 0))
    for name in _OF_ITSELF:
        rule(scmp.ALLOW, name, is_(0, 0))
        rule(refuse(errno.EPERM), name, scmp.Arg(0, scmp.NE, 0))
    rule(scmp.ALLOW, "getpriority", is_(1, 0))
    rule(refuse(errno.EPERM), "getpriority", scmp.Arg(1, scmp.NE, 0))
    for name in _CLOCKS:
        position = 0
        rule(scmp.ALLOW, name, scmp.Arg(position, scmp.LE, _LAST_CLOCK))
        rule(refuse(errno.EINVAL), name, scmp.Arg(position, scmp.GT, _LAST_CLOCK))
    for value in _ADVICE:
        rule(scmp.ALLOW, "madvise", is_(2, value))
    for value in _IDLE_ADVICE:
        rule(refuse(0), "madvise", is_(2, value))
    # Threads of one process wait for each other with private futexes. A shared futex, whose key may be a page of a file
    # that all can read, is needed only to wait for a thread's end, which the kernel itself announces.
    rule(scmp.ALLOW, "futex", masked(1, _FUTEX_PRIVATE, _FUTEX_PRIVATE))
    for wait in (0, 9, 9 | _FUTEX_REALTIME):  # FUTEX_WAIT, FUTEX_WAIT_BITSET
        rule(scmp.ALLOW, "futex", is_(1, wait))
    for wake in (1, 3, 4, 5, 10):  # to wake and to requeue others: pretend that none is waiting
        rule(refuse(0), "futex", is_(1, wake))
    # Reads and writes without flags only, in particular without "only if it is in memory" (RWF_NOWAIT).
    for name in ("preadv2", "pwritev2"):
        rule(scmp.ALLOW, name, is_(5, 0))
        rule(refuse(errno.ENOTSUP), name, scmp.Arg(5, scmp.NE, 0))
    for value in (6, 7):  # F_SETLK, F_SETLKW: pretend that no other process holds a lock
        rule(refuse(0), "fcntl", is_(1, value))
    for name, position, values in (("fcntl", 1, _FCNTL), ("ioctl", 1, _IOCTL), ("prctl", 0, _PRCTL)):
        for value in values:
            rule(scmp.ALLOW, name, is_(position, value))

    with open(os.memfd_create("filter"), "rb+") as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()


class _Program(ctypes.Structure):
    """``struct sock_fprog``."""

    _fields_ = (("count", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _load_filter(program: bytes) -> None:
    seccomp = {"x86_64": 317, "aarch64": 277}[platform.machine()]
    set_mode_filter, allow_speculation = 1, 1 << 2  # older kernels would otherwise slow the process down
    argument = _Program(len(program) // 8, program)
    _check(_libc().syscall(seccomp, set_mode_filter, allow_speculation, ctypes.byref(argument)), "seccomp")


# --- Rights and resources --------------------------------------------------------------------------------------------

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL = 4, 38, 47, 4
_CAPABILITY_VERSION_3 = 0x20080522
_ADDRESS_SPACE_SLACK = 2**30
"""Bytes of address space that threads reserve without using them."""
_THREAD_SLACK = 512
"""Threads that this user can start beyond those that the machine already runs."""


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def _proc(name: str, write: bytes = b"") -> str:
    """Read a file of /proc, or write to it. Kept simple, since a fork copies every memory page that it touches."""
    descriptor = os.open(f"/proc/{name}", os.O_WRONLY if write else os.O_RDONLY)
    try:
        return str(os.write(descriptor, write)) if write else os.read(descriptor, 4096).decode("ascii", "replace")
    finally:
        os.close(descriptor)


def _drop_privileges() -> None:
    """Drop all capabilities, even for root; prevent gaining rights; hide memory from the user's other processes."""
    libc = _libc()
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _check(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")
    _check(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient capabilities")
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    _check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _limit_resources(limits: Limits) -> None:
    if sys.platform == "win32":
        raise OSError("Windows has no resource limits")
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_CPU", limits.cpu_seconds, limits.cpu_seconds + 1)
    _limit("RLIMIT_FSIZE", limits.file_bytes)
    _limit("RLIMIT_NOFILE", limits.open_files)
    if sys.platform == "linux":
        page = os.sysconf("SC_PAGE_SIZE")
        fields = _proc("self/statm").split()
        space, data = int(fields[0]) * page, int(fields[5]) * page
        _limit("RLIMIT_DATA", data + limits.memory_bytes)  # does not count shared or stack-like memory
        _limit("RLIMIT_AS", space + limits.memory_bytes + _ADDRESS_SPACE_SLACK)
        # Counts all processes of this user, so it can only stop a fork bomb; the kernel does not apply it to root.
        with contextlib.suppress(OSError):
            running = int(_proc("loadavg").split()[3].partition("/")[2])
            _limit("RLIMIT_NPROC", running + _THREAD_SLACK)


def _limit(name: str, soft: int, hard: int | None = None) -> None:
    """Set a limit, unless a lower one already applies; the process cannot raise it again."""
    if sys.platform == "win32":
        return
    which = getattr(resource, name)
    _, ceiling = resource.getrlimit(which)
    hard = soft if hard is None else hard
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


# --- What the process inherits ---------------------------------------------------------------------------------------

_KEPT_VARIABLES = (
    *("LANG", "LC_ALL", "LC_CTYPE", "TZ", "TRANSFORMERS_VERBOSITY"),
    *("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
)
_FOLDER_VARIABLES = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "HF_HOME", "TORCH_HOME")


def close_fds(keep: Collection[int]) -> None:
    """Close every descriptor that is not in ``keep``."""
    try:
        highest = max(map(int, os.listdir("/dev/fd")))
    except OSError:
        highest = os.sysconf("SC_OPEN_MAX")
    low = 0
    for descriptor in sorted({*keep, highest + 1}):
        if low < descriptor:  # closerange(0, 0) closes everything (CPython 3.11)
            os.closerange(low, descriptor)
        low = descriptor + 1


def clean_environment(folder: Path) -> None:
    """Clear the user's environment; put homes, caches and temporary files in ``folder``; turn off network access."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    os.environ.clear()
    _erase_initial_environment()
    os.environ.update(
        kept,
        PATH="/usr/bin:/bin",
        USER="student",
        LOGNAME="student",
        HF_HUB_OFFLINE="1",
        TRANSFORMERS_OFFLINE="1",
        TOKENIZERS_PARALLELISM="false",
    )
    move_in(folder)


def move_in(scratch: Path) -> None:
    """Make ``scratch`` the home folder in a clean environment; does little, since a fork copies each touched page."""
    os.environ.update(dict.fromkeys(_FOLDER_VARIABLES, os.fspath(scratch)))
    tempfile.tempdir = None  # so that TMPDIR is read again


def _erase_initial_environment() -> None:
    """Overwrite the kernel's copy of the environment, in which tokens remain after ``os.environ`` was cleared."""
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = _proc("self/stat").rpartition(")")[2].split()
        start, end = int(fields[47]), int(fields[48])  # env_start, env_end: fields 50 and 51 of proc(5)
        if 0 < start < end:
            ctypes.memset(start, 0, end - start)


# --- What the host watches -------------------------------------------------------------------------------------------


def threads(pid: int) -> int:
    """Return the number of threads of a student process, 0 if it is gone; the memory limit alone allows thousands."""
    try:
        return int(_proc(f"{pid}/stat").rpartition(")")[2].split()[17])
    except (OSError, ValueError, IndexError):
        return 0


# --- What this machine supports --------------------------------------------------------------------------------------


@functools.cache
def obstacles() -> tuple[str, ...]:
    """Return the reasons why this machine cannot reach level ``full``."""
    if sys.platform != "linux":
        return ("Landlock and seccomp exist on Linux only",)
    found = []
    if platform.machine() not in ("x86_64", "aarch64") or sys.maxsize < 2**32:
        found.append(f"no filter for {platform.machine()}")
    try:
        if _landlock_abi() == 0:
            found.append("Landlock is not in this kernel or switched off")
    except ImportError:
        found.append("the package py-landlock is not installed")
    try:
        import pyseccomp  # noqa: F401
    except ImportError:
        found.append("the package pyseccomp is not installed")
    except (RuntimeError, OSError):
        found.append("libseccomp.so.2 not found (Debian, Ubuntu: apt install libseccomp2)")
    return tuple(found) or _trial()


def _trial() -> tuple[str, ...]:
    """Apply everything in a child and return the error, if any: a container may refuse what the kernel supports."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            abi = _landlock_abi()
            prepared = Prepared("full", (), _rights(abi).scratch, abi, _compile_filter(abi))
            apply(prepared, Path("/"), Limits())
        except BaseException as error:
            os.write(writer, str(error).encode()[:1000])
            os._exit(1)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:
        said = file.read().decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    return () if status == 0 else (said or f"the trial ended with status {status}",)


def choose(wanted: str) -> str:
    """Return the level to use: the best available one for ``auto``, else ``wanted``.

    Raises:
        ValueError: there is no such level, or this machine cannot reach it.
    """
    best, reasons = available()
    if wanted == "auto":
        return best
    if wanted not in LEVELS:
        raise ValueError(f"no sandbox level is called {wanted!r}: choose {', '.join(LEVELS)}")
    if LEVELS.index(wanted) < LEVELS.index(best):
        raise ValueError(f"sandbox level {wanted!r} cannot be reached here: {'; '.join(reasons)}")
    return wanted
