"""The autoencoder as a compressor: bytes per picture against error, next to PCA and files."""

from ui import compression
from ui.kit import challenges, frame, lesson
from ui.kit.language import _

model = frame.open_page("compression")
lesson.head(_("Compression"), "compression")

compression.lab(model)

challenges.panel("compression", model)

frame.close_page()
