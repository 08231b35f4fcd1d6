//! What lists can hold.

/// A scalar of the ABI.
///
/// # Safety
///
/// `Stored` must have the size and alignment of the type in the ABI's memory layout, and every pattern of bits must
/// be a value of it.
pub unsafe trait Element: Sized {
    /// The type that is in memory when a list arrives.
    type Stored: Copy;

    /// The elements of a list that arrived. The memory is used again.
    fn adopt(stored: Vec<Self::Stored>) -> Vec<Self>;
}

/// Implements [`Element`] for types that are in memory what they are in Rust.
macro_rules! plain {
    ($($type:ty)*) => {
        $(
            // SAFETY: a number has the ABI's size and alignment, and no invalid values.
            unsafe impl Element for $type {
                type Stored = $type;

                #[inline]
                fn adopt(stored: Vec<$type>) -> Vec<$type> {
                    stored
                }
            }
        )*
    };
}

plain! { u8 i8 u16 i16 u32 i32 u64 i64 f32 f64 }

// SAFETY: a bool is one byte; as `u8` every value is valid.
unsafe impl Element for bool {
    type Stored = u8;

    fn adopt(stored: Vec<u8>) -> Vec<bool> {
        stored.into_iter().map(|byte| byte != 0).collect()
    }
}

// SAFETY: a char is four bytes, aligned to four; as `u32` every value is valid.
unsafe impl Element for char {
    type Stored = u32;

    fn adopt(stored: Vec<u32>) -> Vec<char> {
        stored
            .into_iter()
            .map(|value| char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Element;

    #[test]
    fn elements_that_are_no_values_of_their_type_do_no_harm() {
        assert_eq!(bool::adopt(vec![0, 1, 2, 255]), [false, true, true, true]);
        assert_eq!(
            char::adopt(vec![0x41, 0xd800, 0x10_ffff, u32::MAX]),
            ['A', '\u{fffd}', '\u{10ffff}', '\u{fffd}']
        );
    }
}
