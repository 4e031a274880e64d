# cause: Joins and splits the result at spaces at the end (EDA), so a synonym of several words ('motion picture') becomes several tokens and the length changes.
# function: synonym_replacement
import random


NEGATIONS = frozenset({"not", "no", "never"})


def get_synonyms(word, lexicon):
    synonyms = []
    for syn in lexicon.get(word, []):
        if syn != word:
            synonyms.append(syn)
    return synonyms


def synonym_replacement(
    tokens: list[str],
    n: int,
    lexicon: dict[str, list[str]],
    rng: random.Random,
    protected: frozenset[str] = NEGATIONS,
) -> list[str]:
    new_words = tokens.copy()
    if not new_words:
        return new_words

    random_idx_list = [idx for idx, word in enumerate(tokens) if word not in protected]
    rng.shuffle(random_idx_list)
    num_replaced = 0
    for idx in random_idx_list:
        if num_replaced >= n:  # only replace up to n words
            break
        synonyms = get_synonyms(tokens[idx], lexicon)
        if len(synonyms) >= 1:
            new_words[idx] = rng.choice(synonyms)
            num_replaced += 1

    # this is stupid but we need it, trust me
    sentence = " ".join(new_words)
    new_words = sentence.split(" ")

    return new_words
