"""The commands of ``findings``: one module each, with ``HELP``, ``add_arguments`` and ``run``.

A command imports its stage inside ``run``, so that a stage depends on no other stage's code
(dvc.yaml) and ``findings --help`` loads none.
"""

# In the order of `findings --help`.
COMMANDS = (
    "fetch", "discover", "run", "clean", "classify", "themes", "tables", "compare", "groups",
    "keyness", "press", "suggest", "record", "report", "notebooks", "label", "review", "export",
    "import-qdpx", "adopt", "cache", "train", "train-encoder", "import-gold", "docs",
)  # fmt: skip
