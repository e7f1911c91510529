"""Judge whether the papers' claims hold on this data set."""
