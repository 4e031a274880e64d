# cause: Changes the first n positions that can be changed instead of random ones
# function: synonym_replacement
def synonym_replacement(tokens, n, lexicon, rng, protected=frozenset({"not", "no", "never"})):
    out, left = [], n
    for t in tokens:
        syn = [s for s in lexicon.get(t, []) if s != t]
        if left > 0 and syn and t not in protected:
            out.append(rng.choice(syn))
            left -= 1
        else:
            out.append(t)
    return out
