"""What the page Generate measures and shows."""
