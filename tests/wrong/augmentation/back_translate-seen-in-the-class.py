# cause: the set of texts seen belongs to the class, so results of earlier calls are dropped, too
# function: back_translate
from __future__ import annotations

from collections.abc import Callable, Iterable


def unzip(pairs: Iterable[tuple[str, int]]) -> tuple[list[str], list[int]]:
    pairs = list(pairs)
    return [text for text, _ in pairs], [label for _, label in pairs]


class Novelty:
    """Remembers texts, regardless of case and whitespace."""

    seen: set[str] = set()

    @staticmethod
    def normal(text: str) -> str:
        return " ".join(text.lower().split())

    def accepts(self, text: str, original: str) -> bool:
        form = self.normal(text)
        if not form or form == self.normal(original) or form in self.seen:
            return False
        self.seen.add(form)
        return True


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    novelty = Novelty()
    round_trip = from_pivot(to_pivot(texts))
    return unzip(
        (result, label)
        for original, result, label in zip(texts, round_trip, labels, strict=True)
        if novelty.accepts(result, original)
    )
