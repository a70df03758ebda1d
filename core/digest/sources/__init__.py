"""Where issues come from: folders and git repositories, and how the archive keeps in step with them."""
