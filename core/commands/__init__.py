"""What readers can ask for, defined once for every platform."""
