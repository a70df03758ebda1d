"""Bringing pages to targets, once, and keeping account of it."""
