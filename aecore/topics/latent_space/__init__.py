"""What the page Latent space measures and shows."""
