"""Finding things in the archive, and answering from it."""
