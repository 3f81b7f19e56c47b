"""What the page Train measures and shows."""
