# Flows of known energies: populations, maps, densities, files, and what the caller's functions do.

well(x) = (vec(sum(abs2, x; dims = 2)) ./ 2, x)
log_normal(x) = (-vec(sum(abs2, x; dims = 2)) ./ 2 .- log(2pi), -x)
affine(; options...) = WassersteinFlow(;
    potential = well, beta = 0.5, step = 0.1, steps = 4, components = 0, particles = 1000, options...
)

x0 = randn(MersenneTwister(0), 1000, 2) .+ [3 0]
@test refused(() -> sample(affine(), 1); status = :JKO_ENOTFITTED, argument = "", message = "not been computed yet")
flow = fit!(affine(), x0)
@test dimension(flow) == 2 && times(flow) ≈ 0.0:0.1:0.4 && all(diff(energies(flow)) .< 0)

# A step moves the mean by 1 / (1 + h) in the well.
x = sample(flow, 20_000)
@test size(x) == (20_000, 2) && abs(sum(x[:, 1]) / 20_000 - 3 / 1.1^4) < 0.1
@test sample(flow, 5) == sample(flow, 5; step = 4) && sample(flow, 5) != sample(flow, 5; random_state = 1)

x = sample(flow, 20; step = 0)
y = transport(flow, x)
@test inverse(flow, y) ≈ x && transport(flow, x; first = 2, last = 2) == x
@test log_density(flow, x; step = 0) .- log_density(flow, y) ≈ log_determinant(flow, x)
ahead = log_density(flow, y .+ [1e-5 0]) .- log_density(flow, y .- [1e-5 0])
@test ahead ./ 2e-5 ≈ score(flow, y)[:, 1] rtol = 1e-4
@test abs(mass(flow) - 1) < 1e-3

# U = |x|^2 / 2 leaves the mean where it is; a function of points and time is told the time.
drawn_in = fit!(affine(potential = nothing, interaction = well, particles = 200), x0)
@test abs(sum(sample(drawn_in, 5000)[:, 1]) / 5000 - 3) < 0.2
moments = Set{Float64}()
fit!(affine(potential = (x, time) -> (push!(moments, time); well(x)), t0 = 2.0, steps = 1), x0)
@test minimum(moments) >= 2.0
model = fit!(quadratic_model(), quadratic_series())
known(x) = (vec(sum((x .- CENTRE) .* quadratic_gradient(x); dims = 2)) ./ 2, quadratic_gradient(x))
learned, same = (transport(fit!(affine(potential = V), x0), x) for V in (potential(model), known))
@test learned ≈ same rtol = 1e-3

# The caller's density, and what it throws as long as the flow lives.
armed = Ref(false)
own(x) = armed[] ? throw(DomainError(1)) : log_normal(x)
start = randn(MersenneTwister(1), 4000, 2)
flow = fit!(affine(particles = nothing), start; log_density = own)
@test log_density(flow, [0.0 0.0]; step = 0) ≈ [-log(2pi)] && score(flow, [0.5 0.0]; step = 0) ≈ [-0.5 0.0]
armed[] = true
@test_throws DomainError log_density(flow, [0.0 0.0])
@test_throws DomainError fit!(affine(particles = nothing), start; log_density = own)
armed[] = false
@test score(flow, [0.5 0.0]; step = 0) ≈ [-0.5 0.0]
@test refused(() -> save(flow, "never"); status = :JKO_EINVALID, argument = "", message = "a flow whose base density")

mktempdir() do folder
    path = joinpath(folder, "flow.safetensors")
    whole = fit!(affine(), x0)
    fit!(affine(steps = 2), x0; checkpoint = path)
    @test energies(fit!(affine(), x0; checkpoint = Checkpoint(path; resume = true))) == energies(whole)
    @test refused(
        () -> fit!(affine(), x0; checkpoint = path);
        status = :JKO_EINVALID, argument = "checkpoint", message = "checkpoint = ",
    )
    save(whole, path)
    again = load(WassersteinFlow, path)
    @test transport(again, x0) == transport(whole, x0) && times(again) == times(whole)
    @test refused(() -> fit!(again, x0); status = :JKO_EINVALID, argument = "flow", message = "read from a file")
end

# What the caller's functions throw comes through, and so does what they return in a wrong shape.
@test_throws DomainError fit!(affine(potential = x -> throw(DomainError(1))), x0)
@test_throws ArgumentError fit!(affine(potential = x -> x), x0)
@test refused(
    () -> fit!(affine(potential = x -> (zeros(1), x)), x0);
    status = :JKO_ESHAPE, argument = "potential", message = "potential returned 1 values",
)
@test refused(
    () -> fit!(affine(), x0; progress = progress -> progress.done < 2);
    status = :JKO_ECANCELLED, argument = "", message = "",
)
@test refused(() -> affine(step = 0); status = :JKO_EINVALID, argument = "step", message = "step = 0.0 is not a")
@test refused(
    () -> transport(flow, x; first = 2, last = 1);
    status = :JKO_EINVALID, argument = "first", message = "first = 2 is after last = 1",
)
@test refused(
    () -> mass(flow; step = 5);
    status = :JKO_EINVALID, argument = "step", message = "step = 5 is outside 0 .. 4",
)
@test refused(() -> score(flow, [0.0]); status = :JKO_ESHAPE, argument = "X", message = "X has 1 column")
