# cause: The score is the mean over the first pieces of words only, instead of over all tokens of the entity.
# function: aggregate_simple
from typing import Any


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    entities: list[list[dict[str, Any]]] = []
    current_type = None
    for token in tokens:
        if token['entity'] == 'O':
            current_type = None
            continue
        prefix, entity_type = token['entity'].split('-', 1)
        if prefix == 'B' or entity_type != current_type:
            entities.append([])
        entities[-1].append(token)
        current_type = entity_type
    result = []
    for members in entities:
        heads = [token for token in members if not token['word'].startswith('##')] or members
        start, end = (members[0]['start'], members[-1]['end'])
        result.append({'entity_group': members[0]['entity'].split('-', 1)[1], 'score': sum((float(token['score']) for token in heads)) / len(heads), 'word': text[start:end], 'start': start, 'end': end})
    return result
