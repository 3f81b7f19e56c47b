"""Noise put on digits and taken out again: by a model, a plain autoencoder, classical filters."""

from ui import challenges, denoising, frame, lesson
from ui.language import _

model = frame.open_page("denoising")
lesson.head(_("Denoising"), "denoising")

denoising.lab(model)

challenges.panel("denoising", model)

frame.close_page()
