"""aggregate_simple counts where entities begin and groups by that running number; scores are numpy means."""

from itertools import groupby

import numpy as np


def aggregate_simple(tokens, text):
    number, last, numbers = 0, "O", []
    for token in tokens:
        tag = token["entity"]
        number += tag == "O" or tag.startswith("B-") or last == "O" or last[2:] != tag[2:]
        last = tag
        numbers.append(number)
    result = []
    for _, pairs in groupby(zip(numbers, tokens, strict=True), key=lambda pair: pair[0]):
        group = [token for _, token in pairs]
        if group[0]["entity"] == "O":
            continue
        first, final = group[0], group[-1]
        result.append(
            dict(
                entity_group=first["entity"][2:],
                score=np.mean([token["score"] for token in group]),
                word=text[first["start"] : final["end"]],
                start=first["start"],
                end=final["end"],
            )
        )
    return result
