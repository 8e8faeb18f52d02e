"""Maps of flows and the objective of one proximal step, by JAX in float64.

A map is the gradient of a convex psi: images are its gradient, Jacobians its Hessian, and all derivatives are by
automatic differentiation of psi alone. In z = (x - centre) / length, networks are (with `phi` of the parameters M, c,
per layer W, B, b, D, and w, in this order, row-major, no W in the first layer)

    psi(x) = length^2 phi(z) + centre . x
    phi(z) = |M z|^2 / 2 + c . z + w . h_L,   h_l = softplus(W_l h_{l-1} + B_l z + b_l + sum_r (D_lr z)^2)

and feature maps psi(x) = |x|^2 / 2 + length^2 sum_j theta_j phi_j(z), where phi_j are the coordinates, the products
z_a z_b for b <= a (halved where a = b), bumps w^2 exp(-|z - zeta|^2 / (2 w^2)), and for each component of a Gaussian
mixture its probability at z times 1, u_a and u_a u_b, u = z - mean, in the same order, and the mixture's logarithm.

The objective is the mean over particles of

    |T(x) - r|^2 / (2 h) + V(T(x)) + f(log rho(x) - log det DT(x))
    V(x) = (x_1^2 - 1)^2 / 4 + sum_{a > 1} x_a^2 / 2 + sum_{a > 1} x_{a-1} x_a / 4

with f(l) = beta l, or beta exp(l) for the power 2 of the density. Everything random is a multiple of 1/1024.
"""

import itertools
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from oracle_file import OracleFile

jax.config.update("jax_enable_x64", True)

POINTS = 6
H, BETA = 0.3, 0.7
#: How far extended maps go.
REACH = 1.25
#: d: widths of the layers, squares in each unit.
NETWORKS = {1: ([5], 1), 2: ([4, 3], 2), 5: ([4, 3, 3], 2)}
#: d: bumps, components of the mixture.
FEATURES = {1: (3, 2), 2: (4, 3), 5: (3, 2)}
INTERNAL = {"entropy": lambda logarithm: BETA * logarithm, "power": lambda logarithm: BETA * jnp.exp(logarithm)}


def dyadic(values):
    return np.round(np.asarray(values) * 1024) / 1024


def well(x):
    return (x[0] ** 2 - 1) ** 2 / 4 + jnp.sum(x[1:] ** 2) / 2 + jnp.sum(x[:-1] * x[1:]) / 4


def log_determinant(psi, x):
    return jnp.linalg.slogdet(jax.hessian(psi)(x))[1]


def add_map(file, name, psi, sample):
    """Add images, Jacobians, log-determinants and the gradients of these."""
    points = sample["points"]
    jacobians = jax.jit(jax.vmap(jax.hessian(psi)))(points)
    assert np.linalg.eigvalsh(jacobians).min() > 0.1, name
    file.add(f"{name}_images", jax.jit(jax.vmap(jax.grad(psi)))(points))
    file.add(f"{name}_jacobians", jacobians)
    stretch = jax.jit(jax.vmap(jax.value_and_grad(lambda x: log_determinant(psi, x))))
    for kind, values in zip(("log_determinants", "log_determinant_gradients"), stretch(points)):
        file.add(f"{name}_{kind}", values)


def objective(psi, sample, internal):
    """Return the objective of the map of psi(parameters, x), as a function of its parameters."""

    def value(parameters):
        def one(x, reference, log_density):
            image = jax.grad(psi, argnums=1)(parameters, x)
            stretch = log_determinant(lambda x: psi(parameters, x), x)
            distance = jnp.sum((image - reference) ** 2) / (2 * H)
            return distance + well(image) + internal(log_density - stretch)

        return jnp.mean(jax.vmap(one)(sample["points"], sample["references"], sample["log_densities"]))

    return value


def particles(random, d):
    points = random.normal(0, 1.25, (POINTS, d))
    return {
        "points": dyadic(points),
        "references": dyadic(points + random.normal(0, 0.25, (POINTS, d))),
        "log_densities": dyadic(random.normal(-1, 0.5, POINTS)),
        "centre": dyadic(random.normal(0, 0.5, d)),
        "length": dyadic(random.uniform(1.2, 1.8)),
    }


def network(parameters, d, hidden, rank, z):
    """Return phi(z)."""
    start = 0

    def take(*shape):
        nonlocal start
        size = int(np.prod(shape))
        start += size
        return parameters[start - size : start].reshape(shape)

    square, slope = take(d, d), take(d)
    h = None
    for below, width in itertools.pairwise([0, *hidden]):
        weights, inputs, bias, squares = take(width, below), take(width, d), take(width), take(width, rank, d)
        a = inputs @ z + bias + jnp.sum((squares @ z) ** 2, axis=1)
        h = jax.nn.softplus(a if h is None else a + weights @ h)
    phi = jnp.sum((square @ z) ** 2) / 2 + slope @ z + take(hidden[-1]) @ h
    assert start == len(parameters)
    return phi


def network_parameters(random, d, hidden, rank):
    parts = [np.eye(d) + random.normal(0, 0.1, (d, d)), random.normal(0, 0.5, d)]
    for below, width in itertools.pairwise([0, *hidden]):
        parts += [
            random.uniform(0, 1.5 / max(1, below), (width, below)),
            random.normal(0, 1 / np.sqrt(d), (width, d)),
            random.normal(0, 0.5, width),
            random.normal(0, 0.4 / np.sqrt(d), (width, rank, d)),
        ]
    parts.append(random.uniform(0.1, 0.5, hidden[-1]))
    return dyadic(np.concatenate([part.ravel() for part in parts]))


def add_network(file, random, d):
    (hidden, rank), sample, name = NETWORKS[d], particles(random, d), f"network{d}"
    parameters, (centre, length) = network_parameters(random, d, hidden, rank), (sample["centre"], sample["length"])

    def psi(parameters, x):
        return length**2 * network(parameters, d, hidden, rank, (x - centre) / length) + centre @ x

    # The images are as dense as the points of other maps are, so that the power of the density is felt.
    stretch = jax.jit(jax.vmap(lambda x: log_determinant(lambda x: psi(parameters, x), x)))(sample["points"])
    sample["log_densities"] += dyadic(np.mean(stretch))
    for key, values in {"hidden": hidden, "rank": rank, **sample, "parameters": parameters}.items():
        file.add(f"{name}_{key}", values)
    add_map(file, name, lambda x: psi(parameters, x), sample)

    def extended(x):
        return REACH * psi(parameters, x) + (1 - REACH) * x @ x / 2

    add_map(file, f"{name}_extended", extended, sample)
    for energy, internal in INTERNAL.items():
        value = objective(psi, sample, internal)
        found, gradient = jax.jit(jax.value_and_grad(value))(jnp.asarray(parameters))
        file.add(f"{name}_{energy}_objective", found)
        file.add(f"{name}_{energy}_gradient", gradient)


def features(z, bumps, widths, mixture):
    """Return phi_j(z)."""
    weights, means, covariances = mixture
    rows, columns = np.tril_indices(len(z))

    def products(u):
        return u[rows] * u[columns] * np.where(rows == columns, 0.5, 1)

    def polynomials(mean):
        u = z - mean
        return jnp.concatenate([jnp.ones(1), u, products(u)])

    squares = jnp.sum((z - bumps) ** 2, axis=1)
    components = jax.scipy.stats.multivariate_normal.logpdf(z, means, covariances) + jnp.log(weights)
    logarithm = jax.scipy.special.logsumexp(components)
    local = jnp.exp(components - logarithm)[:, None] * jax.vmap(polynomials)(means)
    return jnp.concatenate(
        [z, products(z), widths**2 * jnp.exp(-squares / (2 * widths**2)), local.ravel(), logarithm[None]]
    )


def add_features(file, random, d):
    (bumps, components), sample, name = FEATURES[d], particles(random, d), f"features{d}"
    roots = dyadic(0.7 * np.eye(d) + random.normal(0, 0.15, (components, d, d)))
    where = {
        "bumps": dyadic(random.normal(0, 1, (bumps, d))),
        "widths": dyadic(random.uniform(0.5, 1.5, bumps)),
        "weights": np.arange(1, components + 1) / (components * (components + 1) / 2),
        "means": dyadic(random.normal(0, 1, (components, d))),
        "covariances": roots @ roots.transpose(0, 2, 1),
    }
    mixture = where["weights"], where["means"], where["covariances"]
    centre, length = sample["centre"], sample["length"]

    def psi(theta, x):
        return x @ x / 2 + length**2 * theta @ features((x - centre) / length, where["bumps"], where["widths"], mixture)

    count = len(features(np.zeros(d), where["bumps"], where["widths"], mixture))
    theta, direction = dyadic(random.normal(0, 0.02 if d == 5 else 0.12, count)), dyadic(random.normal(0, 1, count))
    for key, values in {**where, **sample, "coefficients": theta, "direction": direction}.items():
        file.add(f"{name}_{key}", values)
    add_map(file, name, lambda x: psi(theta, x), sample)
    for energy, internal in INTERNAL.items():
        value = objective(psi, sample, internal)
        ends = (jnp.asarray(theta),), (jnp.asarray(direction),)
        (found, gradient), (_, product) = jax.jit(partial(jax.jvp, jax.value_and_grad(value)))(*ends)
        file.add(f"{name}_{energy}_objective", found)
        file.add(f"{name}_{energy}_gradient", gradient)
        file.add(f"{name}_{energy}_curvature_product", product)


def main():
    random = np.random.default_rng(7)
    file = OracleFile(__file__, f"jax {jax.__version__}, numpy {np.__version__}, float64")
    file.add("h", H)
    file.add("beta", BETA)
    file.add("reach", REACH)
    for d in NETWORKS:
        add_network(file, random, d)
    for d in FEATURES:
        add_features(file, random, d)
    file.write()


if __name__ == "__main__":
    main()
