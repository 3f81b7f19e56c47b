"""A run's model as a file."""

from aecore.files import store
from aecore.files.export import onnx
from aecore.spec.view import RunView
from aecore.training.subject import Subject


def saved_run(subject: Subject, view: RunView) -> bytes:
    """The run as one safetensors file, from which the lab can show it again.

    Args:
        subject: its model.
        view: its curves, and what else is known of it.
    """
    result = {
        "name": view.name,
        "val_mse": view.val_mse,
        "test_mse": view.test_mse,
        "epochs": view.epoch,
        "steps": view.step,
        "train_seconds": view.seconds,
        "device_name": view.device,
        "made_with": dict(view.made_with),
        "ended": view.ended,
    }
    return store.to_bytes(subject.model, view.experiment, view.history, result)


def onnx_file(subject: Subject) -> bytes:
    """The model for other runtimes.

    Raises:
        StoreError: the package onnx is missing.
    """
    return onnx.to_onnx(subject.model)
