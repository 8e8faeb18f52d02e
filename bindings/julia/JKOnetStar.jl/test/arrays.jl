# Arrays reach the library where they are, whatever their strides.

x = [1.0 5.0; 2.0 7.0; 4.0 6.0]
y = [0.0 0.0; 3.0 1.0]
expected = emd(x, y)

@testset "$(typeof(same))" for same in (
    transpose(collect(transpose(x))),
    collect(x')',
    PermutedDimsArray(collect(transpose(x)), (2, 1)),
    view([x; zeros(2, 2)], 1:3, :),
    view([zeros(3, 1) x], :, 2:3),
    view(repeat(x; inner = (2, 1)), 1:2:6, :),
    view(x[end:-1:1, :], 3:-1:1, :),
    reshape(view(vec([x; x]), [1, 2, 3, 7, 8, 9]), 3, 2),
    Float32.(x),
    Int.(x),
    Any[1 5; 2 7.0; 4 6],
    BigFloat.(x),
)
    @test emd(same, y) == expected
    @test emd(y, same) ≈ expected
end

# What has strides is not copied.
for kept in (x, transpose(x), x', PermutedDimsArray(x, (2, 1)), view(x, 1:2:3, :), Float32.(x))
    described = JKOnetStar.matrix_view(kept, "x")
    it = described.description[]
    @test (it.rows, it.columns) == size(kept)
    @test (it.row_stride, it.column_stride) == strides(kept)
    inner = kept isa Union{PermutedDimsArray,typeof(transpose(x)),typeof(x')} ? parent(kept) : kept
    @test it.data == convert(Ptr{Cvoid}, pointer(inner))
    @test described.array === inner
end

@test emd([0.0, 1.0], 2:3) == 2.0
@test emd(x, y; a = [1, 1, 2], b = view([2.0, 0.0, 2.0], 1:2:3)) > 0
@test_throws ArgumentError emd([1.0 + 2.0im], [0.0])
@test_throws ArgumentError emd(["1.0"], [0.0])
@test_throws ArgumentError emd(1.0, [0.0])
@test refused(() -> emd(zeros(0, 2), y); status = :JKO_ESHAPE, argument = "x", message = "x is empty")
@test refused(() -> emd([missing, 1.0], [0.0]); status = :JKO_EINVALID, argument = "x", message = "missing values")
@test refused(() -> emd([2^60 + 1], [0.0]); status = :JKO_EINVALID, argument = "x", message = "which Float64 rounds")
