"""What the query of a link says: an experiment, and what a teacher wants learners to see of it.

A link comes from anywhere, so that any text can stand in it. What cannot be used is replaced,
and said in a sentence.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aecore.errors import N_, ExperimentError, Sentence
from aecore.spec import variants
from aecore.spec.experiment import OLD_NAMES, SPECS, Experiment, spec_of
from aecore.spec.fields import Number

VARIANT = "variant"

ALL = "all"
"""Stands for every setting in a list of them."""

SETTINGS = (VARIANT, *SPECS)
"""What a link can lock or hide."""

LONGEST_TASK = 200
"""Characters of a teacher's task."""

LONGEST_QUOTE = 24
"""Characters of a useless text that are repeated to the learner."""

MOST_NAMES = 3
"""Useless names that are repeated to the learner."""


def read_experiment(query: Mapping[str, str]) -> tuple[Experiment, tuple[Sentence, ...]]:
    """The experiment of a link, and a sentence about each value that could not be used.

    A number out of range becomes the nearest allowed one; anything else that cannot be used is
    left as the variant has it. Fields that contradict each other are left out, one if that is
    enough, else all.

    Args:
        query: the link's parameters; those that are no setting are ignored.
    """
    said = []
    query = {OLD_NAMES.get(name, name): text for name, text in query.items()}
    try:
        base = variants.get(_quote(query.get(VARIANT, "vanilla"))).experiment
    except ExperimentError as error:
        base = variants.get("vanilla").experiment
        said.append(_instead(error, base.variant))
    wanted: dict[str, Any] = {}
    for name, spec in SPECS.items():
        if name not in query:
            continue
        try:
            wanted[name] = spec.parse(name, query[name])
        except ExperimentError:
            wanted[name] = _nearest(name, query[name], getattr(base, name))
            said.append(_instead(_refusal(name, query[name]), spec.format(wanted[name])))
    return _consistent(base.sized_for(wanted.get("dataset", base.dataset)), wanted, said)


def _quote(text: str) -> str:
    """A text, or its beginning, which then is no value of any setting."""
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"


def _refusal(name: str, text: str) -> ExperimentError:
    """Why a field does not take a text, of which only the beginning is repeated."""
    try:
        spec_of(name).parse(name, _quote(text))
    except ExperimentError as error:
        return error
    raise AssertionError(f"{name} takes {_quote(text)!r}")


def _nearest(name: str, text: str, default: Any) -> Any:
    """The nearest allowed number for one out of range; the default for anything else."""
    spec = spec_of(name)
    if not isinstance(spec, Number):
        return default
    try:
        number = float(text)
    except ValueError:
        return default
    return default if number != number else spec.clamp(number)


def _instead(error: ExperimentError, used: str) -> Sentence:
    return Sentence(
        N_("From the link: {problem} Used instead: {used}."),
        problem=error.sentence,
        used=used or "-",
    )


def _consistent(
    base: Experiment, wanted: dict[str, Any], said: Sequence[Sentence]
) -> tuple[Experiment, tuple[Sentence, ...]]:
    """The experiment with the wanted fields, as far as they do not contradict each other."""
    try:
        return base.replace(**wanted), tuple(said)
    except ExperimentError as error:
        problem = error
    tries = {"k": wanted | {"k": wanted.get("latent_dim", base.latent_dim)}}  # its other limit
    for name in wanted:
        tries.setdefault(name, {other: v for other, v in wanted.items() if other != name})
    for name, fields in tries.items():
        try:
            value = base.replace(**fields)
        except ExperimentError:
            continue
        used = f"{name} = {SPECS[name].format(getattr(value, name)) or '-'}"
        return value, (*said, _instead(problem, used))
    return base, (*said, _instead(problem, base.variant))


@dataclass(frozen=True)
class Guidance:
    """What a teacher's link wants learners to see: an aid for teaching, not a safeguard.

    Whoever edits the address can undo it.

    Attributes:
        locked: settings that are shown but cannot be changed.
        hidden: settings that are not shown.
        task: a sentence for the learners: plain text, never to be read as Markdown or HTML.
        challenge: the key of the challenge that is set; empty for none.
    """

    locked: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    task: str = ""
    challenge: str = ""

    def __bool__(self) -> bool:
        return self != Guidance()


def read_guidance(
    lock: str, hide: str, task: str, challenge: str = "", challenges: Container[str] = ()
) -> tuple[Guidance, tuple[Sentence, ...]]:
    """A teacher's wishes as a link writes them, and what could not be used of them.

    Args:
        lock, hide: names of settings, separated by commas, or `all`.
        task: any text; its first `LONGEST_TASK` characters are kept, in one line.
        challenge: a key of `challenges`.
        challenges: the keys there are.
    """
    said: list[Sentence] = []
    locked, hidden = _names(lock, said), _names(hide, said)
    text = _one_line(task[: 10 * LONGEST_TASK])
    if len(text) > LONGEST_TASK:
        text = text[: LONGEST_TASK - 1].rstrip() + "…"
        said.append(
            Sentence(N_("The task in the link is longer than {n} characters: cut."), n=LONGEST_TASK)
        )
    if challenge and challenge not in challenges:
        said.append(
            Sentence(
                N_("There is no challenge {received}: the link is opened without it."),
                received=repr(_quote(challenge)),
            )
        )
        challenge = ""
    return Guidance(locked, hidden, text, challenge), tuple(said)


def write_names(names: frozenset[str]) -> str:
    """The text that `read_guidance` reads back as these settings."""
    if names == frozenset(SETTINGS):
        return ALL
    return ",".join(name for name in SETTINGS if name in names)


def _one_line(text: str) -> str:
    """The text without line breaks and other control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _names(text: str, said: list[Sentence]) -> frozenset[str]:
    names = [OLD_NAMES.get(n.strip(), n.strip()) for n in text.split(",") if n.strip()]
    if ALL in names:
        return frozenset(SETTINGS)
    unknown = [name for name in names if name not in SETTINGS]
    if unknown:
        quoted = [repr(name[:LONGEST_QUOTE]) for name in unknown[:MOST_NAMES]]
        said.append(
            Sentence(
                N_(
                    "The link locks or hides something that is not a setting: {received}. It "
                    "is left out."
                ),
                received=", ".join(quoted) + (" …" if len(unknown) > MOST_NAMES else ""),
            )
        )
    return frozenset(names) & frozenset(SETTINGS)
