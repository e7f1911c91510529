"""The files of what passes and groupings find: of layers, of their histograms, of groups."""
