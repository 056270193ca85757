//! Whether a library is all there. The loader doesn't ask: it maps what the headers promise, and a process that touches what
//! is beyond the file's end is killed. A file that is just being copied is such a one, and it may be a server that looks.

/// What the headers promise is beyond the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is cut short: it has {has} bytes of at least {needs}; was it still being copied?")]
pub(super) struct CutShort {
    /// Bytes of the file.
    has: u64,
    /// Bytes that its headers speak of.
    needs: u64,
}

/// What an ELF file begins with.
const MAGIC: &[u8] = b"\x7fELF";
/// Bytes of the header of a 64-bit one.
const HEADER: usize = 64;
/// The kind of a program header whose part of the file is mapped.
const LOAD: u32 = 1;

/// Sees whether everything that the headers speak of is in the file. Says yes to what isn't for this machine, which the
/// loader refuses by itself.
pub(super) fn check(file: &[u8]) -> Result<(), CutShort> {
    if !file.starts_with(MAGIC) {
        return Ok(());
    }
    let needs = needed(file).unwrap_or(u64::MAX);
    let has = file.len() as u64;
    if needs > has {
        Err(CutShort { has, needs })
    } else {
        Ok(())
    }
}

/// Bytes that the headers speak of, as far as they are there themselves; `None` if that is more than there can be.
fn needed(file: &[u8]) -> Option<u64> {
    let bits_64 = file.get(4).is_none_or(|class| *class == 2);
    let own_order = file
        .get(5)
        .is_none_or(|order| (*order == 1) == cfg!(target_endian = "little"));
    if !bits_64 || !own_order {
        return Some(0);
    }
    let Some(header) = file.first_chunk::<HEADER>() else {
        return Some(HEADER as u64);
    };
    let (programs, sections) = (number::<8>(header, 32)?, number::<8>(header, 40)?);
    let (program_size, program_count) = (number::<2>(header, 54)?, number::<2>(header, 56)?);
    let (section_size, section_count) = (number::<2>(header, 58)?, number::<2>(header, 60)?);
    // Sections come last in what linkers write, so a file that has its table has been written to its end.
    let table = |first: u64, size: u64, count: u64| first.checked_add(size.checked_mul(count)?);
    let mut needs = table(sections, section_size, section_count)?.max(table(programs, program_size, program_count)?);
    for place in 0..program_count {
        let at = usize::try_from(programs.checked_add(place * program_size)?).ok()?;
        let Some(program) = file.get(at..).filter(|program| program.len() >= 56) else {
            break;
        };
        if number::<4>(program, 0)? == u64::from(LOAD) {
            needs = needs.max(number::<8>(program, 8)?.checked_add(number::<8>(program, 32)?)?);
        }
    }
    Some(needs)
}

/// The number of `N` bytes at a place, in this machine's order.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let found: &[u8; N] = bytes.get(at..)?.first_chunk()?;
    let mut all = [0; 8];
    if cfg!(target_endian = "little") {
        all[..N].copy_from_slice(found);
    } else {
        all[8 - N..].copy_from_slice(found);
    }
    Some(u64::from_ne_bytes(all))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// This test itself is one.
    fn own() -> Vec<u8> {
        std::fs::read("/proc/self/exe").unwrap()
    }

    #[test]
    fn a_whole_file_is_all_there_and_a_shorter_one_is_not() {
        let file = own();
        assert_eq!(check(&file), Ok(()));
        for length in [4, 5, 6, 63, 64, 100, 4096, file.len() / 2, file.len() - 1] {
            let refused = check(&file[..length]).unwrap_err();
            assert_eq!(refused.has, length as u64);
            assert!(refused.to_string().contains("cut short"), "{refused}");
        }
    }

    #[test]
    fn what_the_loader_refuses_is_left_to_it() {
        assert_eq!(check(b""), Ok(()));
        assert_eq!(check(b"#!/bin/sh\n"), Ok(()));
        // For 32 bits.
        assert_eq!(check(b"\x7fELF\x01\x01"), Ok(()));
    }

    proptest! {
        #[test]
        fn any_headers_are_read_without_a_panic(rest in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = check(&[MAGIC, &rest].concat());
            let _ = check(&[MAGIC, b"\x02\x01", &rest].concat());
        }
    }
}
