"""The page Train: the live view of a run, and taking it home."""
