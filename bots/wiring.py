"""Where concrete classes meet."""
