"""Errors that speak to the learner: one sentence with what, which limit, what was received, what to do.

A sentence is a template (the message id of the gettext catalogues) and its parameters,
so that the interface can say it in the learner's language. `str(error)` is English.
"""

import errno
from collections.abc import Callable, Mapping
from typing import Any


def N_(message: str) -> str:
    """Mark a string for translation where it is defined; the interface translates it where it is shown."""
    return message


class Sentence:
    """A template with named placeholders, and the values that fill them."""

    def __init__(self, template: str, /, **params: Any) -> None:
        self.template = template
        self.params: Mapping[str, Any] = params

    def say(self, gettext: Callable[[str], str] = str) -> str:
        """The sentence in the language of `gettext`; parameters that are sentences are translated too."""
        filled = {
            name: value.say(gettext) if isinstance(value, Sentence) else value
            for name, value in self.params.items()
        }
        return gettext(self.template).format(**filled)

    def __str__(self) -> str:
        return self.say()


class LabError(Exception):
    """Anything that went wrong and that a learner can do something about."""

    def __init__(self, template: str, /, **params: Any) -> None:
        self.sentence = Sentence(template, **params)
        super().__init__(str(self.sentence))

    def say(self, gettext: Callable[[str], str] = str) -> str:
        return self.sentence.say(gettext)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.sentence.template, dict(self.sentence.params))


def _rebuild(kind: type[LabError], template: str, params: dict[str, Any]) -> LabError:
    return kind(template, **params)


class ExperimentError(LabError):
    """A field of an experiment is outside its limits, or two fields contradict each other."""


class ShapeError(LabError):
    """Two arrays that belong together have different shapes."""


class DataError(LabError):
    """A dataset is missing, damaged or cannot be fetched."""


class DeviceError(LabError):
    """The device asked for is not on this machine."""


class RunError(LabError):
    """A run is unknown here, or cannot do what it was asked."""


class StoreError(LabError):
    """A saved run cannot be written or read."""


class PictureError(LabError):
    """A picture cannot be used."""


_WHY = {
    errno.EACCES: N_("permission was denied"),
    errno.EPERM: N_("permission was denied"),
    errno.EROFS: N_("it can only be read"),
    errno.ENOSPC: N_("no space is left"),
    errno.EDQUOT: N_("no space is left"),
    errno.ENOENT: N_("it does not exist"),
    errno.ENOTDIR: N_("a file is in the way of a folder"),
    errno.EEXIST: N_("a file is in the way of a folder"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENAMETOOLONG: N_("its name is too long"),
    errno.EIO: N_("the disk does not answer as it should"),
}


def why(error: OSError) -> Sentence:
    """What the operating system said, in words that can be translated."""
    if error.errno in _WHY:
        return Sentence(_WHY[error.errno])
    return Sentence(N_("error {number} of the operating system"), number=error.errno)


def unknown_run(run_id: str) -> RunError:
    """There is no such run here; ids come from links, so only their beginning is repeated."""
    return RunError(
        N_(
            "This server has no run {run_id}: it may have expired or been deleted. "
            "On the page Train, Play starts a new one with the same settings."
        ),
        run_id=repr(run_id[:24]),
    )
