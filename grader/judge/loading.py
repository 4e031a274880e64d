"""Words the messages for files that cannot be loaded."""

from __future__ import annotations

import re
from collections.abc import Collection

from course.parser_words import parser_words
from course.text import mark, say, translated
from grader import link, wire
from grader.errors import ServerError, StudentRaised
from grader.judge import crashes, syntax
from grader.judge.launcher import Process
from grader.judge.report import cut
from grader.judge.source import Source
from grader.judge.verdict import how_ended, renamed, sandbox_note
from grader.requests import Request

SHOWN_NAMES = 3
STATEMENT = re.compile(r"@|(async|class|def|from|import)\b")
"""Beginning of a line that is run because it defines something."""
RUN_IN_A_NOTEBOOK = mark(
    "In a notebook, code outside functions is run only if a definition uses a name that it sets. Move it into that "
    "function, or choose another name if the function means something else."
)


def complaint(
    request: Request, file: Source, process: Process, frames: list[tuple[int, str]], names: Collection[str], ours: bool
) -> str:
    """Return the reason why no check can be run in a process that should have loaded the file.

    Args:
        request: the request that is being graded.
        file: the source of the file.
        process: the process, which has ended; it had a failure, an error, or none of the names.
        frames: its stack in the file, if loading took too long.
        names: names that the checks need.
        ours: True if the error can be the compiler's; the file itself can raise a SyntaxError about other code.

    Raises:
        ServerError: the file was not the cause.
    """
    if process.failure is not None:
        return _without_answer(request, file, process, frames)
    if process.error is not None:
        try:
            error = StudentRaised.from_wire(process.error)
        except wire.WireError:
            return say("the process ended while loading the file: {how}", how=say("it sent a malformed reply"))
        return import_message(request, file, error, ours) + printed(process)
    shown = sorted(names)[:SHOWN_NAMES] + ["…"] * (len(names) > SHOWN_NAMES)
    message = say("the file defines none of the expected names ({names})", names=", ".join(shown))
    if alike := renamed(sorted(names), process.names - set(request.exercise.names)):
        message += "\n" + say("Is `{other}` your `{name}` under another name?", name=alike[0], other=alike[1])
    return message + printed(process)


def _without_answer(request: Request, file: Source, process: Process, frames: list[tuple[int, str]]) -> str:
    limits = request.exercise.limits
    if isinstance(process.failure, link.LinkTimeout) and file.is_notebook:
        late = say(
            "the notebook did not finish loading within {seconds} s{place}",
            seconds=f"{limits.import_seconds:g}",
            place=file.place(frames),
        )
        return f"{late}\n{say(RUN_IN_A_NOTEBOOK)}" + printed(process)
    if isinstance(process.failure, link.LinkTimeout):
        return say(
            "the file did not finish loading within {seconds} s{place}; move slow work below `if __name__ "
            '== "__main__":`',
            seconds=f"{limits.import_seconds:g}",
            place=file.place(frames),
        ) + printed(process)
    if process.ended and process.ended.reason == "server":
        raise ServerError("the process that starts student processes has ended")
    if process.ended and process.ended.reason == "memory":
        return say("loading the file took more than {limit} MiB of memory", limit=limits.memory_mb)
    return say("the process ended while loading the file: {how}", how=how_ended(process)) + printed(process)


def import_message(request: Request, file: Source, error: StudentRaised, ours: bool) -> str:
    """Return the reason why the file cannot be loaded.

    Args:
        request: the request that is being graded.
        file: the source of the file.
        error: the exception.
        ours: True if it can be the compiler's; the file itself can raise a SyntaxError about other code.
    """
    name = request.name
    if error.bad_line is not None and ours:
        line, text = error.bad_line, file.line(error.bad_line)
        said = say(
            "{file} does not parse. Line {line}: {error}\n    {text}",
            file=name,
            line=file.number(line),
            error=parser_words(error.message),
            text=text,
        )
        if text.startswith(("!", "%")):
            said += "\n" + say(
                "Lines that begin with ! or % work only in a notebook. Delete this line, or hand in the notebook "
                "itself (.ipynb)."
            )
        elif newer := syntax.newer(file.text, line):
            said += "\n" + say(
                "If this is {what}, it needs Python {needs}; the grader runs {has}.",
                what=translated(newer.what),
                needs=newer.version,
                has=syntax.RUNNING,
            )
        return said
    if error.type == "EOFError" and "EOF when reading" in error.message and file.is_notebook:
        asked = say(
            "{file} asks for input{place}, but there is nobody to answer.", file=name, place=file.place(error.frames)
        )
        return f"{asked}\n{say(RUN_IN_A_NOTEBOOK)}"
    if error.type == "EOFError" and "EOF when reading" in error.message:
        return say(
            "{file} asks for input{place}, but there is nobody to answer. Move such lines below `if __name__ "
            '== "__main__":`',
            file=name,
            place=file.place(error.frames),
        )
    message = say(
        "{file} raised an error on import{place}: {error}",
        file=name,
        place=file.place(error.frames),
        error=cut(str(error)),
    )
    note = sandbox_note(error)
    if not note and (known := crashes.explain(error.type, error.message)):
        note = "\n" + known[1]
    return message + note + _why_it_was_run(file, error)


def _why_it_was_run(file: Source, error: StudentRaised) -> str:
    """Return an explanation why a line of a notebook that defines nothing was run; empty for other lines."""
    if not file.is_notebook or not error.frames or STATEMENT.match(file.line(error.frames[0][0])):
        return ""
    return "\n" + say(RUN_IN_A_NOTEBOOK)


def printed(process: Process) -> str:
    """Return what the process printed before, as a separate line; empty if it printed nothing."""
    text = process.link.printed.decode("utf-8", "replace").strip()
    return "\n" + say("Before that, it printed: {text}", text=cut(text[-500:])) if text else ""
