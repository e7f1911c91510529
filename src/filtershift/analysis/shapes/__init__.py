"""What filters look like: how much of their energy lies in patterns with names, which no data set decides."""
