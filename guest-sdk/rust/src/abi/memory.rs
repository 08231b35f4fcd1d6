//! Strings and lists that arrive and leave, and `cabi_realloc`, which gives memory for the former.

use std::alloc::{Layout, alloc, dealloc, realloc};
use std::cell::UnsafeCell;
use std::ptr;

use super::{Area, Element};

/// Gives memory for what the kernel brings. 0, where there is none: then the caller gets `no-memory`, and this plugin
/// lives on.
// SAFETY: the name is the ABI's; no other item of a plugin has a reason to carry it.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    new_size: usize,
) -> *mut u8 {
    let Ok(layout) = Layout::from_size_align(new_size, align) else {
        return ptr::null_mut();
    };
    if new_size == 0 {
        return ptr::without_provenance_mut(align);
    }
    if old_size == 0 {
        // SAFETY: the size of `layout` is not 0.
        return unsafe { alloc(layout) };
    }
    let Ok(old_layout) = Layout::from_size_align(old_size, align) else {
        return ptr::null_mut();
    };
    // SAFETY: the kernel passes only what this function gave it, with the size and alignment it was asked for, and
    // `new_size`, rounded up to `align`, was accepted by `Layout` above.
    unsafe { realloc(old, old_layout, new_size) }
}

/// A list that arrived.
///
/// # Safety
///
/// The kernel must have written `length` elements of `T` to `address`, in memory that it had from [`cabi_realloc`]
/// for just them and that nobody else has taken; or `length` is 0.
#[inline]
#[must_use]
pub unsafe fn list<T: Element>(address: i32, length: i32) -> Vec<T> {
    let length = length as u32 as usize;
    if length == 0 {
        return Vec::new();
    }
    let start = ptr::with_exposed_provenance_mut::<T::Stored>(address as u32 as usize);
    // SAFETY: `cabi_realloc` allocated with the global allocator, for `length` elements with the alignment of
    // `Stored` (`Element` promises that it is the ABI's), and every pattern of bits is a `Stored`.
    T::adopt(unsafe { Vec::from_raw_parts(start, length, length) })
}

/// A string that arrived.
///
/// # Safety
///
/// As for [`list`] of `u8`, and the bytes must be UTF-8.
#[inline]
#[must_use]
pub unsafe fn string(address: i32, length: i32) -> String {
    // SAFETY: the caller's promise is the same; the kernel lets no string through that is not UTF-8.
    unsafe { String::from_utf8_unchecked(list::<u8>(address, length)) }
}

/// The parameters of an export that are too many to be passed as core values.
///
/// # Safety
///
/// `address` must be memory of `SIZE` bytes that the kernel had from [`cabi_realloc`] with this alignment and filled,
/// and that nobody else has taken.
#[inline]
#[must_use]
pub unsafe fn arguments<const SIZE: usize, const ALIGN: usize>(address: i32) -> Area<SIZE> {
    let layout = const {
        match Layout::from_size_align(SIZE, ALIGN) {
            Ok(layout) => layout,
            Err(_) => panic!("no layout of the ABI"),
        }
    };
    let start = ptr::with_exposed_provenance_mut::<u8>(address as u32 as usize);
    let mut area = Area::new();
    // SAFETY: there are `SIZE` bytes at `start`, and the area has as many; it was allocated with this layout.
    unsafe {
        ptr::copy_nonoverlapping(start, ptr::from_mut(&mut area).cast::<u8>(), SIZE);
        dealloc(start, layout);
    }
    area
}

/// Where a string or list lies that leaves.
#[inline]
#[must_use]
pub fn address_of<T>(items: &[T]) -> i32 {
    items.as_ptr().expose_provenance() as i32
}

/// How many elements a list has that leaves; bytes for a string.
#[inline]
#[must_use]
pub fn length_of<T>(items: &[T]) -> i32 {
    items.len() as i32
}

/// The largest result: the tag of a `result` and 16 members of 8 bytes.
const LARGEST_RESULT: usize = 8 + 16 * 8;

/// Memory for results that own nothing. The kernel has read it before anything of this plugin runs again.
struct ResultArea(UnsafeCell<Area<LARGEST_RESULT>>);

// SAFETY: a plugin has one thread; the kernel refuses modules with shared memories.
unsafe impl Sync for ResultArea {}

static RESULT: ResultArea = ResultArea(UnsafeCell::new(Area::new()));

/// Leaves a result that owns no memory for the kernel to read. Nothing of the plugin may run between this and the
/// return of the export.
#[inline]
#[must_use]
pub fn give_plain<const SIZE: usize>(area: &Area<SIZE>) -> i32 {
    const { assert!(SIZE <= LARGEST_RESULT) };
    let to = RESULT.0.get().cast::<u8>();
    // SAFETY: both have at least `SIZE` bytes; there is one thread, and nobody keeps a reference into `RESULT`.
    unsafe { ptr::copy_nonoverlapping(ptr::from_ref(area).cast::<u8>(), to, SIZE) };
    to.expose_provenance() as i32
}

/// A result together with what it points to.
#[repr(C)]
struct Given<const SIZE: usize, K> {
    area: Area<SIZE>,
    keep: K,
}

/// Leaves a result for the kernel to read. `keep` is what the area points to: it lives until [`drop_given`].
#[inline]
#[must_use]
pub fn give<const SIZE: usize, K>(area: Area<SIZE>, keep: K) -> i32 {
    Box::into_raw(Box::new(Given { area, keep })).expose_provenance() as i32
}

/// The kernel has copied the result.
///
/// # Safety
///
/// `address` must come from [`give`] with the same `SIZE` and `K`, and be passed here once.
#[inline]
pub unsafe fn drop_given<const SIZE: usize, K>(address: i32) {
    let given = ptr::with_exposed_provenance_mut::<Given<SIZE, K>>(address as u32 as usize);
    // SAFETY: `give` made it with `Box::into_raw`, for this type.
    let Given { area, keep } = *unsafe { Box::from_raw(given) };
    drop((area, keep));
}
