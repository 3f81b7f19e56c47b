"""The curves of a run as CSV."""

import csv
import io
import math

from aecore.spec.view import History


def to_csv(history: History) -> str:
    """One line per completed epoch: epoch, train_<term>…, val_<term>…, val_mse.

    A cell is empty where there is no number: nothing has trained before epoch 0, and a training
    that has diverged has no error.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    columns = {
        **{f"train_{name}": values for name, values in history.train.items()},
        **{f"val_{name}": values for name, values in history.val.items()},
        "val_mse": history.val_mse,
    }
    table.writerow(["epoch", *columns])
    for epoch, *row in zip(history.epochs, *columns.values(), strict=True):
        table.writerow([epoch, *(value if math.isfinite(value) else "" for value in row)])
    return text.getvalue()
