"""Bytes to filters and a layer table."""
