"""Looks into an uploaded file in a process of its own, bounded in time and memory.

Started as `python -m workflows.inspection FILE`; answers one line of JSON. What is not on the list
is refused: PDF, PNG, JPEG, and Word, Excel and OpenDocument files without macros. TIFF, HEIC, SVG,
HTML and archives are not: scanners write PDF, and these run code or hide others.
"""
