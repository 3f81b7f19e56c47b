"""What a learner has done, as a file that can be saved and restored."""

import json
from collections.abc import Mapping
from typing import Literal, cast

from aecore.errors import N_, StoreError
from aecore.fields import quoted

Outcome = Literal["right", "surprised"]
"""How a challenge ended: as predicted, or otherwise."""

OUTCOMES = ("right", "surprised")

Progress = Mapping[str, Outcome]
"""Challenge -> outcome, of those that are done."""

MOST_BYTES = 100_000
KIND = "autoencoder-lab-progress"


def write(progress: Progress) -> str:
    """The progress as JSON."""
    return json.dumps({"kind": KIND, "done": dict(progress)}, indent=1) + "\n"


def read(data: bytes, known: Mapping[str, object]) -> Progress:
    """The progress in a file.

    Args:
        data: the file, which may be anything.
        known: the challenges that there are.

    Raises:
        StoreError: too large, not written by `write`, or with anything in it that is not known.
    """
    if len(data) > MOST_BYTES:
        raise StoreError(
            N_("A progress file has at most {limit} kB, this one has {received} kB."),
            limit=MOST_BYTES // 1000,
            received=-(-len(data) // 1000),
        )
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _foreign() from error
    if not isinstance(found, dict) or set(found) != {"kind", "done"} or found["kind"] != KIND:
        raise _foreign()
    done = found["done"]
    if not isinstance(done, dict):
        raise _foreign()
    for key, outcome in done.items():
        if key not in known or outcome not in OUTCOMES:
            raise StoreError(
                N_(
                    "The progress file names the challenge {key} with the outcome {outcome}, which "
                    "this lab does not know. Nothing was taken over."
                ),
                key=repr(key[:40]),
                outcome=quoted(outcome),
            )
    return cast(Progress, done)


def _foreign() -> StoreError:
    return StoreError(
        N_("This is not a progress file of the lab: choose the file that ‘Save progress’ gave you.")
    )
