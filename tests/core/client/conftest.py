"""Clients with the handful of digits."""

import pytest
import torch

from aecore.data import datasets
from aecore.engine import station
from aecore.engine.client import Client
from aecore.engine.host import Host
from aecore.engine.settings import Settings
from tests.core.client_runs import one_at_a_time


@pytest.fixture(autouse=True)
def tiny_dataset(tiny, monkeypatch):
    """Whatever dataset a run asks for, it gets the handful of digits."""
    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)


@pytest.fixture
def client(tmp_path, monkeypatch):
    threads = torch.get_num_threads()
    monkeypatch.setattr(station, "cores", lambda: 1)  # these runs are too small for more
    client = Client(Settings(), tmp_path, n_hosts=2, make_host=lambda: Host("cpu"))
    yield client
    client.close()
    torch.set_num_threads(threads)


@pytest.fixture
def narrow(tmp_path):
    client = one_at_a_time(tmp_path)
    yield client
    client.close()
