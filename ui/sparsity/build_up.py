"""A sample as the sum of its units, and what remains when only a few of them may speak."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aecore.figures import samples
from aecore.shapes import Shape
from ui.kit import components, digits, kinds
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.sparsity import answers
from ui.sparsity.answers import Viewed

if TYPE_CHECKING:
    from aecore.topics.sparsity.ask import BuildUp

SINGLE_STEPS, WIDER = 16, 1.2
"""Up to where a slider goes unit by unit, and how fast it goes on from there."""

WINDOW = 10
"""Units that stand beside one another."""

OTHER = "sparsity_other"
"""Session key: which of the test samples of a class is shown."""


@st.fragment
def one_by_one(seen: Viewed) -> None:
    """A test sample, unit by unit."""
    st.subheader(_("One {one} as the sum of its units").format(one=kinds.one(seen.spec)))
    choice, result = st.columns([1.6, 1], gap="medium")
    with choice:
        index = _sample_menu(seen)
        answer = answers.build_up(seen, index)
        most = seen.table.z.shape[1]
        count = _count_slider(most)
        count = min(count, len(answer.units))
    with result:
        _result(answer, count, seen.shape)
        st.markdown(_summary(answer, count, kinds.mse(seen.shape.kind)))
    _strip(answer, count, seen.shape)


def _sample_menu(seen: Viewed) -> int:
    """Which test sample. Returns its index."""
    classes = [int(c) for c in np.unique(seen.table.labels)]
    label: int | None = classes[0]
    if seen.class_names:
        label = st.segmented_control(
            _("Test {one}").format(one=kinds.one(seen.spec)),
            classes,
            default=classes[min(2, len(classes) - 1)],
            required=True,
            format_func=lambda c: seen.class_names[c],
            key=f"_sparsity_class_{len(classes)}",
            wrap=True,
        )
    st.button(_("Another one"), icon=":material/casino:", key="sparsity_another", on_click=_another)
    which = st.session_state.setdefault(OTHER, 0)
    candidates = np.flatnonzero(seen.table.labels == label)
    return int(candidates[which % len(candidates)])


def _another() -> None:
    st.session_state[OTHER] += 1


def _count_slider(most: int) -> int:
    if most == 1:
        st.caption(_("This code has a single unit: there is nothing to choose among."))
        return 1
    return st.select_slider(
        _("Units added up"),
        (0, *ladder(most)),
        min(5, most),
        key=f"_sparsity_count_{most}",
        help=_(
            "Only this many units keep their activation, starting with those that "
            "contribute most; all others are set to zero and the code is decoded."
        ),
    )


def ladder(most: int) -> tuple[int, ...]:
    """Numbers from 1 to `most`: each of the first, where a unit more is seen, then ever wider apart."""
    steps = list(range(1, min(most, SINGLE_STEPS) + 1))
    while steps[-1] < most:
        steps.append(min(most, max(steps[-1] + 1, round(steps[-1] * WIDER))))
    return tuple(steps)


def _summary(answer: "BuildUp", count: int, mse: str) -> str:
    return _(
        "**{count} of {all}** units that are not zero: {mse} **{error:.4f}**; "
        "with all of them {whole:.4f}."
    ).format(
        mse=mse,
        count=count,
        all=len(answer.units),
        error=answer.errors[count],
        whole=answer.errors[-1],
    )


def _result(answer: "BuildUp", count: int, shape: Shape) -> None:
    """Original, the sum so far, the whole reconstruction, and what is still missing."""
    shown = answer.steps[[count, -1]]
    difference = samples.differences(answer.original, shown[:1], shape, dark=is_dark())
    pictures = components.drawn(np.concatenate([answer.original, shown]), shape)
    components.sample_rows(
        [
            components.Row(
                "",
                np.concatenate([samples.in_colour(pictures), difference]),
                (_("original"), _("sum so far"), _("all units"), _("difference")),
            )
        ],
        shape=shape,
        key="sparsity_result",
        alt=_(
            "The test sample, the sum of the units so far, the reconstruction from all units, and "
            "the difference between sum and original."
        ),
    )


def _strip(answer: "BuildUp", count: int, shape: Shape) -> None:
    """What each unit adds and the sample after it; those that are not added yet are faded."""
    units = len(answer.units)
    if units == 0:
        st.info(
            _(
                "Every unit is zero here, so the decoder draws the one thing that it draws for a code "
                "of zeros."
            )
        )
        return
    first = int(np.clip(count - WINDOW // 2, 0, max(0, units - WINDOW)))
    shown = slice(first, first + WINDOW)
    scale = float(np.abs(answer.contributions).max(initial=1e-6))
    pairs = zip(answer.units[shown], answer.activations[shown], strict=True)
    added = samples.signed(answer.contributions[shown], shape, scale, dark=is_dark())
    sums = samples.in_colour(components.drawn(answer.steps[1:][shown], shape))
    components.sample_rows(
        [
            components.Row(
                _("unit × activation"),
                answers.faded(added, count - first),
                [f"#{unit}\n{z:.1f}" for unit, z in pairs],
            ),
            components.Row(
                _("sum up to here"),
                answers.faded(sums, count - first),
                [f"{e:.3f}" for e in answer.errors[1:][shown]],
            ),
        ],
        shape=shape,
        key="sparsity_strip",
        alt=_(
            "Above: what each unit adds, {signs}, with its number and activation. Below: decoded "
            "from the units so far; {mse}."
        ).format(signs=kinds.above_below(shape.kind), mse=kinds.mse(shape.kind)),
    )
    st.caption(
        _(
            "Above: what each unit adds, {signs}, all on one scale (before the output activation); "
            "its number and activation. Below: decoded from the units up to there; {mse}. Faded: "
            "not added yet."
        ).format(signs=kinds.above_below(shape.kind), mse=kinds.mse(shape.kind))
    )


@st.fragment
def few_units(seen: Viewed) -> None:
    """The k largest units alone, at once and without any training."""
    st.subheader(_("What if only k units may be active?"))
    units = seen.table.z.shape[1]
    if units == 1:
        st.info(_("This code has a single unit: choose a model with a larger code to try this."))
        return
    k = st.select_slider(
        _("Largest units kept (k)"),
        ladder(units),
        min(8, units),
        key=f"_sparsity_keep_{units}",
        help=_(
            "Of each code only the k largest |z| are kept, the others set to zero, and the rest is "
            "decoded. No training: it shows how much of a sample the largest units carry."
        ),
    )
    labels = seen.table.labels
    indices = digits.of_each_class(labels, np.arange(len(labels)))
    answer = answers.thinned(seen, indices, k)
    st.markdown(
        _("{mse} of these {many}: **{few:.4f}** with {k} units, **{all:.4f}** with all.").format(
            mse=kinds.mse(seen.shape.kind),
            many=kinds.many(seen.spec),
            few=answer.kept_errors.mean(),
            k=k,
            all=answer.errors.mean(),
        )
    )
    components.sample_rows(
        [
            components.Row(_("original"), answer.originals),
            components.Row(_("all units"), answer.x_hat, [f"{e:.3f}" for e in answer.errors]),
            components.Row(_("k units"), answer.kept, [f"{e:.3f}" for e in answer.kept_errors]),
            components.Row(
                _("difference"),
                samples.differences(answer.originals, answer.kept, seen.shape, dark=is_dark()),
            ),
        ],
        shape=seen.shape,
        key="sparsity_few",
        alt=_(
            "Test samples: original, reconstruction from all units, from the k largest units "
            "alone, and the difference between the last and the original; the numbers: {mse}."
        ).format(mse=kinds.mse(seen.shape.kind)),
    )
