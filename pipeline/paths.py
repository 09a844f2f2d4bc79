"""Where the project's own data files and models stand."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
MODELS = ROOT / "models"
CODEBOOK = ROOT / "corpus" / "codebook.yaml"
PARAMS = ROOT / "params.yaml"
