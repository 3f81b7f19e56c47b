"""The command line, as tests of the library call it."""

import pytest

from aecore.__main__ import main


@pytest.fixture
def aecore(capsys):
    """Runs one command. Returns its exit code, its output and what it said in errors."""

    def run(*arguments):
        try:
            code = main(arguments)
        except SystemExit as exit_:
            code = exit_.code
        out, err = capsys.readouterr()
        return code, out, err

    return run
