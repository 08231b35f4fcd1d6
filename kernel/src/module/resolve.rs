//! Finds the signature of every function of a module, and compares it with the type that the function really has.

use super::{Export, Import, Module};
use crate::load::{LoadError, clean};
use crate::pace::{Pace, at_once};
use crate::signature::{
    ClassRecord, Core, CoreSignature, Direction, FunctionRecord, Metadata, Outcome, PLAIN,
    Parameter, Payload, Scalar, Signature, Type, parse_interface_name,
};
use portcullis_abi::names::{
    DESTRUCTOR_MARK, EXPORT_MARK, INITIALIZE_EXPORT, KERNEL_INTERFACE, POST_RETURN_PREFIX,
    REALLOC_EXPORT, STATUS_EXPORT, is_kebab_name,
};
use portcullis_abi::{CoreType, ErrorCode, SystemCall};

/// Most functions of a plugin that can be called.
const MAX_CALLABLE: usize = 2_000;
/// Work of finding the signature of a function, in the units of [`Pace`].
const RESOLVED: u64 = 512;

/// What a module imports and exports, with signatures.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    /// Functions that somebody has to provide.
    pub imports: Vec<Import>,
    /// Place among the imported functions, and which system call it is.
    pub system_calls: Vec<(u32, SystemCall)>,
    /// Functions that can be called.
    pub exports: Vec<Export>,
    /// Its classes.
    pub classes: Vec<ClassRecord>,
    /// Class and export name of every destructor of a class that the module mints.
    pub destructors: Vec<(String, String)>,
    /// Whether it has an allocator.
    pub has_realloc: bool,
}

impl Resolved {
    /// Whether it mints a class.
    pub fn mints(&self, class: &str) -> bool {
        self.classes
            .iter()
            .any(|record| record.minted && record.class == class)
    }
}

fn scalar_of(core: Core) -> Scalar {
    match core {
        Core::I32 => Scalar::S32,
        Core::I64 => Scalar::S64,
        Core::F32 => Scalar::F32,
        Core::F64 => Scalar::F64,
    }
}

/// The signature of a function without a record.
fn infer(core: &CoreSignature) -> Signature {
    let parameters = core
        .parameters
        .iter()
        .enumerate()
        .map(|(index, ty)| Parameter {
            name: format!("p{index}"),
            ty: Type::Scalar(scalar_of(*ty)),
        });
    let outcome = match core.results.as_slice() {
        [] => Outcome::Plain(Payload::default()),
        [one] => Outcome::Plain(Payload {
            types: vec![Type::Scalar(scalar_of(*one))],
            tuple: false,
        }),
        several => Outcome::Core(several.iter().map(|ty| scalar_of(*ty)).collect()),
    };
    Signature {
        parameters: parameters.collect(),
        outcome,
    }
}

fn show(core: Option<&CoreSignature>) -> String {
    core.map_or("one with vectors or references".to_owned(), |core| {
        format!("`{core}`")
    })
}

/// Finds the declared signature or infers one.
fn signature_of(
    declared: Option<&Signature>,
    direction: Direction,
    core: Option<&CoreSignature>,
    label: &str,
) -> Result<Signature, LoadError> {
    let shown = clean(label, 200);
    let Some(signature) = declared else {
        let Some(core) =
            core.filter(|core| core.parameters.len() <= 32 && core.results.len() <= 16)
        else {
            return Err(LoadError::at(
                ErrorCode::SignatureMismatch,
                label.to_owned(),
                format!(
                    "`{shown}` has no signature record, and its type is {}; declare a signature in the `portcullis` section or give one",
                    show(core)
                ),
            ));
        };
        return Ok(infer(core));
    };
    let (kind, expected) = match direction {
        Direction::Import => ("import", signature.core_import()),
        Direction::Export => ("export", signature.core_export()),
    };
    if core != Some(&expected) {
        return Err(LoadError::at(
            ErrorCode::SignatureMismatch,
            label.to_owned(),
            format!(
                "{kind} `{shown}` is declared as `{signature}`, which is the core type `{expected}`, but the module has {}; make both agree",
                show(core)
            ),
        ));
    }
    Ok(signature.clone())
}

fn is_reserved(export: &str) -> bool {
    export == REALLOC_EXPORT
        || export == STATUS_EXPORT
        || export == INITIALIZE_EXPORT
        || export == super::START_EXPORT
        || export.starts_with(POST_RETURN_PREFIX)
        || export.contains(DESTRUCTOR_MARK)
}

/// Interface and function of an export name; None if it is neither plain nor well-formed.
fn split_export(name: &str) -> Option<(&str, &str)> {
    match name.split_once(EXPORT_MARK) {
        None => Some((PLAIN, name)),
        Some((interface, function)) => (parse_interface_name(interface).is_ok()
            && is_kebab_name(function))
        .then_some((interface, function)),
    }
}

/// What tells a record from others.
fn key_of(record: &FunctionRecord) -> (Direction, &str, &str) {
    (record.direction, &record.interface, &record.name)
}

fn export_name(record: &FunctionRecord) -> String {
    if record.interface == PLAIN {
        record.name.clone()
    } else {
        format!("{}{EXPORT_MARK}{}", record.interface, record.name)
    }
}

fn check_support(
    module: &Module,
    name: &str,
    expected: &CoreSignature,
    why: &str,
) -> Result<(), LoadError> {
    let found = module.export(name);
    if found.is_some_and(|export| export.core.as_ref() == Some(expected)) {
        return Ok(());
    }
    let has = match found {
        None => "does not export it".to_owned(),
        Some(export) => format!("has {}", show(export.core.as_ref())),
    };
    Err(LoadError::at(
        ErrorCode::SignatureMismatch,
        name.to_owned(),
        format!(
            "`{}` must be a function `{expected}` {why}, but the module {has}",
            clean(name, 200)
        ),
    ))
}

fn i32s(parameters: usize, results: usize) -> CoreSignature {
    CoreSignature {
        parameters: vec![Core::I32; parameters],
        results: vec![Core::I32; results],
    }
}

/// Puts the records that the host gave for a module beside the module's own.
fn merged(module: &Module, given: &Metadata) -> Result<Metadata, LoadError> {
    let mut metadata = module.metadata.clone();
    let contradiction = |message: String| LoadError::new(ErrorCode::BadMetadata, message);
    for record in &given.functions {
        if !metadata.add_function(record.clone()) {
            return Err(contradiction(format!(
                "the signature given for `{}` differs from the one in the module",
                export_name(record)
            )));
        }
    }
    for record in &given.classes {
        metadata.add_class(record.clone()).map_err(contradiction)?;
    }
    Ok(metadata)
}

/// Resolves every function of a module. `given` are records from the host, for a module that has none.
///
/// # Errors
/// `signature-mismatch`, `bad-metadata`, `unknown-import`; each names the function, what was declared and what is there.
pub fn resolve(module: &Module, given: &Metadata) -> Result<Resolved, LoadError> {
    at_once(resolving(module, given, &mut Pace::default()))
}

/// As [`resolve`], slice after slice.
///
/// # Errors
/// As those of [`resolve`].
pub async fn resolving(
    module: &Module,
    given: &Metadata,
    pace: &mut Pace,
) -> Result<Resolved, LoadError> {
    let metadata = merged(module, given)?;
    let mut resolved = Resolved {
        classes: metadata.classes.clone(),
        ..Resolved::default()
    };
    let mut records: Vec<&FunctionRecord> = metadata.functions.iter().collect();
    records.sort_unstable_by_key(|record| key_of(record));
    let find = |direction, interface: &str, name: &str| {
        let place =
            records.binary_search_by(|record| key_of(record).cmp(&(direction, interface, name)));
        Some(&records[place.ok()?].signature)
    };
    let mut needs_realloc = None;
    for (index, import) in module.imports.iter().enumerate() {
        pace.spent(RESOLVED).await;
        let index = index as u32;
        let label = format!("{}{EXPORT_MARK}{}", import.interface, import.name);
        if Module::is_system(import) {
            resolved
                .system_calls
                .push((index, system_call(import, &label)?));
            continue;
        }
        let declared = find(Direction::Import, &import.interface, &import.name);
        let signature = signature_of(declared, Direction::Import, import.core.as_ref(), &label)?;
        if signature.import_needs_realloc() {
            needs_realloc = Some(label);
        }
        resolved.imports.push(Import {
            interface: import.interface.clone(),
            name: import.name.clone(),
            declared: declared.is_some(),
            signature,
            index,
        });
    }
    for record in metadata
        .functions
        .iter()
        .filter(|record| record.direction == Direction::Export)
    {
        let name = export_name(record);
        if module.export(&name).is_none() {
            return Err(LoadError::at(
                ErrorCode::BadMetadata,
                name.clone(),
                format!(
                    "`{name}` is declared as an export, but the module exports no such function"
                ),
            ));
        }
    }
    for export in &module.exports {
        pace.spent(RESOLVED).await;
        if is_reserved(&export.name) {
            continue;
        }
        let Some((interface, name)) = split_export(&export.name) else {
            continue;
        };
        if interface == KERNEL_INTERFACE {
            return Err(LoadError::at(
                ErrorCode::BadMetadata,
                export.name.clone(),
                format!("`{KERNEL_INTERFACE}` is the kernel's own: nobody else serves it"),
            ));
        }
        let declared = find(Direction::Export, interface, name);
        if declared.is_none() && export.core.is_none() {
            continue;
        }
        let signature = match signature_of(
            declared,
            Direction::Export,
            export.core.as_ref(),
            &export.name,
        ) {
            // A plain export that nobody declared and that cannot be called is nobody's business.
            Err(_) if declared.is_none() => continue,
            signature => signature?,
        };
        if signature.export_needs_realloc() {
            needs_realloc = Some(export.name.clone());
        }
        let post = format!("{POST_RETURN_PREFIX}{}", export.name);
        let post_return = module.export(&post).is_some().then_some(post);
        if let Some(post) = &post_return {
            let results = signature.core_export().results;
            let expected = CoreSignature {
                parameters: results,
                results: Vec::new(),
            };
            check_support(module, post, &expected, "to be called after its function")?;
        }
        if resolved.exports.len() == MAX_CALLABLE {
            return Err(LoadError::new(
                ErrorCode::RefusedModule,
                format!(
                    "the module exports more than {MAX_CALLABLE} functions that could be called"
                ),
            ));
        }
        resolved.exports.push(Export {
            interface: interface.to_owned(),
            name: name.to_owned(),
            export: export.name.clone(),
            declared: declared.is_some(),
            signature,
            post_return,
        });
    }
    resolved.has_realloc = module.export(REALLOC_EXPORT).is_some();
    if let Some(function) = needs_realloc {
        let why = format!(
            "because `{}` receives strings or lists",
            clean(&function, 200)
        );
        check_support(module, REALLOC_EXPORT, &i32s(4, 1), &why)?;
        if module.memory.is_none() {
            return Err(LoadError::at(
                ErrorCode::SignatureMismatch,
                function,
                "strings and lists need a memory, and the module has none",
            ));
        }
    }
    let uses_memory = resolved
        .imports
        .iter()
        .map(|import| &import.signature)
        .chain(resolved.exports.iter().map(|export| &export.signature))
        .any(|s| s.types().any(Type::has_content) || s.parameters_spill() || s.results_spill());
    if uses_memory && module.memory.is_none() {
        return Err(LoadError::new(
            ErrorCode::SignatureMismatch,
            "a signature passes values by memory, and the module has no memory",
        ));
    }
    for class in resolved.classes.iter().filter(|record| record.minted) {
        let interface = crate::class::interface_of(&class.class);
        let name = class.class.rsplit('.').next().unwrap_or_default();
        let destructor = format!("{interface}{DESTRUCTOR_MARK}{name}");
        if module.export(&destructor).is_some() {
            check_support(
                module,
                &destructor,
                &i32s(1, 0),
                "because it is a destructor",
            )?;
            resolved.destructors.push((class.class.clone(), destructor));
        }
    }
    Ok(resolved)
}

fn system_call(import: &super::ImportedFunction, label: &str) -> Result<SystemCall, LoadError> {
    let known = SystemCall::from_name(&import.name).ok_or_else(|| {
        LoadError::at(
            ErrorCode::UnknownImport,
            label.to_owned(),
            format!(
                "the kernel has no system call `{}`",
                clean(&import.name, 100)
            ),
        )
    })?;
    let convert = |types: &[CoreType]| {
        let core = types.iter().map(|ty| match ty {
            CoreType::I32 => Core::I32,
            CoreType::I64 => Core::I64,
            CoreType::F32 => Core::F32,
            CoreType::F64 => Core::F64,
        });
        core.collect::<Vec<_>>()
    };
    let expected = CoreSignature {
        parameters: convert(known.parameters()),
        results: convert(known.results()),
    };
    if import.core.as_ref() != Some(&expected) {
        return Err(LoadError::at(
            ErrorCode::SignatureMismatch,
            label.to_owned(),
            format!(
                "the system call `{}` is `{expected}`, but the module imports it as {}",
                known.name(),
                show(import.core.as_ref())
            ),
        ));
    }
    Ok(known)
}
