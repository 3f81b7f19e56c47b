"""The autoencoder: networks, codes, corruptions, losses and penalties."""
