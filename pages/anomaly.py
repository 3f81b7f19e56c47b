"""Anomaly detection: a model that knows normal pictures alone, and a threshold on its surprise."""

from ui.anomaly import detection, training
from ui.kit import challenges, frame, lesson
from ui.kit.language import _

model = frame.open_page("anomaly")
lesson.head(_("Anomaly detection"), "anomaly")

normal = training.panel(model)
detection.lab(model, normal)

challenges.panel("anomaly", model)

frame.close_page()
