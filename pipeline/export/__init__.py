"""The tables of a run for other tools: workbook, database, REFI-QDA project, data package."""
