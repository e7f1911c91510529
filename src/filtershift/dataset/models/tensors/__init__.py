"""Models of tensors alone, without a graph: what names, shapes and order tell."""
