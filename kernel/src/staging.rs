//! The call stack of frames, and blocks for strings and lists on their way from one memory to another.
//!
//! A translator takes a frame from the top and gives it back before it returns. Content is staged above its frame; what
//! is too large for the stack gets a block of its own, which ends with the frame that it was staged for.

use crate::layout::{Shared, address_of};
use crate::process::ProcessId;
use crate::signature::{FRAME_HEADER, FRAME_SLOT};
use portcullis_abi::ErrorCode;

/// Bytes of the call stack. A frame of an ordinary call takes 32 to 128.
const STACK_BYTES: usize = 256 * 1024;
/// Content up to this size goes on the stack.
const SMALL_BYTES: u32 = 4 * 1024;

struct Block {
    /// Top of the stack when it was made.
    frame_top: u32,
    bytes: Box<[u8]>,
}

/// Frames and blocks.
pub struct Staging {
    stack: Box<[u8]>,
    blocks: Vec<Block>,
    /// Bytes in `blocks`.
    staged: u64,
    /// Most bytes that may be staged at once.
    limit: u64,
}

impl Staging {
    /// An empty stack; tells `shared` where it lies.
    pub fn new(shared: &Shared) -> Staging {
        let stack = vec![0_u8; STACK_BYTES].into_boxed_slice();
        let base = address_of(&*stack).next_multiple_of(16);
        shared.frame_top.set(base);
        shared
            .frame_end
            .set(address_of(&*stack).saturating_add(STACK_BYTES as u32));
        Staging {
            stack,
            blocks: Vec::new(),
            staged: 0,
            limit: 1 << 30,
        }
    }

    /// Where the first frame lies.
    pub fn base(&self) -> u32 {
        address_of(&*self.stack).next_multiple_of(16)
    }

    /// Room for `length` bytes until the running frame ends.
    ///
    /// # Errors
    /// `too-long` over the limit; `no-memory` when the kernel's memory cannot grow.
    pub fn stage(&mut self, shared: &Shared, length: u32) -> Result<u32, ErrorCode> {
        let top = shared.frame_top.get();
        let size = length
            .checked_next_multiple_of(16)
            .ok_or(ErrorCode::TooLong)?;
        let end = top.checked_add(size);
        if length <= SMALL_BYTES && end.is_some_and(|end| end <= shared.frame_end.get()) {
            shared.frame_top.set(top + size);
            return Ok(top);
        }
        if self.staged + u64::from(size) > self.limit {
            return Err(ErrorCode::TooLong);
        }
        let mut bytes: Vec<u8> = Vec::new();
        bytes
            .try_reserve_exact(size as usize)
            .map_err(|_| ErrorCode::NoMemory)?;
        bytes.resize(size as usize, 0);
        let bytes = bytes.into_boxed_slice();
        let address = address_of(&*bytes);
        self.staged += u64::from(size);
        self.blocks.push(Block {
            frame_top: top,
            bytes,
        });
        shared.staged.set(shared.staged.get() + 1);
        Ok(address)
    }

    /// Takes a frame for a call from the kernel itself, with one argument. It is given back by storing its address in
    /// [`Shared::frame_top`].
    ///
    /// # Errors
    /// `depth` when the stack is full.
    pub fn frame_with(&mut self, shared: &Shared, argument: u32) -> Result<u32, ErrorCode> {
        let frame = shared.frame_top.get();
        let offset = frame.wrapping_sub(address_of(&*self.stack)) as usize;
        let header = FRAME_HEADER as usize;
        let end = offset + header + FRAME_SLOT as usize;
        let bytes = self.stack.get_mut(offset..end).ok_or(ErrorCode::Depth)?;
        bytes.fill(0);
        bytes[..4].copy_from_slice(&ProcessId::HOST.raw().to_le_bytes());
        bytes[header..header + 4].copy_from_slice(&argument.to_le_bytes());
        shared.frame_top.set(frame + FRAME_HEADER + FRAME_SLOT * 2);
        Ok(frame)
    }

    /// Ends every block that was staged for `frame` or for frames above it. A block's mark is the top of the stack at its
    /// time, which lies above the start of its own frame, and at most at the start of the next one.
    pub fn unstage(&mut self, shared: &Shared, frame: u32) {
        while self
            .blocks
            .last()
            .is_some_and(|block| block.frame_top > frame)
        {
            if let Some(block) = self.blocks.pop() {
                self.staged -= block.bytes.len() as u64;
                shared.staged.set(shared.staged.get() - 1);
            }
        }
    }

    /// The staged bytes at an address, if they lie in the stack or in one block.
    pub fn bytes(&self, address: u32, length: u32) -> Option<&[u8]> {
        let places = self.blocks.iter().rev().map(|block| &*block.bytes);
        for place in places.chain(std::iter::once(&*self.stack)) {
            if let Some(offset) = address.checked_sub(address_of(place)) {
                let end = offset as usize + length as usize;
                if let Some(bytes) = place.get(offset as usize..end) {
                    return Some(bytes);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_with_their_frame() {
        let shared = Shared::default();
        let mut staging = Staging::new(&shared);
        let frame = shared.frame_top.get();
        let small = staging.stage(&shared, 10).unwrap();
        assert_eq!((small, shared.frame_top.get()), (frame, frame + 16));
        staging.stage(&shared, SMALL_BYTES + 1).unwrap();
        // The next frame starts where the top was when the first block was staged: it must not end that one.
        let inner = shared.frame_top.get();
        shared.frame_top.set(inner + 32);
        staging.stage(&shared, 1 << 20).unwrap();
        assert_eq!(shared.staged.get(), 2);
        staging.unstage(&shared, inner);
        assert_eq!(shared.staged.get(), 1);
        staging.unstage(&shared, frame);
        assert_eq!((shared.staged.get(), staging.staged), (0, 0));
    }

    #[test]
    fn too_much_is_an_error() {
        let shared = Shared::default();
        let mut staging = Staging::new(&shared);
        assert_eq!(staging.stage(&shared, u32::MAX), Err(ErrorCode::TooLong));
        staging.limit = 1 << 16;
        staging.stage(&shared, 1 << 15).unwrap();
        assert_eq!(
            staging.stage(&shared, (1 << 15) + 1),
            Err(ErrorCode::TooLong)
        );
    }
}
