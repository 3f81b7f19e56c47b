"""The picture behind every page: x, encoder, code, decoder, x̂."""

from pathlib import Path

from aecore.figures.style import palette
from ui.kit.frame import is_dark
from ui.kit.language import _

TEMPLATE = Path(__file__).parents[2] / "assets" / "diagram.svg"


WIDTH = 720
"""CSS pixels, at most."""


def svg() -> str:
    """An SVG in the colours of the theme and the language of the learner."""
    colours = palette(is_dark())
    return TEMPLATE.read_text(encoding="utf-8").format(
        text=colours.text,
        encoder_colour=colours.encoder,
        code_colour=colours.code,
        decoder_colour=colours.decoder,
        encoder=_("encoder"),
        code=_("code"),
        decoder=_("decoder"),
        picture=_("picture"),
        rebuilt=_("reconstruction"),
        numbers=_("a few numbers"),
        alt=alt(),
    )


def alt() -> str:
    """The drawing for those who cannot see it."""
    return _("A picture x passes the encoder, becomes a short code z, and the decoder rebuilds it.")
