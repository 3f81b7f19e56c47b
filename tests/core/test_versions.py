"""The comparison of the lowest and the newest versions: what is read, and what is said of it."""

import subprocess
import sys

import pytest
from packaging.version import Version

from tests import versions
from tests.versions import EDITIONS, QUICK, ROOT, Outcome

REPORT = """<testsuites><testsuite>
<testcase classname="tests.core.test_a" name="test_one" time="0.1" />
<testcase classname="tests.core.test_a" name="test_two"><failure message="no">why</failure></testcase>
<testcase classname="tests.core.test_a" name="test_three"><skipped message="none here" /></testcase>
<testcase classname="tests.app.test_b" name="test_one[x]"><error>before it began</error></testcase>
</testsuite></testsuites>"""


def test_floor_of_each_package_is_read():
    text = "# a comment\nscikit_image>=0.25.2,<1\n\nplotly>=6.3.1,<8  # why\n"
    assert versions.floors(text) == {
        "scikit-image": Version("0.25.2"),
        "plotly": Version("6.3.1"),
    }


def test_every_requirement_of_the_lab_has_a_floor():
    text = (ROOT / "requirements.txt").read_text()
    names = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(versions.floors(text)) == len(names) > 10


def test_floor_that_others_lift_is_named_with_what_is_there():
    lowest = {"numpy": Version("2.3"), "torch": Version("2.14")}
    (line,) = versions.unreached(lowest, {"numpy": "2.4.1", "torch": "2.14.0"})
    assert line == "numpy>=2.3 cannot be reached: the others want 2.4.1"


def test_outcome_of_each_test_is_read():
    assert versions.outcomes(REPORT) == {
        "tests.core.test_a::test_one": "passed",
        "tests.core.test_a::test_two": "failed",
        "tests.core.test_a::test_three": "skipped",
        "tests.app.test_b::test_one[x]": "error",
    }


@pytest.mark.parametrize(
    ("tests", "complaints", "is_good"),
    [
        ({"a": "passed", "b": "skipped"}, (), True),
        ({"a": "passed", "b": "failed"}, (), False),
        ({"a": "passed", "b": "error"}, (), False),
        ({"a": "skipped"}, (), False),
        ({}, (), False),
        ({"a": "passed"}, ("a floor",), False),
    ],
)
def test_edition_is_good_where_tests_ran_and_none_failed(tests, complaints, is_good):
    assert Outcome({}, tests, complaints).is_good == is_good


def test_what_differs_is_said_and_what_does_not_is_not():
    lowest = Outcome({"torch": "2.14.0", "tqdm": "4.66"}, {"a": "passed", "b": "passed"})
    newest = Outcome(
        {"torch": "2.15.0", "tqdm": "4.66", "new": "1"}, {"a": "passed", "b": "failed"}
    )
    said = versions.said({"lowest": lowest, "newest": newest})
    assert said[:2] == ["lowest: 2 passed", "newest: 1 failed, 1 passed"]
    assert {"  torch  2.14.0 | 2.15.0", "  new  - | 1", "  b  passed | failed"} <= set(said)
    assert not any("tqdm" in line or "  a  " in line for line in said)
    assert said[-2:] == ["failed on the newest versions:", "b"]


def test_one_edition_alone_is_compared_with_none():
    assert versions.said({"newest": Outcome({}, complaints=("it is so",))}) == [
        "newest: no test ran",
        "  it is so",
    ]


@pytest.mark.parametrize(
    ("words", "ours", "theirs"),
    [
        ([], [], []),
        (["newest"], ["newest"], []),
        (["newest", "--", "-k", "x"], ["newest"], ["-k", "x"]),
        (["--", "tests/a.py"], [], ["tests/a.py"]),
    ],
)
def test_words_after_two_dashes_are_for_pytest(words, ours, theirs):
    assert versions._parted(words) == (ours, theirs)


def test_quick_tests_are_there():
    assert [name for name in QUICK if not (ROOT / "tests" / name).is_file()] == []


def test_edition_that_is_none_is_refused():
    command = [sys.executable, "-m", "tests.versions", "oldest"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "oldest" in done.stderr
    assert all(edition in ("lowest", "newest") for edition in EDITIONS)
