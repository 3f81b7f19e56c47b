"""What is taken home does the same as the lab, without it."""

import ast
import base64
import contextlib
import csv
import io
import json
import os
import re
import subprocess
import sys
import tokenize
from tokenize import COMMENT

import nbformat
import numpy as np
import onnxruntime
import pytest
import torch
from PIL import Image

from aecore.data import datasets, splits
from aecore.data.datasets import Dataset
from aecore.errors import ExperimentError, StoreError
from aecore.files import store
from aecore.files.export.notebook import to_notebook
from aecore.files.export.onnx import to_onnx
from aecore.files.export.script import to_script
from aecore.files.export.table import to_csv
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.fields import Choice
from aecore.spec.view import History
from aecore.topics.train.report import to_html
from aecore.training.loop import Training

KINDS = {
    "row, noise": {"dataset": "breast-cancer", "corruption": "gaussian"},
    "row, class given, Gaussian code": {
        "dataset": "shuttle",
        "condition": "label",
        "code": "gaussian",
        "n_train": 500,
    },
    "series, convolutions": {"dataset": "water-flow", "network": "conv", "hidden": (4, 8)},
    "series, masking, BCE": {
        "dataset": "water-flow",
        "corruption": "masking",
        "recon_loss": "bce",
    },
    "large grey pictures": {"dataset": "textures", "network": "conv", "hidden": (4, 8)},
    "small grey pictures": {"dataset": "digits-8x8", "classes": (1, 7)},
}
"""One experiment of each kind of data, from datasets that come with packages."""

QUICK = {"dataset": "mnist-5k", "n_train": 512, "batch_size": 64}

PARTS = {
    "salt and pepper, top-k, SGD": {
        "corruption": "salt_pepper",
        "code": "top_k",
        "optimizer": "sgd",
    },
    "block, VQ, RMSprop": {"corruption": "block", "code": "vq", "optimizer": "rmsprop"},
    "speckle, Gaussian code, contractive, AdamW": {
        "corruption": "speckle",
        "code": "gaussian",
        "penalty": "contractive",
        "optimizer": "adamw",
    },
    "low resolution, SSIM, L1 penalty, GELU": {
        "corruption": "low_resolution",
        "noise_level": 0.6,
        "recon_loss": "ssim",
        "penalty": "l1",
        "activation": "gelu",
        "n_train": 128,
    },
    "masking, BCE, class told, contractive": {
        "corruption": "masking",
        "condition": "label",
        "penalty": "contractive",
        "recon_loss": "bce",
        "code_activation": "tanh",
    },
    "conv with class, L1 loss, three layers": {
        "network": "conv",
        "hidden": (4, 8, 4),
        "condition": "label",
        "recon_loss": "l1",
        "output": "identity",
        "n_train": 128,
    },
    "layer by layer with everything": {
        "schedule": "layer_by_layer",
        "layer_epochs": 1,
        "epochs": 5,
        "penalty": "kl_sparsity",
        "code_activation": "sigmoid",
        "corruption": "gaussian",
        "recon_loss": "bce",
        "patience": 1,
    },
    "layer by layer, cut short": {"schedule": "layer_by_layer", "layer_epochs": 2, "epochs": 3},
    "two classes, patience": {"classes": (3, 8), "patience": 1, "learning_rate": 0.1, "epochs": 9},
    "target": {"target_mse": 0.09, "epochs": 20},
    "tied, Gaussian code, class told": {"tied": True, "code": "gaussian", "condition": "label"},
    "tied, top-k, linear, SGD": {
        "tied": True,
        "network": "linear",
        "code": "top_k",
        "optimizer": "sgd",
    },
    "tied, layer by layer": {
        "tied": True,
        "schedule": "layer_by_layer",
        "layer_epochs": 1,
        "epochs": 5,
    },
    "no hidden layer": {"hidden": (), "latent_dim": 2, "activation": "elu"},
}


def quick(variant):
    experiment = variants.build(variant, **QUICK, epochs=2)
    layered = experiment.schedule == "layer_by_layer"
    return experiment.replace(layer_epochs=1, epochs=5) if layered else experiment


def choices():
    """An experiment for each choice of each field, legal by the other fields it needs."""
    needs = {
        "kl_sparsity": {"code_activation": "sigmoid"},
        "layer_by_layer": {"network": "dense"},
        "conv": {"hidden": (8, 16)},
    }
    return {
        f"{name}={choice}": Experiment(**{name: choice}, **needs.get(choice, {}))
        for name, spec in SPECS.items()
        if isinstance(spec, Choice)
        for choice in spec.choices
    }


@pytest.fixture
def run_code(mnist_folder, tmp_path, monkeypatch):
    """Runs a program in a namespace of its own. Returns the validation and the test error."""

    def run(code, *arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["script.py", *arguments])
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "script.py", "exec"), {"__name__": "__main__"})
        errors = re.findall(r"^(validation|test) MSE: (\S+)$", out.getvalue(), re.M)
        assert [part for part, _ in errors] == ["validation", "test"]
        return [float(error) for _, error in errors]

    return run


def error_of(experiment, dataset):
    """The validation and the test error that the lab itself reaches."""
    training = Training(experiment, dataset)
    *_, last = training
    return [last.val.mse, training.test().mse]


# ---- programs


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_script_of_every_variant_reaches_the_error_of_the_lab(
    variant, run_code, mnist_folder, digits
):
    experiment = quick(variant)
    code = to_script(experiment)
    assert "aecore" not in code
    got = run_code(code, "--data", str(mnist_folder.root))
    # The same numbers are drawn in the same order: only rounding differs.
    assert got == pytest.approx(error_of(experiment, digits), rel=1e-4)


@pytest.mark.parametrize("parts", PARTS)
def test_script_of_any_parts_reaches_the_error_of_the_lab(parts, run_code, mnist_folder, digits):
    experiment = Experiment(**(QUICK | {"epochs": 2} | PARTS[parts]))
    got = run_code(to_script(experiment), "--data", str(mnist_folder.root))
    assert got == pytest.approx(error_of(experiment, digits), rel=1e-4)


def of_kind(name):
    settings = {"n_train": 200, "batch_size": 32, "epochs": 2, "latent_dim": 4} | KINDS[name]
    return Experiment(**settings)


@pytest.mark.parametrize("name", KINDS)
def test_script_on_data_of_any_kind_reaches_the_error_of_the_lab(name, run_code, tmp_path):
    experiment = of_kind(name)
    expected = error_of(experiment, datasets.load(experiment.dataset))
    assert run_code(to_script(experiment), "--data", str(tmp_path)) == pytest.approx(
        expected, rel=1e-4
    )
    assert (tmp_path / "reconstructions.png").stat().st_size > 1000


@pytest.mark.parametrize("name", KINDS)
def test_notebook_on_data_of_any_kind_reaches_the_error_of_the_lab(name, run_code):
    experiment = of_kind(name)
    notebook = nbformat.reads(to_notebook(experiment), as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert "aecore" not in code
    expected = error_of(experiment, datasets.load(experiment.dataset))
    assert run_code(code) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("dataset", ["mnist", "fashion-mnist", "kmnist"])
def test_script_reads_the_large_datasets(dataset, run_code, mnist_folder):
    experiment = Experiment(dataset=dataset, n_train=300, classes=(0, 5), epochs=1, seed=3)
    x = torch.tensor(mnist_folder.rows.reshape(-1, 784)).float() / 255
    y = torch.tensor(mnist_folder.labels)
    train, val = splits.held_out(y.numpy(), len(y) // 12)
    own = Dataset(dataset, x[train], y[train], x[val], y[val], x[::25], y[::25])
    got = run_code(to_script(experiment), "--data", str(mnist_folder.root))
    assert got == pytest.approx(error_of(experiment, own), rel=1e-4)


def test_script_runs_alone_and_leaves_a_picture(mnist_folder, tmp_path):
    (tmp_path / "script.py").write_text(to_script(quick("denoising").replace(epochs=50)), "utf-8")
    command = [sys.executable, "script.py", "--epochs", "1", "--data", str(mnist_folder.root)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("epoch ") == 1
    assert (tmp_path / "reconstructions.png").stat().st_size > 1000


def test_programs_are_as_ruff_would_write_them(tmp_path):
    made = choices() | {v: quick(v) for v in variants.VARIANTS}
    made |= {name: Experiment(**PARTS[name]) for name in PARTS}
    made |= {name: of_kind(name) for name in KINDS}
    made["coloured pictures"] = Experiment(dataset="cifar-10")
    for number, experiment in enumerate(made.values()):
        (tmp_path / f"script_{number}.py").write_text(to_script(experiment), "utf-8")
    for command in (["check", "--select=E,F,W,I,B,UP"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_script_has_only_what_its_experiment_needs():
    plain, vae = to_script(Experiment()), to_script(variants.build("vae"))
    for word in ("noise", "log_var", "Conv2d", "codebook", "penalty", "corrupt", "PATIENCE"):
        assert word not in plain, word
    assert "log_var" in vae
    assert "BETA = 1.0" in vae


def test_script_of_a_run_stops_where_the_run_stands():
    history = History()
    for epoch in range(4):
        history = history.extended(epoch, None, {"recon_loss": 0.1}, 0.012345)
    code = to_script(Experiment(epochs=80), history)
    assert "default=3" in code
    assert "0.012345" in code
    assert "learning rate was changed" not in " ".join(code.split())
    changed = History(history.epochs, val_mse=history.val_mse, learning_rates={2: 0.1})
    assert "learning rate was changed" in " ".join(to_script(Experiment(), changed).split())


@pytest.mark.parametrize(
    "experiment",
    [
        *map(quick, variants.VARIANTS),
        *(Experiment(**QUICK | p) for p in PARTS.values()),
        *map(of_kind, KINDS),
    ],
    ids=[*variants.VARIANTS, *PARTS, *KINDS],
)
def test_program_says_nothing_in_english_to_others(experiment):
    """Comments, docstrings and what is printed; another language stands here in capitals."""

    def other(message):
        return re.sub(r"\{.*?\}|[a-z]+", lambda m: m[0] if "{" in m[0] else m[0].upper(), message)

    code = to_script(experiment, _=other)
    tree = ast.walk(ast.parse(code))
    said = [
        *(
            t.string
            for t in tokenize.generate_tokens(io.StringIO(code).readline)
            if t.type == COMMENT
        ),
        *(
            ast.get_docstring(n) or ""
            for n in tree
            if isinstance(n, (ast.FunctionDef, ast.ClassDef))
        ),
        *re.findall(r'print\(f?"(.*)"\)', code),
    ]
    assert len(said) > 12
    names = r"\{.*?\}|\(batch.*?\)|\w+\.png|exp\(\)|sigma\^2"
    english = [text for text in said if re.search(r"[a-z]{3}", re.sub(names, "", text))]
    assert english == []


def test_notebook_runs_cell_by_cell_and_speaks_the_language(run_code, mnist_folder, digits):
    experiment = quick("vae")
    text = to_notebook(experiment, _=lambda message: f"«{message}»")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    told = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert len(told) == 8  # a heading, six steps, and what the picture shows
    assert all("«" in source for source in told)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert "aecore" not in code
    assert "argparse" not in code
    assert "«validation MSE" in code
    here = re.sub("[«»]", "", code).replace('DATA = "data"', f"DATA = {str(mnist_folder.root)!r}")
    assert run_code(here) == pytest.approx(error_of(experiment, digits), rel=1e-4)


@pytest.mark.parametrize("variant", variants.VARIANTS)
def test_notebook_of_every_variant_is_valid(variant):
    notebook = nbformat.reads(to_notebook(variants.build(variant)), as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)


# ---- ONNX


@pytest.mark.parametrize("variant", variants.VARIANTS)
@pytest.mark.parametrize("batch", [1, 7])
def test_onnx_gives_what_the_model_gives(variant, batch, digits):
    model = Autoencoder(variants.build(variant)).eval()
    session = onnxruntime.InferenceSession(to_onnx(model))
    x, labels = digits.x_test[:batch], digits.y_test[:batch].clone()
    labels[0] = -1  # not told
    feeds = {"x": x.numpy()}
    if model.experiment.label_width:
        feeds["label"] = labels.numpy()
    x_hat, z = session.run(["x_hat", "z"], feeds)
    with torch.no_grad():
        output = model(x, labels=labels)
    np.testing.assert_allclose(x_hat, output.x_hat, atol=1e-5)
    np.testing.assert_allclose(z, output.code.mean, atol=1e-5)


@pytest.mark.parametrize("name", KINDS)
def test_onnx_takes_samples_of_any_kind(name):
    experiment = of_kind(name)
    model, data = Autoencoder(experiment).eval(), datasets.load(experiment.dataset)
    session = onnxruntime.InferenceSession(to_onnx(model))
    x, labels = data.x_test[:3], data.y_test[:3]
    feeds = {"x": x.numpy()} | ({"label": labels.numpy()} if experiment.label_width else {})
    (x_hat,) = session.run(["x_hat"], feeds)
    with torch.no_grad():
        np.testing.assert_allclose(x_hat, model(x, labels=labels).x_hat, atol=1e-5)


def test_onnx_without_its_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(StoreError, match="pip install onnx"):
        to_onnx(Autoencoder(Experiment()))


# ---- the curves and charts


def test_csv_has_a_line_per_epoch_and_no_number_where_there_is_none():
    history = History().extended(0, None, {"recon_loss": 0.2}, 0.25)
    history = history.extended(1, {"recon_loss": 0.15}, {"recon_loss": float("inf")}, 0.125)
    rows = list(csv.DictReader(io.StringIO(to_csv(history))))
    assert rows == [
        {"epoch": "0", "train_recon_loss": "", "val_recon_loss": "0.2", "val_mse": "0.25"},
        {"epoch": "1", "train_recon_loss": "0.15", "val_recon_loss": "", "val_mse": "0.125"},
    ]


def test_html_page_stands_alone(tiny, monkeypatch):
    from aecore.engine.host import Host

    monkeypatch.setattr(datasets, "load", lambda *args, **kwargs: tiny)
    host = Host("cpu")
    run_id = host.create(Experiment(hidden=(8,), corruption="masking"))
    host.prepare(run_id)
    page = to_html(host.view(run_id))
    assert page.count("Plotly.newPlot") >= 2
    assert "data:image/png;base64," in page
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=\"http", page)


@pytest.mark.parametrize("name", KINDS)
def test_html_page_shows_samples_of_any_kind(name):
    from aecore.engine.host import Host

    experiment = of_kind(name)
    host = Host("cpu")
    run_id = host.create(experiment)
    host.prepare(run_id)
    page = to_html(host.view(run_id))
    unit = {"picture": "pixel", "series": "value", "row": "feature"}[experiment.kind]
    assert re.search(rf"validation MSE \d\.\d+ per {unit}", page)
    data = re.search(r'src="data:image/png;base64,([^"]+)"', page)[1]
    with Image.open(io.BytesIO(base64.b64decode(data))) as grid:
        assert grid.width > 10 * (experiment.shape.seen[-1] if experiment.kind == "picture" else 30)
    assert page.count("Plotly.newPlot") >= 2


# ---- the command line


def test_command_writes_every_format(aecore, tmp_path):
    run = str(tmp_path / "run")
    flags = ("--dataset", "mnist-5k", "--epochs", "1", "--set", "n_train=50")
    assert aecore("train", *flags, "--out", run)[0] == 0
    for kind in ("script", "notebook", "onnx", "safetensors", "csv"):
        file = tmp_path / "out" / kind
        code, out, _ = aecore("export", run, "--to", kind, "--out", str(file), "--json")
        assert code == 0
        assert json.loads(out)["bytes"] == file.stat().st_size > 0
    assert store.read(tmp_path / "out" / "safetensors").history.epochs == (0, 1)
    again = aecore(
        "export", str(tmp_path / "out" / "safetensors"), "--to", "script", "--out", run + ".py"
    )
    assert again[0] == 0
    assert "default=1" in (tmp_path / "run.py").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "onnx"), "needs a trained model"),
        (("vanilla-2", "--to", "csv"), "no curves"),
        (("vanilla-2", "--to", "script", "--seed", "1"), "--seed cannot be given"),
        (("nowhere", "--to", "script"), "There is no run"),
        (("--to", "script", "--variant", "nothing"), "must be one of"),
    ],
)
def test_command_says_what_is_wrong(arguments, said, aecore, tmp_path):
    code, _, err = aecore("export", *arguments, "--out", str(tmp_path / "file"))
    assert code in (1, 2)
    assert said in err
    assert not (tmp_path / "file").exists()


def test_command_without_a_run_writes_the_experiment_of_its_flags(aecore, tmp_path):
    file = tmp_path / "vae.py"
    flags = ("--variant", "vae", "--set", "beta=4", "--to", "script", "--out", str(file))
    assert aecore("export", *flags)[0] == 0
    assert "BETA = 4.0" in file.read_text("utf-8")


def test_every_choice_of_every_field_can_be_exported():
    for name, experiment in choices().items():
        ast.parse(to_script(experiment)), name
    with pytest.raises(ExperimentError):
        Experiment(corruption="unheard of")
