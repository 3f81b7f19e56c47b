"""One update of a training as one CUDA graph: the GPU gets a single call instead of hundreds.

For a small model, asking a GPU for a kernel takes longer than the kernel itself. A graph is recorded
once, with all addresses and shapes, and then replayed: gather, corruption, forward, loss, backward
and the optimiser's step. What changes from batch to batch is at fixed places: the indices of the
batch, the weights, the optimiser's averages, and the generator's state, which every replay advances
by as much as an update without a graph does.

Measured on an NVIDIA H200: 3.6 to 10 times the updates of one kernel after the other, and the whole of
what replaying gives (`benchmarks/RESULTS.md`). AECORE_CUDA_GRAPH=0 does without.

Source: PyTorch's notes "CUDA semantics", section "CUDA Graphs".
"""

import os
import threading
import warnings
from collections.abc import Callable

import torch
from torch import Generator, Tensor

from aecore.parts import corruptions
from aecore.parts.codes import CODES
from aecore.parts.penalties import differentiates
from aecore.spec.experiment import Experiment

WARM_UP = 3
"""Updates without a graph before it is recorded: libraries and the optimiser's state come first."""

Update = Callable[[Tensor], dict[str, Tensor]]
"""Learns from a batch, given as indices, and returns the loss terms as detached scalars."""

# PyTorch records one graph at a time in a process; runs train in several threads.
_recording = threading.Lock()


def asked_for() -> bool:
    """Whether the environment leaves graphs on."""
    return os.environ.get("AECORE_CUDA_GRAPH") != "0"


def allows(experiment: Experiment, device: torch.device) -> bool:
    """Whether each update of an experiment asks the device for the same work without waiting for it.

    Not so for a codebook (how many entries move depends on the numbers), layers that train one
    after the other, a penalty that holds a gradient (a gradient of a gradient), and
    low resolution (a matrix that comes from the CPU each time).
    """
    return (
        device.type == "cuda"
        and not CODES[experiment.code].waits
        and experiment.schedule == "end_to_end"
        and not differentiates(experiment.penalty)
        and not corruptions.waits(experiment.corruption)
    )


class StepGraph:
    """Full batches through a graph; recorded at the first one after `WARM_UP`.

    It is recorded again when the learning rate has changed, and warmed up again when the optimiser
    has loaded another state. Weights may change in between, but only in place.

    Attributes:
        captures: how often it has been recorded.

    Args:
        optimizer: makes the steps; marked as one that may be recorded.
        generator: draws everything that is random in an update.
        batch_size: of a full batch.
        device: where all of this is, a CUDA device.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer,
        generator: Generator,
        batch_size: int,
        device: torch.device,
    ) -> None:
        for group in optimizer.param_groups:
            if "capturable" in group:  # it then counts its steps on the device
                group["capturable"] = True
        self.captures = 0
        self._optimizer = optimizer
        self._generator = generator
        self._device = device
        self._state: object = None  # of the optimiser, as it was warmed up with
        self._warm_ups_left = WARM_UP
        self._made_for: list[float] | None = None  # learning rates, which are in the graph
        self._batch = torch.zeros(batch_size, dtype=torch.int64, device=device)
        self._names: tuple[str, ...] = ()
        self._values = torch.zeros(0, device=device)  # (terms,), written by each replay
        self._stream: torch.cuda.Stream | None = None
        self._graph: torch.cuda.CUDAGraph | None = None

    def takes(self, batch: Tensor) -> bool:
        """Whether a batch is a full one. Autocast keeps copies of weights that a graph cannot."""
        return len(batch) == len(self._batch) and not torch.is_autocast_enabled(self._device.type)

    def learn_from(self, batch: Tensor, update: Update) -> dict[str, Tensor]:
        """One update.

        Args:
            batch: indices, (batch_size,).
            update: what to record; the same one every time.

        Returns:
            The loss terms as scalars on the device, which later updates leave as they are.
        """
        if self._optimizer.state is not self._state:
            self._state, self._warm_ups_left = self._optimizer.state, WARM_UP
            self._made_for = None
        if self._warm_ups_left:
            self._warm_ups_left -= 1
            return self._warm_up(batch, update)
        rates = [float(group["lr"]) for group in self._optimizer.param_groups]
        if rates != self._made_for:
            self._capture(update)
            self._made_for = rates
            self.captures += 1
        self._batch.copy_(batch)
        self.replay()
        return dict(zip(self._names, self._values.clone().unbind(), strict=True))

    def replay(self) -> None:
        """One more update on the batch that it has; only after it has been recorded."""
        assert self._graph is not None
        self._graph.replay()

    def _warm_up(self, batch: Tensor, update: Update) -> dict[str, Tensor]:
        """An ordinary update, on the stream where the graph will be recorded: the libraries' work
        space belongs to a stream."""
        current, stream = torch.cuda.current_stream(self._device), self._side_stream()
        stream.wait_stream(current)
        with torch.cuda.stream(stream):
            terms = update(batch)
        current.wait_stream(stream)
        return terms

    def _capture(self, update: Update) -> None:
        """Records an update. Nothing is computed, and no weight changes."""
        stream = self._side_stream()
        with _recording, torch.cuda.device(self._device):
            torch.cuda.synchronize()  # the graph before this one may still be at work
            self._graph = None
            graph = torch.cuda.CUDAGraph()
            _register(graph, self._generator)
            # Other threads train and answer questions meanwhile: their calls are not ours to forbid.
            with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
                terms = update(self._batch)
                values = torch.stack(tuple(terms.values()))
        self._graph, self._names, self._values = graph, tuple(terms), values

    def _side_stream(self) -> torch.cuda.Stream:
        if self._stream is None:
            self._stream = torch.cuda.Stream(self._device)
        return self._stream


def _register(graph: torch.cuda.CUDAGraph, generator: Generator) -> None:
    """Lets a graph advance a generator; newer versions of PyTorch see for themselves, and say so."""
    register = getattr(graph, "register_generator_state", None)
    if register is None:
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*register_generator_state")
        register(generator)
