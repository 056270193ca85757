//! What programs do with words that a value fills, as their manuals tell and `GTFOBins` collects; in our own words, a row a
//! program or a few that are alike. Programs whose whole purpose is to run code or other programs are in `known.rs`.

mod code;
mod files;
mod network;
mod packages;
mod programs;
mod system;

use super::row::Row;

pub(super) fn all() -> impl Iterator<Item = &'static Row> {
    let parts = [
        code::ROWS,
        files::ROWS,
        network::ROWS,
        packages::ROWS,
        programs::ROWS,
        system::ROWS,
    ];
    parts.into_iter().flatten()
}
