"""The pure core: what a procedure decides. No clock, no database, no network, no files."""
