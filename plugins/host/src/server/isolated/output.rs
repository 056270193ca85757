//! What a plugin's process writes to its standard output and standard error: lines for the log, never for a session.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;

use crate::logger::{Level, Logger};

/// Bytes of a line, beyond which it is cut in two.
const LONGEST_LINE: usize = 4096;
/// Bytes that are read in one second. Who writes more has to wait, as before a slow terminal.
const MOST_A_SECOND: usize = 1024 * 1024;

/// Logs lines until nobody can write any more.
pub(super) async fn log_lines(mut from: Receiver, level: Level, logger: Arc<Logger>) {
    let mut line = Vec::new();
    let mut buffer = vec![0; LONGEST_LINE];
    let mut second = (Instant::now(), 0);
    while let Ok(length @ 1..) = read(&mut from, &mut buffer).await {
        for byte in &buffer[..length] {
            if *byte == b'\n' || line.len() == LONGEST_LINE {
                log(&logger, level, &mut line);
            }
            if *byte != b'\n' {
                line.push(*byte);
            }
        }
        second.1 += length;
        if second.1 >= MOST_A_SECOND {
            tokio::time::sleep(Duration::from_secs(1).saturating_sub(second.0.elapsed())).await;
        }
        if second.0.elapsed() >= Duration::from_secs(1) {
            second = (Instant::now(), 0);
        }
    }
    log(&logger, level, &mut line);
}

async fn read(from: &mut Receiver, buffer: &mut [u8]) -> io::Result<usize> {
    from.read(buffer).await
}

fn log(logger: &Logger, level: Level, line: &mut Vec<u8>) {
    if !line.is_empty() {
        logger.log(level, &String::from_utf8_lossy(line));
        line.clear();
    }
}
