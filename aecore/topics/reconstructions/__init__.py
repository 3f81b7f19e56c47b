"""What the page Reconstructions measures and shows."""
