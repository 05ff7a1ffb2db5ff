"""What is the story? Prefect flows, one per file; each reads as a table of contents."""
