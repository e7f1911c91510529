"""Distribution shifts between groups: the D-matrix, its choices, its alternatives, its maps."""
