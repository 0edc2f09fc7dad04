"""Models on disk, without pickle: arrays, the n-grams they belong to, and a card that a person can read."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from coder.errors import DataError
from coder.languages.language import language_of
from coder.methods.classifier import Classifier, Features
from coder.methods.embedding import SIZES, require
from coder.methods.features import CharacterGrams, WordGrams
from coder.methods.linear import Weights
from coder.methods.weighing import Weighing
from coder.statistics.calibration import Calibration

Made = TypeVar("Made")

_EVIDENCE = "evidence_of_shares"
"""What rules, classifier and likeness weigh, likeness as a share among all codes. "evidence" was of likeness by
itself, which weighs otherwise."""


def save(model: Classifier, folder: Path) -> None:
    """See `Classifier.save`."""
    features, calibration = model.features, model.calibration
    grams = {
        "codes": model.codes,
        "threshold": model.threshold,
        "embedding": features.embedding,
        "language": features.language,
        "words": features.words.names_,
        "characters": features.characters.names_,
    }
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "weights": model.weights.whole,
        "bias": model.weights.bias,
        "clause_weights": model.weights.clause,
        "clause_bias": model.weights.clause_bias,
        "words": features.words.idf_,
        "characters": features.characters.idf_,
        "mean": np.zeros(0, dtype=np.float32) if features.mean is None else features.mean,
        "scale": np.asarray(features.scale),
        "shared": calibration.weights,
        "prior": calibration.prior,
        "shift": calibration.shift,
        "seen": model.seen,
    }
    if (weighing := model.weighing) is not None:
        about = {
            "codes": weighing.codes,
            "threshold": weighing.threshold,
            "way": weighing.way,
            "scores": weighing.scores,
        }
        grams |= {"weighing": about}
        arrays |= {"given": weighing.given, "absent": weighing.absent, _EVIDENCE: weighing.weights}
    card = json.dumps(model.card, ensure_ascii=False, indent=2)
    write_folder(folder, "model", arrays, {"words": json.dumps(grams, ensure_ascii=True), "card": card})


def write_folder(
    folder: Path, name: str, arrays: Mapping[str, npt.NDArray[np.generic]], texts: Mapping[str, str]
) -> None:
    """Write arrays as `NAME.npz` and each text of JSON as a .json of its name; files are replaced when all is written.

    Raises `DataError` where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as made:
            beside = Path(made)
            np.savez_compressed(beside / f"{name}.npz", **arrays)  # type: ignore[arg-type] # by name
            for stem, text in texts.items():
                (beside / f"{stem}.json").write_text(text, encoding="utf-8")
            for file in sorted(beside.iterdir()):
                file.replace(folder / file.name)
    except OSError as error:
        raise DataError("model.no_folder", folder=folder, reason=error.strerror) from None


def load(folder: Path) -> Classifier:
    """See `Classifier.load`."""
    model = read_folder(folder, "model", ("words", "card"), _model)
    require(model.features.embedding)
    return model


def read_folder(folder: Path, name: str, texts: Sequence[str], made_of: Callable[..., Made]) -> Made:
    """What `made_of` makes of the JSON of each text and of the arrays that `write_folder` wrote.

    Raises `DataError` where there is none, or it is damaged, also where `made_of` says so.
    """
    try:
        told = [json.loads((folder / f"{stem}.json").read_text(encoding="utf-8")) for stem in texts]
        with (folder / f"{name}.npz").open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return made_of(*told, {each: stored[each] for each in stored.files})
    except FileNotFoundError:
        raise DataError("model.none", folder=folder) from None
    except (KeyError, TypeError, ValueError, AttributeError, EOFError, OSError, BadZipFile, zlib.error) as error:
        raise DataError("model.damaged", folder=folder, reason=str(error)) from None


def _model(grams: dict[str, Any], card: dict[str, object], arrays: dict[str, Any]) -> Classifier:
    """A model of its parts. Raises `ValueError` or `KeyError` where they do not fit together."""
    codes = tuple(grams["codes"])
    features = Features(
        WordGrams(language_of(str(grams.get("language", "")))).restore(grams["words"], arrays["words"]),
        CharacterGrams().restore(grams["characters"], arrays["characters"]),
        grams["embedding"],
        arrays["mean"],
        float(arrays["scale"]),
    )
    model = Classifier(
        codes,
        features,
        Weights(arrays["weights"], arrays["bias"], arrays["clause_weights"], arrays["clause_bias"]),
        Calibration(arrays["shared"], arrays["prior"], arrays["shift"]),
        float(grams["threshold"]),
        arrays["seen"],
        card,
        _weighing(grams.get("weighing"), arrays),
    )
    shapes = {
        "weights": (len(codes), features.size),
        "bias": (len(codes),),
        "clause_weights": (len(codes), features.size),
        "clause_bias": (len(codes),),
        "mean": (SIZES[features.embedding],),
        "shared": (4,),
        "prior": (len(codes),),
        "shift": (len(codes),),
    }
    if model.weighing is not None:
        size = len(model.weighing.codes)
        shapes |= {"given": (size,), "absent": (size,), _EVIDENCE: (4,)}
    if wrong := [name for name, shape in shapes.items() if arrays[name].shape != shape]:
        raise ValueError(f"its parts do not fit together: {', '.join(wrong)}")
    if "hash" not in card:
        raise ValueError("its card has no hash")
    return model


def _weighing(about: dict[str, Any] | None, arrays: dict[str, Any]) -> Weighing | None:
    """How the model is weighed beside rules, where it is."""
    if about is None:
        return None
    way, scores = about["way"], about["scores"]
    if way not in scores:
        raise ValueError(f"it decides by {way!r}, which it has no score of")
    if _EVIDENCE not in arrays:
        raise DataError("model.earlier")
    given, absent, weights = (arrays[name] for name in ("given", "absent", _EVIDENCE))
    return Weighing(tuple(about["codes"]), given, absent, weights, float(about["threshold"]), way, dict(scores))
