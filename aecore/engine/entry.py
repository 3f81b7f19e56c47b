"""What the client knows of a run without asking where it lives."""

import threading
import time

from aecore.engine.place import Place
from aecore.errors import Sentence
from aecore.spec.experiment import Experiment


class Entry:
    """A run, as the client sees it.

    Args:
        run_id: its id.
        experiment: as it is now.
        owner: who started it; empty for nobody in particular.
        place: where it lives.

    Attributes:
        active: it trains, or will as soon as it is ready.
        kept: its learner wants it to stay.
        pace: batches per second; None for as fast as it goes.
        deleted: its learner wants it to be gone.
        losses: processes that ended under it.
        beginnings: times that it went back to its first weights.
        step: batches done, as last heard.
        touched: when a command last changed it; what was seen before says nothing any more.
        seen: when somebody last looked at it.
        checkpoint: bytes from which it goes on elsewhere, if it could be lost.
        checkpoint_at: batches done in it.
        from_file: it comes from a file of the learner's, and has not trained since.
        resumes: it was training when the server ended, and goes on once somebody looks at it.
        checkpoint_step: batches done when the last checkpoint was taken; -1 to take one again.
        saving: held while one is taken.
        next_checkpoint: when the next one is due.
        incidents: what happened to it.
    """

    def __init__(self, run_id: str, experiment: Experiment, owner: str, place: Place) -> None:
        now = time.monotonic()
        self.run_id = run_id
        self.experiment = experiment
        self.owner = owner or run_id
        self.place = place
        self.active = False
        self.kept = False
        self.pace: float | None = None
        self.deleted = False
        self.losses = 0
        self.beginnings = 0
        self.step = 0
        self.touched = now
        self.seen = now
        self.checkpoint: bytes | None = None
        self.checkpoint_at = 0
        self.from_file = False
        self.resumes = False
        self.checkpoint_step = -1
        self.saving = threading.Lock()
        self.next_checkpoint = now
        self.incidents: tuple[Sentence, ...] = ()

    def tell(self, sentence: Sentence) -> None:
        """Takes note of what happened to the run, once."""
        if str(sentence) not in map(str, self.incidents):
            self.incidents = (*self.incidents, sentence)
