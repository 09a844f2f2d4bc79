"""Read a file of any supported kind into lines with their pages."""
