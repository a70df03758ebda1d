"""What carries chunks: in this process, or over PostgreSQL to many."""
