"""What the page Features measures and shows."""
