"""Encode text for streams that cannot represent all of it: an old Windows terminal, or one without a locale.

Characters with an ASCII spelling are replaced by it (``−`` by ``-``, ``λ`` by ``lambda``), letters lose their accents,
and anything else becomes a question mark. ``lost`` records whether that has happened.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata

HANDLER = "course.spelt"
"""Name for the ``errors=`` argument of a stream, valid after ``register`` was called."""
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿᵗᵖ", "0123456789+-ntp")
SPELLINGS = {
    **GREEK,
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╞╡╪╔╗╚╝╠╣╦╩╬╶╴╵╷╸╺╹╻┏┓┗┛┣┫┳┻╋", "+"),
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "―": "-", "×": "x", "·": "*", "⋅": "*", "•": "*", "∙": "*",
    "÷": "/", "√": "sqrt", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∼": "~", "≡": "==", "±": "+-", "∓": "-+",
    "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "↦": "->", "↑": "^", "↓": "v", "∞": "inf", "∑": "sum", "∏": "prod",
    "∂": "d", "∇": "grad", "∈": " in ", "∉": " not in ", "∪": " or ", "∩": " and ", "∅": "{}", "∝": "~", "∀": "all",
    "…": "...", "⋯": "...", "⋮": ":", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "«": "<<", "»": ">>",
    "½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "°": " degrees", "′": "'", "″": '"', "ℓ": "l",
    "ᵀ": "^T", "⊤": "^T", "⊙": "*", "⊗": "*", "∘": "*", "⟨": "<", "⟩": ">", "‖": "||", "∥": "||", "⌊": "floor(",
    "⌋": ")", "⌈": "ceil(", "⌉": ")", "│": "|", "┃": "|", "▌": "|", "▏": "|", "║": "|", "─": "-", "━": "-", "═": "=",
    "█": "#", "▓": "#", "▒": "=", "░": ".", "■": "#", "□": ".", "●": "*", "○": "o", "▶": ">", "◀": "<", "▲": "^",
    "▼": "v", "✓": "+", "✗": "x", "✔": "+", "✘": "x", "⏱": "T", "†": "+", "§": "section ", "©": "(c)", "ß": "ss",
    "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "đ": "d", "ł": "l", "Ł": "L", "∣": "|", "∗": "*",
    "╲": "\\", "╱": "/", "∖": "\\", "▁": "_", "▎": "|", "▍": "|", "▋": "#", "▊": "#", "▉": "#", "〜": "~",
    "🌆": "picture:",
}  # fmt: skip
"""Character -> its ASCII replacement. One-column characters in frames and bars keep one column."""

lost = False
"""True once a character without a spelling has become a question mark."""


def spelt(character: str) -> str:
    """Return one character in ASCII.

    >>> [spelt(character) for character in "−λé層"]
    ['-', 'lambda', 'e', '?']
    """
    global lost
    if character in SPELLINGS:
        return SPELLINGS[character]
    plain = unicodedata.normalize("NFKD", character)
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    if letters.isascii():
        return letters
    lost = True
    return "?"


def _handle(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    before, text = error.object[error.start - 1 : error.start], error.object[error.start : error.end]
    after = error.object[error.end : error.end + 1]
    powers = re.sub(f"[{''.join(map(chr, SUPERSCRIPTS))}]+", lambda match: "^" + match[0].translate(SUPERSCRIPTS), text)
    words = "".join(one if one.isascii() else spelt(one) for one in powers)
    if text[0] in GREEK and before.isalnum():  # two adjacent names are a product
        words = f" {words}"
    if text[-1] in GREEK and after.isalpha():
        words = f"{words} "
    return words, error.end


def register() -> str:
    """Register the handler, and return its name."""
    codecs.register_error(HANDLER, _handle)
    return HANDLER


def spell(*streams: object) -> None:
    """Make these streams spell out characters that they cannot encode."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=register())


def encodable(text: str, encoding: str) -> str:
    """Return the text as a stream with this encoding will show it.

    >>> encodable("(1 − λw)⁻¹⁰⁰ · 2²", "ascii")
    '(1 - lambda w)^-100 * 2^2'
    """
    return text.encode(encoding, register()).decode(encoding)


def encodable_markdown(text: str, encoding: str) -> str:
    """Prepare Markdown before layout, as in ``encodable``; signs that would be taken for markup are left to the stream.

    >>> encodable_markdown("4·(λ·w) ≤ 1", "ascii")
    '4·(lambda·w) <= 1'
    """
    signs = [sign for sign, meant in SPELLINGS.items() if meant in ("*", "_")]
    codes = [chr(0x0E + number) for number in range(len(signs))]
    aside = text.translate(dict(zip(map(ord, signs), codes, strict=True)))
    return encodable(aside, encoding).translate(dict(zip(map(ord, codes), signs, strict=True)))
