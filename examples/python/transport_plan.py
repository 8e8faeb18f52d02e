"""The optimal plan between two populations, the proof that it is optimal, and the distances it gives."""

import jkonetstar as jk
import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(size=(300, 2))
y = rng.normal(size=(400, 2)) + [2.0, 0.0]

plan = jk.optimal_transport(x, y)
print(plan)
print(f"pairs with mass: {len(plan.mass)} of {len(x) * len(y)}")
print(f"first pair: x[{plan.rows[0]}] -> y[{plan.cols[0]}], mass {plan.mass[0]:.5f}")

# The dual potentials prove optimality: u_i + v_j never exceeds the cost, and their mean equals the plan's.
cost = ((x[:, None] - y[None]) ** 2).sum(2)
slack = cost - plan.dual_x[:, None] - plan.dual_y[None]
print(f"smallest slack {slack.min():.1e}, dual value {plan.dual_x.mean() + plan.dual_y.mean():.6f}")

print(f"W1 = {jk.emd(x, y):.4f}, W2 = {jk.emd(x, y, order=2):.4f} = sqrt(cost) = {np.sqrt(plan.cost):.4f}")

# Masses need not be equal: here the first half of x counts double.
a = np.where(np.arange(len(x)) < 150, 2.0, 1.0)
print(f"W1 with weights = {jk.emd(x, y, a=a / a.sum()):.4f}")
