"""The words of both languages: one term for one thing, in the usage of their own textbooks."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ui.kit.glossary import FILE
from ui.kit.language import LOCALE

LESSONS = Path(__file__).parents[2] / "assets" / "lessons"

KOREAN = {
    "requests end in ~세요": r"십시오",
    "threshold is 임곗값": r"(?<!임곗값\()문턱값|임계값",
    "overcomplete is 과대완전": r"과완전|과완비",
    "dense layer is 완전 연결층": r"밀집",
    "percentage points are %포인트": r"퍼센트\s?포인트|%p\b",
    "정규 분포 and 평균 제곱 오차 in words apart": r"(?<!표준)정규분포|표준정규분포|평균제곱오차",
    "network is 신경망": r"네트워크(?! 주소)",
    "update is 갱신": r"업데이트",
    "an answer that is wrong begins with 아닙니다": r"^아니요\.",
    "부분 공간 apart, 표준편차 in one word": r"부분공간|표준 편차",
    "pattern is 패턴": r"(?<!체스판 )무늬",
    "brightness is 밝기값": r"회색값|밝기 값",
    "group is 그룹": r"군집",
    "the lab is 실험실": r"(?<![가-힣])앱(?![가-힣]*비)",
    "button is 버튼": r"단추|방향키",
    "pretrained is 사전 학습": r"미리 학습",
    "plain is 기본": r"보통 오토인코더|보통 코드",
    "run is 학습 기록": r"내 실행|실행 기록|(?:이|그|저장한) 실행(?:을|은|이|에|의| )",
    "label is 레이블, 정답 beside it once": r"(?<!레이블\()정답",
    "latent_dim is 잠재 차원": r"코드 크기(?!\))|코드 차원",
    "lesson is 강의": r"^수업 ·",
    "N times less is N분의 1": r"배쯤? (?:작습니다|작은|적습니다)",
    "silent is 꺼진": r"침묵|조용한",
    "guess is 추측": r"찍으면|찍는|(?<!사진 )찍기",
    "comes back as is (으)로 재구성됩니다": r"되어 돌아옵니다|으로 돌아옵니다",
    "a digit is 숫자, a number 수 or 값": r"(?:코드|벡터)의 숫자|숫자는 (?:PSNR|점수|픽셀)|이 숫자들을 디코딩",
    "a unit that is a Korean word is joined to its number": r"[\d}] (?:픽셀|유닛|비트|바이트|에포크|차원)",
    "MB, kB, GB, dB stand apart from their number": r"[\d}](?:MB|kB|GB|dB)\b",
    "no space before a bracket that belongs to a Korean word": r"[가-힣](?<! 외) \((?![{x*n])",
    "a sentence ends in 다, 요 or a count": r"[가-힣](?<![다요개장])(?<!픽셀)(?<!포인트)(?<!변분)\.(?:\s|$)",
    "no two spaces": r"[가-힣.]  +[가-힣]",
}

NOUNS = [
    "신경망",
    "레이블",
    "벡터",
    "차원",
    "임곗값",
    "기록",
    "학습률",
    "인코더",
    "디코더",
    "오토인코더",
    "모델",
    "이미지",
    "숫자",
    "유닛",
    "가중치",
    "손실",
    "오차",
    "픽셀",
    "데이터셋",
    "잡음",
    "배치",
    "에포크",
    "시드",
    "기울기",
    "분포",
    "코드북",
    "클래스",
    "페널티",
    "희소성",
    "패턴",
    "그룹",
    "코드",
    "밝기값",
    "실험실",
    "그래프",
    "점수",
]

ENGLISH = {
    "has an error, not errs": r"\berr(?:s|ed|ing)?\b",
    "again or new, not anew": r"\banew\b",
    "continues or keeps, not goes on": r"\bgo(?:es)? on(?: [a-z]+ing|,|\.| in| with)|\bgoes on\b",
    "used, not in use": r"\bin use\b",
    "shown, not on show": r"\bon show\b",
    "not a digit, not no digit": r"\b(?:is|are|be|that are|were) no (?:digits?|pictures?|numbers?)\b",
    "carries information, not says": r"\bsays? (?:more|less|nothing(?! about)|little|the same)\b",
    "is active or off": r"\b(?:speaks?|silent|silenced)\b",
    "given, not told": r"\b(?:is|are|was|were|never|been) told\b|\btold nothing\b",
    "shown or is, not stands": r"\bstands? (?:at|still|in|among|beside)\b",
    "the person is named": r"\b[Ww]ho(?:ever)? (?:is closer|wants|unpacks)\b",
    "memorises, not learns by heart": r"\bby heart\b",
}


def catalogue() -> Iterator[tuple[str, str]]:
    with (LOCALE / "ko" / "LC_MESSAGES" / "lab.po").open("rb") as file:
        for message in read_po(file, locale="ko"):
            if message.id:
                yield str(message.id), str(message.string)


def glossary(spoken: str) -> Iterator[str]:
    for entry in tomllib.loads(FILE.read_text(encoding="utf-8")).values():
        yield from (entry[spoken], entry["meaning"][spoken])


def lessons(spoken: str) -> Iterator[str]:
    for path in sorted((LESSONS / spoken).glob("*.md")):
        yield from path.read_text(encoding="utf-8").split("\n")


KOREAN_TEXTS = [*(said for _, said in catalogue()), *glossary("ko"), *lessons("ko")]

ENGLISH_TEXTS = [*(asked for asked, _ in catalogue()), *glossary("en"), *lessons("en")]


@pytest.mark.parametrize("rule", KOREAN)
def test_korean_keeps_the_rule(rule):
    assert [text for text in KOREAN_TEXTS if re.search(KOREAN[rule], text, re.MULTILINE)] == []


@pytest.mark.parametrize("rule", ENGLISH)
def test_english_keeps_the_rule(rule):
    assert [text for text in ENGLISH_TEXTS if re.search(ENGLISH[rule], text)] == []


def test_gradient_alone_is_called_by_its_korean_word():
    """The slant of handwriting is 기운 각도, the derivative of a function 미분값."""
    wrong = [
        said
        for asked, said in catalogue()
        if re.search(r"기울기(?!만|도 하)", said)
        and not re.search(r"radient|the way back|and back", asked)
    ]
    assert wrong == []


def test_code_is_the_text_of_a_program_a_codebook_or_one_kind_of_code():
    """z is 잠재 벡터; 코드 alone is left to compounds such as 희소 코드 and to codes from a codebook."""
    alone = re.compile(
        r"(?<!QR )(?<!프로그램 )(?<!희소 )(?<!희소한 )(?<!선형 )(?<!완전 )(?<!KL )(?<!변분 )"
        r"(?<!양자화 )(?<!가우시안 )(?<!deterministic )(?<!deterministic\) )(?<!\} )(?<!-)"
        r"코드(?!북|라고도)"
    )
    whole = re.compile(r"codebook|vector|whole numbers|QR code|program", re.IGNORECASE)
    wrong = [
        said
        for asked, said in catalogue()
        if alone.search(said.replace("(코드)", "")) and not whole.search(asked)
    ]
    assert wrong == []


def wrong_particles() -> Iterator[str]:
    for noun in NOUNS:
        final = (ord(noun[-1]) - ord("가")) % 28
        vowel = ("은", "이", "을", "과", "으로")
        if final:
            towards = "으로" if final == 8 else "로"
            wrong = ("는", "가", "를", "와", towards)
        else:
            wrong = vowel
        for particle in wrong:
            yield rf"{noun}{particle}(?=[\s.,)]|$)"


@pytest.mark.parametrize("text", ["신경망는 배웁니다", "레이블으로 배웁니다", "패턴를"])
def test_wrong_particles_are_seen(text):
    assert any(re.search(pattern, text) for pattern in wrong_particles())


def test_particles_fit_their_nouns():
    patterns = list(wrong_particles())
    wrong = [
        found.group()
        for text in KOREAN_TEXTS
        for pattern in patterns
        if (found := re.search(pattern, text))
    ]
    assert wrong == []
