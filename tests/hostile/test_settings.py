"""Whatever stands on the command line: an answer, or one sentence and the exit code 1 or 2."""

import argparse

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from aecore import __main__
from aecore.data import datasets
from aecore.files import pretrained
from aecore.spec.experiment import SPECS
from tests.hostile.parameters import near_misses
from tests.hostile.strategies import TEXTS, examples, texts

MOST_LINES = 1


class DataReachedError(Exception):
    """The command line was understood: what follows is work, which is not tried here."""


@pytest.fixture(autouse=True, scope="module")
def no_work():
    """Stops every command where it would load pictures or a model."""

    def reached(*arguments, **options):
        raise DataReachedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(datasets, "load", reached)
        patch.setattr(datasets, "is_on_disk", lambda name: False)
        patch.setattr(pretrained, "load", reached)
        yield


@pytest.fixture(autouse=True, scope="module")
def elsewhere(tmp_path_factory):
    """Whatever is written by accident lands in a folder of this test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("here"))
        yield


def commands():
    """Command -> its options, the positional ones too."""
    parser = __main__._parser()
    (subparsers,) = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return {
        name: [a for a in command._actions if a.dest not in ("help", "json")]
        for name, command in subparsers.choices.items()
    }


COMMANDS = commands()
OPTIONS = [(name, action.dest) for name, actions in COMMANDS.items() for action in actions]


def ordinary(action):
    """What a required option gets while another one is tried."""
    if action.choices:
        return next(iter(action.choices))
    return "out.bin" if action.dest == "out" else "vanilla-32"


def written(command, dest, text):
    """A command line in which one option has a text and the required ones have something."""
    line = [command]
    for action in COMMANDS[command]:
        if action.dest == dest or action.required or not action.option_strings:
            value = text if action.dest == dest else ordinary(action)
            line += [f"{action.option_strings[0]}={value}"] if action.option_strings else []
    positional = [a for a in COMMANDS[command] if not a.option_strings]
    line.append("--") if positional else None
    return line + [text if a.dest == dest else ordinary(a) for a in positional]


def is_answered(line, capsys):
    """Whether a command line ends as it should. Returns whether it was understood."""
    # No system passes a zero byte to a program.
    line = [part.replace("\0", "0") for part in line]
    capsys.readouterr()
    try:
        code = __main__.main(line)
    except DataReachedError:
        return True
    except SystemExit as ended:
        code = ended.code
    said = capsys.readouterr().err
    assert code in (0, 1, 2), line
    if code:
        assert said.strip()
        assert "Traceback" not in said
        assert len(
            [row for row in said.split("\n") if row.strip()]
        ) <= MOST_LINES or "\n" in "".join(line)
    return code == 0


@pytest.mark.parametrize(("command", "dest"), OPTIONS)
def test_each_option_takes_any_text_or_says_why_not(command, dest, capsys):
    for text in TEXTS:
        is_answered(written(command, dest, text), capsys)


@pytest.mark.parametrize("name", SPECS)
def test_each_field_takes_its_limits_and_says_why_nothing_beyond(name, capsys):
    for text in near_misses(name):
        understood = is_answered(["train", f"--set={name}={text}"], capsys)
        try:
            SPECS[name].parse(name, text.replace("\0", "0"))
        except Exception:
            assert not understood, text


SETTINGS = st.tuples(
    st.sampled_from((*SPECS, "", "self", "variant", "nonsense")) | texts(), texts()
)


@given(st.lists(SETTINGS, min_size=1, max_size=4), st.sampled_from(("train", "anomaly", "export")))
@example([("self", "1")], "train")
@example([("latent_dim", "9" * 5000)], "train")
@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
def test_any_settings_are_taken_or_named(capsys, pairs, command):
    line = written(command, None, None) + [f"--set={name}={text}" for name, text in pairs]
    is_answered(line, capsys)


@given(st.lists(st.sampled_from((*COMMANDS, "--json", "--set", "--help", "-h", "--out")) | texts()))
@settings(max_examples=examples(150), suppress_health_check=list(HealthCheck))
def test_any_words_are_a_command_or_a_sentence(capsys, words):
    is_answered(words, capsys)
