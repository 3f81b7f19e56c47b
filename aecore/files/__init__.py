"""What is kept in files: runs, pretrained models, exports."""
