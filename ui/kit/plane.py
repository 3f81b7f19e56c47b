"""A latent space of two numbers to play with: the decoder follows the pointer."""

import hashlib

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.figures import samples
from aecore.figures.style import palette
from aecore.shapes import Shape
from aecore.spec.view import Viewed
from ui.kit import kinds, models
from ui.kit.frame import is_dark
from ui.kit.language import _
from ui.kit.latent_pad import LatentMap, latent_pad

WORDS = {
    "hint": N_("Move over the map and watch what the decoder draws there. Click to keep a place."),
    "hint_touch": N_(
        "Slide a finger over the map and watch what the decoder draws there. Tap to keep a place."
    ),
    "hint_pinned": N_("This place is kept. Choose another one, or let go to look around."),
    "keys": N_("Arrow keys move, with Shift further. Enter keeps a place, Escape lets it go."),
    "digit": N_("Decoded from this code"),
    "points": N_("Test {many}"),
    "tiles": N_("Decoded {many}"),
    "unpin": N_("Let go"),
    "unpinned": N_("No place is kept"),
    "pinned": N_("Kept: z₁ = {x}, z₂ = {y}"),
}


def tiles(sprite: Viewed, shape: Shape, *, dark: bool) -> NDArray[np.uint8]:
    """Decoded samples (side, side, *shape.seen) as small pictures for the pad."""
    if shape.kind == "picture":
        return sprite
    return _tiles(hashlib.blake2b(sprite.tobytes()).hexdigest(), shape, dark, sprite)


@st.cache_data(max_entries=16, show_spinner=False)
def _tiles(digest: str, shape: Shape, dark: bool, _sprite: Viewed) -> NDArray[np.uint8]:
    """Drawn once: a map has hundreds of them. Every second one, in full sharpness, as the pad shows
    them large and as they are, not blended."""
    shown = _sprite[:: 1 + len(_sprite) % 2, :: 1 + len(_sprite) % 2]  # with both ends
    side = len(shown)
    pictures = samples.drawn(shown.reshape(side * side, *shape.seen), shape, dark=dark)
    return pictures.reshape(side, side, *pictures.shape[1:])


PLACES = {"x": "{x}", "y": "{y}"}
"""Filled in by the browser."""


def _names(model_id: str) -> dict[str, str]:
    """What one sample of the model is called, and several."""
    spec = models.dataset(model_id)
    return {"one": kinds.one(spec), "many": kinds.many(spec)}


def playground(model_id: str) -> None:
    """The map of a model, and the decoded sample beside it."""
    with st.spinner(_("Loading the model …")):
        from aecore.topics.latent_space import (
            change as latent,  # torch: not before a page needs an answer
        )

        plane = models.ask(model_id, latent.decoded_plane)
    shape = models.shape(model_id)
    latent_pad(
        LatentMap(
            tiles(plane.sprite, shape, dark=is_dark()),
            shape.kind == "picture",
            plane.extent,
            (plane.points, plane.labels if models.class_names(model_id) else None),
            key=f"pad_{model_id}",
            words={
                name: _(word).format(**_names(model_id), **PLACES) for name, word in WORDS.items()
            },
            colours=palette(is_dark()).classes,
            alt=_(
                "The latent space of an autoencoder with a code of two numbers: each place is a "
                "code, and decodes to a {one}."
            ).format(**_names(model_id)),
        )
    )
