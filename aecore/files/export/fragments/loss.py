"""What is minimised: the reconstruction loss, and what is added to it."""

from aecore.files.export.fragments.model import activated, told
from aecore.parts.codes import CODES
from aecore.parts.losses import LOSSES
from aecore.parts.penalties import PENALTIES
from aecore.spec.experiment import Experiment

_LAYER_LOSS = '''
def layer_loss({args}, layer):
    """One layer and its mirror as a small autoencoder of what the layers below give."""
    h = model.encoder[: 2 * (layer - 1)](x if layer > 1 else {x_input}).detach()
    z = model.encoder[2 * (layer - 1) : 2 * layer](h){last}
    mirror = 2 * (LAYERS - layer)
    back = model.decoder[mirror : mirror + 2](z)
    if layer > 1:
        return F.mse_loss(back, h)
    return {recon}
'''


def functions(e: Experiment) -> str:
    """`loss_function`, and the functions that it needs."""
    found = []
    if LOSSES[e.recon_loss].program:
        found.append(LOSSES[e.recon_loss].program)
    if e.penalty in PENALTIES and PENALTIES[e.penalty].program:
        found.append(PENALTIES[e.penalty].program)
    if e.schedule == "layer_by_layer":
        found.append(_layer_loss(e))
    found.append(_loss_function(e))
    return "\n\n\n".join(function.strip() for function in found)


def draws(e: Experiment) -> bool:
    """Whether the loss takes random numbers."""
    return CODES[e.code].draws or (e.penalty in PENALTIES and PENALTIES[e.penalty].draws)


def arguments(e: Experiment) -> str:
    """What `loss_function` is called with, in its definition and in the loop."""
    names = ["x_input", "x"] if e.corruption != "none" else ["x"]
    names += ["label"] if e.label_width else []
    names += ["noise"] if draws(e) else []
    return ", ".join(names)


def _x_input(e: Experiment) -> str:
    return "x" if e.corruption == "none" else "x_input"


def _loss_function(e: Experiment) -> str:
    args = _x_input(e) + told(e)
    lines = [line.format(args=args) for line in CODES[e.code].program.lines]
    if LOSSES[e.recon_loss].of_logits:
        code = f"with_class(z{told(e)})" if e.label_width else "z"
        lines.append(f"logits = model.decoder({code})")
    else:
        lines.append(f"x_hat = model.decode(z{told(e)})")
    lines.append(f"loss = {_recon(e)}")
    lines += CODES[e.code].program.term
    if e.penalty != "none":
        penalty = PENALTIES[e.penalty].call.format(encode=_mean_code(e), x_input=_x_input(e))
        lines += [f"penalty = {penalty}", "loss = loss + PENALTY_WEIGHT * penalty"]
    lines[-1] = lines[-1].replace("loss = ", "return ", 1)
    return "\n    ".join([f"def loss_function({arguments(e)}):", *lines])


def _mean_code(e: Experiment) -> str:
    """The encoder as a function of the picture alone, without sampling."""
    mean = CODES[e.code].program.mean.format(x=f"x{told(e)}")
    return "model.encode" if mean == "model.encode(x)" else f"lambda x: {mean}"


def _recon(e: Experiment, logits: str = "logits", x_hat: str = "x_hat") -> str:
    return LOSSES[e.recon_loss].call.format(logits=logits, x_hat=x_hat)


def _layer_loss(e: Experiment) -> str:
    last = "\n    if layer == LAYERS:\n        z = " + activated(e.code_activation, "z")
    return _LAYER_LOSS.format(
        args=arguments(e),
        x_input=_x_input(e),
        last="" if e.code_activation == "identity" else last,
        recon=_recon(e, "back", activated(e.output, "back")),
    )
