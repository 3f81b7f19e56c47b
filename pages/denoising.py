"""Noise put on digits and taken out again: by a model, a plain autoencoder, classical filters."""

from ui import denoising
from ui.kit import challenges, frame, lesson
from ui.kit.language import _

model = frame.open_page("denoising")
lesson.head(_("Denoising"), "denoising")

denoising.lab(model)

challenges.panel("denoising", model)

frame.close_page()
