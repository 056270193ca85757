//! Which guests' folders make room for another: never those that are in use, and first those of the address that has most.
//!
//! Anybody can come in again and again and get a folder each time. So the guests of one address have a share, and a folder
//! that was only used within a minute of its making is *unsettled*: it makes room at once.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};

/// Letters at the beginning of a guest's folder that are the same for all guests of an address.
const HOUSEHOLD: usize = 8;
/// Letters of a guest's whole name. Shorter ones say nothing about where a guest is.
const LONGEST: usize = 32;
/// The guests of one address may have this part of all folders: a class behind one address fits into a quarter of 256.
const SHARE: usize = 4;

/// A guest's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GuestFolder {
    pub(crate) name: OsString,
    /// When it was used last, in seconds since 1970.
    pub(crate) used: i64,
    /// Somebody came back to it after a minute or more.
    pub(crate) is_settled: bool,
}

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The guests of that address have their share.
    Share,
    /// All guests together have as many as there may be.
    All,
}

/// What has to go before there is room for one more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Room {
    /// Folders that make room, the first to go first.
    pub(crate) candidates: Vec<GuestFolder>,
    /// How many of them must go.
    pub(crate) excess: usize,
    /// What is exceeded otherwise.
    pub(crate) limit: Limit,
}

/// How many folders the guests of one address may have.
pub(crate) fn share(most: usize) -> usize {
    (most / SHARE).max(1)
}

/// What has to go so that `name` can be one more among `folders`, of which there may be `most`. `None`: there is room.
pub(crate) fn make(mut folders: Vec<GuestFolder>, name: &OsStr, most: usize) -> Option<Room> {
    let household = household(name);
    let own = folders
        .iter()
        .filter(|folder| self::household(&folder.name) == household)
        .count();
    let share = share(most);
    folders.sort_by(|one, other| (one.used, &one.name).cmp(&(other.used, &other.name)));
    if own >= share {
        folders.retain(|folder| self::household(&folder.name) == household);
        return Some(Room {
            candidates: first_unsettled(folders),
            excess: own + 1 - share,
            limit: Limit::Share,
        });
    }
    if folders.len() < most {
        return None;
    }
    let excess = folders.len() + 1 - most;
    let mut by_household: HashMap<OsString, usize> = HashMap::new();
    for folder in &folders {
        *by_household.entry(self::household(&folder.name)).or_default() += 1;
    }
    // Those who have more than the newcomer would have.
    let has_more = |folder: &GuestFolder| {
        by_household
            .get(&self::household(&folder.name))
            .is_some_and(|count| *count > own + 1)
    };
    let (mut more, mut rest): (Vec<_>, Vec<_>) = folders.into_iter().partition(has_more);
    more.sort_by_key(|folder| std::cmp::Reverse(by_household.get(&self::household(&folder.name)).copied()));
    let mut candidates = first_unsettled(more);
    // Of the others only what was unused for long.
    for folder in &mut rest {
        folder.is_settled = true;
    }
    candidates.extend(rest);
    Some(Room {
        candidates,
        excess,
        limit: Limit::All,
    })
}

fn first_unsettled(mut folders: Vec<GuestFolder>) -> Vec<GuestFolder> {
    folders.sort_by_key(|folder| folder.is_settled);
    folders
}

/// By what the guests of one address are known to belong together. It is nobody's address: the server makes it up.
fn household(name: &OsStr) -> OsString {
    match name.to_str() {
        Some(text) if text.len() >= LONGEST && text.is_ascii() => text[..HOUSEHOLD].into(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(household: u32, number: u32, used: i64, is_settled: bool) -> GuestFolder {
        GuestFolder {
            name: format!("{household:08x}{number:024x}").into(),
            used,
            is_settled,
        }
    }

    fn many(household: u32, count: u32, is_settled: bool) -> Vec<GuestFolder> {
        (0..count)
            .map(|number| folder(household, number, i64::from(1000 - number), is_settled))
            .collect()
    }

    #[test]
    fn who_comes_again_and_again_only_has_a_share() {
        let mut folders = many(1, 64, false);
        folders[63].is_settled = true;
        folders.extend(many(2, 10, true));
        let newcomer = folder(1, 100, 0, false).name;
        let room = make(folders.clone(), &newcomer, 256).expect("something to go");
        assert_eq!((room.excess, room.limit, room.candidates.len()), (1, Limit::Share, 64));
        assert_eq!(room.candidates[0], folders[62], "the oldest unsettled one");
        assert_eq!(room.candidates[63], folders[63]);
        assert_eq!(make(folders, &folder(3, 0, 0, false).name, 256), None);
    }

    #[test]
    fn where_all_is_full_whoever_has_most_makes_room() {
        let mut folders = many(1, 3, true);
        folders.extend(many(2, 4, true));
        folders.extend(many(3, 1, false));
        let newcomer = folder(4, 0, 0, false).name;
        let room = make(folders.clone(), &newcomer, 8).expect("something to go");
        assert_eq!((room.excess, room.limit, room.candidates.len()), (1, Limit::All, 8));
        assert_eq!(room.candidates[0], folders[6]);
        assert_eq!(room.candidates[7].name, folders[7].name);
        assert!(
            room.candidates[7].is_settled,
            "who has one has no more than the newcomer would have"
        );
    }

    #[test]
    fn names_of_another_form_are_each_of_their_own() {
        let folders = vec![GuestFolder {
            name: "01".into(),
            used: 0,
            is_settled: false,
        }];
        assert_eq!(make(folders, "02".as_ref(), 256), None);
    }
}
