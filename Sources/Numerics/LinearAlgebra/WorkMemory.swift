import CSystem

// OpenBLAS packs matrices into large buffers, which its serial build hands out without a lock: two threads may get the
// same one. The linker replaces its two functions by those here (`--wrap` in Package.swift).

/// Free buffers, each in a place of its own; 0 is an empty place. Taking and giving back are single atomic exchanges,
/// so that a process forked at any moment finds nothing locked.
private let freeBuffers = (0..<64).map { _ in AtomicInt(0) }

/// Bytes of address space; only what is written to becomes memory. OpenBLAS asks for at most 128 MiB and a page on
/// x86-64 and ARM64 (BUFFER_SIZE in its common_x86_64.h and common_arm64.h).
private let bufferBytes = (128 << 20) + (64 << 10)

/// Buffers that threads have now.
private let takenBuffers = AtomicInt(0)

/// Microseconds between two looks for a buffer, and looks, a minute in all: in a process that was forked while others
/// had buffers, nobody gives them back.
private let (pause, mostLooks) = (UInt32(100), 600_000)

/// Returns an uninitialised buffer, which no other thread has until it is given back. Where there is no memory for it,
/// waits for that of another thread, because OpenBLAS does not check; nil where no thread has one.
@_cdecl("__wrap_blas_memory_alloc")
public func takeBLASBuffer(_ purpose: CInt) -> UnsafeMutableRawPointer? {
  var wasAlone = false
  for _ in 0..<mostLooks {
    for place in freeBuffers where place.value != 0 {
      let address = place.exchange(0)
      if address != 0 {
        _ = takenBuffers.fetchAdd(1)
        return UnsafeMutableRawPointer(bitPattern: address)
      }
    }
    let isOnlyOne = takenBuffers.value == 0
    let memory = mmap(
      nil, bufferBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    if memory != UnsafeMutableRawPointer(bitPattern: -1) {
      _ = takenBuffers.fetchAdd(1)
      return memory
    }
    // Another may have given back its buffer since the look for one.
    if isOnlyOne, wasAlone { return nil }
    wasAlone = isOnlyOne
    if !isOnlyOne { usleep(pause) }
  }
  return nil
}

@_cdecl("__wrap_blas_memory_free")
public func giveBackBLASBuffer(_ buffer: UnsafeMutableRawPointer?) {
  guard let buffer else { return }
  defer { _ = takenBuffers.fetchAdd(-1) }
  for place in freeBuffers where place.replaceZero(by: Int(bitPattern: buffer)) { return }
  munmap(buffer, bufferBytes)
}

/// Throws `.memory` where there is no buffer. Callers ask beforehand, because OpenBLAS does not check and `Cholesky`
/// has no way to report it.
package func requireLinearAlgebraMemory() throws {
  guard let buffer = takeBLASBuffer(0) else {
    throw EngineError(.memory, "\(bufferBytes) bytes to work in do not fit in memory")
  }
  giveBackBLASBuffer(buffer)
}
