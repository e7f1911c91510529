"""Reading ncnn files."""
