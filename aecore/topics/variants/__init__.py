"""What the page Variants measures and shows."""
