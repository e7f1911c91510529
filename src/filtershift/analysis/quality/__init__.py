"""The quality of layers: sparsity, entropy, orthogonality, state, phenotype."""
