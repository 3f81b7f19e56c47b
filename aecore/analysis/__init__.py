"""Questions asked of data and trained models: arrays in, arrays out."""
