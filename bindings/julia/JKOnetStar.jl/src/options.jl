# The structs of the C headers: filled with their defaults, and changed where the caller says so.

# Options with their defaults; `init` is the library's function that fills them.
function defaults(::Type{T}, init) where {T}
    options = Ref{T}()
    check(init(options, sizeof(T)))
    return options[]
end

# A struct for results, all 0 but its size, which the library asks for.
blank(::Type{T}) where {T} = T(sizeof(T), map(nought, Base.tail(fieldtypes(T)))...)
nought(::Type{T}) where {T<:Number} = zero(T)
nought(::Type{P}) where {P<:Ptr} = convert(P, C_NULL)

# A copy in which some members have other values.
function with(options::T; changes...) where {T}
    names = fieldnames(T)
    own = NamedTuple{names}(ntuple(place -> getfield(options, place), length(names)))
    members = merge(own, values(changes))
    length(members) == length(names) || throw(ArgumentError("$T has no members $(setdiff(keys(changes), names))"))
    return T(members...)
end

# Those of the keywords that are not `nothing`.
given(; changes...) = NamedTuple(name => value for (name, value) in pairs(changes) if value !== nothing)

# The code of a named choice; `known` has codes by name.
function choice(value, name, known)
    if value isa Union{Symbol,AbstractString} && haskey(known, Symbol(value))
        return known[Symbol(value)]
    end
    listed = join((":$word" for word in keys(known)), ", ", " or ")
    return refuse(name, "$name = $(repr(value)) is not known; it must be $listed")
end

# The name of a code.
function word(code, known)
    return only(name for (name, value) in pairs(known) if value == code)
end

# What members of options point to: `Kept` has it as long as it lives itself.
struct Kept
    things::Vector{Any}
end
Kept() = Kept(Any[])

# Where a struct, a string or a view is, which `kept` now keeps.
function place!(kept::Kept, struct_::T) where {T}
    reference = Ref(struct_)
    push!(kept.things, reference)
    return Base.unsafe_convert(Ptr{T}, reference)
end

function place!(kept::Kept, string::AbstractString)
    plain = String(string)
    push!(kept.things, plain)
    return Base.unsafe_convert(Cstring, plain)
end

function place!(kept::Kept, view::ArrayView)
    push!(kept.things, view)
    return Base.unsafe_convert(Ptr{jko_array}, view)
end
