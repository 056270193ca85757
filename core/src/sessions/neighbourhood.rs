//! Which addresses count as one.

use std::net::IpAddr;

/// The part of an address that one household has: all of an IPv4 address, the first 64 bits of an IPv6 one.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let network = six.to_bits() & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
        four @ IpAddr::V4(_) => four,
    }
}
