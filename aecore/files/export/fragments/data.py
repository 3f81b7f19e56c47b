"""The pictures: which they are, and what is done to them before encoding."""

from aecore.data.datasets import BUNDLED, SPECS
from aecore.parts.corruptions import CORRUPTIONS
from aecore.spec.experiment import Experiment

_CLASSES = {
    "mnist-5k": "MNIST",
    "mnist": "MNIST",
    "fashion-mnist": "FashionMNIST",
    "kmnist": "KMNIST",
}
"""Dataset -> the class of torchvision that fetches it."""

_PIXELS = '''
def pixels(images):
    """Pictures as rows of 784 numbers from 0 (black) to 1 (white)."""
    return images.reshape(-1, 784).float().div(255).to(DEVICE)
'''

# The same rows as the lab's bundled digits, in the same order: see aecore.data.datasets.

# The parts of the lab, picture by picture: see aecore.data.datasets.
_PARTS = '''
def parts(labels, n):
    """Rows to learn from, and rows for validation: every nth of each class."""
    held_out = torch.zeros(len(labels), dtype=torch.bool)
    held_out[torch.argsort(labels, stable=True)[n - 1 :: n]] = True
    return torch.where(~held_out)[0], torch.where(held_out)[0]
'''

_SMALL = """
mnist = datasets.MNIST(DATA, train=True, download=True)
# The first 500 digits of each class: a fifth of them to test with.
first = torch.cat([torch.where(mnist.targets == d)[0][:500] for d in range(10)])
images, labels = mnist.data[first], mnist.targets[first]
random = np.random.RandomState(55)
mixed = random.permutation(5000)
is_test = np.ones(5000, dtype=bool)
for digit in range(10):
    places = np.flatnonzero(labels.numpy()[mixed] == digit)
    is_test[places[:400]] = False
rest = random.permutation(mixed[~is_test])
test = random.permutation(mixed[is_test])
train, val = (rest[rows] for rows in parts(labels[rest], {every}))
x_train, x_val = pixels(images[train]), pixels(images[val])
x_test = pixels(images[test])
"""

_LARGE = """
given = datasets.{name}(DATA, train=True, download=True)
test = datasets.{name}(DATA, train=False, download=True)
train, val = parts(given.targets, {every})
x_train, x_val = pixels(given.data[train]), pixels(given.data[val])
x_test = pixels(test.data)
"""

_INPUT = {
    True: "x_{part}_input = corrupt(x_{part}, torch.Generator(DEVICE).manual_seed(SEED + 2))",
    False: "x_{part}_input = corrupt(x_{part})",
}


def pictures(e: Experiment) -> str:
    """`x_train`, `x_val` and `x_test`; where classes matter, `y_train`, `y_val`, `y_test` too."""
    small = e.dataset == BUNDLED
    spec = SPECS[e.dataset]
    lines = [(_SMALL if small else _LARGE).strip()]
    if e.classes or e.label_width:
        labels = "labels" if small else "given.targets"
        lines.append(f"y_train, y_val = {labels}[train], {labels}[val]")
    if e.label_width:
        lines.append(f"y_test = {'labels[test]' if small else 'test.targets'}")
    if e.classes:
        lines.append("chosen = torch.isin(y_train, torch.tensor(CLASSES))")
        lines.append("x_train, y_train = x_train[chosen.to(DEVICE)], y_train[chosen]")
    if e.n_train < spec.n_train:
        lines.append("x_train = x_train[:N_TRAIN]")
    if e.label_width:
        lines.append("y_train = y_train[: len(x_train)].to(DEVICE)")
        lines.append("y_val, y_test = y_val.to(DEVICE), y_test.to(DEVICE)")
    every = (spec.n_train + spec.n_val) // spec.n_val
    source = "\n".join(lines).format(name=_CLASSES[e.dataset], every=every)
    return f"{_PIXELS.strip()}\n\n\n{_PARTS.strip()}\n\n\n{source}"


def corruption(e: Experiment) -> str:
    """The function `corrupt`, and what is measured on, with the same noise every time."""
    source = CORRUPTIONS[e.corruption].program.strip()
    inputs = [_INPUT[draws_noise(e)].format(part=part) for part in ("val", "test")]
    return "\n".join([source, "", "", *inputs])


def draws_noise(e: Experiment) -> bool:
    """Whether the corruption takes random numbers."""
    return e.corruption in CORRUPTIONS and CORRUPTIONS[e.corruption].draws
