"""The pretraining page: what a classifier gains from an encoder that has seen pictures before."""

from ui.pretraining.classifiers import panel as few_labels
from ui.pretraining.stacks import panel as vanishing_gradients

__all__ = ["few_labels", "vanishing_gradients"]
