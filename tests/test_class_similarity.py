"""Similar submissions: the parts that a copy keeps, the parts that do not count, and pages that never accuse."""

import csv
import io
import re

import pytest

from course import paths
from course.classroom import similarity
from course.classroom.model import Student
from tests.classes import check, entry, gradebook, result
from tests.test_class_report import EVIL, Look

pytest.importorskip("copydetect")

SLUG = "lora"
SKELETON = paths.skeleton(SLUG).read_text(encoding="utf-8")
SOLUTION = paths.solution(SLUG).read_text(encoding="utf-8")
WHOLE = (paths.variants(SLUG) / "whole_file.py").read_text(encoding="utf-8")


def pairs(*texts, **wishes):
    """Return the pairs of these files, of students called 0, 1, ..."""
    handed = [(Student(str(number)), text.encode()) for number, text in enumerate(texts)]
    return similarity.compare(handed, SLUG, **wishes).pairs


def score(*texts, **wishes):
    """Return the score of two files; 0 if they are not a pair."""
    found = pairs(*texts, threshold=0.001, **wishes)
    return found[0].score if found else 0


def renamed(text):
    """Rename everything that a student names."""
    for word in ("Update", "first", "second", "update", "frozen", "folded", "like", "alpha", "rank", "parent", "child"):
        text = re.sub(rf"\b{word}\b", f"{word}_of_mine", text)
    return text


def blocks(text):
    """Return the definitions at the top level, and the text before them."""
    return re.split(r"\n\n\n(?=def |class |@)", text.rstrip("\n"))


def reordered(text):
    head, *rest = blocks(text)
    return "\n\n\n".join([head, *reversed(rest)]) + "\n"


def commented(text):
    """Change comments and docstrings, and add a comment to each line."""
    text = re.sub(r'""".*?"""', '"""Mine."""', text, flags=re.DOTALL)
    return re.sub(r"(?m)^(    +(?:return|self)\b.*)$", r"\1  # my own idea", text)


@pytest.mark.parametrize("change", [renamed, reordered, commented], ids=lambda change: change.__name__)
def test_a_copy_stays_a_copy(change):
    copy = change(WHOLE)
    assert copy != WHOLE
    assert score(WHOLE, copy) > 0.85


def test_all_changes_at_once():
    assert score(WHOLE, commented(reordered(renamed(WHOLE)))) > 0.85


def test_a_copy_in_a_file_with_more_in_it_is_found():
    """The score is relative to the smaller file."""
    more = (paths.variants(SLUG) / "linear_own_gradients.py").read_text(encoding="utf-8")
    assert score(WHOLE, WHOLE + "\n\n" + more) > 0.95


def test_the_skeleton_alone_is_nothing():
    assert score(SKELETON, SKELETON) == 0
    assert score(SKELETON, SKELETON, natural=False) == 0
    assert score(SKELETON, WHOLE) == 0


def test_the_reference_is_no_evidence():
    """A natural solution is not evidence of copying; two identical files are shown all the same."""
    assert score(SOLUTION, commented(SOLUTION)) == 0
    assert score(SOLUTION, commented(SOLUTION), natural=False) > 0.9
    (pair,) = pairs(SOLUTION, SOLUTION)
    assert pair.identical


@pytest.mark.parametrize("slug", ["lora", "heads"])
def test_independent_solutions_stay_below(slug):
    """The reference, and variants of it with other approaches; even the reference counts here."""
    files = [paths.solution(slug), *sorted(paths.variants(slug).glob("*.py"))[::2]]
    handed = [(Student(path.stem), path.read_bytes()) for path in files]
    found = similarity.compare(handed, slug, natural=False)
    assert found.compared > 12 and not found.left_out
    assert found.pairs == ()


def near(text, **wishes):
    """Return the pair of this file and the reference, if the file is near it."""
    return similarity.compare([(Student("0"), text.encode())], SLUG, **wishes).near_reference


def test_what_is_near_the_reference_is_shown_on_its_own():
    for text in (SOLUTION, commented(reordered(renamed(SOLUTION)))):
        (pair,) = near(text)
        assert pair.score > 0.85 and pair.second.student.id == similarity.REFERENCE
        assert pair.identical == (text == SOLUTION)
    half = "\n\n\n".join(blocks(SOLUTION)[: len(blocks(SOLUTION)) // 2])
    assert near(half)[0].score > 0.95  # relative to the smaller file
    assert near(SKELETON) == near(WHOLE) == ()
    assert pairs(SOLUTION, commented(SOLUTION)) == ()  # for two files near it, it is still no evidence


@pytest.mark.parametrize("slug", ["lora", "heads"])
def test_no_independent_solution_is_near_the_reference(slug):
    handed = [(Student(path.stem), path.read_bytes()) for path in sorted(paths.variants(slug).glob("*.py"))]
    assert similarity.compare(handed, slug).near_reference == ()


def test_one_short_function_alone_is_never_a_pair():
    short = (
        "def lora_report(shapes, r):\n    answer = sum(r * d + r * k for d, k in shapes)\n    return {'n': answer}\n"
    )
    assert score(SKELETON + short, SKELETON + "x = 1\n" + short) == 0


def test_what_many_share_is_common():
    """Twelve of twelve suggest that it was taught in class. Three of twelve are worth a look."""
    own = [
        f"def own_{number}(x):\n    return [x, {', '.join(map(str, range(number, 90 + number)))}]\n"
        for number in range(12)
    ]
    taught = "\n\n\n".join(blocks(WHOLE)[1:4]) + "\n\n\n"
    assert pairs(*(taught + text for text in own)) == ()
    few = pairs(*(taught + text for text in own[:3]), *own[3:])
    assert {(pair.first.student.id, pair.second.student.id) for pair in few} == {("0", "1"), ("0", "2"), ("1", "2")}


def test_clusters_are_connected():
    first, second = (
        WHOLE,
        "\n\n\n".join(f"def f_{n}(x):\n    return x ** {n} - {n} * x + f_{n}(x - {n})" for n in range(60)),
    )
    handed = [
        ("a", first),
        ("b", second),
        ("c", renamed(first)),
        ("d", second + "\n"),
        ("e", first + "\n"),
        ("f", SKELETON),
    ]
    found = similarity.compare([(Student(name), text.encode()) for name, text in handed], SLUG)
    assert [[one.id for one in cluster] for cluster in found.clusters] == [["a", "c", "e"], ["b", "d"]]


def test_scores_are_the_same_in_every_run():
    first = score(WHOLE, reordered(renamed(WHOLE))[: len(WHOLE) // 2])
    assert 0 < first <= 1
    assert first == score(WHOLE, reordered(renamed(WHOLE))[: len(WHOLE) // 2])


@pytest.mark.parametrize("content", [b"def (:\n  '''", b"\xff\xfe\x00", b"x" * 2**20])
def test_what_is_no_python_is_left_out_and_said(content):
    found = similarity.compare([(Student("odd"), content), (Student("fine"), WHOLE.encode())], SLUG)
    assert [one.id for one in found.left_out] == ["odd"] and found.compared == 1


def test_the_marked_lines_are_the_shared_ones():
    shared = blocks(WHOLE)[1]
    other = "import os\n\n\nclass Other:\n    def g(self, a, b):\n        return os.path.join(a, 'x', b or 'y')\n\n\n"
    (pair,) = pairs(WHOLE, other + shared + "\n", threshold=0.3)
    left = similarity.lines(pair.first, pair.second)
    right = similarity.lines(pair.second, pair.first)
    assert [line.text for line in left] == WHOLE.splitlines()
    inside = set(shared.splitlines())
    marked = {line.text for line in right if line.alike}
    assert {line for line in inside if line.strip()} - marked <= set(shared.splitlines()[:1])  # almost all of it
    assert not any("os.path" in line or "class Other" in line for line in marked)
    stray = [line.text for line in left if line.alike and line.text not in inside]
    assert all(re.match(r" *(class|def) ", line) for line in stray), stray  # heads without names are much alike


def written(tmp_path, texts, students=None):
    """Write the pages of a class; return the findings."""
    students = students or [Student(f"s{number}", f"Student {number}") for number in range(len(texts))]
    made = result([check("lora_report.x")])
    book = gradebook(*(entry(one, made) for one in students), title="Autumn")
    files = dict(zip([one.id for one in students], texts, strict=True))
    found = similarity.search(book, lambda one: files[one.student.id])
    similarity.write(book, found, tmp_path)
    return found


def test_pages_and_table(tmp_path):
    written(tmp_path, [WHOLE.encode(), renamed(WHOLE).encode(), SOLUTION.encode(), b"'''", None])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "index.html",
        "pair-001.html",
        "pair-002.html",
        "pairs.csv",
    ]
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert {"pair-001.html", "pair-002.html"} <= set(Look(index).links)
    assert index.index("Near the reference solution") < index.index("Clusters") and "Student 2<br>reference" in index
    assert "worth a look" in index and "Not compared" in index and "Student 3" in index
    for word in ("plagiari", "cheat", "guilty", "copied", "suspect"):
        assert word not in index.lower()
    rows = list(csv.reader(io.StringIO((tmp_path / "pairs.csv").read_text(encoding="utf-8"))))
    assert rows[0] == ["exercise", "first", "second", "score", "shared_fingerprints", "identical"]
    assert rows[1][:4] == ["lora", "s2", "(reference solution)", "1.000"]
    assert rows[2][:4] == ["lora", "s0", "s1", "1.000"] and len(rows) == 3
    page = (tmp_path / "pair-001.html").read_text(encoding="utf-8")
    assert "the score proves nothing by itself" in page and page.count('class="alike"') > 100
    page = (tmp_path / "pair-002.html").read_text(encoding="utf-8")
    assert "worth a look, but it proves nothing by itself" in page and page.count('class="alike"') > 100


def test_one_of_several_identical_files_stands_for_all(tmp_path):
    copy = renamed(WHOLE)
    texts = [WHOLE, copy, WHOLE, SOLUTION, copy, copy]
    (found,) = written(tmp_path, [text.encode() for text in texts])
    assert [[one.id for one in group] for group in found.identical] == [["s1", "s4", "s5"], ["s0", "s2"]]
    assert [(pair.first.student.id, pair.second.student.id) for pair in found.differing] == [("s0", "s1")]
    assert len(list(tmp_path.glob("pair-*.html"))) == 2  # and one for the reference
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<li>Student 1; Student 4; Student 5</li><li>Student 0; Student 2</li>" in index
    assert index.count('<th scope="row">') == 2
    rows = list(csv.reader(io.StringIO((tmp_path / "pairs.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 2 + 10  # the table has all pairs
    rows = [row for row in rows if row[2] != similarity.REFERENCE]
    assert all((row[4] == "") == (row[5] == "yes") for row in rows[1:]) and {row[5] for row in rows[1:]} == {
        "yes",
        "no",
    }


def test_identical_files_alone_need_no_page(tmp_path):
    (found,) = written(tmp_path, [WHOLE.encode()] * 3)
    assert len(found.pairs) == 3 and found.differing == [] and not list(tmp_path.glob("pair-*.html"))
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "Identical files" in index and "<table>" not in index and "No pair of students reaches" not in index


def test_the_pages_escape_everything(tmp_path):
    text = WHOLE + '\nx = "</code><script>alert(1)</script>"  # \x1b\u202e\n'
    students = [Student(EVIL, EVIL), Student("=1+1", "<b>B</b>")]
    written(tmp_path, [text.encode(), f"{text}\n".encode()], students)
    for name in ("index.html", "pair-001.html"):
        page = (tmp_path / name).read_text(encoding="utf-8")
        look = Look(page)
        assert not {"script", "b", "img", "link"} & set(look.tags)
        assert "&lt;script&gt;" in page and not set(page) & set("\x1b\u202e")
    assert "=1+1" not in (tmp_path / "pairs.csv").read_text(encoding="utf-8").replace("'=1+1", "")


def test_a_missing_library_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "copydetect", None)
    with pytest.raises(similarity.NotInstalled, match=r"transformers-course\[class\]"):
        pairs(WHOLE, WHOLE)
