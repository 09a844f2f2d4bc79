"""From printed lines to paragraphs, sections and sentences with exact places."""
