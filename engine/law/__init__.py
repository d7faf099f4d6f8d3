"""What the law says about a dossier, without asking anyone: no clock, no file, no database."""
