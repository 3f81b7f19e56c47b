"""Lessons claim no number that is not measured again, and say what the table of claims says."""

import re
from pathlib import Path

import pytest

from benchmarks import lesson_numbers
from benchmarks.lesson_claims import CLAIMS
from benchmarks.lesson_claims.claim import Bench, Claim, drawn

LESSONS = Path(__file__).parents[2] / "assets" / "lessons"
LANGUAGES = ("en", "ko")
NAMES = sorted(path.stem for path in (LESSONS / "en").glob("*.md"))

NUMBER = re.compile(
    r"\d[\d,]*(?:\.\d+)?(?:–\d+)?\s?"
    r"(?:%|dB|kB|nats|times|units?\b|components|bytes?\b|bits?\b|percentage|바이트|비트|배|분의)"
    r"|\d+\.\d+|\b1/\d+"
)
"""A number with a unit, or with a decimal point: what may be a claim."""

MEANT: dict[str, tuple[str, ...]] = {
    # What is so by definition, or a setting that the learner is to choose.
    "anomaly": ("0.03", "0.008", "180°"),
    "compression": (
        "4 bits",
        "16 bytes",
        "4비트",
        "784바이트",
        "16바이트",
        "32 × 4",
    ),
    "denoising": ("0.4", "0.80"),
    "one_step": ("0.01", "0.1"),
    "pretraining": ("4분의 1",),
    "reconstructions": ("0.01", "0.1"),
    "sparsity": ("1,024 units", "784 units"),
}


def text_of(language: str, lesson: str) -> str:
    return (LESSONS / language / f"{lesson}.md").read_text(encoding="utf-8")


def claims_of(lesson: str, language: str) -> list[str]:
    return [getattr(claim, language) for claim in CLAIMS if claim.lesson == lesson]


def unmeasured(text: str, quotes: list[str], meant: tuple[str, ...]) -> list[str]:
    """Numbers of a lesson that are in no quote and are not meant as they stand."""
    body = re.split(r"^## (?:Papers|논문)", text, flags=re.MULTILINE)[0]
    for quote in quotes:
        body = body.replace(quote, " ")
    body = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|!\[.*?\]\(.*?\)|\]\([^)]*\)", " ", body, flags=re.DOTALL)
    body = re.sub(r"\*\*[^*]*\*\*", " ", body)  # names of controls and models
    found = [match.group() + body[match.end() : match.end() + 2] for match in NUMBER.finditer(body)]
    return [number for number in found if not number.startswith(meant)]


@pytest.mark.parametrize("lesson", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_lesson_is_measured_or_meant(language, lesson):
    quotes = claims_of(lesson, language)
    assert unmeasured(text_of(language, lesson), quotes, MEANT.get(lesson, ())) == []


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_a_claim_stands_in_the_lesson_in_both_languages(claim):
    for language in LANGUAGES:
        assert getattr(claim, language) in text_of(language, claim.lesson)
    assert claim.low <= claim.high
    assert claim.what.endswith(".")


def test_a_new_claim_cannot_slip_in():
    assert unmeasured("It gets 76.8% right.", [], ()) == ["76.8% r"]
    assert unmeasured("18.4 dB를 얻습니다. 오차가 54% 작습니다.", [], ()) == [
        "18.4 dB를 ",
        "54% 작",
    ]
    assert unmeasured("The error is 0.0079.", [], ()) == ["0.0079."]
    assert unmeasured("It gets 76.8% right.", ["gets 76.8% right"], ()) == []
    assert unmeasured("Set **Noise** to 0.4: it has 784 pixels.", [], ("0.4",)) == []


def claim_of(measure, low: float, high: float) -> Claim:
    return Claim("train", "about 1", "1쯤", measure, low, high, "Nothing.")


def test_a_claim_holds_if_its_mean_and_nearly_all_seeds_do(capsys):
    claim = claim_of(lambda bench, seed: float(seed), 1, 4)  # 0 to 4: one of five is outside
    (found,) = lesson_numbers.measure([claim], 5, Bench())
    assert (found.values, found.mean, found.holds) == ((0, 1, 2, 3, 4), 2, True)
    (found,) = lesson_numbers.measure([claim_of(claim.measure, 2, 4)], 5, Bench())
    assert not found.holds  # two of five are outside
    (found,) = lesson_numbers.measure([claim_of(claim.measure, 2.5, 9)], 5, Bench())
    assert "FAIL" in found.line()
    assert "FAIL" in capsys.readouterr().err


def test_the_script_measures_a_lesson_and_counts_what_fails(capsys, monkeypatch):
    monkeypatch.setattr(
        lesson_numbers,
        "CLAIMS",
        (claim_of(lambda bench, seed: 1.0, 1, 1), claim_of(lambda bench, seed: 2.0, 1, 1)),
    )
    assert lesson_numbers.main(["--only", "train", "--seeds", "2", "--failing"]) == 1
    out = capsys.readouterr().out
    assert out.count("FAIL") == 1
    assert "1 of 2 claims" in out


@pytest.mark.parametrize("lesson", ["reconstructions", "train"])
def test_quick_measures_with_models_and_with_trainings(lesson, capsys):
    assert lesson_numbers.main(["--only", lesson, "--seeds", "1", "--quick"]) == 0
    assert "claims lie outside" in capsys.readouterr().out


def test_seeds_draw_other_digits_and_seed_0_those_of_the_pages(digits):
    assert drawn(0) is digits or (drawn(0).x_test == digits.x_test).all()
    assert not (drawn(1).x_test[:500] == drawn(2).x_test[:500]).all()
    assert (drawn(1).x_train == digits.x_train).all()
