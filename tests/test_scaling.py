"""The page about very many submissions agrees with its measurement."""

import json

from scripts import scaling

REPORT = {
    "machine": {"cores": 2, "processor": "a processor", "python": "3.11.7"},
    "rows": [
        {"what": "class of 10, two jobs", "times_faster": 1.5, "seconds": 10.0},
        {"what": "processor time per submission", "value": "0.90 s", "seconds_each": 0.9},
        {"what": "memory of the whole run, jobs: 1", "value": "900 MB", "bytes": 900_000_000},
        {"what": "memory of the whole run, jobs: 2", "value": "1,000 MB", "bytes": 1_000_000_000},
    ],
}


HOSTILE = {
    "machine": REPORT["machine"],
    "rows": [
        {"what": "class of 40 and 2 hostile, 2 jobs: marks of the others that change", "value": "0", "changed": 0},
        {"what": "…: grading of another file, median", "value": "", "each_alone": 1.2, "each": 1.3},
        {"what": "…: last result of the others", "value": "", "last_alone": 24.0, "last": 60.0},
        {"what": "…: end of the run", "value": "", "run_alone": 24.0, "run": 110.0},
        {"what": "…: longest grading of a hostile file", "value": "90 s", "longest": 90.0},
    ],
}


def test_the_arithmetic_is_that_of_the_page():
    text = scaling.page(REPORT, HOSTILE, 4_000, 0.5)
    assert "4,000 × 0.90 s = 1.0 core-hours. At 0.5 for one core and one hour, that is 0.50." in text
    assert "| 2 | 0.50 | 0.67 |" in text and "| 8 | 0.12 | 0.30 |" in text
    assert "| memory of the whole run, jobs: 2 | 1,000 MB |" in text


def test_a_price_is_the_readers():
    text = scaling.page(REPORT, HOSTILE, 4_000)
    assert text.count("Multiply this by the price of one core for one hour, in your currency") == 2
    assert "0.04" not in text and "cost 0" not in text


def test_what_hostile_files_cost_is_told_as_it_was_measured():
    text = scaling.page(REPORT, HOSTILE, 4_000, 0.5)
    assert "class of 40 and 2 hostile, 2 jobs. Marks of the others that differ: 0." in text
    assert "| last result of the others | 24.0 s | 60.0 s |\n| whole run | 24.0 s | 110.0 s |" in text
    assert "| longest grading of a hostile file | | 90.0 s |" in text and "as up to 133 others" in text
    assert "would take at most 200 × 120 s = 7 core-hours. At 0.5 for one core and one hour, that is 3.33." in text


def test_a_busy_machine_is_told():
    busy = {**HOSTILE, "machine": {**HOSTILE["machine"], "load": 7.5}}
    assert "(load average 7.5), so all of these times are longer" in scaling.page(REPORT, busy, 4_000)
    assert "load average" not in scaling.page(REPORT, HOSTILE, 4_000)


def test_memory_that_was_not_measured_has_no_line():
    rows = [row if "bytes" not in row else {**row, "bytes": 0} for row in REPORT["rows"]]
    assert "memory of the whole run" not in scaling.page({**REPORT, "rows": rows}, HOSTILE, 10, 1.0)


def test_the_page_is_what_the_measurements_give():
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in (scaling.MEASURED, scaling.HOSTILE)]
    written = (scaling.ROOT / "docs" / "scaling.md").read_text(encoding="utf-8")
    assert written == scaling.page(*reports, scaling.SUBMISSIONS)
    assert all(len(report["rows"]) >= 5 for report in reports)
