"""From labels to a model: the classifier that a data scientist fits, and what ships of it."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from typing import Any

import numpy as np
import scipy
import sklearn
from scipy.sparse import csr_matrix, hstack
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from thb_indicators.classifier import PriorLogisticRegression
from thb_indicators.errors import InputError
from thb_indicators.features import IndicatorVectorizer, TermVectorizer, documents
from thb_indicators.lexicon import Lexicon
from thb_indicators.model import RULES_BASELINE, Model
from thb_indicators.records import Basis
from thb_indicators.terms import TermWeights


class IndicatorClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn carries no types
    """The lexicon is the prior, labels move it: indicators and terms in one logistic regression.

    Takes documents, ads, or strings. Indicators start at the catalogue's weights and keep their sign; context indicators stay
    at zero; terms start at zero.

    Parameters
    ----------
    lexicon, basis
        As in `thb_indicators.features.IndicatorVectorizer`.
    with_terms
        Learn from the words too, not from indicators alone.
    prior_strength
        Precision of the prior on the indicators' weights: 1 lets a few dozen ads move them, 100 a few thousand.
    term_strength
        The same for terms, around zero; ``1 / C`` of an ordinary logistic regression.
    min_df, max_features
        As in `TermVectorizer`.
    class_weight, calibrate
        As in `PriorLogisticRegression`.

    Examples
    --------
    >>> ads = ["We keep your passport in the office.", "Farm work with a written contract."] * 5
    >>> fitted = IndicatorClassifier(basis="synthetic").fit(ads, [1, 0] * 5)
    >>> fitted.predict(ads[:2]).tolist()
    [1, 0]
    """

    terms_: TermVectorizer | None

    def __init__(
        self,
        lexicon: Lexicon | None = None,
        basis: Basis | None = None,
        with_terms: bool = True,
        prior_strength: float = 1.0,
        term_strength: float = 0.1,
        min_df: int = 2,
        max_features: int = 30_000,
        class_weight: Any = None,
        calibrate: bool = False,
    ) -> None:
        self.lexicon = lexicon
        self.basis = basis
        self.with_terms = with_terms
        self.prior_strength = prior_strength
        self.term_strength = term_strength
        self.min_df = min_df
        self.max_features = max_features
        self.class_weight = class_weight
        self.calibrate = calibrate

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags

    def fit(self, X: Iterable[Any], y: Any, sample_weight: Any = None, groups: Any = None) -> IndicatorClassifier:
        """Fit to labels; see `PriorLogisticRegression.fit`."""
        read = documents(X, self.lexicon, self.basis)
        self._prepare()
        matrix = self.indicators_.transform(read)
        if self.with_terms:
            self.terms_ = TermVectorizer(self.lexicon, self.basis, self.min_df, self.max_features)
            matrix = hstack([csr_matrix(matrix), self.terms_.fit_transform(read)], format="csr")
        self.classifier_ = self._classifier(matrix.shape[1]).fit(matrix, y, sample_weight=sample_weight, groups=groups)
        self.classes_ = self.classifier_.classes_
        return self

    def untrained(self) -> IndicatorClassifier:
        """Make this the rules alone: what `fit` tends to as labels become few."""
        self._prepare()
        self.classifier_ = self._classifier(len(self.indicators_.columns_)).untrained(len(self.indicators_.columns_))
        self.classes_ = self.classifier_.classes_
        return self

    def _prepare(self) -> None:
        self.indicators_ = IndicatorVectorizer(self.lexicon, self.basis).fit([])
        self.terms_ = None

    def _classifier(self, n_features: int) -> PriorLogisticRegression:
        catalogue = self.indicators_.catalogue_.values()
        extra = n_features - len(catalogue)
        prior = [info.weight for info in catalogue] + [0.0] * extra
        lower = [-np.inf if info.role == "counter" else 0.0 for info in catalogue] + [-np.inf] * extra
        upper = [np.inf if info.scored and info.weight else 0.0 for info in catalogue] + [np.inf] * extra
        strength = [self.prior_strength] * len(catalogue) + [self.term_strength] * extra
        return PriorLogisticRegression(
            prior=np.array(prior), prior_strength=np.array(strength), lower=np.array(lower), upper=np.array(upper),
            intercept_prior=RULES_BASELINE, class_weight=self.class_weight, calibrate=self.calibrate,
        )  # fmt: skip

    def _matrix(self, X: Iterable[Any]) -> Any:
        check_is_fitted(self, "classifier_")
        read = documents(X, self.lexicon, self.basis)
        matrix = self.indicators_.transform(read)
        return matrix if self.terms_ is None else hstack([csr_matrix(matrix), self.terms_.transform(read)], format="csr")

    def decision_function(self, X: Iterable[Any]) -> np.ndarray[Any, Any]:
        """Return the log-odds, shape ``(n_ads,)``."""
        return self.classifier_.decision_function(self._matrix(X))

    def predict_proba(self, X: Iterable[Any]) -> np.ndarray[Any, Any]:
        """Return the probabilities of both classes, shape ``(n_ads, 2)``."""
        return self.classifier_.predict_proba(self._matrix(X))

    def predict(self, X: Iterable[Any]) -> np.ndarray[Any, Any]:
        """Return the likelier class of each ad."""
        return self.classifier_.predict(self._matrix(X))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:  # scikit-learn's signature
        """Return the names of all features: indicators, then terms."""
        check_is_fitted(self, "classifier_")
        names = self.indicators_.get_feature_names_out()
        return names if self.terms_ is None else np.concatenate([names, self.terms_.get_feature_names_out()])

    def to_model(self, version: str) -> Model:
        """Return what the screener scores with; it gives the same log-odds."""
        check_is_fitted(self, "classifier_")
        coef = self.classifier_.coef_[0].tolist()
        names = list(self.indicators_.columns_)
        terms = None
        if self.terms_ is not None:
            idf = self.terms_.idf_.tolist()
            offset = len(names)
            known = {term: (idf[at], coef[offset + at]) for term, at in sorted(self.terms_.vocabulary_.items())}
            terms = TermWeights(known)
        digest = self.indicators_.digest_
        weights = dict(zip(names, coef[: len(names)], strict=True))
        return Model(version, float(self.classifier_.intercept_[0]), weights, terms, digest)


def versions() -> dict[str, str]:
    """Return the versions that a trained model depends on, for its manifest."""
    from thb_indicators import __version__

    return {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "thb-indicators": __version__,
    }


def require_two_classes(labels: Iterable[int], where: str) -> None:
    """Refuse labels that hold only one class.

    Raises
    ------
    InputError
        With a sentence that says what is missing.
    """
    seen = set(labels)
    if len(seen) < 2:
        raise InputError(f"{where}: all labels are {seen.pop() if seen else 'missing'}; both 0 and 1 are needed")
