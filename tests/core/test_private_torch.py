"""PyTorch's private kernels taken away, or changed: everything trains by the public way."""

from types import SimpleNamespace

import pytest
import torch

from aecore.model import private_torch
from aecore.model.autoencoder import Autoencoder
from aecore.model.one_plane import OnePlane
from aecore.parts.optimizers import OPTIMIZERS
from aecore.spec import variants
from aecore.training.fast import adam, cuda_graph
from aecore.training.loop import Training
from benchmarks import cuda_step

KERNELS = {
    "_fused_adam_": lambda: private_torch.fused_adam(decoupled=False),
    "_fused_adamw_": lambda: private_torch.fused_adam(decoupled=True),
    "sigmoid_backward": private_torch.sigmoid_backward,
    "tanh_backward": private_torch.tanh_backward,
    "convolution_backward": private_torch.convolution_backward,
}

NEED = {
    "_fused_adam_": ("vanilla", {}),
    "_fused_adamw_": ("vanilla", {"optimizer": "adamw"}),
    "sigmoid_backward": ("vanilla", {"activation": "sigmoid"}),
    "tanh_backward": ("vanilla", {"activation": "tanh"}),
    "convolution_backward": ("convolutional", {}),
}
"""An experiment that uses each."""


def other_call(*, everything):
    raise AssertionError("this call is not known here")


def other_numbers(*args, **kwargs):
    return torch.zeros(1), torch.zeros(1, 1, 3, 3), torch.zeros(1)


def forget():
    for name in ("fused_adam", "sigmoid_backward", "tanh_backward", "convolution_backward"):
        getattr(private_torch, name).cache_clear()


@pytest.fixture
def forgetful(monkeypatch):
    """What has been found out about this PyTorch is found out anew, before and after."""
    forget()
    yield
    monkeypatch.undo()
    forget()


class Changed:
    """A module with another thing under one name; None for nothing."""

    def __init__(self, module, name, thing):
        self._module, self._name, self._thing = module, name, thing

    def __getattr__(self, name):
        if name != self._name:
            return getattr(self._module, name)
        if self._thing is None:
            raise AttributeError(name)
        return self._thing


def take_away(monkeypatch, name, stand_in=None):
    """PyTorch as the lab sees it: without a private thing, or with another in its place."""
    if name.startswith("_"):
        seen = Changed(torch, name, stand_in)
    else:
        kernel = stand_in
        if stand_in is not None and name != "convolution_backward":
            kernel = SimpleNamespace(grad_input=stand_in)
        aten = Changed(torch.ops.aten, name, kernel)
        seen = Changed(torch, "ops", SimpleNamespace(aten=aten))
    monkeypatch.setattr(private_torch, "torch", seen)


@pytest.mark.parametrize("name", KERNELS)
def test_this_pytorch_has_the_kernel(name, forgetful, caplog):
    """If this fails, a newer PyTorch has changed: training is right, and slower."""
    assert KERNELS[name]() is not None
    assert not caplog.records


@pytest.mark.parametrize("stand_in", [None, other_call, other_numbers])
@pytest.mark.parametrize("name", KERNELS)
def test_kernel_that_is_gone_or_another_is_left_alone(
    name, stand_in, forgetful, monkeypatch, caplog
):
    take_away(monkeypatch, name, stand_in)
    assert KERNELS[name]() is None
    (record,) = caplog.records  # said once, not at each step
    assert name in record.getMessage()
    assert KERNELS[name]() is None
    assert len(caplog.records) == 1


def trained(name, data):
    """The weights after three batches."""
    key, changes = NEED[name]
    experiment = variants.build(key, dataset=data.key, batch_size=20, **changes)
    training = Training(experiment, data)
    for batch in torch.arange(60).split(20):
        training.train_batch(batch)
    return list(training.model.parameters())


@pytest.mark.parametrize("name", NEED)
def test_training_goes_on_without_the_kernel(name, forgetful, monkeypatch, tiny):
    expected = trained(name, tiny)
    forget()
    take_away(monkeypatch, name)
    for p, q in zip(trained(name, tiny), expected, strict=True):
        torch.testing.assert_close(p, q, rtol=1e-4, atol=1e-6)


def test_step_without_the_kernel_is_pytorchs_own(forgetful, monkeypatch):
    take_away(monkeypatch, "_fused_adam_")
    experiment = variants.build("vanilla")
    optimizer = OPTIMIZERS[experiment.optimizer].make(
        [torch.nn.Parameter(torch.zeros(1))], experiment.learning_rate
    )
    assert adam.stepper(experiment, optimizer) == optimizer.step


def test_layer_without_the_kernel_is_pytorchs_own(forgetful, monkeypatch):
    take_away(monkeypatch, "convolution_backward")
    decoder = Autoencoder(variants.build("convolutional")).decoder
    assert not any(isinstance(layer, OnePlane) for layer in decoder)


def test_what_is_known_does_not_depend_on_who_asks_first(forgetful):
    with torch.device("meta"), torch.inference_mode():
        assert all(kernel() is not None for kernel in KERNELS.values())


def test_generator_that_a_graph_sees_by_itself_is_not_registered():
    cuda_graph._register(SimpleNamespace(), torch.Generator())
    asked = []
    cuda_graph._register(SimpleNamespace(register_generator_state=asked.append), "generator")
    assert asked == ["generator"]


@pytest.mark.parametrize("kept", [True, False])
def test_launching_nothing_is_measured_without_pytorchs_empty_kernel(kept, monkeypatch):
    asked = []
    monkeypatch.setattr(torch.cuda, "_sleep", asked.append)
    if not kept:
        monkeypatch.delattr(torch.cuda, "_sleep")
    assert torch.equal(cuda_step._nothing(torch.device("cpu"))() or torch.zeros(1), torch.zeros(1))
    assert asked == [0] * kept
