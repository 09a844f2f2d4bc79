"""What sets the words of one group of documents apart from those of another."""
