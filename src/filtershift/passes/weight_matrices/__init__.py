"""What is measured of the weight matrices of layers, where their shapes are known."""
