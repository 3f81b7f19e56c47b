"""Pictures to learn from: datasets, their download, and pictures that a learner brings along."""
