"""Get what a registry lists: politely, only from public addresses, and with a log of every try."""
