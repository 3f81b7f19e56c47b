"""The compression page: codes of few bits, and what PCA and picture files do with as few bytes."""

import math
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from aecore.analysis.intervals import verdict
from aecore.errors import N_
from aecore.parts.codes import CODES
from aecore.parts.datasets import DIGIT
from aecore.shapes import Shape
from aecore.topics.compression import figures as figures
from ui.kit import charts, components, digits, layout, models, own_digit, predict_first, spread
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.compression.ask import Compressor, Files, Rate, Restored

MOST_BITS, FIRST_BITS = 16, 4

BITS_HELP = N_(
    "The code's numbers are rounded: the range of each, as seen on the training digits, is cut "
    "into equal steps, 2 of them with 1 bit, 4 with 2, 256 with 8, and only the number of the "
    "step is kept. 8 bits are 1 byte. This is called quantisation."
)

VERDICTS = {
    "better": N_("**The autoencoder is closer.**"),
    "worse": N_("**PCA is closer.**"),
    "unclear": spread.NO_DIFFERENCE_SENTENCE,
}

FINDING_HELP = N_(
    "A digit of 28×28 grey values takes 784 bytes as it is. PCA is rounded in the same "
    "way and gets as many bytes; it may use them in the way that suits it best: many "
    "numbers of few bits, or few numbers of many bits, chosen on the training digits. "
    "Pictures go in clean, also for models that were trained on corrupted ones."
)

CHART_HELP = N_(
    "Left is smaller, down is closer to the original. A file has a header, which "
    "describes what the file holds and how to read it. For a picture of 28×28 pixels "
    "that header is larger than the digit. Solid lines: 100 digits share one file of "
    "280×280 pixels, and so one header. Dotted lines: each digit in a file of its own."
)

WEIGHT_HELP = N_(
    "To see the pictures you also need the decoder: 4 bytes for each of its weights, for "
    "the codebook if there is one, and for the ends of each number's range. The more "
    "pictures there are, the less that matters."
)

STRANGERS_SAY = N_(
    "The decoder has learned to draw what it was trained on and nothing else: whatever "
    "the code contains, it answers with the strokes of digits. The smaller the code, the "
    "more a letter or a face is reconstructed as a digit. JPEG knows nothing about "
    "digits, so it keeps every picture recognisable."
)


@st.fragment
def lab(model_id: str) -> None:
    """Everything that follows the number of bits: one fragment, so that a slider reruns only this."""
    settings, results = layout.beside("compression")
    with settings:
        setting = _bits_menu(model_id)
        wish = digits.pick_menu(models.class_names(model_id))
    with results:
        with st.spinner(_("Compressing the test digits in several ways …")):
            measured = _measured(model_id)
            picked = digits.pick(wish, digits.test_errors(model_id))
            restored = _restored_test(model_id, picked, measured)
        _say_if_diverged(measured)
        _finding(model_id, measured, setting)
        _rows(
            restored,
            setting,
            measured.rates[setting],
            models.shape(model_id),
            key="compressed",
            alt=_("Test digits, and what is left of them after the autoencoder, PCA and JPEG."),
        )
        _says_sizes(restored, setting, measured.rates[setting])
    with st.spinner(_("Writing picture files …")):
        files = _files(model_id)
    chart, weight = st.columns([1.7, 1], gap="medium")
    with chart:
        _chart(model_id, measured, files, setting)
    with weight:
        _weight(model_id, measured, files, setting)
    _strangers(model_id, measured, setting)
    st.subheader(_("Your own digit"))
    pixels = own_digit.ask(key="compression")
    if pixels is not None:
        shape = models.shape(model_id)
        _own(_restored_own(model_id, pixels, measured), setting, measured.rates[setting], shape)


def _measured(model_id: str) -> "Compressor":
    from aecore.topics.compression import (
        ask as compression,  # imports torch: not before a page needs an answer
    )

    return models.ask(model_id, compression.measure)


def _files(model_id: str) -> "Files":
    from aecore.topics.compression import ask as compression

    return models.ask(model_id, compression.files)


def _restored_test(model_id: str, picked: tuple[int, ...], measured: "Compressor") -> "Restored":
    from aecore.topics.compression import ask as compression

    return models.ask(model_id, compression.restore_test, picked, measured)


def _restored_own(model_id: str, pixels: NDArray[np.float32], measured: "Compressor") -> "Restored":
    from aecore.topics.compression import ask as compression

    return models.ask(model_id, compression.restore_own, pixels, measured)


def _bits_menu(model_id: str) -> int:
    """The slider, and what it makes of a code. Returns which of the rates is chosen."""
    e = models.experiment(model_id)
    whole = CODES[e.code].codebook
    bits = st.slider(
        _("Bits per number"),
        1,
        MOST_BITS,
        FIRST_BITS,
        key="_bits",
        disabled=whole,
        help=_(BITS_HELP),
    )
    if whole:
        numbers, each = e.latent_dim // e.vector_size, math.log2(e.codebook_size)
        says = _(
            "This model's code is whole numbers already, so there is nothing to round: "
            "{numbers} of them, each naming one of {size} codebook entries, {bits:.3g} bits "
            "each. That makes {bytes:.3g} bytes."
        ).format(numbers=numbers, size=e.codebook_size, bits=each, bytes=numbers * each / 8)
    else:
        says = _("Bytes for each digit: {numbers} numbers × {bits} bits ÷ 8 = {bytes:,.4g}").format(
            numbers=e.latent_dim, bits=bits, bytes=e.latent_dim * bits / 8
        )
    st.caption(says)
    return 0 if whole else bits - 1


def _say_if_diverged(measured: "Compressor") -> None:
    with st.container(key="diverged"):
        if not math.isfinite(measured.exact_mse):
            st.info(
                _(
                    "This model's training diverged, so its codes cannot be decoded: "
                    "choose another model, or train again with a smaller learning rate."
                ),
                icon=":material/info:",
            )


def _finding(model_id: str, measured: "Compressor", setting: int) -> None:
    rate = measured.rates[setting]
    says = _(
        "Bytes for each digit: **{bytes:.4g}**, uncompressed {raw}. MSE per pixel **{ours:.4f}** "
        "through the autoencoder ({exact:.4f} before rounding), **{theirs:.4f}** through PCA at "
        "the same size, over {n:,} test digits."
    ).format(
        bytes=rate.bytes,
        raw=models.shape(model_id).size,
        ours=rate.mse,
        exact=measured.exact_mse,
        theirs=rate.pca_mse,
        n=measured.n_test,
    )
    said = _(VERDICTS[verdict(rate.ahead)]) if math.isfinite(rate.mse) else ""
    st.markdown(f"{says} {said}", help=_(FINDING_HELP))


def _rows(
    restored: "Restored", setting: int, rate: "Rate", shape: Shape, *, key: str, alt: str
) -> None:
    """The originals, and what each way leaves of them."""
    sized = [
        (_("autoencoder"), rate.bytes, restored.model, restored.model_mse),
        (_("PCA"), rate.pca_bytes, restored.pca, restored.pca_mse),
        (_("JPEG"), float(restored.jpeg_bytes[setting]), restored.jpeg, restored.jpeg_mse),
    ]
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


def _says_sizes(restored: "Restored", setting: int, rate: "Rate") -> None:
    st.caption(
        _(
            "Under each picture its MSE per pixel. PCA keeps {components} × {bits} bits. "
            "JPEG is shown at the nearest size that it can have, quality {quality}, its "
            "header shared by 100 pictures."
        ).format(
            components=rate.pca_components,
            bits=rate.pca_bits,
            quality=restored.jpeg_quality[setting],
        )
    )


def _errors(errors: NDArray[np.float32]) -> list[str]:
    return [f"{error:.3f}" for error in errors]


def _chart(model_id: str, measured: "Compressor", files: "Files", setting: int) -> None:
    st.markdown(_("**Error against size**: all ways of compressing"), help=_(CHART_HELP))
    rates = measured.rates
    names = [_("{bits:.3g}-bit").format(bits=rate.bits) for rate in rates]
    pca_names = [
        _("{components} × {bits}-bit").format(components=rate.pca_components, bits=rate.pca_bits)
        for rate in rates
    ]
    charts.live_plot(
        figures.size_against_error(
            [rate.bytes for rate in rates],
            [rate.mse for rate in rates],
            [rate.pca_bytes for rate in rates],
            [rate.pca_mse for rate in rates],
            names=names,
            pca_names=pca_names,
            alone=files.alone,
            together=files.together,
            chosen=setting,
            revision=model_id,
            dark=is_dark(),
            _=_,
        ),
        key="size_against_error",
        height=400,
        alt=_("MSE per pixel over bytes per picture for autoencoder, PCA, JPEG, WebP and PNG."),
    )
    st.caption(
        _(
            "Autoencoder, PCA and shared files: means over {n:,} test digits; one to a "
            "file: over the first {alone}. PNG is lossless, so it is shown at “none”."
        ).format(n=files.n_together, alone=files.n_alone)
    )


def _weight(model_id: str, measured: "Compressor", files: "Files", setting: int) -> None:
    """What the decoder weighs, and from how many pictures on it has saved that."""
    from aecore.topics.compression.measure import nearest_error, pays_off_from

    rate, raw = measured.rates[setting], models.shape(model_id).size
    st.markdown(_("**What the decoder itself weighs**"), help=_(WEIGHT_HELP))
    st.markdown(
        _("**{kilobytes:,.0f} kB**, needed once for all pictures.").format(
            kilobytes=measured.decoder_bytes / 1000
        )
    )
    others = {_("grey values"): float(raw), _("PNG, no loss"): files.together["png"][0].bytes}
    if math.isfinite(rate.mse):
        said = _("{format}, quality {quality}")
        for title, kind in (("JPEG", "jpeg"), ("WebP", "webp")):
            near = nearest_error(files.together[kind], rate.mse)
            others[said.format(format=title, quality=near.quality)] = near.bytes
    head = [_("instead of"), _("bytes each"), _("pays off from")]
    lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|"]
    for name, size in others.items():
        n = pays_off_from(measured.decoder_bytes, rate.bytes, size)
        when = _("never") if n is None else _("{n:,} digits").format(n=n)
        lines.append(f"| {name} | {size:.0f} | {when} |")
    if not predict_first.headline("compression-pays-off", "\n".join(lines)):
        return
    st.caption(
        _(
            "Bytes of the code here: {bytes:.4g}. JPEG and WebP at the quality whose error is "
            "nearest to the code's; files shared by 100 digits. PCA has weights, too: {kilobytes:,.0f} "
            "kB for its {components} components and the mean image."
        ).format(
            bytes=rate.bytes,
            kilobytes=4 * raw * (rate.pca_components + 1) / 1000,
            components=rate.pca_components,
        )
    )


def _strangers(model_id: str, measured: "Compressor", setting: int) -> None:
    """Pictures that are no digits."""
    from aecore.topics.compression.measure import strangers

    st.subheader(_("Pictures from outside the training data"))
    pixels = (strangers().reshape(-1, DIGIT.size) / 255).astype(np.float32)
    restored = _restored_own(model_id, pixels, measured)
    rate = measured.rates[setting]
    pictures, words = st.columns([1, 1.2], gap="medium")
    with pictures:
        _rows(
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
                    "digits **{digits:.3f}** on average."
                ).format(
                    letter=errors[0],
                    face=errors[1],
                    noise=errors[2],
                    board=errors[3],
                    digits=rate.mse,
                )
            )


def _own(own: "Restored", setting: int, rate: "Rate", shape: Shape) -> None:
    """The learner's own digit through every way."""
    ways = {
        _("original"): (own.originals[0], None),
        _("autoencoder"): (own.model[setting, 0], own.model_mse[setting, 0]),
        _("PCA"): (own.pca[setting, 0], own.pca_mse[setting, 0]),
        _("JPEG"): (own.jpeg[setting, 0], own.jpeg_mse[setting, 0]),
    }
    st.markdown(
        _("Bytes: **{bytes:.4g}**, uncompressed {raw}; the number is the MSE per pixel.").format(
            bytes=rate.bytes, raw=DIGIT.size
        )
    )
    names = [name if error is None else f"{name} {error:.3f}" for name, (_x, error) in ways.items()]
    components.sample_rows(
        [components.Row("", np.stack([picture for picture, _error in ways.values()]), names)],
        shape=shape,
        key="own_compressed",
        alt=_("Your digit, and what is left of it after the autoencoder, PCA and JPEG."),
    )
