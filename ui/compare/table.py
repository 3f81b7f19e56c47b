"""The models next to each other as a table, and as a file."""

import math
import re
from collections.abc import Callable, Sequence

import streamlit as st

from aecore.files.runs_table import Model, Setting, settings, to_csv
from aecore.shapes import Kind
from aecore.spec import variants
from aecore.spec.experiment import SPECS
from aecore.spec.fields import Choice, Classes, Number, Switch
from aecore.spec.links import VARIANT
from ui.kit import kinds
from ui.kit.language import _

DIFFERS = "≠"


def tables(table: Sequence[Model]) -> None:
    """Results and settings, those that differ first and marked; and all of it as a file."""
    kind = one_kind(table)
    lines = [[_capital(title(kind)), *map(value, table)] for title, value in RESULTS]
    found = settings([model.experiment for model in table])
    differ = [_setting_line(setting) for setting in found if setting.differs]
    same = [_setting_line(setting) for setting in found if not setting.differs]
    st.markdown(_markdown(table, [*lines, *differ]))
    st.caption(_("{mark} marks a setting that differs.").format(mark=DIFFERS))
    with st.expander(_("Settings that are the same")):
        st.markdown(_markdown(table, same))
    st.download_button(
        _("Table as CSV"),
        to_csv(table),
        file_name="autoencoder-lab-compare.csv",
        mime="text/csv",
        icon=":material/download:",
        key="compare_csv",
        on_click="ignore",
    )


def number(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else "–"


def one_kind(table: Sequence[Model]) -> Kind | None:
    """The kind of data that all models have learned; None if there are several."""
    found = {model.experiment.kind for model in table}
    return found.pop() if len(found) == 1 else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


RESULTS: tuple[tuple[Callable[[Kind | None], str], Callable[[Model], str]], ...] = (
    (kinds.validation_mse, lambda m: number(m.val_mse)),
    (kinds.test_mse, lambda m: f"**{number(m.test_mse)}**"),
    (lambda _kind: _("PCA, same code size"), lambda m: number(m.pca_mse)),
    (kinds.the_mean, lambda m: number(m.mean_mse)),
    (lambda _kind: _("Weights"), lambda m: f"{m.parameters:,}"),
    (lambda _kind: _("Epochs done"), lambda m: f"{m.epochs_done:,}"),
    (lambda _kind: _("Training time (s)"), lambda m: f"{m.train_seconds:,.1f}"),
)
"""A line of the table: its title, by the kind of data, and a model's value."""


def _setting_line(setting: Setting) -> list[str]:
    """A setting's title and its value in each model; what differs is bold and has a mark."""
    if setting.name == VARIANT:
        title = _("Variant")
    else:
        spec = SPECS[setting.name]
        title, unit = _(spec.title), _(spec.unit)
        title = f"{title} ({unit})" if unit and unit != title.lower() else title
    values = [_said(setting.name, text) for text in setting.texts]
    if setting.differs:
        return [f"{DIFFERS}\u00a0**{plain(title)}**", *(f"**{value}**" for value in values)]
    return [plain(title), *values]


def _said(name: str, text: str | None) -> str:
    """A value as the learner knows it from the controls."""
    if text is None:
        return "–"
    if name == VARIANT:
        return plain(_(variants.get(text).title))
    spec = SPECS[name]
    if isinstance(spec, Choice):
        return plain(_(spec.choices[text]))
    if isinstance(spec, Switch):
        return _("yes") if spec.check(name, text) else _("no")
    if isinstance(spec, Classes):
        return plain(text.replace(",", ", ")) or _("all")
    if isinstance(spec, Number) and spec.whole and name != "seed":
        return f"{int(text):,}"
    return plain(text.replace(",", ", ")) or _("none")


def _markdown(table: Sequence[Model], lines: Sequence[Sequence[str]]) -> str:
    head = " | ".join(["", *(plain(model.name) for model in table)])
    rule = "|".join(["---", *("--:" for _model in table)])
    return "\n".join([f"|{head}|", f"|{rule}|", *(f"|{' | '.join(line)}|" for line in lines)])


def plain(text: str) -> str:
    """A name that learners chose, so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", text)
