"""The anomaly page: a model trained on normal classes alone, and what it finds strange."""
