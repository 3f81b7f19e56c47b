"""Samples in rows after each way of compressing; pictures from elsewhere, and the learner's own."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.errors import N_
from aecore.parts.datasets import DIGIT
from aecore.shapes import Shape
from ui.kit import components, models, own_digit
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.compression.ask import Compressor, Rate, Restored

STRANGERS_SAY = N_(
    "The decoder has learned to draw what it was trained on and nothing else: whatever "
    "the code contains, it answers with the strokes that it knows. The smaller the code, the "
    "more a letter or a face is reconstructed as something that it has learned. JPEG has learned "
    "nothing, so it keeps every picture recognisable."
)


def rows(
    restored: "Restored", setting: int, rate: "Rate", shape: Shape, *, key: str, alt: str
) -> None:
    """The originals, and what each way leaves of them."""
    sized = [
        (_("autoencoder"), rate.bytes, restored.model, restored.model_mse),
        (_("PCA"), rate.pca_bytes, restored.pca, restored.pca_mse),
    ]
    if (jpeg := restored.jpeg) is not None:
        sized.append((_("JPEG"), float(jpeg.bytes[setting]), jpeg.pictures, jpeg.mse))
    said = _("{name} ({bytes:.3g} B)")
    components.sample_rows(
        [
            components.Row(_("original"), restored.originals),
            *(
                components.Row(
                    said.format(name=name, bytes=size), pictures[setting], _errors(errors[setting])
                )
                for name, size, pictures, errors in sized
            ),
        ],
        shape=shape,
        key=key,
        alt=alt,
    )


def _errors(errors: NDArray[np.float32]) -> list[str]:
    return [f"{error:.3f}" for error in errors]


def strangers(model_id: str, measured: "Compressor", setting: int) -> None:
    """Pictures that are no digits; nothing where the samples are not such pictures."""
    from aecore.topics.compression.measure import strangers as made

    if models.shape(model_id) != DIGIT:
        return
    st.subheader(_("Pictures from outside the training data"))
    pixels = (made().reshape(-1, DIGIT.size) / 255).astype(np.float32)
    restored = _restored(model_id, pixels, measured)
    rate = measured.rates[setting]
    pictures, words = st.columns([1, 1.2], gap="medium")
    with pictures:
        rows(
            restored,
            setting,
            rate,
            models.shape(model_id),
            key="strangers",
            alt=_("A letter, a face, noise and a checkerboard, and what is left of them."),
        )
    with words:
        st.markdown(_(STRANGERS_SAY))
        errors = restored.model_mse[setting]
        if np.isfinite(errors).all():
            st.markdown(
                _(
                    "MSE per pixel through the autoencoder: letter **{letter:.3f}**, face "
                    "**{face:.3f}**, noise **{noise:.3f}**, checkerboard **{board:.3f}**; test "
                    "pictures **{digits:.3f}** on average."
                ).format(
                    letter=errors[0],
                    face=errors[1],
                    noise=errors[2],
                    board=errors[3],
                    digits=rate.mse,
                )
            )


def own(model_id: str, measured: "Compressor", setting: int) -> None:
    """The learner's own digit through every way, or why there is none."""
    pixels = own_digit.section(model_id, key="compression")
    if pixels is None:
        return
    restored, shape = _restored(model_id, pixels, measured), models.shape(model_id)
    ways = {
        _("original"): (restored.originals[0], None),
        _("autoencoder"): (restored.model[setting, 0], restored.model_mse[setting, 0]),
        _("PCA"): (restored.pca[setting, 0], restored.pca_mse[setting, 0]),
    }
    if (jpeg := restored.jpeg) is not None:
        ways[_("JPEG")] = (jpeg.pictures[setting, 0], jpeg.mse[setting, 0])
    st.markdown(
        _("Bytes: **{bytes:.4g}**, uncompressed {raw}; the number is the MSE per pixel.").format(
            bytes=measured.rates[setting].bytes, raw=shape.size
        )
    )
    names = [name if error is None else f"{name} {error:.3f}" for name, (_x, error) in ways.items()]
    components.sample_rows(
        [components.Row("", np.stack([picture for picture, _error in ways.values()]), names)],
        shape=shape,
        key="own_compressed",
        alt=_("Your digit, and what is left of it after the autoencoder, PCA and JPEG."),
    )


def _restored(model_id: str, pixels: NDArray[np.float32], measured: "Compressor") -> "Restored":
    from aecore.topics.compression import ask as compression

    return models.ask(model_id, compression.restore_own, pixels, measured)
