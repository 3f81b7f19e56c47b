"""The commands of README.md and of the documents that it leads to, as a reader would type them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = (README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


@dataclass(frozen=True)
class Command:
    """One command.

    Attributes:
        environ: what is set for it alone, as in `AECORE_WORKERS=2 streamlit run app.py`.
        words: the program and its arguments.
    """

    environ: dict[str, str]
    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([*(f"{name}={value}" for name, value in self.environ.items()), *self.words])


def commands() -> list[Command]:
    """Those in indented blocks, in their order; a line with && has several."""
    text = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return read(re.findall(r"^ {4}(.+)$", prose, flags=re.MULTILINE))


def read(lines: list[str]) -> list[Command]:
    """The commands of some lines of a shell."""
    return [_command(part) for line in lines for part in line.split("&&")]


def programs() -> list[str]:
    """The blocks of Python in README.md."""
    text = README.read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def _command(text: str) -> Command:
    words = shlex.split(text, comments=True)
    first = next(i for i, word in enumerate(words) if not re.fullmatch(r"[A-Z_]+=.*", word))
    return Command(dict(word.split("=", 1) for word in words[:first]), tuple(words[first:]))
