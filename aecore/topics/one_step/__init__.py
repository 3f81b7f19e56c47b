"""What the page One step measures and shows."""
