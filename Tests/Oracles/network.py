"""Softplus networks: values, gradients, Hessian products and the objective's gradient, by JAX in float64.

    V(z) = w . h_L + b,   h_l = softplus(W_l h_{l-1} + b_l),   h_0 = z

Parameters are one vector: W_1 (row-major, one row per unit), b_1, W_2, b_2, .., w, b. The first d inputs are the
coordinates; time, where there is one, is the last input and is not differentiated. The objective is

    L = sum_i weight_i || rho_i grad V(z_i) + delta_i ||^2.

Everything random is a multiple of 1/1024, exact in single precision too.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from oracle_file import OracleFile

jax.config.update("jax_enable_x64", True)

POINTS = 37
CASES = {
    "plane": (2, False, [64, 64]),
    "timed": (5, True, [64, 64]),
    "single": (3, False, [7]),
    "deep": (2, False, [16, 8, 5]),
}


def dyadic(values):
    return np.round(np.asarray(values) * 1024) / 1024


def random_parameters(random, widths):
    parts = []
    for fan_in, fan_out in itertools.pairwise(widths):
        parts.append(random.normal(0, 1.5 / np.sqrt(fan_in), fan_out * fan_in))
        parts.append(random.normal(0, 0.5, fan_out))
    return dyadic(np.concatenate(parts))


def network(parameters, widths, z):
    start = 0
    h = z
    for layer, (fan_in, fan_out) in enumerate(itertools.pairwise(widths)):
        matrix = parameters[start : start + fan_out * fan_in].reshape(fan_out, fan_in)
        start += fan_out * fan_in
        h = matrix @ h + parameters[start : start + fan_out]
        start += fan_out
        if layer < len(widths) - 2:
            h = jax.nn.softplus(h)
    return h[0]


def main():
    random = np.random.default_rng(2)
    file = OracleFile(__file__, f"jax {jax.__version__}, numpy {np.__version__}, float64")
    for name, (d, timed, hidden) in CASES.items():
        widths = [d + timed, *hidden, 1]
        parameters = random_parameters(random, widths)
        inputs = dyadic(random.normal(0, 1.5, (POINTS, d)))
        if timed:
            inputs = np.column_stack([inputs, dyadic(random.uniform(0, 2, POINTS))])
        directions = dyadic(random.normal(0, 1, (POINTS, d)))
        rho = dyadic(random.uniform(0.25, 2, POINTS))
        delta = dyadic(random.normal(0, 1, (POINTS, d)))
        weights = dyadic(random.uniform(0, 1, POINTS))

        def gradient(parameters, z, d=d, widths=widths):
            return jax.grad(network, argnums=2)(parameters, widths, z)[:d]

        def hessian_product(z, direction, d=d, parameters=parameters, gradient=gradient):
            tangent = jnp.zeros_like(z).at[:d].set(direction)
            return jax.jvp(lambda z: gradient(parameters, z), (z,), (tangent,))[1]

        def objective(parameters, inputs=inputs, rho=rho, delta=delta, weights=weights, gradient=gradient):
            g = jax.vmap(gradient, (None, 0))(parameters, inputs)
            return jnp.sum(weights * jnp.sum((rho[:, None] * g + delta) ** 2, axis=1))

        file.add(f"{name}_dimension", d)
        file.add(f"{name}_hidden", hidden)
        file.add(f"{name}_parameters", parameters)
        file.add(f"{name}_inputs", inputs)
        file.add(f"{name}_values", [network(parameters, widths, z) for z in inputs])
        file.add(f"{name}_gradients", jax.vmap(gradient, (None, 0))(parameters, inputs))
        file.add(f"{name}_directions", directions)
        file.add(f"{name}_hessian_products", jax.vmap(hessian_product)(inputs, directions))
        file.add(f"{name}_rho", rho)
        file.add(f"{name}_delta", delta)
        file.add(f"{name}_weights", weights)
        file.add(f"{name}_objective", objective(parameters))
        file.add(f"{name}_parameter_gradient", jax.grad(objective)(jnp.asarray(parameters)))
    file.write()


if __name__ == "__main__":
    main()
