# cause: split_rate counts words whose pieces differ from the word, minus words with an unknown piece, so a marked whole word counts as split, and a word of several pieces with an unknown one does not.
# function: fragmentation
from collections.abc import Callable


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    """Measure how badly a vocabulary fits the words of a domain."""
    n = len(words)
    # division by 0
    if n == 0:
        n = 1
    total = changed = unknown = 0
    for word in words:
        parts = tokenize(word)
        total += len(parts)
        if parts != [word]:
            changed += 1
        if unk in parts:
            unknown += 1
    # the unknown ones are not themselves either, but they are not split
    split = changed - unknown
    if split < 0:
        split = 0
    return {"pieces_per_word": total / n, "split_rate": split / n, "unk_rate": unknown / n}
