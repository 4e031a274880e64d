# cause: Words tagged O are dropped before grouping, so an I-word after an O-word continues the entity before it.
# function: aggregate_first
from collections.abc import Iterator
from itertools import accumulate, groupby
from statistics import fmean
from typing import Any

Tagged = dict[str, Any]


def _split(tag: str) -> tuple[str, str]:
    prefix, _, kind = tag.partition('-')
    return (prefix, kind)


def _entities(tokens: list[Tagged]) -> Iterator[tuple[str, list[Tagged]]]:
    tags = [_split(token['entity']) for token in tokens]
    opened = accumulate((prefix == 'B' for prefix, _ in tags))
    keys = zip(opened, (kind for _, kind in tags))
    for (_, kind), members in groupby(zip(keys, tokens), key=lambda pair: pair[0]):
        if kind:
            yield (kind, [token for _, token in members])


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    return [{'entity_group': kind, 'score': fmean((float(token['score']) for token in members)), 'word': text[members[0]['start']:members[-1]['end']], 'start': members[0]['start'], 'end': members[-1]['end']} for kind, members in _entities(tokens)]


def _words(tokens: list[Tagged]) -> Iterator[Tagged]:
    number = accumulate((not token['word'].startswith('##') for token in tokens))
    for _, pairs in groupby(zip(number, tokens), key=lambda pair: pair[0]):
        (_, head), *rest = pairs
        yield ({**head, 'end': rest[-1][1]['end']} if rest else head)


def aggregate_first(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    tagged = [word for word in _words(tokens) if word['entity'] != 'O']
    return aggregate_simple(tagged, text)
