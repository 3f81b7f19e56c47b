"""Large pictures from small ones: an autoencoder against the usual ways to enlarge."""

from ui import challenges, frame, lesson, super_resolution
from ui.language import _

model = frame.open_page("super_resolution")
lesson.head(_("Super-resolution"), "super_resolution")

super_resolution.lab(model)

challenges.panel("super_resolution", model)

frame.close_page()
