"""What the pretraining page explains."""

from aecore.errors import N_

STARTS = {
    "random": N_("random weights"),
    "frozen": N_("pretrained, frozen"),
    "fine_tuned": N_("pretrained, fine-tuned"),
}

SHORT = {"frozen": N_("frozen"), "fine_tuned": N_("fine-tuned")}

STARTS_HELP = N_(
    "Three ways to begin, with the same network: the encoder and one linear layer on its "
    "code. Random weights: nothing learned before. Frozen: the pretrained encoder stays "
    "as it is, only the linear layer learns. Fine-tuned: all layers continue to learn "
    "from the pretrained weights."
)

LABELS_HELP = N_(
    "How many training samples come with their class. The autoencoder has learned from all its "
    "training samples without any labels; only the classifier needs some. All classes in equal "
    "shares, as far as there are."
)

SEEDS_HELP = N_(
    "Each training is repeated with other labelled samples and other random numbers. The number after ± "
    "is the standard deviation of the accuracies; the gain is taken seed by seed and has a 95% "
    "interval, and is one only where that lies on one side of zero."
)

CLASSES_HELP = N_("Tell only these classes apart; none chosen means all. At least two are needed.")

DATA_HELP = N_(
    "Where labelled training samples and test samples come from. More than {n:,} labelled digits "
    "need full MNIST: it is offered here once it has been fetched by a training on the page ‘Train’."
)

CHART_HELP = N_(
    "A point is one training, the line runs through the means, the bar shows the spread (one "
    "standard deviation up and down). Accuracy is the share of test samples classified right; "
    "guessing among ten digits gets about 10%. The axis is stretched towards 100%, where halving the errors is "
    "harder than at the start. Every classifier gets at least 1,000 updates with Adam; learning "
    "rates were chosen for each start, so that none is at a disadvantage."
)

STACKS_HELP = N_(
    "Learning follows the gradient: how much the loss changes when a weight changes. On "
    "its way back from the reconstruction, the gradient is multiplied by the derivative "
    "of every activation that it passes. That of a sigmoid is at most 1/4, so after many "
    "layers next to nothing is left: it vanishes, and the first layers hardly learn."
)

LAYERWISE_HELP = N_(
    "Each layer is first trained alone, as a small autoencoder of the layer below, 5 epochs each; "
    "then all layers train together, as they do from the start in the other training. Both have "
    "60 epochs in all. The error jumps up whenever a new, narrower layer joins."
)

DEPTH_HELP = N_("Hidden layers of the encoder; the decoder has as many. The code has 8 numbers.")

ACTIVATION_HELP = N_(
    "The nonlinearity after each hidden layer. A sigmoid flattens out on both sides; a "
    "ReLU has derivative 1 wherever it is active, so the gradient survives."
)

UNLABELLED = N_(
    "A classifier needs labels, and nobody has labelled what this model has learned: {name}. Choose "
    "another model in the sidebar."
)

TOLD = N_(
    "This model was given the classes of its samples in training, so it is not a fair "
    "example of learning without labels. Choose one that is not conditional."
)
