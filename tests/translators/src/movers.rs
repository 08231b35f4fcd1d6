//! What moves bytes where a gate cannot: between memories where a module has only one, and from and to the host.

use crate::machine::{Data, Machine};
use wasmi::{AsContext, AsContextMut, Caller, Func, Memory};

impl Machine<'_> {
    /// What copies from memory to memory, by who they belong to: (from, address, to, address, bytes) → ok.
    pub(crate) fn transfers(&mut self) -> Func {
        let of = |caller: &Caller<'_, Data>, place: u32| match place {
            0 => caller.data().memory,
            process => caller.data().running.get(&process)?.memory,
        };
        Func::wrap(
            self.context(),
            move |mut caller: Caller<'_, Data>,
                  from: i32,
                  from_address: i32,
                  to: i32,
                  to_address: i32,
                  length: i32| {
                let places = of(&caller, from as u32).zip(of(&caller, to as u32));
                let Some((source, target)) = places else {
                    return 0;
                };
                let mut bytes = vec![0; length as u32 as usize];
                source
                    .read(
                        caller.as_context(),
                        from_address as u32 as usize,
                        &mut bytes,
                    )
                    .expect("the kernel checked it");
                target
                    .write(caller.as_context_mut(), to_address as u32 as usize, &bytes)
                    .expect("the kernel checked it");
                1_i32
            },
        )
    }

    /// What moves bytes where the engine has one memory for a module, and what moves them from and to the host.
    pub(crate) fn mover(&mut self, name: &str, memory: Option<Memory>) -> Func {
        let kernel = self.kernel_memory();
        let inside = move |caller: &Caller<'_, Data>, address: i32, length: i32| {
            let end = u64::from(address as u32) + u64::from(length as u32);
            memory.is_some_and(|memory| end <= memory.data_size(caller.as_context()) as u64)
        };
        let copy =
            |caller: &mut Caller<'_, Data>, to: (Memory, i32), from: (Memory, i32), length: i32| {
                let mut bytes = vec![0; length as u32 as usize];
                from.0
                    .read(caller.as_context(), from.1 as u32 as usize, &mut bytes)
                    .expect("it was checked");
                to.0.write(caller.as_context_mut(), to.1 as u32 as usize, &bytes)
                    .expect("it was checked");
            };
        match name {
            "copy_in" => Func::wrap(
                self.context(),
                move |mut caller: Caller<'_, Data>, to: i32, from: i32, length: i32| {
                    if !inside(&caller, from, length) {
                        return 0;
                    }
                    copy(
                        &mut caller,
                        (kernel, to),
                        (memory.expect("inside"), from),
                        length,
                    );
                    1_i32
                },
            ),
            "copy_out" => Func::wrap(
                self.context(),
                move |mut caller: Caller<'_, Data>, to: i32, from: i32, length: i32| {
                    if !inside(&caller, to, length) {
                        return 0;
                    }
                    copy(
                        &mut caller,
                        (memory.expect("inside"), to),
                        (kernel, from),
                        length,
                    );
                    1_i32
                },
            ),
            "fill" => Func::wrap(
                self.context(),
                move |mut caller: Caller<'_, Data>, to: i32, length: i32| {
                    let sources = &mut caller.data_mut().sources;
                    if sources.is_empty() {
                        return 0;
                    }
                    let source = sources.remove(0);
                    if source.len() != length as u32 as usize || !inside(&caller, to, length) {
                        return 0;
                    }
                    memory
                        .expect("inside")
                        .write(caller.as_context_mut(), to as u32 as usize, &source)
                        .expect("inside");
                    1_i32
                },
            ),
            "drain" => Func::wrap(
                self.context(),
                move |mut caller: Caller<'_, Data>, from: i32, length: i32| {
                    if !inside(&caller, from, length) {
                        return 0;
                    }
                    let mut bytes = vec![0; length as u32 as usize];
                    memory
                        .expect("inside")
                        .read(caller.as_context(), from as u32 as usize, &mut bytes)
                        .expect("inside");
                    caller.data_mut().drained.push(bytes);
                    1_i32
                },
            ),
            other => panic!("a gate imports p {other}"),
        }
    }
}
