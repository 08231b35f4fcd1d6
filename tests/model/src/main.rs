//! A long run: `cargo run --profile fuzz -p namespace-model -- 100000000`. Ends with an error at the first difference.

use random_tests::choices::Choices;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::process::ExitCode;
use std::time::Instant;

/// Numbers of a list: enough for the most operations that it may have.
const NUMBERS: usize = 600;
/// Seconds between two lines of progress.
const PROGRESS: u64 = 60;

/// SplitMix64: one list's numbers follow from the run's seed and the list's place.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

fn main() -> ExitCode {
    let number = |place: usize| std::env::args().nth(place).map(|text| text.parse::<u64>());
    let (wanted, seed) = match (number(1), number(2)) {
        (Some(Ok(wanted)), None) => (wanted, RandomState::new().build_hasher().finish()),
        (Some(Ok(wanted)), Some(Ok(seed))) => (wanted, seed),
        _ => {
            eprintln!("usage: namespace-model <operations> [seed]");
            return ExitCode::from(2);
        }
    };
    println!("{wanted} operations, seed {seed}");
    let (mut random, began, mut told) = (Random(seed), Instant::now(), 0);
    let (mut done, mut lists) = (0, 0_u64);
    while done < wanted {
        let numbers = (0..NUMBERS).map(|_| random.next() as u32).collect();
        match namespace_model::check(&Choices::new(numbers)) {
            Ok(count) => done += count as u64,
            Err(wrong) => {
                println!(
                    "{wrong}\nin list {lists}; to see this again: namespace-model {wanted} {seed}"
                );
                return ExitCode::FAILURE;
            }
        }
        lists += 1;
        let seconds = began.elapsed().as_secs();
        if seconds >= told + PROGRESS {
            told = seconds;
            println!("{done} operations after {seconds} s");
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{done} operations in {lists} lists, {:.0} a second, no difference",
        done as f64 / seconds
    );
    ExitCode::SUCCESS
}
