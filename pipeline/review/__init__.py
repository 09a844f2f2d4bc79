"""Sentences that people code: drawn, written to a workbook, read back, kept and compared."""
