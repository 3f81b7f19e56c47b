"""One contract for every variant, preset, network and combination."""

import pytest
import torch
from torch import Generator

from aecore.errors import ExperimentError
from aecore.files import store
from aecore.model.autoencoder import Autoencoder
from aecore.spec import variants
from aecore.spec.experiment import SPECS, Experiment
from aecore.spec.presets import PRESETS
from aecore.spec.variants import VARIANTS
from aecore.spec.view import History
from aecore.training.loop import Training
from aecore.training.references import references

COMBINATIONS = {
    "conv denoising vae": {
        "network": "conv", "hidden": (4, 8), "code": "gaussian", "corruption": "block",
    },
    "conv vq": {"network": "conv", "hidden": (4, 8), "code": "vq", "codebook_size": 8},
    "conv contractive": {"network": "conv", "hidden": (4,), "penalty": "contractive"},
    "contractive vae": {"code": "gaussian", "penalty": "contractive"},
    "linear top-k": {"network": "linear", "code": "top_k", "k": 2, "latent_dim": 6},
    "deep bce l1": {"hidden": (32,) * 6, "recon_loss": "bce", "penalty": "l1"},
    "ssim": {"recon_loss": "ssim"},
    "no hidden layer": {"hidden": (), "recon_loss": "l1"},
    "one channel stack": {"network": "conv", "hidden": (3,)},
    "three channel stacks": {"network": "conv", "hidden": (3, 4, 5)},
    "tied": {"tied": True},
    "tied linear": {"tied": True, "network": "linear"},
    "tied conditional vae": {"tied": True, "code": "gaussian", "condition": "label"},
    "tied vq": {"tied": True, "code": "vq", "codebook_size": 8},
    "tied stacked": {"tied": True, "schedule": "layer_by_layer"},
    **{f"activation {a}": {"activation": a} for a in SPECS["activation"].choices},
    **{f"code {a}": {"code_activation": a} for a in SPECS["code_activation"].choices},
    **{f"optimizer {o}": {"optimizer": o} for o in SPECS["optimizer"].choices},
}  # fmt: skip

EXPERIMENTS = (
    {key: variant.experiment for key, variant in VARIANTS.items()}
    | {f"preset {key}": preset.experiment for key, preset in PRESETS.items()}
    | {name: Experiment(**fields) for name, fields in COMBINATIONS.items()}
)


@pytest.fixture(params=EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
def experiment(request):
    return request.param


@pytest.fixture(params=VARIANTS.values(), ids=VARIANTS.keys())
def variant(request):
    return request.param


def weights_after(experiment, data, steps):
    training = Training(experiment, data)
    snapshots = iter(training)
    for _ in range(1 + steps):
        next(snapshots)
    return torch.cat([p.detach().flatten() for p in training.model.parameters()])


# ---- every experiment there is a name for


def test_forward_has_the_shapes_of_pictures_and_codes(experiment, tiny):
    model = Autoencoder(experiment)
    output = model(tiny.x_train[:7], Generator().manual_seed(0))
    assert output.logits.shape == output.x_hat.shape == (7, 784)
    assert output.code.z.shape == output.code.mean.shape == (7, experiment.latent_dim)
    assert model.encode(tiny.x_train[:7]).shape == (7, experiment.latent_dim)
    assert model.decode(output.code.z).shape == (7, 784)


def test_pixels_stay_between_black_and_white(experiment, tiny):
    x_hat = Autoencoder(experiment).reconstruct(tiny.x_train)
    assert x_hat.isfinite().all()
    if experiment.output == "sigmoid":
        assert x_hat.min() >= 0
        assert x_hat.max() <= 1


def test_losses_are_finite_and_add_up(experiment, tiny):
    model = Autoencoder(experiment)
    terms = model.losses(model(tiny.x_train, Generator().manual_seed(0)), tiny.x_train)
    assert all(term.isfinite() and term.shape == () for term in terms.values())
    has_penalty = experiment.penalty != "none" or experiment.code in ("gaussian", "vq")
    assert ("penalty" in terms) is has_penalty
    parts = terms["recon_loss"] + terms.get("penalty", 0)
    torch.testing.assert_close(terms["total_loss"], parts)


def test_every_parameter_gets_a_gradient(experiment, tiny):
    model = Autoencoder(experiment)
    output = model(tiny.x_train, Generator().manual_seed(0), tiny.y_train)
    terms = model.losses(output, tiny.x_train)
    terms["total_loss"].backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_model_knows_its_number_of_parameters(experiment):
    model = Autoencoder(experiment)
    assert model.n_parameters == sum(w.numel() for w in model.state_dict().values())


def test_decoder_mirrors_the_encoder(experiment):
    def shapes(part, *, turned):
        # nn.Linear holds (out, in), nn.Conv2d (out, in, 3, 3), its transpose (in, out, 3, 3)
        found = [layer.weight.shape for layer in part if hasattr(layer, "weight")]
        return [s[::-1] if turned and len(s) == 2 else s for s in found]

    plain = Autoencoder(experiment.replace(code="deterministic", condition="none"))
    decoder = shapes(plain.decoder, turned=True)
    encoder = shapes(plain.encoder, turned=False)
    assert decoder == encoder[::-1]


def test_seed_decides_the_first_weights(experiment):
    first, again, other = (
        Autoencoder(experiment.replace(seed=seed)).encoder.state_dict() for seed in (3, 3, 4)
    )
    for name, weight in first.items():
        assert torch.equal(weight, again[name])
        assert name.endswith("bias") or not torch.equal(weight, other[name])


# ---- every variant


def test_same_seed_gives_the_same_numbers_whatever_else_draws_them(variant, tiny):
    experiment = variant.experiment.replace(batch_size=20)
    first = weights_after(experiment, tiny, steps=4)
    torch.manual_seed(123)
    assert torch.equal(weights_after(experiment, tiny, steps=4), first)
    other = weights_after(experiment.replace(seed=1), tiny, steps=4)
    assert not torch.allclose(other, first)


def test_training_beats_the_mean_picture_within_a_few_epochs(variant, digits):
    experiment = variant.experiment.replace(
        epochs=4, n_train=1500, batch_size=32, learning_rate=3e-3
    )
    mean = references(experiment, digits).loss["mean"]
    losses = [s.val.terms for s in Training(experiment, digits) if s.val]
    total = [terms["total_loss"] for terms in losses]
    assert total[-1] < 0.7 * total[0]
    assert losses[-1]["recon_loss"] < 0.95 * mean


def test_saved_model_reconstructs_the_same(variant, tiny, tmp_path):
    training = Training(variant.experiment.replace(epochs=1), tiny)
    for _ in training:
        pass
    store.save(tmp_path, training.model, training.experiment, History(), {})
    loaded = store.load(tmp_path)
    assert loaded.experiment == training.experiment
    assert torch.equal(loaded.reconstruct(tiny.x_test), training.model.reconstruct(tiny.x_test))


def test_variant_explains_itself(variant):
    assert variant.title
    assert variant.changes.endswith(".")
    assert variant.purpose.endswith(".")
    assert variant.paper.split()[0].istitle()
    assert variant.experiment.variant == variant.key


def test_fields_in_front_matter(variant):
    for name in variant.front:
        assert variant.experiment.matters(name), name


def test_variant_is_found_by_all_its_names(variant):
    for name in (variant.key, *variant.other_names):
        assert variants.get(name) is variant
        assert variants.build(name) == variant.experiment


def test_names_of_variants_are_unique():
    names = [name for v in VARIANTS.values() for name in (v.key, *v.other_names)]
    assert len(set(names)) == len(names)
    assert len({v.title for v in VARIANTS.values()}) == len(VARIANTS)


def test_variants_come_with_the_simplest_first_and_unnamed_ones_last():
    assert list(VARIANTS)[:2] == ["linear", "vanilla"]
    assert list(VARIANTS) == [key for key in variants._MENU if key in VARIANTS]


def test_every_experiment_differs_from_the_vanilla_one():
    vanilla = VARIANTS["vanilla"].experiment
    for key in VARIANTS.keys() - {"vanilla"}:
        assert VARIANTS[key].experiment.differences(vanilla), key


def test_unknown_variant_is_refused_with_all_names():
    with pytest.raises(ExperimentError) as caught:
        variants.build("vanila")
    assert ", ".join(VARIANTS) in str(caught.value)
    assert "'vanila'" in str(caught.value)


def test_build_takes_texts_and_values():
    built = variants.build("vae", {"beta": "4"}, latent_dim=3)
    assert built == VARIANTS["vae"].experiment.replace(beta=4.0, latent_dim=3)


# ---- presets


@pytest.mark.parametrize("key", PRESETS)
def test_preset_explains_itself_and_keeps_to_its_variant(key):
    preset = PRESETS[key]
    assert preset.key == key
    assert preset.title
    assert preset.watch.endswith(".")
    link = preset.experiment.differences(VARIANTS[preset.experiment.variant].experiment)
    assert variants.build(preset.experiment.variant, link).same_run(preset.experiment)


def test_presets_are_unique():
    assert len({p.title for p in PRESETS.values()}) == len(PRESETS)
    assert len({p.experiment for p in PRESETS.values()}) == len(PRESETS)
