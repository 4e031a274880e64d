"""One pass per filter, over triples; nothing is translated if there is nothing."""

import re


def back_translate(texts, labels, to_pivot, from_pivot):
    if not texts:
        return [], []
    triples = list(zip(texts, from_pivot(to_pivot(texts)), labels, strict=True))
    squeeze = lambda text: re.sub(r"\s+", " ", text).strip().lower()  # noqa: E731
    triples = [one for one in triples if squeeze(one[1])]
    triples = [one for one in triples if squeeze(one[0]) != squeeze(one[1])]
    forms = [squeeze(new) for _, new, _ in triples]
    triples = [one for place, one in enumerate(triples) if forms.index(forms[place]) == place]
    return [new for _, new, _ in triples], [label for _, _, label in triples]
