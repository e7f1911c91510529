"""Files of torch.export."""
