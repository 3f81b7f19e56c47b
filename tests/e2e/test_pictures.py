"""The pictures of README.md: there, small, and such as `python -m docs.pictures` takes them."""

import io
import re

import pytest
from PIL import Image

from docs import pictures
from tests.readme import README

SHOWN = set(re.findall(r"docs/pictures/(\w+)\.webp", README.read_text("utf-8")))


def test_readme_shows_the_pictures_that_are_taken():
    assert set(pictures.PICTURES) == SHOWN
    assert {path.stem for path in pictures.FOLDER.iterdir()} == SHOWN


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_picture_is_small_and_of_its_window(name):
    path, (width, height) = pictures.FOLDER / f"{name}.webp", pictures.PICTURES[name].size
    assert path.stat().st_size < pictures.MOST_BYTES
    found = Image.open(path)
    assert found.width / found.height == pytest.approx(width / height, abs=0.01)


def test_picture_is_taken_from_the_running_lab(browser, server):
    content = pictures.take(pictures.PICTURES["one_step_phone"], browser, server)
    taken = Image.open(io.BytesIO(content))
    assert taken.size == (2 * pictures.PHONE[0], 2 * pictures.PHONE[1])
    darkest, lightest = taken.convert("L").getextrema()
    assert darkest < 60  # letters and digits, so not a page that is still empty
    assert lightest > 200


def test_an_unknown_picture_is_named(capsys):
    assert pictures.main(["nothing"]) == 2
    assert "nothing" in capsys.readouterr().out
