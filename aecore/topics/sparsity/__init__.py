"""What the page Sparsity measures and shows."""
