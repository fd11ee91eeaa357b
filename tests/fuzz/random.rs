/// Numbers that a seed decides (splitmix64), so that every input can be made again.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`; 0 where there is nothing below.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// Whether one of `in_how_many` came up.
    pub(crate) fn one(&mut self, in_how_many: usize) -> bool {
        self.below(in_how_many) == 0
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    /// A length that is mostly small and rarely enormous.
    pub(crate) fn length(&mut self) -> usize {
        match self.below(200) {
            0 => 10_000 + self.below(40_000),
            1..=4 => 500 + self.below(3_000),
            5..=30 => 20 + self.below(150),
            _ => 1 + self.below(8),
        }
    }
}
