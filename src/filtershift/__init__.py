"""Distribution shifts between trained 3x3 convolution filters."""
