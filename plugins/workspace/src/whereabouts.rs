//! Which folder a session is in. The server keeps it: two lines, the folder and the one before.

use caracola_sdk::Call;

use crate::fault::Fault;
use crate::path::Path;
use crate::space::Space;

/// Which folder a session is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whereabouts {
    pub(crate) here: Path,
    /// Where `cd -` leads.
    pub(crate) before: Path,
}

impl Whereabouts {
    /// What the session's calls before this one said; the top if that makes no sense.
    pub(crate) fn of(call: &Call<'_>) -> Self {
        let mut lines = call.state().lines();
        let mut path = || {
            let line = lines.next().unwrap_or("/");
            Path::parse(line, &Path::ROOT).unwrap_or(Path::ROOT)
        };
        Self {
            here: path(),
            before: path(),
        }
    }

    /// Moves the session.
    pub(crate) fn go(&self, call: &Call<'_>, to: &Path) -> Result<(), Fault> {
        let before = if *to == self.here { &self.before } else { &self.here };
        call.set_state(&format!("{to}\n{before}"))?;
        call.set_prompt(&prompt(to))?;
        Ok(())
    }

    /// Sees that the folder is still there. If it isn't, the session is moved to the top, and nothing else is done: what was
    /// meant for one folder must not happen in another.
    pub(crate) fn check(&self, call: &Call<'_>, space: Space<'_>) -> Result<(), Fault> {
        match space.folder(&self.here) {
            Err(Fault::Absent(_) | Fault::NotFolder(_) | Fault::Odd(_)) => {
                self.go(call, &Path::ROOT)?;
                Err(Fault::Gone(self.here.clone()))
            }
            other => other.map(drop),
        }
    }
}

/// A path as a prompt has room for it: the end counts.
fn prompt(path: &Path) -> String {
    const MOST: usize = 40;
    let path = path.to_string();
    let Some(excess) = path.chars().count().checked_sub(MOST).filter(|excess| *excess > 0) else {
        return path;
    };
    let end = path.chars().skip(excess + 1);
    std::iter::once('…').chain(end).collect()
}
