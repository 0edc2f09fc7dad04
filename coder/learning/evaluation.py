"""How well rules, classifier and their combination agree with what people coded.

Without a ready model everything is measured on answers that were held out: rules, thresholds and
weights that were tuned, were tuned on the other answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import KFold

from coder.codebook import Codebook
from coder.coding import Coding, Method
from coder.corpus import Corpus
from coder.dutch.pipeline import BUNDLED
from coder.methods.classifier import FOLDS, Classifier, enough_examples, learn
from coder.methods.combine import combine
from coder.methods.rules.engine import Rules
from coder.progress import Progress, silent
from coder.statistics.scores import macro_f1, micro, per_code, per_unit_f1
from coder.tables.table import Table

Labels = npt.NDArray[np.bool_]
Split = tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Two tables: `codes` (a row a code, for the best method at hand) and `overall` (a row a method)."""

    codes: Table
    overall: Table


def evaluate(
    corpus: Corpus,
    coding: Coding,
    codebook: Codebook | None = None,
    *,
    model: Classifier | None = None,
    nlp: str = BUNDLED,
    seed: int = 1,
    progress: Progress = silent,
) -> Evaluation:
    """Compare methods with the codes that a person gave.

    With `model`, that model (and the rules of the codebook, if any) code all the answers: use answers
    it was not trained on. Without, five-fold cross-validation: of the classifier alone, or with a
    codebook of rules, classifier and their combination. Raises `DataError` with fewer than ten coded
    answers.
    """
    ids, used, _ = enough_examples(corpus, coding)
    part = corpus.take(ids)
    book = codebook or Codebook.from_ids(used)
    codes = [id_ for id_ in book.ids if id_ in used]
    right = coding.matrix(ids, codes)
    rules = Rules(nlp) if codebook and any(code.rules for code in codebook.codes) else None
    given = (
        _with_model(part, book, codes, model, rules)
        if model
        else _held_out(part, coding, book, codes, rules, seed, progress)
    )
    how = "by the model given" if model else f"cross-validated, {FOLDS} folds, seed {seed}"
    main = next(iter(given))
    return Evaluation(
        codes=score_codes(right, given[main], book, codes, f"Per code: {main}, {how}"),
        overall=score_overall(right, given, f"Overall, {how}"),
    )


def score_codes(right: Labels, given: Labels, codebook: Codebook, codes: Sequence[str], title: str) -> Table:
    """Precision, recall and F1 of each code; nan (shown empty) where a code was never given or right."""
    precision, recall, f1 = per_code(right, given)
    frame = pd.DataFrame(
        {
            "code": codes,
            "label": [codebook.label(id_) for id_ in codes],
            "n": right.sum(axis=0),
            "given": given.sum(axis=0),
            "precision": precision,
            "recall": recall,
            "f1": f1,
        }
    ).sort_values("n", ascending=False, kind="stable", ignore_index=True)
    shown = {name: name for name in ("code", "n", "given", "precision", "recall", "f1")}
    return Table(title, frame, len(right), shown, (f"{len(right)} coded answers.",))


def score_overall(right: Labels, given: dict[str, Labels], title: str) -> Table:
    """A row a method: micro precision, recall and F1, macro F1 over codes, mean F1 per answer."""
    rows = [
        {
            "method": name,
            **micro(right, labels),
            "f1_macro": macro_f1(right, labels),
            "f1_answer": per_unit_f1(right, labels),
        }
        for name, labels in given.items()
    ]
    shown = {
        "method": "method",
        "precision": "precision",
        "recall": "recall",
        "f1": "F1 micro",
        "f1_macro": "F1 macro",
        "f1_answer": "F1 per answer",
    }
    return Table(title, pd.DataFrame(rows), len(right), shown)


def _with_model(
    corpus: Corpus, codebook: Codebook, codes: Sequence[str], model: Classifier, rules: Rules | None
) -> dict[str, Labels]:
    methods: list[Method] = [model, *([rules] if rules else [])]
    return {method.name: method.code(corpus, codebook).matrix(corpus.ids, codes) for method in methods}


def _held_out(
    corpus: Corpus,
    coding: Coding,
    codebook: Codebook,
    codes: Sequence[str],
    rules: Rules | None,
    seed: int,
    progress: Progress,
) -> dict[str, Labels]:
    names = ("combined", "rules", "classifier") if rules else ("classifier",)
    given = {name: np.zeros((len(corpus), len(codes)), dtype=np.bool_) for name in names}
    for rest, held in _counted(list(KFold(FOLDS, shuffle=True, random_state=seed).split(corpus.ids)), progress):
        known, unknown = corpus.take(corpus.ids[rest]), corpus.take(corpus.ids[held])
        methods = _learned(known, coding, codebook, rules, seed)
        for name, method in methods.items():
            given[name][held] = method.code(unknown, codebook).matrix(unknown.ids, codes)
    return given


def _learned(corpus: Corpus, coding: Coding, codebook: Codebook, rules: Rules | None, seed: int) -> dict[str, Method]:
    if rules is None:
        return {"classifier": learn(corpus, coding, seed=seed)[0]}
    both = combine(corpus, coding, codebook, rules=rules, seed=seed)
    return {"combined": both, "rules": rules, "classifier": both.classifier}


def _counted(items: Sequence[Split], progress: Progress) -> Iterable[Split]:
    for number, item in enumerate(items):
        progress("cross-validating", number, len(items))
        yield item
