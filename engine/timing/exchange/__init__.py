"""Logs from elsewhere in, our record out: XES, CSV, OCEL 2.0, Parquet; and a log's figures.

Pure: iterables of bytes or text come in and go out. Files are opened above (`workflows.opening`).
"""
