"""What the page Compression measures and shows."""
