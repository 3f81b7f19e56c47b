"""denoise: how well a run takes noise out of pictures, next to the classical filters."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _runs, _shared
from aecore.spec.experiment import SPECS

if TYPE_CHECKING:
    from aecore.commands._shared import Commands
    from aecore.spec.experiment import Experiment

ORDER = 23

EXAMPLE = "denoising-32"


def add(commands: "Commands") -> None:
    """Declares the command."""
    denoise = commands.add_parser(
        "denoise", help="take noise out with a run: PSNR and SSIM next to classical filters"
    )
    _runs.add_run(denoise, example=EXAMPLE)
    denoise.add_argument(
        "--corruption",
        metavar="KIND",
        help="kind of noise, as in train --set corruption=KIND; default: what the run was trained on",
    )
    denoise.add_argument(
        "--level", metavar="VALUE", help="how strong, 0 to 1; default: what the run was trained on"
    )
    denoise.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    given = {"corruption": arguments.corruption, "noise_level": arguments.level}
    flags = {"corruption": "--corruption", "noise_level": "--level"}
    wanted = {n: SPECS[n].parse(flags[n], text) for n, text in given.items() if text is not None}
    subject = _runs.subject(arguments)
    from aecore.files import store
    from aecore.topics.denoising import ask as denoising

    noise = _trained_noise(subject.model.experiment).replace(**wanted)
    kind, level = noise.corruption, noise.noise_level
    found = denoising.benchmark(subject, kind, (level,))
    result: dict[str, Any] = {
        "run": arguments.saved_run,
        "variant": subject.model.experiment.variant,
        "latent_dim": subject.model.experiment.latent_dim,
        "dataset": subject.dataset.key,
        "n_test": found.n,
        "corruption": kind,
        "level": level,
    }
    for method, score in found.scores[level].items():
        result |= _shared.with_intervals({f"{method}_psnr": score.psnr})
        if score.ssim is not None:
            result[f"{method}_ssim"] = score.ssim
        if score.strength is not None:
            result[f"{method}_strength"] = score.strength
    scores = found.scores[level]
    gain = scores[denoising.MODEL].gain(scores[denoising.NOISY])
    result |= _shared.with_intervals({"model_gain_db": gain})
    return dict(store.without_nan(result))


def _trained_noise(experiment: "Experiment") -> "Experiment":
    """The experiment with the noise to try: the run's own, else that of the page's example."""
    from aecore.files import pretrained

    return pretrained.experiment_of(EXAMPLE) if experiment.corruption == "none" else experiment
