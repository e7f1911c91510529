"""What is measured of filters: bases, coefficients, shifts and quality, and their plots."""
