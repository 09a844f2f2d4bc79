"""Lays out manuscripts as the PDF, DOCX, HTML and text files of the sample corpus."""
