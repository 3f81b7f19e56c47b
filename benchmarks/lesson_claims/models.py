"""Claims about the pretrained models: a seed gives other test digits."""

from collections.abc import Callable
from functools import partial

import numpy as np

from aecore.analysis import neighbours
from aecore.parts.datasets import DIGIT
from aecore.topics.ae_vs_pca import ask as comparison
from aecore.topics.anomaly import ask as anomaly
from aecore.topics.compression import ask as compression
from aecore.topics.compression.measure import nearest_error, pays_off_from
from aecore.topics.denoising import ask as denoising
from aecore.topics.features import ask as features
from aecore.topics.generate import ask as generation
from aecore.topics.generate import posterior
from aecore.topics.latent_space import ask as latent_map
from aecore.topics.reconstructions import ask as reconstruction
from aecore.topics.sparsity import ask as sparsity
from aecore.topics.sparsity.measure import activity
from aecore.topics.super_resolution import ask as super_resolution
from benchmarks.lesson_claims.claim import Bench, Claim

Measure = Callable[[Bench, int], float]


# ---- AE versus PCA


def share_of_pcas_error(bench: Bench, seed: int) -> float:
    """The model's error in per cent of PCA's with as many numbers."""
    found = comparison.errors(bench.asked("vanilla-32", seed))
    return 100 * found.model / float(found.pca[found.components])


def components_needed(bench: Bench, seed: int) -> float:
    found = comparison.errors(bench.asked("vanilla-32", seed))
    return float(np.flatnonzero(found.pca <= found.model)[0])


def neighbours_gap(bench: Bench, seed: int) -> float:
    """Percentage points of digits that nearest neighbours recognise only from PCA's code."""
    subject = bench.asked("vanilla-32", seed)
    return 100 * (comparison.probe_pca(subject).knn - comparison.probe_model(subject).knn)


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


def decoder_kilobytes(bench: Bench, seed: int) -> float:
    return compression.measure(bench.asked("vanilla-32", seed), (4,)).decoder_bytes / 1000


def pays_off(kind: str, bench: Bench, seed: int) -> float:
    """From how many digits on the decoder pays off, with 4 bits; 10^9 for never."""
    subject = bench.asked("vanilla-32", seed)
    found = compression.measure(subject, (4,))
    (rate,) = found.rates
    theirs = float(DIGIT.size)
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


# ---- features


def best_right(key: str, n_labels: int, name: str, bench: Bench, seed: int) -> float:
    return 100 * features.classify(bench.asked(key, seed), n_labels).accuracy(name).value


def gain(n_labels: int, bench: Bench, seed: int) -> float:
    """Percentage points by which the code is ahead of the better one of PCA and pixels."""
    return 100 * features.classify(bench.asked("vanilla-32", seed), n_labels).gain.value


def spread_over_labels(bench: Bench, seed: int) -> float:
    """Standard deviation of the best accuracy over draws of 100 labels, in percentage points."""
    subject = bench.asked("vanilla-32", seed)
    labels, _val_labels, _test_labels = features._labels(subject)
    draws = tuple(features.stratified(labels, 100, seed) for seed in range(features.DRAWS))
    found = features._tested(subject, features.CODE, draws)
    return 100 * float(found.right[found.best].mean(axis=1).std(ddof=1))


def purity(key: str, name: str, bench: Bench, seed: int) -> float:
    """Clusters are of training digits: a seed starts k-means elsewhere."""
    from sklearn.cluster import KMeans

    from aecore.topics.features.clusters import purity as purity_of

    subject = bench.asked(key, 0)
    train, _val, _test = features._input(subject, name)
    labels, _val_labels, _test_labels = features._labels(subject)
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


def lead(side: int, bench: Bench, seed: int) -> float:
    """Decibels by which the network is ahead of bicubic."""
    return super_resolution.measure(bench.asked(f"superres-{side}", seed), side).gain.value


def _claim(
    lesson: str, en: str, ko: str, measure: Measure, low: float, high: float, what: str
) -> Claim:
    return Claim(lesson, en, ko, measure, low, high, what)


CLAIMS: tuple[Claim, ...] = (
    _claim(
        "ae_vs_pca",
        "less than half of PCA's",
        "PCA의 절반이 되지 않습니다",
        share_of_pcas_error,
        40,
        50,
        "The error of Vanilla 32 in % of PCA's with 32 components, on other test digits.",
    ),
    _claim(
        "ae_vs_pca",
        "about 75 components",
        "주성분이 75개쯤",
        components_needed,
        71,
        79,
        "PCA's components for the error of Vanilla 32, on other test digits.",
    ),
    _claim(
        "ae_vs_pca",
        "by one to four percentage points",
        "1–4%포인트 더 많이",
        neighbours_gap,
        1,
        4,
        "Nearest neighbours on PCA's code minus those on Vanilla 32's, on other test digits.",
    ),
    _claim(
        "anomaly",
        "Between 80% and 90% of the strange pictures are caught",
        "이상 이미지의 80–90%를 찾아냅니다",
        partial(caught, "mse"),
        78,
        92,
        "Strange pictures above the usual threshold of the MSE, on other test digits.",
    ),
    _claim(
        "anomaly",
        "5% of some held-out normal pictures raise a false alarm; with so few of them, the share "
        "among the test pictures can be 10% as well",
        "정상 이미지의 5%에 오경보가 울리도록 정했습니다. 그런 이미지가 적어서 테스트 이미지에서는 "
        "10%가 될 수도 있습니다",
        partial(alarms, "mse"),
        1,
        12,
        "Normal pictures above the same threshold, on other test digits.",
    ),
    _claim(
        "anomaly",
        "only about 40% caught",
        "40%쯤만 찾아냅니다",
        partial(above, 0.03, True),
        36,
        46,
        "Strange pictures with an MSE above 0.03, on other test digits.",
    ),
    _claim(
        "anomaly",
        "more than 90% caught",
        "90%가 넘게 찾아내지만",
        partial(above, 0.008, True),
        90,
        98,
        "Strange pictures with an MSE above 0.008, on other test digits.",
    ),
    _claim(
        "anomaly",
        "one normal picture in four",
        "네 장 가운데 한 장꼴",
        partial(above, 0.008, False),
        18,
        35,
        "Normal pictures with an MSE above 0.008, on other test digits.",
    ),
    _claim(
        "anomaly",
        "More than 90% caught, without any new training",
        "새로 학습하지 않고도 90%가 넘게 찾아냅니다",
        partial(caught, "ssim"),
        88,
        99,
        "Strange pictures above the usual threshold of 1 - SSIM, on other test digits.",
    ),
    _claim(
        "compression",
        "At 4 bits the error is about a sixth larger",
        "4비트에서는 6분의 1쯤",
        partial(rounding_costs, 4),
        113,
        121,
        "The error with 4 bits per number in % of that without rounding, on other test digits.",
    ),
    _claim(
        "compression",
        "at 3 bits about two thirds larger",
        "3비트에서는 3분의 2쯤",
        partial(rounding_costs, 3),
        155,
        175,
        "Likewise with 3 bits, on other test digits.",
    ),
    _claim(
        "compression",
        "at 2 bits three times as large",
        "2비트에서는 세 배",
        partial(rounding_costs, 2),
        280,
        350,
        "Likewise with 2 bits, on other test digits.",
    ),
    _claim(
        "compression",
        "about 0.008",
        "0.008쯤",
        partial(rate_mse, 16, "model"),
        0.007,
        0.009,
        "The error of Vanilla 32 with 16 bits, on other test digits.",
    ),
    _claim(
        "compression",
        "At about 40 bytes WebP is ahead",
        "40바이트쯤이면",
        webp_passes_at,
        30,
        50,
        "Bytes from which on WebP, 100 digits to a file, errs less than any number of bits.",
    ),
    _claim(
        "compression",
        "447 kB",
        "447 kB",
        decoder_kilobytes,
        446,
        448,
        "Bytes of the decoder: exact.",
    ),
    _claim(
        "compression",
        "from 582 digits on",
        "582장부터",
        partial(pays_off, "grey"),
        582,
        582,
        "The decoder's bytes over those saved per digit, with 4 bits: exact.",
    ),
    _claim(
        "compression",
        "against WebP only from many thousands",
        "수만 장은 되어야",
        partial(pays_off, "webp"),
        5_000,
        99_999,
        "Likewise against WebP of the same error, on other test digits.",
    ),
    _claim(
        "compression",
        "1 byte for each digit",
        "1바이트",
        code_bytes,
        1,
        1,
        "Two numbers of 4 bits each: exact.",
    ),
    _claim(
        "denoising",
        "the model reaches about 18.5 dB",
        "이 모델은 약 18.5 dB",
        partial(decibels, "model", "gaussian", 0.4),
        17.9,
        19.1,
        "Mean PSNR of the model at noise 0.4, on other test digits.",
    ),
    _claim(
        "denoising",
        "the best filter about 16 dB",
        "가장 나은 필터는 약 16 dB",
        partial(decibels, "filter", "gaussian", 0.4),
        15.3,
        16.7,
        "Mean PSNR of the best filter, on other test digits.",
    ),
    _claim(
        "denoising",
        "gets about 13 dB",
        "약 13 dB에 그칩니다",
        partial(decibels, "plain", "gaussian", 0.4),
        12.4,
        13.6,
        "Mean PSNR of the plain autoencoder, on other test digits.",
    ),
    _claim(
        "features",
        "gets about 70% right",
        "70%쯤을 맞힙니다",
        partial(best_right, "vanilla-32", 100, "code"),
        65,
        75,
        "The best classifier on the code with 100 labels, on other test digits.",
    ),
    _claim(
        "features",
        "changes each figure by a few percentage points",
        "값이 몇 %포인트씩 달라지고",
        spread_over_labels,
        1.5,
        5,
        "Standard deviation over draws of 100 labels, on other test digits.",
    ),
    _claim(
        "features",
        "A difference of one or two percentage points may be chance",
        "1–2%포인트 차이는 우연일 수 있습니다",
        spread_over_labels,
        1.5,
        5,
        "Likewise: two draws differ by as much.",
    ),
    _claim(
        "features",
        "behind PCA, by two or three percentage points",
        "PCA에 2–3%포인트 뒤집니다",
        partial(gain, 4000),
        -3.6,
        -1.4,
        "The best classifier on the code minus the best without, 4,000 labels, other test digits.",
    ),
    _claim(
        "features",
        "About 75%",
        "75%쯤입니다",
        partial(best_right, "convolutional-32", 100, "code"),
        70,
        80,
        "The best classifier on the code of Convolutional 32 with 100 labels, other test digits.",
    ),
    _claim(
        "features",
        "is about 45%",
        "잠재 벡터로 45%쯤",
        partial(purity, "vanilla-32", "code"),
        40,
        50,
        "Purity of ten clusters of Vanilla 32's codes; a seed starts k-means elsewhere.",
    ),
    _claim(
        "features",
        "well above 50% with the pixels",
        "픽셀로는 50%가 넘습니다",
        partial(purity, "vanilla-32", "pixels"),
        50,
        65,
        "Purity of ten clusters of the pixels; a seed starts k-means elsewhere.",
    ),
    _claim(
        "features",
        "About 70%",
        "70%쯤이 됩니다",
        partial(purity, "vae-16", "code"),
        63,
        77,
        "Purity of ten clusters of VAE 16's codes; a seed starts k-means elsewhere.",
    ),
    _claim(
        "generate",
        "Of real digits 45% to 60% are clear",
        "실제 숫자는 쓴 사람에 따라 45–60%가 뚜렷하고",
        real_clear,
        44,
        63,
        "Clear ones among other real test digits.",
    ),
    _claim(
        "generate",
        "a quarter to a third",
        "4분의 1에서 3분의 1쯤",
        partial(clear, "vae-16", "prior"),
        23,
        35,
        "Clear ones among samples of VAE 16; a seed draws others.",
    ),
    _claim(
        "generate",
        "drawn from N(0, I) about one in sixteen",
        "열여섯 장에 한 장쯤만 뚜렷합니다",
        partial(clear, "vanilla-32", "prior"),
        4.5,
        8,
        "Clear ones among samples of Vanilla 32 from N(0, I); a seed draws others.",
    ),
    _claim(
        "generate",
        "One of the 16 numbers has collapsed",
        "16차원 가운데 하나가 붕괴했습니다",
        collapsed,
        1,
        1,
        "Collapsed numbers of VAE 16, on other test digits.",
    ),
    _claim(
        "latent_space",
        "from about two thirds",
        "3분의 2쯤에서",
        partial(own_class, "vae-2"),
        60,
        73,
        "Digits next to their own class in the code of VAE 2, on other test digits.",
    ),
    _claim(
        "latent_space",
        "to about nine tenths",
        "10분의 9쯤으로",
        partial(own_class, "vanilla-32"),
        84,
        95,
        "Likewise in the code of Vanilla 32.",
    ),
    _claim(
        "reconstructions",
        "almost five times as large",
        "거의 다섯 배",
        times_the_error,
        4.4,
        5.2,
        "The error of Vanilla 2 over that of Vanilla 32, on other test digits.",
    ),
    _claim(
        "reconstructions",
        "about 0.038 instead of 0.008",
        "0.008에서 0.038쯤으로",
        partial(error, "vanilla-2"),
        0.034,
        0.042,
        "The error of Vanilla 2, on other test digits.",
    ),
    _claim(
        "reconstructions",
        "instead of 0.008",
        "0.008에서",
        partial(error, "vanilla-32"),
        0.007,
        0.009,
        "The error of Vanilla 32, on other test digits.",
    ),
    _claim(
        "reconstructions",
        "about 0.005",
        "0.005쯤",
        partial(error, "convolutional-32"),
        0.0045,
        0.0055,
        "The error of Convolutional 32, on other test digits.",
    ),
    _claim(
        "reconstructions",
        "The ten best are all ones",
        "오차가 가장 작은 열 장은 모두 1입니다",
        ones_among_the_best,
        10,
        10,
        "Ones among the ten digits with the least error, of other test digits.",
    ),
    _claim(
        "sparsity",
        "about 30 of 256 units",
        "256개 가운데 평균 30개쯤",
        partial(active, "sparse-256"),
        25,
        36,
        "Units of Sparse (L1) 256 that are active on average, on other test digits.",
    ),
    _claim(
        "sparsity",
        "more than half are",
        "절반 넘게",
        dead,
        129,
        180,
        "Dead units of Sparse (L1) 256, on other test digits.",
    ),
    _claim(
        "sparsity",
        "about 26 of 32 units",
        "32개 가운데 26개쯤",
        partial(active, "vanilla-32"),
        24,
        28,
        "Units of Vanilla 32 that are active on average, on other test digits.",
    ),
    _claim(
        "super_resolution",
        "about 5 dB ahead of bicubic",
        "쌍삼차보다 5 dB쯤 앞섭니다",
        partial(lead, 14),
        4.5,
        5.9,
        "Mean PSNR of the network minus bicubic's from 14×14, on other test digits.",
    ),
    _claim(
        "super_resolution",
        "about 5.5 dB ahead",
        "5.5 dB쯤 앞섭니다",
        partial(lead, 7),
        5,
        6,
        "Mean PSNR of the network minus bicubic's from 7×7, on other test digits.",
    ),
)
