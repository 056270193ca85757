//! How a process ended, a program or the spawner itself.

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status (0 to 255).
    Exited(i32),
    /// By this signal.
    Signalled(i32),
    /// Its keeper was killed. All its processes were killed too, unless the spawner is lost as well.
    Lost,
}
