"""One row of a table or one series large, with its reconstruction, names and units."""

from typing import TYPE_CHECKING

from aecore.figures import sample_charts
from aecore.shapes import Row, Series
from aecore.spec.view import Viewed
from ui.kit import charts
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.analysis.scaling import Scale


def chart(
    original: Viewed,
    x_hat: Viewed,
    shape: Row | Series,
    scale: "Scale | None",
    *,
    key: str,
    alt: str,
) -> None:
    """Bars with the features' names, or curves over time.

    Args:
        original, x_hat: of `shape.seen`, 0 to 255.
        shape: of the sample.
        scale: what 0 and 1 stand for in measurements; None where nothing is known of that.
        key: identifies the chart on the page.
        alt: what it shows, for those who cannot see it.
    """
    to_units = None if scale is None else scale.to_units
    if isinstance(shape, Row):
        height = sample_charts.row_height(shape)
        figure = sample_charts.row_chart(original, x_hat, shape, to_units, dark=is_dark(), _=_)
    else:
        height = sample_charts.series_height(shape)
        figure = sample_charts.series_chart(original, x_hat, shape, to_units, dark=is_dark(), _=_)
    charts.live_plot(figure, key=key, height=height, alt=alt)
