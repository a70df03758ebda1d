"""The desk: the local web page, a platform like the others, and the editor's view."""
