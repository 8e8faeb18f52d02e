/// The version of the library, which `jko_version()` tells and model files keep.
package let libraryVersion = "0.1.0"
