"""What notebooks and programs use of all rooms: `import filtershift` offers it by name."""
