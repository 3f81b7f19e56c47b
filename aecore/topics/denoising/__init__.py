"""What the page Denoising measures and shows."""
