"""Linear energies: features by JAX (float64), the closed form by QR in extended precision.

Features, in this order:
  - monomials x^e with every exponent at most p, exponent tuples as nested loops with the last coordinate fastest,
    (0, .., 0) left out;
  - bumps exp(-||x - c||^2 / w^2), one per centre;
  - time-varying: all of these times t^0, then all times t^1, .., all times t^Q.

Closed form: with J_i the F x d matrix of feature gradients at z_i, W = sum_i weight_i,

    s_f = sqrt(sum_i weight_i rho_i^2 |J_i[f]|^2 / W),  features with s_f = 0 are dropped (their coefficient is 0),
    J'_i = J_i / s,  A = sum_i weight_i rho_i^2 J'_i J'_i^T / W,  r = -sum_i weight_i rho_i J'_i delta_i / W,
    (A + ridge mean(diag A) I) theta' = r,  theta = theta' / s.

It is solved here as the least-squares problem it comes from, rows sqrt(weight_i / W) rho_i J'_i^T over
sqrt(ridge mean(diag A)) I, by Householder QR in the widest type that NumPy has (64 bits of mantissa on x86-64), so that
theta is right to about 1e-13 relative to its largest entry. Normal equations in double lose `condition` times 1e-16.
The objective is sum_i weight_i || rho_i J_i^T theta + delta_i ||^2, without the ridge.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from oracle_file import OracleFile

jax.config.update("jax_enable_x64", True)

ROWS = 200
wide = np.longdouble


def dyadic(values):
    return np.round(np.asarray(values) * 1024) / 1024


def exponents(d, p):
    return [e for e in itertools.product(range(p + 1), repeat=d) if any(e)]


def features(x, t, p, centres, width, time_degree):
    monomials = [jnp.prod(jnp.stack([x[i] ** k for i, k in enumerate(e)])) for e in exponents(x.shape[0], p)]
    bumps = [jnp.exp(-jnp.sum((x - c) ** 2) / width**2) for c in centres]
    still = jnp.stack(monomials + bumps)
    return jnp.concatenate([still * t**q for q in range(time_degree + 1)])


def wide_gradients(x, t, p, centres, width, time_degree):
    """The features' gradients at all points, shape (n, F, d), in extended precision, differentiated by hand."""
    x, t, centres, width = x.astype(wide), t.astype(wide), centres.astype(wide), wide(width)
    columns = []
    for e in exponents(x.shape[1], p):
        parts = []
        for j in range(x.shape[1]):
            part = np.ones(len(x), wide)
            for i, k in enumerate(e):
                part = part * (x[:, i] ** k if i != j else k * x[:, i] ** max(k - 1, 0))
            parts.append(part)
        columns.append(np.stack(parts, axis=1))
    for c in centres:
        offset = x - c
        columns.append(-2 / width**2 * offset * np.exp(-np.sum(offset**2, axis=1) / width**2)[:, None])
    still = np.stack(columns, axis=1)
    return np.concatenate([still * (t**q)[:, None, None] for q in range(time_degree + 1)], axis=1)


def least_squares(matrix, right):
    """argmin || matrix theta - right || by Householder reflections, in the type of the arguments."""
    a, b = matrix.copy(), right.copy()
    count = a.shape[1]
    for k in range(count):
        v = a[k:, k].copy()
        v[0] += np.copysign(np.sqrt(np.sum(v**2)), v[0])
        v /= np.sqrt(np.sum(v**2))
        a[k:, k:] -= 2 * np.outer(v, np.sum(v[:, None] * a[k:, k:], axis=0))
        b[k:] -= 2 * v * np.sum(v * b[k:])
    theta = np.zeros(count, a.dtype)
    for k in reversed(range(count)):
        theta[k] = (b[k] - np.sum(a[k, k + 1 : count] * theta[k + 1 :])) / a[k, k]
    return theta


def closed_form(gradients, rho, delta, weights, ridge):
    """theta, the condition number of the regularised normal matrix, and the objective."""
    n, count, d = gradients.shape
    share = weights.astype(wide) / np.sum(weights.astype(wide))
    scale = np.sqrt(np.einsum("i,ifk->f", share * rho.astype(wide) ** 2, gradients**2))
    kept = scale > 0
    scaled = gradients[:, kept, :] / scale[kept][None, :, None]
    rows = (np.sqrt(share) * rho)[:, None, None] * scaled.transpose(0, 2, 1)
    rows = rows.reshape(n * d, -1)
    level = ridge * np.mean(np.sum(rows**2, axis=0))
    right = (-np.sqrt(share)[:, None] * delta).reshape(n * d)
    matrix = np.concatenate([rows, np.sqrt(level) * np.eye(rows.shape[1], dtype=wide)])
    solution = least_squares(matrix, np.concatenate([right, np.zeros(rows.shape[1], wide)]))
    normal_residual = matrix.T @ (matrix @ solution) - rows.T @ right
    assert np.max(np.abs(normal_residual)) < 1e-16 * max(1, np.max(np.abs(solution)))
    theta = np.zeros(count, wide)
    theta[kept] = solution / scale[kept]
    residual = rho[:, None] * np.einsum("ifk,f->ik", gradients, theta) + delta
    condition = np.linalg.cond(matrix.astype(float)) ** 2
    return theta, condition, np.sum(weights[:, None] * residual**2)


def add_case(file, random, name, d, p, centres, width, time_degree, points):
    def gradient(x, t):
        return jax.jacfwd(features)(x, t, p, centres, width, time_degree)

    def hessian_product(x, t, direction, theta):
        return jax.jvp(lambda x: theta @ gradient(x, t), (x,), (direction,))[1]

    file.add(f"{name}_dimension", d)
    file.add(f"{name}_polynomial_degree", p)
    file.add(f"{name}_centres", centres)
    file.add(f"{name}_width", width)
    file.add(f"{name}_time_degree", time_degree)

    x = dyadic(random.normal(0, 1, (points, d)))
    t = dyadic(random.uniform(0, 2, points))
    directions = dyadic(random.normal(0, 1, (points, d)))
    values = jax.vmap(lambda x, t: features(x, t, p, centres, width, time_degree))(x, t)
    theta = dyadic(random.normal(0, 1, values.shape[1]))
    gradients = np.asarray(jax.vmap(gradient)(x, t))
    by_hand = wide_gradients(x, t, p, centres, width, time_degree)
    assert np.max(np.abs(gradients - by_hand) / (1 + np.abs(by_hand))) < 1e-14
    file.add(f"{name}_points", x)
    file.add(f"{name}_times", t)
    file.add(f"{name}_values", values)
    file.add(f"{name}_gradients", gradients)
    file.add(f"{name}_theta", theta)
    file.add(f"{name}_directions", directions)
    file.add(f"{name}_hessian_products", jax.vmap(hessian_product, (0, 0, 0, None))(x, t, directions, theta))

    z = dyadic(random.normal(0, 1, (ROWS, d)))
    s = dyadic(random.uniform(0, 2, ROWS))
    rho = dyadic(random.uniform(0.5, 1.5, ROWS))
    delta = dyadic(random.normal(0, 1, (ROWS, d)))
    weights = dyadic(random.uniform(0, 1, ROWS))
    for suffix, array in [("points", z), ("times", s), ("rho", rho), ("delta", delta), ("weights", weights)]:
        file.add(f"{name}_fit_{suffix}", array)
    gradients = wide_gradients(z, s, p, centres, width, time_degree)
    for suffix, ridge in [("weak", 1e-6), ("strong", 1e-2)]:
        theta, condition, objective = closed_form(gradients, rho, delta, weights, ridge)
        file.add(f"{name}_{suffix}_ridge", ridge)
        file.add(f"{name}_{suffix}_theta", theta.astype(float))
        file.add(f"{name}_{suffix}_objective", float(objective))
        file.add(f"{name}_{suffix}_condition", float(f"{condition:.3g}"))
        print(f"{name} {suffix}: condition {condition:.2g}, largest |theta| {np.max(np.abs(theta)):.3g}")


def main():
    random = np.random.default_rng(3)
    file = OracleFile(__file__, f"jax {jax.__version__}, numpy {np.__version__}, float64 and longdouble")
    axis = np.array([-2.25, -0.75, 0.75, 2.25])
    grid = np.array(list(itertools.product(axis, axis)))
    add_case(file, random, "plane", d=2, p=4, centres=grid, width=1.25, time_degree=0, points=11)
    # The last centre is so far away that its bump is 0 wherever there are points: the closed form drops it.
    centres = np.concatenate([dyadic(random.normal(0, 1, (4, 3))), [[4096.0, 0.0, 0.0]]])
    add_case(file, random, "timed", d=3, p=2, centres=centres, width=1.5, time_degree=2, points=7)
    file.write()


if __name__ == "__main__":
    main()
