"""All variants: what each changes, its model drawn from itself, and the same digits through all."""

from aecore.errors import N_
from ui import variants
from ui.kit import challenges, frame, lesson, parts
from ui.kit.language import _

PARTS = {
    "one": N_("One variant"),
    "digits": N_("The same digits through every pretrained model"),
    "table": N_("All variants next to each other"),
}

model = frame.open_page("variants")
lesson.head(_("Variants"), "variants")

part = parts.choose("variants", PARTS)
if part == "one":
    variants.explore(model)
elif part == "digits":
    variants.compare(model)
else:
    variants.table()

challenges.panel("variants", model)

frame.close_page()
