# cause: The normalisation strips accents (BERT's BasicTokenizer), so results that differ only in an accent are dropped as the same.
# function: back_translate
import unicodedata
from collections.abc import Callable


def whitespace_tokenize(text):
    """Runs basic whitespace cleaning and splitting on a piece of text."""
    text = text.strip()
    if not text:
        return []
    return text.split()


def _run_strip_accents(text):
    text = unicodedata.normalize("NFD", text)
    return "".join(char for char in text if unicodedata.category(char) != "Mn")


def _clean_text(text):
    tokens = []
    for token in whitespace_tokenize(text):
        token = token.lower()
        token = _run_strip_accents(token)
        tokens.append(token)
    return " ".join(tokens)


def back_translate(
    texts: list[str],
    labels: list[int],
    to_pivot: Callable[[list[str]], list[str]],
    from_pivot: Callable[[list[str]], list[str]],
) -> tuple[list[str], list[int]]:
    augmented = from_pivot(to_pivot(texts))

    out_texts, out_labels, hashes = [], [], set()
    for text, aug, label in zip(texts, augmented, labels):
        if len(aug.strip()) == 0:
            continue
        key = _clean_text(aug)
        if key == _clean_text(text) or key in hashes:
            continue
        hashes.add(key)
        out_texts.append(aug)
        out_labels.append(label)
    return out_texts, out_labels
