"""A classifier that starts from what an autoencoder has learned."""

from ui import pretraining
from ui.kit import challenges, frame, lesson
from ui.kit.language import _

model = frame.open_page("pretraining")
lesson.head(_("Pretraining"), "pretraining")

pretraining.few_labels(model)
pretraining.vanishing_gradients()

challenges.panel("pretraining", model)

frame.close_page()
