"""Anomaly detection: a model that knows normal pictures alone, and a threshold on its surprise."""

from ui import challenges, frame, lesson
from ui.anomaly import detection, training
from ui.language import _

model = frame.open_page("anomaly")
lesson.head(_("Anomaly detection"), "anomaly")

normal = training.panel(model)
detection.lab(model, normal)

challenges.panel("anomaly", model)

frame.close_page()
