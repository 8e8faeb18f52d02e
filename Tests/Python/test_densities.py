"""Densities against scikit-learn, SciPy and central differences; estimators in scikit-learn's manner."""

import copy
import pickle
import warnings

import jkonetstar as jk
import numpy as np
import pytest
import scipy.stats
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV


def clusters(rng, n, k, d):
    """Return particles of k Gaussians of any shape."""
    parts = [4 * rng.normal(size=d) + rng.normal(size=(n // k, d)) @ rng.normal(size=(d, d)) for _ in range(k)]
    return np.concatenate(parts)


def differences(density, X, h=1e-5):
    """Return the gradient of the log-density by central differences."""
    columns = [density.score_samples(X + step) - density.score_samples(X - step) for step in h * np.eye(X.shape[1])]
    return np.stack(columns, axis=1) / (2 * h)


@pytest.mark.parametrize("covariance_type", ["full", "diag"])
@pytest.mark.parametrize(("n", "k", "d"), [(60, 2, 1), (500, 5, 2), (1000, 10, 2), (400, 3, 6)])
@pytest.mark.parametrize("iterations", [1, 10, 50])
def test_iterations_are_those_of_scikit_learn(rng, covariance_type, n, k, d, iterations):
    X = clusters(rng, n, k, d) + 1000.0
    precisions = rng.uniform(0.1, 2, size=(k, d))
    start = {
        "weights_init": rng.dirichlet(np.full(k, 5.0)),
        "means_init": X[rng.choice(len(X), k, replace=False)],
        "precisions_init": precisions if covariance_type == "diag" else precisions[:, :, None] * np.eye(d),
    }
    parameters = {"covariance_type": covariance_type, "tol": 0.0, "max_iter": iterations, "reg_covar": 1e-6, **start}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = GaussianMixture(k, **parameters).fit(X)
    with pytest.warns(jk.ConvergenceWarning, match="max_iter"):
        mine = jk.GaussianMixture(k, **parameters).fit(X)
    assert mine.n_iter_ == theirs.n_iter_ == iterations and not mine.converged_
    assert mine.log_likelihood_ == pytest.approx(theirs.score(X), rel=1e-6)
    assert mine.bic_ == pytest.approx(theirs.bic(X), rel=1e-6)
    np.testing.assert_allclose(mine.weights_, theirs.weights_, atol=1e-6)
    np.testing.assert_allclose(mine.means_, theirs.means_, rtol=1e-6)
    assert mine.covariances_.shape == theirs.covariances_.shape
    np.testing.assert_allclose(mine.covariances_, theirs.covariances_, atol=1e-5 * np.abs(theirs.covariances_).max())
    np.testing.assert_allclose(mine.score_samples(X), theirs.score_samples(X), rtol=1e-6, atol=1e-6)


def test_fits_are_as_likely_as_those_of_scikit_learn(rng):
    X = clusters(rng, 1000, 5, 2)
    theirs = GaussianMixture(5, n_init=3, tol=1e-6, max_iter=1000, random_state=0).fit(X)
    mine = jk.GaussianMixture(5, n_init=10).fit(X)
    # Both are local maxima; one nat per hundred particles is what another component is worth.
    assert mine.converged_ and mine.log_likelihood_ > theirs.score(X) - 0.01
    assert mine.score(X) == pytest.approx(mine.log_likelihood_, rel=1e-12)


@pytest.mark.parametrize("rule", ["scott", "silverman"])
@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_kernels_are_those_of_scipy(rng, rule, d, weighted):
    X = clusters(rng, 300, 2, d) + 50
    weights = rng.uniform(size=len(X)) if weighted else None
    theirs = scipy.stats.gaussian_kde(X.T, rule, weights)
    mine = jk.KernelDensity(rule).fit(X, sample_weight=weights)
    queries = X[:100] + rng.normal(size=(100, d))
    np.testing.assert_allclose(mine.score_samples(queries), theirs.logpdf(queries.T), rtol=1e-9, atol=1e-9)
    assert mine.bandwidth_ == pytest.approx(np.linalg.det(theirs.covariance) ** (1 / (2 * d)), rel=1e-9)


def test_given_and_spherical_bandwidths(rng):
    X, queries = rng.normal(size=(200, 3)) * [1, 2, 3], rng.normal(size=(50, 3))
    spherical = jk.KernelDensity("scott", covariance_type="spherical").fit(X)
    assert spherical.bandwidth_ == pytest.approx(200 ** (-1 / 7) * np.sqrt(X.var(axis=0, ddof=1).mean()), rel=1e-12)
    given = jk.KernelDensity(spherical.bandwidth_).fit(X)
    np.testing.assert_allclose(given.score_samples(queries), spherical.score_samples(queries), rtol=1e-12)
    # A kernel as wide as the world: the population is one Gaussian about its mean.
    wide = jk.KernelDensity(1e4).fit(X)
    np.testing.assert_allclose(wide.score_function(queries), (X.mean(0) - queries) / 1e8, rtol=1e-6, atol=1e-13)


@pytest.mark.parametrize(
    "density",
    [
        jk.GaussianMixture(4),
        jk.GaussianMixture(3, covariance_type="diag"),
        jk.GaussianMixture("bic", max_components=5),
        jk.KernelDensity(),
        jk.KernelDensity("silverman", covariance_type="spherical"),
        jk.KernelDensity(0.3),
    ],
    ids=str,
)
@pytest.mark.parametrize("d", [1, 3])
def test_scores_are_gradients(rng, density, d):
    X = clusters(rng, 400, 3, d)
    fitted = clone(density).fit(X, sample_weight=rng.uniform(size=len(X)))
    assert fitted.n_features_in_ == d
    queries = np.concatenate([X[:150], 100 * rng.normal(size=(20, d))])
    score = fitted.score_function(queries)
    # Truncation h^2 times third derivatives, rounding 1e-16 |ln rho| / h.
    scale = np.maximum(1, np.abs(score).max(axis=1, keepdims=True)) ** 2
    assert (np.abs(differences(fitted, queries) - score) / scale).max() < 1e-5
    assert np.isfinite(fitted.score_samples(1e100 * np.ones((1, d)))).all()


def test_components_by_bic(rng):
    X = np.concatenate([rng.normal(c, 0.5, size=(200, 2)) for c in (-4, 0, 4)])
    mixture = jk.GaussianMixture("bic").fit(X)
    assert len(mixture.weights_) == 3
    # The criterion is the best of those with a given number.
    assert mixture.bic_ == min(jk.GaussianMixture(k).fit(X).bic_ for k in range(1, 11))


def test_weights_are_copies(rng):
    X = rng.normal(size=(50, 2))
    counts = rng.integers(1, 4, size=50)
    start = {"weights_init": [0.5, 0.5], "means_init": [[-1, 0], [1, 0]], "precisions_init": [np.eye(2)] * 2}
    weighted = jk.GaussianMixture(2, **start).fit(X, sample_weight=counts)
    copies = jk.GaussianMixture(2, **start).fit(np.repeat(X, counts, axis=0))
    np.testing.assert_allclose(weighted.means_, copies.means_, atol=1e-9)
    np.testing.assert_allclose(weighted.covariances_, copies.covariances_, atol=1e-9)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_fits_do_not_depend_on_threads(threads):
    X = np.random.default_rng(5).normal(size=(3000, 2))
    before = jk.get_num_threads()
    try:
        jk.set_num_threads(threads)
        mixture, kernel = jk.GaussianMixture(4, random_state=3).fit(X), jk.KernelDensity().fit(X)
        found = mixture.means_, mixture.score_function(X), kernel.score_function(X[:500])
        jk.set_num_threads(1)
        mixture, kernel = jk.GaussianMixture(4, random_state=3).fit(X), jk.KernelDensity().fit(X)
        expected = mixture.means_, mixture.score_function(X), kernel.score_function(X[:500])
    finally:
        jk.set_num_threads(before)
    assert all(np.array_equal(*pair) for pair in zip(found, expected))


def test_single_precision_and_columns(rng):
    X = rng.normal(size=(100, 2)).astype(np.float32)
    mixture = jk.GaussianMixture(2).fit(X)
    again = jk.GaussianMixture(2).fit(np.asfortranarray(X.astype(float)))
    assert np.array_equal(mixture.means_, again.means_)
    assert jk.GaussianMixture().fit(X[:, 0]).means_.shape == (1, 1)


@pytest.mark.parametrize(
    "density", [jk.GaussianMixture(2), jk.GaussianMixture(2, covariance_type="diag"), jk.KernelDensity()]
)
def test_copies_and_pickles(rng, density):
    X = rng.normal(size=(80, 2))
    fitted = clone(density).fit(X)
    for other in (copy.copy(fitted), copy.deepcopy(fitted), pickle.loads(pickle.dumps(fitted))):
        assert other.get_params() == fitted.get_params()
        np.testing.assert_allclose(other.score_function(X), fitted.score_function(X), rtol=1e-9, atol=1e-12)
    bare = pickle.loads(pickle.dumps(clone(density)))
    with pytest.raises(jk.NotFittedError):
        bare.score_samples(X)


def test_scikit_learn_searches(rng):
    X = np.concatenate([rng.normal(-3, 1, size=(100, 2)), rng.normal(3, 1, size=(100, 2))])
    rng.shuffle(X)
    search = GridSearchCV(jk.GaussianMixture(), {"n_components": [1, 2]}, cv=3).fit(X)
    assert search.best_params_ == {"n_components": 2}
    search = GridSearchCV(jk.KernelDensity(), {"bandwidth": [1e-3, 0.7, 1e3]}, cv=3).fit(X)
    assert search.best_params_ == {"bandwidth": 0.7}


def test_what_cannot_be_used_is_named(rng, refused):
    X = rng.normal(size=(20, 2))
    mixture, kernel = jk.GaussianMixture, jk.KernelDensity
    for parameters, word in [
        ({"n_components": 0}, "n_components"),
        ({"n_components": 21}, "n_components = 21 is more than the 20 particles"),
        ({"n_components": "best"}, "n_components"),
        ({"n_components": "bic", "max_components": 0}, "max_components"),
        ({"covariance_type": "tied"}, "covariance_type"),
        ({"tol": -1.0}, "tol"),
        ({"tol": np.nan}, "tol"),
        ({"reg_covar": -1.0}, "reg_covar"),
        ({"max_iter": 0}, "max_iter"),
        ({"n_init": 0}, "n_init"),
        ({"random_state": -1}, "random_state"),
        ({"weights_init": [1.0]}, "means_init is missing"),
    ]:
        refused(ValueError, lambda p=parameters: mixture(**p).fit(X), word)
    refused(TypeError, lambda: mixture(2.5).fit(X), "n_components")
    start = {"weights_init": [1, 1], "means_init": X[:2], "precisions_init": [np.eye(2)] * 2}
    for changed, word in [
        ({"weights_init": [1, 0]}, "weights_init[1]"),
        ({"weights_init": [1, 1, 1]}, "weights_init"),
        ({"means_init": [[0, np.nan], [1, 1]]}, "means_init[0, 1]"),
        ({"precisions_init": [np.eye(2)]}, "precisions_init"),
        ({"precisions_init": [np.eye(2), -np.eye(2)]}, "precisions_init"),
        ({"precisions_init": np.zeros((2, 2, 2))}, "precisions_init"),
        ({"precisions_init": np.full((2, 2, 2), np.nan)}, "precisions_init"),
    ]:
        refused(ValueError, lambda c=changed: mixture(2, **{**start, **c}).fit(X), word)
    refused(ValueError, lambda: mixture(3, **start).fit(X), "n_components = 3")
    refused(ValueError, lambda: mixture(2, **start).fit(X[:, :1]), "means_init")
    for bandwidth in (0, -1.0, np.nan, np.inf, "wide"):
        refused(ValueError, lambda b=bandwidth: kernel(b).fit(X), "bandwidth")
    refused(ValueError, lambda: kernel(covariance_type="diag").fit(X), "covariance_type")
    for estimator in (mixture(), kernel()):
        refused(ValueError, lambda e=estimator: e.fit([[1.0, 2.0]]), "X")
        refused(ValueError, lambda e=estimator: e.fit([[1.0], [np.nan]]), "X[1] = nan")
        refused(ValueError, lambda e=estimator: e.fit(X, sample_weight=np.ones(3)), "sample_weight")
        refused(ValueError, lambda e=estimator: e.fit(X, sample_weight=-np.ones(20)), "sample_weight")
        refused(jk.NotFittedError, lambda e=estimator: e.score_function(X), "not fitted")
        refused(ValueError, lambda e=estimator: e.fit(X).score_samples(X[:, :1]), "X")
        refused(ValueError, lambda e=estimator: e.fit(X).score_function(np.full((1, 2), np.inf)), "X[0, 0]")


def test_failed_fit_leaves_the_density(rng):
    X = rng.normal(size=(30, 2))
    mixture = jk.GaussianMixture(2).fit(X)
    before = mixture.score_samples(X)
    with pytest.raises(ValueError):
        mixture.fit(np.full((3, 2), np.nan))
    assert np.array_equal(mixture.score_samples(X), before)


def test_ctrl_c_ends_a_fit(rng, press_ctrl_c):
    X = rng.normal(size=(200_000, 5))
    press_ctrl_c("density")
    with pytest.raises(KeyboardInterrupt):
        jk.GaussianMixture(20, tol=0.0, max_iter=100_000).fit(X)


class TestMixturesOfGivenParameters:
    """`GaussianMixture.of`."""

    WEIGHTS, MEANS = [1, 3], [[0.0, 1.0], [4.0, -2.0]]
    COVARIANCES = [[[2.0, 0.3], [0.3, 1.0]], [[0.5, -0.1], [-0.1, 0.7]]]

    def test_the_density_is_that_of_scipy(self, rng):
        X = 3 * rng.normal(size=(50, 2))
        mixture = jk.GaussianMixture.of(self.WEIGHTS, self.MEANS, self.COVARIANCES)
        parts = [scipy.stats.multivariate_normal(m, c).pdf(X) for m, c in zip(self.MEANS, self.COVARIANCES)]
        assert np.allclose(mixture.score_samples(X), np.log(0.25 * parts[0] + 0.75 * parts[1]), atol=1e-12)
        assert np.allclose(mixture.score_function(X), differences(mixture, X), atol=1e-6)
        assert np.allclose(mixture.weights_, [0.25, 0.75]) and np.array_equal(mixture.means_, self.MEANS)
        assert np.allclose(mixture.covariances_, self.COVARIANCES, atol=1e-15)
        assert mixture.get_params()["n_components"] == 2 and mixture.n_features_in_ == 2

    def test_diagonal_ones(self, rng):
        X = rng.normal(size=(20, 2))
        variances = np.array([[2.0, 1.0], [0.5, 0.7]])
        diagonal = jk.GaussianMixture.of(self.WEIGHTS, self.MEANS, variances)
        full = jk.GaussianMixture.of(self.WEIGHTS, self.MEANS, variances[:, :, None] * np.eye(2))
        assert np.allclose(diagonal.score_samples(X), full.score_samples(X), atol=1e-12)
        assert diagonal.covariance_type == "diag" and np.allclose(diagonal.covariances_, variances)

    def test_it_can_be_copied_pickled_and_flowed_from(self, rng):
        X = rng.normal(size=(20, 2))
        mixture = jk.GaussianMixture.of(self.WEIGHTS, self.MEANS, self.COVARIANCES)
        for other in (copy.deepcopy(mixture), pickle.loads(pickle.dumps(mixture))):
            assert np.array_equal(other.score_samples(X), mixture.score_samples(X))
        flow = jk.WassersteinFlow(bumps=0, steps=1).fit(mixture)
        assert np.allclose(flow.log_density(X, step=0), mixture.score_samples(X))

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"weights": [1.0]}, "weights"),
            ({"weights": [1.0, -1.0]}, "weights"),
            ({"means": [[0.0, np.nan], [0.0, 0.0]]}, "means"),
            ({"covariances": np.eye(2)[None]}, r"covariances has shape \(1, 2, 2\); it must be \(2, 2, 2\) or"),
            ({"covariances": np.stack([np.eye(2), -np.eye(2)])}, "covariance"),
            ({"covariances": [[[1.0, 0.5], [0.0, 1.0]], np.eye(2)]}, "covariance"),
            ({"covariances": [[1.0, 0.0], [1.0, 1.0]]}, "covariance"),
        ],
    )
    def test_what_is_refused(self, changed, message):
        given = {"weights": self.WEIGHTS, "means": self.MEANS, "covariances": self.COVARIANCES}
        with pytest.raises(ValueError, match=message):
            jk.GaussianMixture.of(**{**given, **changed})
