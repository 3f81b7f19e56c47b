"""The variants, one small file each, found by walking this folder.

A file defines `VARIANT`: the vanilla autoencoder with one thing changed. Adding one more is
adding one file. No torch is imported here, so that menus are drawn before it is loaded.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from aecore.errors import N_, ExperimentError
from aecore.parts.datasets import DATASETS
from aecore.spec.experiment import Experiment, parse_fields
from aecore.spec.fields import quoted
from aecore.spec.variants._variant import Variant

_MENU = (
    "linear",
    "vanilla",
    "deep",
    "stacked",
    "sparse",
    "sparse-kl",
    "top-k",
    "denoising",
    "deep-denoising",
    "contractive",
    "convolutional",
    "vae",
    "cvae",
    "vq",
    "wasserstein",
    "adversarial",
    "super-resolution",
)
"""The order of menus: what a learner can understand first. One that is not named here comes last."""


def _find() -> dict[str, Variant]:
    found = [
        importlib.import_module(f"{__name__}.{module.name}").VARIANT
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    ]
    by_key = {variant.key: variant for variant in found}
    named = [key for key in _MENU if key in by_key]
    return {key: by_key[key] for key in (*named, *sorted(by_key.keys() - set(_MENU)))}


VARIANTS: dict[str, Variant] = _find()


def get(key: str) -> Variant:
    """The variant of that name or other name. Raises ExperimentError for an unknown one."""
    for variant in VARIANTS.values():
        if key == variant.key or key in variant.other_names:
            return variant
    raise ExperimentError(
        N_("{parameter} must be one of {choices}, but was {received}."),
        parameter="variant",
        choices=", ".join(VARIANTS),
        received=quoted(key),
    )


def build(key: str, texts: Mapping[str, str] | None = None, **changes: object) -> Experiment:
    """A variant's experiment with some fields changed; on another dataset, `sized_for` it.

    Args:
        key: the variant.
        texts: field -> text, as links and the command line carry them.
        changes: field -> value.

    Raises:
        ExperimentError: an unknown variant or field, or a value outside its limits.
    """
    fields: dict[str, Any] = {**parse_fields(texts or {}), **changes}
    base = get(key).experiment
    if isinstance(dataset := fields.get("dataset"), str) and dataset in DATASETS:
        base = base.sized_for(dataset)
    return base.replace(**fields)
