"""The code as the input of other models: classifiers with few labels, clusters without any."""

from ui import features
from ui.kit import challenges, frame, lesson, models
from ui.kit.language import _

model = frame.open_page("features")
lesson.head(_("Features"), "features")

if models.class_names(model):
    features.classifiers(model)
    features.clusters(model)
else:
    features.without_labels(model)

challenges.panel("features", model)

frame.close_page()
