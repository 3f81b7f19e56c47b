"""What every dataset must be that comes with a package, and what their records must say."""

import re
import sys
import types
from collections import Counter

import numpy as np
import pytest
import torch

from aecore.data import datasets
from aecore.parts.datasets import DATASETS, shuttle, textures, water_flow

BUNDLED = [key for key, spec in DATASETS.items() if spec.is_bundled]
PARTS = ("train", "val", "test")


@pytest.fixture(params=BUNDLED)
def data(request):
    return datasets.load(request.param)


def part(data, name):
    return getattr(data, f"x_{name}"), getattr(data, f"y_{name}")


def test_bundled_ones_come_in_every_kind():
    kinds = {DATASETS[key].shape.kind for key in BUNDLED}
    assert kinds == {"picture", "series", "row"}


@pytest.mark.parametrize("name", PARTS)
def test_part_is_what_the_record_says(data, name):
    x, y = part(data, name)
    spec = data.spec
    assert x.shape == (getattr(spec, f"n_{name}"), spec.shape.size)
    assert x.dtype == torch.float32
    assert x.min() >= 0
    assert x.max() <= 1
    assert x.isfinite().all()
    assert y.dtype == torch.int64
    assert y.shape == (len(x),)
    assert set(y.tolist()) == set(range(max(len(spec.classes), 1)))


@pytest.mark.parametrize("name", PARTS)
def test_first_samples_of_a_part_are_a_fair_sample(data, name):
    """They are what everybody looks at: as far from the mean of the part as chance allows."""
    x, y = part(data, name)
    few = x[:20].mean(1)
    spread = x.mean(1).std() / 20**0.5
    assert abs(few.mean() - x.mean()) < 4 * spread
    if len(data.spec.classes) == 10:
        assert len(set(y[:20].tolist())) > 5


def test_what_is_measured_is_spread_over_the_range(data):
    """So that there is something to see: of pictures all pixels, else each channel or column."""
    x = data.x_train.view(-1, *data.shape.axes)
    columns = x.flatten()[None] if data.shape.kind == "picture" else x.transpose(0, 1).flatten(1)
    for column in columns:
        low, high = np.quantile(column.numpy(), (0.05, 0.95))
        assert high - low > 0.1


def test_parts_share_no_sample(data):
    found = datasets._parts(data.spec.source.read(), data.spec.n_val)
    rows = [{sample.tobytes() for sample in x} for x, _ in found]
    assert sum(map(len, rows)) == len(set.union(*rows))


def test_series_of_two_parts_share_no_hour_and_have_no_gap():
    hours, _ = water_flow._as_they_stand()
    spans = (water_flow.TRAIN, water_flow.VAL, water_flow.TEST)
    windows = [hours[water_flow.windows(hours, own)] for own in spans]
    seen = [set(own.flatten().tolist()) for own in windows]
    assert len(set.union(*seen)) == sum(map(len, seen))
    for own in windows:
        assert (np.diff(own, axis=1) == np.timedelta64(1, "h")).all()
        assert len(np.unique(own[:, 0])) == len(own)


def test_series_to_learn_from_are_undisturbed_and_two_breakdowns_are_tested_with():
    raw = water_flow.read()
    assert raw.x.min() > 90
    assert raw.x_val.min() > 90
    disturbed = (raw.x_test < 30).any(axis=(1, 2))
    assert 10 < disturbed.sum() < len(disturbed) / 4


def test_patches_of_two_parts_share_no_pixel():
    ends = [end for rows in textures.ROWS for end in rows]
    assert ends == sorted(ends)
    assert all(end - start >= textures.SIDE for start, end in textures.ROWS)


def test_everybody_gets_the_same_object(data):
    assert datasets.load(data.key) is data


@pytest.mark.parametrize("module", [shuttle, water_flow])
@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_river_is_asked_where_its_file_is_not_what_it_was(module, damage, monkeypatch, tmp_path):
    """What lies inside its folder is not promised: what its classes yield is."""
    before = module.read()
    if damage == "damaged":
        for name in ("shuttle.csv.gz", "water-flow.csv"):
            (tmp_path / "datasets").mkdir(exist_ok=True)
            (tmp_path / "datasets" / name).write_bytes(b"no table\nat all")
    monkeypatch.setattr(module, "files", lambda package: tmp_path)
    after = module.read()
    assert np.array_equal(after.x, before.x)
    assert after.x.dtype == before.x.dtype
    assert after.y is before.y or np.array_equal(after.y, before.y)


def run(program, folder):
    """What an exported program has once it has its data."""
    here = types.ModuleType("program").__dict__
    here |= {"DEVICE": "cpu", "DATA": str(folder)}
    imports = ["import numpy as np", "import torch", "from torchvision import datasets"]
    exec("\n".join([*imports, *program.imports]), here)
    exec(program.code, here)
    return here


def test_program_has_the_same_samples_in_the_same_parts(data, mnist_folder):
    found = run(data.spec.program, mnist_folder.root)
    for name in PARTS:
        x, y = part(data, name)
        assert torch.equal(found[f"x_{name}"], x)
        if data.spec.classes:
            assert torch.equal(found[f"y_{name}"].long(), y)
        else:
            assert f"y_{name}" not in found


# What records say


@pytest.fixture(params=DATASETS)
def spec(request):
    return DATASETS[request.param]


def test_record_says_where_it_comes_from_and_what_one_may_do(spec):
    for said in (spec.title, spec.name, spec.says, spec.one, spec.many, spec.publisher):
        assert said.strip() == said != ""
    assert spec.licence
    assert spec.says.endswith(".")


def test_titles_say_what_is_bundled(spec):
    assert spec.title.endswith("(bundled)") == spec.is_bundled == (spec.download_bytes == 0)


def test_classes_are_told_apart(spec):
    assert len(set(spec.classes)) == len(spec.classes) != 1
    assert set(spec.usual) < set(range(len(spec.classes))) or not spec.usual
    assert spec.n_val / spec.n_train > 0.05


def test_program_names_the_packages_that_it_imports_and_its_own_sentences(spec):
    called = {"sklearn": "scikit-learn", "skimage": "scikit-image"}
    roots = [line.split()[1].split(".")[0] for line in spec.program.imports]
    wanted = {called.get(root, root) for root in roots if root not in sys.stdlib_module_names}
    if re.search(r"\bdatasets\.", spec.program.code):
        wanted.add("torchvision")
    assert wanted == set(spec.program.packages)
    for sentence in spec.program.sentences:
        assert spec.program.code.count(sentence) == 1


def test_menu_has_the_pictures_first_then_series_then_rows():
    kinds = [spec.shape.kind for spec in DATASETS.values()]
    assert kinds == sorted(kinds, key=("picture", "series", "row").index)
    orders = Counter(spec.order for spec in DATASETS.values())
    assert max(orders.values()) == 1
