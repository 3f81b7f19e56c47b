"""Documents that say what to do, read so that it can be done: files to write, lines to put in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

PLACES = {
    "new": r"`(?P<path>[^`]+)`, a new file:",
    "above": r"[Ii]n `(?P<path>[^`]+)`, above `(?P<where>[^`]+)`:",
    "instead": r"[Ii]n `(?P<path>[^`]+)`, in place of `(?P<where>[^`]+)`:",
    "end": r"At the end of `(?P<path>[^`]+)`:",
}
"""How a sentence in front of a block of code says where the code goes."""

_BLOCK = re.compile(
    r"(?P<said>[^\n]*)\n\n```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Change:
    """A block of code and where it goes.

    Attributes:
        how: one of `PLACES`.
        path: the file, from the project's folder.
        where: the words in the file that it goes above, or takes the place of.
        text: the block.
    """

    how: str
    path: str
    where: str
    text: str

    def follow(self, root: Path) -> None:
        """Does it in a copy of the project.

        Raises:
            AssertionError: the file, or the place in it, is not as the document says.
        """
        path = root / self.path
        assert path.exists() != (self.how == "new"), self.path
        before = path.read_text("utf-8") if path.exists() else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._put_into(before), "utf-8")

    def _put_into(self, before: str) -> str:
        if self.how in ("new", "end"):
            return f"{before}\n{self.text}" if before else self.text
        assert self.where in before, f"{self.path} does not have {self.where!r}"
        new = self.text.strip() if self.how == "instead" else self.text + self.where
        return before.replace(self.where, new, 1)


@dataclass(frozen=True)
class Recipe:
    """A section of a document.

    Attributes:
        title: its heading.
        changes: what is written, in its order.
        commands: what is run then.
    """

    title: str
    changes: tuple[Change, ...]
    commands: tuple[str, ...]


def recipes(document: str, is_one: Callable[[str], bool] = lambda title: True) -> list[Recipe]:
    """The sections of a document whose title says that they are recipes.

    Raises:
        ValueError: a block of code of which nobody knows where it goes.
    """
    text = (ROOT / document).read_text("utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    sections = zip(parts[::2], parts[1::2], strict=True)
    return [_recipe(title, body) for title, body in sections if is_one(title)]


def _recipe(title: str, body: str) -> Recipe:
    changes: list[Change] = []
    commands: list[str] = []
    for block in _BLOCK.finditer(body):
        if block["kind"] == "sh":
            commands += block["text"].splitlines()
        else:
            changes.append(_change(block["said"], block["text"]))
    return Recipe(title, tuple(changes), tuple(commands))


def _change(said: str, text: str) -> Change:
    for how, pattern in PLACES.items():
        if (found := re.search(pattern + "$", said)) is not None:
            where = found.groupdict().get("where") or ""
            return Change(how, found["path"], where, text)
    raise ValueError(f"where does a block go that follows {said!r}?")
