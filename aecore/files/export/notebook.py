"""An experiment as a Jupyter notebook."""

from aecore.files.export import program
from aecore.files.export.fragments import loop
from aecore.files.export.said import Translate
from aecore.spec.experiment import Experiment
from aecore.spec.view import History

_SHOW = "to_pil_image(make_grid(pictures, nrow=10).cpu())"


def to_notebook(experiment: Experiment, history: History | None = None, _: Translate = str) -> str:
    """The program of `to_script` in cells, each with what it does, as the text of an .ipynb file.

    Args:
        experiment: what to do.
        history: of a run in the lab; the program then does as many epochs, and says what error
            to expect.
        _: into the learner's language.
    """
    import nbformat
    from nbformat import v4

    experiment = program.as_done(experiment, history)
    steps = program.sections(experiment, _)
    picture = loop.drawing(experiment)
    code, shown = "\n".join([*(step.code for step in steps), picture]), []
    if experiment.kind == "picture":
        picture += f"\n{_SHOW}"
        shown.append("from torchvision.transforms.functional import to_pil_image")
        shown.append("from torchvision.utils import make_grid")
    imports = program.imports(code, *shown)
    said = "\n\n".join(program.introduction(experiment, history, _))
    cells = [
        v4.new_markdown_cell(f"# {program.heading(experiment, _)}\n\n{said}"),
        v4.new_code_cell("\n".join(imports)),
    ]
    for step in steps:
        about = "\n".join(f"- {line}" for line in step.about.split("\n") if line)
        text = about if step.about.count("\n") else step.about
        cells.append(v4.new_markdown_cell(f"## {step.title}\n\n{text}".strip()))
        cells.append(v4.new_code_cell(step.code))
    rows = _("In this order: the originals, and their reconstructions.")
    if experiment.corruption != "none":
        rows = _("In this order: the originals, what the encoder got, and the reconstructions.")
    cells += [v4.new_markdown_cell(rows), v4.new_code_cell(picture)]
    for number, cell in enumerate(cells):  # the same experiment gives the same file
        cell["id"] = f"cell-{number}"
    notebook = v4.new_notebook(cells=cells, metadata=_METADATA)
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook))


_METADATA = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}
