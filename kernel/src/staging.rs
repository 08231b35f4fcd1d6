//! The call stack of frames, and blocks for strings and lists on their way from one memory to another.
//!
//! A translator takes a frame from the top and gives it back before it returns. Content is staged above its frame; what
//! is too large for the stack gets a block of its own, which ends with the frame that it was staged for.
//!
//! A call that can be suspended has a stack of its own: see [`crate::fiber`].

use crate::layout::{Shared, address_of};
use crate::process::ProcessId;
use crate::reserve::entries;
use crate::signature::{FRAME_HEADER, FRAME_SLOT};
use portcullis_abi::ErrorCode;

/// Bytes of the stack of calls that are never suspended. A frame of an ordinary call takes 32 to 128.
const STACK_BYTES: usize = 256 * 1024;
/// Bytes of the stack of a fiber.
const FIBER_BYTES: usize = 64 * 1024;
/// Content up to this size goes on the stack, as long as half of that is left for frames.
const SMALL_BYTES: u32 = 4 * 1024;

/// The largest block that is kept for the next content, when its frame has ended.
const SPARE_BYTES: usize = 4 << 20;
/// Bytes that are written at once where zeros are wanted.
const ZEROS: [u8; 4 * 1024] = [0; 4 * 1024];

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

/// The frames of nested calls, and what was staged for them. Of the one that runs the words are in [`Shared`].
#[derive(Default)]
pub struct Stack {
    bytes: Box<[u8]>,
    blocks: Vec<Block>,
    top: u32,
    depth: u32,
    /// How many blocks and transfers its frames have under way.
    staged: u32,
}

impl Stack {
    fn of(bytes: Vec<u8>) -> Stack {
        let bytes = bytes.into_boxed_slice();
        Stack {
            top: address_of(&*bytes).next_multiple_of(16),
            bytes,
            ..Stack::default()
        }
    }

    /// An empty stack for a fiber.
    ///
    /// # Errors
    /// `no-memory`.
    pub fn of_fiber() -> Result<Stack, ErrorCode> {
        let mut bytes = Vec::new();
        entries(&mut bytes, FIBER_BYTES)?;
        bytes.resize(FIBER_BYTES, 0);
        Ok(Stack::of(bytes))
    }

    /// A transfer that its frames had under way is over.
    pub fn settle_one(&mut self) {
        self.staged = self.staged.saturating_sub(1);
    }
}

/// Frames and blocks.
pub struct Staging {
    /// What runs.
    stack: Stack,
    /// The bytes of a block whose frame has ended. Whoever stages content writes all of it, so nobody sees what is in them.
    spare: Vec<u8>,
    /// Bytes in blocks, of all stacks.
    staged: u64,
    /// Most bytes that may be staged at once.
    limit: u64,
}

impl Staging {
    /// An empty stack; tells `shared` where it lies.
    pub fn new(shared: &Shared) -> Staging {
        let mut staging = Staging {
            stack: Stack::default(),
            spare: Vec::new(),
            staged: 0,
            limit: DEFAULT_LIMIT,
        };
        staging.exchange(shared, Stack::of(vec![0_u8; STACK_BYTES]));
        staging
    }

    /// Has another stack run. Gives the one that ran.
    pub fn exchange(&mut self, shared: &Shared, next: Stack) -> Stack {
        let mut last = std::mem::replace(&mut self.stack, next);
        last.top = shared.frame_top.get();
        last.depth = shared.depth.get();
        last.staged = shared.staged.get();
        let Stack {
            bytes,
            top,
            depth,
            staged,
            ..
        } = &self.stack;
        shared.frame_top.set(*top);
        shared
            .frame_end
            .set(address_of(&**bytes).saturating_add(bytes.len() as u32));
        shared.depth.set(*depth);
        shared.staged.set(*staged);
        last
    }

    /// Where the first frame of the running stack lies.
    pub fn base(&self) -> u32 {
        address_of(&*self.stack.bytes).next_multiple_of(16)
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
        let most = shared.frame_end.get() - self.stack.bytes.len() as u32 / 2;
        if length <= SMALL_BYTES && end.is_some_and(|end| end <= most) {
            shared.frame_top.set(top + size);
            return Ok((top, 0));
        }
        if length > left {
            return Err(ErrorCode::Quota);
        }
        if self.staged + u64::from(length) > self.limit {
            return Err(ErrorCode::NoMemory);
        }
        entries(&mut self.stack.blocks, 1)?;
        let mut bytes = std::mem::take(&mut self.spare);
        if bytes.len() < size as usize {
            bytes = Vec::new();
            entries(&mut bytes, size as usize)?;
            // In pieces, which are copied: to write bytes one by one takes ten times as long.
            while bytes.len() < size as usize {
                let missing = size as usize - bytes.len();
                bytes.extend_from_slice(&ZEROS[..missing.min(ZEROS.len())]);
            }
        }
        let address = address_of(bytes.as_slice());
        self.staged += u64::from(length);
        self.stack.blocks.push(Block {
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
        let offset = frame.wrapping_sub(address_of(&*self.stack.bytes)) as usize;
        let header = FRAME_HEADER as usize;
        let end = offset + header + FRAME_SLOT as usize;
        let bytes = self
            .stack
            .bytes
            .get_mut(offset..end)
            .ok_or(ErrorCode::Depth)?;
        bytes.fill(0);
        bytes[..4].copy_from_slice(&ProcessId::HOST.raw().to_le_bytes());
        bytes[header..header + 4].copy_from_slice(&argument.to_le_bytes());
        shared.frame_top.set(frame + FRAME_HEADER + FRAME_SLOT * 2);
        Ok(frame)
    }

    /// The words at an address of the frames, if they lie there.
    pub fn words<const COUNT: usize>(&self, address: u32) -> Option<[u32; COUNT]> {
        let offset = address.checked_sub(address_of(&*self.stack.bytes))? as usize;
        let bytes = self
            .stack
            .bytes
            .get(offset..offset.checked_add(4 * COUNT)?)?;
        let mut words = [0; COUNT];
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        Some(words)
    }

    /// Puts words at an address of the frames, if they lie there.
    pub fn put_words(&mut self, address: u32, words: &[u32]) {
        let Some(offset) = address.checked_sub(address_of(&*self.stack.bytes)) else {
            return;
        };
        let bytes = &mut self.stack.bytes;
        let places = bytes.get_mut(offset as usize..).unwrap_or_default();
        for (place, word) in places.chunks_exact_mut(4).zip(words) {
            place.copy_from_slice(&word.to_le_bytes());
        }
    }

    /// Ends the last block if it was staged for `frame` or for a frame above it: whose it was, and how many bytes. A block's mark
    /// is the top of the stack at its time, which lies above the start of its own frame, and at most at the start of the next one.
    pub fn unstage(&mut self, shared: &Shared, frame: u32) -> Option<(ProcessId, u32)> {
        let block = self.stack.blocks.pop_if(|block| block.frame_top > frame)?;
        self.staged -= u64::from(block.length);
        shared.staged.set(shared.staged.get() - 1);
        if (self.spare.len()..=SPARE_BYTES).contains(&block.bytes.len()) {
            self.spare = block.bytes;
        }
        Some((block.owner, block.length))
    }

    /// The staged bytes at an address, if they lie in the running stack or in one block of it.
    pub fn bytes(&self, address: u32, length: u32) -> Option<&[u8]> {
        let blocks = self.stack.blocks.iter().rev();
        let places = blocks.map(|block| block.bytes.as_slice());
        for place in places.chain(std::iter::once(&*self.stack.bytes)) {
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
    fn a_block_that_ended_is_used_again_if_it_is_large_enough() {
        let shared = Shared::default();
        let mut staging = Staging::new(&shared);
        let frame = shared.frame_top.get() - 1;
        let mut staged = |length| {
            stage(&mut staging, &shared, length).unwrap();
            unstage(&mut staging, &shared, frame);
            staging.spare.len()
        };
        assert_eq!(staged(10_000), 10_000);
        assert_eq!(staged(9_000), 10_000);
        assert_eq!(staged(1 << 20), 1 << 20);
        assert_eq!(staged(10_000), 1 << 20);
        // Too large to be kept, so there is none afterwards.
        assert_eq!(staged(SPARE_BYTES as u32 + 16), 0);
        assert_eq!(staging.usage().0, 0);
    }

    #[test]
    fn words_are_those_of_the_frames_alone() {
        let shared = Shared::default();
        let mut staging = Staging::new(&shared);
        let (base, end) = (staging.base(), shared.frame_end.get());
        staging.put_words(base + 8, &[1, 2, u32::MAX]);
        assert_eq!(staging.words(base + 4), Some([0, 1, 2, u32::MAX]));
        assert_eq!(staging.words(end - 4), Some([0]));
        staging.put_words(end - 4, &[3, 4]);
        assert_eq!(staging.words(end - 4), Some([3]));
        for address in [0, base - 32, end - 3, end, u32::MAX] {
            staging.put_words(address, &[5]);
            assert_eq!(staging.words::<2>(address), None);
        }
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
