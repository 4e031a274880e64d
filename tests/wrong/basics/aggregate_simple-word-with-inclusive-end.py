# cause: The slice for the word takes the end as inclusive, so the character after the entity is included.
# function: aggregate_simple
def seq_len(n):
    return range(1, n + 1)


def substring(text, first, last):
    return text[first:last + 1]


def find_entities(tokens):
    found = []
    previous = ''
    for i in seq_len(len(tokens)):
        tag = tokens[i - 1]['entity']
        if tag == 'O':
            previous = ''
            continue
        prefix = tag[0:1]
        kind = tag[2:]
        if prefix == 'B' or kind != previous:
            found.append((kind, []))
        found[-1][1].append(tokens[i - 1])
        previous = kind
    return found


def aggregate_simple(tokens, text):
    out = []
    for kind, members in find_entities(tokens):
        total = 0.0
        for m in members:
            total = total + float(m['score'])
        first = members[0]['start']
        last = members[-1]['end']
        out.append({'entity_group': kind, 'score': total / len(members), 'word': substring(text, first, last), 'start': first, 'end': last})
    return out
