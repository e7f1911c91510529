"""Reading pickles as data: nothing in them is executed."""
