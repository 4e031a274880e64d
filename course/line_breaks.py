"""Where a line of Japanese may end: between most of its characters, for it has hardly any spaces."""

from __future__ import annotations

import re

WIDE = "\u3000-\u30ff\u3400-\u9fff\uff01-\uff60\u2026"
"""Kana, kanji, and their punctuation; an ellipsis goes with them."""
NEVER_FIRST = "、。，．・：；？！ゝゞー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ）］｝〉》」』】〕…\u3000"
"""What no line begins with: closing brackets, punctuation, small kana."""
NEVER_LAST = "（［｛〈《「『【〔"
"""What no line ends with."""
PLACE = re.compile(f"(?<=[{WIDE}])(?<![{NEVER_LAST}])(?=[{WIDE}])(?![{NEVER_FIRST}])")
"""Between two characters of which the first may end a line, and the second begin one."""
