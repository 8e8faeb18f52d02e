import Files

/// How options are read from the description in a model file.
///
/// A library describes all of its options in the files that it writes, so that an option which is missing is one that
/// the writing version did not have. It reads as what that version did, which is the option's default: as in structs of
/// the C interface, a new option's default is what the library did before. What says what a model is (its terms, its
/// scheme, the widths of its networks) has no default and must be there, and what is there must be understood.
extension JSON {
  /// An option of an object: `missing` where it is not there, nil where it is there and `read` does not understand it.
  func option<Value>(_ name: String, missing: Value, _ read: (JSON) -> Value?) -> Value? {
    guard let member = self[name] else { return missing }
    return read(member)
  }

  /// The same for an option that may be null, which is read as nil.
  func nullableOption<Value>(_ name: String, missing: Value?, _ read: (JSON) -> Value?) -> Value?? {
    option(name, missing: missing) { member -> Value?? in
      if member == .null { return .some(nil) }
      return read(member).map { .some($0) }
    }
  }

  /// The same for an option with named values.
  func namedOption<Value: RawRepresentable>(_ name: String, missing: Value) -> Value? where Value.RawValue == String {
    option(name, missing: missing) { $0.string.flatMap(Value.init(rawValue:)) }
  }
}
