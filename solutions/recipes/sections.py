"""A section of a Markdown page, between two markers that stay in place."""

from pathlib import Path

from course.text import say
from solutions.recipes.errors import RecipeError
from solutions.recipes.files import write_atomically


def read(page: Path, begin: str, end: str) -> str:
    """Return the text of a page; for a page that does not exist, one with a place for the section.

    Raises:
        RecipeError: the page cannot be read.
    """
    try:
        return page.read_text(encoding="utf-8")
    except FileNotFoundError:
        return f"# Results\n\n{begin}\n{end}\n"
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(say("cannot read {path}: {reason}", path=page, reason=error)) from error


def filled(text: str, begin: str, end: str, content: str) -> str | None:
    r"""Return a page with this content between the markers; None if it has no such place.

    >>> filled("a\n<b>\nold\n<e>\nc\n", "<b>", "<e>", "new")
    'a\n<b>\nnew\n<e>\nc\n'
    """
    if not (text.count(begin) == 1 and text.count(end) == 1 and text.index(begin) < text.index(end)):
        return None
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


def no_place(page: Path, begin: str, end: str) -> RecipeError:
    """Return the error for a page without the markers."""
    return RecipeError(
        say(
            "{page} has no place for this table. Put these two lines where it belongs: {begin} {end}",
            page=page,
            begin=begin,
            end=end,
        )
    )


def demand_place(page: Path, begin: str, end: str) -> None:
    """Refuse a page without a place for a section, before minutes of measuring.

    Raises:
        RecipeError: there is no such place, or the page cannot be read.
    """
    if filled(read(page, begin, end), begin, end, "") is None:
        raise no_place(page, begin, end)


def put(page: Path, begin: str, end: str, content: str) -> None:
    """Write a section into its place.

    Raises:
        RecipeError: there is no such place, or the page cannot be read or written.
    """
    text = filled(read(page, begin, end), begin, end, content)
    if text is None:
        raise no_place(page, begin, end)
    write_atomically(page, text.encode())
