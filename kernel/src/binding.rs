//! Binding at spawn: who provides what a plugin imports, and what it serves itself.

use crate::class::{ClassId, Names};
use crate::link::{NO_PLACE, Served, Server};
use crate::load::{LoadError, clean};
use crate::map::Map;
use crate::module::{Import, Resolved};
use crate::process::{LocalClass, ProcessId};
use crate::signature::{FunctionRecord, PLAIN, Signature, Type};
use crate::state::Kernel;
use crate::translator::{Destructor, GateExport, GateImport, GatePlan, Road};
use portcullis_abi::ErrorCode;

/// Set in what stands for the slot of an import that is dispatched on the object that it is called on; the other bits are the
/// place of the method.
pub const DISPATCH: u32 = 1 << 31;

/// What stands for the slot of an import whose provider is named later, before it has one: no slot has this number.
pub const LATER: u32 = 0;

/// An import whose provider is named when the process runs, and may be named again.
pub(crate) struct Later {
    import: Import,
    /// Where the process calls it.
    slot: u32,
    /// Where its provider is called; 0 as long as there was none.
    pub(crate) target: u32,
}

/// Who provides an interface to a plugin.
#[derive(Clone, Copy, Debug)]
pub enum Provider<'a> {
    /// These functions, of a process or of the host.
    Server(&'a Server),
    /// Whoever minted the object.
    Object,
    /// Whoever [`Kernel::bind_later`] names; nobody until then.
    Later,
}

impl Kernel {
    /// The number of a class, and of every class in the signatures of a plugin.
    pub fn class(&mut self, name: &str) -> ClassId {
        ClassId(self.classes.number(name))
    }

    /// Holds the names of classes and the signatures of a plugin, whose gates have their numbers in them.
    pub fn hold_names(&mut self, resolved: &Resolved) -> Names {
        let imports = resolved.imports.iter().map(|import| &import.signature);
        let exports = resolved.exports.iter().map(|export| &export.signature);
        let mut names = self.hold_signatures(imports.chain(exports));
        for record in &resolved.classes {
            names.classes.push(self.classes.hold(&record.class));
        }
        names
    }

    fn hold_signatures<'a>(&mut self, signatures: impl Iterator<Item = &'a Signature>) -> Names {
        let mut names = Names::default();
        for signature in signatures {
            let number = self.signatures.hold(&signature.canonical());
            names.signatures.push(number);
            for class in signature.types().filter_map(|ty| ty.class()) {
                names.classes.push(self.classes.hold(class));
            }
        }
        names
    }

    /// Ends what held names: nobody has a gate with their numbers any more.
    pub fn let_go(&mut self, names: &Names) {
        for number in &names.classes {
            self.classes.let_go(*number);
        }
        for number in &names.signatures {
            self.signatures.let_go(*number);
        }
    }

    /// What the gate of a plugin is to be generated from. It holds for every process of the plugin in this kernel.
    pub fn gate_plan(
        &mut self,
        resolved: &Resolved,
        has_memory: bool,
        multi_memory: bool,
    ) -> GatePlan {
        let mut classes = Map::new();
        let signatures = resolved.imports.iter().map(|import| &import.signature);
        for signature in signatures.chain(resolved.exports.iter().map(|export| &export.signature)) {
            for class in signature.types().filter_map(|ty| ty.class()) {
                classes.insert(class.to_owned(), ClassId(self.classes.number(class)));
            }
        }
        let imports = resolved.imports.iter().map(|import| GateImport {
            signature: import.signature.clone(),
            signature_number: self.signatures.number(&import.signature.canonical()),
            road: Road::Contained,
        });
        GatePlan {
            imports: imports.collect(),
            system_calls: resolved
                .system_calls
                .iter()
                .map(|(_, call)| *call)
                .collect(),
            exports: resolved
                .exports
                .iter()
                .map(|export| GateExport {
                    signature: export.signature.clone(),
                    post_return: export.post_return.is_some(),
                })
                .collect(),
            destructors: resolved.destructors.iter().map(|_| Destructor).collect(),
            classes,
            minted: resolved
                .classes
                .iter()
                .filter(|c| c.minted)
                .map(|c| c.class.clone())
                .collect(),
            has_memory,
            metered: false,
            multi_memory,
            shared: crate::layout::address_of(&*self.shared),
        }
    }

    /// Finds the slot of every import: those that a server provides, [`DISPATCH`] for methods on objects, and [`LATER`].
    ///
    /// # Errors
    /// `missing-grant` names every interface that nobody provides; `unknown-import` a function that the provider has not;
    /// `signature-mismatch` both signatures.
    pub fn bind<'a>(
        &mut self,
        plugin: &str,
        imports: &[Import],
        provider: impl Fn(&str) -> Option<Provider<'a>>,
    ) -> Result<Vec<u32>, LoadError> {
        let mut missing: Vec<&str> = Vec::new();
        let mut slots = Vec::new();
        for import in imports {
            match provider(&import.interface) {
                None if missing.contains(&import.interface.as_str()) => {}
                None => missing.push(&import.interface),
                Some(Provider::Object) => slots.push(self.bind_to_object(import)?),
                Some(Provider::Later) => slots.push(LATER),
                Some(Provider::Server(server)) => slots.push(self.bind_to_server(import, server)?),
            }
        }
        if missing.is_empty() {
            return Ok(slots);
        }
        let list: Vec<_> = missing
            .iter()
            .map(|name| format!("`{}`", clean(name, 100)))
            .collect();
        Err(LoadError::new(
            ErrorCode::MissingGrant,
            format!(
                "plugin `{plugin}` asks for {}, which nobody granted; grant it in `imports`",
                list.join(", ")
            ),
        ))
    }

    fn bind_to_object(&mut self, import: &Import) -> Result<u32, LoadError> {
        // The object has to be of this interface: at the same place, another interface has another method.
        if let Some(parameter) = import.signature.parameters.first()
            && let Type::Borrow(class) = &parameter.ty
            && crate::class::interface_of(class) == import.interface
        {
            return Ok(DISPATCH);
        }
        let label = format!("{}#{}", import.interface, import.name);
        Err(LoadError::at(
            ErrorCode::MissingGrant,
            label.clone(),
            format!(
                "`{label}` is no method: its first parameter is no borrow of a class of this interface, so it needs a provider, not dispatch on an object"
            ),
        ))
    }

    fn bind_to_server(&mut self, import: &Import, server: &Server) -> Result<u32, LoadError> {
        let label = format!("{}#{}", import.interface, import.name);
        let Some(served) = server.function(&import.name) else {
            return Err(LoadError::at(
                ErrorCode::UnknownImport,
                label.clone(),
                format!(
                    "`{}` is imported, but its provider has no function of that name",
                    clean(&label, 200)
                ),
            ));
        };
        let wanted = self.signatures.number(&import.signature.canonical());
        let agrees = || !import.declared && self.same_numbers(served.signature, &import.signature);
        if served.signature != wanted && !agrees() {
            let provided = self.signatures.text(served.signature).unwrap_or_default();
            let advice = if import.declared {
                ""
            } else {
                "; the plugin has no signature record for it: declare one in its `portcullis` section, or give one"
            };
            return Err(LoadError::at(
                ErrorCode::SignatureMismatch,
                label.clone(),
                format!(
                    "`{label}` is imported as `{}`, but its provider has `{provided}`{advice}",
                    import.signature.canonical()
                ),
            ));
        }
        Ok(served.slot)
    }

    /// Whether a signature of that number is the one that was inferred for an import, but for the signs of its numbers, of which
    /// the import says nothing. What is inferred has numbers of 32 and 64 bits, and nothing else.
    fn same_numbers(&self, number: u32, inferred: &Signature) -> bool {
        let provided = self.signatures.text(number).unwrap_or_default();
        provided.replace("u32", "s32").replace("u64", "s64") == inferred.canonical()
    }

    /// Makes a process's exports reachable: a slot for each, and a block of methods for each interface. Gives the slots in
    /// the order of the exports. Where `bound` says [`DISPATCH`], it says afterwards with which place; where it says [`LATER`], with
    /// which slot, which has to be pointed at a stub.
    ///
    /// # Errors
    /// `dead`; `quota` when it has more functions than it may serve.
    pub fn serve(
        &mut self,
        process: ProcessId,
        resolved: &Resolved,
        bound: &mut [u32],
    ) -> Result<Vec<u32>, ErrorCode> {
        if resolved.exports.len() > self.processes.get(process)?.limits.functions as usize {
            return Err(ErrorCode::Quota);
        }
        let mut slots = Vec::new();
        let mut servers: Vec<Server> = Vec::new();
        for export in &resolved.exports {
            let slot = self.slots.allocate(process);
            slots.push(slot);
            let place = match export.interface.as_str() {
                PLAIN => NO_PLACE,
                interface => self.methods.take(interface, &export.name, true),
            };
            let served = Served {
                name: export.name.clone(),
                signature: self.signatures.number(&export.signature.canonical()),
                slot,
                place,
            };
            match servers
                .iter_mut()
                .find(|server| server.interface == export.interface)
            {
                Some(server) => server.functions.push(served),
                None => servers.push(Server {
                    interface: export.interface.clone(),
                    functions: vec![served],
                    methods: 0,
                }),
            }
        }
        for server in servers
            .iter_mut()
            .filter(|server| server.interface != PLAIN)
        {
            server.methods = self.methods.insert(&server.functions);
        }
        let mut dispatched = Vec::new();
        let mut slots_bound = Vec::new();
        let mut later = Vec::new();
        for (slot, import) in bound.iter_mut().zip(&resolved.imports) {
            if *slot == LATER {
                *slot = self.slots.allocate(process);
                later.push(Later {
                    import: import.clone(),
                    slot: *slot,
                    target: 0,
                });
            } else if *slot & DISPATCH == 0 {
                self.slots.retain(*slot);
                slots_bound.push(*slot);
            } else {
                let place = self.methods.take(&import.interface, &import.name, false);
                *slot = DISPATCH | place;
                dispatched.push((import.interface.clone(), place));
            }
        }
        let classes = self.local_classes(resolved, &servers);
        let entry = self.processes.get_mut(process)?;
        entry.servers = servers;
        entry.served.clone_from(&slots);
        // Nothing is to be called through them when the process has ended, either.
        entry.served.extend(later.iter().map(|later| later.slot));
        entry.later = later;
        entry.bound = slots_bound;
        entry.dispatched = dispatched;
        entry.classes = classes;
        self.publish(process);
        Ok(slots)
    }

    /// The slots of a process's imports whose provider is named later.
    pub fn later_slots(&self, process: ProcessId) -> Vec<u32> {
        let later = self.processes.get(process).map(|process| &process.later);
        later.map_or_else(
            |_| Vec::new(),
            |later| later.iter().map(|later| later.slot).collect(),
        )
    }

    /// Names the provider of the imports of one interface that a process was granted for later, or another one. Gives the slots
    /// of these imports with those of the functions that are to be called through them from now on.
    ///
    /// # Errors
    /// `dead` if either has ended; `denied` if it was not granted that interface for later; `no-method` if the provider lacks a
    /// function of it, or has it with another signature. Nothing is changed then.
    pub fn bind_later(
        &mut self,
        importer: ProcessId,
        interface: &str,
        provider: ProcessId,
    ) -> Result<Vec<(u32, u32)>, ErrorCode> {
        self.processes.get(provider)?;
        let servers = self.servers(provider)?;
        let server = servers.iter().find(|server| server.interface == interface);
        let server = server.cloned();
        let later = &self.processes.get(importer)?.later;
        let later: Vec<Import> = later
            .iter()
            .filter(|later| later.import.interface == interface)
            .map(|later| later.import.clone())
            .collect();
        if later.is_empty() {
            return Err(ErrorCode::Denied);
        }
        let server = server.ok_or(ErrorCode::NoMethod)?;
        let mut targets = Vec::new();
        for import in &later {
            let target = self.bind_to_server(import, &server);
            targets.push(target.map_err(|_| ErrorCode::NoMethod)?);
        }
        for target in &targets {
            self.slots.retain(*target);
        }
        let mut pairs = Vec::new();
        let mut former = Vec::new();
        let entry = self.processes.get_mut(importer)?;
        let mine = entry.later.iter_mut();
        for (later, target) in mine
            .filter(|later| later.import.interface == interface)
            .zip(targets)
        {
            former.push(std::mem::replace(&mut later.target, target));
            pairs.push((later.slot, target));
        }
        for slot in former.into_iter().filter(|slot| *slot != 0) {
            self.slots.release(slot);
        }
        Ok(pairs)
    }

    fn local_classes(&mut self, resolved: &Resolved, servers: &[Server]) -> Vec<LocalClass> {
        let local = resolved.classes.iter().map(|record| {
            let interface = crate::class::interface_of(&record.class);
            let server = servers.iter().find(|server| server.interface == interface);
            LocalClass {
                number: record.number,
                class: ClassId(self.classes.number(&record.class)),
                minted: record.minted,
                methods: server.map_or(0, |server| server.methods),
                has_destructor: resolved
                    .destructors
                    .iter()
                    .any(|(class, _)| *class == record.class),
            }
        });
        local.collect()
    }

    /// Makes functions of the host reachable. Gives the server, whose slots are in the order of the records, and the names that
    /// it holds, both for [`Self::withdraw`].
    pub fn serve_from_host(
        &mut self,
        interface: &str,
        records: &[FunctionRecord],
    ) -> (Server, Names) {
        let names = self.hold_signatures(records.iter().map(|record| &record.signature));
        let mut functions = Vec::new();
        for record in records {
            functions.push(Served {
                name: record.name.clone(),
                signature: self.signatures.number(&record.signature.canonical()),
                slot: self.slots.allocate(ProcessId::HOST),
                place: self.methods.take(interface, &record.name, true),
            });
        }
        let methods = self.methods.insert(&functions);
        self.publish(ProcessId::HOST);
        let server = Server {
            interface: interface.to_owned(),
            functions,
            methods,
        };
        (server, names)
    }

    /// Takes functions of the host out of service: the host's objects that they serve are revoked. Their slots have to be
    /// pointed at a stub; each is used again when nobody is bound to it any more.
    pub fn withdraw(&mut self, server: &mut Server, names: &Names) {
        let mut place = 0;
        while let Ok(host) = self.processes.get(ProcessId::HOST)
            && let Some(index) = host.minted.get(place).copied()
        {
            let reference = self.objects.reference(index);
            let object = reference.and_then(|reference| self.objects.get(reference));
            if object.is_some_and(|object| object.methods == server.methods) {
                // Another one takes its place in the list.
                let ending = reference.map(|reference| self.objects.revoke(reference));
                self.book(ending.unwrap_or_default());
            } else {
                place += 1;
            }
        }
        self.unserve(server);
        for function in &server.functions {
            self.slots.release(function.slot);
        }
        self.let_go(names);
    }

    /// What a process serves, or a dead one served whose slots are kept for a successor.
    ///
    /// # Errors
    /// `dead`.
    pub fn servers(&self, process: ProcessId) -> Result<&[Server], ErrorCode> {
        match self.processes.get(process) {
            Ok(process) => Ok(&process.servers),
            Err(code) => self
                .estates
                .get(&process.raw())
                .map(Vec::as_slice)
                .ok_or(code),
        }
    }

    /// Lets `new` serve everything that `old` served, through the slots that importers know. Gives the slots of the old
    /// process with those of the new one whose functions they take over; of these only those are still in use to which somebody was bound.
    /// The old one may be dead, if its slots were kept.
    ///
    /// # Errors
    /// `dead`; `bad-argument` when both are the same; `no-method` with the first function that the new process lacks or has with
    /// another signature. Nothing is changed then.
    pub fn hand_over(
        &mut self,
        old: ProcessId,
        new: ProcessId,
    ) -> Result<Vec<(u32, u32)>, (ErrorCode, String)> {
        let dead = |code| (code, String::new());
        if old == new {
            return Err(dead(ErrorCode::BadArgument));
        }
        let replacement = &self.processes.get(new).map_err(dead)?.servers;
        let mut pairs = Vec::new();
        for server in self.servers(old).map_err(dead)? {
            let same = replacement
                .iter()
                .find(|candidate| candidate.interface == server.interface);
            for served in &server.functions {
                let successor = same.and_then(|same| same.function(&served.name));
                match successor.filter(|successor| successor.signature == served.signature) {
                    Some(successor) => pairs.push((served.slot, successor.slot)),
                    None if server.interface == PLAIN => {}
                    None => {
                        return Err((
                            ErrorCode::NoMethod,
                            format!("{}#{}", server.interface, served.name),
                        ));
                    }
                }
            }
        }
        let mut slots = Vec::new();
        let rest = match self.processes.get_mut(old) {
            Ok(process) => {
                process
                    .served
                    .retain(|slot| !pairs.iter().any(|(known, _)| known == slot));
                Some(&mut process.servers)
            }
            Err(_) => self.estates.get_mut(&old.raw()),
        };
        for server in rest.into_iter().flatten() {
            let Server {
                interface,
                functions,
                ..
            } = server;
            functions.retain(|served| {
                let kept = !pairs.iter().any(|(slot, _)| *slot == served.slot);
                if !kept {
                    slots.push(served.slot);
                    self.methods.leave(interface, served.place);
                }
                kept
            });
        }
        self.disinherit(old);
        let entry = self.processes.get_mut(new).map_err(dead)?;
        for server in &mut entry.servers {
            for served in &mut server.functions {
                let pair = pairs.iter().find(|(_, known)| *known == served.slot);
                if let Some((slot, _)) = pair {
                    served.slot = *slot;
                }
            }
            if server.methods != 0 {
                // The same length, so the same block: objects that the new process minted point to it.
                self.methods.remove(server.methods);
                server.methods = self.methods.insert(&server.functions);
            }
        }
        for (slot, successor) in &pairs {
            self.slots.set_owner(*slot, new);
            // Who was bound to the new one before goes on calling it there.
            if self.slots.users(*successor) == 1 {
                entry.served.retain(|known| known != successor);
                self.slots.release(*successor);
            }
        }
        entry.served.extend(slots);
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::Export;
    use crate::process::Limits;
    use crate::signature::parse_signature;

    const INTERFACE: &str = "x/y@1";

    fn signature(text: &str) -> Signature {
        parse_signature(text, INTERFACE).expect("well-formed")
    }

    /// A process that imports some functions of the interface, for later, and exports others.
    fn spawn(
        kernel: &mut Kernel,
        imports: &[(&str, &str)],
        exports: &[(&str, &str)],
    ) -> (ProcessId, Vec<u32>, Vec<u32>) {
        let import = |(index, (name, text)): (usize, &(&str, &str))| Import {
            interface: INTERFACE.to_owned(),
            name: (*name).to_owned(),
            signature: signature(text),
            declared: true,
            index: index as u32,
        };
        let export = |(name, text): &(&str, &str)| Export {
            interface: INTERFACE.to_owned(),
            name: (*name).to_owned(),
            export: format!("{INTERFACE}#{name}"),
            signature: signature(text),
            declared: true,
            post_return: None,
        };
        let resolved = Resolved {
            imports: imports.iter().enumerate().map(import).collect(),
            exports: exports.iter().map(export).collect(),
            ..Resolved::default()
        };
        let id = kernel.processes.insert("p".into(), Limits::default());
        let id = id.expect("there is room");
        let later = |_: &str| Some(Provider::Later);
        let mut bound = kernel.bind("p", &resolved.imports, later).expect("bound");
        let served = kernel.serve(id, &resolved, &mut bound).expect("it lives");
        (id, bound, served)
    }

    #[test]
    fn a_provider_can_be_named_while_a_process_runs_and_another_one_afterwards() {
        let mut kernel = Kernel::new();
        let (f, g) = (("f", "func(a: u32) -> u32"), ("g", "func()"));
        let (importer, slots, _) = spawn(&mut kernel, &[f, g], &[]);
        assert!(slots.iter().all(|slot| *slot != LATER));
        assert_eq!(kernel.later_slots(importer), slots);
        let (first, _, served) = spawn(&mut kernel, &[], &[g, f]);
        let pairs = vec![(slots[0], served[1]), (slots[1], served[0])];
        assert_eq!(kernel.bind_later(importer, INTERFACE, first), Ok(pairs));
        assert_eq!(kernel.slots.users(served[0]), 2);
        let (second, _, other) = spawn(&mut kernel, &[], &[f, g]);
        let pairs = vec![(slots[0], other[0]), (slots[1], other[1])];
        assert_eq!(kernel.bind_later(importer, INTERFACE, second), Ok(pairs));
        assert_eq!(kernel.slots.users(served[0]), 1, "the first is let go");
        kernel.end_process(second).unwrap();
        assert_eq!(
            kernel.slots.users(other[0]),
            1,
            "the importer calls a stub there"
        );
        let ended = kernel.end_process(importer).unwrap();
        assert_eq!(ended, slots, "nothing is called through them any more");
        kernel.end_process(first).unwrap();
        assert_eq!(kernel.slots.live(), 0);
    }

    #[test]
    fn who_does_not_fit_is_not_named_and_nothing_changes() {
        let mut kernel = Kernel::new();
        let (f, g) = (("f", "func(a: u32) -> u32"), ("g", "func()"));
        let (importer, slots, _) = spawn(&mut kernel, &[f, g], &[]);
        let (good, _, served) = spawn(&mut kernel, &[], &[f, g]);
        let (lacking, ..) = spawn(&mut kernel, &[], &[f]);
        let (other, ..) = spawn(&mut kernel, &[], &[f, ("g", "func(a: u8)")]);
        let (none, ..) = spawn(&mut kernel, &[], &[]);
        kernel.bind_later(importer, INTERFACE, good).unwrap();
        for wrong in [lacking, other, none] {
            let refused = kernel.bind_later(importer, INTERFACE, wrong);
            assert_eq!(refused, Err(ErrorCode::NoMethod));
        }
        let refused = kernel.bind_later(importer, "x/z@1", good);
        assert_eq!(refused, Err(ErrorCode::Denied));
        assert_eq!(
            kernel.bind_later(good, INTERFACE, good),
            Err(ErrorCode::Denied)
        );
        assert_eq!(kernel.slots.users(served[0]), 2);
        kernel.end_process(none).unwrap();
        let refused = kernel.bind_later(importer, INTERFACE, none);
        assert_eq!(refused, Err(ErrorCode::Dead));
        let refused = kernel.bind_later(none, INTERFACE, good);
        assert_eq!(refused, Err(ErrorCode::Dead));
        assert_eq!(kernel.later_slots(importer), slots);
    }
}
