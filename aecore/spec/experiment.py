"""An experiment: one frozen value that says everything about a training run.

Each field declares its limits, unit and help beside its default. Widgets, the command line,
links and error sentences are all made from these declarations, so that they cannot disagree.

This module imports no torch: a page can be drawn from it before torch is loaded.
"""

import dataclasses
import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aecore.errors import N_, ExperimentError
from aecore.parts import codes, penalties
from aecore.parts.codes import CODES
from aecore.parts.corruptions import CORRUPTIONS
from aecore.parts.datasets import BUNDLED, DATASETS
from aecore.parts.losses import LOSSES
from aecore.parts.optimizers import OPTIMIZERS
from aecore.parts.penalties import PENALTIES
from aecore.shapes import Kind, Shape
from aecore.spec.fields import (
    Choice,
    Classes,
    Number,
    Spec,
    Switch,
    Value,
    Widths,
    quoted,
)
from aecore.spec.fitting import suits

OLD_NAMES = {"target_test_mse": "target_mse"}
"""Fields that links and files of an older lab call otherwise."""

MOST_TRAINING = max(spec.n_train for spec in DATASETS.values())
"""Samples to learn from in the largest dataset."""

FEW, FEW_BATCH = 2_000, 32
"""Fewer samples than these are learned from in batches of at most so many."""


def _field(default: Value, spec: Spec) -> Any:
    return dataclasses.field(default=default, metadata={"spec": spec})


@dataclass(frozen=True)
class Experiment:
    """Everything that decides a training run. Defaults are those of the vanilla autoencoder.

    Creating one checks every field and the rules between fields; an invalid one cannot exist.
    `variant` only says which preset it began as.

    Raises:
        ExperimentError: naming the parameter, its limits and the value received.
    """

    variant: str = "vanilla"

    dataset: str = _field(
        BUNDLED,
        Choice(
            title=N_("Dataset"),
            help=N_(
                "What to learn from: pictures, series in time, or rows of a table. Those that say "
                "bundled need no download."
            ),
            part="data",
            choices={spec.key: spec.title for spec in DATASETS.values()},
            says={spec.key: spec.says for spec in DATASETS.values()},
        ),
    )
    n_train: int = _field(
        MOST_TRAINING,
        Number(
            title=N_("Training samples"),
            help=N_("How many samples to train on, at most; fewer make overfitting visible."),
            part="data",
            unit=N_("samples"),
            low=10,
            high=MOST_TRAINING,
            whole=True,
            log=True,
        ),
    )
    classes: tuple[int, ...] = _field(
        (),
        Classes(
            title=N_("Training classes"),
            help=N_(
                "Train on samples of these classes alone, as anomaly detection does; none chosen "
                "means all. Validation and test samples stay the same."
            ),
            part="data",
        ),
    )

    network: str = _field(
        "dense",
        Choice(
            title=N_("Network"),
            help=N_(
                "How encoder and decoder are built: one matrix, dense layers, or convolutions."
            ),
            part="network",
            choices={
                "linear": N_("linear (one matrix each way)"),
                "dense": N_("dense layers"),
                "conv": N_("convolutions"),
            },
        ),
    )
    hidden: tuple[int, ...] = _field(
        (128, 64),
        Widths(
            title=N_("Hidden layers"),
            help=N_(
                "Units of each encoder layer before the code (channels, for convolutions); "
                "the decoder mirrors them."
            ),
            part="network",
            when=("network", ("dense", "conv")),
            most=6,
            high=2048,
        ),
    )
    activation: str = _field(
        "relu",
        Choice(
            title=N_("Activation"),
            help=N_("The nonlinearity after each hidden layer."),
            part="network",
            when=("network", ("dense", "conv")),
            choices={
                "relu": "ReLU",
                "leaky_relu": "Leaky ReLU",
                "elu": "ELU",
                "gelu": "GELU",
                "tanh": "tanh",
                "sigmoid": N_("sigmoid"),
            },
        ),
    )
    output: str = _field(
        "sigmoid",
        Choice(
            title=N_("Output activation"),
            help=N_(
                "What the decoder ends with; a sigmoid keeps every number within 0 and 1, as the data is."
            ),
            part="network",
            choices={"sigmoid": N_("sigmoid"), "identity": N_("none (identity)")},
        ),
    )
    tied: bool = _field(
        False,
        Switch(
            title=N_("Tied weights"),
            help=N_(
                "Each decoder layer uses the weights of its mirror image in the encoder, transposed, "
                "and only its biases are its own: half as many weights, each of which learns from "
                "both uses."
            ),
            part="network",
            when=("network", ("linear", "dense")),
        ),
    )

    latent_dim: int = _field(
        32,
        Number(
            title=N_("Code size"),
            help=N_("How many numbers the code has: the width of the bottleneck."),
            part="code",
            unit=N_("numbers"),
            low=1,
            high=1024,
            whole=True,
            log=True,
        ),
    )
    code: str = _field(
        "deterministic",
        Choice(
            title=N_("Kind of code"),
            help=N_(
                "What happens at the bottleneck: nothing, sampling, keeping the k largest, or "
                "replacing vectors by the nearest of a codebook."
            ),
            part="code",
            choices={kind.key: kind.title for kind in CODES.values()},
            says={kind.key: kind.says for kind in CODES.values()},
        ),
    )
    code_activation: str = _field(
        "identity",
        Choice(
            title=N_("Code activation"),
            help=N_(
                "The nonlinearity on the code itself; a ReLU here can leave units dead for good."
            ),
            part="code",
            choices={
                "identity": N_("none (identity)"),
                "relu": "ReLU",
                "sigmoid": N_("sigmoid"),
                "tanh": "tanh",
            },
        ),
    )
    condition: str = _field(
        "none",
        Choice(
            title=N_("Given besides the sample"),
            help=N_(
                "Give encoder and decoder the class: the code then need not "
                "contain it, and keeps the style. One sample in ten is shown without "
                "its class, so that the model also works without it."
            ),
            part="code",
            choices={"none": N_("nothing"), "label": N_("the class (conditional)")},
        ),
    )
    beta: float = _field(
        1.0,
        Number(
            title=N_("Beta"),
            help=N_(
                "Weight of the KL divergence against the reconstruction. With BCE, 1 is "
                "the VAE of the paper. With MSE, 1 takes each number for a Gaussian of "
                "variance 1/2 around its reconstruction, which lets the code carry less "
                "information. A larger weight gives a more orderly latent space and "
                "blurrier reconstructions."
            ),
            part="code",
            when=("code", codes.that_have("beta")),
            low=0,
            high=100,
        ),
    )
    k: int = _field(
        8,
        Number(
            title=N_("Active units k"),
            help=N_("How many code units may be active at once; the others are set to zero."),
            part="code",
            unit=N_("units"),
            when=("code", codes.that_have("k")),
            low=1,
            high=1024,
            whole=True,
        ),
    )
    codebook_size: int = _field(
        64,
        Number(
            title=N_("Codebook size"),
            help=N_("How many vectors the codebook holds; each vector of the code is one of them."),
            part="code",
            unit=N_("vectors"),
            when=("code", codes.that_have("codebook_size")),
            low=2,
            high=1024,
            whole=True,
            log=True,
        ),
    )
    vector_size: int = _field(
        2,
        Number(
            title=N_("Vector size"),
            help=N_(
                "How many numbers of the code are replaced together; the code size must be a "
                "multiple of it."
            ),
            part="code",
            unit=N_("numbers"),
            when=("code", codes.that_have("vector_size")),
            low=1,
            high=64,
            whole=True,
        ),
    )

    corruption: str = _field(
        "none",
        Choice(
            title=N_("Input noise"),
            help=N_("What is done to the input before encoding; the target stays clean."),
            part="corruption",
            choices={"none": N_("none")} | {c.key: c.title for c in CORRUPTIONS.values()},
            says={c.key: c.says for c in CORRUPTIONS.values()},
        ),
    )
    noise_level: float = _field(
        0.4,
        Number(
            title=N_("Noise level"),
            help=N_(
                "How strong the noise is, from 0 (none) to 1 (the full range). What exactly it "
                "measures, each kind of noise says."
            ),
            part="corruption",
            when=("corruption", tuple(CORRUPTIONS)),
            low=0,
            high=1,
        ),
    )

    penalty: str = _field(
        "none",
        Choice(
            title=N_("Penalty"),
            help=N_(
                "What is added to the reconstruction loss: it keeps the code sparse, or "
                "(contractive) stable when the input changes a little."
            ),
            part="penalty",
            choices={"none": N_("none")} | {p.key: p.title for p in PENALTIES.values()},
            says={p.key: p.term.says for p in PENALTIES.values()},
        ),
    )
    penalty_weight: float = _field(
        0.001,
        Number(
            title=N_("Penalty weight"),
            help=N_("How much the penalty counts against the reconstruction loss."),
            part="penalty",
            when=("penalty", penalties.that_have("penalty_weight")),
            low=0,
            high=10,
            log=True,
        ),
    )
    rho: float = _field(
        0.05,
        Number(
            title=N_("Target activation (rho)"),
            help=N_(
                "The mean activation that each code unit should have over the training samples."
            ),
            part="penalty",
            when=("penalty", penalties.that_have("rho")),
            low=0.001,
            high=0.999,
        ),
    )

    recon_loss: str = _field(
        "mse",
        Choice(
            title=N_("Reconstruction loss"),
            help=N_("How the difference between a sample and its reconstruction is measured."),
            part="training",
            choices={loss.key: loss.title for loss in LOSSES.values()},
            says={loss.key: loss.term.says for loss in LOSSES.values()},
        ),
    )
    optimizer: str = _field(
        "adam",
        Choice(
            title=N_("Optimiser"),
            help=N_("The rule that turns gradients into weight updates."),
            part="training",
            choices={rule.key: rule.title for rule in OPTIMIZERS.values()},
            says={rule.key: rule.says for rule in OPTIMIZERS.values()},
        ),
    )
    learning_rate: float = _field(
        1e-3,
        Number(
            title=N_("Learning rate"),
            help=N_("The size of each update; too large diverges, too small crawls."),
            part="training",
            low=1e-6,
            high=10,
            log=True,
            live=True,
        ),
    )
    batch_size: int = _field(
        256,
        Number(
            title=N_("Batch size"),
            help=N_("Samples per update."),
            part="training",
            unit=N_("samples"),
            low=1,
            high=4096,
            whole=True,
            log=True,
        ),
    )
    epochs: int = _field(
        80,
        Number(
            title=N_("Epochs"),
            help=N_("How often each training sample is seen before the run ends."),
            part="stop",
            unit=N_("epochs"),
            low=1,
            high=1000,
            whole=True,
            log=True,
            live=True,
        ),
    )
    schedule: str = _field(
        "end_to_end",
        Choice(
            title=N_("Schedule"),
            help=N_(
                "Train all layers together, or first one after the other, each as a small "
                "autoencoder of the layer below, and then all together (fine-tuning)."
            ),
            part="training",
            choices={
                "end_to_end": N_("all layers together"),
                "layer_by_layer": N_("layer by layer, then together"),
            },
        ),
    )
    layer_epochs: int = _field(
        10,
        Number(
            title=N_("Epochs per layer"),
            help=N_("How long each layer trains alone; the epochs that remain are fine-tuning."),
            part="training",
            unit=N_("epochs"),
            when=("schedule", ("layer_by_layer",)),
            low=1,
            high=200,
            whole=True,
        ),
    )
    seed: int = _field(
        0,
        Number(
            title=N_("Seed"),
            help=N_(
                "Fixes the initial weights, the batch order and the noise. On the same device with "
                "as many threads, the same seed gives the same numbers to the last bit; another "
                "number of threads changes them by about a ten-millionth, another kind of device "
                "takes other random numbers."
            ),
            part="training",
            low=0,
            high=2**31 - 1,
            whole=True,
        ),
    )
    target_mse: float = _field(
        0.0,
        Number(
            title=N_("Stop at validation MSE"),
            help=N_("End the run as soon as the validation MSE is this low; 0 means never."),
            part="stop",
            low=0,
            high=1,
            live=True,
        ),
    )
    max_seconds: float = _field(
        0.0,
        Number(
            title=N_("Stop after"),
            help=N_("End the run after this much training time; 0 means never."),
            part="stop",
            unit=N_("seconds"),
            low=0,
            high=86_400,
            live=True,
        ),
    )
    patience: int = _field(
        0,
        Number(
            title=N_("Stop without improvement for"),
            help=N_(
                "End the run when the validation error has not improved for this many epochs; 0 means never."
            ),
            part="stop",
            unit=N_("epochs"),
            low=0,
            high=1000,
            whole=True,
            live=True,
        ),
    )

    def __post_init__(self) -> None:
        for name, spec in SPECS.items():
            object.__setattr__(self, name, spec.check(name, getattr(self, name)))
        self._check_classes()
        rules: list[tuple[Callable[[Any], bool], str]] = [
            *CODES[self.code].rules,
            *LOSSES[self.recon_loss].rules,
            *(PENALTIES[self.penalty].rules if self.penalty in PENALTIES else ()),
            *RULES,
        ]
        for is_broken, template in rules:
            if is_broken(self):
                received = {
                    name: spec.format(getattr(self, name)) or "-" for name, spec in SPECS.items()
                }
                raise ExperimentError(template, **received)

    def _check_classes(self) -> None:
        """Those that the dataset has; all of them are the same as none named."""
        n = self.n_classes
        if any(label >= n for label in self.classes):
            raise ExperimentError(
                N_(
                    "{parameter} must be class numbers below {n}, as many as the dataset {dataset} "
                    "has, but was {received}."
                ),
                parameter="classes",
                n=n,
                dataset=self.dataset,
                received=quoted(self.classes),
            )
        if len(self.classes) == n:
            object.__setattr__(self, "classes", ())

    def replace(self, /, **changes: Any) -> Self:
        """A copy with some fields changed, checked like a new one."""
        for name in changes:
            spec_of(name)
        return dataclasses.replace(self, **changes)

    def adjusted(self, **changes: Any) -> Self:
        """A copy with live fields changed, as a running training may be.

        Raises:
            ExperimentError: a field that is not live, or a value outside its limits.
        """
        for name in changes:
            if not spec_of(name).live:
                raise ExperimentError(
                    N_("{parameter} cannot be changed during a run: start a new one with it."),
                    parameter=name,
                )
        return self.replace(**changes)

    @property
    def shape(self) -> Shape:
        """Of a sample of its dataset."""
        return DATASETS[self.dataset].shape

    @property
    def kind(self) -> Kind:
        """Of a sample of its dataset: picture, series or row."""
        return self.shape.kind

    @property
    def n_classes(self) -> int:
        """Classes of its dataset; 0 where nobody has labelled anything."""
        return len(DATASETS[self.dataset].classes)

    @property
    def label_width(self) -> int:
        """How many numbers encoder and decoder get besides the sample and the code."""
        return self.n_classes if self.condition == "label" else 0

    @property
    def shares_weights(self) -> bool:
        """Whether the decoder uses the encoder's weights: a convolutional one never does."""
        return self.tied and self.matters("tied")

    def sized_for(self, dataset: str) -> Self:
        """The same with sizes that fit another dataset; which one it learns from stays as it is.

        Where its samples have another shape, a code at least half as large as a sample becomes a
        quarter of it, so that there is something to compress. Of few samples the batches are
        small, so that an epoch has more than a few steps.
        """
        spec, sizes = DATASETS[dataset], dict[str, Any]()
        if spec.shape != self.shape and 2 * self.latent_dim >= spec.shape.size:
            step = self.vector_size
            sizes["latent_dim"] = max(1, spec.shape.size // 4 // step) * step
            if self.matters("k"):
                sizes["k"] = min(self.k, sizes["latent_dim"])
        if dataset != self.dataset and spec.n_train < FEW:
            sizes["batch_size"] = min(self.batch_size, FEW_BATCH)
        return self.replace(**sizes)

    def moved_to(self, dataset: str) -> Self:
        """The same on another dataset, `sized_for` it.

        Raises:
            ExperimentError: there is no such dataset, or something cannot go with its kind of data.
        """
        if dataset not in DATASETS or dataset == self.dataset:
            return self.replace(dataset=dataset)
        return self.sized_for(dataset).replace(dataset=dataset, classes=())

    def matters(self, name: str) -> bool:
        """Whether this field has any effect in this experiment."""
        when = SPECS[name].when
        return when is None or getattr(self, when[0]) in when[1]

    def canonical(self) -> Self:
        """The same run, with every field that has no effect at its default."""
        idle = {name: DEFAULTS[name] for name in SPECS if not self.matters(name)}
        return dataclasses.replace(self, **idle)

    def same_run(self, other: "Experiment") -> bool:
        """Whether a run of the other could go on as a run of this one (only live fields differ)."""
        live = {name: DEFAULTS[name] for name, spec in SPECS.items() if spec.live}
        return self.canonical().replace(**live) == other.canonical().replace(**live)

    def differences(self, base: "Experiment") -> dict[str, str]:
        """Field -> text, for each field that matters and is not as in `base`: what a link carries.

        With another dataset than base's, sizes are compared with those of base `sized_for` it.
        """
        there = base.sized_for(self.dataset)
        return {
            name: spec.format(getattr(self, name))
            for name, spec in SPECS.items()
            if self.matters(name) and getattr(self, name) != getattr(there, name)
        }

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The experiment written by `to_json`. Raises ExperimentError if it is anything else."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ExperimentError(
                N_(
                    "An experiment must be JSON, but the text has an error at character {position}."
                ),
                position=getattr(error, "pos", 0) + 1,
            ) from error
        if not isinstance(values, dict):
            raise ExperimentError(
                N_("An experiment must be a JSON object of fields, but was {received}."),
                received=type(values).__name__,
            )
        variant = str(values.pop("variant", "vanilla"))
        return cls(variant=variant).replace(**_as_now(values))


def _as_now(values: dict[str, Any]) -> dict[str, Any]:
    """What an older lab wrote, as it is written now.

    It learned from 60,000 pictures of a full set, and stopped by its test error, before a part was
    held out to choose by.
    """
    values = {OLD_NAMES.get(name, name): value for name, value in values.items()}
    n_train = values.get("n_train")
    if type(n_train) is int and MOST_TRAINING < n_train <= 60_000:
        return values | {"n_train": MOST_TRAINING}
    return values


SPECS: dict[str, Spec] = {
    field.name: field.metadata["spec"]
    for field in dataclasses.fields(Experiment)
    if "spec" in field.metadata
}
DEFAULTS: dict[str, Any] = {f.name: f.default for f in dataclasses.fields(Experiment)}


def suitable(experiment: Experiment, name: str) -> tuple[str, ...]:
    """The choices of a field that can go with the data, and the one that is set whatever it is."""
    spec, chosen = SPECS[name], getattr(experiment, name)
    assert isinstance(spec, Choice)
    return tuple(c for c in spec.choices if c == chosen or suits(experiment, name, c))


def _is_unsuitable(name: str) -> Callable[[Experiment], bool]:
    """Whether what is chosen in a field cannot go with the data."""
    return lambda e: not suits(e, name, getattr(e, name))


RULES: tuple[tuple[Callable[[Experiment], bool], str], ...] = (
    (
        lambda e: e.schedule == "layer_by_layer" and (e.network != "dense" or not e.hidden),
        N_(
            "With the schedule layer_by_layer, the network must be dense with at least one hidden layer, "
            "but was {network} with the layers {hidden}."
        ),
    ),
    (
        lambda e: e.schedule == "layer_by_layer" and e.code != "deterministic",
        N_(
            "With the schedule layer_by_layer, code must be deterministic, but was {code}: choose one of the two."
        ),
    ),
    (
        lambda e: e.schedule == "layer_by_layer" and e.condition != "none",
        N_(
            "With the schedule layer_by_layer, condition must be none, but was {condition}: a layer "
            "that trains alone is shown no class."
        ),
    ),
    (
        lambda e: e.network == "conv" and not 1 <= len(e.hidden) <= 3,
        N_(
            "With a conv network, hidden must have 1 to 3 layers, but was {hidden}: each halves the sides."
        ),
    ),
    (
        lambda e: e.network == "conv" and max(e.hidden, default=0) > 256,
        N_(
            "With a conv network, hidden must have at most 256 channels per layer, but was {hidden}."
        ),
    ),
    (
        _is_unsuitable("network"),
        N_(
            "The network {network} cannot be used with the dataset {dataset}: a convolution looks at "
            "neighbours, and the columns of a table have none. Choose network dense."
        ),
    ),
    (
        _is_unsuitable("corruption"),
        N_(
            "The corruption {corruption} cannot be used with the dataset {dataset}: it is made for "
            "other kinds of data. Choose gaussian or masking."
        ),
    ),
    (
        _is_unsuitable("recon_loss"),
        N_(
            "The recon_loss {recon_loss} cannot be used with the dataset {dataset}: it compares "
            "pictures. Choose mse."
        ),
    ),
    (
        _is_unsuitable("condition"),
        N_(
            "With the dataset {dataset}, condition must be none, but was {condition}: nobody has "
            "labelled it."
        ),
    ),
)


def spec_of(name: str) -> Spec:
    """The declaration of a field. Raises ExperimentError with the nearest name for an unknown one."""
    if name in SPECS:
        return SPECS[name]
    near = difflib.get_close_matches(name, SPECS, n=1)
    if near:
        raise ExperimentError(
            N_("There is no field {received}; did you mean {nearest}?"),
            received=quoted(name),
            nearest=near[0],
        )
    raise ExperimentError(
        N_("There is no field {received}; the fields are {fields}."),
        received=quoted(name),
        fields=", ".join(SPECS),
    )


def parse_fields(texts: Mapping[str, str]) -> dict[str, Value]:
    """Field -> value from field -> text, as links and the command line carry them."""
    texts = {OLD_NAMES.get(name, name): text for name, text in texts.items()}
    return {name: spec_of(name).parse(name, text) for name, text in texts.items()}
