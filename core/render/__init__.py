"""From a document to the pages that a platform takes."""
