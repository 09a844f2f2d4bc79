"""Press texts beside the inspection reports that they are about: links, matches and counts."""
