"""Where the project's own data files and models stand."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
MODELS = ROOT / "models"
METRICS = MODELS / "metrics.json"
NOTEBOOKS = ROOT / "notebooks"
GOLD_LABELS = MODELS / "gold_labels.csv"
GOLD_PREDICTIONS = MODELS / "gold_predictions.csv"
CORPUS = ROOT / "corpus"
CODEBOOK = CORPUS / "codebook.yaml"
# Below the outputs: the record of the run that made them, and the charts of a stage of two halves.
RECORD = "run.json"
COMPARED = Path("plots") / "compare"
PARAMS = ROOT / "params.yaml"
