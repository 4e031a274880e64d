"""A dictionary from the plain form to the first text that has it; stripped texts and tuples come back."""


def back_translate(texts, labels, to_pivot, from_pivot):
    def plain(text):
        return tuple(text.upper().split())

    there = to_pivot(list(texts))
    back = from_pivot(there)
    found = {}
    for original, new, label in zip(texts, back, labels, strict=True):
        if new.strip() and plain(new) != plain(original):
            found.setdefault(plain(new), (new.strip(), label))
    return tuple(text for text, _ in found.values()), tuple(label for _, label in found.values())
