//! How long and how many: limits of the ABI that every plugin and every kernel can rely on.
//!
//! Limits that a web app sets for a plugin (memory, handles) are not here; those are the kernel's.

/// Longest namespace, interface, function, class or parameter name, in bytes.
pub const NAME_BYTES: usize = 64;
/// Largest major version of an interface.
pub const MAJOR: u32 = 65_535;
/// Largest sum of a plugin's metadata sections, in bytes.
pub const METADATA_BYTES: usize = 64 * 1024;
/// Most metadata records of a plugin.
pub const RECORDS: usize = 1_000;
/// Most parameters of a function.
pub const PARAMETERS: usize = 32;
/// Most members of a tuple.
pub const TUPLE_MEMBERS: usize = 16;
/// Most core values that parameters are passed in; more go through memory.
pub const FLAT_PARAMETERS: usize = 16;
/// Most core values that a result is returned in; more go through memory.
pub const FLAT_RESULTS: usize = 1;
/// How much of a plugin's last words is kept, in bytes of UTF-8.
pub const FAULT_BYTES: usize = 1_024;
/// Most capabilities that a message, or the answer to one, may have.
pub const MESSAGE_CAPABILITIES: usize = 64;
