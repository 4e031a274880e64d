"""Run Gradescope's autograder for real: setup.sh and run_autograder in a clean Debian, as Gradescope would.

    python -m scripts.gradescope_check --root DIR             create a Debian in DIR with debootstrap, and test it all
    python -m scripts.gradescope_check --root DIR --again     use the existing one, without setting it up again

It needs root, debootstrap and unshare, some minutes and 3 GB. pip gets the PIP_... variables and the certificates
of the environment, and sees the folders in PIP_FIND_LINKS; TORCH_INDEX is passed to setup.sh if it is set.
The submissions: the reference, also as a notebook, the skeleton, a syntax error, nothing, one that ends its process,
one that loops while the autograder is killed, a late one with a policy, and one too many. Each must produce a valid
results.json.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from course import paths, syllabus
from course.classroom import autograder

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
SLUG = "lora"
PASSED_ON = ("PIP_", "SSL_CERT_", "TORCH_INDEX", "TORCH_")
POLICY = 'title = "check"\npenalty_per_day = 10\n'
METADATA: dict[str, Any] = {
    "id": 1,
    "created_at": "2026-03-02T10:00:00.000000+00:00",
    "assignment": {"due_date": "2026-03-01T23:00:00.000000+00:00", "late_due_date": None},
    "users": [{"email": "ada@example.org", "id": 7, "name": "Ada"}],
    "previous_submissions": [],
}


class Box:
    """A Debian in a folder, with the autograder in it."""

    def __init__(self, root: Path) -> None:
        """Store the folder; nothing has been created yet."""
        self.root = root

    @property
    def folder(self) -> Path:
        """Return the path of ``/autograder`` inside the Debian."""
        return self.root / "autograder"

    def make(self) -> None:
        """Create the Debian."""
        if not (self.root / "etc" / "debian_version").exists():
            command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(self.root), MIRROR]
            subprocess.run(command, check=True)
        for name in ("SSL_CERT_FILE", "PIP_CERT"):
            if given := os.environ.get(name):
                self._hand_over(Path(given))
        for given in os.environ.get("PIP_FIND_LINKS", "").split():
            if Path(given).is_dir():
                self._hand_over(Path(given))

    def _hand_over(self, path: Path) -> None:
        target = self.root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(path, target)

    def unpack(self, archive: Path) -> None:
        """Unpack the uploaded zip, as Gradescope does."""
        shutil.rmtree(self.folder, ignore_errors=True)
        source = self.folder / "source"
        with zipfile.ZipFile(archive) as zipped:
            for info in zipped.infolist():
                path = Path(zipped.extract(info, source))
                path.chmod(info.external_attr >> 16 & 0o777)
        shutil.copy(source / "run_autograder", self.folder / "run_autograder")
        (self.folder / "results").mkdir()

    def command(self, *command: str) -> list[str]:
        """Return a command that runs isolated: own mounts and processes, with this folder as root."""
        alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={self.root / 'proc'}"]
        return [*alone, "chroot", str(self.root), *command]

    def environ(self) -> dict[str, str]:
        """Return the environment of a new container, with the variables by which pip finds its index."""
        known = {key: value for key, value in os.environ.items() if key.startswith(PASSED_ON)}
        return {**known, "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}

    def submit(self, files: dict[str, str | bytes], policy: str | None = None, **metadata: Any) -> None:
        """Prepare a submission."""
        for folder in ("submission", "results"):
            shutil.rmtree(self.folder / folder, ignore_errors=True)
            (self.folder / folder).mkdir()
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (self.folder / "submission" / name).write_bytes(data)
        (self.folder / "submission_metadata.json").write_text(json.dumps({**METADATA, **metadata}))
        (self.folder / "source" / "policy.toml").unlink(missing_ok=True)
        if policy is not None:
            (self.folder / "source" / "policy.toml").write_text(policy)

    def run(self, kill_when: str | None = None) -> dict[str, Any]:
        """Run the autograder; with ``kill_when``, kill its Python as soon as this text is in results.json."""
        process = subprocess.Popen(self.command("/autograder/run_autograder"), env=self.environ(), cwd="/")
        results = self.folder / "results" / "results.json"
        if kill_when:
            for _ in range(600):
                if results.exists() and kill_when in results.read_text(encoding="utf-8"):
                    break
                time.sleep(0.1)
            assert process.poll() is None, "it ended before it was killed"
            process.send_signal(signal.SIGKILL)
            process.wait()
        else:
            assert process.wait(600) == 0, "run_autograder did not end with 0"
        found: dict[str, Any] = json.loads(results.read_bytes())
        return found


def demand(fact: bool, what: str, found: object = "") -> None:
    """Stop if something is not as expected."""
    print(("ok      " if fact else "WRONG   ") + what, flush=True)
    if not fact:
        sys.exit(f"{found}"[:4000])


def attempts(box: Box) -> None:
    """Test every kind of submission."""
    reference = paths.solution(SLUG).read_text(encoding="utf-8")
    points = next(one.points for one in syllabus.load() if one.slug == SLUG)

    box.submit({f"{SLUG}.py": reference})
    found = box.run()
    demand(found["score"] == points, "the reference gets all points", found)
    demand(all(one["status"] == "passed" for one in found["tests"] if not one["tags"]), "every check passed", found)
    demand(found["extra_data"]["course"]["result"]["sandbox"] == "full", "in the full sandbox", found)

    box.submit({"my solution.py": paths.skeleton(SLUG).read_text(encoding="utf-8")})
    demand(box.run()["score"] == 0, "the skeleton gets none, under another name too")

    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": reference}
    whole = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    box.submit({f"{SLUG}.ipynb": whole})
    found = box.run()
    demand(found["score"] == points, "the reference in a notebook gets all points", found)

    box.submit({f"{SLUG}.py": "def broken(:\n"})
    found = box.run()
    demand(found["score"] == 0 and "Line 1" in found["output"], "a syntax error is told", found)

    box.submit({})
    found = box.run()
    demand(found["score"] == 0 and f"{SLUG}.py" in found["output"], "no file: it is named", found)

    ending = "import os\nimport glob\n"
    ending += "checks = glob.glob('/opt/course/lib/python3*/site-packages/grader/checks/check_lora.py')\n"
    ending += "for name in ['/autograder/source/config.json', '/etc/shadow', '/etc/passwd', *checks, '/autograder']:\n"
    ending += (
        "    try:\n        open(name).read(); print('READ', name)\n    except OSError as error:\n        print(error)\n"
    )
    box.submit({f"{SLUG}.py": ending + "os._exit(0)\n"})
    found = box.run()
    demand(found["score"] == 0 and "READ" not in json.dumps(found), "a process that ends itself gets nothing", found)

    loop = reference + "\nimport time\nclass LoRALinear:\n    def __init__(self, *a, **k):\n        time.sleep(600)\n"
    box.submit({f"{SLUG}.py": loop})
    found = box.run(kill_when="was stopped")
    demand(found["score"] >= 0 and len(found["tests"]) > 1, "killed midway: valid, with what was found", found)

    box.submit({f"{SLUG}.py": reference}, POLICY)
    found = box.run()
    demand(found["score"] == points - points / 10, "eleven hours late cost a day's ten percent", found)

    earlier = {"submission_time": METADATA["created_at"], "score": 3.0, "results": {"score": 3.0, "output": "earlier"}}
    (box.folder / "source" / "config.json").write_text(json.dumps({"exercise": SLUG, "attempts": 1}))
    box.submit({f"{SLUG}.py": reference}, previous_submissions=[earlier])
    found = box.run()
    demand(found["score"] == 3.0 and "earlier" in found["output"], "one too many: the last result stays", found)


def main() -> None:
    """Create the Debian, set it up, test it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, required=True, help="folder of the Debian")
    parser.add_argument("--again", action="store_true", help="it has been set up already")
    asked = parser.parse_args()
    box = Box(asked.root.resolve())
    if not asked.again:
        box.make()
    archive = box.root / "autograder.zip"
    archive.write_bytes(autograder.build(autograder.Config(SLUG)))
    box.unpack(archive)
    if asked.again:  # the installed package is updated by hand
        (installed,) = box.root.glob("opt/course/lib/python3*/site-packages")
        for room in autograder.ROOMS:
            shutil.copytree(box.folder / "source" / "package" / room, installed / room, dirs_exist_ok=True)
    else:
        begun = time.monotonic()
        subprocess.run(box.command("/autograder/source/setup.sh"), env=box.environ(), cwd="/", check=True)
        print(f"set up in {time.monotonic() - begun:.0f} s", flush=True)
    attempts(box)


if __name__ == "__main__":
    main()
