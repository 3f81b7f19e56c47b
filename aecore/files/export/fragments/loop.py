"""The training loop, the errors, and a picture of what has been learned."""

from aecore.files.export.fragments.data import draws_noise
from aecore.files.export.fragments.loss import arguments, draws
from aecore.parts.optimizers import OPTIMIZERS
from aecore.spec.experiment import Experiment

_ERROR = '''
@torch.no_grad()
def error_on({args}):
    """Mean squared error, without sampling."""
    {parts}x_hat = torch.cat([{reconstruct}])
    return F.mse_loss(x_hat, x).item()
'''

_STOP_BATCHES = """
        if time.perf_counter() - started >= MAX_SECONDS:
            break
"""

_PICTURES = """
with torch.no_grad():
    rows = [{rows}]
pictures = torch.cat(rows).clamp(0, 1).view(-1, *SHAPE)
pictures = F.interpolate(pictures, scale_factor=3)
"""

_LINES = """
with torch.no_grad():
    rows = [{rows}]
figure, axes = plt.subplots(2, 5, figsize=(15, 6), sharex=True, sharey=True)
for axis, *samples in zip(axes.flat, *(row.cpu() for row in rows), strict=True):
    for sample in samples:
        axis.plot({values})
"""


def training(e: Experiment) -> str:
    """`error_on`, the optimiser and the loop."""
    lines = [
        f"optimizer = torch.optim.{OPTIMIZERS[e.optimizer].program}",
        "order = torch.Generator(DEVICE).manual_seed(SEED)",
    ]
    if _needs_noise(e):
        lines.append("noise = torch.Generator(DEVICE).manual_seed(SEED + 1)")
    if e.patience:
        lines.append('best, best_epoch = float("inf"), 0')
    if e.max_seconds:
        lines.append("started = time.perf_counter()")
    body = [
        *_stage(e),
        "    shuffled = torch.randperm(len(x_train), generator=order, device=DEVICE)",
        "    for batch in shuffled.split(BATCH_SIZE):",
        *_step(e),
        f"    error = {_call('val', e)}",
        '    print(f"epoch {epoch}: validation MSE {error:.5f}")',
        *_stops(e),
    ]
    loop = ["", "for epoch in range(1, EPOCHS + 1):", *body]
    return f"{_error(e)}\n\n\n" + "\n".join(lines + loop)


def drawing(e: Experiment) -> str:
    """Originals, what the encoder got, and reconstructions: `pictures`, or lines in a `figure`."""
    x_input = "x_test" if e.corruption == "none" else "x_test_input"
    label = ", y_test[:10]" if e.label_width else ""
    rows = ["x_test[:10]"] if e.corruption == "none" else ["x_test[:10]", "x_test_input[:10]"]
    rows.append(f"model({x_input}[:10]{label})")
    if e.kind == "picture":
        return _PICTURES.strip().format(rows=", ".join(rows))
    values = "sample.view(*SHAPE).T" if e.kind == "series" else 'sample, "o"'
    return _LINES.strip().format(rows=", ".join(rows), values=values)


def _layered(e: Experiment) -> bool:
    return e.schedule == "layer_by_layer"


def _needs_noise(e: Experiment) -> bool:
    return draws_noise(e) or draws(e) or bool(e.label_width)


def _stage(e: Experiment) -> list[str]:
    if not _layered(e):
        return []
    return ["    layer = (epoch - 1) // LAYER_EPOCHS + 1  # trains alone; past LAYERS: all train"]


def _step(e: Experiment) -> list[str]:
    lines = ["x = x_train[batch]"]
    if e.corruption != "none":
        lines.append("x_input = corrupt(x, noise)" if draws_noise(e) else "x_input = corrupt(x)")
    if e.label_width:
        lines += [
            "# One sample in ten comes without its class: the model learns to do without.",
            "u = torch.rand(len(batch), generator=noise, device=DEVICE)",
            "label = y_train[batch].masked_fill(u < 0.1, -1)",
        ]
    whole = f"loss = loss_function({arguments(e)})"
    if _layered(e):
        lines += [
            "if layer <= LAYERS:",
            f"    loss = layer_loss({arguments(e)}, layer)",
            "else:",
            f"    {whole}",
        ]
    else:
        lines.append(whole)
    lines += ["optimizer.zero_grad()", "loss.backward()", "optimizer.step()"]
    step = [f"        {line}" for line in lines]
    return step + (_STOP_BATCHES.strip("\n").split("\n") if e.max_seconds else [])


def _stops(e: Experiment) -> list[str]:
    """The rules that end a training early, in the order in which the lab looks at them."""
    whole = "layer > LAYERS and " if _layered(e) else ""
    lines = ["if not math.isfinite(error):", '    print("The loss has diverged.")', "    break"]
    if e.target_mse:
        lines += [f"if {whole}error <= TARGET_MSE:", "    break"]
    if e.max_seconds:
        lines += ["if time.perf_counter() - started >= MAX_SECONDS:", "    break"]
    if e.patience:
        lines += [
            f"if {whole}error < best:",
            "    best, best_epoch = error, epoch",
            f"if {whole}epoch - best_epoch >= PATIENCE:",
            "    break",
        ]
    return [f"    {line}" for line in lines]


def _error(e: Experiment) -> str:
    """The function `error_on`."""
    names = _measured("x", "y", e)
    x_input = names[0]
    if e.label_width:
        parts = f"parts = zip({x_input}.split(1000), y.split(1000), strict=True)\n    "
        reconstruct = "model(part, label) for part, label in parts"
    else:
        parts = ""
        depth = ", depth" if _layered(e) else ""
        reconstruct = f"model(part{depth}) for part in {x_input}.split(1000)"
    args = ", ".join([*names, *(["depth"] if _layered(e) else [])])
    return _ERROR.strip().format(args=args, parts=parts, reconstruct=reconstruct)


def _measured(x: str, y: str, e: Experiment) -> list[str]:
    """What `error_on` gets of a part: the input if it is another, the pictures, their classes."""
    return [
        *([f"{x}_input"] if e.corruption != "none" else []),
        x,
        *([y] if e.label_width else []),
    ]


def _call(part: str, e: Experiment) -> str:
    depth = ["min(layer, LAYERS)"] if _layered(e) else []
    return f"error_on({', '.join([*_measured(f'x_{part}', f'y_{part}', e), *depth])})"


def result(e: Experiment) -> str:
    """Prints the validation error and, once, the test error."""
    return "\n".join(
        [
            f"test = {_call('test', e)}",
            'print(f"validation MSE: {error:.8f}")',
            'print(f"test MSE: {test:.8f}")',
        ]
    )
