"""Discovery: themes beyond the codebook, suggested from which words stand together in findings."""
