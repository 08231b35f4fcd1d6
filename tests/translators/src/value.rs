//! Values, and how docs/abi.md has them in core values and in memory: written by hand, nothing here comes from the kernel.

use crate::signature::{Core, Outcome, Scalar, Signature, Type, record};

/// A value of any type. Capabilities are named by the badge of their object, which the tests make unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    /// By its bits: a NaN is to arrive as it was.
    F32(u32),
    F64(u64),
    Char(char),
    Text(String),
    List(Vec<Value>),
    Capability(u32),
    None,
}

/// What a function gives back: tag and payload. Without a tag: 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    pub tag: u32,
    pub values: Vec<Value>,
}

/// Something that is no value of its type, and where.
pub type Wrong = String;

fn scalar_bits(scalar: Scalar, value: &Value) -> u64 {
    match (scalar, value) {
        (Scalar::Bool, Value::Bool(value)) => u64::from(*value),
        (Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64, Value::Unsigned(value)) => *value,
        (Scalar::S8 | Scalar::S16 | Scalar::S32, Value::Signed(value)) => {
            u64::from(*value as i32 as u32)
        }
        (Scalar::S64, Value::Signed(value)) => *value as u64,
        (Scalar::F32, Value::F32(bits)) => u64::from(*bits),
        (Scalar::F64, Value::F64(bits)) => *bits,
        (Scalar::Char, Value::Char(value)) => u64::from(u32::from(*value)),
        _ => panic!("{value:?} is no {}", scalar.name()),
    }
}

fn scalar_of(scalar: Scalar, bits: u64) -> Result<Value, Wrong> {
    let small = |highest: u64| {
        if bits <= highest {
            Ok(Value::Unsigned(bits))
        } else {
            Err(format!("{bits:#x} is no {}", scalar.name()))
        }
    };
    let signed = |lowest: i32, highest: i32| {
        let value = bits as u32 as i32;
        if (lowest..=highest).contains(&value) && bits <= u64::from(u32::MAX) {
            Ok(Value::Signed(i64::from(value)))
        } else {
            Err(format!("{bits:#x} is no {}", scalar.name()))
        }
    };
    match scalar {
        Scalar::Bool if bits <= 1 => Ok(Value::Bool(bits == 1)),
        Scalar::Bool => Err(format!("{bits:#x} is no bool")),
        Scalar::U8 => small(0xff),
        Scalar::U16 => small(0xffff),
        Scalar::U32 => small(0xffff_ffff),
        Scalar::U64 => Ok(Value::Unsigned(bits)),
        Scalar::S8 => signed(-0x80, 0x7f),
        Scalar::S16 => signed(-0x8000, 0x7fff),
        Scalar::S32 => signed(i32::MIN, i32::MAX),
        Scalar::S64 => Ok(Value::Signed(bits as i64)),
        Scalar::F32 => Ok(Value::F32(bits as u32)),
        Scalar::F64 => Ok(Value::F64(bits)),
        Scalar::Char => char::from_u32(bits as u32)
            .map(Value::Char)
            .ok_or(format!("{bits:#x} is no char")),
    }
}

/// Memory that a process fills before it passes its address: a range from `base` on.
#[derive(Clone, Debug)]
pub struct Image {
    pub base: u32,
    pub bytes: Vec<u8>,
}

impl Image {
    pub fn new(base: u32) -> Image {
        Image {
            base,
            bytes: Vec::new(),
        }
    }

    /// Room for so many bytes; its address.
    pub fn allocate(&mut self, size: u32, alignment: u32) -> u32 {
        let start = (self.base + self.bytes.len() as u32).next_multiple_of(alignment);
        self.bytes.resize((start + size - self.base) as usize, 0xee);
        start
    }

    pub fn put(&mut self, address: u32, bytes: &[u8]) {
        let start = (address - self.base) as usize;
        self.bytes[start..start + bytes.len()].copy_from_slice(bytes);
    }
}

/// Puts the content of a string or list into memory: address and count.
fn content(image: &mut Image, ty: Type, value: &Value) -> (u32, u32) {
    match (ty, value) {
        (Type::Text, Value::Text(text)) => {
            let address = image.allocate(text.len() as u32, 1);
            image.put(address, text.as_bytes());
            (address, text.len() as u32)
        }
        (Type::List(scalar), Value::List(items)) => {
            let size = scalar.size();
            let address = image.allocate(size * items.len() as u32, size);
            for (index, item) in items.iter().enumerate() {
                let bits = scalar_bits(scalar, item).to_le_bytes();
                image.put(address + size * index as u32, &bits[..size as usize]);
            }
            (address, items.len() as u32)
        }
        _ => panic!("{value:?} is no {ty}"),
    }
}

/// The core values of a value, as a process passes it. `capability` gives its name for an object, by the badge.
pub fn flatten(
    image: &mut Image,
    ty: Type,
    value: &Value,
    capability: &dyn Fn(u32) -> u32,
) -> Vec<u64> {
    match (ty, value) {
        (Type::Scalar(scalar), value) => vec![scalar_bits(scalar, value)],
        (Type::Error, Value::Unsigned(code)) => vec![*code],
        (Type::Borrow(_) | Type::Own(_), Value::Capability(badge)) => {
            vec![u64::from(capability(*badge))]
        }
        (Type::Option(_), Value::None) => vec![0, 0],
        (Type::Option(_), Value::Capability(badge)) => vec![1, u64::from(capability(*badge))],
        _ => {
            let (address, count) = content(image, ty, value);
            vec![u64::from(address), u64::from(count)]
        }
    }
}

/// Stores a value where it belongs in memory.
fn store(
    image: &mut Image,
    ty: Type,
    value: &Value,
    address: u32,
    capability: &dyn Fn(u32) -> u32,
) {
    let flat = flatten(image, ty, value, capability);
    match ty {
        Type::Option(_) => {
            image.put(address, &[flat[0] as u8]);
            image.put(address + 4, &(flat[1] as u32).to_le_bytes());
        }
        _ if flat.len() == 2 => {
            image.put(address, &(flat[0] as u32).to_le_bytes());
            image.put(address + 4, &(flat[1] as u32).to_le_bytes());
        }
        _ => image.put(address, &flat[0].to_le_bytes()[..ty.size() as usize]),
    }
}

/// Where one core value of a parameter or result stands: to be spoiled by a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Among the core values that are passed.
    Flat(usize),
    /// In memory: address and size in bytes.
    Memory(u32, u32),
}

/// Values as a process passes them: the core values, memory, and where each value's parts are.
#[derive(Clone, Debug)]
pub struct Lowered {
    pub image: Image,
    pub flat: Vec<u64>,
    pub places: Vec<Vec<Place>>,
}

impl Lowered {
    /// Puts something else where a part of a value was.
    pub fn spoil(&mut self, place: Place, bits: u64) {
        match place {
            Place::Flat(index) => self.flat[index] = bits,
            Place::Memory(address, size) => self
                .image
                .put(address, &bits.to_le_bytes()[..size as usize]),
        }
    }

    /// What stands there.
    pub fn get(&self, place: Place) -> u64 {
        match place {
            Place::Flat(index) => self.flat[index],
            Place::Memory(address, size) => {
                let start = (address - self.image.base) as usize;
                let mut bits = [0; 8];
                bits[..size as usize]
                    .copy_from_slice(&self.image.bytes[start..start + size as usize]);
                u64::from_le_bytes(bits)
            }
        }
    }
}

/// Where the parts of a value stand that begins at an address.
fn parts(ty: Type, address: u32) -> Vec<Place> {
    match ty {
        Type::Option(_) => vec![Place::Memory(address, 1), Place::Memory(address + 4, 4)],
        Type::Text | Type::List(_) => {
            vec![Place::Memory(address, 4), Place::Memory(address + 4, 4)]
        }
        _ => vec![Place::Memory(address, ty.size())],
    }
}

fn flat(
    image: Image,
    types: &[Type],
    values: &[Value],
    capability: &dyn Fn(u32) -> u32,
) -> Lowered {
    let mut lowered = Lowered {
        image,
        flat: Vec::new(),
        places: Vec::new(),
    };
    for (ty, value) in types.iter().zip(values) {
        let first = lowered.flat.len();
        lowered
            .flat
            .extend(flatten(&mut lowered.image, *ty, value, capability));
        lowered
            .places
            .push((first..lowered.flat.len()).map(Place::Flat).collect());
    }
    lowered
}

/// The core values with which an import is called, without the address for the results.
pub fn arguments(
    mut image: Image,
    signature: &Signature,
    values: &[Value],
    capability: &dyn Fn(u32) -> u32,
) -> Lowered {
    if !signature.spills() {
        return flat(image, &signature.parameters, values, capability);
    }
    let record = record(&signature.parameters);
    let address = image.allocate(record.size, record.alignment);
    let mut places = Vec::new();
    for ((ty, value), offset) in signature.parameters.iter().zip(values).zip(&record.offsets) {
        store(&mut image, *ty, value, address + offset, capability);
        places.push(parts(*ty, address + offset));
    }
    Lowered {
        image,
        flat: vec![u64::from(address)],
        places,
    }
}

/// The core values that an export gives back. The tag of a result, where there is one, is the first of the places.
pub fn results(
    mut image: Image,
    outcome: &Outcome,
    returned: &Returned,
    capability: &dyn Fn(u32) -> u32,
) -> Lowered {
    let types = outcome.types(returned.tag);
    if !outcome.spills() {
        if !outcome.is_result() {
            return flat(image, &types, &returned.values, capability);
        }
        return Lowered {
            image,
            flat: vec![u64::from(returned.tag)],
            places: vec![vec![Place::Flat(0)]],
        };
    }
    let (size, alignment) = outcome.layout();
    let address = image.allocate(size, alignment);
    let mut places = Vec::new();
    if outcome.is_result() {
        image.put(address, &[returned.tag as u8]);
        places.push(vec![Place::Memory(address, 1)]);
    }
    let record = record(&types);
    for ((ty, value), offset) in types.iter().zip(&returned.values).zip(&record.offsets) {
        let place = address + outcome.payload() + offset;
        store(&mut image, *ty, value, place, capability);
        places.push(parts(*ty, place));
    }
    Lowered {
        image,
        flat: vec![u64::from(address)],
        places,
    }
}

/// What a process may pass as well for the same value: bits of an `i32` beyond those of its type are dropped on the way, and
/// everything but 0 is true.
pub fn dirty(lowered: &mut Lowered, types: &[Type], garbage: u32) {
    // A tag stands before the results.
    let skipped = lowered.places.len() - types.len();
    for (ty, places) in types.iter().zip(lowered.places[skipped..].to_vec()) {
        let bits = lowered.get(places[0]) as u32;
        let spoiled = match (ty, places[0]) {
            (Type::Scalar(Scalar::Bool), Place::Flat(_)) if bits == 1 => garbage.max(1),
            (Type::Scalar(Scalar::Bool), Place::Memory(..)) if bits == 1 => (garbage & 0xff).max(1),
            (Type::Scalar(Scalar::U8 | Scalar::S8), Place::Flat(_)) => {
                (bits & 0xff) | (garbage & !0xff)
            }
            (Type::Scalar(Scalar::U16 | Scalar::S16), Place::Flat(_)) => {
                (bits & 0xffff) | (garbage & !0xffff)
            }
            _ => continue,
        };
        lowered.spoil(places[0], u64::from(spoiled));
    }
}

/// Reads what a process has in its memory. Everything has to be exactly as the ABI says.
pub struct Reader<'a> {
    pub memory: &'a [u8],
    /// The badge of the object behind a capability that arrived; whether it was lent says the type.
    pub capability: &'a dyn Fn(Type, u32) -> Result<u32, Wrong>,
}

impl Reader<'_> {
    fn bytes(&self, address: u32, length: u32) -> Result<&[u8], Wrong> {
        let (start, end) = (address as usize, address as usize + length as usize);
        self.memory
            .get(start..end)
            .ok_or(format!("{address:#x} + {length} is outside of memory"))
    }

    fn number(&self, address: u32, size: u32) -> Result<u64, Wrong> {
        let mut bits = [0; 8];
        bits[..size as usize].copy_from_slice(self.bytes(address, size)?);
        Ok(u64::from_le_bytes(bits))
    }

    fn content(&self, ty: Type, address: u64, count: u64) -> Result<Value, Wrong> {
        let (address, count) = (address as u32, count as u32);
        let size = ty.element().unwrap_or(1);
        if address % size != 0 {
            return Err(format!("{address:#x} is not aligned for {ty}"));
        }
        if count == 0 {
            // An empty one arrives as the alignment, without a call of the allocator.
            let empty = if ty == Type::Text {
                Value::Text(String::new())
            } else {
                Value::List(Vec::new())
            };
            return if address == size {
                Ok(empty)
            } else {
                Err(format!("an empty {ty} is at {address:#x}"))
            };
        }
        match ty {
            Type::List(scalar) => {
                let items = (0..count).map(|index| {
                    let bits = self.number(address + index * size, size)?;
                    scalar_of(scalar, sign_extend(scalar, bits))
                });
                Ok(Value::List(items.collect::<Result<_, _>>()?))
            }
            _ => {
                let text = String::from_utf8(self.bytes(address, count)?.to_vec());
                text.map(Value::Text)
                    .map_err(|_| "a string is not UTF-8".to_owned())
            }
        }
    }

    fn value(&self, ty: Type, flat: &[u64]) -> Result<Value, Wrong> {
        match ty {
            Type::Scalar(scalar) => scalar_of(scalar, flat[0]),
            Type::Error => Ok(Value::Unsigned(flat[0])),
            Type::Text | Type::List(_) => self.content(ty, flat[0], flat[1]),
            Type::Borrow(_) | Type::Own(_) => {
                Ok(Value::Capability((self.capability)(ty, flat[0] as u32)?))
            }
            Type::Option(_) if flat[0] == 0 => Ok(Value::None),
            Type::Option(_) if flat[0] == 1 => {
                Ok(Value::Capability((self.capability)(ty, flat[1] as u32)?))
            }
            Type::Option(_) => Err(format!("an option has the tag {}", flat[0])),
        }
    }

    fn load(&self, ty: Type, address: u32) -> Result<Value, Wrong> {
        if !address.is_multiple_of(ty.alignment()) {
            return Err(format!("{address:#x} is not aligned for {ty}"));
        }
        let flat = match ty {
            Type::Option(_) => vec![self.number(address, 1)?, self.number(address + 4, 4)?],
            Type::Text | Type::List(_) => {
                vec![self.number(address, 4)?, self.number(address + 4, 4)?]
            }
            Type::Scalar(scalar) => vec![sign_extend(scalar, self.number(address, scalar.size())?)],
            _ => vec![self.number(address, 4)?],
        };
        self.value(ty, &flat)
    }

    fn tuple(&self, types: &[Type], address: u32) -> Result<Vec<Value>, Wrong> {
        let record = record(types);
        let fields = types.iter().zip(&record.offsets);
        fields
            .map(|(ty, offset)| self.load(*ty, address + offset))
            .collect()
    }

    fn flat(&self, types: &[Type], flat: &[u64]) -> Result<Vec<Value>, Wrong> {
        let mut rest = flat;
        let values = types.iter().map(|ty| {
            let (mine, others) = rest.split_at(ty.flat().len());
            rest = others;
            self.value(*ty, mine)
        });
        values.collect()
    }

    /// What an export was called with, from its core values.
    pub fn arguments(&self, signature: &Signature, flat: &[u64]) -> Result<Vec<Value>, Wrong> {
        if signature.spills() {
            self.tuple(&signature.parameters, flat[0] as u32)
        } else {
            self.flat(&signature.parameters, flat)
        }
    }

    /// What an import gave back: from its core results, or from where it was told to store it.
    pub fn results(
        &self,
        outcome: &Outcome,
        flat: &[u64],
        address: u32,
    ) -> Result<Returned, Wrong> {
        let spills = outcome.spills();
        let tag = match (outcome.is_result(), spills) {
            (false, _) => 0,
            (true, false) => flat[0] as u32,
            (true, true) => self.number(address, 1)? as u32,
        };
        if tag > 1 {
            return Err(format!("a result has the tag {tag}"));
        }
        let types = outcome.types(tag);
        let values = if spills {
            self.tuple(&types, address + outcome.payload())?
        } else if outcome.is_result() {
            Vec::new()
        } else {
            self.flat(&types, flat)?
        };
        Ok(Returned { tag, values })
    }
}

fn sign_extend(scalar: Scalar, bits: u64) -> u64 {
    match scalar {
        Scalar::S8 => u64::from(bits as u8 as i8 as i32 as u32),
        Scalar::S16 => u64::from(bits as u16 as i16 as i32 as u32),
        _ => bits,
    }
}

/// The core types in a row, for reading them from where a plugin recorded them: 8 bytes each.
pub fn words(cores: &[Core], memory: &[u8], address: u32) -> Vec<u64> {
    let words = cores.iter().enumerate().map(|(index, core)| {
        let start = address as usize + 8 * index;
        let size = if matches!(core, Core::I32 | Core::F32) {
            4
        } else {
            8
        };
        let mut bits = [0; 8];
        bits[..size].copy_from_slice(&memory[start..start + size]);
        u64::from_le_bytes(bits)
    });
    words.collect()
}
