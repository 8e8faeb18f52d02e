// The C names are the header's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CJKOnetStar
import Files
import Numerics

@_cdecl("jko_last_error") @implementation
public func jko_last_error() -> UnsafePointer<CChar>! {
  LastError.message ?? emptyText.pointer
}

@_cdecl("jko_last_error_argument") @implementation
public func jko_last_error_argument() -> UnsafePointer<CChar>! {
  LastError.argument ?? emptyText.pointer
}

@_cdecl("jko_status_name") @implementation
public func jko_status_name(_ status: jko_status) -> UnsafePointer<CChar>! {
  // Literals of Swift end with a 0. Nothing is made here, because it is for programs in trouble.
  UnsafePointer(OpaquePointer(statusName(status).utf8Start))
}

@_cdecl("jko_version") @implementation
public func jko_version() -> UnsafePointer<CChar>! { versionText.pointer }

@_cdecl("jko_abi_version") @implementation
public func jko_abi_version() -> Int32 { Library.abiVersion }

@_cdecl("jko_build_info") @implementation
public func jko_build_info() -> UnsafePointer<CChar>! {
  StackRoom.evaluation.isThere ? buildInfo.pointer : emptyText.pointer
}

@_cdecl("jko_set_num_threads") @implementation
public func jko_set_num_threads(_ count: Int32) -> jko_status {
  gate { Parallel.threadCount = try requireCount(count, "count", in: 0...1024) }
}

@_cdecl("jko_num_threads") @implementation
public func jko_num_threads() -> Int32 { Int32(clamping: Parallel.threadCount) }

@_cdecl("jko_set_progress") @implementation
public func jko_set_progress(
  _ progress: jko_progress_callback!, _ progress_user_data: UnsafeMutableRawPointer!
) -> jko_status {
  gate { try ThreadProgress.set(progress.map { progressHandler($0, progress_user_data) }) }
}

@_cdecl("jko_npy_write") @implementation
public func jko_npy_write(_ path: UnsafePointer<CChar>!, _ array: UnsafePointer<jko_array>!) -> jko_status {
  gate {
    let path = try text(path, "path")
    let view = try ArrayView(array, "array")
    let shape = view.columns == 1 ? [view.rows] : [view.rows, view.columns]
    if let singles = try view.singles() {
      try NPY.write(singles, shape: shape, to: path)
    } else {
      try NPY.write(try view.doubles(), shape: shape, to: path)
    }
  }
}

/// What this build is.
enum Library {
  static let version = libraryVersion
  /// Changes only when existing programs would have to be recompiled; the SONAME carries it.
  static let abiVersion: Int32 = JKO_ABI_VERSION
}

private let emptyText = StaticText("")
private let versionText = StaticText(Library.version)
private let buildInfo = StaticText(
  "version=\(Library.version)\nabi=\(Library.abiVersion)\narchitecture=\(architecture)\nkernels=\(InstructionSet.current.name)\n"
)

#if arch(x86_64)
  private let architecture = "x86_64"
#elseif arch(arm64)
  private let architecture = "arm64"
#else
  private let architecture = "other"
#endif

private func statusName(_ status: jko_status) -> StaticString {
  switch Int(status) {
  case Int(JKO_OK): "JKO_OK"
  case Int(JKO_ENULL): "JKO_ENULL"
  case Int(JKO_EINVALID): "JKO_EINVALID"
  case Int(JKO_ESHAPE): "JKO_ESHAPE"
  case Int(JKO_ENONFINITE): "JKO_ENONFINITE"
  case Int(JKO_EPOPULATION): "JKO_EPOPULATION"
  case Int(JKO_EIO): "JKO_EIO"
  case Int(JKO_EFORMAT): "JKO_EFORMAT"
  case Int(JKO_ENOMEM): "JKO_ENOMEM"
  case Int(JKO_ECANCELLED): "JKO_ECANCELLED"
  case Int(JKO_ENOTFITTED): "JKO_ENOTFITTED"
  case Int(JKO_ECONVERGENCE): "JKO_ECONVERGENCE"
  case Int(JKO_EINTERNAL): "JKO_EINTERNAL"
  default: "unknown status"
  }
}
