//! The call stack of frames, and blocks for strings and lists on their way from one memory to another.
//!
//! A translator takes a frame from the top and gives it back before it returns. Content is staged above its frame; what
//! is too large for the stack gets a block of its own, which ends with the frame that it was staged for.

use crate::layout::{Shared, address_of};
use crate::process::ProcessId;
use crate::reserve::entries;
use crate::signature::{FRAME_HEADER, FRAME_SLOT};
use portcullis_abi::ErrorCode;

/// Bytes of the call stack. A frame of an ordinary call takes 32 to 128.
const STACK_BYTES: usize = 256 * 1024;
/// Content up to this size goes on the stack.
const SMALL_BYTES: u32 = 4 * 1024;

/// Most bytes in blocks at once, over all processes, if nothing else is said.
const DEFAULT_LIMIT: u64 = 256 << 20;

struct Block {
    /// Top of the stack when it was made.
    frame_top: u32,
    /// Whose content it is.
    owner: ProcessId,
    /// How many bytes of `bytes` were asked for.
    length: u32,
    bytes: Vec<u8>,
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
            limit: DEFAULT_LIMIT,
        }
    }

    /// Where the first frame lies.
    pub fn base(&self) -> u32 {
        address_of(&*self.stack).next_multiple_of(16)
    }

    /// Room for `length` bytes of `owner`, who may have `left` more under way, until the running frame ends: its address, and
    /// how many bytes count as under way.
    ///
    /// # Errors
    /// `quota` when they are more than are left; `no-memory` over the kernel's limit, or when its memory cannot grow.
    pub fn stage(
        &mut self,
        shared: &Shared,
        owner: ProcessId,
        left: u32,
        length: u32,
    ) -> Result<(u32, u32), ErrorCode> {
        let top = shared.frame_top.get();
        let size = length
            .checked_next_multiple_of(16)
            .ok_or(ErrorCode::TooLong)?;
        let end = top.checked_add(size);
        if length <= SMALL_BYTES && end.is_some_and(|end| end <= shared.frame_end.get()) {
            shared.frame_top.set(top + size);
            return Ok((top, 0));
        }
        if length > left {
            return Err(ErrorCode::Quota);
        }
        if self.staged + u64::from(length) > self.limit {
            return Err(ErrorCode::NoMemory);
        }
        let mut bytes: Vec<u8> = Vec::new();
        entries(&mut bytes, size as usize)?;
        entries(&mut self.blocks, 1)?;
        bytes.resize(size as usize, 0);
        let address = address_of(bytes.as_slice());
        self.staged += u64::from(length);
        self.blocks.push(Block {
            frame_top: top,
            owner,
            length,
            bytes,
        });
        shared.staged.set(shared.staged.get() + 1);
        Ok((address, length))
    }

    /// Bytes under way, and the most that may be.
    pub fn usage(&self) -> (u64, u64) {
        (self.staged, self.limit)
    }

    /// Sets the most bytes that may be under way at once, over all processes.
    pub fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
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

    /// Ends the last block if it was staged for `frame` or for a frame above it: whose it was, and how many bytes. A block's mark
    /// is the top of the stack at its time, which lies above the start of its own frame, and at most at the start of the next one.
    pub fn unstage(&mut self, shared: &Shared, frame: u32) -> Option<(ProcessId, u32)> {
        let block = self.blocks.pop_if(|block| block.frame_top > frame)?;
        self.staged -= u64::from(block.length);
        shared.staged.set(shared.staged.get() - 1);
        Some((block.owner, block.length))
    }

    /// The staged bytes at an address, if they lie in the stack or in one block.
    pub fn bytes(&self, address: u32, length: u32) -> Option<&[u8]> {
        let places = self.blocks.iter().rev().map(|block| block.bytes.as_slice());
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

    const OWNER: ProcessId = ProcessId::HOST;

    fn stage(staging: &mut Staging, shared: &Shared, length: u32) -> Result<u32, ErrorCode> {
        staging
            .stage(shared, OWNER, u32::MAX, length)
            .map(|staged| staged.0)
    }

    fn unstage(staging: &mut Staging, shared: &Shared, frame: u32) {
        while staging.unstage(shared, frame).is_some() {}
    }

    #[test]
    fn blocks_end_with_their_frame() {
        let shared = Shared::default();
        let mut staging = Staging::new(&shared);
        let frame = shared.frame_top.get();
        let small = stage(&mut staging, &shared, 10).unwrap();
        assert_eq!((small, shared.frame_top.get()), (frame, frame + 16));
        stage(&mut staging, &shared, SMALL_BYTES + 1).unwrap();
        // The next frame starts where the top was when the first block was staged: it must not end that one.
        let inner = shared.frame_top.get();
        shared.frame_top.set(inner + 32);
        stage(&mut staging, &shared, 1 << 20).unwrap();
        assert_eq!(shared.staged.get(), 2);
        unstage(&mut staging, &shared, inner);
        assert_eq!(shared.staged.get(), 1);
        unstage(&mut staging, &shared, frame);
        assert_eq!((shared.staged.get(), staging.staged), (0, 0));
    }

    #[test]
    fn too_much_is_an_error() {
        let shared = Shared::default();
        let mut staging = Staging::new(&shared);
        assert_eq!(
            stage(&mut staging, &shared, u32::MAX),
            Err(ErrorCode::TooLong)
        );
        staging.limit = 1 << 16;
        stage(&mut staging, &shared, 1 << 15).unwrap();
        assert_eq!(
            stage(&mut staging, &shared, (1 << 15) + 1),
            Err(ErrorCode::NoMemory)
        );
    }
}
