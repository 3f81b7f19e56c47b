"""What the page AE versus PCA measures and shows."""
