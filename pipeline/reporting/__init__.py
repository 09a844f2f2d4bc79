"""The report: pages that open from disk, with the sentences behind every figure."""
