"""Read the facts of a document from its own words: kind, council, dates, grades, people."""
