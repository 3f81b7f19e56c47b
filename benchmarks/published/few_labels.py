"""A classifier from 100 labels: with a pretrained encoder, and with one of random weights."""

from aecore import classifier
from aecore.analysis.pretraining import FINE_TUNED, RANDOM, summarise
from aecore.analysis.pretraining import Outcome as Trained
from aecore.experiment import Experiment
from aecore.training import Training
from benchmarks.published import learning
from benchmarks.published.rows import Outcome, Protocol, Setup

LABELS = 100
SEEDS = 10
EPOCHS = 20

HOW = (
    "Denoising autoencoder 784-128-64-32 (Gaussian noise of 0.4), trained on {n:,} pictures without "
    "labels: Adam, highest learning rate 0.002, cosine, {epochs} epochs. Then a linear layer on the "
    "code, and everything goes on training with 100 labels, ten of each digit, 1,000 updates for "
    "both starts. {seeds} seeds decide labels, first weights and order; accuracy on the test set "
    "{random:.1f}% (standard deviation {random_spread:.1f}) from random weights, {tuned:.1f}% "
    "({tuned_spread:.1f}) pretrained; the gain seed by seed is {least:.1f} to {most:.1f}. Spread: "
    "the largest of these two standard deviations and that of the gain ({gain_spread:.1f})."
)


def run(setup: Setup) -> Outcome:
    """Gain in accuracy, in percentage points, mean over seeds; and the spread over seeds."""
    experiment = Experiment(corruption="gaussian", learning_rate=0.002, seed=setup.seed)
    training = Training(experiment, setup.dataset)
    n_epochs, seeds = (2, 2) if setup.quick else (EPOCHS, SEEDS)
    for epoch, loss in learning.epochs(training, n_epochs):
        setup.say(f"epoch {epoch}: loss {loss:.6f}")
    trained = []
    for progress in classifier.compare(
        training.model, setup.dataset, [LABELS], range(seeds), (RANDOM, FINE_TUNED)
    ):
        if isinstance(progress, Trained):
            trained.append(progress)
            setup.say(f"seed {progress.seed}, {progress.start}: {100 * progress.accuracy:.2f}%")
    (summary,) = summarise(trained)
    random, tuned = summary.starts[RANDOM], summary.starts[FINE_TUNED]
    gain = summary.gain(FINE_TUNED)
    spreads = [100 * (part.spread or 0) for part in (random, tuned, gain)]
    how = HOW.format(
        n=len(setup.dataset.x_train),
        epochs=n_epochs,
        seeds=seeds,
        random=100 * random.mean,
        random_spread=spreads[0],
        tuned=100 * tuned.mean,
        tuned_spread=spreads[1],
        least=100 * min(gain.values),
        most=100 * max(gain.values),
        gain_spread=spreads[2],
    )
    details = {RANDOM: [*random.values], FINE_TUNED: [*tuned.values]}
    return Outcome(100 * gain.mean, how, spread=max(spreads), details=dict(details))


PROTOCOL = Protocol(
    name="few-labels",
    what="100 labels, pretrained against random initialisation, gain in accuracy",
    published="(no single figure)",
    due="a gain larger than the spread over 10 seeds",
    holds=lambda outcome: outcome.spread is not None and outcome.value > outcome.spread,
    show=lambda outcome: f"{outcome.value:.1f} points, spread {outcome.spread or 0:.1f}",
    run=run,
)
