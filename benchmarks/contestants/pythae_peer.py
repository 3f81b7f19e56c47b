"""pythae's BaseTrainer, with networks of one's own as its documentation shows.

https://pythae.readthedocs.io/en/latest/: a model takes an encoder and a decoder that subclass
BaseEncoder and BaseDecoder; the trainer's configuration names optimiser and number of workers.
pythae sums its losses over pixels: 784 times ours, which Adam's steps do not depend on.
"""

import tempfile
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.contestants.task import BATCH, ENDLESS, Entry, Task
from benchmarks.pace import Pace


def _model(task: Task, layers: nn.Module) -> Any:
    """A pythae model around encoder and decoder of `layers`."""
    from pythae.models import AE, VAE, AEConfig, VAEConfig
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder

    gaussian = task.experiment.code == "gaussian"
    size: dict[str, Any] = {
        "input_dim": (task.x.shape[1],),
        "latent_dim": task.experiment.latent_dim,
    }

    class Encoder(BaseEncoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = layers.encoder

        def forward(self, x: Tensor) -> ModelOutput:
            h = self.layers(x)
            if not gaussian:
                return ModelOutput(embedding=h)
            mu, log_var = h.chunk(2, dim=1)
            return ModelOutput(embedding=mu, log_covariance=log_var)

    class Decoder(BaseDecoder):
        def __init__(self) -> None:
            super().__init__()
            self.layers = layers.decoder

        def forward(self, z: Tensor) -> ModelOutput:
            return ModelOutput(reconstruction=torch.sigmoid(self.layers(z)))

    if gaussian:
        config = VAEConfig(**size, reconstruction_loss="bce")
        return VAE(config, encoder=Encoder(), decoder=Decoder())
    return AE(AEConfig(**size), encoder=Encoder(), decoder=Decoder())


def fit(task: Task, pace: Pace, workers: int) -> None:
    from pythae.data.datasets import BaseDataset
    from pythae.trainers import BaseTrainer, BaseTrainerConfig
    from pythae.trainers.training_callbacks import TrainingCallback

    class AfterUpdate(TrainingCallback):
        def __init__(self) -> None:
            self.sizes = [len(batch) for batch in next(task.epochs())]
            self.updates = 0

        def on_train_step_end(self, training_config: Any, **kwargs: Any) -> None:
            pace(self.sizes[self.updates % len(self.sizes)])
            self.updates += 1

    network = task.network()
    pace.weights = network.state_dict
    with tempfile.TemporaryDirectory() as folder:
        config = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=ENDLESS,
            per_device_train_batch_size=BATCH,
            train_dataloader_num_workers=workers,
            learning_rate=task.experiment.learning_rate,
            optimizer_cls="Adam",
            optimizer_params={"fused": True},
            no_cuda=task.device.type != "cuda",
        )
        BaseTrainer(
            model=_model(task, network),
            # its loader and its step put the batches on the device
            train_dataset=BaseDataset(task.x.cpu(), task.dataset.y_train.cpu()),
            training_config=config,
            callbacks=[AfterUpdate()],
        ).train()


PYTHAE = Entry(
    "pythae",
    {f"{workers} workers": partial(fit, workers=workers) for workers in (0, 2)},
    package="pythae",
)
