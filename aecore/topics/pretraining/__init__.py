"""What the page Pretraining measures and shows."""
