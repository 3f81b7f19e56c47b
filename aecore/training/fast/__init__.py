"""What makes the loop fast without changing what it computes."""
