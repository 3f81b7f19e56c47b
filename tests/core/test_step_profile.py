"""The profile of a training step runs and accounts for the whole step."""

from benchmarks import step_profile


def test_profile_shows_every_part_of_every_model(capsys, monkeypatch):
    monkeypatch.setattr(step_profile.datasets, "is_on_disk", lambda key: False)
    step_profile.main(["--quick"])
    out = capsys.readouterr().out
    for model in step_profile.MODELS:
        assert f"{model}: " in out
    for part in ("gather", "forward", "loss", "backward", "optimiser", step_profile.WHOLE):
        assert out.count(f"  {part} ") == len(step_profile.MODELS)
    assert out.count("above the floor") == 1
