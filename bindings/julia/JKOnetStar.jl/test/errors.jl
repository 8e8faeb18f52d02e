# Errors are one line, in Julia's names and indices.

from_one = JKOnetStar.from_one
@test from_one("times[3] = 2.0 is not greater than times[2] = 2.0") ==
      "times[4] = 2.0 is not greater than times[3] = 2.0"
@test from_one("[1, 0] = nan is not finite") == "[2, 1] = nan is not finite"
@test from_one("x0[0, 9] = inf") == "x0[1, 10] = inf"
@test from_one("the plan from snapshot 1 to 2 has no mass") == "the plan from snapshot 2 to 3 has no mass"
@test from_one("predictions of step 0, for time 1.0") == "predictions of step 1, for time 1.0"
@test from_one("particle 0 is no longer finite after step 1") == "particle 1 is no longer finite after step 1"
@test from_one("there are 3 snapshots and 0 particles") == "there are 3 snapshots and 0 particles"
quoted = "path = \"/run[3]/snapshot 1\" could not be opened"
@test from_one(quoted) == quoted

X = [0.0 1.0; 2.0 3.0]
@test refused(
    () -> Snapshots([0.0 1.0; NaN 2.0], [0, 0]);
    status = :JKO_ENONFINITE, argument = "X", message = "X[2, 1] = nan is not finite",
)
@test refused(
    () -> Snapshots(X, [0, Inf]); status = :JKO_ENONFINITE, argument = "time", message = "time[2] = inf is not finite",
)
@test refused(
    () -> Snapshots(X, [0, 0, 1]);
    status = :JKO_ESHAPE, argument = "time", message = "time has 3 elements; it must have 2",
)
@test refused(
    () -> Snapshots(X, [0, 1]; weights = [1, -1]);
    status = :JKO_EPOPULATION, argument = "weights", message = "weights[2] = -1.0 is negative",
)
@test refused(
    () -> load(JKOModel, "/nowhere/x[1]");
    status = :JKO_EIO, argument = "path", message = "path = \"/nowhere/x[1]\" could not be opened",
)
@test refused(
    () -> predict(JKOModel(), [0.0]);
    status = :JKO_ENOTFITTED, argument = "", message = "the model has not been fitted yet",
)
@test refused(
    () -> JKOModel(potential = :mpl);
    status = :JKO_EINVALID, argument = "potential", message = "potential = :mpl is not known; it must be :mlp or",
)
@test refused(
    () -> fit!(JKOModel(hidden = (8, 0)), quadratic_series());
    status = :JKO_EINVALID, argument = "hidden", message = "hidden[2] = 0 is not between 1 and 4096",
)
@test refused(
    () -> fit!(JKOModel(epochs = 5, learning_rate = -1), quadratic_series());
    status = :JKO_EINVALID, argument = "learning_rate", message = "learning_rate = -1.0 is not a positive number",
)
@test sprint(showerror, JKOError(:JKO_EINVALID, "x", "x = 1 is bad")) == "JKOError: x = 1 is bad"
