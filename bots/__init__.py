"""The platforms, the desk, and the program that joins them with the core."""
