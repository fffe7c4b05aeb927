"""Scikit-learn transformers: from ads to what was seen in them, and from there to numbers.

Every transformer takes documents, ads, or plain strings; ads are read once when a `DocumentReader` goes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.validation import check_is_fitted

from thb_indicators.detect import Detector
from thb_indicators.errors import BasisError, InputError
from thb_indicators.explain import present
from thb_indicators.lexicon import Lexicon
from thb_indicators.normalize import Normalized, normalize
from thb_indicators.records import Ad, Basis, Document, Field
from thb_indicators.spans import Span
from thb_indicators.terms import located, terms

_KEPT = 4
_detectors: dict[str, Detector] = {}
"""By the lexicon's digest: clones of an estimator share one detector, and what it remembers."""


def _detector(lexicon: Lexicon | None) -> Detector:
    key = lexicon.digest if lexicon is not None else ""
    if key not in _detectors:
        if len(_detectors) >= _KEPT:
            _detectors.clear()
        _detectors[key] = Detector(lexicon if lexicon is not None else Lexicon.load())
    return _detectors[key]


def documents(X: Iterable[Any], lexicon: Lexicon | None = None, basis: Basis | None = None) -> list[Document]:
    """Return what was seen in each of some documents, ads or strings.

    Parameters
    ----------
    X
        `Document`, `Ad` or ``str`` items.
    lexicon
        The rules; the shipped ones when not given.
    basis
        Why the texts may be processed, for strings and for ads that do not say.

    Raises
    ------
    BasisError
        When an ad or a string comes without a basis.
    InputError
        When an item is none of these.
    """
    read: Detector | None = None
    found = []
    for number, item in enumerate(X):
        if isinstance(item, Document):
            found.append(item)
            continue
        if isinstance(item, str):
            ad = Ad(str(number), item, basis=basis)
        elif isinstance(item, Ad):
            ad = item
        else:
            raise InputError(f"item {number} is a {type(item).__name__}; give documents, ads or strings")
        if ad.basis is None and basis is None:
            raise BasisError(f'item {number} has no basis for processing: give basis="synthetic" or basis="consented"')
        read = read or _detector(lexicon)
        found.append(read.read(ad))
    return found


class DocumentReader(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn carries no types
    """Reads ads once, so that later steps share what was seen.

    Parameters
    ----------
    lexicon
        The rules; the shipped ones when not given.
    basis
        Why the texts may be processed, for strings and for ads that do not say.
    """

    def __init__(self, lexicon: Lexicon | None = None, basis: Basis | None = None) -> None:
        self.lexicon = lexicon
        self.basis = basis

    def fit(self, X: Iterable[Any], y: Any = None) -> DocumentReader:  # scikit-learn's signature
        """Learn nothing."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, X: Iterable[Any]) -> list[Document]:
        """Return the documents."""
        return documents(X, self.lexicon, self.basis)


class IndicatorVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn carries no types
    """One column per indicator of the catalogue: 1.0 where it is affirmed (or reported by a signal), else 0.0.

    Parameters
    ----------
    lexicon
        The rules; the shipped ones when not given.
    basis
        Why the texts may be processed, for strings and for ads that do not say.

    Examples
    --------
    >>> vectorizer = IndicatorVectorizer(basis="synthetic").fit([])
    >>> row = vectorizer.transform(["Job abroad. We keep your passport in the office."])[0]
    >>> "document_handover" in vectorizer.get_feature_names_out()[row > 0]
    True
    """

    def __init__(self, lexicon: Lexicon | None = None, basis: Basis | None = None) -> None:
        self.lexicon = lexicon
        self.basis = basis

    def fit(self, X: Iterable[Any], y: Any = None) -> IndicatorVectorizer:  # scikit-learn's signature
        """Learn the columns, which depend on the catalogue alone."""
        lexicon = _detector(self.lexicon).lexicon
        names = [info.id for info in lexicon.catalogue.values() if info.role != "not_scored"]
        self.digest_ = lexicon.digest
        self.catalogue_ = {name: lexicon.catalogue[name] for name in names}
        self.columns_ = {name: column for column, name in enumerate(names)}
        return self

    def transform(self, X: Iterable[Any]) -> np.ndarray[Any, Any]:
        """Return an array of shape ``(n_ads, n_indicators)``."""
        check_is_fitted(self)
        read = documents(X, self.lexicon, self.basis)
        matrix = np.zeros((len(read), len(self.columns_)))
        for row, document in enumerate(read):
            for name in present(document):
                if name in self.columns_:
                    matrix[row, self.columns_[name]] = 1.0
        return matrix

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:  # scikit-learn's signature
        """Return the indicators' ids."""
        check_is_fitted(self)
        return np.array(list(self.columns_), dtype=object)


class TermVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn carries no types
    """TF-IDF of one- and two-word terms, without protected words, names of places, and contacts.

    Parameters
    ----------
    lexicon, basis
        As in `IndicatorVectorizer`.
    min_df
        Ads a term must stand in to be a feature.
    max_features
        The most frequent terms kept.
    """

    def __init__(
        self, lexicon: Lexicon | None = None, basis: Basis | None = None, min_df: int = 2, max_features: int = 30_000
    ) -> None:
        self.lexicon = lexicon
        self.basis = basis
        self.min_df = min_df
        self.max_features = max_features

    def fit(self, X: Iterable[Any], y: Any = None) -> TermVectorizer:  # scikit-learn's signature
        """Learn vocabulary and document frequencies."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Iterable[Any], y: Any = None) -> Any:  # scikit-learn's signature
        """Learn the vocabulary, and return the features as a sparse matrix."""
        texts = [document.text for document in documents(X, self.lexicon, self.basis)]
        enough = min(self.min_df, max(1, len(texts)))
        tfidf = TfidfVectorizer(
            analyzer=terms, sublinear_tf=True, min_df=enough, max_features=self.max_features, dtype=np.float64
        )
        matrix = tfidf.fit_transform(texts)
        self.vocabulary_ = {term: int(column) for term, column in tfidf.vocabulary_.items()}
        self.idf_ = tfidf.idf_
        self._tfidf = tfidf
        return matrix

    def transform(self, X: Iterable[Any]) -> Any:
        """Return a sparse matrix of shape ``(n_ads, n_terms)``."""
        check_is_fitted(self)
        return self._tfidf.transform([document.text for document in documents(X, self.lexicon, self.basis)])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:  # scikit-learn's signature
        """Return ``term:`` and the words of each term."""
        check_is_fitted(self)
        names = sorted(self.vocabulary_, key=self.vocabulary_.__getitem__)
        return np.array([f"term:{name}" for name in names], dtype=object)


def spans(ad: Ad, term: str) -> list[tuple[Field, Span]]:
    """Return where a term of `TermVectorizer` stands in the original fields of an ad.

    Examples
    --------
    >>> ad = Ad("a1", "Good PAY, paid weekly.", basis="synthetic")
    >>> [(field, span.of(ad.text)) for field, span in spans(ad, "paid weekly")]
    [('text', 'paid weekly')]
    """
    return list(_spans(ad, term))


def _spans(ad: Ad, term: str) -> Iterator[tuple[Field, Span]]:
    fields: Sequence[tuple[Field, str]] = [("title", ad.title), ("text", ad.text)]
    knows = _detector(None).lexicon.knows
    for field, original in fields:
        normalized: Normalized = normalize(original, knows)
        for one in located(normalized.text):
            if one.words == term:
                yield field, normalized.span(one.start, one.end)
