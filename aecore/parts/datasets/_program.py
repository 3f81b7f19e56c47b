"""Pieces of exported programs that several datasets share: the lab's parts, and its scale."""

from aecore.errors import N_

# See aecore.data.splits.held_out.
PARTS = '''
def parts(labels, n):
    """Rows to learn from, and rows for validation: every nth of each class."""
    held_out = torch.zeros(len(labels), dtype=torch.bool)
    held_out[torch.argsort(labels, stable=True)[n - 1 :: n]] = True
    return torch.where(~held_out)[0], torch.where(held_out)[0]
'''

# See aecore.data.splits.four_fifths.
FIFTH = '''
def without_a_fifth(labels):
    """Rows to work with, and rows to test with: a fifth of each class."""
    random = np.random.RandomState(55)
    mixed = random.permutation(len(labels))
    is_test = np.ones(len(labels), dtype=bool)
    for label in np.unique(labels):
        places = np.flatnonzero(labels[mixed] == label)
        is_test[places[: len(places) * 4 // 5]] = False
    return random.permutation(mixed[~is_test]), random.permutation(mixed[is_test])
'''

# See aecore.analysis.scaling. For measurements that vary: none here has a column that does not.
SCALE = '''
def scaled(x):
    """Measurements from 0 to 1: beyond it are 1% of those that are learned from."""
    share = (x - low) / (high - low)
    return torch.tensor(share.clip(0, 1), dtype=torch.float32, device=DEVICE)
'''

SENTENCES = {
    PARTS: N_("Rows to learn from, and rows for validation: every nth of each class."),
    FIFTH: N_("Rows to work with, and rows to test with: a fifth of each class."),
    SCALE: N_("Measurements from 0 to 1: beyond it are 1% of those that are learned from."),
}
"""What each piece says of itself."""


def joined(*pieces: str) -> str:
    """Pieces of a program one after another, as they are usually set."""
    return "\n\n\n".join(piece.strip() for piece in pieces)
