"""The doors: HTTP for programs, pages for people, a command line; they only translate."""
