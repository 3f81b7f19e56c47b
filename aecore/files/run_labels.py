"""What runs are called: their model, and what tells each from the others of a list."""

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Sequence

from aecore.data import datasets
from aecore.errors import N_
from aecore.files.runs_table import settings
from aecore.parts.corruptions.low_resolution import small_side
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.fields import Choice, Number, Switch
from aecore.spec.links import VARIANT

Translate = Callable[[str], str]

BETWEEN = " · "
"""Between the model and each thing that tells it from others."""

PHRASES = {
    "n_train": N_("{value} pictures"),
    "epochs": N_("{value} epochs"),
    "max_seconds": N_("at most {value} s"),
    "patience": N_("{value} epochs without improvement"),
    "k": N_("k = {value}"),
}
"""How a number is said where its title before it would read badly."""

OFF = {
    "target_mse": N_("no target error"),
    "max_seconds": N_("no time limit"),
    "patience": N_("no early stopping"),
}
"""How a stop rule of 0 is said."""


def described(experiment: Experiment, _: Translate = str) -> str:
    """Variant and code size, and what makes it another task: small pictures, few classes."""
    e = experiment
    name = f"{_(variants.get(e.variant).title)} {e.latent_dim}"
    if e.corruption == "low_resolution":
        name = _("{model}, {side}×{side}").format(
            model=name, side=small_side(e.noise_level, e.shape.axes[-1])
        )
    if not e.classes:
        return name
    classes = ", ".join(_(datasets.DATASETS[e.dataset].classes[label]) for label in e.classes)
    return _("{model}, only {classes}").format(model=name, classes=classes)


def labels(
    runs: Sequence[tuple[str, Experiment]], *, taken: Collection[str] = (), _: Translate = str
) -> list[str]:
    """A label for each run, no two the same.

    A run is called by its name, or by its model. Runs that are called the same are told apart by
    the settings in which they differ: each says where it leaves its variant's preset, and both
    sides say it where it is one setting alone. Where no setting differs, they are numbered.

    Args:
        runs: the learner's name for each (empty for none) and its experiment, oldest first.
        taken: labels that stand for something else in the same list.
        _: translates.
    """
    calls = [name or _("My {model}").format(model=described(e, _)) for name, e in runs]
    found = list(calls)
    for call in dict.fromkeys(calls):
        places = [i for i, other in enumerate(calls) if other == call]
        parts = _differences([runs[i][1] for i in places], _)
        for i, part in zip(places, parts, strict=True):
            found[i] = BETWEEN.join((call, *part))
    return _numbered(found, taken)


def _differences(experiments: Sequence[Experiment], _: Translate) -> list[list[str]]:
    """For each experiment, what to say of the settings in which they are not all the same."""
    effective = [_effective(e) for e in experiments]
    presets = [_effective(variants.get(e.variant).experiment) for e in experiments]
    differ = [setting for setting in settings(effective) if setting.differs]
    return [
        [
            _said(setting.name, setting.texts[i], e, _)
            for setting in differ
            if setting.texts[i] is not None
            and (len(differ) == 1 or setting.texts[i] != _plain_text(presets[i], setting.name))
        ]
        for i, e in enumerate(effective)
    ]


def _plain_text(preset: Experiment, name: str) -> str:
    """A setting of a preset as links write it, whether it has an effect there or not."""
    return preset.variant if name == VARIANT else SPECS[name].format(getattr(preset, name))


def _effective(experiment: Experiment) -> Experiment:
    """The same training: a dataset gives no more pictures than it has."""
    most = datasets.DATASETS[experiment.dataset].n_train
    return experiment.replace(n_train=min(experiment.n_train, most))


def _said(name: str, text: str | None, experiment: Experiment, _: Translate) -> str:
    """A setting and its value, in as few words as tell what is meant."""
    if name == VARIANT:
        return _(variants.get(experiment.variant).title)
    spec, value = SPECS[name], getattr(experiment, name)
    if name in OFF and not value:
        return _(OFF[name])
    shown = (text or "").replace(",", ", ") or _("none")
    if isinstance(spec, Number) and spec.whole and name != "seed":
        shown = f"{value:,}"
    if isinstance(spec, Choice):
        words = _(spec.choices[value])
        shown = words.partition("(")[0].strip() or words
    if name in PHRASES:
        return _(PHRASES[name]).format(value=shown)
    title = _(spec.title)
    title = f"{title[:1].lower()}{title[1:]}"
    if isinstance(spec, Switch):
        return title if value else _("without {setting}").format(setting=title)
    return f"{title} {shown}"


def _numbered(found: Sequence[str], taken: Collection[str]) -> list[str]:
    """The same labels, with a number behind those that would stand twice in the list."""
    counts, used, result = Counter(found), {*taken, *found}, []
    for label in found:
        if counts[label] > 1 or label in taken:
            numbers = (f"{label} ({n})" for n in itertools.count(2 if label in taken else 1))
            label = next(numbered for numbered in numbers if numbered not in used)
            used.add(label)
        result.append(label)
    return result
