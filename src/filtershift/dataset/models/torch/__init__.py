"""PyTorch files."""
