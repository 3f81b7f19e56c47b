"""What the page Anomaly detection measures and shows."""
