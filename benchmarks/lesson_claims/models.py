"""Claims about the pretrained models: a seed gives other test digits."""

from collections.abc import Callable

import numpy as np

from aecore.analysis import neighbours
from aecore.analysis.compression import nearest_error, pays_off_from
from aecore.analysis.sparsity import activity
from aecore.experiment import PIXELS
from aecore.questions import (
    anomaly,
    comparison,
    compression,
    denoising,
    features,
    generation,
    latent_map,
    posterior,
    reconstruction,
    sparsity,
    super_resolution,
)
from benchmarks.lesson_claims.claim import Bench, Claim

Measure = Callable[[Bench, int], float]

DIGITS = "On other test digits."


# ---- AE versus PCA


def share_of_pcas_error(bench: Bench, seed: int) -> float:
    """The model's error in per cent of PCA's with as many numbers."""
    found = comparison.errors(bench.asked("vanilla-32", seed))
    return 100 * found.model / float(found.pca[found.components])


def components_needed(bench: Bench, seed: int) -> float:
    found = comparison.errors(bench.asked("vanilla-32", seed))
    return float(np.flatnonzero(found.pca <= found.model)[0])


def neighbours_right(who: str, bench: Bench, seed: int) -> float:
    """Per cent of digits that nearest neighbours recognise from a code."""
    ask = comparison.probe_pca if who == "pca" else comparison.probe_model
    return 100 * ask(bench.asked("vanilla-32", seed)).knn


# ---- anomaly


def caught(score: str, bench: Bench, seed: int) -> float:
    return 100 * anomaly.detect(bench.asked("anomaly-3", seed), (3,)).usual[score].caught.value


def alarms(score: str, bench: Bench, seed: int) -> float:
    return 100 * anomaly.detect(bench.asked("anomaly-3", seed), (3,)).usual[score].alarms.value


def above(threshold: float, strange: bool, bench: Bench, seed: int) -> float:
    """Per cent of the strange, or of the normal, pictures with a larger error."""
    found = anomaly.detect(bench.asked("anomaly-3", seed), (3,))
    return 100 * float((found.scores["mse"][found.strange == strange] > threshold).mean())


# ---- compression


def rate_mse(bits: int, who: str, bench: Bench, seed: int) -> float:
    (rate,) = compression.measure(bench.asked("vanilla-32", seed), (bits,)).rates
    return rate.pca_mse if who == "pca" else rate.mse


def rounding_costs(bits: int, bench: Bench, seed: int) -> float:
    """The error with rounded numbers in per cent of that without rounding."""
    found = compression.measure(bench.asked("vanilla-32", seed), (bits,))
    return 100 * found.rates[0].mse / found.exact_mse


def against_pca(bits: int, bench: Bench, seed: int) -> float:
    """The autoencoder's error in per cent of PCA's at the same size."""
    return 100 * rate_mse(bits, "model", bench, seed) / rate_mse(bits, "pca", bench, seed)


def decoder_kilobytes(bench: Bench, seed: int) -> float:
    return compression.measure(bench.asked("vanilla-32", seed), (4,)).decoder_bytes / 1000


def pays_off(kind: str, bench: Bench, seed: int) -> float:
    """From how many digits on the decoder pays off, with 4 bits; 10^9 for never."""
    subject = bench.asked("vanilla-32", seed)
    found = compression.measure(subject, (4,))
    (rate,) = found.rates
    theirs = float(PIXELS)
    if kind != "grey":
        theirs = nearest_error(compression.files(subject).together[kind], rate.mse).bytes
    n = pays_off_from(found.decoder_bytes, rate.bytes, theirs)
    return 1e9 if n is None else float(n)


def webp_passes_at(bench: Bench, seed: int) -> float:
    """Bytes per digit from which on shared WebP files err less than the autoencoder's code."""
    subject = bench.asked("vanilla-32", seed)
    rates = compression.measure(subject).rates
    for point in sorted(compression.files(subject).together["webp"], key=lambda p: p.bytes):
        within = [rate.mse for rate in rates if rate.bytes <= point.bytes]
        if within and point.mse < min(within):
            return point.bytes
    return 1e9


def code_bytes(bench: Bench, seed: int) -> float:
    (rate,) = compression.measure(bench.asked("vanilla-2", seed), (4,)).rates
    return rate.bytes


# ---- denoising


def decibels(method: str, kind: str, level: float, bench: Bench, seed: int) -> float:
    """Mean PSNR of a method; "filter" is the best of them."""
    scores = denoising.benchmark(bench.asked("denoising-32", seed), kind, (level,)).scores[level]
    if method == "filter":
        filters = set(scores) - {denoising.NOISY, denoising.MODEL, denoising.PLAIN}
        method = min(filters, key=lambda name: scores[name].mse)
    return scores[method].psnr.value


def masking_gap(bench: Bench, seed: int) -> float:
    """Decibels by which a blur is ahead of the model with missing pixels."""
    scores = denoising.benchmark(bench.asked("denoising-32", seed), "masking", (0.4,)).scores[0.4]
    return scores["gaussian_blur"].gain(scores[denoising.MODEL]).value


# ---- features


def best_right(key: str, n_labels: int, name: str, bench: Bench, seed: int) -> float:
    return 100 * features.classify(bench.asked(key, seed), n_labels).accuracy(name).value


def gain(n_labels: int, bench: Bench, seed: int) -> float:
    """Percentage points by which the code is ahead of the better one of PCA and pixels."""
    return 100 * features.classify(bench.asked("vanilla-32", seed), n_labels).gain.value


def purity(key: str, name: str, bench: Bench, seed: int) -> float:
    """Clusters are of training digits: a seed starts k-means elsewhere."""
    from sklearn.cluster import KMeans

    from aecore.analysis.clusters import purity as purity_of

    subject = bench.asked(key, 0)
    train, _test = features._input(subject, name)
    labels, _test_labels = features._labels(subject)
    found = KMeans(10, n_init=2, random_state=seed).fit(train)
    return 100 * purity_of(found.labels_, labels)


# ---- generate


def clear(key: str, source: str, bench: Bench, seed: int) -> float:
    """A seed draws other codes."""
    return 100 * generation.samples(bench.asked(key, 0), source, 1, seed).clear.value


def real_clear(bench: Bench, seed: int) -> float:
    return 100 * generation.real_samples(bench.asked("vae-16", seed), 1).clear.value


def collapsed(bench: Bench, seed: int) -> float:
    return float(posterior.posteriors(bench.asked("vae-16", seed)).collapsed.sum())


# ---- latent space


def own_class(key: str, bench: Bench, seed: int) -> float:
    found = latent_map.test_codes(bench.asked(key, seed))
    return 100 * neighbours.same_class_share(found.z, found.labels)


# ---- reconstructions


def error(key: str, bench: Bench, seed: int) -> float:
    return float(reconstruction.test_errors(bench.asked(key, seed)).errors.mean())


def times_the_error(bench: Bench, seed: int) -> float:
    return error("vanilla-2", bench, seed) / error("vanilla-32", bench, seed)


def ones_among_the_best(bench: Bench, seed: int) -> float:
    found = reconstruction.test_errors(bench.asked("vanilla-32", seed))
    return float((found.labels[np.argsort(found.errors)[:10]] == 1).sum())


# ---- sparsity


def active(key: str, bench: Bench, seed: int) -> float:
    z = sparsity.code_table(bench.asked(key, seed)).z
    return activity(z).share * z.shape[1]


def dead(bench: Bench, seed: int) -> float:
    return float(sparsity.code_table(bench.asked("sparse-256", seed)).dead.sum())


# ---- super-resolution


def enlarged(side: int, method: str, bench: Bench, seed: int) -> float:
    found = super_resolution.measure(bench.asked(f"superres-{side}", seed), side)
    return found.scores[method].psnr.value


CLAIMS: tuple[Claim, ...] = ()
