"""Drawing only: arrays and labels in, a figure out."""
