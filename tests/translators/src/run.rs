//! Calls, and what plugins have in their memory.

use crate::machine::{Ask, HOST, Machine, Running};
use crate::plugin::{ARGUMENTS, PAGES, RESULTS, STATUS};
use crate::signature::Core;
use crate::value::words;
use wasmi::{AsContext, Error, Func, Nullable, Ref, Val};

/// Places of two of the words that gates share.
const FRAME_TOP: u32 = 2;
const STAGED: u32 = 5;

/// What became of a call of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// What the frame around the caller answered: 10 if the caller is dead now.
    pub status: u32,
    /// The caller's status word.
    pub error: u32,
    /// The core results.
    pub results: Vec<u64>,
}

impl Machine<'_> {
    pub(crate) fn running(&mut self, process: u32) -> &mut Running {
        self.data()
            .running
            .get_mut(&process)
            .expect("the test spawned it")
    }

    /// Bytes of a process's memory; it may have ended.
    pub fn memory(&mut self, process: u32) -> Vec<u8> {
        let memory = self.running(process).memory.expect("it has a memory");
        memory.data(self.context.as_context()).to_vec()
    }

    /// Writes into a process's memory.
    pub fn write(&mut self, process: u32, address: u32, bytes: &[u8]) {
        let memory = self.running(process).memory.expect("it has a memory");
        memory
            .write(self.context(), address as usize, bytes)
            .expect("the test writes into its memory");
    }

    /// Writes numbers, 8 bytes each.
    pub fn write_words(&mut self, process: u32, address: u32, words: &[u64]) {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        self.write(process, address, &bytes);
    }

    /// Numbers that a process recorded.
    pub fn recorded(&mut self, process: u32, cores: &[Core], address: u32) -> Vec<u64> {
        let memory = self.memory(process);
        words(cores, &memory, address)
    }

    /// What a well-behaved plugin does.
    pub fn answer(&mut self, process: u32, ask: Ask) -> Result<u32, Error> {
        let Ask::Allocate { align, size } = ask else {
            return Ok(0);
        };
        let running = self.running(process);
        let address = running.heap.next_multiple_of(align);
        let end = address + size;
        if end > PAGES * 65_536 {
            return Ok(0);
        }
        running.heap = end;
        Ok(address)
    }

    /// Lets a process call its import of that number with these core values, by its export `call…`.
    pub fn call(&mut self, process: u32, import: u32, arguments: &[u64]) -> Called {
        let plugin = self.running(process).plugin.clone();
        let (_, results) = &plugin.imports[import as usize].core;
        if plugin.has_memory {
            self.write_words(process, ARGUMENTS, arguments);
            self.write(process, STATUS, &[0; 4]);
            self.write(process, RESULTS, &[0xdd; 128]);
        }
        let status = self.run(process, &format!("call{import}"));
        if !plugin.has_memory {
            return Called {
                status,
                error: 0,
                results: Vec::new(),
            };
        }
        let error = self.recorded(process, &[Core::I32], STATUS)[0] as u32;
        Called {
            status,
            error,
            results: self.recorded(process, results, RESULTS),
        }
    }

    /// Calls an export without parameters and results, as the host does. Gives the status.
    ///
    /// # Panics
    /// If the call took more of the frames than it gave back, and did not trap.
    pub fn run(&mut self, process: u32, export: &str) -> u32 {
        let function = self.running(process).frames[export];
        self.run_with(function, 0)
    }

    /// Calls the destructor of that export name, as the host does.
    pub fn destroy(&mut self, process: u32, destructor: &str, badge: u32) -> u32 {
        let function = self.running(process).frames[destructor];
        self.run_with(function, badge)
    }

    pub(crate) fn run_with(&mut self, function: Func, argument: u32) -> u32 {
        let before = (self.shared_word(FRAME_TOP), self.shared_word(STAGED));
        let frame = self.kernel("test_frame", &[argument]);
        assert_ne!(frame, 0, "there is no room for a frame");
        let top = self.shared_word(FRAME_TOP);
        let mut status = [Val::I32(0)];
        function
            .call(self.context(), &[Val::I32(frame as i32)], &mut status)
            .expect("what traps is contained");
        let status = status[0].i32().expect("a status") as u32;
        if status != portcullis_abi::ErrorCode::Trapped.number() {
            assert_eq!(
                self.shared_word(FRAME_TOP),
                top,
                "frames were not given back"
            );
            assert_eq!(
                self.shared_word(STAGED),
                before.1,
                "what was staged was not given back"
            );
        }
        self.kernel("test_unframe", &[frame]);
        assert_eq!(
            (self.shared_word(FRAME_TOP), self.shared_word(STAGED)),
            before
        );
        status
    }

    /// Calls what a slot holds with a frame that the test has filled.
    pub fn call_slot(&mut self, slot: u32, frame: u32) -> u32 {
        let table = self.data().slots.expect("there is a table");
        let function = match table.get(self.context(), u64::from(slot)) {
            Some(Ref::Func(Nullable::Val(function))) => function,
            _ => panic!("nothing is in slot {slot}"),
        };
        let mut status = [Val::I32(0)];
        function
            .call(self.context(), &[Val::I32(frame as i32)], &mut status)
            .expect("what traps is contained");
        status[0].i32().expect("a status") as u32
    }

    /// As [`Self::call`], with so many bytes left for frames. Gives the caller's status word.
    pub fn call_with_frames(
        &mut self,
        process: u32,
        import: u32,
        arguments: &[u64],
        left: u32,
    ) -> u32 {
        self.write_words(process, ARGUMENTS, arguments);
        self.write(process, STATUS, &[0; 4]);
        let function = self.running(process).frames[&format!("call{import}")];
        let frame = self.kernel("test_frame", &[0]);
        let top = self.kernel("test_fill_frames", &[left]);
        let full = self.shared_word(FRAME_TOP);
        let mut status = [Val::I32(0)];
        function
            .call(self.context(), &[Val::I32(frame as i32)], &mut status)
            .expect("what traps is contained");
        assert_eq!(status[0].i32(), Some(0), "status of the caller's frame");
        assert_eq!(self.shared_word(FRAME_TOP), full, "the top of the frames");
        self.kernel("test_unframe", &[top]);
        self.kernel("test_unframe", &[frame]);
        self.recorded(process, &[Core::I32], STATUS)[0] as u32
    }

    /// Calls an export as the host does, with a frame that has these flags and slots; the slots are read back. Gives the status.
    pub fn serve(&mut self, process: u32, export: &str, flags: u32, slots: &mut [u64]) -> u32 {
        let frame = self.shared_word(FRAME_TOP);
        let top = (frame + 16 + 8 * slots.len() as u32).next_multiple_of(16);
        let place = self.shared() + 4 * FRAME_TOP;
        self.write_kernel(place, &top.to_le_bytes());
        let mut bytes: Vec<u8> = [HOST, flags, 0, 0]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect();
        bytes.extend(slots.iter().flat_map(|slot| slot.to_le_bytes()));
        self.write_kernel(frame, &bytes);
        let function = self.running(process).frames[export];
        let mut status = [Val::I32(0)];
        function
            .call(self.context(), &[Val::I32(frame as i32)], &mut status)
            .expect("what traps is contained");
        for (place, slot) in (0..).zip(slots) {
            let address = frame + 16 + 8 * place;
            *slot = u64::from(self.kernel_word(address))
                | u64::from(self.kernel_word(address + 4)) << 32;
        }
        self.kernel("test_unframe", &[frame]);
        status[0].i32().expect("a status") as u32
    }
}
