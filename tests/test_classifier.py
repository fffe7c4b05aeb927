from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from thb_indicators.classifier import PriorLogisticRegression

FOLDS_DEPEND_ON_ROWS = "calibration folds are drawn over rows, so a weight of two is not the same as a row twice"


def expected_failures(estimator: PriorLogisticRegression) -> dict[str, str]:
    names = ("check_sample_weight_equivalence_on_dense_data", "check_sample_weight_equivalence_on_sparse_data")
    return dict.fromkeys(names, FOLDS_DEPEND_ON_ROWS) if estimator.calibrate else {}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [PriorLogisticRegression(), PriorLogisticRegression(calibrate=True)], expected_failed_checks=expected_failures
)
def test_it_is_a_full_scikit_learn_estimator(estimator: Any, check: Any) -> None:
    check(estimator)


def corpus(rows: int = 300, seed: int = 0) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    X = rng.random((rows, 4)) < 0.4
    log_odds = X @ np.array([2.0, -1.0, 0.5, 0.0]) - 0.5
    return X.astype(float), (rng.random(rows) < 1 / (1 + np.exp(-log_odds))).astype(int)


def test_with_a_firm_prior_the_coefficients_are_the_prior() -> None:
    X, y = corpus()
    prior = [1.5, -0.5, 0.25, 0.0]
    fitted = PriorLogisticRegression(prior=prior, prior_strength=1e9).fit(X, y)
    assert fitted.coef_[0] == pytest.approx(prior, abs=1e-6)
    assert PriorLogisticRegression(prior=prior, intercept_prior=-4.0).untrained(4).coef_[0].tolist() == prior


def test_with_prior_zero_it_is_an_ordinary_logistic_regression() -> None:
    X, y = corpus()
    ours = PriorLogisticRegression(prior_strength=0.5).fit(X, y)
    theirs = LogisticRegression(C=2.0, tol=1e-10, max_iter=10_000).fit(X, y)
    assert ours.coef_ == pytest.approx(theirs.coef_, abs=1e-4)
    assert ours.intercept_ == pytest.approx(theirs.intercept_, abs=1e-4)


def test_bounds_hold_whatever_the_labels_say() -> None:
    X, y = corpus()
    fitted = PriorLogisticRegression(
        prior=[1.0, 1.0, 0.0, -1.0], prior_strength=0.01, lower=[0, 0, 0, -9], upper=[9, 9, 0, 0], calibrate=True
    ).fit(X, y)
    coef = fitted.coef_[0]
    assert coef[1] == 0.0, "the labels pull it below its bound"
    assert coef[2] == 0.0
    assert coef[0] > 0 >= coef[3]


@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_contributions_and_intercept_are_the_decision(seed: int, sparse: bool, calibrate: bool) -> None:
    X, y = corpus(60, seed)
    if len(set(y)) < 2:
        return
    given_X = csr_matrix(X) if sparse else X
    fitted = PriorLogisticRegression(calibrate=calibrate).fit(given_X, y)
    total = np.asarray(fitted.contributions(given_X).sum(axis=1)).ravel() + fitted.intercept_[0]
    assert total == pytest.approx(fitted.decision_function(given_X), abs=1e-9)


def test_calibration_changes_no_rank_and_makes_scores_true() -> None:
    X, y = corpus(4000)
    groups = np.arange(len(y)) // 4
    overfirm = PriorLogisticRegression(prior=[8.0, -4.0, 2.0, 0.0], prior_strength=300.0)
    plain = overfirm.fit(X, y).decision_function(X)
    fitted = PriorLogisticRegression(prior=[8.0, -4.0, 2.0, 0.0], prior_strength=300.0, calibrate=True).fit(X, y, groups=groups)
    calibrated = fitted.decision_function(X)
    assert (np.argsort(plain, kind="stable") == np.argsort(calibrated, kind="stable")).all()
    assert fitted.platt_[0] < 0.9
    brier = [np.mean((1 / (1 + np.exp(-scores)) - y) ** 2) for scores in (plain, calibrated)]
    assert brier[1] < brier[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prior": [1.0]}, "`prior` must be one number or have shape"),
        ({"prior_strength": -1.0}, "must not be negative"),
        ({"lower": 1.0, "upper": 0.0}, "nowhere be above"),
    ],
)
def test_wrong_options_are_refused_with_what_is_wrong(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PriorLogisticRegression(**options).fit(*corpus())


def test_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="two classes are needed"):
        PriorLogisticRegression().fit([[0.0], [1.0]], [1, 1])
