"""The compression page: codes of few bits, and what PCA and picture files do with as few bytes."""

import math
from typing import TYPE_CHECKING

import streamlit as st

from aecore.analysis.intervals import verdict
from aecore.errors import N_
from aecore.parts.codes import CODES
from aecore.shapes import Picture
from aecore.topics.compression import figures as figures
from ui.compression import elsewhere
from ui.kit import charts, digits, kinds, layout, models, predict_first, spread
from ui.kit.frame import is_dark
from ui.kit.language import _

if TYPE_CHECKING:
    from aecore.topics.compression.ask import Compressor, Files, Rate, Restored

MOST_BITS, FIRST_BITS = 16, 4

FLOAT = 4
"""Bytes of one weight."""

BITS_HELP = N_(
    "The code's numbers are rounded: the range of each, as seen on the training samples, is cut "
    "into equal steps, 2 of them with 1 bit, 4 with 2, 256 with 8, and only the number of the "
    "step is kept. 8 bits are 1 byte. This is called quantisation."
)

VERDICTS = {
    "better": N_("**The autoencoder is closer.**"),
    "worse": N_("**PCA is closer.**"),
    "unclear": spread.NO_DIFFERENCE_SENTENCE,
}

FINDING_HELP = N_(
    "A sample of {numbers} numbers, a byte for each, takes {numbers} bytes as it is. PCA is rounded "
    "in the same way and gets as many bytes; it may use them in the way that suits it best: many "
    "numbers of few bits, or few numbers of many bits, chosen on the training samples. "
    "Samples go in clean, also for models that were trained on corrupted ones."
)

CHART_HELP = N_("Left is smaller, down is closer to the original.")

FILES_HELP = N_(
    "A file has a header, which describes what the file holds and how to read it. For so small a "
    "picture, of {size} pixels, that header is larger than the picture. Solid lines: 100 pictures "
    "share one file, and so one header. Dotted lines: each picture in a file of its own."
)

WEIGHT_HELP = N_(
    "To restore the samples you also need the decoder: 4 bytes for each of its weights, for "
    "the codebook if there is one, and for the ends of each number's range. The more "
    "samples there are, the less that matters."
)

NO_FILES = N_(
    "PNG, JPEG and WebP are for pictures, so this model, which has learned other data, is compared "
    "with PCA alone."
)


@st.fragment
def lab(model_id: str) -> None:
    """Everything that follows the number of bits: one fragment, so that a slider reruns only this."""
    settings, results = layout.beside("compression")
    with settings:
        setting = _bits_menu(model_id)
        many = kinds.many(models.dataset(model_id))
        wish = digits.pick_menu(models.class_names(model_id), many=many)
    with results:
        with st.spinner(_("Compressing the test samples in several ways …")):
            measured = _measured(model_id)
            picked = digits.pick(wish, digits.test_errors(model_id))
            restored = _restored_test(model_id, picked, measured)
        _say_if_diverged(measured)
        _finding(model_id, measured, setting)
        elsewhere.rows(
            restored,
            setting,
            measured.rates[setting],
            models.shape(model_id),
            key="compressed",
            alt=_("Test samples, and what is left of them after each way of compressing."),
        )
        _says_sizes(model_id, restored, setting, measured.rates[setting])
    with st.spinner(_("Writing picture files …")):
        files = _files(model_id)
    chart, weight = st.columns([1.7, 1], gap="medium")
    with chart:
        _chart(model_id, measured, files, setting)
    with weight:
        _weight(model_id, measured, files, setting)
    elsewhere.strangers(model_id, measured, setting)
    elsewhere.own(model_id, measured, setting)


def _measured(model_id: str) -> "Compressor":
    from aecore.topics.compression import (
        ask as compression,  # imports torch: not before a page needs an answer
    )

    return models.ask(model_id, compression.measure)


def _files(model_id: str) -> "Files | None":
    from aecore.topics.compression import ask as compression

    return models.ask(model_id, compression.files)


def _restored_test(model_id: str, picked: tuple[int, ...], measured: "Compressor") -> "Restored":
    from aecore.topics.compression import ask as compression

    return models.ask(model_id, compression.restore_test, picked, measured)


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
        says = _(
            "Bytes for each sample: {numbers} numbers × {bits} bits ÷ 8 = {bytes:,.4g}"
        ).format(numbers=e.latent_dim, bits=bits, bytes=e.latent_dim * bits / 8)
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
        "Bytes for each sample: **{bytes:.4g}**, uncompressed {raw}. {mse} **{ours:.4f}** "
        "through the autoencoder ({exact:.4f} before rounding), **{theirs:.4f}** through PCA at "
        "the same size, over {n:,} test samples."
    ).format(
        bytes=rate.bytes,
        raw=models.shape(model_id).size,
        mse=kinds.mse(models.shape(model_id).kind),
        ours=rate.mse,
        exact=measured.exact_mse,
        theirs=rate.pca_mse,
        n=measured.n_test,
    )
    said = _(VERDICTS[verdict(rate.ahead)]) if math.isfinite(rate.mse) else ""
    about = _(FINDING_HELP).format(numbers=models.shape(model_id).size)
    st.markdown(f"{says} {said}", help=about)


def _says_sizes(model_id: str, restored: "Restored", setting: int, rate: "Rate") -> None:
    says = _("Under each one its error: {mse}. PCA keeps {components} × {bits} bits.").format(
        mse=kinds.mse(models.shape(model_id).kind),
        components=rate.pca_components,
        bits=rate.pca_bits,
    )
    files = (
        _(NO_FILES)
        if restored.jpeg is None
        else _(
            "JPEG is shown at the nearest size that it can have, quality {quality}, its "
            "header shared by 100 pictures."
        ).format(quality=restored.jpeg.quality[setting])
    )
    st.caption(f"{says} {files}")


def _chart(model_id: str, measured: "Compressor", files: "Files | None", setting: int) -> None:
    shape, about = models.shape(model_id), _(CHART_HELP)
    if isinstance(shape, Picture):
        about += " " + _(FILES_HELP).format(size=f"{shape.height}×{shape.width}")
    st.markdown(_("**Error against size**: all ways of compressing"), help=about)
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
            alone={} if files is None else files.alone,
            together={} if files is None else files.together,
            chosen=setting,
            error=kinds.mse(shape.kind),
            size=_("bytes per sample"),
            revision=model_id,
            dark=is_dark(),
            _=_,
        ),
        key="size_against_error",
        height=400,
        alt=_("Error over bytes per sample, of the autoencoder and of each other way."),
    )
    if files is None:
        st.caption(_("Means over {n:,} test samples.").format(n=measured.n_test))
        return
    st.caption(
        _(
            "Autoencoder, PCA and shared files: means over {n:,} test pictures; one to a "
            "file: over the first {alone}. PNG is lossless, so it is shown at “none”."
        ).format(n=files.n_together, alone=files.n_alone)
    )


def _weight(model_id: str, measured: "Compressor", files: "Files | None", setting: int) -> None:
    """What the decoder weighs, and from how many samples on it has saved that."""
    from aecore.topics.compression.measure import nearest_error, pays_off_from

    rate, raw = measured.rates[setting], models.shape(model_id).size
    st.markdown(_("**What the decoder itself weighs**"), help=_(WEIGHT_HELP))
    st.markdown(
        _("**{kilobytes:,.0f} kB**, needed once for all samples.").format(
            kilobytes=measured.decoder_bytes / 1000
        )
    )
    others = {_("a byte per number"): float(raw)}
    if files is not None:
        others[_("PNG, no loss")] = files.together["png"][0].bytes
    if files is not None and math.isfinite(rate.mse):
        said = _("{format}, quality {quality}")
        for title, kind in (("JPEG", "jpeg"), ("WebP", "webp")):
            near = nearest_error(files.together[kind], rate.mse)
            others[said.format(format=title, quality=near.quality)] = near.bytes
    head = [_("instead of"), _("bytes each"), _("pays off from")]
    lines = ["| " + " | ".join(head) + " |", "|---|--:|--:|"]
    for name, size in others.items():
        n = pays_off_from(measured.decoder_bytes, rate.bytes, size)
        when = _("never") if n is None else _("{n:,} samples").format(n=n)
        lines.append(f"| {name} | {size:.0f} | {when} |")
    if not predict_first.headline("compression-pays-off", "\n".join(lines)):
        return
    says = _(
        "Bytes of the code here: {bytes:.4g}. PCA has weights, too: {kilobytes:,.1f} kB for its "
        "{components} components and the mean."
    ).format(
        bytes=rate.bytes,
        kilobytes=FLOAT * raw * (rate.pca_components + 1) / 1000,
        components=rate.pca_components,
    )
    formats = _(
        "JPEG and WebP at the quality whose error is nearest to the code's; files shared by 100 "
        "pictures."
    )
    st.caption(says if files is None else f"{says} {formats}")
