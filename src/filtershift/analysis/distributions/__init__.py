"""How coefficients are distributed: densities, and pairs of coefficients."""
