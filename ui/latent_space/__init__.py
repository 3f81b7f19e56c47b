"""The panels of the latent space page: pad, map, sliders, walk."""
