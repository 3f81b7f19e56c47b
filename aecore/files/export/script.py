"""An experiment as a runnable PyTorch script."""

import json
import textwrap

from aecore.files.export import program
from aecore.files.export.fragments import loop
from aecore.files.export.program import Section
from aecore.files.export.said import Translate
from aecore.spec.experiment import Experiment
from aecore.spec.view import History

_WIDTH = 84
"""Columns of a comment; a Korean letter takes two."""

_ARGUMENTS = """
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default={epochs})
parser.add_argument("--data", default="data", help={folder})
args = parser.parse_args()
"""

_SAVE = {
    True: 'save_image(pictures, "reconstructions.png", nrow=10)',
    False: 'figure.savefig("reconstructions.png")',
}
"""Whether they are pictures -> what keeps them."""


def to_script(experiment: Experiment, history: History | None = None, _: Translate = str) -> str:
    """A program of its own that does what the experiment says, with the same random numbers.

    It prints the test error at the end. `--epochs` and `--data` change two of its settings.

    Args:
        experiment: what to do.
        history: of a run in the lab; the program then does as many epochs, and says what error
            to expect.
        _: into the learner's language, for comments.
    """
    experiment = program.as_done(experiment, history)
    steps = program.sections(experiment, _)
    steps[0] = _with_arguments(steps[0], experiment, _)
    steps[-1] = _with_picture(steps[-1], experiment, _)
    code = "\n".join(step.code for step in steps)
    head = [f'"""{program.heading(experiment, _)}', ""]
    for paragraph in program.introduction(experiment, history, _):
        head += [*_wrapped(paragraph), ""]
    saving = ["from torchvision.utils import save_image"] if experiment.kind == "picture" else []
    imports = program.imports(code, "import argparse", *saving)
    parts = ["\n".join(head[:-1]) + '\n"""', "\n".join(imports)]
    return "\n\n".join(parts) + "\n\n" + "\n\n\n".join(map(_commented, steps)) + "\n"


def _with_arguments(settings: Section, e: Experiment, _: Translate) -> Section:
    code = settings.code.replace(f"EPOCHS = {e.epochs}\n", "EPOCHS = args.epochs\n", 1)
    code = code.replace('DATA = "data"', "DATA = args.data", 1)
    folder = _literal(_("folder of the data"))
    arguments = _ARGUMENTS.strip().format(epochs=e.epochs, folder=folder)
    return Section(settings.title, settings.about, f"{arguments}\n\n{code}")


def _with_picture(result: Section, e: Experiment, _: Translate) -> Section:
    rows = _("originals, reconstructions")
    if e.corruption != "none":
        rows = _("originals, what the encoder got, reconstructions")
    said = f"print({_literal(f'reconstructions.png: {rows}')})"
    code = f"{result.code}\n\n{loop.drawing(e)}\n{_SAVE[e.kind == 'picture']}\n{said}"
    return Section(result.title, result.about, code)


def _literal(text: str) -> str:
    """A text as a program writes it."""
    return json.dumps(text, ensure_ascii=False)


def _commented(step: Section) -> str:
    said = [line for part in step.about.split("\n") for line in _wrapped(part)]
    comment = "\n".join(f"# {line}" for line in (f"--- {step.title} ---", *said))
    # As `ruff format` has it: two empty lines before a function, one before a statement.
    gap = "\n\n\n" if step.code.startswith(("def ", "class ", "@")) else "\n\n"
    return comment + gap + step.code


def _wrapped(text: str) -> list[str]:
    wide = any(ord(letter) >= 0x1100 for letter in text)
    return textwrap.wrap(text, _WIDTH // 2 if wide else _WIDTH)
