"""What figures are drawn with: pages in inches, text that fits, style, marks of noise, files."""
