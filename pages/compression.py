"""The autoencoder as a compressor: bytes per picture against error, next to PCA and files."""

from ui import challenges, compression, frame, lesson
from ui.language import _

model = frame.open_page("compression")
lesson.head(_("Compression"), "compression")

compression.lab(model)

challenges.panel("compression", model)

frame.close_page()
