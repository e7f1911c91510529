"""What is asked about filters as a whole: a page to look around in, placement, layer by layer, over time."""
