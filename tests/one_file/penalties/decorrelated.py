"""Numbers of the code shall not go together."""

from aecore.errors import N_
from aecore.parts.penalties._penalty import Penalised, Penalty
from aecore.parts.term import Term


def decorrelated(z):
    """Mean squared covariance of different numbers of the code, ()."""
    centred = z - z.mean(dim=0)
    covariance = centred.t() @ centred / len(z)
    return (covariance - covariance.diag().diag()).square().mean()


def _function(seen: Penalised):
    return decorrelated(seen.z)


_PROGRAM = '''
def decorrelated(z):
    """Mean squared covariance of different numbers of the code."""
    centred = z - z.mean(dim=0)
    covariance = centred.t() @ centred / len(z)
    return (covariance - covariance.diag().diag()).square().mean()
'''

PENALTY = Penalty(
    key="decorrelated",
    title=N_("decorrelated code"),
    term=Term(
        "code",
        "λ·C",
        r"\lambda\,\overline{C_{ij}^2}",
        N_("Decorrelation: different numbers of the code shall not go together."),
        html="λ mean C²",
        line="penalty_weight * decorrelated(z)",
    ),
    function=_function,
    program=_PROGRAM,
    call="decorrelated(z)",
    sentences=(N_("Mean squared covariance of different numbers of the code."),),
)
