"""Values and gradients of the fifteen benchmark functionals, by JAX in float64 with automatic differentiation.

The formulas are those of docs/functionals.md, written here a second time on purpose.
"""

import jax
import jax.numpy as jnp
import numpy as np

from oracle_file import OracleFile

jax.config.update("jax_enable_x64", True)


def halves(v):
    half = v.shape[0] // 2
    return jnp.mean(v[:half]), jnp.mean(v[half:])


def styblinski_tang(v):
    return jnp.sum(v**4 - 16 * v**2 + 5 * v) / 2


def holder_table(v):
    z1, z2 = halves(v)
    length = jnp.sqrt(jnp.sum(v**2))
    return 10 * jnp.abs(jnp.sin(z1) * jnp.cos(z2) * jnp.exp(jnp.abs(1 - length / jnp.pi)))


def zigzag_ridge(v):
    v, w = v[:-1], v[1:]
    return jnp.sum((v - w) ** 2 + jnp.cos(v) * (v + w) + v**2 * w)


def oakley_ohagan(v):
    return 5 * jnp.sum(jnp.sin(v) + jnp.cos(v) + v**2 + v)


def watershed(v):
    v, w = v[:-1], v[1:]
    return jnp.sum(v + v**2 * (w + 4)) / 10


def ishigami(v):
    z1, z2 = halves(v)
    return jnp.sin(z1) + 7 * jnp.sin(z2) ** 2 + 0.1 * ((z1 + z2) / 2) ** 4 * jnp.sin(z1)


def friedman(v):
    a, b = halves(2 * (v - 7))
    b = b / 2
    return (
        10 * jnp.sin(jnp.pi * a * b)
        + 20 * (a * jnp.sin(b) - 0.5) ** 2
        + 10 * (a * jnp.cos(b) - 1) ** 2
        + 0.1 * b * jnp.sin(a)
    ) / 100


def sphere(v):
    return -10 * jnp.sum(v**2)


def bohachevsky(v):
    z1, z2 = halves(v)
    return 10 * (z1**2 + 2 * z2**2 - 0.3 * jnp.cos(3 * jnp.pi * z1) - 0.4 * jnp.cos(4 * jnp.pi * z2))


def flowers(v):
    return jnp.sum(v + 2 * jnp.sin(jnp.abs(v) ** 1.2))


def wavy_plateau(v):
    return jnp.sum(jnp.cos(jnp.pi * v) + v**4 / 2 - 3 * v**2 + 1)


def double_exp(v):
    return 200 * (jnp.exp(-jnp.sum((v - 3) ** 2) / 20) + jnp.exp(-jnp.sum((v + 3) ** 2) / 20))


def relu(v):
    return -50 * jnp.sum(jnp.maximum(v, 0))


def rotational(v):
    z1, z2 = halves(v)
    return -500 * jnp.maximum(jnp.arctan2(z2 + 5, z1 + 5) + jnp.pi, 0)


def flat(v):
    return 0.0 * jnp.sum(v)


ANY_DIMENSION = [styblinski_tang, oakley_ohagan, sphere, flowers, wavy_plateau, double_exp, relu, flat]
TWO_OR_MORE = [holder_table, zigzag_ridge, watershed, ishigami, friedman, bohachevsky, rotational]


def main():
    random = np.random.default_rng(1)
    file = OracleFile(__file__, f"jax {jax.__version__}, numpy {np.__version__}, float64")
    for d in (1, 2, 3, 5):
        # The domain of the benchmark populations, and a little of what lies around it (the corner of rotational too).
        points = np.concatenate([random.uniform(-4, 4, (6, d)), random.uniform(-8, 8, (3, d))])
        file.add(f"points_{d}", points)
        for functional in ANY_DIMENSION + (TWO_OR_MORE if d > 1 else []):
            file.add(f"{functional.__name__}_{d}_value", jax.vmap(functional)(points))
            file.add(f"{functional.__name__}_{d}_gradient", jax.vmap(jax.grad(functional))(points))
    file.write()


if __name__ == "__main__":
    main()
