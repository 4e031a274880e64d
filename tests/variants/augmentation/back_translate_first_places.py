"""back_translate: translates in two halves and finds repetitions with a table of first places, built from the back."""

from collections.abc import Callable


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    def bare(text: str) -> str:
        return "".join(text.split()).casefold()

    middle = len(texts) // 2
    results: list[str] = []
    for half in (texts[:middle], texts[middle:]):
        if half:
            results.extend(from_pivot(tuple(to_pivot(tuple(half)))))
    first = {bare(results[place]): place for place in reversed(range(len(results)))}
    for original in map(bare, texts):
        first.pop(original, None)
    first.pop("", None)
    places = sorted(first.values())
    return [results[place] for place in places], [labels[place] for place in places]
