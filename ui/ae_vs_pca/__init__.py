"""The panels of the page that puts an autoencoder next to PCA."""
