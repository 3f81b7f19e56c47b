"""Large pictures from small ones: an autoencoder against the usual ways to enlarge."""

from ui import super_resolution
from ui.kit import challenges, frame, lesson
from ui.kit.language import _

model = frame.open_page("super_resolution")
lesson.head(_("Super-resolution"), "super_resolution")

super_resolution.lab(model)

challenges.panel("super_resolution", model)

frame.close_page()
