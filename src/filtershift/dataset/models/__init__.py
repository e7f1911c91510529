"""Model files to 3x3 filters with their layer metadata."""
