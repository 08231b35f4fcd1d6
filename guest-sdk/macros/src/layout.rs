//! Where values travel: flattened to core values, or in memory (`docs/abi.md` §3).

use crate::types::{Return, Scalar, Type, Values};

/// A value type of core WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    I32,
    I64,
    F32,
    F64,
}

/// What a core value is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    U8,
    S8,
    U16,
    S16,
    Word,
    Double,
    F32,
    F64,
}

impl Cell {
    /// Its size in bytes, which is its alignment too.
    pub fn size(self) -> usize {
        match self {
            Cell::U8 | Cell::S8 => 1,
            Cell::U16 | Cell::S16 => 2,
            Cell::Word | Cell::F32 => 4,
            Cell::Double | Cell::F64 => 8,
        }
    }

    /// The core value that it is loaded as.
    pub fn core(self) -> Core {
        match self {
            Cell::Double => Core::I64,
            Cell::F32 => Core::F32,
            Cell::F64 => Core::F64,
            _ => Core::I32,
        }
    }
}

/// The core values that a type is flattened to, as they lie in memory.
pub fn cells(of: &Type) -> Vec<Cell> {
    match of {
        Type::Scalar(scalar) => vec![match scalar {
            Scalar::Bool | Scalar::U8 => Cell::U8,
            Scalar::S8 => Cell::S8,
            Scalar::U16 => Cell::U16,
            Scalar::S16 => Cell::S16,
            Scalar::U32 | Scalar::S32 | Scalar::Char => Cell::Word,
            Scalar::U64 | Scalar::S64 => Cell::Double,
            Scalar::F32 => Cell::F32,
            Scalar::F64 => Cell::F64,
        }],
        Type::Error | Type::Own(_) | Type::Borrow { .. } => vec![Cell::Word],
        Type::String { .. } | Type::List { .. } => vec![Cell::Word, Cell::Word],
        Type::OptionOwn(_) => vec![Cell::U8, Cell::Word],
    }
}

/// A value's alignment in memory.
fn alignment(of: &Type) -> usize {
    cells(of).iter().map(|cell| cell.size()).max().unwrap_or(1)
}

/// Cells of a value with their offsets.
pub type Placed = Vec<(usize, Cell)>;

/// Several values in memory, one behind the other, as in a C struct.
pub struct Layout {
    /// For each value, where its cells are.
    pub places: Vec<Placed>,
    /// In bytes, a multiple of the alignment.
    pub size: usize,
    /// In bytes, at least 1.
    pub alignment: usize,
}

/// Lays out values from `start` on.
pub fn row(values: &[Type], start: usize) -> Layout {
    let mut offset = start;
    let mut largest = 1;
    let mut places = Vec::new();
    for value in values {
        let alignment = alignment(value);
        largest = largest.max(alignment);
        offset = offset.next_multiple_of(alignment);
        let mut placed = Vec::new();
        for cell in cells(value) {
            offset = offset.next_multiple_of(cell.size());
            placed.push((offset, cell));
            offset += cell.size();
        }
        offset = offset.next_multiple_of(alignment);
        places.push(placed);
    }
    Layout {
        places,
        size: offset.next_multiple_of(largest),
        alignment: largest,
    }
}

/// How a result travels.
pub enum ResultLayout {
    /// No core result.
    Nothing,
    /// One core value.
    Direct(Core),
    /// A tuple in memory.
    Row(Layout),
    /// A `result` in memory: the tag at offset 0, and the places of either side.
    Variant {
        ok: Layout,
        error: Layout,
        size: usize,
    },
}

/// How this result travels.
pub fn result(returned: &Return) -> ResultLayout {
    match returned {
        Return::Nothing => ResultLayout::Nothing,
        Return::Values(values) => {
            let members = values.members();
            let flat: Vec<Cell> = members.iter().flat_map(cells).collect();
            match flat[..] {
                [] => ResultLayout::Nothing,
                [cell] => ResultLayout::Direct(cell.core()),
                _ => ResultLayout::Row(row(members, 0)),
            }
        }
        Return::Result {
            ok: Values::None,
            error: None,
        } => ResultLayout::Direct(Core::I32),
        Return::Result { ok, error } => {
            let error = error.as_slice();
            let alignment = row(ok.members(), 0).alignment.max(row(error, 0).alignment);
            let (ok, error) = (row(ok.members(), alignment), row(error, alignment));
            let size = ok.size.max(error.size).max(1).next_multiple_of(alignment);
            ResultLayout::Variant { ok, error, size }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{self, Direction};
    use syn::parse_quote;

    fn offsets(layout: &Layout) -> Vec<usize> {
        layout
            .places
            .iter()
            .flatten()
            .map(|(offset, _)| *offset)
            .collect()
    }

    fn of(returned: syn::ReturnType) -> ResultLayout {
        result(&types::returned(&returned, Direction::Import).unwrap())
    }

    #[test]
    fn tuples_are_c_structs() {
        let ResultLayout::Row(layout) = of(parse_quote!(-> (u8, u32, bool, i64, u16, f32))) else {
            panic!()
        };
        assert_eq!(
            (offsets(&layout), layout.size, layout.alignment),
            (vec![0, 4, 8, 16, 24, 28], 32, 8)
        );

        let ResultLayout::Row(layout) =
            of(parse_quote!(-> (u8, String, Option<Own<Canvas>>, Vec<u8>)))
        else {
            panic!()
        };
        assert_eq!(
            (offsets(&layout), layout.size, layout.alignment),
            (vec![0, 4, 8, 12, 16, 20, 24], 28, 4)
        );
    }

    #[test]
    fn the_payload_of_a_result_is_aligned_for_both_sides() {
        let ResultLayout::Variant { ok, error, size } = of(parse_quote!(-> Result<u8, f64>)) else {
            panic!()
        };
        assert_eq!(
            (offsets(&ok), offsets(&error), size),
            (vec![8], vec![8], 16)
        );

        let ResultLayout::Variant { ok, error, size } = of(parse_quote!(-> Result<(u8, u16), u8>))
        else {
            panic!()
        };
        assert_eq!(
            (offsets(&ok), offsets(&error), size),
            (vec![2, 4], vec![2], 6)
        );

        let ResultLayout::Variant { ok, error, size } = of(parse_quote!(-> Result<(), Error>))
        else {
            panic!()
        };
        assert_eq!((offsets(&ok), offsets(&error), size), (vec![], vec![4], 8));
    }

    #[test]
    fn one_core_value_is_returned_directly() {
        assert!(matches!(
            of(parse_quote!(-> u8)),
            ResultLayout::Direct(Core::I32)
        ));
        assert!(matches!(
            of(parse_quote!(-> (f64,))),
            ResultLayout::Direct(Core::F64)
        ));
        assert!(matches!(
            of(parse_quote!(-> Own<Canvas>)),
            ResultLayout::Direct(Core::I32)
        ));
        assert!(matches!(
            of(parse_quote!(-> Result<(), ()>)),
            ResultLayout::Direct(Core::I32)
        ));
        assert!(matches!(of(parse_quote!()), ResultLayout::Nothing));
        assert!(matches!(of(parse_quote!(-> String)), ResultLayout::Row(_)));
        assert!(matches!(
            of(parse_quote!(-> Option<Own<Canvas>>)),
            ResultLayout::Row(_)
        ));
    }
}
