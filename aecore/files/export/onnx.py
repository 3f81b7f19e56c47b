"""A model as ONNX, for every runtime that reads it."""

import tempfile
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from aecore.errors import N_, StoreError
from aecore.model.autoencoder import UNTOLD, Autoencoder


class _Reconstruction(nn.Module):
    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor, label: Tensor | None = None) -> tuple[Tensor, Tensor]:
        output = self.model(x, labels=label)
        return output.x_hat, output.code.mean


def to_onnx(model: Autoencoder) -> bytes:
    """The model as an ONNX file: nothing is sampled in it.

    Input: x (batch, numbers), in [0, 1]; for a conditional model label (batch,) int64 as well,
    -1 for a class that is not told. Outputs: x_hat (batch, numbers) and z (batch, latent_dim). The
    batch may have any size.

    Raises:
        StoreError: the package onnx is missing.
    """
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise StoreError(
            N_("ONNX needs the package onnx: install it with `pip install onnx`.")
        ) from error
    device = next(model.parameters()).device
    example: tuple[Tensor, ...] = (torch.zeros(2, model.experiment.shape.size, device=device),)
    names = ["x"]
    if model.experiment.label_width:
        example += (torch.tensor([0, UNTOLD], device=device),)
        names.append("label")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        file = Path(folder) / "model.onnx"
        warnings.simplefilter("ignore")  # on what does not depend on the picture, such as its shape
        # Not the newer exporter (dynamo=True): it takes seconds instead of a twentieth of one, and
        # sets flags for the whole process while other threads train.
        torch.onnx.export(
            _Reconstruction(model).eval(),
            example,
            file,
            input_names=names,
            output_names=["x_hat", "z"],
            dynamic_axes={name: {0: "batch"} for name in (*names, "x_hat", "z")},
            dynamo=False,
        )
        return file.read_bytes()
