"""Each code has length 1."""

from aecore.errors import N_
from aecore.parts.codes._code import Code, CodeKind, Drawing, Program


def unit_sphere(module, h, generator):
    """z = h / |h|."""
    a = module.activation(h)
    z = a / a.norm(dim=1, keepdim=True).clamp(min=1e-6)
    return Code(z, z)


_ENCODE = '''
    def encode(self, {args}):
        """The code of x: every picture's has length 1."""
        a = {activated}
        return a / a.norm(dim=1, keepdim=True).clamp(min=1e-6)
'''

CODE = CodeKind(
    key="unit_sphere",
    title=N_("on the unit sphere"),
    says=N_("The code keeps its direction, and its length becomes 1."),
    function=unit_sphere,
    html="{z} = {h} / |{h}|",
    line="z = {h} / {h}.norm()",
    drawing=Drawing(says=(N_("the length of z"), N_("becomes 1"))),
    program=Program(
        encode=_ENCODE,
        sentences=(N_("The code of x: every picture's has length 1."),),
    ),
)
