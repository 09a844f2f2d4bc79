"""The sample corpus: manuscripts, their layout and the files laid out from them."""
