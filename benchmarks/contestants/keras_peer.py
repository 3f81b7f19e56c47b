"""Keras 3 on PyTorch: `fit` on arrays, eager (its default there) or with `jit_compile`.

https://keras.io/guides/custom_train_step_in_torch/, https://keras.io/api/models/model_training_apis/
The layers are Keras's own, channels first, which spares PyTorch's convolutions two transpositions,
or PyTorch's in a `TorchModuleWrapper`. The loss is PyTorch's for both, through `compute_loss`,
without the containers of `compile(loss=...)`. `steps_per_execution` must be 1 on this backend.
"""

import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import Tensor

from aecore.parts.datasets import DIGIT
from aecore.spec.experiment import Experiment
from benchmarks.contestants.task import BATCH, ENDLESS, Entry, Network, Task
from benchmarks.pace import Pace

Built = tuple[Any, Callable[[], Mapping[str, Tensor]]]
"""A Keras model, and its weights under our names."""

TO_KERAS = {1: (0,), 2: (1, 0), 4: (2, 3, 1, 0)}
TO_TORCH = {1: (0,), 2: (1, 0), 4: (3, 2, 0, 1)}
"""Number of axes of a weight -> their order there."""


def _dense(e: Experiment, h: Any, width: int, mirrored: bool) -> Any:
    from keras import layers

    for units in reversed(e.hidden) if mirrored else e.hidden:
        h = layers.Dense(units, activation=e.activation)(h)
    return layers.Dense(width)(h)


def _conv_encoder(e: Experiment, h: Any, width: int) -> Any:
    from keras import layers

    h = layers.Reshape((1, DIGIT.height, DIGIT.height))(h)
    for channels in e.hidden:
        h = layers.ZeroPadding2D(1, data_format="channels_first")(h)
        h = layers.Conv2D(
            channels, 3, strides=2, activation=e.activation, data_format="channels_first"
        )(h)
    return layers.Dense(width)(layers.Flatten(data_format="channels_last")(h))


def _conv_decoder(e: Experiment, h: Any) -> Any:
    from keras import layers

    side = DIGIT.height // 2 ** len(e.hidden)
    h = layers.Dense(e.hidden[-1] * side**2, activation=e.activation)(h)
    h = layers.Reshape((e.hidden[-1], side, side))(h)
    for channels in [*reversed(e.hidden[:-1]), 1]:
        h = layers.Conv2DTranspose(
            channels,
            3,
            strides=2,
            activation=e.activation if channels > 1 else None,
            data_format="channels_first",
        )(h)
        # padding="same" would cut the other end, which is not what PyTorch's padding does
        h = layers.Cropping2D(((1, 0), (1, 0)), data_format="channels_first")(h)
    return layers.Flatten(data_format="channels_last")(h)


def of_keras_layers(task: Task) -> Built:
    """The model in Keras's own layers."""
    import keras
    from keras import layers

    e = task.experiment
    gaussian, conv = e.code == "gaussian", e.network == "conv"

    class Sampling(layers.Layer):
        def call(self, h: Any) -> Any:
            mu, log_var = keras.ops.split(h, 2, axis=1)
            eps = keras.random.normal(keras.ops.shape(mu))
            return mu + keras.ops.exp(0.5 * log_var) * eps, mu, log_var

    x = keras.Input((DIGIT.size,))
    width = e.latent_dim * (2 if gaussian else 1)
    h = _conv_encoder(e, x, width) if conv else _dense(e, x, width, False)
    z, *rest = Sampling()(h) if gaussian else (h,)
    logits = _conv_decoder(e, z) if conv else _dense(e, z, DIGIT.size, True)
    output = logits if gaussian else layers.Activation(e.output)(logits)
    model = _trained_with(keras.Model)(x, [output, *rest])
    _assign(model, task.first_weights())
    return model, partial(_weights, model, list(task.first_weights()))


def of_torch_modules(task: Task) -> Built:
    """PyTorch's layers inside a Keras model."""
    import keras

    network = task.network()

    class Wrapped(_trained_with(keras.Model)):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = keras.layers.TorchModuleWrapper(network)

        def call(self, x: Any) -> Any:
            return list(self.network(x))

    return Wrapped(), network.state_dict


def _trained_with(base: Any) -> Any:
    """A Keras model class that computes the network's loss with PyTorch."""

    class Model(base):  # type: ignore[misc]
        def compute_loss(self, x: Any, y: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
            outputs = y_pred if isinstance(y_pred, list | tuple) else [y_pred]
            return Network.loss(tuple(outputs), x)

    return Model


def _assign(model: Any, weights: Mapping[str, Tensor]) -> None:
    """Keras keeps kernels as (in, out) and (height, width, in, out)."""
    for variable, weight in zip(model.trainable_variables, weights.values(), strict=True):
        variable.assign(weight.permute(*TO_KERAS[weight.ndim]))


def _weights(model: Any, names: list[str]) -> dict[str, Tensor]:
    values = [variable.value.detach() for variable in model.trainable_variables]
    turned = [value.permute(*TO_TORCH[value.ndim]) for value in values]
    return dict(zip(names, turned, strict=True))


def fit(task: Task, pace: Pace, build: Callable[[Task], Built], jit: bool = False) -> None:
    os.environ["KERAS_BACKEND"] = "torch"
    os.environ["KERAS_TORCH_DEVICE"] = str(task.device)
    import keras

    x = task.x[: task.whole_batches] if jit else task.x
    sizes = [len(batch) for batch in x.split(BATCH)]

    class AfterUpdate(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            pace(sizes[batch])

    model, pace.weights = build(task)
    optimizer = keras.optimizers.Adam(task.experiment.learning_rate, epsilon=1e-8)
    model.compile(optimizer=optimizer, jit_compile=jit)
    model.fit(x, batch_size=BATCH, epochs=ENDLESS, verbose=0, callbacks=[AfterUpdate()])


KERAS = Entry(
    "Keras on torch",
    {
        "Keras layers": partial(fit, build=of_keras_layers),
        "Keras layers, jit_compile": partial(fit, build=of_keras_layers, jit=True),
        "torch modules": partial(fit, build=of_torch_modules),
        "torch modules, jit_compile": partial(fit, build=of_torch_modules, jit=True),
    },
    package="keras",
)
