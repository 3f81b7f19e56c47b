"""What the page Super-resolution measures and shows."""
