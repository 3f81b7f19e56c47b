"""A training that is watched: a host trains in one thread, another draws what the page shows.

What Streamlit itself and the browser cost is not in it.
"""

import threading
import time

import torch

from aecore.engine.host import Host
from aecore.figures import live
from aecore.figures.samples import differences
from aecore.parts.datasets import DIGIT
from aecore.spec.experiment import Experiment
from aecore.spec.view import RunView
from ui.kit.charts import figure_json
from ui.kit.components import encode_png, side_by_side

POLL_EVERY = 0.4
"""Seconds between two looks of the live view."""


class LiveView:
    """One run of an experiment, trained and drawn only while it has its turn.

    Args:
        experiment: what to train.
        device: where.
        threads: of torch.
    """

    def __init__(self, experiment: Experiment, device: str, threads: int) -> None:
        self._threads = threads
        self._host = Host(device)
        self._run_id = self._host.create(experiment)
        self._host.prepare(self._run_id)
        self._watching = threading.Event()
        self._closed = False
        self._failure: Exception | None = None
        for target in (self._train, self._watch):
            threading.Thread(target=target, daemon=True).start()

    def turn(self, seconds: float) -> tuple[int, float]:
        """Trains for a while. Returns on how many pictures, and in how many seconds.

        Raises:
            RuntimeError: drawing has failed, after which nobody watched.
        """
        before = self._images()
        started = time.perf_counter()
        self._host.play(self._run_id)
        self._watching.set()
        time.sleep(seconds)
        self._host.pause(self._run_id)
        elapsed = time.perf_counter() - started
        self._watching.clear()
        time.sleep(0.3)  # until the host has shown its last step, and the page is drawn
        if self._failure is not None:
            raise RuntimeError("the live view could not be drawn") from self._failure
        return self._images() - before, elapsed

    def close(self) -> None:
        self._closed = True
        self._host.delete(self._run_id)

    def _images(self) -> int:
        view = self._host.view(self._run_id)
        epochs, steps = divmod(view.step, view.steps_per_epoch)
        return epochs * view.n_train + steps * view.experiment.batch_size

    def _train(self) -> None:
        torch.set_num_threads(self._threads)
        while not self._closed:
            self._host.work.clear()
            if not self._host.advance():
                self._host.work.wait(0.5)

    def _watch(self) -> None:
        while self._watching.wait() and not self._closed:
            try:
                draw(self._host.view(self._run_id))
            except Exception as error:
                self._failure = error  # a viewer that is gone would cost nothing
                return
            time.sleep(POLL_EVERY)


def draw(view: RunView) -> int:
    """Everything that the live page sends to the browser for one look. Returns its bytes."""
    assert view.probe is not None
    assert view.moment is not None
    names = [str(c) for c in range(10)]
    curves = live.loss_curves(view.history, view.references, loss_name="MSE")
    plane = live.latent_map(
        view.moment.plane,
        view.probe.labels,
        class_names=names,
        half_height=view.map_range or 1.0,
    )
    originals, x_hat = view.probe.originals, view.moment.x_hat
    rows = [originals, x_hat, differences(originals, x_hat, DIGIT)]
    pictures = [encode_png(side_by_side(row)) for row in rows]
    texts = [figure_json(figure) for figure in (curves, plane)]
    return sum(map(len, pictures)) + sum(map(len, texts))
