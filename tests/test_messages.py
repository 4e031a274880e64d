"""The judge's sentences: what the code asks for exists, what exists is asked for, and other languages add nothing."""

import re
import string

from course import paths
from grader import messages

ASKED = {
    key
    for path in sorted((paths.ROOT / "grader").glob("*.py"))
    for key in re.findall(r"\bsay\(\s*\"([a-z_.]+)\"", path.read_text(encoding="utf-8"))
}
REFUSED = {"refused.network", "refused.beside", "refused.files", "refused.calls"}
CHOSEN = {"ended.disk", "ended.threads", "file.directory", "file.irregular", *REFUSED}
"""Keys that the code puts together or chooses between."""


def test_every_sentence_is_there_and_is_used():
    english = set(messages.catalogue("en"))
    assert len(ASKED) > 20
    assert ASKED <= english
    assert english - ASKED == CHOSEN - ASKED


def test_other_languages_say_nothing_that_english_does_not():
    english = messages.catalogue("en")
    for key, sentence in messages.catalogue("ja").items():
        gaps = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
        assert gaps <= {name for _, name, _, _ in string.Formatter().parse(english[key]) if name}, key


def test_a_language_without_sentences_speaks_english():
    try:
        messages.use("tlh")
        assert messages.say("ended.exit", code=3) == "exit code 3"
    finally:
        messages.use("en")
