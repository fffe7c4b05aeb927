"""Logistic regression whose coefficients start at a prior and move as far as the labels push them.

The penalty is a Gaussian prior centred on given weights (a maximum a posteriori estimate; Gelman et al., Bayesian Data
Analysis, ch. 16) instead of on zero. With no labels the weights are the prior; with many it is an ordinary logistic regression.
Bounds keep the sign of a coefficient, or hold it at zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import Bounds, minimize
from scipy.sparse import csr_matrix, issparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.utils import Tags, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

FOLDS = 5


class PriorLogisticRegression(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn carries no types
    """Binary logistic regression with a Gaussian prior, bounds, and exact contributions.

    Minimizes ``sum_i s_i log(1 + exp(-y_i f(x_i))) + 1/2 sum_j strength_j (w_j - prior_j)^2`` with ``f(x) = x w + b``.

    Parameters
    ----------
    prior
        Centre of the prior, shape ``(n_features,)``; zeros when not given.
    prior_strength
        Precision of the prior (1 / variance), one number or one per feature. With prior zeros, ``1 / C`` of
        `sklearn.linear_model.LogisticRegression`.
    lower, upper
        Bounds of each coefficient, shape ``(n_features,)``; equal bounds fix it.
    intercept_prior, intercept_strength
        The same for the intercept; by default it is as good as free.
    class_weight
        As in scikit-learn: ``"balanced"``, a mapping, or None.
    calibrate
        Fit Platt's scaling on out-of-fold decisions (grouped when `fit` gets ``groups``) and fold it into coefficients and
        intercept, so that contributions stay exact.
    max_iter, tol
        Limits of the optimizer (L-BFGS-B).

    Attributes
    ----------
    coef_ : ndarray of shape (1, n_features)
    intercept_ : ndarray of shape (1,)
    classes_ : ndarray of shape (2,)
    n_iter_ : ndarray of shape (1,)
    platt_ : tuple of two floats
        Slope and offset that were folded in; (1.0, 0.0) without calibration.

    Examples
    --------
    >>> model = PriorLogisticRegression(prior=[1.0, -2.0], prior_strength=1e9).fit([[0, 1], [1, 0]], [1, 0])
    >>> model.coef_.round(3).tolist()
    [[1.0, -2.0]]
    """

    def __init__(
        self,
        prior: Any = None,
        prior_strength: Any = 1.0,
        lower: Any = None,
        upper: Any = None,
        intercept_prior: float = 0.0,
        intercept_strength: float = 1e-6,
        class_weight: Any = None,
        calibrate: bool = False,
        max_iter: int = 1000,
        tol: float = 1e-6,
    ) -> None:
        self.prior = prior
        self.prior_strength = prior_strength
        self.lower = lower
        self.upper = upper
        self.intercept_prior = intercept_prior
        self.intercept_strength = intercept_strength
        self.class_weight = class_weight
        self.calibrate = calibrate
        self.max_iter = max_iter
        self.tol = tol

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.sparse = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> PriorLogisticRegression:
        """Fit to labels.

        Parameters
        ----------
        X
            Array or sparse matrix of shape ``(n_samples, n_features)``.
        y
            Two classes; the greater one is the positive class.
        sample_weight
            Weight of each sample.
        groups
            Samples that belong together; used only to keep calibration honest.

        Raises
        ------
        ValueError
            When there are not two classes, or an option has the wrong shape.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported. The number of classes is {len(self.classes_)}.")
        if len(self.classes_) < 2:
            raise ValueError("Labels of two classes are needed to learn from; this corpus holds 1 class.")
        weights = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        if weights.shape != (len(y),):
            raise ValueError(f"sample_weight must have shape ({len(y)},), not {weights.shape}")
        if not weights.any():
            raise ValueError("sample_weight is zero everywhere: there is nothing to learn from")
        if self.class_weight is not None:
            weights = weights * compute_sample_weight(self.class_weight, y)
        coef, intercept, iterations = self._minimize(X, labels, weights)
        self.platt_ = (1.0, 0.0)
        if self.calibrate:
            self.platt_ = self._platt(X, labels, weights, groups)
        slope, offset = self.platt_
        self.coef_ = (coef * slope)[np.newaxis, :]
        self.intercept_ = np.array([intercept * slope + offset])
        self.n_iter_ = np.array([iterations], dtype=np.int32)
        return self

    def untrained(self, n_features: int) -> PriorLogisticRegression:
        """Make this the model of the prior alone: what `fit` tends to as labels become few."""
        self.n_features_in_ = n_features
        self.classes_ = np.array([0, 1])
        prior = self._per_feature(self.prior, 0.0, n_features, "prior")
        low, high = self._bounds(n_features)
        self.coef_ = np.clip(prior, low, high)[np.newaxis, :]
        self.intercept_ = np.array([float(self.intercept_prior)])
        self.platt_ = (1.0, 0.0)
        self.n_iter_ = np.array([0], dtype=np.int32)
        return self

    def _per_feature(self, value: Any, default: float, n_features: int, name: str) -> np.ndarray[Any, Any]:
        array = np.asarray(default if value is None else value, dtype=np.float64)
        if array.ndim == 0:
            return np.full(n_features, float(array))
        if array.shape != (n_features,):
            raise ValueError(f"`{name}` must be one number or have shape ({n_features},), not {array.shape}")
        return array

    def _bounds(self, n_features: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        low = self._per_feature(self.lower, -np.inf, n_features, "lower")
        high = self._per_feature(self.upper, np.inf, n_features, "upper")
        if np.any(low > high):
            raise ValueError("`lower` must nowhere be above `upper`")
        return low, high

    def _minimize(
        self,
        X: Any,
        labels: np.ndarray[Any, Any],
        weights: np.ndarray[Any, Any],
    ) -> tuple[np.ndarray[Any, Any], float, int]:
        n_features = X.shape[1]
        prior = self._per_feature(self.prior, 0.0, n_features, "prior")
        strength = self._per_feature(self.prior_strength, 1.0, n_features, "prior_strength")
        if np.any(strength < 0):
            raise ValueError("`prior_strength` must not be negative")
        low, high = self._bounds(n_features)
        sign = 2.0 * labels - 1.0
        centre = np.append(np.clip(prior, low, high), self.intercept_prior)
        prior = np.append(prior, self.intercept_prior)
        strength = np.append(strength, self.intercept_strength)
        transposed = X.T.tocsr() if issparse(X) else X.T

        def loss(w: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
            margin = sign * (X @ w[:-1] + w[-1])
            pull = -weights * sign * expit(-margin)
            away = w - prior
            gradient = np.append(transposed @ pull, pull.sum()) + strength * away
            return float(weights @ np.logaddexp(0.0, -margin) + 0.5 * (strength * away) @ away), gradient

        bounds = Bounds(np.append(low, -np.inf), np.append(high, np.inf))
        options = {"maxiter": self.max_iter, "maxfun": 2 * self.max_iter, "gtol": self.tol, "ftol": 1e-14}
        found = minimize(loss, centre, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        return found.x[:-1], float(found.x[-1]), int(found.nit)

    def _platt(
        self,
        X: Any,
        labels: np.ndarray[Any, Any],
        weights: np.ndarray[Any, Any],
        groups: Any,
    ) -> tuple[float, float]:
        """Return slope and offset that make out-of-fold decisions log-odds; Platt (1999), with a prior towards (1, 0)."""
        parts = np.unique(groups).size if groups is not None else int(np.bincount(labels).min())
        folds = min(FOLDS, parts)
        if folds < 2:
            return 1.0, 0.0
        splitter = GroupKFold(folds) if groups is not None else StratifiedKFold(folds)
        decisions = np.full(len(labels), np.nan)
        for train, test in splitter.split(X, labels, groups):
            if len(np.unique(labels[train])) == 2:
                coef, intercept, _ = self._minimize(X[train], labels[train], weights[train])
                decisions[test] = X[test] @ coef + intercept
        seen = ~np.isnan(decisions)
        if len(np.unique(labels[seen])) < 2:
            return 1.0, 0.0
        scaling = PriorLogisticRegression(prior=[1.0], prior_strength=1.0, lower=[1e-3], intercept_strength=1.0)
        slope, offset, _ = scaling._minimize(decisions[seen, np.newaxis], labels[seen], weights[seen])
        return float(slope[0]), offset

    def decision_function(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the log-odds of the positive class, shape ``(n_samples,)``."""
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        return np.asarray(X @ self.coef_[0] + self.intercept_[0])

    def predict_proba(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the probabilities of both classes, shape ``(n_samples, 2)``."""
        positive = expit(self.decision_function(X))
        return np.column_stack([1.0 - positive, positive])

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the likelier class of each sample."""
        decisions = self.decision_function(X)
        return np.asarray(self.classes_[(decisions > 0).astype(int)])

    def contributions(self, X: Any) -> Any:
        """Return what each feature adds to each sample's log-odds, shaped and stored like `X`.

        ``contributions(X).sum(axis=1) + intercept_`` is ``decision_function(X)``.
        """
        check_is_fitted(self)
        X = validate_data(self, X, accept_sparse="csr", dtype=np.float64, reset=False)
        return csr_matrix(X.multiply(self.coef_)) if issparse(X) else X * self.coef_
