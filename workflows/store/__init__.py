"""What is remembered: tables, repositories and the one unit of work. Decides nothing."""

from workflows.store.unit_of_work import POINTS, Store, UnitOfWork

__all__ = ["POINTS", "Store", "UnitOfWork"]
