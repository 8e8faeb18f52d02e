# Numbers on their way to the library: arrays as strided views without a copy, scalars within C's bounds.

const Element = Union{Float64,Float32}

# A description of an array for C. It keeps the array, so that whoever keeps the view keeps the memory; a call that is
# given the view does.
struct ArrayView{A}
    array::A
    description::Base.RefValue{jko_array}
end

Base.unsafe_convert(::Type{Ptr{jko_array}}, view::ArrayView) = Base.unsafe_convert(Ptr{jko_array}, view.description)

dtype(::Type{Float64}) = JKO_FLOAT64
dtype(::Type{Float32}) = JKO_FLOAT32

function described(array::StridedArray{T}, rows, columns, row_stride, column_stride) where {T<:Element}
    address = convert(Ptr{Cvoid}, pointer(array))
    return ArrayView(array, Ref(jko_array(address, rows, columns, row_stride, column_stride, dtype(T))))
end

# The same memory with rows and columns exchanged.
function turned(view::ArrayView)
    it = view.description[]
    other = jko_array(it.data, it.columns, it.rows, it.column_stride, it.row_stride, it.dtype)
    return ArrayView(view.array, Ref(other))
end

# A view of points, shape (n, d). Arrays of Float64 and Float32 with strides, such as views of matrices, transposes and
# `PermutedDimsArray`s, are not copied; a vector is n points in one dimension.
matrix_view(x::StridedMatrix{<:Element}, name) = described(filled(x, name), size(x)..., strides(x)...)
matrix_view(x::StridedVector{<:Element}, name) = described(filled(x, name), length(x), 1, stride(x, 1), 1)
matrix_view(x::Adjoint{<:Element,<:StridedMatrix}, name) = turned(matrix_view(parent(x), name))
matrix_view(x::Transpose{<:Element,<:StridedMatrix}, name) = turned(matrix_view(parent(x), name))
matrix_view(x::PermutedDimsArray{<:Element,2,(2, 1),(2, 1),<:StridedMatrix}, name) =
    turned(matrix_view(parent(x), name))
matrix_view(x::AbstractVecOrMat, name) = matrix_view(converted(x, name), name)
matrix_view(x, name) = throw(ArgumentError("$name must be a matrix of shape (n, d) or a vector, got $(typeof(x))"))

# A view of a vector, shape (n, 1); a single column is accepted.
vector_view(x::AbstractVector, name) = matrix_view(x, name)
vector_view(x::Real, name) = throw(ArgumentError("$name must be a vector, got the number $x"))
function vector_view(x, name)
    view = matrix_view(x, name)
    view.description[].columns == 1 || refuse(:JKO_ESHAPE, name, "$name has shape $(size(x)); it must be (n,)")
    return view
end

# The same, or NULL for what is not given.
optional_view(::Nothing, name) = C_NULL
optional_view(x, name) = vector_view(x, name)

function filled(x, name)
    isempty(x) && refuse(:JKO_ESHAPE, name, "$name is empty: it has shape $(size(x))")
    return x
end

# Other numbers as Float64.
function converted(x::AbstractArray, name)
    any(ismissing, x) && refuse(name, "$name has missing values; fill or remove them")
    odd = findfirst(value -> !(value isa Real), x)
    odd === nothing || throw(ArgumentError("$name must hold real numbers, but holds a $(typeof(x[odd]))"))
    rounded = findfirst(value -> value isa Integer && Float64(value) != value, x)
    rounded === nothing ||
        refuse(name, "$name holds $(x[rounded]), which Float64 rounds; subtract an origin or divide first")
    return copyto!(Array{Float64}(undef, size(x)), x)
end

# An integer of C's; a conversion alone would not name the argument.
function integer(::Type{T}, value, name) where {T<:Integer}
    value isa Integer || throw(ArgumentError("$name must be an integer, got $(repr(value))"))
    typemin(T) <= value <= typemax(T) || refuse(name, "$name = $value is outside $(typemin(T)) .. $(typemax(T))")
    return T(value)
end

# The same within bounds of its own, because the library takes some values for defaults.
function integer(::Type{T}, value, name, low, high) where {T<:Integer}
    number = integer(T, value, name)
    low <= number <= high || refuse(name, "$name = $number is outside $low .. $high")
    return number
end

function real_number(value, name)
    value isa Real || throw(ArgumentError("$name must be a number, got $(repr(value))"))
    return Float64(value)
end

# A positive number: the library takes 0 for a default.
function positive(value, name)
    number = real_number(value, name)
    0 < number < Inf || refuse(name, "$name = $number is not a positive number")
    return number
end

# A seed of 64 bits: the integer given, a draw from a generator of random numbers, or entropy for `nothing`.
seed(random_state::Integer) = integer(UInt64, random_state, "random_state")
seed(random_state::AbstractRNG) = rand(random_state, UInt64)
seed(::Nothing) = rand(RandomDevice(), UInt64)
seed(other) = throw(ArgumentError("random_state must be an integer, a random number generator or nothing, got $other"))
