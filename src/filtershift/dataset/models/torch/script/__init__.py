"""TorchScript: its code as data flow, without running it."""
