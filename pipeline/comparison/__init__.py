"""What can be said about councils beside one another: shares, differences, changes, grades."""
