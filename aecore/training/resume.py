"""What a training needs to go on elsewhere as if nothing had happened, as plain tensors and numbers.

Weights are not enough: the optimiser's moving averages, the two random generators and the place
within the epoch decide every batch to come. A training that is brought back gives the same numbers
as one that was never interrupted.
"""

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from aecore.training.loop import Training

MODEL = "model."
OPTIMIZER = "optimizer."
ORDER = "generator.order"
NOISE = "generator.noise"
SUMS = "sums"

NUMBERS = (
    "epoch",
    "step",
    "batches_done",
    "images",
    "best_epoch",
    "seconds",
    "first_loss",
    "best_mse",
)
COUNTS = NUMBERS[:5]

GENERATOR_BYTES = (5056, 16)
"""Size of a generator's state: on a CPU, and on a CUDA device."""


@dataclass(frozen=True, eq=False)
class State:
    """Where a training stands after a batch.

    Attributes:
        tensors: on the CPU: weights and buffers, the optimiser's averages for each of its
            parameters, the generators' states, the sums of the epoch's loss terms.
        numbers: the `NUMBERS`, of which the `COUNTS` are whole; None for infinity.
    """

    tensors: Mapping[str, Tensor]
    numbers: Mapping[str, float | None]


def capture(training: Training) -> State:
    """A copy of where the training stands."""
    tensors = {MODEL + name: tensor for name, tensor in _weights(training).items()}
    for i, averages in training.optimizer.state_dict()["state"].items():
        tensors |= {f"{OPTIMIZER}{i}.{name}": tensor for name, tensor in averages.items()}
    mid_epoch = training.batches_done > 0
    tensors[ORDER] = training.order_state if mid_epoch else training.order.get_state()
    tensors[NOISE] = training.noise.get_state()
    if training.sums is not None:
        tensors[SUMS] = training.sums
    copies = {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}
    numbers = {
        "epoch": training.epoch,
        "step": training.step,
        "batches_done": training.batches_done,
        "seconds": training.seconds,
        "images": training.images,
        "first_loss": training.first_loss,
        "best_mse": training.best[0],
        "best_epoch": training.best[1],
    }
    return State(copies, {k: v if math.isfinite(v) else None for k, v in numbers.items()})


def fits(training: Training, shapes: Mapping[str, tuple[tuple[int, ...], str]]) -> bool:
    """Whether tensors of these shapes and types could be the state of such a training.

    Args:
        training: a fresh one, of the same experiment.
        shapes: name -> (shape, type), types as safetensors names them.
    """
    wanted = {MODEL + name: tuple(w.shape) for name, w in _weights(training).items()}
    sizes = [tuple(p.shape) for group in training.optimizer.param_groups for p in group["params"]]
    generators = [((n,), "U8") for n in (*GENERATOR_BYTES, len(training.noise.get_state()))]
    if any(shapes.get(name) not in generators for name in (ORDER, NOISE)):
        return False
    for name, (shape, _) in shapes.items():
        if name.startswith(MODEL):
            if wanted.pop(name, None) != shape:
                return False
        elif name.startswith(OPTIMIZER):
            index = name.removeprefix(OPTIMIZER).partition(".")[0]
            known = index.isdecimal() and len(index) < 6 and int(index) < len(sizes)
            if not known or shape not in ((), sizes[int(index)]):
                return False
        elif name == SUMS:
            if len(shape) != 1 or shape[0] > 3:
                return False
        elif name not in (ORDER, NOISE):
            return False
    return not wanted


def restore(training: Training, state: State) -> None:
    """Brings a fresh training to where another of the same experiment stood.

    Between a CPU and a GPU everything moves but the random numbers: those to come are others, and
    of the epoch under way some pictures may be seen twice, and others not.

    Raises:
        KeyError, ValueError, RuntimeError: the state is not complete, or of another experiment.
    """
    for name, tensor in _weights(training).items():
        with torch.no_grad():
            tensor.copy_(state.tensors[MODEL + name])
    optimizer = training.optimizer.state_dict()
    averages: dict[int, dict[str, Tensor]] = {}
    for name, tensor in state.tensors.items():
        if name.startswith(OPTIMIZER):
            index, _, key = name.removeprefix(OPTIMIZER).partition(".")
            averages.setdefault(int(index), {})[key] = tensor.clone()
    training.optimizer.load_state_dict({**optimizer, "state": averages})
    _set_state(training.order, state.tensors[ORDER])
    _set_state(training.noise, state.tensors[NOISE])
    training.order_state = training.order.get_state()
    sums = state.tensors.get(SUMS)
    training.sums = None if sums is None else sums.to(training.device, copy=True)
    training.epoch = _count(state, "epoch")
    training.step = _count(state, "step")
    training.images = _count(state, "images")
    training.batches_done = min(_count(state, "batches_done"), training.steps_per_epoch - 1)
    training.seconds = _number(state, "seconds")
    training.first_loss = _number(state, "first_loss")
    training.best = (_number(state, "best_mse"), _count(state, "best_epoch"))
    training.enter_stage()


def _set_state(generator: Generator, state: Tensor) -> None:
    """Takes over a state; one from another kind of device, which has other numbers, as a seed."""
    if state.shape == generator.get_state().shape:
        generator.set_state(state)
    else:
        generator.manual_seed(zlib.crc32(state.numpy().tobytes()))


def _weights(training: Training) -> dict[str, Tensor]:
    """Parameters and buffers, also those that are no part of the model's own state."""
    return {**dict(training.model.named_parameters()), **dict(training.model.named_buffers())}


def _number(state: State, name: str) -> float:
    value = state.numbers[name]
    return math.inf if value is None else float(value)


def _count(state: State, name: str) -> int:
    value = _number(state, name)
    if not 0 <= value < 1e15:
        raise ValueError(f"{name} must be a count, but was {value}")
    return int(value)
