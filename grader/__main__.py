"""``python -m grader``: the host, on standard input and output.

``--doctor`` prints what this machine supports; ``--spawn`` spawns processes even where they could be forked.
"""

import sys

if not sys.flags.isolated and not getattr(sys.flags, "safe_path", False):
    del sys.path[:1]  # before any other import, because ``-m`` puts the current folder ahead of the libraries

import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402

os.environ.update(
    OPENBLAS_NUM_THREADS="1",  # numpy's own pool; a process with threads cannot be forked from safely
    HF_HUB_OFFLINE="1",
    TRANSFORMERS_VERBOSITY="error",
)
for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):  # meant for the user's own tests, not for the judge's
    os.environ.pop(name, None)


def isolate() -> None:
    """Restart this process in an isolated interpreter; so far, only the interpreter's own modules were imported."""
    from importlib.util import module_from_spec, spec_from_file_location

    # Load it by its path: before isolation, our packages need not be on sys.path.
    place = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "course", "compat.py")
    spec = spec_from_file_location("course.compat", place)
    assert spec is not None and spec.loader is not None
    compat = module_from_spec(spec)
    spec.loader.exec_module(compat)
    options = [f"-X{name}" + ("" if value is True else f"={value}") for name, value in sys._xoptions.items()]
    command = compat.isolated_command("grader", *options)
    try:
        os.execv(command[0], [*command, *sys.argv[1:]])
    except PermissionError:  # the interpreter belongs to another user: do here what isolation would do
        sys.path[:] = [entry for entry in sys.path if os.path.isabs(entry) and entry != os.getcwd()]
        sys.path.insert(0, os.path.dirname(os.path.dirname(place)))


def end_with(parent: int) -> None:
    """Have the kernel send SIGTERM to this process when the command that started it ends, for whatever reason."""
    if sys.platform == "linux":
        import ctypes

        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(143)


if __name__ == "__main__":
    if not sys.flags.isolated and sys.platform != "win32":
        isolate()
    if os.environ.get("COURSE_PARENT", "").isdigit():
        end_with(int(os.environ.pop("COURSE_PARENT")))

    from grader.host import main as host  # torch and numpy read the environment at import

    if sys.argv[1:] == ["--doctor"]:
        print(json.dumps(host.doctor()))
    elif sys.argv[1:] in ([], ["--spawn"]):
        host.main(spawn=bool(sys.argv[1:]))
    else:
        sys.exit(f"usage: python -m grader [--doctor | --spawn], not {' '.join(sys.argv[1:])}")
