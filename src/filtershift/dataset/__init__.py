"""From files to filters and a layer table."""
