"""How far to believe a shift: intervals, noise floors, nulls."""
