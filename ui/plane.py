"""A latent space of two numbers to play with: the decoder follows the pointer."""

import streamlit as st

from aecore.errors import N_
from aecore.figures import palette
from ui import models
from ui.frame import is_dark
from ui.language import _
from ui.latent_pad import latent_pad

WORDS = {
    "hint": N_("Move the pointer over the map: the decoder draws what lies there."),
    "hint_touch": N_("Drag a finger over the map: the decoder draws what lies there."),
    "keys": N_("Arrow keys move, Shift makes larger steps, Enter pins, Escape unpins."),
    "digit": N_("decoded here"),
    "points": N_("test digits"),
    "tiles": N_("decoded digits"),
    "pinned": N_("Pinned at z₁ = {x}, z₂ = {y}"),
    "unpinned": N_("Nothing is pinned."),
    "unpin": N_("Unpin"),
}


def playground(model_id: str) -> None:
    """The map of a model, and the decoded digit beside it."""
    with st.spinner(_("Loading the model …")):
        plane = models.decoded_plane(model_id)
    latent_pad(
        plane.sprite,
        plane.extent,
        (plane.points, plane.labels),
        key=f"pad_{model_id}",
        words={name: _(word) for name, word in WORDS.items()},
        colours=palette(is_dark()).classes,
        alt=_(
            "The latent space of an autoencoder with a code of two numbers: each place is a "
            "code, and decodes to a picture."
        ),
    )
