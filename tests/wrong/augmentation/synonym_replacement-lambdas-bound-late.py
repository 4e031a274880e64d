# cause: lambdas are bound late to the loop variable, so every position gets a synonym of the last known word
# function: synonym_replacement
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

NEGATIONS = frozenset({"not", "no", "never"})


@dataclass
class Editor:
    original: list[str]
    rng: random.Random
    words: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.words = list(self.original)

    def __len__(self) -> int:
        return len(self.words)

    def positions(self, count: int) -> list[int]:
        return self.rng.sample(range(len(self)), min(count, len(self)))

    def swap(self, i: int, j: int) -> None:
        self.words[i], self.words[j] = (self.words[j], self.words[i])

    def insert(self, word: str) -> None:
        self.words.insert(self.rng.randint(0, len(self)), word)


@dataclass(frozen=True)
class Thesaurus:
    lexicon: dict[str, list[str]]
    protected: frozenset[str] = NEGATIONS

    def __getitem__(self, word: str) -> list[str]:
        if word in self.protected:
            return []
        return [synonym for synonym in self.lexicon.get(word, ()) if synonym != word]

    def known(self, words: Iterable[str]) -> dict[int, list[str]]:
        return {i: found for i, word in enumerate(words) if (found := self[word])}


def synonym_replacement(
    tokens: list[str], n: int, lexicon: dict[str, list[str]], rng: random.Random, protected: frozenset[str] = NEGATIONS
) -> list[str]:
    editor = Editor(tokens, rng)
    known = Thesaurus(lexicon, protected).known(tokens)
    draw = {i: lambda: rng.choice(synonyms) for i, synonyms in known.items()}
    for i in rng.sample(list(draw), min(n, len(draw))):
        editor.words[i] = draw[i]()
    return editor.words
