//! Reads structs that may be shorter or longer than this server knows them.

use std::mem::MaybeUninit;
use std::ptr;

use caracola_abi::{Card, Plugin, Table};

/// A struct of the ABI whose first version is known, and whose fields are valid when they are all zeroes.
///
/// # Safety
/// A value of zeroes is valid, the type is `repr(C)`, it has its size in bytes as a `u32` at [`Growing::SIZE_AT`], and its
/// first version ends at [`Growing::FIRST`].
pub(crate) unsafe trait Growing: Copy {
    /// Where its size stands.
    const SIZE_AT: usize;
    /// Bytes of the first version.
    const FIRST: usize;
}

// SAFETY: integers, pointers and optional functions; the size is the second field; the constant is the ABI's own.
unsafe impl Growing for Plugin {
    const SIZE_AT: usize = std::mem::offset_of!(Plugin, size);
    const FIRST: usize = Plugin::FIRST_SIZE as usize;
}

// SAFETY: integers and pointers; the size is the first field; the constant is the ABI's own.
unsafe impl Growing for Card {
    const SIZE_AT: usize = 0;
    const FIRST: usize = Card::FIRST_SIZE as usize;
}

// SAFETY: integers and pointers; the size is the first field; the constant is the ABI's own.
unsafe impl Growing for Table {
    const SIZE_AT: usize = 0;
    const FIRST: usize = Table::FIRST_SIZE as usize;
}

/// Why a struct can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is nowhere.
    Null,
    /// It is where no such struct can be.
    Misaligned,
    /// It is shorter than its first version; the size that it says.
    TooShort(usize),
}

/// Copies a struct. Fields that its writer didn't know are zero, fields that we don't know are left out.
///
/// # Safety
/// Unless it is null, `from` points to a struct of the type of as many bytes as its `size` says.
pub(crate) unsafe fn read<T: Growing>(from: *const T) -> Result<T, Unreadable> {
    if from.is_null() {
        return Err(Unreadable::Null);
    }
    if !from.is_aligned() {
        return Err(Unreadable::Misaligned);
    }
    // SAFETY: it has at least the fields up to its size, as promised, wherever that stands.
    let size = unsafe { from.byte_add(T::SIZE_AT).cast::<u32>().read() } as usize;
    if size < T::FIRST {
        return Err(Unreadable::TooShort(size));
    }
    let mut copy = MaybeUninit::<T>::zeroed();
    // SAFETY: no more bytes than either has, and they are different memory.
    unsafe {
        ptr::copy_nonoverlapping(
            from.cast::<u8>(),
            copy.as_mut_ptr().cast::<u8>(),
            size.min(size_of::<T>()),
        );
    }
    // SAFETY: zeroes are valid, and so is what the other side wrote, as promised.
    Ok(unsafe { copy.assume_init() })
}
