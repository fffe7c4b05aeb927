"""Training and evaluation from end to end: a labeled corpus in, a model and honest figures out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from thb_indicators.errors import InputError
from thb_indicators.evaluation import Array, Figures, Report, figures, learning_curve, slices, split, textbook
from thb_indicators.explain import contributions, findings
from thb_indicators.features import documents
from thb_indicators.labeled import Labeled, near_copies
from thb_indicators.lexicon import Lexicon
from thb_indicators.model import Model
from thb_indicators.records import Document
from thb_indicators.training import IndicatorClassifier, require_two_classes

CURVE = (50, 200, 1000, 5000)
REPEATED = 0.02
"""Share of ads that repeat another from which a corpus without groups is not split ad by ad."""


class Options(msgspec.Struct, frozen=True):
    """How to train.

    Parameters
    ----------
    with_terms
        Learn from the words too, not from indicators alone.
    prior_strength, term_strength, class_weight
        As in `IndicatorClassifier`.
    calibrate
        Make scores probabilities of the corpus' labels.
    by_time
        Test on the latest ads instead of on groups drawn at random.
    ungrouped
        Split single ads, not groups; refused where ads repeat each other.
    insist
        Split single ads even there.
    seed
        Of the split.
    """

    with_terms: bool = True
    prior_strength: float = 1.0
    term_strength: float = 0.1
    class_weight: str | None = None
    calibrate: bool = True
    by_time: bool = False
    ungrouped: bool = False
    insist: bool = False
    seed: int = 0


class Corpus(msgspec.Struct, frozen=True):
    """A labeled corpus that was read: everything an evaluation needs."""

    documents: list[Document]
    labels: Array
    groups: Array
    times: list[str | None]
    languages: list[str]
    domains: list[str]
    grouped: str
    """Where the groups come from, in words."""
    repeats: float
    """Share of ads that share their group with another."""

    @property
    def texts(self) -> Array:
        """Title and text of each ad, as a text baseline reads them."""
        return np.array([f"{d.ad.title}\n{d.ad.text}" for d in self.documents], dtype=object)


def read_corpus(rows: Sequence[Labeled], lexicon: Lexicon) -> Corpus:
    """Read the ads of a labeled corpus, and find out which of them belong together.

    Raises
    ------
    InputError
        When all labels are the same.
    """
    require_two_classes((row.label for row in rows), "the corpus")
    read = documents([row.ad for row in rows], lexicon)
    copies = near_copies([document.text for document in read])
    if any(row.group for row in rows):
        names = [row.group or f"copy-{copy}" for row, copy in zip(rows, copies, strict=True)]
        grouped = "the corpus' own groups"
    else:
        names, grouped = [str(copy) for copy in copies], "exact and near copies in the text"
    distinct, groups = np.unique(np.array(names), return_inverse=True)
    return Corpus(
        read,
        np.array([row.label for row in rows]),
        groups,
        [row.time for row in rows],
        [document.language or "?" for document in read],
        [row.domain or "/".join(document.domains) or "other" for row, document in zip(rows, read, strict=True)],
        grouped,
        (len(groups) - len(distinct)) / len(groups),
    )


def train(corpus: Corpus, lexicon: Lexicon, options: Options, version: str) -> tuple[Model, Report]:
    """Fit a model on a corpus and report how its like fares on ads it has not seen.

    The figures come from a model fitted on the training side of a split; the model returned is fitted on everything.

    Raises
    ------
    InputError
        When a side of the split lacks a class, or `refuse_copies` refuses the split.
    """
    refuse_copies(corpus, options)
    groups = None if options.ungrouped else corpus.groups
    fitting, test, how = split(corpus.labels, groups, corpus.times, by_time=options.by_time, seed=options.seed)
    rows = np.array(corpus.documents, dtype=object)
    fitted = _fit(rows, corpus, fitting, lexicon, options)
    wanted = corpus.labels[test]
    tested = fitted.decision_function(rows[test])
    baselines = _baselines(rows, corpus, lexicon, fitting, test)
    own = figures("this model", wanted, tested, corpus.groups[test], calibrated=True)

    ranking = msgspec.structs.replace(options, calibrate=False)  # calibration changes no rank

    def score(part: Array) -> Array:
        return _fit(rows, corpus, part, lexicon, ranking).decision_function(rows[test])

    curve = learning_curve(score, fitting, corpus.labels, corpus.groups, wanted, [n for n in CURVE if n < len(fitting)])
    keys = {"language": [corpus.languages[at] for at in test], "domain": [corpus.domains[at] for at in test]}
    report = Report(
        len(fitting), len(test), len(np.unique(corpus.groups)), float(corpus.labels.mean()), f"{how}; {corpus.grouped}",
        (own, *baselines), slices(wanted, tested, keys), curve,
    )  # fmt: skip
    everything = _fit(rows, corpus, np.arange(len(rows)), lexicon, options)
    return everything.to_model(version), report


def evaluate(corpus: Corpus, lexicon: Lexicon, model: Model) -> Report:
    """Report how a finished model fares on a corpus it has not been trained on."""
    scores = scored(corpus.documents, model, lexicon)
    rules = scored(corpus.documents, Model.rules(), lexicon)
    every = tuple(
        figures(name, corpus.labels, values, corpus.groups, calibrated=name == "this model")
        for name, values in (("this model", scores), ("rules alone", rules))
    )
    keys = {"language": corpus.languages, "domain": corpus.domains}
    return Report(
        0, len(corpus.labels), len(np.unique(corpus.groups)), float(corpus.labels.mean()),
        f"all ads, none used for training; {corpus.grouped}", every, slices(corpus.labels, scores, keys),
    )  # fmt: skip


def scored(read: Sequence[Document], model: Model, lexicon: Lexicon) -> Array:
    """Return the log-odds a model gives to documents: what the screener would say."""
    catalogue = lexicon.catalogue
    sums = []
    for document in read:
        added = contributions(document, findings(document, model, catalogue), model)
        sums.append(model.baseline + sum(one.log_odds for one in added))
    return np.array(sums)


def refuse_copies(corpus: Corpus, options: Options) -> None:
    """Refuse a split of single ads where ads repeat each other; who insists does not ask.

    Raises
    ------
    InputError
        With the share of copies, and what to do.
    """
    if options.ungrouped and not options.insist and corpus.repeats > REPEATED:
        raise InputError(
            f"{corpus.repeats:.0%} of the ads share an advertiser or a text with another, so a split of single ads would test "
            "on what was trained on; leave out `ungrouped`, or insist with `ungrouped` and `insist`"
        )


def _fit(rows: Array, corpus: Corpus, part: Array, lexicon: Lexicon, options: Options) -> IndicatorClassifier:
    classifier = IndicatorClassifier(
        lexicon, with_terms=options.with_terms, prior_strength=options.prior_strength, term_strength=options.term_strength,
        class_weight=options.class_weight, calibrate=options.calibrate,
    )  # fmt: skip
    return classifier.fit(rows[part], corpus.labels[part], groups=corpus.groups[part])


def _baselines(rows: Array, corpus: Corpus, lexicon: Lexicon, fitting: Array, test: Array) -> list[Figures]:
    texts, wanted, groups = corpus.texts, corpus.labels[test], corpus.groups[test]
    rules = IndicatorClassifier(lexicon).untrained().decision_function(rows[test])
    words = textbook().fit(texts[fitting], corpus.labels[fitting]).decision_function(texts[test])
    return [
        figures("rules alone", wanted, rules, groups, calibrated=False),
        figures("TF-IDF + LR", wanted, words, groups, calibrated=True),
    ]
