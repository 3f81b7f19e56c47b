"""Challenges of the page Compression."""

from typing import TYPE_CHECKING

from aecore.errors import N_, LabError, Sentence
from aecore.topics.challenge import Choose, Observed, Quiz
from aecore.topics.observing import band, usable

if TYPE_CHECKING:
    from aecore.training.subject import Subject

BITS = 4


def four_bits(subject: "Subject") -> Observed:
    """What rounding each number of the code to four bits costs."""
    from aecore.topics.compression import ask as compression

    found = compression.measure(subject, (BITS,))
    if found.whole:
        raise LabError(
            N_(
                "The code of this model is whole numbers already: there is nothing to round. Choose "
                "another model in the sidebar."
            )
        )
    exact, rounded = found.exact_mse, found.rates[0].mse
    usable(exact, rounded)
    more = rounded / max(exact, 1e-9) - 1
    said = N_(
        "Exact code: MSE {exact:.4f}. With 4 bits per number: {rounded:.4f}, {percent:.0f}% more."
    )
    return Observed(
        band(more, (0.1, 1), ("little", "some", "double")),
        Sentence(said, exact=exact, rounded=rounded, percent=100 * more),
    )


def pays_off(subject: "Subject") -> Observed:
    """After how many pictures the decoder's own bytes have been saved."""
    from aecore.topics.compression import ask as compression

    found = compression.measure(subject, (BITS,))
    raw = subject.shape.size  # a byte for each number
    saved = raw - found.rates[0].bytes
    if saved <= 0:
        said = N_("A code takes {bytes:.0f} bytes, and a sample {raw}: nothing is ever saved.")
        return Observed("many", Sentence(said, bytes=found.rates[0].bytes, raw=raw))
    pictures = found.decoder_bytes / saved
    said = N_(
        "The decoder has {kilobytes:,.0f} kB; each sample takes {bytes:.0f} bytes instead of {raw}. That "
        "pays off after {pictures:,.0f} samples."
    )
    return Observed(
        band(pictures, (10, 100), ("few", "some", "many")),
        Sentence(
            said,
            kilobytes=found.decoder_bytes / 1000,
            bytes=found.rates[0].bytes,
            raw=raw,
            pictures=pictures,
        ),
    )


CHALLENGES = (
    Choose(
        key="compression-four-bits",
        question=N_(
            "Round every number of the code from 32 bits to 4. How much does the error grow?"
        ),
        options={
            "little": N_("by less than a tenth"),
            "some": N_("by more than that, but not to double"),
            "double": N_("to double or more"),
        },
        how=N_("Move the slider ‘Bits per number’ and watch the samples."),
        observe=four_bits,
        explanation=N_(
            "Four bits are sixteen steps over the range of each number. If the decoder changes its "
            "picture slowly along a number, sixteen are nearly enough; the smaller the error was, the "
            "more rounding adds to it."
        ),
    ),
    Choose(
        key="compression-pays-off",
        question=N_(
            "To unpack the samples you also need the decoder. After how many samples "
            "does sending it pay off, compared with a byte for each number?"
        ),
        options={
            "few": N_("less than 10"),
            "some": N_("10 to 100"),
            "many": N_("more than 100, or never"),
        },
        how=N_("Read the size of the decoder on the page."),
        observe=pays_off,
        explanation=N_(
            "Part of what a model has learned about its data sits in the decoder, and that "
            "must travel, too. A file format has no such overhead: everybody has the "
            "software already."
        ),
    ),
    Quiz(
        key="compression-photo",
        question=N_("Why does nobody send photos as the codes of such an autoencoder?"),
        options={
            "known": N_("It restores only what looks like its training pictures."),
            "size": N_("The code of a photo takes more bytes than its JPEG file."),
            "slow": N_("The network has to be trained again for each new photo."),
        },
        right="known",
        why={
            "known": N_(
                "Yes: its small codes come from what it knows about digits. JPEG knows "
                "little, but that little holds for all pictures."
            ),
            "size": N_(
                "No: a code has the same few bytes whatever the picture. It is the photo "
                "that could not be restored."
            ),
            "slow": N_(
                "No: it is trained once; encoding a new picture is one pass through the encoder and takes a moment."
            ),
        },
    ),
)
