//! Filters whose result follows from one value at a time.

use crate::tile::Tile;

/// What becomes of each of the 256 values of red, green and blue. Alpha stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Tables {
    /// For red values.
    pub red: [u8; 256],
    /// For green values.
    pub green: [u8; 256],
    /// For blue values.
    pub blue: [u8; 256],
}

impl Default for Tables {
    /// Everything stays as it is.
    fn default() -> Self {
        Tables::same(|value| value)
    }
}

impl Tables {
    /// The same change for all three.
    pub fn same(change: impl Fn(u8) -> u8) -> Self {
        let table = std::array::from_fn(|value| change(value as u8));
        Tables {
            red: table,
            green: table,
            blue: table,
        }
    }

    /// Red, green and blue.
    pub fn each_mut(&mut self) -> [&mut [u8; 256]; 3] {
        [&mut self.red, &mut self.green, &mut self.blue]
    }

    /// Looks every pixel of the tile up.
    pub fn apply(&self, tile: &Tile) -> Vec<u8> {
        tile.map(|[red, green, blue, alpha]| {
            [
                self.red[usize::from(red)],
                self.green[usize::from(green)],
                self.blue[usize::from(blue)],
                alpha,
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_channel_has_a_table_and_alpha_stays() {
        let mut tables = Tables::same(|value| value / 2);
        tables.blue[9] = 77;
        let tile = Tile::new(&[10, 20, 9, 40], (0, 0), (1, 1), 0).unwrap();
        assert_eq!(tables.apply(&tile), [5, 10, 77, 40]);
        assert_eq!(Tables::default().apply(&tile), [10, 20, 9, 40]);
    }
}
