"""What the page Compare measures and shows."""
