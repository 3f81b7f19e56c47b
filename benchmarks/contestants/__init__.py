"""Who competes in the peer benchmark, one file each."""

from benchmarks.contestants.indexed import INDEXED
from benchmarks.contestants.keras_peer import KERAS
from benchmarks.contestants.lightning_peer import LIGHTNING
from benchmarks.contestants.matrix_products import FLOOR
from benchmarks.contestants.ours import OURS, UPDATES
from benchmarks.contestants.pythae_peer import PYTHAE
from benchmarks.contestants.skorch_peer import SKORCH
from benchmarks.contestants.task import Entry
from benchmarks.contestants.tutorial import TUTORIAL

PEERS = (TUTORIAL, PYTHAE, LIGHTNING, KERAS, SKORCH)
"""Whom we are due to be ahead of."""

ENTRIES: dict[str, Entry] = {entry.name: entry for entry in (OURS, UPDATES, *PEERS, INDEXED, FLOOR)}
