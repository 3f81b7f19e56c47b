"""One training step from the inside: picture, formula and code of the same thing."""

from ui import one_step
from ui.kit import frame, lesson
from ui.kit.language import _

model = frame.open_page("one_step")
about = _(
    "Point at anything: the picture, the formula and the program code of the same "
    "thing light up, and the grey box shows its values. The arrow keys move from one "
    "number to the next."
)
lesson.head(_("One training step"), "one_step", help=about)
one_step.panel(model)

frame.close_page()
