"""What a learner has done: as a file to take along, and as the learner's own browser keeps it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from aecore.errors import N_, StoreError
from aecore.spec.fields import quoted

Outcome = Literal["right", "surprised"]
"""How a challenge ended: as predicted, or otherwise."""

OUTCOMES = ("right", "surprised")

Progress = Mapping[str, Outcome]
"""Challenge -> outcome, of those that are done."""

MOST_BYTES = 2**20
"""Of a progress file."""

VERSION = 1
"""Of what a browser keeps; `browser.js` writes it."""

MOST_CHARACTERS = 20_000
"""Of what a browser keeps, there as here."""

MOST_RUNS = 40
LONGEST_CHOICE = 2000
"""Characters; an experiment with every setting changed has 700."""

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
            N_(
                "A progress file has at most {limit} MB, this one has {received} MB: choose one saved here."
            ),
            limit=MOST_BYTES // 2**20,
            received=round(len(data) / 2**20 + 0.05, 1),
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


@dataclass(frozen=True)
class Choice:
    """What a learner chose last of one kind.

    Attributes:
        value: a text that nothing is known of yet.
        at: when, in seconds since 1970.
    """

    value: str
    at: float


@dataclass(frozen=True)
class Kept:
    """What a learner's browser keeps between visits.

    Attributes:
        done: challenges and how they ended.
        choices: by what is chosen, such as the language.
        runs: ids of the learner's runs, newest first.
    """

    done: Progress = field(default_factory=dict)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    runs: tuple[str, ...] = ()


def read_kept(text: object, known: Mapping[str, object]) -> Kept:
    """What a browser keeps, which may be anything: others can write there, too.

    A challenge that is not known is left out, as another version of the lab may have had it.

    Args:
        text: what the browser has told.
        known: the challenges that there are.

    Raises:
        StoreError: too long, or not what `browser.js` writes.
    """
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise _useless()
    try:
        found = json.loads(text)
        if set(found) != {"version", "done", "choices", "runs"} or found["version"] != VERSION:
            raise _useless()
        return Kept(
            {
                key: cast(Outcome, outcome)
                for key, outcome in found["done"].items()
                if key in known and outcome in OUTCOMES
            },
            {name: _choice(*pair) for name, pair in found["choices"].items()},
            _runs(found["runs"]),
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise _useless() from error


def _choice(value: Any, at: Any) -> Choice:
    if not isinstance(value, str) or len(value) > LONGEST_CHOICE:
        raise ValueError("a choice")
    if type(at) not in (int, float) or not 0 <= at < 1e11:
        raise ValueError("a time")
    value.encode()  # half a character could not be shown
    return Choice(value, float(at))


def _runs(values: Any) -> tuple[str, ...]:
    runs = tuple(values)
    if not isinstance(values, list) or len(runs) > MOST_RUNS:
        raise ValueError("runs")
    if not all(isinstance(run, str) and re.fullmatch(r"[0-9a-f]{24}", run) for run in runs):
        raise ValueError("a run's id")
    return runs


def _useless() -> StoreError:
    return StoreError(
        N_("What this browser had kept for the lab cannot be read: the lab starts afresh.")
    )


def _foreign() -> StoreError:
    return StoreError(
        N_("This is not a progress file of the lab: choose the file that ‘Save progress’ gave you.")
    )
