"""Models beside a finished data set, and two finished data sets beside each other."""
