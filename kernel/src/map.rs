//! A small map: sorted pairs in a row. The kernel's maps are short, and this costs a tenth of the code of a tree.

/// Keys in order, each with a value.
#[derive(Clone, Debug)]
pub struct Map<K, V> {
    pairs: Vec<(K, V)>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Map::new()
    }
}

impl<K, V> Map<K, V> {
    /// An empty map.
    pub const fn new() -> Self {
        Map { pairs: Vec::new() }
    }
}

impl<K: Ord, V> Map<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.pairs
            .binary_search_by(|(known, _)| known.borrow().cmp(key))
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: std::borrow::Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(&self.pairs[place].1)
    }

    /// The value of a key, to change it.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(&mut self.pairs[place].1)
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(place) => self.pairs[place].1 = value,
            Err(place) => self.pairs.insert(place, (key, value)),
        }
    }

    /// Takes a key out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: std::borrow::Borrow<Q>,
    {
        let place = self.find(key).ok()?;
        Some(self.pairs.remove(place).1)
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = &(K, V)> {
        self.pairs.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::Map;

    #[test]
    fn behaves_as_a_map() {
        let mut map = Map::new();
        for (key, value) in [("b", 1), ("a", 2), ("c", 3), ("a", 4)] {
            map.insert(key.to_owned(), value);
        }
        assert_eq!(map.get("a"), Some(&4));
        assert_eq!(map.remove("b"), Some(1));
        assert_eq!(map.get("b"), None);
        assert_eq!(
            map.iter().map(|(_, value)| *value).collect::<Vec<_>>(),
            [4, 3]
        );
    }
}
