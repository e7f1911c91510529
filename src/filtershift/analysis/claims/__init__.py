"""The papers' claims, and whether they hold on this data set."""
