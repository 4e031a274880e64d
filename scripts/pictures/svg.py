"""The shapes in the pictures of the lessons, as plain SVG.

Such an SVG is a few kilobytes, sharp at any zoom, and the same bytes on every machine, so a test can compare a
picture with what its module draws. Coordinates are pixels, counted from the top left corner.

Libraries for SVG were considered (drawsvg, svg.py): the pictures need only five shapes, and the bytes would change
with the library's version.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

INK, PALE, GREY, LIGHT, PAPER = "#1f2933", "#7b8794", "#cbd2d9", "#e4e7eb", "#ffffff"
ORANGE, BLUE = "#e8833a", "#3a7ca5"

Point = tuple[float, float]

DASHES = "4 3"
HEAD = "url(#head)"
ARROWHEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    f'<path d="M0 0 L8 4 L0 8 z" fill="{INK}"/></marker></defs>'
)


def text(
    x: float, y: float, words: str, *, size: int = 14, anchor: str = "middle", fill: str = INK, turn: float = 0
) -> str:
    """Return one line of text on the baseline ``y``, rotated clockwise by ``turn`` degrees about its anchor.

    >>> text(5, 20, "Q & A", anchor="start")
    '<text x="5" y="20" font-size="14" text-anchor="start" fill="#1f2933">Q &amp; A</text>'
    """
    turned = f' transform="rotate({turn:g} {x:g} {y:g})"' if turn else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" fill="{fill}"{turned}>'
        f"{escape(words)}</text>"
    )


def box(x: float, y: float, width: float, height: float, fill: str, *, radius: float = 3, dashed: bool = False) -> str:
    """Return a rectangle with rounded corners, without an outline or with a dashed one."""
    outline = f' stroke="{PALE}" stroke-dasharray="{DASHES}"' if dashed else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}"{outline}/>'


def ring(x: float, y: float, radius: float) -> str:
    """Return an empty circle around a point."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="{INK}" stroke-width="1.6"/>'


def line(points: Sequence[Point], colour: str = INK, *, width: float = 1.6, dashed: bool = False) -> str:
    """Return a line through the points."""
    dashes = f' stroke-dasharray="{DASHES}"' if dashed else ""
    return _polyline(points, colour, width, dashes)


def arrow(*points: Point) -> str:
    """Return a line through the points that ends in an arrowhead."""
    return _polyline(points, INK, 1.6, f' marker-end="{HEAD}"')


def _polyline(points: Sequence[Point], colour: str, width: float, style: str) -> str:
    path = " ".join(f"{x:.4g},{y:.4g}" for x, y in points)  # a tenth of a pixel is precise enough for a curve
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}"{style}/>'


def page(width: int, height: int, title: str, *parts: str) -> str:
    """Return a whole picture on white; a screen reader reads the title aloud."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="Helvetica, Arial, sans-serif" role="img">',
        f"<title>{escape(title)}</title>",
        *([ARROWHEAD] if any(HEAD in part for part in parts) else []),
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
