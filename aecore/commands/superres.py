"""superres: how well a run enlarges small pictures, next to the classical ways."""

import argparse
from typing import TYPE_CHECKING, Any

from aecore.commands import _runs, _shared
from aecore.parts.corruptions.low_resolution import small_side
from aecore.spec.fields import Number

if TYPE_CHECKING:
    from aecore.commands._shared import Commands

ORDER = 24


def add(commands: "Commands") -> None:
    """Declares the command."""
    superres = commands.add_parser(
        "superres", help="enlarge small pictures with a run: PSNR and SSIM next to bicubic"
    )
    _runs.add_run(superres, example="superres-14")
    superres.add_argument(
        "--side",
        metavar="VALUE",
        help="side of the small pictures in pixels, less than that of the large ones; default: the "
        "one that the run was trained on, else half",
    )
    superres.set_defaults(run=_run, show=_shared.show_numbers)


def _run(arguments: argparse.Namespace) -> dict[str, Any]:
    subject = _runs.subject(arguments)
    from aecore.files import store
    from aecore.topics.super_resolution import ask as super_resolution

    e = subject.model.experiment
    large = super_resolution.picture_of(subject).height
    trained = small_side(e.noise_level, large) if e.corruption == "low_resolution" else None
    wanted = None if arguments.side is None else _side(arguments.side, large - 1)
    side = wanted or min(trained or large // 2, large - 1)
    measured = super_resolution.measure(subject, side)
    result = {
        "run": arguments.saved_run,
        "variant": e.variant,
        "latent_dim": e.latent_dim,
        "dataset": subject.dataset.key,
        "n_test": len(measured.errors.errors),
        "side": side,
        "trained_side": trained,
        **_shared.with_intervals(
            {"share_closer_than_bicubic": measured.wins, "gain_over_bicubic_db": measured.gain}
        ),
    }
    for method, score in measured.scores.items():
        result |= {
            **_shared.with_intervals({f"{method}_psnr": score.psnr, f"{method}_ssim": score.ssim}),
            f"{method}_psnr_std": score.psnr_std,
            f"{method}_ssim_std": score.ssim_std,
        }
    return dict(store.without_nan(result))


def _side(text: str, most: int) -> int:
    """A side in pixels. Raises ExperimentError outside 1 to `most`."""
    side = Number(title="Side", help="", part="", low=1, high=most, whole=True)
    return side.count("--side", text)
