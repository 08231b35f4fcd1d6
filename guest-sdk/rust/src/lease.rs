//! Leases: windows on memory that can be revoked.

use std::cell::Cell;
use std::ops::Range;

use portcullis_abi::Rights;

use crate::abi::{self, Capability, LentCells, system};
use crate::{Error, Own};

/// The class `portcullis/kernel@1.lease`: a window on a range of somebody's memory, this plugin's, another's or the web app's.
///
/// As `&Lease` it is a parameter `borrow<portcullis/kernel@1.lease>`, as `Own<Lease>` one that moves. Each of its functions fails with
/// `revoked` when the lease is over: when its lender revoked it, or ended.
///
/// # Example
///
/// ```
/// use portcullis_guest::{Error, Lease, export, import, lend_mut};
///
/// #[import("demo/camera@1")]
/// trait Camera {
///     fn capture(into: &Lease) -> Result<(), Error>;
/// }
///
/// /// Fills what the caller lends, 256 bytes at a time.
/// #[export("demo/fill@1")]
/// fn fill(lease: &Lease, byte: u8) -> Result<(), Error> {
///     let chunk = [byte; 256];
///     let length = lease.length()?;
///     for start in (0..length).step_by(256) {
///         let count = (length - start).min(256) as usize;
///         lease.write(start, &chunk[..count])?;
///     }
///     Ok(())
/// }
///
/// /// Lends a picture for as long as the call takes.
/// fn picture() -> Result<Vec<u8>, Error> {
///     let mut pixels = vec![0; 640 * 480];
///     let (captured, written) = lend_mut(&mut pixels, |lease| Camera::capture(lease))?;
///     captured?;
///     pixels.truncate(written as usize);
///     Ok(pixels)
/// }
/// # assert!(picture().is_err()); // there is no camera here
/// ```
#[repr(transparent)]
pub struct Lease(pub(crate) Capability);

impl Lease {
    /// How many bytes it has.
    ///
    /// # Errors
    ///
    /// `revoked` if it is over.
    pub fn length(&self) -> Result<u32, Error> {
        system::lease_len(&self.0)
    }

    /// Copies from the lease, from byte `offset` on, until `into` is full.
    ///
    /// # Errors
    ///
    /// `denied` if it is only for writing, `out-of-range` if it has not so many bytes, `revoked`. Nothing is copied then.
    pub fn read(&self, offset: u32, into: &mut [u8]) -> Result<(), Error> {
        system::lease_read(&self.0, offset, into)
    }

    /// Copies all of `bytes` into the lease, from byte `offset` on.
    ///
    /// # Errors
    ///
    /// `denied` if it is only for reading, `out-of-range` if it has not so many bytes, `revoked`. Nothing is copied then.
    pub fn write(&self, offset: u32, bytes: &[u8]) -> Result<(), Error> {
        system::lease_write(&self.0, offset, bytes)
    }

    /// One past the highest byte that was written through this lease or one that was made of it, from its start; 0 if none
    /// was.
    ///
    /// # Errors
    ///
    /// `not-owner` if another process made it, `revoked`.
    pub fn written(&self) -> Result<u32, Error> {
        system::lease_written(&self.0)
    }

    /// A lease on a range of this one with `rights`, a subset of its rights, of which one is [`Rights::READ`] or
    /// [`Rights::WRITE`]. It ends with this one, and can be revoked on its own.
    ///
    /// # Errors
    ///
    /// `out-of-range`, also for a range that ends before it begins; `denied` without the right to derive or for others than its
    /// rights; `borrowed` for a lease that was lent for the running call; `depth` if it is the 16th that was made of one another;
    /// `quota`; `revoked`.
    pub fn narrow(&self, range: Range<u32>, rights: Rights) -> Result<Own<Lease>, Error> {
        let length = range.end.wrapping_sub(range.start);
        system::lease_narrow(&self.0, range.start, length, rights).map(Own::from_capability)
    }
}

/// Lends bytes for reading while `use_it` runs. Whoever kept the lease has nothing afterwards.
///
/// # Errors
///
/// `quota` if this process has too many handles or objects; `use_it` is not called then.
pub fn lend<R>(bytes: &[u8], use_it: impl FnOnce(&Own<Lease>) -> R) -> Result<R, Error> {
    abi::lend(bytes, use_it)
}

/// Lends bytes for reading and writing while `use_it` runs. Whoever kept the lease has nothing afterwards. Gives also how far
/// they were written: one past the highest byte, or 0.
///
/// # Errors
///
/// `quota` if this process has too many handles or objects; `use_it` is not called then.
pub fn lend_mut<R>(
    bytes: &mut [u8],
    use_it: impl FnOnce(&Own<Lease>) -> R,
) -> Result<(R, u32), Error> {
    abi::lend_mut(bytes, |lease| {
        let result = use_it(lease);
        // This plugin itself may have ended it.
        (result, lease.written().unwrap_or(0))
    })
}

/// Bytes that are lent for as long as they live, for reading, writing or both.
///
/// Others may read and write them whenever this plugin calls somebody, or is not running at all: so they are cells.
///
/// # Example
///
/// ```
/// use portcullis_guest::{Error, LeasedBuffer, Rights};
///
/// let buffer = LeasedBuffer::new(4, Rights::READ | Rights::WRITE)?;
/// buffer.lease().write(1, &[7, 8])?; // as whoever it is lent to would
/// assert_eq!(buffer.bytes().iter().map(|byte| byte.get()).collect::<Vec<_>>(), [0, 7, 8, 0]);
/// assert_eq!(buffer.lease().written()?, 3);
/// # Ok::<(), Error>(())
/// ```
pub struct LeasedBuffer(LentCells);

impl LeasedBuffer {
    /// So many bytes, all 0, lent with [`Rights::READ`], [`Rights::WRITE`] or both.
    ///
    /// # Errors
    ///
    /// `denied` without such a right, `quota` if this process has too many handles or objects.
    pub fn new(length: usize, rights: Rights) -> Result<LeasedBuffer, Error> {
        LentCells::new(length, rights).map(LeasedBuffer)
    }

    /// The lease, to be lent; a retained one ([`Own::retain`]) can be given away, and ends with the buffer all the same.
    #[must_use]
    pub fn lease(&self) -> &Own<Lease> {
        self.0.lease()
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[Cell<u8>] {
        self.0.bytes()
    }
}

#[cfg(test)]
mod tests {
    use portcullis_abi::ErrorCode;

    use super::*;

    const BOTH: Rights = Rights::READ.union(Rights::WRITE);

    #[test]
    fn what_is_lent_is_read_and_written_and_then_over() {
        let mut bytes = [1, 2, 3, 4];
        let (kept, written) = lend_mut(&mut bytes, |lease| {
            let mut two = [0; 2];
            lease.read(1, &mut two).unwrap();
            assert_eq!((two, lease.length()), ([2, 3], Ok(4)));
            lease.write(2, &[9]).unwrap();
            assert_eq!(lease.read(3, &mut two), Err(ErrorCode::OutOfRange.into()));
            Own::retain(lease).unwrap()
        })
        .unwrap();
        assert_eq!((bytes, written), ([1, 2, 9, 4], 3));
        assert_eq!(kept.length(), Err(ErrorCode::Revoked.into()));
    }

    #[test]
    fn what_is_lent_for_reading_is_not_written() {
        let bytes = [1, 2, 3];
        let refused = lend(&bytes, |lease| lease.write(0, &[7])).unwrap();
        assert_eq!(refused, Err(ErrorCode::Denied.into()));
        assert_eq!(bytes, [1, 2, 3]);
    }

    #[test]
    fn a_part_is_a_lease_with_fewer_rights() {
        let buffer = LeasedBuffer::new(10, BOTH).unwrap();
        let part = buffer.lease().narrow(2..6, Rights::WRITE).unwrap();
        part.write(1, &[5, 6]).unwrap();
        assert_eq!(buffer.bytes()[3].get(), 5);
        assert_eq!((part.written(), buffer.lease().written()), (Ok(3), Ok(5)));
        let mut byte = [0];
        assert_eq!(part.read(0, &mut byte), Err(ErrorCode::Denied.into()));
        for range in [7..11, Range { start: 5, end: 4 }] {
            let refused = buffer.lease().narrow(range, Rights::READ);
            assert_eq!(refused.err(), Some(ErrorCode::OutOfRange.into()));
        }
        assert!(Own::same(&part, buffer.lease()));
        drop(buffer);
        assert_eq!(part.length(), Err(ErrorCode::Revoked.into()));
    }

    #[test]
    fn a_lease_is_for_something() {
        let refused = LeasedBuffer::new(1, Rights::NONE);
        assert_eq!(refused.err(), Some(ErrorCode::Denied.into()));
    }
}
