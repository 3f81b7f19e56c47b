"""export: an experiment as a program, or a trained run as a file for elsewhere."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aecore.commands import _destinations, _runs, _shared
from aecore.errors import N_, ExperimentError, StoreError
from aecore.files import pretrained
from aecore.files.export.notebook import to_notebook
from aecore.files.export.script import to_script
from aecore.files.export.table import to_csv
from aecore.spec import variants
from aecore.spec.experiment import Experiment

if TYPE_CHECKING:
    from aecore.commands._shared import Commands
    from aecore.files.store import Saved

ORDER = 4

FORMATS = ("script", "notebook", "onnx", "safetensors", "csv")
_PROGRAMS = {"script": to_script, "notebook": to_notebook}


def add(commands: "Commands") -> None:
    """Declares the command."""
    export = commands.add_parser(
        "export",
        help="write an experiment as a script or notebook, or a trained run as ONNX, safetensors or CSV",
    )
    export.add_argument(
        "saved_run",
        metavar="RUN",
        nargs="?",
        help="a folder written by train --out, a file saved by the lab, or a pretrained model: "
        + ", ".join(pretrained.available())
        + "; without one, the experiment that the flags describe",
    )
    _shared.add_experiment(export)
    export.add_argument("--to", required=True, choices=FORMATS, help="what to write")
    _destinations.add_out(export, metavar="FILE", help="write it there", required=True)
    export.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    experiment = _shared.experiment(arguments)
    out = _destinations.file(arguments)
    assert out is not None  # the flag is required
    if arguments.saved_run is None:
        content = _program(arguments.to, experiment)
    else:
        _check_no_flags(arguments)
        content = _of_run(arguments.to, _saved(arguments.saved_run))
    _destinations.write(out, content)
    return {"file": str(out), "format": arguments.to, "bytes": len(content)}


def _program(kind: str, experiment: Experiment) -> bytes:
    if kind not in _PROGRAMS:
        raise ExperimentError(
            N_("--to {format} needs a trained model: give a RUN, as `train --out` writes it."),
            format=kind,
        )
    return _PROGRAMS[kind](experiment).encode()


def _of_run(kind: str, saved: "Saved") -> bytes:
    from aecore.files import store
    from aecore.files.export.onnx import to_onnx

    if kind in _PROGRAMS:
        return _PROGRAMS[kind](saved.experiment, saved.history).encode()
    if kind == "onnx":
        return to_onnx(saved.model)
    if kind == "safetensors":
        return store.to_bytes(saved.model, saved.experiment, saved.history, dict(saved.result))
    if not saved.history.epochs:
        raise StoreError(N_("This run has no curves: only its weights were saved."))
    return to_csv(saved.history).encode()


def _saved(run: str) -> "Saved":
    from aecore.files import store
    from aecore.spec.view import History

    if _runs.is_on_disk(run):
        return store.read(Path(run))
    if run in pretrained.available():
        return store.Saved(pretrained.load(run), History(), pretrained.card(run))
    raise _runs.unknown(run)


def _check_no_flags(arguments: argparse.Namespace) -> None:
    """A run brings its own experiment: flags beside it would be silently ignored."""
    given = [name for name in _shared.EXPERIMENT_FLAGS if getattr(arguments, name) is not None]
    if variants.get(arguments.variant).key != "vanilla":
        given.insert(0, "variant")
    if given or arguments.set:
        raise ExperimentError(
            N_("{received} cannot be given beside a RUN, which brings its own experiment."),
            received=_shared.flag(given[0]) if given else "--set",
        )
