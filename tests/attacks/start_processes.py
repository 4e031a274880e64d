"""Starts processes in every way: a bounded fork bomb, programs, a daemon that leaves its session."""

import ctypes
import multiprocessing
import os
import pty
import subprocess
import sys
import time


def daemon() -> None:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        os._exit(0)


def bomb() -> None:
    for _ in range(5):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)


def with_libc(name: str) -> None:
    if (pid := getattr(ctypes.CDLL(None), name)()) < 0:
        raise OSError(f"{name} says no")
    if pid == 0:
        os._exit(0)


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    attempts = {
        "daemon": daemon,
        "bomb": bomb,
        "fork": lambda: with_libc("fork"),
        "vfork": lambda: with_libc("vfork"),
        "pty": pty.fork,
        "subprocess": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
        "shell": lambda: 1 / (os.system("sleep 1") == 0),
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "multiprocessing": lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
    }
    for name, attempt in attempts.items():
        try:
            attempt()
            print("FOUND a way to start a process:", name)
        except Exception as error:
            print(name, type(error).__name__)
    return {}
