"""Runs of a client, for its tests: what they are, and how to wait for them."""

import time

from aecore.engine import checkpoint
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings
from aecore.spec.experiment import Experiment

SMALL = Experiment(hidden=(16,), latent_dim=4, batch_size=20, epochs=5)  # 3 batches of `tiny`
ENDLESS = SMALL.replace(epochs=1000, batch_size=4)  # 15,000 batches: more than any test waits for


def host_of(client, run_id):
    return client._entries[run_id].place.host


def break_at_batch(host, run_id, number):
    """Has the training of a run break off at a batch."""
    training = host._runs[run_id].work.training
    learn, done = training.train_batch, []

    def train_batch(batch):
        done.append(batch)
        return 1 / 0 if len(done) == number else learn(batch)

    training.train_batch = train_batch


def wait_for(true, what):
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)


def wait_until_ended(client, *run_ids):
    wait_for(
        lambda: all(client.view(r).state in ("ended", "failed", "paused") for r in run_ids), "ends"
    )


def one_at_a_time(tmp_path, **limits):
    settings = Settings(**{"in_all": 1, **limits})
    return Client(settings, tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))


def standing(client, *run_ids):
    views = [client.view(run_id) for run_id in run_ids]
    return [(view.state, view.queue_place) for view in views]


def running(client, experiment, owner=""):
    run_id = client.create(experiment, owner)
    client.play(run_id)
    wait_for(lambda: client.view(run_id).state == "running", "the run")
    return run_id


def restarted(client, tmp_path):
    client.close()
    return Client(Settings(), tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))


def died(client, tmp_path, monkeypatch):
    """Another client after the first one ended without a last word, as with kill -9."""
    monkeypatch.setattr(client._safe, "save", lambda entry: None)
    client.close()
    return Client(Settings(), tmp_path, n_hosts=1, make_host=lambda: Host("cpu"))


def on_disk(client, run_id):
    """Batches done in the file of a run; None where there is none."""
    if run_id not in client._safe:
        return None
    return checkpoint.from_bytes(client._safe._folders.get(run_id)).step
