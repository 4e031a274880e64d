# cause: Calls the translators once for each text, with lists of one text
# function: back_translate
def back_translate(texts, labels, to_pivot, from_pivot):
    norm = lambda s: "".join(s.lower().split())
    out_t, out_l, seen = [], [], set()
    for text, label in zip(texts, labels):
        pivot = to_pivot([text])
        result = from_pivot(pivot)[0]
        n = norm(result)
        if n not in ("", norm(text)) and n not in seen:
            out_t.append(result)
            out_l.append(label)
        seen.add(n)
    return out_t, out_l
