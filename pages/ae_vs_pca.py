"""The same samples through an autoencoder and through PCA."""

from ui.ae_vs_pca import views
from ui.kit import challenges, frame, lesson
from ui.kit.language import _

model = frame.open_page("ae_vs_pca")
lesson.head(_("AE versus PCA"), "ae_vs_pca", help=_(views.PCA_HELP))

view = views.choose(model)
views.show(view, model)

challenges.panel("ae_vs_pca", model)

frame.close_page()
